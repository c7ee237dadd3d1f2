"""How well a place fits is judged by the printed lines."""

import cv2
import numpy as np
from drawn import FORM, scanned

from formreader.register.form import Form
from formreader.register.judge import exactness

ORDER = Form(FORM)


def test_lines_are_exactly_there_on_flat_paper_though_they_are_faint() -> None:
    drawn = scanned(seed=5, degrees=2.0)
    faint = np.clip(drawn.scan.gray.astype(int) + 150, 0, 255).astype(np.uint8)
    for gray in (drawn.scan.gray, faint):
        assert exactness(gray, ORDER, drawn.to_scan) > 0.9


def test_on_a_bent_page_they_are_not() -> None:
    drawn = scanned(seed=5)
    y, x = np.indices(drawn.scan.gray.shape, np.float32)
    lift = 6 * np.sin(2 * np.pi * x / x.shape[1])
    bent = cv2.remap(drawn.scan.gray, x, y + lift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert exactness(np.asarray(bent, np.uint8), ORDER, drawn.to_scan) < 0.85


def test_where_most_lines_are_missing_none_is_exact() -> None:
    drawn = scanned(seed=5)
    page = drawn.scan.gray.copy()
    page[: page.shape[0] // 2] = 255
    assert exactness(page, ORDER, drawn.to_scan) == 0
