"""Files made to harm: each is refused in a moment, with its name and a reason, whatever it claims to be."""

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from batches import LONG
from drawn import cells

import formreader
from formreader.errors import FormreaderError, ScanError
from formreader.records import ScanRef
from formreader.scans import list_scans, open_scan
from formreader.table import COLUMNS, read_table

posix = pytest.mark.skipif(os.name == "nt", reason="devices and pipes are POSIX files")

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
from formreader.cli import main
sys.argv = ["formreader", *sys.argv[1:]]
main()
"""


def run(folder: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """The program in `folder` with 3 GB of memory and 40 seconds."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,  # other programs may be at work: what it takes itself is limited above
        env={**os.environ, "PYTHONPATH": str(Path(formreader.__file__).parents[1])},
    )


def directory(tags: list[tuple[int, int, int, int]], following: int) -> bytes:
    """A TIFF directory: number, format, count and value of each tag."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def many_pages(count: int) -> bytes:
    """A TIFF of so many directories, each with a size and nothing else."""
    size = len(directory([(256, 4, 1, 9), (257, 4, 1, 9)], 0))
    pages = (
        directory([(256, 4, 1, 9), (257, 4, 1, 9)], 8 + size * number if number < count else 0)
        for number in range(1, count + 1)
    )
    return struct.pack("<2sHI", b"II", 42, 8) + b"".join(pages)


def many_values(tags: int, length: int) -> bytes:
    """A TIFF whose only directory has `tags` tags, each for all of the `length` bytes, half of them known ones."""
    sized = [(256, 4, 1, 100), (257, 4, 1, 100)]
    chain = directory([*sized, *((273 + 700 * (number % 2), 1, length, 0) for number in range(tags))], 0)
    return (struct.pack("<2sHI", b"II", 42, 8) + chain).ljust(length, b"\0")


def pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, of which the first is its catalog."""
    body, places = b"%PDF-1.4\n", []
    for number, inside in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, inside)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def lying_pdf(pages: int) -> bytes:
    """A PDF that says it has so many pages, and has one."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % pages, page])


def drawn_pdf(content: bytes, *forms: bytes, shared: bool = False) -> bytes:
    """A PDF of one page that draws `content`, in which `/A Do` is the first form, in that the second, and so on.

    `shared`: what a form draws stands in an object of its own.
    """

    def stream(content: bytes, form: int | None) -> bytes:
        packed = zlib.compress(content, 9)
        kind = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200]" if form is not None else b""
        inner = b"/Resources << /XObject << /A %d 0 R >> >>" % (5 + (form or 0) + 1)
        if shared:
            inner = b"/Resources %d 0 R" % (5 + len(forms) + (form or 0))
        return b"<< %s %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
            kind,
            inner,
            len(packed),
            packed,
        )

    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>",
            stream(content, None),
            *(stream(form, number) for number, form in enumerate(forms)),
            *(b"<< /XObject << /A %d 0 R >> >>" % (6 + number) for number in range(len(forms))),
        ]
    )


STROKE = b"1 1 m 90 90 l S\n"


def bomb(side: int) -> bytes:
    """A PNG of `side` x `side` white pixels, a thousandth of that in bytes."""
    return bytes(cv2.imencode(".png", np.full((side, side), 255, np.uint8))[1])


HARMFUL: dict[str, Callable[[], bytes]] = {
    "pages.tif": lambda: many_pages(100_000),
    "tags.tif": lambda: many_values(60_000, 4_000_000),
    "circle.tif": lambda: struct.pack("<2sHI", b"II", 42, 8) + directory([(256, 4, 1, 9), (257, 4, 1, 9)], 8),
    "count.pdf": lambda: lying_pdf(2_000_000_000),
    "strokes.pdf": lambda: drawn_pdf(STROKE * 200_000),
    "packed.pdf": lambda: drawn_pdf(STROKE * 2_000_000),
    "laughs.pdf": lambda: drawn_pdf(b"/A Do", *[10 * b"/A Do "] * 9, STROKE),
    "shared.pdf": lambda: drawn_pdf(b"/A Do", *[10 * b"/A Do "] * 9, STROKE, shared=True),
    "bomb.png": lambda: bomb(20_000),
    "huge.bmp": lambda: struct.pack(
        "<2sIHHIIiiHHIIiiII", b"BM", 54, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0
    ),
}


@posix
def test_harmful_files_each_cost_a_page_and_little_time_and_memory(deposit_slip: Path, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for name, made in HARMFUL.items():
        (scans / name).write_bytes(made())
    (scans / "zero.jpg").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    (scans / "pipe.png").symlink_to(tmp_path / "pipe")
    (scans / "round").symlink_to(scans)
    (scans / "itself.jpg").symlink_to(scans / "itself.jpg")
    ended = run(tmp_path, "process", "scans", "-t", deposit_slip / "template.json", "-o", "r.csv", "-j", "1")
    assert ended.returncode == 10, ended.stderr
    rows = read_table(tmp_path / "r.csv", COLUMNS)
    assert {row["file"] for row in rows} == {*HARMFUL, "zero.jpg", "pipe.png", "itself.jpg"}
    assert {row["status"] for row in rows} == {"failed"}
    for reason in (
        r"pages.tif: it has more than 20,000 pages; split it",
        r"strokes.pdf: a page of it is drawn of more than 100,000 pieces",
        r"packed.pdf: a part of it unpacks to more than 16,000,000 bytes",
        r"laughs.pdf: a page of it is drawn of more than 100,000 pieces",
        r"shared.pdf: a page of it is drawn of more than 100,000 pieces",
        r"bomb.png: 20000 x 20000 are 400 million pixels",
        r"zero.jpg: is a device, a pipe or a socket, not a file",
        r"pipe.png: is a device, a pipe or a socket, not a file",
    ):
        assert f"failed: {reason}" in ended.stderr


def test_a_form_drawn_within_others_is_drawn_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    for name, made in {
        "nested.pdf": drawn_pdf(b"/A Do", 10 * b"/A Do ", STROKE),
        "round.pdf": drawn_pdf(b"/A Do", STROKE + b"/A Do").replace(b"/A 6 0 R", b"/A 5 0 R"),  # draws itself
    }.items():
        (tmp_path / name).write_bytes(made)
        assert open_scan(ScanRef(str(tmp_path / name), name), needed=(200, 200)).gray.min() < 100, name


@posix
def test_a_pipe_or_device_given_by_name_is_a_usage_error(deposit_slip: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    ended = run(tmp_path, "process", "pipe.jpg", "-t", deposit_slip / "template.json", "-o", "r.csv")
    assert ended.returncode == 2 and "neither a file nor a folder" in ended.stderr


@posix
@pytest.mark.parametrize("given", ["in", "in/*.jpg"])
def test_a_pipe_among_scans_fails_by_its_name(given: str, deposit_slip: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe.jpg")
    ended = run(tmp_path, "process", given, "-t", deposit_slip / "template.json", "-o", "r.csv")
    assert ended.returncode == 10 and "pipe.jpg: is a device, a pipe or a socket" in ended.stderr


def test_a_limit_of_pixels_is_the_users_choice(deposit_slip: Path, tmp_path: Path) -> None:
    scan = deposit_slip / "scans" / "form-001.jpg"
    ended = run(
        tmp_path, "process", scan, "-t", deposit_slip / "template.json", "-o", "r.csv", "--max-pixels", "100000"
    )
    assert ended.returncode == 10 and "the limit is 0.1 million" in ended.stderr


@posix
@pytest.mark.parametrize(
    "name", ["two\nlines.jpg", "=cmd|' C calc'!A0.jpg", "\N{PILE OF POO}.jpg", "@x.jpg", "tab\there.jpg", '"q".jpg']
)
def test_names_that_mean_something_elsewhere_are_only_names(deposit_slip: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / name).write_bytes((deposit_slip / "scans" / "form-001.jpg").read_bytes())
    ended = run(tmp_path, "process", "scans", "-t", deposit_slip / "template.json", "-o", "r.csv", "--overlays", "seen")
    assert ended.returncode == 0, ended.stderr
    assert len(list((tmp_path / "seen").iterdir())) == 1
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert not any(line.startswith(("=", "@", "+", "-", '"=', '"@')) for line in text.splitlines())
    assert [row["file"] for row in read_table(tmp_path / "r.csv", COLUMNS)] == [name] * 8


@posix
def test_a_name_tells_the_terminal_nothing(deposit_slip: Path, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a\x1b[2J\x1b]0;mine\x07.jpg").write_bytes(
        (deposit_slip / "scans" / "form-001.jpg").read_bytes()
    )
    (tmp_path / "scans" / "b\n0 pages failed \u202etxt.jpg").write_text("no image")
    form = deposit_slip / "template.json"
    ended = run(tmp_path, "process", "scans", "-t", form, "-o", "r.csv", "--show", "--verbose")
    assert set("\x1b\x07\u202e").isdisjoint(ended.stdout + ended.stderr)
    assert r"failed: b\n0 pages failed \u202etxt.jpg: it begins with" in ended.stderr
    assert r"a\x1b[2J\x1b]0;mine\x07.jpg page 1: registration" in ended.stderr
    assert "2J" in ended.stdout


def crowd(side: int) -> list[dict[str, object]]:
    """A field a row of so many cells, and as many rows."""
    return [{"name": str(row), "cells": cells(side, 0, 7 * row, 8, 6, gap=1)} for row in range(side)]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda form: {**form, "width": 10**9}, "width"),
        (
            lambda form: {
                **form,
                "fields": [{"name": "a", "cells": [{"left": 0, "top": 0, "right": 1e9, "bottom": 9}]}],
            },
            "right",
        ),
        (lambda form: {**form, "fields": form["fields"] * 20_000}, "template"),
        (lambda form: {**form, "dpi": "NaN"}, "dpi"),
        (lambda form: {**form, "width": 90_000, "height": 700}, "width, height: 90000 x 700 pixels have no room"),
        (lambda form: {**form, "fields": crowd(70)}, "fields: they have 4,900 cells; a page has room for 4,000"),
    ],
)
def test_a_template_beyond_all_measure_is_refused(
    deposit_slip: Path, tmp_path: Path, harm: Callable[[dict[str, object]], object], said: str
) -> None:
    form = json.loads((deposit_slip / "template.json").read_text())
    (tmp_path / "t.json").write_text(json.dumps(harm(form)))
    ended = run(tmp_path, "template", "check", "t.json")
    assert ended.returncode == 3 and said in ended.stderr and "Traceback" not in ended.stderr


def test_deep_json_is_a_template_error(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"fields": ' + "[" * 500_000 + "]" * 500_000 + "}")
    ended = run(tmp_path, "template", "check", "t.json")
    assert ended.returncode == 3 and "Traceback" not in ended.stderr


@posix
def test_a_file_that_becomes_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    (ref,) = list_scans([path])
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ScanError, match=r"a\.jpg: is a device, a pipe or a socket"):
        open_scan(ref)
    assert issubclass(ScanError, FormreaderError)
