"""Cells are cut with their writing alone: frame, watermark, guides and neighbours gone, crossing strokes kept."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.crop.patches import CELL
from formreader.printed import sides_of
from formreader.records import Crop, Frame, Page

LEFT, TOP, WIDTH, HEIGHT = 60, 50, 64, 80


def _cut(page: np.ndarray, *, scale: float = 1.0, quality: float = 1.0) -> Crop:
    """The one cell of a drawn page, its frame where it was drawn."""
    corners = np.array([[LEFT, TOP], [LEFT + WIDTH, TOP], [LEFT + WIDTH, TOP + HEIGHT], [LEFT, TOP + HEIGHT]]) * scale
    assert len(sides_of(corners[None])) == 4
    frame = Frame(corners.astype(np.float64), quality, (2.0 * scale,) * 4, 200.0)
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), [frame])[0]


def _paper(*, frame: int = 60, paper: int = 250) -> np.ndarray:
    """A page with the cell's frame, and its right-hand neighbour's."""
    page = np.full((180, 260), paper, np.uint8)
    for left in (LEFT, LEFT + WIDTH):
        cv2.rectangle(page, (left, TOP), (left + WIDTH, TOP + HEIGHT), frame, 2)
    return page


def _seven(page: np.ndarray, *, ink: int = 40, shift: tuple[int, int] = (0, 0), thick: int = 4) -> np.ndarray:
    x, y = LEFT + 18 + shift[0], TOP + 18 + shift[1]
    cv2.polylines(page, [np.array([[x, y], [x + 28, y], [x + 8, y + 44]], np.int32)], False, ink, thick, cv2.LINE_AA)
    return page


def _ink_box(crop: Crop) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink as shares of the cell."""
    y, x = np.nonzero(crop.gray < 128)
    scale, margin = CELL / WIDTH, (crop.gray.shape[1] - CELL) / 2
    return tuple((np.array([x.min(), y.min(), x.max(), y.max()]) - margin) / scale)


def test_the_writing_alone_remains() -> None:
    crop = _cut(_seven(_paper()))
    assert crop.ink > 0.02
    assert _ink_box(crop) == pytest.approx((18, 18, 46, 62), abs=3.5)
    assert not crop.touches_frame
    assert crop.contrast > 0.6


