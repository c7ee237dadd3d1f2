"""The line of magnetic ink: what is built as banks build it is read, and nothing that may have lost a digit."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.cheque.e13b import NAMES, PITCH, pictures
from formreader.cheque.magnetic import MagneticLine, read_magnetic
from formreader.cheque.sheet import upright
from formreader.records import Gray, ScanRef
from formreader.scans import open_scan

REAL = Path(__file__).parents[2] / "shared" / "data" / "cheques" / "indian"
INDIAN, AMERICAN = "U120345U 400706089T 713224U 31", "T021000021T 9876543210U 0458"
UNIT = 8


def line(text: str, *, unit: float = 2.6, noise: float = 6.0) -> Gray:
    """A cheque's foot, ink bright, with a line in which T and U are the signs for transit and on-us."""
    shapes = dict(zip(NAMES, pictures(UNIT, softness=0.5), strict=True))
    ink = np.zeros((13 * UNIT, round((len(text) + 2) * PITCH * UNIT)), np.float32)
    for index, name in enumerate(text):
        if name != " ":
            place = ink[UNIT : 12 * UNIT, round((index + 1) * PITCH * UNIT) :][:, : 9 * UNIT]
            np.maximum(place, shapes[name], out=place)
    small = cv2.resize(ink, None, fx=unit / UNIT, fy=unit / UNIT, interpolation=cv2.INTER_AREA)
    foot = np.zeros((205, 1600), np.float32)
    foot[90 : 90 + small.shape[0], 200 : 200 + small.shape[1]] = 0.8 * small
    return np.clip(foot + np.random.default_rng(1).normal(0, noise, foot.shape), 0, 255).astype(np.uint8)


def read(foot: Gray) -> MagneticLine:
    found = read_magnetic(foot, foot=0)
    assert found is not None
    return found


def trusted(found: MagneticLine) -> bool:
    return not found.reasons and found.confidence >= 0.95


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (INDIAN, "120345 400706089 713224 31"),
        ("U120345U 400706089T 31", "120345 400706089 31"),
        (AMERICAN, "021000021 9876543210 0458"),
    ],
)
def test_a_line_built_as_banks_build_it_is_read(text: str, value: str) -> None:
    found = read(line(text))
    assert found.text == value and trusted(found)
    assert found.box.left == pytest.approx(225, abs=25) and 80 <= found.box.top < found.box.bottom <= 130


def test_another_line_of_print_above_it_is_not_taken_for_it() -> None:
    foot = line(INDIAN)
    cv2.putText(foot, "Payable at par at all branches of Riverside Bank", (80, 40), cv2.FONT_HERSHEY_DUPLEX, 1, 220, 2)
    assert trusted(read(foot)) and read(foot).text.startswith("120345 ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("T021000022T 9876543210U 0458", "no_check_digit"),  # a wrong check digit
        ("U12345U 400706089T 713224U 31", "no_check_digit"),  # five digits in place of six
        ("U120345U 400706089T 713224U 3", "no_check_digit"),
        ("T021000021T 98765 3210U 0458", "gap"),  # a digit that left no ink
        ("9876543210 0458 11", "no_check_digit"),
    ],
)
def test_a_line_that_may_have_lost_a_digit_is_not_trusted(text: str, reason: str) -> None:
    assert reason in read(line(text)).reasons


def test_ink_that_is_no_character_is_not_passed_over() -> None:
    foot = line("T021000021T 9876543210U  0458")
    left = round(200 + 24 * PITCH * 2.6)
    cv2.line(foot, (left, 96), (left + 14, 120), 220, 3, cv2.LINE_AA)
    assert "left_over" in read(foot).reasons


@pytest.mark.parametrize("softness", [1.6, 1.9])
def test_characters_that_are_soft_but_whole_are_trusted(softness: float) -> None:
    found = read(np.asarray(cv2.GaussianBlur(line(AMERICAN, noise=2), (0, 0), softness), np.uint8))
    assert found.text == "021000021 9876543210 0458" and trusted(found)


@pytest.mark.parametrize("damage", ["blurred", "worn"])
def test_characters_that_are_hardly_to_be_seen_are_not_trusted(damage: str) -> None:
    foot = line(INDIAN)
    if damage == "blurred":
        foot = np.asarray(cv2.GaussianBlur(foot, (0, 0), 4), np.uint8)
    else:
        foot[112:] = 0
    found = read_magnetic(foot, foot=0)
    assert found is None or not trusted(found)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real cheques are not here: {REAL}")
@pytest.mark.parametrize("number", ["100829", "120611", "309071", "309104"])
def test_the_line_of_a_real_cheque_is_read(number: str) -> None:
    """The file is named by the cheque's number; the first is of another bank than the last two."""
    path = REAL / f"Cheque-{number}.jpeg"
    found = upright(open_scan(ScanRef(str(path), path.name, 1))).line
    assert found is not None and trusted(found)
    assert found.text.split()[0] == number and found.text.endswith(" 31")
