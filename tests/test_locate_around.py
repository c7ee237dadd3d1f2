"""A number that goes on beyond its strip is not all of it; one beside an empty strip was meant; print is neither."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.locate.around import written_around
from formreader.records import Box, Gray, Page, Scan, ScanRef
from formreader.register.form import Form
from formreader.simulate.handwriting import sample_hand, write
from formreader.template import Template

STRIP = Box(200, 100, 500, 160)


def _blank() -> Gray:
    """A frame, and what may be an exponent or a note behind it."""
    paper = np.full((300, 800), 255, np.uint8)
    cv2.rectangle(paper, (200, 100), (500, 160), 80, 2)
    cv2.putText(paper, "2", (506, 150), cv2.FONT_HERSHEY_DUPLEX, 1.2, 40, 1, cv2.LINE_AA)
    return paper


def _written(digits: str, left: float, *, paper: Gray | None = None, step: float = 36.0) -> Gray:
    page = np.full((300, 800), 255, np.uint8) if paper is None else paper
    rng = np.random.default_rng(2)
    hand = sample_hand(rng)
    for place, digit in enumerate(digits):
        start = left + step * place
        write(page, digit, Box(start, STRIP.top + 4, start + step, STRIP.bottom - 6), hand, rng)
    return page


def _told(gray: Gray, folder: Path | None = None, *others: Box) -> bool:
    """With the picture of the blank form, where there is a folder for it, and fields beside this one."""
    areas = [{"left": one.left, "top": one.top, "right": one.right, "bottom": one.bottom} for one in (STRIP, *others)]
    fields = [{"name": f"a{place}", "kind": "string", "strip": area} for place, area in enumerate(areas)]
    template = Template.model_validate({"name": "n", "width": 800, "height": 300, "dpi": 150, "fields": fields})
    if folder is not None:
        cv2.imwrite(str(folder / "blank.png"), _blank())
        template = template.model_copy(update={"reference": folder / "blank.png"})
    return written_around(Page(Scan(ScanRef("p.png", "p.png"), gray), np.eye(3), 1.0), STRIP, Form(template))


@pytest.mark.parametrize("left", [205, 340, 352])
def test_what_stands_within_the_strip_is_all_of_it(left: float, tmp_path: Path) -> None:
    page = _written("5032", left)
    assert not _told(page)
    cv2.rectangle(page, (200, 100), (500, 160), 80, 2)
    assert not _told(page)
    assert not _told(_written("5032", left, paper=_blank()), tmp_path)


@pytest.mark.parametrize(("digits", "left"), [("50326", 338), ("50326", 354), ("82503", 164), ("82503", 182)])
def test_a_digit_upon_an_end_or_beyond_it_is_told(digits: str, left: float) -> None:
    assert _told(_written(digits, left))


@pytest.mark.parametrize(("digits", "left"), [("50326", 354), ("82503", 164), ("82503", 182)])
def test_the_frame_that_a_digit_stands_upon_is_no_part_of_it(digits: str, left: float) -> None:
    page = _written(digits, left)
    cv2.rectangle(page, (200, 100), (500, 160), 80, 2)
    assert _told(page)


def test_what_is_printed_beside_the_strip_is_no_digit(tmp_path: Path) -> None:
    page = _written("5032", 352, paper=_blank())
    assert _told(page), "nobody knows that it is printed"
    assert not _told(page, tmp_path)


@pytest.mark.parametrize(("digits", "left"), [("27", 80), ("9", 100), ("5032", 90)])
def test_a_number_beside_an_empty_strip_is_told(digits: str, left: float, tmp_path: Path) -> None:
    assert _told(_written(digits, left, paper=_blank(), step=28), tmp_path)
    assert not _told(_blank(), tmp_path)


def test_a_number_far_from_an_empty_strip_belongs_to_something_else(tmp_path: Path) -> None:
    assert not _told(_written("27", 12, paper=_blank(), step=28), tmp_path)


@pytest.mark.parametrize("thick", [3, 7])
@pytest.mark.parametrize("beside", [(), (Box(0, 100, 200, 160),)])
def test_a_minus_before_the_strip_is_told_in_the_next_column_too(
    thick: int, beside: tuple[Box, ...], tmp_path: Path
) -> None:
    page = cv2.line(_written("5032", 210, paper=_blank()), (178, 132), (190, 131), 30, thick)
    assert _told(page, tmp_path, *beside)


def test_a_dash_behind_the_number_of_the_next_column_is_no_minus(tmp_path: Path) -> None:
    page = _written("71", 112, paper=_written("5032", 210, paper=_blank()), step=30)
    cv2.line(page, (178, 132), (190, 131), 30, 4)
    assert not _told(page, tmp_path, Box(0, 100, 200, 160))
