"""Cheques that nobody would take as they are: void, two on one picture, a second amount, a thing upon the amount."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from test_cheque import HEIGHT, WIDTH, cheque, read, write
from test_cheque_corrected import open_cheque
from test_cheque_magnetic import AMERICAN, line

from formreader.cheque.framed import is_cut
from formreader.cheque.ruled import darkness
from formreader.records import Box


def across(picture: np.ndarray, said: str, size: float, thick: int, *, dark: int = 90, turn: float = 12) -> np.ndarray:
    """Letters over its middle, sloping."""
    alpha = np.zeros_like(picture)
    (wide, high), _ = cv2.getTextSize(said, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
    start = (WIDTH - wide) // 2 - 60, (HEIGHT + high) // 2
    cv2.putText(alpha, said, start, cv2.FONT_HERSHEY_SIMPLEX, size, 255, thick, cv2.LINE_AA)
    turned = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, 1.0)
    on = cv2.warpAffine(alpha, turned, (WIDTH, HEIGHT)) / 255.0
    return np.asarray(np.minimum(picture, picture * (1 - on) + dark * on), np.uint8)


def signed(picture: np.ndarray) -> np.ndarray:
    """With a large signature, and two strokes in the corner that say into whose account alone it is to be paid."""
    out = picture.copy()
    x = np.arange(1150, 1500, 4)
    curve = np.stack([x, 540 + 75 * np.sin(x / 25)], 1).astype(np.int32)
    cv2.polylines(out, [curve], False, 30, 4, cv2.LINE_AA)
    for off in (0, 30):
        cv2.line(out, (20 + off, 230), (230 + off, 20), 30, 4, cv2.LINE_AA)
    return out


def test_a_void_cheque_is_rejected_and_a_signed_one_is_not(tmp_path: Path) -> None:
    plain = cheque("450.27", "23052024")
    crossed = plain.copy()
    cv2.line(crossed, (150, 650), (1050, 150), 30, 5, cv2.LINE_AA)
    stamp, pen = across(plain, "VOID", 11, 40), across(plain, "VOID", 10, 6, dark=40)
    cancelled = across(plain, "CANCELLED", 5.5, 22, turn=8)
    found = read(tmp_path, plain=signed(plain), stamp=stamp, pen=pen, cancelled=cancelled, crossed=crossed)
    assert [found["plain"][field]["status"] for field in ("amount", "date")] == ["read", "read"]
    for name in ("stamp", "pen", "cancelled", "crossed"):
        assert "read" not in [found[name][field]["status"] for field in ("amount", "date")]
    assert "written_across" in found["crossed"]["amount"]["reason"]
    assert "written_across" in found["crossed"]["date"]["reason"]


def test_two_cheques_on_one_picture_are_rejected(tmp_path: Path) -> None:
    both = np.vstack([cheque("450.27", "23052024"), np.full((20, WIDTH), 238, np.uint8), cheque("82.60", "11032023")])
    empty = np.vstack([cheque(), cheque()])
    found = read(tmp_path, both=both, empty=empty)
    for page in found.values():
        assert {field["status"] for field in page.values()} == {"rejected"}
    assert "not_one_cheque" in found["empty"]["amount"]["reason"]


def with_line(picture: np.ndarray) -> np.ndarray:
    out = picture.copy()
    out[-205:] = np.minimum(out[-205:], 238 - np.minimum(line(AMERICAN), 238))
    return out


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_so_is_one_that_stands_out_from_its_ground_beside_another(tmp_path: Path, order: tuple[int, int]) -> None:
    both = [with_line(cheque("450.27")), np.maximum(with_line(cheque("82.60")).astype(int) - 90, 0).astype(np.uint8)]
    alone = np.full((2 * HEIGHT + 180, WIDTH + 120), 150, np.uint8)
    alone[60:, 60:][:HEIGHT, :WIDTH] = both[0]
    pair = alone.copy()
    for at, index in enumerate(order):
        pair[60 + at * (HEIGHT + 60) :, 60:][:HEIGHT, :WIDTH] = both[index]
    found = read(tmp_path, alone=alone, pair=pair)
    assert found["alone"]["amount"]["status"] == "read"
    assert "not_one_cheque" in found["pair"]["amount"]["reason"]


@pytest.mark.parametrize("top", [240, 410])
def test_another_amount_above_or_below_rejects_it_but_not_the_same_or_a_few_cents(tmp_path: Path, top: int) -> None:
    framed, free = cheque("450.27"), open_cheque("450.27", "")
    pictures = {}
    for name, picture in {"framed": framed, "free": free}.items():
        for other in ("1,382.65", "450.27", "8.05"):
            out = picture.copy()
            write(out, other, 1180, top)
            pictures[f"{name}_{other[0]}"] = out
    found = read(tmp_path, **pictures)
    for name in ("framed", "free"):
        assert "two_amounts" in found[f"{name}_1"]["amount"]["reason"]
        assert [found[f"{name}_{same}"]["amount"]["status"] for same in "48"] == ["read", "read"]


@pytest.mark.parametrize("left", [1234, 1330])
def test_a_box_cut_in_two_by_a_clip_is_not_read_as_a_smaller_amount(tmp_path: Path, left: int) -> None:
    picture = cheque("1,485,382.65")
    cv2.rectangle(picture, (left, 190), (left + 26, 420), 60, 5)
    amount = read(tmp_path, one=picture)["one"]["amount"]
    assert amount["status"] == "rejected"


def test_the_side_of_a_box_ends_with_it_a_clip_goes_on() -> None:
    picture = cheque()
    whole, part = Box(1123, 268, 1537, 342), Box(1333, 268, 1537, 342)
    assert not is_cut(darkness(picture), whole)
    cv2.line(picture, (1330, 200), (1330, 420), 60, 4)
    assert is_cut(darkness(picture), part)
