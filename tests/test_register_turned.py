"""A form that looks the same upside-down is laid on a photo only where its paper's outline tells which way up it is."""

import cv2
import numpy as np
import pytest
from camera import across_a_table, photo_of
from drawn import TABLE, filled, scan_of

from formreader.errors import RegistrationError
from formreader.locate import find_frames
from formreader.printed import project
from formreader.records import Gray, Matrix
from formreader.register import register
from formreader.register.form import Form

FORM = Form(TABLE)


def _photo(turned: float) -> tuple[Gray, Matrix]:
    page, _ = filled(TABLE, dpi=150, seed=4)
    onto = across_a_table(page.shape, turned=turned, tilted=20)
    return photo_of(page, onto), onto


@pytest.mark.parametrize("turned", [4, 183])
def test_the_whole_paper_tells_which_way_up_it_is(turned: float) -> None:
    photo, onto = _photo(turned)
    frames = find_frames(register(scan_of(photo), FORM), TABLE)
    truth = project(onto, np.array([box.corners.mean(0) for _, _, box in TABLE.cells()]) * 1.5)
    assert np.abs(np.array([frame.corners.mean(0) for frame in frames]) - truth).max() < 4


@pytest.mark.parametrize("turned", [4, 183])
def test_paper_one_end_of_which_is_beyond_the_picture_does_not(turned: float) -> None:
    photo, onto = _photo(turned)
    first, last = project(onto, np.array([[350, 0], [350, 120]]) * 1.5)[:, 1].astype(int)
    between = int(0.7 * first + 0.3 * last)
    shown = photo[between:] if first < last else photo[:between]
    with pytest.raises(RegistrationError, match=r"looks the same upside-down|fits in two places"):
        register(scan_of(shown), FORM)


@pytest.mark.parametrize(("slant", "left", "top"), [(0.02, 0.06, 0.03), (0.04, 0.1, 0.05), (0.0, 0.15, 0.08)])
def test_a_picture_whose_margins_are_cut_off_is_not_laid_upside_down(slant: float, left: float, top: float) -> None:
    """The margins left are those of the page upside-down: seen from above, from a little aslant, or cropped."""
    page, _ = filled(TABLE, dpi=150, seed=2)
    height, width = page.shape
    wide, high = int((1.02 - left) * width), int((1.01 - top) * height)
    seen = np.array([[left, top], [1.02, top], [1.02, 1.01], [left, 1.01]], np.float32) * [width, height]
    aside = slant * width
    rim = np.array([[aside, 0], [wide - aside, aside / 3], [wide, high], [0, high]], np.float32)
    move = cv2.getPerspectiveTransform(seen.astype(np.float32), rim)
    photo = cv2.warpPerspective(page, move, (wide, high), borderValue=(120,)).astype(np.uint8)
    with pytest.raises(RegistrationError, match=r"looks the same upside-down|fits in two places"):
        register(scan_of(photo), FORM)
