"""A sheet on a table is found and straightened, whichever way it lies; a sheet alone fills the picture."""

import cv2
import numpy as np
import pytest

from formreader.cheque.outline import find_outline, straighten, turned

WIDTH, HEIGHT = 900, 400
CORNERS = {
    "lying": [[200, 250], [1100, 300], [1080, 720], [180, 650]],
    "upright": [[700, 150], [760, 1080], [330, 1100], [280, 180]],
    "upside-down": [[1100, 700], [200, 650], [230, 250], [1090, 280]],
}


def cheque() -> np.ndarray:
    sheet = np.full((HEIGHT, WIDTH), 235, np.uint8)
    cv2.rectangle(sheet, (20, 20), (WIDTH - 20, HEIGHT - 20), 60, 3)  # a printed frame is not the edge
    cv2.rectangle(sheet, (40, 40), (240, 120), 30, cv2.FILLED)
    return sheet


def photo(where: str, table: int) -> np.ndarray:
    box = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(box, np.array(CORNERS[where], np.float32))
    picture = cv2.warpPerspective(cheque(), matrix, (1300, 1200), borderValue=table)
    noise = np.random.default_rng(3).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("where", CORNERS)
@pytest.mark.parametrize("table", [40, 150])
def test_the_outline_is_the_sheets_edge(where: str, table: int) -> None:
    found = find_outline(photo(where, table))
    assert found is not None
    for corner in CORNERS[where]:
        assert np.linalg.norm(found - corner, axis=1).min() < 12


@pytest.mark.parametrize("where", CORNERS)
def test_the_sheet_is_straightened_one_of_two_ways_up(where: str) -> None:
    sheet = straighten(photo(where, 40), longer=900)
    assert sheet.outlined
    assert sheet.gray.shape[1] == 900
    assert 0.85 < sheet.gray.shape[0] / 400 < 1.15
    patches = [one.gray[70:90, 100:180].mean() for one in (sheet, turned(sheet))]
    assert min(patches) < 60
    assert max(patches) > 180


def test_the_way_back_leads_to_the_scan() -> None:
    picture = photo("lying", 40)
    for sheet in (straighten(picture), turned(straighten(picture))):
        height, width = sheet.gray.shape
        for x, y in ((0.07 * width, 0.2 * height), (0.5 * width, 0.5 * height)):
            place = sheet.to_scan @ [x, y, 1]
            column, row = np.rint(place[:2] / place[2]).astype(int)
            assert abs(int(picture[row, column]) - int(sheet.gray[round(y), round(x)])) < 45


def test_a_sheet_alone_fills_the_picture() -> None:
    assert find_outline(cheque()) is None
    sheet = straighten(cheque(), longer=900)
    assert not sheet.outlined
    assert np.abs(sheet.gray.astype(int) - cheque()).mean() < 2


def test_a_coloured_band_on_the_sheet_is_not_the_sheet() -> None:
    sheet = np.full((HEIGHT, WIDTH), 250, np.uint8)
    sheet[80:320] = 200
    assert find_outline(sheet) is None


def test_a_small_scan_is_enlarged_without_blurring_its_strokes() -> None:
    small = np.full((300, 700), 235, np.uint8)
    for x in range(60, 660, 20):
        cv2.line(small, (x, 60), (x, 240), 30, 1)
    sheet = straighten(small)
    assert sheet.gray.shape == sheet.sharp.shape == turned(sheet).sharp.shape
    steepest = [float(np.abs(np.diff(one[300].astype(float))).max()) for one in (sheet.gray, sheet.sharp)]
    assert steepest[1] > 1.15 * steepest[0]
    finer = straighten(cv2.resize(small, None, fx=3, fy=3))
    assert finer.sharp is finer.gray
