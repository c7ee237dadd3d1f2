"""Strips that are not needed, and crossed off by level strokes."""

import cv2
import numpy as np
import pytest

from formreader.classify import load_model
from formreader.records import FieldReading, Gray
from formreader.strips import read_strip
from formreader.strips.fields import decide_strip
from formreader.strips.model import load_strip_model
from formreader.template import Area, Field

FIELD = Field(name="n", kind="string", strip=Area(left=0, top=0, right=9, bottom=9), fill_marks=True)


def strip(*lines: list[tuple[int, int]], seed: int = 0) -> Gray:
    paper = np.full((80, 360), 240, np.uint8)
    for line in lines:
        cv2.polylines(paper, [np.array(line, np.int32)], False, 50, 4, cv2.LINE_AA)
    grain = np.random.default_rng(seed).normal(0, 1.5, paper.shape)
    return np.clip(cv2.GaussianBlur(paper, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)


def decided(gray: Gray, field: Field = FIELD) -> FieldReading:
    return decide_strip(field, read_strip(gray, load_strip_model(), load_model()), 0.95)


DASHES = [
    [[(40, 42), (75, 41)]],
    [[(40, 42), (160, 39)]],
    [[(10, 42), (350, 38)]],
    [[(40, 42), (75, 41)], [(95, 42), (130, 41)]],
]


@pytest.mark.parametrize("lines", DASHES)
def test_level_strokes_say_that_a_strip_with_fill_marks_is_not_needed(lines: list[list[tuple[int, int]]]) -> None:
    assert decided(strip(*lines)).status == "blank"
    assert decided(strip(*lines), FIELD.model_copy(update={"fill_marks": False})).status == "rejected"
    assert decided(strip(*lines), FIELD.model_copy(update={"required": True})).status == "rejected"


@pytest.mark.parametrize("digits", ["5032", "1", "7", "96", "4071582"])
@pytest.mark.parametrize("tone", [50, 150, 205])
def test_digits_that_are_struck_through_are_no_empty_strip(digits: str, tone: int) -> None:
    struck = strip([(10, 42), (350, 38)])
    cv2.putText(struck, digits, (60, 62), cv2.FONT_HERSHEY_SIMPLEX, 1.7, tone, 3, cv2.LINE_AA)
    assert decided(struck).status == "rejected"


def test_other_marks_are_no_level_strokes() -> None:
    slash, cross = [(60, 70), (90, 12)], ([(40, 15), (90, 68)], [(40, 68), (90, 15)])
    for lines in ([slash], cross, [[(30, 60), (60, 20), (90, 60)]]):
        assert decided(strip(*lines)).status != "blank"
