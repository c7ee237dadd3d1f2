"""What is said of a scan's legibility: small, blurred and faint cells, each by itself."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM, filled, scan_of

from formreader.locate import find_frames
from formreader.locate.legibility import legibility
from formreader.records import Gray
from formreader.register import register
from formreader.register.form import Form
from formreader.template import save_template


def small(gray: Gray) -> Gray:
    return np.asarray(cv2.resize(gray, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA), np.uint8)


def blurred(gray: Gray) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), 2.2), np.uint8)


def faint(gray: Gray) -> Gray:
    return (255 - 0.2 * (255.0 - gray)).astype(np.uint8)


@pytest.mark.parametrize(
    ("worse", "said"), [(np.array, []), (small, ["small"]), (blurred, ["blurred"]), (faint, ["faint"])]
)
def test_what_would_help_is_named_and_nothing_else(worse: Callable[[Gray], Gray], said: list[str]) -> None:
    page = register(scan_of(worse(filled(FORM, dpi=150, seed=4)[0])), Form(FORM))
    advice = legibility(page, find_frames(page, FORM)).advice()
    assert len(advice) == len(said)
    assert all(word in words for word, words in zip(said, advice, strict=True))


def test_template_check_says_how_well_a_scan_can_be_read(command_line: CommandLine, tmp_path: Path) -> None:
    save_template(FORM, tmp_path / "form.json")
    cv2.imwrite(str(tmp_path / "scan.png"), blurred(filled(FORM, dpi=150, seed=4)[0]))
    said = command_line("template", "check", tmp_path / "form.json", tmp_path / "scan.png").out
    assert "pixels on the short side, blur 0." in said
    assert "hold the camera still" in said
