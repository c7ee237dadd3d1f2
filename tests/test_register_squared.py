"""Squared paper shows lines wherever a form has its cells: no form may be laid on it."""

import cv2
import numpy as np
import pytest
from camera import across_a_table, photo_of
from drawn import FORM, TABLE, cells, scan_of, scanned

from formreader.errors import RegistrationError
from formreader.records import Gray
from formreader.register import register
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.squared import on_squares
from formreader.template import Template

TALL = Template.model_validate(
    {
        "name": "tall",
        "width": 800,
        "height": 1000,
        "dpi": 100,
        "fields": [
            {"name": "first", "cells": cells(3, 500, 300, 44, 88)},
            {"name": "second", "cells": cells(3, 500, 440, 44, 88)},
            {"name": "third", "cells": cells(3, 500, 700, 44, 44)},
            {"name": "date", "cells": cells(4, 300, 900, 44, 44)},
        ],
    }
)


def _squares(wide: int, high: int, *, every: int) -> Gray:
    """A sheet of them, some lines bolder."""
    page = np.full((1500, 1200), 255, np.uint8)
    for count, x in enumerate(range(60, 1140, wide)):
        cv2.line(page, (x, 60), (x, 1440), 150 if count % every else 90, 2 if count % every else 4)
    for count, y in enumerate(range(60, 1440, high)):
        cv2.line(page, (60, y), (1140, y), 150 if count % every else 90, 2 if count % every else 4)
    return page


@pytest.mark.parametrize("photographed", [False, True])
@pytest.mark.parametrize("square", [(40, 40, 5), (44, 22, 4), (50, 30, 5)], ids=["squares", "wide", "wider"])
def test_squared_paper_is_no_form(square: tuple[int, int, int], photographed: bool) -> None:
    page = _squares(square[0], square[1], every=square[2])
    if photographed:
        page = photo_of(page, across_a_table(page.shape, turned=0, tilted=20))
    with pytest.raises(RegistrationError):
        register(scan_of(page), Form(TALL))


def test_cells_that_end_where_the_form_ends_are_told_from_squares_that_go_on() -> None:
    page = _squares(44, 52, every=4)
    on_a_crossing = np.array([[1, 0, 60 + 44 * 3 - 60], [0, 1, 60 + 52 * 3 - 80], [0, 0, 1.0]])
    form = Form(
        Template.model_validate(
            {
                **FORM.model_dump(include={"width", "height", "dpi"}),
                "name": "one row",
                "fields": [{"name": "row", "cells": cells(6, 60, 80)}],
            }
        )
    )
    assert on_squares(page, form, Placement(on_a_crossing, 0.6))
    for template in (FORM, TABLE):
        drawn = scanned(template, seed=3)
        assert not on_squares(drawn.scan.gray, Form(template), Placement(drawn.to_scan, 0.6))
