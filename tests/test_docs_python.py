"""The Python of docs/python.md runs as it is printed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from formreader.shipped import shipped

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if PAGE.is_file() else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, slip = tmp_path_factory.mktemp("pipeline"), shipped("samples") / "deposit-slip"
    (folder / "scans").mkdir()
    for name in ("form-001.jpg", "form-004.jpg"):
        shutil.copy(slip / "scans" / name, folder / "scans")
    shutil.copy(slip / "template.json", folder / "slip.json")
    shutil.copy(slip / "reference.png", folder)
    (folder / "scans" / "torn.jpg").write_bytes(b"no picture")
    return folder


def ran(folder: Path, code: str) -> str:
    (folder / "example.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "example.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_run_one_after_the_other(folder: Path) -> None:
    batch, pages, table = BLOCKS
    counted = ran(folder, batch)
    assert counted.startswith("3 ") and "torn.jpg" in counted
    lines = ran(folder, pages).splitlines()
    assert len(lines) == 24 and sum(" failed unreadable_file" in line for line in lines) == 8
    assert "form-004.jpg" in ran(folder, table)


def test_a_program_without_the_guard_is_told_of_it(folder: Path) -> None:
    bare = "\n".join(
        line.removeprefix("    ") for line in BLOCKS[0].replace('if __name__ == "__main__":', "#").splitlines()
    )
    (folder / "bare.py").write_text(bare.replace("results.csv", "other.csv"), encoding="utf-8")
    done = subprocess.run([sys.executable, "bare.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and 'if __name__ == "__main__"' in done.stderr.splitlines()[-1]
