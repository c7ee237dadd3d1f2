"""Which way up a page's text stands."""

import numpy as np
import pytest

from formreader.printed.letters import Letters, turns_to_upright, way_up


def _lines_of(wide: int, *, hanging: bool) -> Letters:
    """Lines of letters of two heights, whose bottoms stand level, or whose tops do."""
    rng = np.random.default_rng(1)
    boxes = []
    for line in range(12):
        for column in range(14):
            high, left, y = int(rng.choice([14, 20])), 40 + column * (wide + 8), 60 + 40 * line
            top = y if hanging else y - high
            boxes.append([left, top, left + wide, top + high])
    return Letters(np.array(boxes, np.float64), 14.0, np.full((700, 900), 255, np.uint8))


def test_letters_that_hang_from_a_line_stand_on_their_heads() -> None:
    assert way_up(_lines_of(11, hanging=False)) > 0.2
    assert turns_to_upright(_lines_of(11, hanging=True)) == 2


@pytest.mark.parametrize("hanging", [False, True])
def test_of_a_joined_script_nobody_can_tell(hanging: bool) -> None:
    """Upright Arabic words hang together, and more often level at their tops."""
    assert way_up(_lines_of(40, hanging=hanging)) == 0
    assert turns_to_upright(_lines_of(40, hanging=hanging)) == 0
