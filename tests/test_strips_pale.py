"""Writing too pale to be read on a strip."""

import numpy as np
import pytest

from formreader.classify import load_model
from formreader.pen import draw_glyph, sample_writer
from formreader.records import FieldReading, Gray
from formreader.strips import read_strip
from formreader.strips.fields import decide_strip
from formreader.strips.model import load_strip_model
from formreader.template import Area, Field

FIELD = Field(name="n", kind="string", strip=Area(left=0, top=0, right=9, bottom=9))


def run_of(digits: str, seed: int, inks: dict[int, float], *, grain: float = 1.5) -> Gray:
    """Digits of one hand beside each other, some with less ink than others: the share of it by their places."""
    rng = np.random.default_rng(seed)
    writer, strip = sample_writer(rng), np.full((80, 40 * len(digits) + 60), 240.0)
    for place, digit in enumerate(digits):
        glyph = draw_glyph(digit, rng, size=52, writer=writer)
        part = strip[14:66, 20 + 40 * place : 20 + 40 * place + glyph.shape[1]]
        np.minimum(part, 240 - inks.get(place, 1.0) * (240 - glyph.astype(float)), out=part)
    return np.clip(strip + rng.normal(0, grain, strip.shape), 0, 255).astype(np.uint8)


def decided(gray: Gray) -> FieldReading:
    return decide_strip(FIELD, read_strip(gray, load_strip_model(), load_model()), 0.95)


@pytest.mark.parametrize("at", range(5))
def test_a_pale_digit_among_others_is_never_passed_over(at: int) -> None:
    for seed in range(6):
        read = decided(run_of("40628", seed, {at: 0.3}))
        assert read.status == "rejected" or read.value == "40628"


def test_digits_of_one_tone_are_not_faint() -> None:
    for seed in range(12):
        assert "faint" not in decided(run_of("40628", seed, {})).reasons


@pytest.mark.parametrize("ink", [0.1, 0.2, 0.3])
def test_a_strip_with_pale_writing_alone_is_not_blank(ink: float) -> None:
    for seed in range(6):
        assert decided(run_of("5027", seed, dict.fromkeys(range(4), ink), grain=0.7)).status != "blank"
    assert decided(run_of("5027", 1, dict.fromkeys(range(4), 0.0))).status == "blank"
