"""One digit of an amount or a date that is corrected: struck out, or with a small one above it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from test_cheque import HEIGHT, WIDTH, cheque, read, write


def open_cheque(amount: str, date: str) -> np.ndarray:
    """Without boxes: the amount behind a currency sign, the date on a rule."""
    picture = np.full((HEIGHT, WIDTH), 238, np.uint8)
    cv2.putText(picture, "RIVERSIDE BANK", (60, 90), cv2.FONT_HERSHEY_COMPLEX, 1.4, 40, 3, cv2.LINE_AA)
    for top in (230, 310):
        cv2.line(picture, (60, top), (1050, top), 60, 2)
    write(picture, "$" + amount, 1150, 322)
    write(picture, date, 1180, 120, size=1.3, thick=3)
    return picture


@pytest.mark.parametrize(("field", "left", "base"), [("amount", 1298, 276), ("date", 1256, 84)])
def test_a_small_digit_above_one_of_a_row_rejects_it(tmp_path: Path, field: str, left: int, base: int) -> None:
    plain = open_cheque("450.27", "23/05/2024")
    above = plain.copy()
    write(above, "8", left, base, size=0.9, thick=3)
    found = read(tmp_path, plain=plain, above=above)
    assert found["plain"][field]["status"] == "read"
    assert "left_over" in found["above"][field]["reason"]


def test_one_above_a_box_upon_its_line_does_too_and_print_there_does_not(tmp_path: Path) -> None:
    words, above = cheque("450.27", "23052024"), cheque("450.27", "23052024")
    cv2.putText(words, "IN WORDS", (1180, 258), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)
    write(above, "8", 1222, 272, size=0.9, thick=3)
    found = read(tmp_path, words=words, above=above)
    assert (found["words"]["amount"]["status"], found["words"]["date"]["status"]) == ("read", "read")
    assert "left_over" in found["above"]["amount"]["reason"]


@pytest.mark.parametrize(("left", "up"), [(1186, -14), (1306, -14)])
def test_a_line_through_one_digit_rejects_an_amount(tmp_path: Path, left: int, up: int) -> None:
    plain = cheque("382.65")
    struck = plain.copy()
    cv2.line(struck, (left, 301 - up), (left + 44, 301 + up), 25, 4, cv2.LINE_AA)
    found = read(tmp_path, plain=plain, struck=struck)
    assert found["plain"]["amount"]["status"] == "read"
    assert "overwritten" in found["struck"]["amount"]["reason"]


@pytest.mark.parametrize(
    ("field", "digit", "size", "at"),
    [("amount", "7", 0.9, (1226, 272)), ("date", "3", 0.5, (1297, 56)), ("date", "7", 0.4, (1456, 56))],
)
def test_a_digit_upon_the_line_of_a_box_corrects_what_stands_in_it(
    tmp_path: Path, field: str, digit: str, size: float, at: tuple[int, int]
) -> None:
    above = cheque("450.27", "23052024")
    write(above, digit, *at, size=size, thick=2)
    found = read(tmp_path, above=above)["above"][field]
    assert found["status"] == "rejected" and "left_over" in found["reason"]


@pytest.mark.parametrize(("cell", "up", "y"), [(1, 0, 74), (7, 5, 70)])
def test_a_line_through_one_digit_rejects_a_date(tmp_path: Path, cell: int, up: int, y: int) -> None:
    struck, middle = cheque("450.27", "23052024"), 1220 + 40 * cell
    cv2.line(struck, (middle - 11, y - up), (middle + 11, y + up), 25, 2, cv2.LINE_AA)
    found = read(tmp_path, struck=struck)["struck"]["date"]
    assert found["status"] == "rejected" and "overwritten" in found["reason"]
