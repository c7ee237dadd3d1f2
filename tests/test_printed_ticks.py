"""Lines along a part of a side: the ticks of a comb, underlines that end with their cell."""

import numpy as np
import pytest

from formreader.printed.ticks import ends_with, printed_parts
from formreader.records import Gray

LEVEL = np.array([[[20, 50], [60, 50]]], float)
UPRIGHT = np.array([[[40, 20], [40, 80]]], float)


def _page() -> Gray:
    return np.full((120, 200), 250, np.uint8)


def test_a_tick_is_cut_down_to_where_it_is_printed() -> None:
    page = _page()
    page[60:81, 39:42] = 0
    [[start, end]] = printed_parts(page, UPRIGHT)
    assert start[1] == pytest.approx(60, abs=2)
    assert end[1] == pytest.approx(80, abs=2)


def test_a_whole_line_a_dotted_one_and_none_stay() -> None:
    whole, dotted = _page(), _page()
    whole[20:81, 39:42] = 0
    dotted[20:81:4, 39:41] = 0
    for page in (whole, dotted, _page()):
        assert (printed_parts(page, UPRIGHT) == UPRIGHT).all()


@pytest.mark.parametrize("step", [1, 3])
def test_an_underline_ends_or_runs_on(step: int) -> None:
    """As a line and as a row of dots."""
    page = _page()
    page[49:51, 22:190:step] = 0
    assert ends_with(page, LEVEL).tolist() == [[True, False]]
    page[48:52, 58:63] = 250
    assert ends_with(page, LEVEL).tolist() == [[True, True]]


def test_more_sides_than_are_looked_at_at_once() -> None:
    page = _page()
    page[49:51, 22:59] = 0
    assert ends_with(page, np.repeat(LEVEL, 700, axis=0)).all()
