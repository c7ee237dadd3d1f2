"""Files that cannot be written, on a full disk or in a folder that may only be read: which it is, and what to do."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import CommandLine

EVALUATE = "evaluate {slip}/expected.csv {slip}/truth.csv"

VERBS = {
    "simulate": ("drawn/", "simulate {slip}/template.json -n 1 -o {to}/drawn -q"),
    "simulate --format pdf": ("drawn/", "simulate {slip}/template.json -n 1 --format pdf -o {to}/drawn -q"),
    "samples": ("README.md", "samples {to}/forms"),
    "template print": ("form.pdf", "template print {slip}/template.json -o {to}/form.pdf"),
    "template draft": ("slip.png", "template draft {slip}/reference.png -o {to}/slip.json"),
    "template check": ("o.png", "template check {slip}/template.json {slip}/scans/form-003.jpg -o {to}/o.png"),
    "evaluate --report": (
        "errors",
        f"{EVALUATE} --scans {{slip}}/scans -t {{slip}}/template.json --report {{to}}/errors",
    ),
    "evaluate --plot": ("curve.png", f"{EVALUATE} --plot {{to}}/curve.png"),
    "evaluate --json": ("figures.json", f"{EVALUATE} --json {{to}}/figures.json"),
    "process --overlays": (
        "form-003.jpg-1.png",
        "process {slip}/scans/form-003.jpg -t {slip}/template.json -o {beside}/r.csv --overlays {to}/o",
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_on_a_full_disk_the_file_is_named_and_nothing_is_left_half_written(
    command_line: CommandLine, small_disk: Path, deposit_slip: Path, verb: str
) -> None:
    name, words = VERBS[verb]
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(2_000_000))
    ended = command_line(*words.format(slip=deposit_slip, to=small_disk, beside=small_disk.parent).split())
    assert ended.code in (2, 5), ended.err
    assert re.search(name + r".*: cannot be \w+ \(No space left on device\)\. Make room there", ended.err), ended.err
    left = [one for one in small_disk.rglob("*") if one.is_file() and one != ballast]
    assert [one for one in left if verb != "samples"] == []


@pytest.mark.parametrize("verb", VERBS)
def test_in_a_folder_that_may_only_be_read_the_file_is_named(
    command_line: CommandLine, small_disk: Path, deposit_slip: Path, verb: str
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    ended = command_line(*VERBS[verb][1].format(slip=deposit_slip, to=small_disk, beside=small_disk.parent).split())
    assert ended.code in (2, 5), ended.err
    assert re.search(r"disk/.*: cannot be written \(Read-only file system\)\. .*another folder", ended.err), ended.err
