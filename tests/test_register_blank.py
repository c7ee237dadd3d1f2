"""What the reference shows of a form's cells: the ticks of a comb are sides too, as high as they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import cells

from formreader.register.form import Form
from formreader.register.judge import support
from formreader.template import Template, load_template, save_template

ROWS = {100: 8, 180: 4, 260: 9, 350: 3}
WIDE, HIGH, LEFT = 42, 60, 260


@pytest.fixture
def comb(tmp_path: Path) -> Form:
    page, fields = np.full((500, 800), 255, np.uint8), []
    for top, count in ROWS.items():
        cv2.putText(page, f"Field {top}", (60, top + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
        walls = (LEFT + WIDE * np.arange(count + 1)).tolist()
        cv2.rectangle(page, (walls[0], top), (walls[-1], top + HIGH), 20, 2)
        for wall in walls:
            cv2.line(page, (wall, top + HIGH - 18), (wall, top + HIGH), 20, 2)
        fields.append({"name": f"field {top}", "cells": cells(count, LEFT, top, WIDE, HIGH)})
    cv2.imwrite(str(tmp_path / "blank.png"), page)
    facts = {"name": "comb", "width": 800, "height": 500, "dpi": 96, "reference": "blank.png", "fields": fields}
    save_template(Template.model_validate(facts), tmp_path / "form.json")
    return Form(load_template(tmp_path / "form.json"))


def test_ticks_are_sides_as_high_as_they_are(comb: Form) -> None:
    assert comb.cell_sides_printed.all()
    assert not comb.bare.any()
    high = np.abs(comb.printed_sides[:, 1] - comb.printed_sides[:, 0]).max(1).reshape(-1, 4)
    assert high[0].tolist() == [WIDE, pytest.approx(18, abs=4), WIDE, HIGH]


def test_a_comb_lies_where_it_is_though_its_walls_are_not_printed_throughout(comb: Form) -> None:
    """As photos are judged."""
    assert comb.picture is not None
    assert support(comb.picture, comb, np.eye(3), tolerance=2, throughout=True) > 0.8
