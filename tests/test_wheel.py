"""The wheel as a user installs it: away from the repository, with its model and its samples."""

import csv
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = "Scripts" if os.name == "nt" else "bin"

pytest.importorskip("hatchling", reason="the wheel is built without the network: install the extra `dev`")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made from the source distribution, so that one without a file that the wheel needs is found out too."""
    folder = tmp_path_factory.mktemp("dist")
    finished(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; what it depends on is borrowed from this one: no net is needed."""
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(folder, with_pip=False)
    python = folder / BIN / Path(sys.executable).name
    where = finished(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    borrowed = Path(where) / "borrowed.pth"
    borrowed.write_text(f"{sysconfig.get_path('purelib')}\n")  # its own .pth files, the editable formreader, stay out
    finished(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    return folder / BIN / "formreader"


def finished(*command: str | Path, cwd: Path | None = None) -> str:
    """What the command says on stdout; it must end well, and know nothing of this checkout."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_wheel_holds_what_reading_needs_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "formreader/py.typed",
        "formreader/models/digits.tflite",
        "formreader/models/digits.keras",
        "formreader/models/overwritten.tflite",
        "formreader/models/strokes.tflite",
        "formreader/models/between.tflite",
        "formreader/models/zeros.tflite",
        "formreader/web/static/editor.html",
        "formreader/web/static/editor-view.js",
        "formreader/models/README.md",
        "formreader/samples/deposit-slip/template.json",
        "formreader/samples/deposit-slip/truth.csv",
        "formreader/samples/score-sheet/template.json",
    ):
        assert needed in names
    assert not [name for name in names if "tests/" in name or name.endswith((".pyc", "-float.tflite"))]
    assert wheel.stat().st_size < 10e6


def test_installed_package_is_not_the_checkout(installed: Path) -> None:
    python = installed.with_name(Path(sys.executable).name)
    where = finished(python, "-c", "import formreader; print(formreader.__file__)", cwd=installed.parent)
    assert Path(where.strip()).is_relative_to(installed.parents[1])


@pytest.mark.parametrize("form", ["deposit-slip", "expense-claim", "score-sheet"])
def test_samples_are_read_where_it_is_installed(installed: Path, tmp_path: Path, form: str) -> None:
    finished(installed, "samples", "forms", cwd=tmp_path)
    sample = tmp_path / "forms" / form
    finished(installed, "process", "scans", "--template", "template.json", "--output", "results.csv", cwd=sample)
    with (sample / "results.csv").open(newline="") as results, (sample / "truth.csv").open(newline="") as truth:
        read = {(row["file"], row["page"], row["field"]): row["status"] for row in csv.DictReader(results)}
        assert set(read) == {(row["file"], row["page"], row["field"]) for row in csv.DictReader(truth)}
    assert "failed" not in read.values()
    assert list(read.values()).count("read") > len(read) / 3


def test_help_is_the_installed_one(installed: Path, tmp_path: Path) -> None:
    assert "process" in finished(installed, "--help", cwd=tmp_path)
