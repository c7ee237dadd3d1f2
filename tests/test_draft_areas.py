"""Areas to write in, where a form has no boxes: the empty spaces of its tables, and its lines."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.draft.areas import find_areas
from formreader.records import Box, Gray
from formreader.shipped import shipped
from formreader.template import load_template, save_template

DPI = 150.0


def say(page: Gray, text: str, left: int, base: int, *, size: float = 0.7) -> None:
    cv2.putText(page, text, (left, base), cv2.FONT_HERSHEY_DUPLEX, size, 30, 1, cv2.LINE_AA)


def table(*, heads: bool = True, currency: str = "") -> Gray:
    """Four rows with a label each, and an empty space beside it."""
    page = np.full((1200, 1000), 255, np.uint8)
    for row in range(4):
        top = 300 + 80 * row
        for left, right in ((80, 500), (500, 900)):
            cv2.rectangle(page, (left, top), (right, top + 80), 40, 2)
        say(page, ("Rail", "Fuel", "Hotel", "Meals and drinks")[row], 100, top + 50)
        say(page, currency, 510, top + 50)
    if heads:
        say(page, "EXPENSES", 80, 200, size=1.4)
    return page


def lines(count: int = 3, *, right: int = 700, label: str = "Number") -> Gray:
    page = np.full((1200, 1000), 255, np.uint8)
    for row in range(count):
        say(page, f"{label} {row + 1}", 80, 300 + 150 * row)
        cv2.line(page, (250, 300 + 150 * row), (right, 300 + 150 * row), 20, 2)
    return page


def near(found: list[Box], *wanted: tuple[int, int, int, int], off: float = 6) -> bool:
    sides = [(box.left, box.top, box.right, box.bottom) for box in found]
    return len(sides) == len(wanted) and bool(np.abs(np.array(sides) - np.array(wanted)).max() <= off)


def test_the_spaces_beside_a_tables_labels_are_areas_from_the_top_down() -> None:
    assert near(find_areas(table(), DPI), *((500, 300 + 80 * row, 900, 380 + 80 * row) for row in range(4)))


def test_an_area_begins_behind_the_currency_printed_in_it() -> None:
    found = find_areas(table(currency="EUR"), DPI)
    assert [round(box.left) for box in found] == pytest.approx([565] * 4, abs=12)
    assert [round(box.right) for box in found] == pytest.approx([900] * 4, abs=4)


def test_the_room_over_each_line_is_an_area() -> None:
    found = find_areas(lines(), DPI)
    assert len(found) == 3
    assert np.allclose([(box.left, box.right) for box in found], (250, 700), atol=8)
    assert [round(box.bottom) for box in found] == pytest.approx([302, 452, 602], abs=5)
    assert all(40 < box.height < 110 for box in found)


def test_it_ends_below_what_is_printed_over_the_line() -> None:
    page = lines(1)
    say(page, "as on your last invoice", 300, 250)
    (area,) = find_areas(page, DPI)
    assert area.top == pytest.approx(256, abs=6)


@pytest.mark.parametrize("right", [280, 990])
def test_a_short_line_and_one_across_the_page_are_none(right: int) -> None:
    page = lines(2, right=right, label="")
    if right > 900:
        page[:, 20:260] = page[:, 700:940]  # from edge to edge
    assert find_areas(page, DPI) == []


def test_text_and_underlined_headings_are_none() -> None:
    page = np.full((1200, 1000), 255, np.uint8)
    for row in range(12):
        say(page, "the undersigned hereby applies for a refund of all", 80, 300 + 34 * row, size=0.6)
    say(page, "Application for refund", 80, 150, size=1.2)
    cv2.line(page, (80, 160), (500, 160), 20, 2)
    assert find_areas(page, DPI) == []


def test_a_dotted_line_and_rounded_boxes_are_areas() -> None:
    page = np.full((1200, 1000), 255, np.uint8)
    for x in range(250, 700, 8):
        cv2.circle(page, (x, 300), 1, 0, -1)
    for left, right in (
        ((262, 515), (688, 515)),
        ((262, 575), (688, 575)),
        ((250, 527), (250, 563)),
        ((700, 527), (700, 563)),
    ):
        cv2.line(page, left, right, 40, 2)
    for x, y, begin in ((262, 527, 180), (688, 527, 270), (688, 563, 0), (262, 563, 90)):
        cv2.ellipse(page, (x, y), (12, 12), begin, 0, 90, 40, 2)
    found = find_areas(page, DPI)
    assert len(found) == 2 and np.allclose([(box.left, box.right) for box in found], (250, 700), atol=10)


def test_a_form_without_boxes_is_drafted_and_the_draft_reads_it(tmp_path: Path, command_line: CommandLine) -> None:
    sample = shipped("samples") / "expense-claim"
    drafted = command_line("template", "draft", sample / "reference.png", "-o", tmp_path / "claim.json")
    assert drafted.code == 0 and "no row of printed cells is found" in drafted.err
    template = load_template(tmp_path / "claim.json")
    assert [field.strip is not None for field in template.fields] == [True] * 10  # nine, and the line to sign on
    amounts = [field.model_copy(update={"kind": "amount", "decimals": 2}) for field in template.fields[2:9]]
    save_template(template.model_copy(update={"fields": amounts}), tmp_path / "claim.json")
    read = command_line(
        "process", sample / "scans/form-001.jpg", "-t", tmp_path / "claim.json", "-o", tmp_path / "read.csv"
    )
    assert read.code == 0
    found = [row.split(",") for row in (tmp_path / "read.csv").read_text().splitlines()[1:]]
    with (sample / "truth.csv").open() as truth:
        values = [line.split(",")[3] for line in truth if line.startswith("form-001.jpg")][2:]
    accepted = [(row[3], value) for row, value in zip(found, values, strict=True) if row[5] in ("read", "blank")]
    assert len(accepted) >= 3 and all(value == right for value, right in accepted)
