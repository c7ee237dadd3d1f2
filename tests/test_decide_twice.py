"""A sheet that was scanned twice, or a file that lies there twice, is said; sheets that only say the same are not."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM

from formreader.batch import process
from formreader.decide.twice import same_sheets, saying, writing_of
from formreader.records import Crop, FieldReading, Gray, PageReading, ScanRef
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.simulate.scanner import Faults, scan_page
from formreader.template import save_template


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans of one sheet, another that says the same, the first file once more, and a blank sheet twice."""
    folder = tmp_path_factory.mktemp("scans")
    entries = tuple(fill_in(FORM, np.random.default_rng(5)))
    blank = blank_form(FORM)
    sheets = [write_entries(FORM, blank, entries, np.random.default_rng(hand)) for hand in (1, 2)]
    scanned = {"one": (sheets[0], 0.0), "other": (sheets[1], 0.0), "rescan": (sheets[0], 1.0)}
    for seed, (name, (sheet, one_bit)) in enumerate(scanned.items()):
        faults = Faults(skew=1.5, upside_down=0, one_bit=one_bit)
        cv2.imwrite(str(folder / f"{name}.png"), scan_page(sheet, np.random.default_rng(seed), faults))
    (folder / "copy.png").write_bytes((folder / "one.png").read_bytes())
    for name in ("blank", "blank too"):
        cv2.imwrite(str(folder / f"{name}.png"), blank)
    save_template(FORM, folder / "form.json")
    return folder


def test_a_sheet_scanned_twice_is_said_and_one_that_says_the_same_is_not(
    scans: Path, tmp_path: Path, command_line: CommandLine
) -> None:
    output = tmp_path / "results.csv"
    ended = command_line("process", scans, "-t", scans / "form.json", "-o", output)
    assert "the same sheet, scanned twice?: copy.png page 1 = one.png page 1 = rescan.png page 1\n" in ended.err
    manifest = json.loads(output.with_suffix(".run.json").read_text())
    assert manifest["scanned_twice"] == [[["copy.png", 1], ["one.png", 1], ["rescan.png", 1]]]


def test_a_batch_without_doubles_says_nothing(scans: Path, tmp_path: Path) -> None:
    some = [scans / "one.png", scans / "other.png", scans / "blank.png"]
    assert process(some, template=FORM, output=tmp_path / "results.csv").twice == ()


def _page(name: str, value: str = "12", *, micr: str = "", writing: str = "", page: int = 1) -> PageReading:
    fields = (FieldReading("amount", value, 0.99, "read"), FieldReading("micr", micr, 0.99, "read"))
    return PageReading(ScanRef(name, name, page), fields, writing=writing)


def _doubles(*pages: PageReading, content: dict[str, str] | None = None) -> list[list[str]]:
    found = same_sheets((page, (content or {}).get(page.ref.file, "")) for page in pages)
    return [[ref.file for ref in same] for same in found]


def test_cheques_of_one_magnetic_line_are_one_cheque() -> None:
    line = "000123 110002034 010445"
    assert _doubles(_page("a", micr=line), _page("b", micr=line)) == [["a", "b"]]
    assert saying(_page("a", micr=line)) == saying(_page("b", micr=line)) != saying(_page("c", "13", micr=line))
    assert _doubles(_page("a"), _page("b")) == []
    doubted = [replace(page, fields=tuple(replace(one, status="rejected") for one in page.fields))
               for page in (_page("a", micr=line), _page("b", micr=line))]  # fmt: skip
    assert _doubles(*doubted) == []


def test_a_file_that_lies_there_twice_is_known_by_its_content_page_by_page() -> None:
    twice = {"a": "same", "b": "same", "c": "other"}
    assert _doubles(_page("a"), _page("b"), _page("c"), content=twice) == [["a", "b"]]
    assert _doubles(_page("a"), _page("a", page=2), content=twice) == []
    assert saying(_page("a", "")) == 0


def test_few_digits_are_no_evidence() -> None:
    seven = np.full((40, 30), 255, np.uint8)
    cv2.line(seven, (5, 5), (25, 5), 0, 3)
    cv2.line(seven, (25, 5), (10, 35), 0, 3)
    assert writing_of([_crop(seven)] * 3) == ""
    four = writing_of([_crop(seven)] * 4 + [_crop(np.full((40, 30), 255, np.uint8), ink=0)])
    others = [writing_of([_crop(seven[::-1])] * 4), writing_of([_crop(seven)] * 5), "", ""]
    pages = [_page(str(place), writing=writing) for place, writing in enumerate((four, *others, four))]
    assert _doubles(*pages) == [["0", "5"]]


def _crop(gray: Gray, *, ink: float = 0.2) -> Crop:
    return Crop(np.ascontiguousarray(gray), ink, 1.0)
