"""A scan that shows the form twice is refused: one of the two would be lost without a word."""

import cv2
import numpy as np
import pytest
from drawn import cells, filled, scan_of

from formreader.errors import RegistrationError
from formreader.records import Gray
from formreader.register import register
from formreader.register.form import Form
from formreader.template import Template

BOXES = Form(
    Template.model_validate(
        {
            "name": "boxes",
            "width": 800,
            "height": 1000,
            "dpi": 100,
            "fields": [
                *({"name": f"item_{row}", "cells": cells(4, 420, 130 + 92 * row, 40, 50, gap=12)} for row in range(8)),
                {"name": "sheet", "cells": cells(3, 90, 40)},
            ],
        }
    )
)


def _beside(one: Gray, other: Gray, *, apart: int = 30) -> Gray:
    return np.concatenate([one, np.full((len(one), apart), 255, np.uint8), other], 1)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_two_sheets_of_the_form_on_one_scan_are_refused(seed: int) -> None:
    one, _ = filled(BOXES.template, seed=seed)
    other, _ = filled(BOXES.template, seed=seed + 50)
    with pytest.raises(RegistrationError, match="lies there twice"):
        register(scan_of(_beside(one, other)), BOXES)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_what_else_lies_beside_the_form_does_not_matter(seed: int) -> None:
    one, _ = filled(BOXES.template, seed=seed)
    white = np.full_like(one, 255)
    text = white.copy()
    for line in range(20):
        cv2.putText(text, "Please send us what you owe", (60, 200 + 50 * line), cv2.FONT_HERSHEY_DUPLEX, 1.3, 60, 2)
    for beside in (white, text):
        assert register(scan_of(_beside(one, beside)), BOXES).quality > 0.8
