"""Slashes between the parts of dates, each in a cell of its own, are not taken for 1s."""

import numpy as np
import pytest
from drawn import cells
from test_decide_overwritten import SEVEN, _chances, _drawn

from formreader.classify import LABELS
from formreader.decide import decide
from formreader.records import Crop, FieldReading
from formreader.template import Template

SLASH, ONE = [(48, 16), (22, 66)], [(37, 16), (33, 66)]


def _fields(*written: str) -> list[FieldReading]:
    """What fields read of such cells: `/` a slash like a 1, `_` nothing, `x` a mark, `1` an upright 1, and 7s."""
    sizes = enumerate(map(len, written))
    fields = [{"name": str(row), "cells": cells(size, 50, 50 + 90 * row), "fill_marks": True} for row, size in sizes]
    form = {"name": "t", "width": 900, "height": 900, "dpi": 100, "fields": fields}
    pictures = {"/": _drawn(SLASH), "1": _drawn(ONE)}
    signs = "".join(written)
    crops = [
        Crop(np.full((80, 70), 255, np.uint8), 0, 0)
        if sign == "_"
        else Crop(pictures.get(sign, _drawn(SEVEN)), 0.1, 0.8)
        for sign in signs
    ]
    seen = np.array([_chances({"/": "1"}.get(sign, sign), 0.9999) for sign in signs if sign != "_"])
    return list(decide(Template.model_validate(form), crops, seen, LABELS))


@pytest.mark.parametrize("written", [["7/7/7777"], ["7/", "7/", "7777"], ["7/77", "7/77"], ["77/77/77", "17777777"]])
def test_slashes_where_numbers_part_are_no_ones(written: list[str]) -> None:
    fields = _fields(*written)
    assert [field.reasons for field in fields] == [("overwritten",) if "/" in one else () for one in written]


@pytest.mark.parametrize(
    "written",
    [
        ["7777/7", "777777"],  # a single one
        ["7/77", "77/7"],  # at other places
        ["7/77", "7/77", "/777"],  # one begins a number: this hand's 1s lean
        ["7/77", "7/77", "777/77"],  # one stands elsewhere
        ["7//77"],  # side by side
        ["7/", "7/"],  # too few digits to say how they slant
        ["x/77", "x/77"],  # what fills unused cells is no part of a number
        ["7177", "7177"],  # upright ones
    ],
)
def test_a_hands_own_ones_are(written: list[str]) -> None:
    assert all(field.status == "read" for field in _fields(*written))
