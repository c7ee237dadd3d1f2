"""Glyphs drawn as pen strokes: readable, varied, the same for the same seed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.pen import LABELS, allographs, draw_glyph, placed, render, sample_writer, strokes
from formreader.pen import writing as pen

seeds = st.integers(0, 2**32 - 1)


@given(label=st.sampled_from(LABELS), seed=seeds, size=st.integers(24, 96))
@settings(max_examples=150, deadline=None)
def test_a_glyph_is_dark_ink_within_white_paper(label: str, seed: int, size: int) -> None:
    glyph = draw_glyph(label, np.random.default_rng(seed), size=size)
    assert glyph.shape == (size, size)
    assert glyph.dtype == np.uint8
    edge = np.concatenate([glyph[0], glyph[-1], glyph[:, 0], glyph[:, -1]])
    assert (edge == 255).mean() > 0.97, "the glyph runs out of its picture"
    assert glyph.min() < 110, "the glyph is too faint"
    assert 0.005 < (glyph < 160).mean() < 0.5


@pytest.mark.parametrize("label", LABELS)
def test_the_same_seed_draws_the_same_glyph_and_others_differ(label: str) -> None:
    first, again = (draw_glyph(label, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, again)
    others = {draw_glyph(label, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(others) == 20


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(KeyError):
        draw_glyph("a", np.random.default_rng(0))


def _holes(label: str, writer: pen.Writer, rng: np.random.Generator) -> int:
    glyph = draw_glyph(label, rng, size=96, writer=writer)
    paper = (glyph > 180).astype(np.uint8)
    return cv2.connectedComponents(paper, connectivity=4)[0] - 2


NEAT = pen.Writer(
    slant=0.0,
    aspect=1.1,
    width=0.05,
    pressure=0.0,
    tremor=0.0,
    wobble=0.004,
    rounding=0.0,
    closing=0.03,
    ink=1.0,
    bend=(0.0,) * 8,
    habits=(0,) * 10,
)
"""A hand that writes the first allograph of every digit with a thin, steady pen."""


@pytest.mark.parametrize(("label", "holes"), [("0", 1), ("1", 0), ("2", 0), ("3", 0), ("7", 0), ("8", 2)])
def test_digits_have_the_loops_that_make_them(label: str, holes: int) -> None:
    found = [_holes(label, NEAT, np.random.default_rng(seed)) for seed in range(30)]
    assert np.bincount(found).argmax() == holes


def test_a_slashed_zero_a_crossed_seven_and_a_looped_two_are_somebodys_habit() -> None:
    def usual(label: str, allograph: int) -> int:
        habits = tuple(allograph if label == str(digit) else 0 for digit in range(10))
        found = [_holes(label, replace(NEAT, habits=habits), np.random.default_rng(seed)) for seed in range(30)]
        return int(np.bincount(found).argmax())

    assert usual("0", 3) >= 2
    assert usual("2", 1) == 1
    assert len(allographs.digit("7", 2)) == len(allographs.digit("7", 0)) + 1


def test_every_allograph_of_every_digit_starts_and_stays_near_its_box() -> None:
    for label, drawn in allographs.DIGITS.items():
        assert len(drawn) == len(allographs.SHARES[label])
        for index in range(len(drawn)):
            points = np.concatenate([arc for stroke in allographs.digit(label, index) for arc in stroke])
            assert points.min() >= -0.05
            assert points[:, 0].max() <= 0.75
            assert 0.9 <= np.ptp(points[:, 1]) <= 1.1


def test_one_writer_writes_alike_and_two_do_not() -> None:
    """Specimens of a digit from one hand lie nearer to each other than to those of other hands."""

    def picture(writer: pen.Writer, seed: int) -> np.ndarray:
        made = strokes("3", np.random.default_rng(seed), writer, faithful=1.0)
        return cv2.GaussianBlur(render(placed(made, 30, (20, 10)), (50, 60)), (0, 0), 1.5).ravel()

    writers = [sample_writer(np.random.default_rng(seed)) for seed in range(12)]
    one, other = (np.stack([picture(writer, seed) for writer in writers]) for seed in (1, 2))
    apart = np.linalg.norm(one[:, None] - other[None], axis=-1)
    within, between = np.diag(apart).mean(), apart[~np.eye(12, dtype=bool)].mean()
    assert within < 0.7 * between


def test_strokes_drawn_larger_cover_the_same_shape() -> None:
    made = strokes("5", np.random.default_rng(3))
    small = render(placed(made, 30, (10, 6)), (42, 48))
    large = render(placed(made, 90, (30, 18)), (126, 144))
    shrunk = cv2.resize(large, (48, 42), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - small).mean() < 0.02
    assert small.max() == 1


def test_writers_differ_in_their_habits() -> None:
    habits = np.array([sample_writer(np.random.default_rng(seed)).habits for seed in range(300)])
    for digit, column in zip("0123456789", habits.T, strict=True):
        assert set(column) == set(range(len(allographs.DIGITS[digit])))
