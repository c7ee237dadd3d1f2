"""Whatever is wrong with what is given: an exit code, a message that names it and the remedy; the rest is read."""

import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from batches import LONG
from conftest import CommandLine

import formreader
from formreader.table import COLUMNS, read_table

OLDER = ",".join(COLUMNS) + "\n"
GOOD = "form-002.jpg"


@pytest.fixture
def folder(deposit_slip: Path, tmp_path: Path) -> Path:
    """A scan folder with one good scan; bad ones go beside it."""
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / GOOD).write_bytes((deposit_slip / "scans" / GOOD).read_bytes())
    return folder


@pytest.fixture
def process(command_line: CommandLine, deposit_slip: Path, folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """`formreader process` over the folder into r.csv, which holds older results."""
    (tmp_path / "r.csv").write_text(OLDER)

    def run(*more: object, scans: object = folder, template: object = deposit_slip / "template.json") -> Any:
        return command_line("process", scans, "--template", template, "--output", tmp_path / "r.csv", *more)

    return run


def huge_png() -> bytes:
    """30,000 x 30,000 white pixels in a small file."""
    row = zlib.compress(b"\0" + b"\xff" * 3750)  # not all of them: nobody should get as far as counting

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def locked_pdf() -> bytes:
    """A PDF of one empty page that asks for a password (its encryption dictionary fits none)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <" + b"28" * 32 + b"> /U <" + b"bf" * 32 + b"> /P -1 >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>"
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        trailer,
        len(body),
    )


def bad_scans(good: bytes) -> dict[str, tuple[bytes, str]]:
    """File name -> content, and a word that its message must have."""
    return {
        "empty.jpg": (b"", "empty"),
        "cut.jpg": (good[: len(good) // 2], "ends before its image does"),
        "text.jpg": (b"Dear Sir or Madam,\n", "no image does"),
        "huge.png": (huge_png(), "30000 x 30000"),
        "locked.pdf": (locked_pdf(), "password"),
        "broken.pdf": (b"%PDF-1.4\nnothing", "PDF"),
        "broken.tif": (b"II*\0\x08\0\0\0\xff\xff", "ends before its image does"),
    }


def test_bad_scans_fail_alone_and_say_why(process: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    bad = bad_scans((folder / GOOD).read_bytes())
    for name, (content, _) in bad.items():
        (folder / name).write_bytes(content)
    ended = process()
    assert ended.code == 10
    said = {line.split(":")[1].split()[0]: line for line in ended.err.splitlines() if line.startswith("failed: ")}
    assert said.keys() == bad.keys()
    assert [name for name, (_, word) in bad.items() if word not in said[name]] == []
    rows = read_table(tmp_path / "r.csv", COLUMNS)
    assert len(rows) == 8 * (1 + len(bad))
    for row in rows:
        if row["file"] == GOOD:
            assert row["status"] in {"read", "blank", "rejected"}
        else:
            assert (row["status"], row["reason"], row["value"]) == ("failed", "unreadable_file", "")


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (9, 16), (30_000, 9)])
@pytest.mark.parametrize("template", ["template.json", "cheque", "digit-string"])
def test_a_picture_without_room_for_writing_costs_a_page(
    process: Callable[..., Any], deposit_slip: Path, tmp_path: Path, size: tuple[int, int], template: str
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "pixel.png"), noise)
    ended = process(
        "--jobs", 1, scans=tmp_path / "pixel.png", template=deposit_slip / template if "." in template else template
    )
    assert ended.code in (0, 10), ended.err
    assert not any(row["status"] == "read" for row in read_table(tmp_path / "r.csv", COLUMNS))


def test_another_picture_fails_as_not_this_form(process: Callable[..., Any], folder: Path, deposit_slip: Path) -> None:
    other = deposit_slip.parent / "score-sheet" / "scans" / "form-001.jpg"
    (folder / "other.jpg").write_bytes(other.read_bytes())
    ended = process()
    assert ended.code == 10
    assert "other.jpg page 1: template 'deposit-slip': does not fit" in ended.err


def test_the_empty_backs_of_sheets_are_told_apart_and_do_not_stop_a_batch(
    process: Callable[..., Any], folder: Path, tmp_path: Path
) -> None:
    paper = np.random.default_rng(0).normal(244, 3, (1200, 900)).clip(0, 255).astype(np.uint8)
    for number in (1, 2, 3):
        cv2.imwrite(str(folder / f"back-{number}.png"), paper)
    ended = process("--max-failed", 1, "--jobs", 1)
    assert ended.code == 10
    assert (
        "failed: 3 empty; the review does not ask for them. The first: back-1.png page 1: nothing is on it" in ended.err
    )
    rows = read_table(tmp_path / "r.csv", COLUMNS)
    assert {row["reason"] for row in rows if row["status"] == "failed"} == {"not_this_form;empty_page"}
    assert "template check" not in ended.err


def test_a_page_as_dark_as_its_ink_is_not_taken_for_an_empty_one(
    process: Callable[..., Any], deposit_slip: Path, tmp_path: Path
) -> None:
    gray = cv2.imread(str(deposit_slip / "scans" / GOOD), cv2.IMREAD_GRAYSCALE)
    assert gray is not None
    cv2.imwrite(str(tmp_path / "dark.png"), gray // 32)
    ended = process("--jobs", 1, scans=tmp_path / "dark.png")
    assert {row["reason"] for row in read_table(tmp_path / "r.csv", COLUMNS)} == {"not_this_form"}, ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--calibration", "own.csv"), "--calibration goes with --max-error"),
        (("--max-error", "0.01", "--min-confidence", "0.9"), "two ways to say one thing"),
        (("--done", "read"), "go with --watch DIR"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    process: Callable[..., Any], options: tuple[str, ...], words: str
) -> None:
    ended = process(*options)
    assert (ended.code, words in ended.err) == (2, True), ended.err


def test_an_empty_name_is_not_the_current_folder(process: Callable[..., Any]) -> None:
    ended = process(scans="")
    assert (ended.code, "or an empty name" in ended.err) == (2, True), ended.err


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_a_missing_or_empty_folder_is_named(
    process: Callable[..., Any], tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "none")
    ended = process(scans=tmp_path / "none")
    assert ended.code == 2
    assert str(tmp_path / "none") in ended.err
    assert (tmp_path / "r.csv").read_text() == OLDER


def unknown_key(template: dict[str, Any]) -> None:
    template["fields"][0]["colour"] = "red"


def cell_outside(template: dict[str, Any]) -> None:
    template["fields"][0]["cells"][0]["right"] = 5000


def one_name_twice(template: dict[str, Any]) -> None:
    template["fields"][1]["name"] = "account"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (unknown_key, "fields[0] (account).colour: unknown key"),
        (cell_outside, "fields[0] (account).cells[0].right: 5000 is outside the page, which is 1240 wide"),
        (one_name_twice, "fields[0] and fields[1]: 2 fields are called 'account'"),
    ],
)
def test_a_bad_template_stops_the_run(
    process: Callable[..., Any],
    deposit_slip: Path,
    tmp_path: Path,
    spoil: Callable[[dict[str, Any]], None],
    words: str,
) -> None:
    data = json.loads((deposit_slip / "template.json").read_text())
    spoil(data)
    (tmp_path / "spoilt.json").write_text(json.dumps(data))
    ended = process(template=tmp_path / "spoilt.json")
    assert ended.code == 3
    assert "spoilt.json" in ended.err
    assert words in ended.err
    assert (tmp_path / "r.csv").read_text() == OLDER


def test_a_missing_template_or_a_scan_given_as_one_stops_the_run(process: Callable[..., Any], folder: Path) -> None:
    assert (process(template="invoice").code, process(template=folder / GOOD).code) == (3, 3)


def test_a_reference_that_is_no_picture_stops_the_run(
    process: Callable[..., Any], deposit_slip: Path, tmp_path: Path
) -> None:
    (tmp_path / "template.json").write_bytes((deposit_slip / "template.json").read_bytes())
    (tmp_path / "reference.png").write_bytes(b"no picture")
    ended = process(template=tmp_path / "template.json")
    assert ended.code == 3
    assert "reference.png" in ended.err


@pytest.mark.parametrize("content", [None, b"", b"no model", b"\x1c\0\0\0TFL3 and nothing else"])
def test_a_model_that_is_none_stops_the_run(process: Callable[..., Any], tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "odd.tflite").write_bytes(content)
    ended = process("--model", tmp_path / "odd.tflite")
    assert ended.code == 4
    assert "odd.tflite" in ended.err
    assert (tmp_path / "r.csv").read_text() == OLDER


@pytest.mark.parametrize(
    ("output", "code", "words"),
    [
        ("none/r.csv", 5, "does not exist"),
        ("file/r.csv", 5, "does not exist"),
        ("scans", 2, ".csv"),
        ("r.doc", 2, ".csv, .xlsx, .json"),
    ],
)
def test_an_output_that_cannot_be_written_stops_the_run(
    process: Callable[..., Any], tmp_path: Path, output: str, code: int, words: str
) -> None:
    (tmp_path / "file").write_text("")
    ended = process("--output", tmp_path / output)
    assert ended.code == code
    assert str(tmp_path / output) in ended.err
    assert words in ended.err


@pytest.mark.skipif(
    sys.platform == "win32" or not Path("/proc").is_dir(), reason="/proc takes no files, even from root"
)
def test_a_folder_that_takes_no_files_stops_the_run(process: Callable[..., Any]) -> None:
    ended = process("--output", "/proc/r.csv")
    assert ended.code == 5
    assert "/proc/r.csv: cannot be written" in ended.err


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="/sys takes no files, even from root")
@pytest.mark.parametrize(
    "verb",
    [
        ("simulate", "{form}", "-o", "{place}/forms"),
        ("samples", "{place}/forms"),
        ("model", "train", "--data", "{digits}", "-o", "{place}/new.keras"),
        ("model", "train-strips", "--strips", "{place}", "--data", "{digits}", "-o", "{place}/new.tflite"),
        ("model", "evaluate", "--data", "{digits}", "--confusion", "{place}/confusion.png"),
    ],
    ids=lambda verb: " ".join(verb[:2]),
)
def test_a_place_that_takes_no_files_is_no_bug_and_found_out_at_once(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    digits = tmp_path / "digits.npz"
    np.savez(digits, x=np.zeros((40, 28, 28), np.uint8), y=np.arange(40) % 10)
    given = {"form": deposit_slip / "template.json", "place": "/sys", "digits": digits}
    ended = command_line(*(word.format(**given) for word in verb))
    assert (ended.code, "/sys" in ended.err, "cannot be written" in ended.err) == (2, True, True), ended.err


PROCESS = ("process", "scan.jpg", "-t", "form.json", "-o")
REFERENCE = ("template", "reference", "form.json")
EVALUATE = ("evaluate", "table.csv", "table.csv")


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (("template", "check", "form.json", "scan.jpg", "-o", "table.csv"), "table.csv: give a name that ends in .png"),
        (("template", "check", "form.json", "-o", "blank.png"), "blank.png: is what is read; it would be lost"),
        (("template", "check", "form.json", "blank.png", "-o", "blank.png"), "blank.png: is what is read"),
        (("template", "draft", "blank.png", "-o", "blank.json", "--force"), "blank.png: is what is read"),
        (("template", "draft", "scan.jpg", "-o", "new.png"), "new.png: give a name that ends in .json"),
        (("template", "new", "scan.jpg", "-o", "table.csv", "--force"), "table.csv: give a name that ends in .json"),
        (("template", "draft", ".", "-o", "new.json"), ".: is a folder. Give one scan in it, such as blank.png"),
        (("template", "check", "form.json", "."), ".: is a folder. Give one scan in it, such as blank.png"),
        ((*REFERENCE, "blank.png", "-o", "blank.json", "--force"), "blank.png: is what is read"),
        ((*REFERENCE, ".", "-o", "blank.json", "--force"), "blank.png: is what is read"),
        (("template", "schema", "-o", "form.json"), "form.json: is there already and is no schema"),
        ((*EVALUATE, "--plot", "table.csv"), "table.csv: give a name that ends in .png"),
        ((*EVALUATE, "-t", "form.json", "--json", "form.json"), "form.json: is what is read"),
        ((*EVALUATE, "-t", "form.json", "--calibration", "own.txt"), "own.txt: the name of a table ends in .csv"),
        (("review", "table.csv", "--audit-log", "log.txt"), "log.txt: the name of a table ends in .csv"),
        (("model", "evaluate", "--data", "table.csv", "--json", "table.csv"), "table.csv: is what is read"),
        (("model", "predict", "scan.jpg", "--json", "scan.jpg"), "scan.jpg: is what is read"),
        (("model", "info", "--model", "table.csv", "--json", "table.csv"), "table.csv: is what is read"),
        (
            ("model", "train", "--data", "table.csv", "-o", "n.keras", "--json", "table.csv"),
            "table.csv: is what is read",
        ),
        ((*PROCESS, ""), ".: the name of a table ends in .csv"),
        ((*PROCESS, "new.csv", "--log", "new.csv"), "would hold both --output and --log"),
        ((*PROCESS, "n.csv", "--log", "n.run.json"), "both the run's record and --log"),
        ((*PROCESS, "n.csv", "--wide", "n.audit.csv"), "both what is audited and --wide"),
        ((*PROCESS, "n.csv", "--overlays", "n.csv"), "n.csv: would hold both --output and"),
        (("model", "evaluate", "--confusion", "table.csv"), "table.csv: give a name that ends in .png"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_that_is_read_or_of_another_kind_is_written_over(
    command_line: CommandLine, desk: Path, verb: tuple[str, ...], words: str
) -> None:
    before = {path: path.read_bytes() for path in desk.iterdir()}
    ended = command_line(*verb)
    assert (ended.code, words in ended.err) == (2, True), ended.err
    assert {path: path.read_bytes() for path in desk.iterdir()} == before


@pytest.mark.parametrize(
    "verb",
    [
        (*REFERENCE, "blank.png", "-o", "other/new.json"),
        ("template", "print", "form.json", "-o", "other/new.pdf"),
        ("template", "fit", "form.json", "scan.jpg", "-o", "other/new.json"),
    ],
    ids=" ".join,
)
def test_no_template_is_written_where_it_would_not_find_its_lists(
    command_line: CommandLine, desk: Path, verb: tuple[str, ...]
) -> None:
    (desk / "other").mkdir()
    (desk / "known.csv").write_text("account\n2336468125\n")
    form = json.loads((desk / "form.json").read_text())
    form["rules"].append({"name": "known", "values": "known.csv", "field": "account"})
    (desk / "form.json").write_text(json.dumps(form | ({"reference": None} if verb[1] == "fit" else {})))
    ended = command_line(*verb)
    assert ended.code == 2 and ended.err.endswith("would not find known.csv. Write it to the folder of form.json.\n")
    assert not list((desk / "other").iterdir())


@pytest.fixture
def desk(deposit_slip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a form with its picture, a scan, a table."""
    monkeypatch.chdir(tmp_path)
    form = json.loads((deposit_slip / "template.json").read_text()) | {"reference": "blank.png"}
    (tmp_path / "form.json").write_text(json.dumps(form))
    (tmp_path / "blank.png").write_bytes((deposit_slip / "reference.png").read_bytes())
    (tmp_path / "scan.jpg").write_bytes((deposit_slip / "scans" / GOOD).read_bytes())
    (tmp_path / "table.csv").write_text(OLDER)
    return tmp_path


def test_overlays_that_have_no_place_stop_the_run(process: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    for place in (folder / GOOD, folder, folder / "seen"):
        ended = process("--overlays", place)
        assert (ended.code, str(place) in ended.err) == (2, True), ended.err
        assert (tmp_path / "r.csv").read_text() == OLDER
        assert [path.name for path in folder.iterdir()] == [GOOD]
    assert "read as scans" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches a child of a test on POSIX only")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_with_130_and_leaves_the_older_results(
    folder: Path, deposit_slip: Path, tmp_path: Path, jobs: int
) -> None:
    for copy in range(150):
        (folder / f"copy-{copy:03d}.jpg").write_bytes((folder / GOOD).read_bytes())
    (tmp_path / "r.csv").write_text(OLDER)
    command = [sys.executable, "-m", "formreader", "process", folder, "-v", "-t", deposit_slip / "template.json"]
    running = subprocess.Popen(
        [*map(str, command), "--output", str(tmp_path / "r.csv"), "--jobs", str(jobs)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(formreader.__file__).parents[1])},
    )
    assert running.stderr is not None
    assert "copy-000.jpg page 1" in running.stderr.readline()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the program and to its workers
    told = running.stderr.read()
    assert running.wait(timeout=LONG) == 130, told
    assert "interrupted" in told
    assert "What was read is kept: start the same command again" in told
    assert "Traceback" not in told
    assert (tmp_path / "r.csv").read_text() == OLDER
    assert {path.name for path in tmp_path.iterdir()} - {"r.csv.journal", "r.csv.journal-wal"} == {"scans", "r.csv"}