@pytest.mark.parametrize(
    ("top", "bottom", "runs_on"), [(0, 179, True), (0, TOP + 60, True), (TOP + 5, TOP + 75, False)]
)
def test_a_line_that_runs_on_beyond_the_cell_is_told(top: int, bottom: int, runs_on: bool) -> None:
    page = _paper()
    cv2.line(page, (LEFT + 30, top), (LEFT + 34, bottom), 90, 3, cv2.LINE_AA)
    assert _cut(page).runs_on == runs_on


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 4.0])
def test_the_scans_resolution_does_not_matter(scale: float) -> None:
    page = cv2.resize(_seven(_paper()), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    crop = _cut(page.astype(np.uint8), scale=scale)
    assert _ink_box(crop) == pytest.approx((18, 18, 46, 62), abs=4.5)


@pytest.mark.parametrize("paper", [255, 200, 140])
def test_an_empty_cell_is_blank_on_any_paper(paper: int) -> None:
    page = _paper(paper=paper).astype(np.float64)
    page += np.random.default_rng(0).normal(0, 5, page.shape)
    crop = _cut(np.clip(page, 0, 255).astype(np.uint8))
    assert crop.ink == 0
    assert (crop.gray == 255).all()


def test_a_watermark_is_paper() -> None:
    page = _paper()
    shade = page.copy()
    cv2.circle(shade, (LEFT + 40, TOP + 60), 45, 215, 18)
    page = np.minimum(page, shade)
    assert _cut(page).ink == 0
    assert _ink_box(_cut(_seven(page))) == pytest.approx((18, 18, 46, 62), abs=3.5)


def test_faint_pencil_is_ink() -> None:
    crop = _cut(_seven(_paper(), ink=185))
    assert crop.ink > 0.02
    assert crop.contrast < 0.4
    assert crop.gray.min() < 60, "contrast is stretched"


def test_a_stroke_that_crosses_the_frame_is_kept_whole() -> None:
    crop = _cut(_seven(_paper(), shift=(0, 22)))
    assert _ink_box(crop)[3] > HEIGHT + 1
    pieces, _ = cv2.connectedComponents((crop.gray < 128).astype(np.uint8))
    assert pieces == 2, "paper and one unbroken stroke"


def test_a_neighbours_stroke_is_not_read() -> None:
    page = _paper()
    cv2.line(page, (LEFT + WIDTH - 8, TOP + 40), (LEFT + WIDTH + 50, TOP + 40), 30, 4)
    assert _cut(page).ink == 0


def test_a_stroke_shared_with_the_neighbour_is_told() -> None:
    page = _paper()
    cv2.line(page, (LEFT + 25, TOP + 40), (LEFT + WIDTH + 30, TOP + 42), 30, 5)
    assert _cut(page).touches_frame


def test_a_stroke_along_the_frame_is_told_not_taken_for_blank() -> None:
    page = _paper()
    cv2.line(page, (LEFT + 4, TOP + 15), (LEFT + 5, TOP + 65), 30, 3)
    crop = _cut(page)
    assert crop.touches_frame or crop.ink > 0


def _blurred_seven(ink: int) -> Crop:
    """Its bar in a thinner pen than its stem: blurred, it is the paler of the two."""
    page, x, y = _paper(), LEFT + 14, TOP + 20
    cv2.line(page, (x, y), (x + 32, y), ink, 1, cv2.LINE_AA)
    cv2.line(page, (x + 32, y), (x + 18, y + 42), ink, 5, cv2.LINE_AA)
    return _cut(cv2.GaussianBlur(page, (0, 0), 2.5))


def test_a_stroke_that_blur_makes_too_pale_is_seen_both_ways() -> None:
    crop = _blurred_seven(60)
    one, seven = (np.flatnonzero((picture < 255).any(0))[0] for picture in crop.pictures)
    assert seven < one - 8, "the bar is there in the fuller picture alone"


def test_what_another_ink_adds_is_seen_both_ways() -> None:
    """The rim of a stamp makes a 2 of a 7."""
    page = _seven(_paper())
    rim = cv2.line(page.copy(), (LEFT + 26, TOP + 62), (LEFT + 54, TOP + 56), 135, 5)
    crop = _cut(np.minimum(page, rim))
    two, seven = (np.flatnonzero((picture[60:] < 255).any(0))[-1] for picture in crop.pictures)
    assert seven < two - 8, "without the paler ink"


def test_a_dark_shadow_is_no_paler_stroke() -> None:
    page = cv2.GaussianBlur(_seven(_paper(), ink=10), (0, 0), 2.0)
    assert _cut((page * 0.5).astype(np.uint8)).fuller is None
    half = page.copy()
    half[:, : LEFT + 70] = (page[:, : LEFT + 70] * 0.55).astype(np.uint8)
    assert _cut(half).fuller is None


def test_of_sharp_writing_there_is_one_picture() -> None:
    page = _seven(_paper())
    shade = cv2.line(page.copy(), (LEFT + 10, TOP + 68), (LEFT + 55, TOP + 60), 205, 4)
    assert _cut(np.minimum(page, shade)).fuller is None


def test_a_bar_written_upon_the_frame_is_seen_both_ways() -> None:
    crop = _cut(_seven(_paper(), shift=(0, -18)))
    assert crop.fuller is not None
    assert crop.pictures == (crop.gray, crop.fuller)
    wide, narrow = ((picture[:28] < 128).any(0).sum() for picture in (crop.fuller, crop.gray))
    assert wide > narrow + 8, "the bar of the seven is there in the fuller picture"


def test_writing_clear_of_the_frame_is_seen_one_way() -> None:
    assert _cut(_seven(_paper())).fuller is None


def test_specks_and_dotted_guides_are_paper() -> None:
    page = _paper()
    page[TOP + 20 : TOP + HEIGHT - 10 : 8, LEFT + WIDTH // 2] = 90
    page[TOP + 30, LEFT + 10] = 0
    assert _cut(page).ink == 0


def test_a_blot_is_ink() -> None:
    page = _paper()
    cv2.rectangle(page, (LEFT + 10, TOP + 14), (LEFT + 52, TOP + 66), 20, -1)
    assert _cut(page).ink > 0.3


def test_ink_wider_than_a_stroke_is_as_dark_in_its_middle() -> None:
    page = _seven(_paper(), ink=90)
    cv2.circle(page, (LEFT + 32, TOP + 50), 13, 90, -1, cv2.LINE_AA)
    crop = _cut(page)
    assert crop.gray[50:64, 34:48].max() < 40


def test_the_frames_quality_goes_along() -> None:
    assert _cut(_paper(), quality=0.4).quality == 0.4


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_the_writings_height_is_told_in_scan_pixels(scale: float) -> None:
    page = cv2.resize(_seven(_paper()), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert _cut(page.astype(np.uint8), scale=scale).height == pytest.approx(48 * scale, rel=0.12)


def test_a_bar_along_the_whole_of_a_line_is_seen_by_the_other_lines() -> None:
    page = _paper(frame=120)
    path = np.array([[LEFT + 2, TOP], [LEFT + WIDTH - 3, TOP], [LEFT + 20, TOP + 60]], np.int32)
    cv2.polylines(page, [path], False, 40, 3, cv2.LINE_AA)
    crop = _cut(page)
    assert crop.fuller is not None
    top = slice(0, 24)
    assert (crop.fuller[top] < 128).any(0).sum() > (crop.gray[top] < 128).any(0).sum() + 20


def test_a_line_printed_bolder_than_the_others_is_no_writing_where_its_row_says_so() -> None:
    page = _seven(_paper(), shift=(0, 18))  # its foot stands on the bottom line
    cv2.line(page, (LEFT, TOP + HEIGHT), (LEFT + WIDTH, TOP + HEIGHT), 60, 6)
    corners = np.array([[LEFT, TOP], [LEFT + WIDTH, TOP], [LEFT + WIDTH, TOP + HEIGHT], [LEFT, TOP + HEIGHT]])
    frame = Frame(corners.astype(np.float64), 1.0, (2.0, 2.0, 7.0, 2.0), 190.0)  # as measured

    def along_the_bottom(cells: int) -> int:
        crop = cut_cells(Page(scan_of(page), np.eye(3), 1.0), [replace(frame, cells=cells)])[0]
        return int((crop.pictures[-1][-22:] < 128).any(0).sum())

    assert along_the_bottom(cells=1) > 40, "alone in its field, nobody can tell that it is the line"
    assert along_the_bottom(cells=3) < 20


def _row_of_cells(page: np.ndarray, *, count: int) -> list[Crop]:
    """The cells beside the first, each of which stands 100 pixels from the one before."""
    corners = np.array([[LEFT, TOP], [LEFT + WIDTH, TOP], [LEFT + WIDTH, TOP + HEIGHT], [LEFT, TOP + HEIGHT]])
    frames = [Frame(corners + np.array([100.0 * cell, 0]), 1.0, (2.0,) * 4, 190.0) for cell in range(count)]
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), frames)


def _boxes(count: int) -> np.ndarray:
    """Boxes with a seven each that comes near its right wall."""
    page = np.full((180, 80 + 100 * count), 250, np.uint8)
    for left in range(LEFT, LEFT + 100 * count, 100):
        cv2.rectangle(page, (left, TOP), (left + WIDTH, TOP + HEIGHT), 60, 2)
        points = np.array([[left + 24, TOP + 18], [left + 58, TOP + 18], [left + 26, TOP + 62]], np.int32)
        cv2.polylines(page, [points], False, 40, 4, cv2.LINE_AA)
    return page


@pytest.mark.parametrize(("bolder", "printed"), [(4, True), (1, False)])
def test_a_wall_bolder_than_the_others_in_several_cells_is_print(bolder: int, printed: bool) -> None:
    """In one, it may be a stroke along all of it."""
    page = _boxes(4)
    for cell in range(bolder):
        right = LEFT + WIDTH + 100 * cell
        cv2.line(page, (right, TOP), (right, TOP + HEIGHT), 60, 4)
    fuller = _row_of_cells(page, count=4)[0].pictures[-1]
    assert ((fuller[24:-24, -20:] < 128).any(1).mean() < 0.3) == printed


@pytest.mark.parametrize("base", [True, False])
def test_a_base_written_along_a_bold_wall_is_not_taken_for_print(base: bool) -> None:
    """A 2 whose base lies there is a 7 else."""
    page = _boxes(4)
    foot = TOP + HEIGHT
    for left in range(LEFT, LEFT + 400, 100):
        cv2.line(page, (left, foot), (left + WIDTH, foot), 60, 4)
        cv2.line(page, (left + 26, TOP + 62), (left + 22, foot), 40, 4, cv2.LINE_AA)
    if base:
        cv2.line(page, (LEFT + 22, foot - 3), (LEFT + 58, foot - 3), 40, 4, cv2.LINE_AA)
    pictures = _row_of_cells(page, count=4)[0].pictures
    assert (len(pictures) == 2) == base


@pytest.mark.parametrize(("end", "told"), [(1000, 0), (280, 3)], ids=["most cells", "three"])
def test_a_double_line_along_most_cells_is_no_writing_along_the_frame(end: int, told: int) -> None:
    page = _boxes(10)
    cv2.line(page, (LEFT - 12, TOP + 5), (LEFT + end, TOP + 5), 90, 2)
    assert sum(crop.touches_frame for crop in _row_of_cells(page, count=10)) == told


@pytest.mark.parametrize(("wide", "told"), [(1, 0), (2, 3)], ids=["hairline", "stroke"])
def test_a_hairline_along_a_wall_is_the_edge_of_that_wall(wide: int, told: int) -> None:
    """Of a line that is blurred, or a little beside where it should be: no pen is as fine."""
    page = _boxes(3)
    for wall in range(LEFT + 5, LEFT + 300, 100):
        cv2.line(page, (wall, TOP + 12), (wall, TOP + 62), 60, wide)
    assert sum(crop.touches_frame for crop in _row_of_cells(page, count=3)) == told


def test_a_hairline_in_an_empty_cell_may_be_of_a_1_upon_the_wall() -> None:
    page = _boxes(3)
    page[TOP + 12 : TOP + 68, LEFT + 8 : LEFT + WIDTH - 3] = 250
    cv2.line(page, (LEFT + 5, TOP + 12), (LEFT + 5, TOP + 62), 60, 1)
    assert [crop.touches_frame for crop in _row_of_cells(page, count=3)] == [True, False, False]


@pytest.mark.parametrize(("loop", "pictures"), [(222, 2), (255, 1)])
def test_what_is_left_of_a_pale_digit_beside_dark_lines_is_not_all_of_it(loop: int, pictures: int) -> None:
    """A 9 whose loop is paler than its stem is a 1 else."""
    page = _paper(frame=0, paper=255)
    cv2.circle(page, (LEFT + 30, TOP + 30), 8, loop, 3, cv2.LINE_AA)
    cv2.line(page, (LEFT + 38, TOP + 34), (LEFT + 36, TOP + 62), 200, 4, cv2.LINE_AA)
    crop = _cut(page)
    assert crop.ink > 0 and len(crop.pictures) == pictures


def test_a_scribble_is_told_from_thick_writing() -> None:
    page = _seven(_paper(), thick=7)
    assert not _cut(page).crowded
    for row in range(TOP + 24, TOP + 58, 5):
        cv2.line(page, (LEFT + 14, row + 4), (LEFT + 50, row - 4), 40, 4, cv2.LINE_AA)
    crop = _cut(page)
    assert crop.crowded and crop.ink > 0
    assert not _cut(_paper()).crowded


def test_what_is_struck_out_is_told() -> None:
    page = _seven(_paper())
    assert not _cut(page).struck
    cv2.line(page, (LEFT + 6, TOP + 42), (LEFT + WIDTH - 6, TOP + 36), 40, 4, cv2.LINE_AA)
    assert _cut(page).struck


def test_cells_of_many_sizes_come_back_in_their_order() -> None:
    """Cells are cut in batches of one size: none may be lost, mixed up, or see another's ink."""
    rng = np.random.default_rng(1)
    page = np.full((900, 900), 245, np.uint8)
    frames, inked = [], []
    for row in range(8):
        for column in range(8):
            left, top, wide, high = 20 + 105 * column, 20 + 105 * row, *rng.integers(30, 90, 2).tolist()
            cv2.rectangle(page, (left, top), (left + wide, top + high), 90, 2)
            inked.append(bool(rng.integers(0, 2)))
            if inked[-1]:
                cv2.line(page, (left + wide // 2, top + 8), (left + wide // 2, top + high - 8), 20, 4)
            corners = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], float)
            frames.append(Frame(corners, 1.0 - len(frames) / 100, (2.0,) * 4, 150.0))
    crops = cut_cells(Page(scan_of(page), np.eye(3), 1.0), frames)
    assert [crop.ink > 0 for crop in crops] == inked
    assert [crop.quality for crop in crops] == [frame.quality for frame in frames]
    alone = [cut_cells(Page(scan_of(page), np.eye(3), 1.0), [frame])[0] for frame in frames]
    assert all((one.gray == other.gray).all() for one, other in zip(crops, alone, strict=True))


def test_a_page_without_cells_has_no_crops() -> None:
    assert cut_cells(Page(scan_of(_paper()), np.eye(3), 1.0), []) == []
