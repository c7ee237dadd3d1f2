"""Crops -> digits: what must not change a digit, what must, and that MNIST stays MNIST."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.normalize import NORMALIZATION, normalize
from formreader.pen import draw_glyph

MNIST = Path(__file__).parents[2] / "shared" / "data" / "digits" / "mnist.npz"
GOLDEN = Path(__file__).parent / "golden" / "normalize"
"""Pen digits, marks and scribbles drawn by `formreader.pen`, 24 to 96 pixels, and what `normalize` makes of them."""

seeds = st.integers(0, 10_000)
digits = st.sampled_from("0123456789")


def glyph(label: str, seed: int, size: int = 60) -> np.ndarray:
    return draw_glyph(label, np.random.default_rng(seed), size=size)


def far(first: np.ndarray, second: np.ndarray) -> float:
    """Mean difference of two digits where either has ink."""
    inked = np.maximum(first, second) > 0.05
    return float(np.abs(first - second)[inked].mean())


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of two digits seen from a little farther away, where a pixel's shift hardly counts."""
    one, two = (cv2.GaussianBlur(digit[..., 0], (0, 0), 1.5) for digit in (first, second))
    return float(np.corrcoef(one.ravel(), two.ravel())[0, 1])


@given(digits, seeds)
@settings(max_examples=50, deadline=None)
def test_a_digit_is_28x28_bright_centred_and_20_pixels_at_its_longer_side(label: str, seed: int) -> None:
    (digit,) = normalize([glyph(label, seed)])
    assert digit.shape == (28, 28, 1) and digit.dtype == np.float32
    assert digit.min() == 0 and digit.max() == pytest.approx(1, abs=0.01)
    rows, columns = np.nonzero(digit[..., 0] > 0.3)
    assert 17 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 23
    weights = digit[..., 0] / digit.sum()
    centre = (weights * np.arange(28)[:, None]).sum(), (weights * np.arange(28)).sum()
    for inked, middle in ((rows, centre[0]), (columns, centre[1])):
        at_the_edge = inked.min() <= 2 or inked.max() >= 25  # a long leg: it cannot be moved any further
        assert at_the_edge or middle == pytest.approx(14, abs=0.7)


@given(digits, seeds, st.tuples(*[st.integers(0, 25)] * 4))
@settings(max_examples=30, deadline=None)
def test_paper_around_the_writing_changes_nothing(label: str, seed: int, paper: tuple[int, int, int, int]) -> None:
    crop = glyph(label, seed)
    padded = np.pad(crop, (paper[:2], paper[2:]), constant_values=255)
    assert np.array_equal(*normalize([crop, padded]))


@given(digits, seeds, st.sampled_from([40, 90, 120]))
@settings(max_examples=60, deadline=None)
def test_the_resolution_of_the_scan_hardly_matters(label: str, seed: int, size: int) -> None:
    crop = glyph(label, seed, size=80)
    other = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA if size < 80 else cv2.INTER_CUBIC)
    assert alike(*normalize([crop, other])) > 0.85


@given(digits, seeds, st.floats(0.3, 1.0))
@settings(max_examples=20, deadline=None)
def test_faint_ink_becomes_full_ink(label: str, seed: int, darkness: float) -> None:
    crop = glyph(label, seed)
    faint = np.rint(255 - (255 - crop.astype(float)) * darkness).astype(np.uint8)
    usual, strengthened = normalize([crop, faint])
    assert strengthened.max() == pytest.approx(1, abs=0.01)
    assert alike(usual, strengthened) > 0.85


@given(digits, seeds)
@settings(max_examples=20, deadline=None)
def test_a_speck_away_from_the_writing_does_not_count(label: str, seed: int) -> None:
    crop = np.pad(glyph(label, seed), 20, constant_values=255)
    specked = crop.copy()
    specked[3:5, 90:92] = 60
    assert np.array_equal(*normalize([crop, specked]))


def test_a_detached_part_of_the_digit_counts() -> None:
    crop = np.full((60, 60), 255, np.uint8)
    cv2.line(crop, (20, 25), (20, 50), 0, 3)
    with_bar = crop.copy()
    cv2.line(with_bar, (24, 12), (44, 12), 0, 3)
    assert far(*normalize([crop, with_bar])) > 0.3


def test_slant_beyond_a_writers_own_is_taken_back_and_less_is_left() -> None:
    upright = np.full((90, 90), 255, np.uint8)
    cv2.rectangle(upright, (35, 20), (55, 70), 0, 4)

    def slanted(slant: float) -> np.ndarray:
        shear = np.array([[1, -slant, slant * 45], [0, 1, 0]])
        return cv2.warpAffine(upright, shear, (90, 90), borderValue=255, flags=cv2.INTER_CUBIC)

    mild, strong, extreme = normalize([slanted(0.35), slanted(0.45), slanted(0.9)])
    assert alike(strong, extreme) > 0.97 > alike(normalize([upright])[0], mild)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (28, 28), (120, 80)])
def test_no_ink_gives_no_digit(shape: tuple[int, int]) -> None:
    white, nearly = np.full(shape, 255, np.uint8), np.full(shape, 245, np.uint8)
    assert not normalize([white, nearly]).any()


@given(st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_any_box_of_ink_fits(height: int, width: int) -> None:
    crop = np.full((62, 62), 255, np.uint8)
    crop[1 : 1 + height, 1 : 1 + width] = 0
    (digit,) = normalize([crop])
    assert digit.max() == 1 and digit[0].max() == digit[-1].max() == digit[:, 0].max() == digit[:, -1].max() == 0


def test_no_crops_give_no_digits() -> None:
    assert normalize([]).shape == (0, 28, 28, 1)


def test_normalization_is_what_the_shipped_model_was_trained_behind() -> None:
    """A change here needs another NORMALIZATION and a newly trained model, not only new golden digits."""
    crops, expected = (cv2.imread(str(GOLDEN / name), cv2.IMREAD_GRAYSCALE) for name in ("crops.png", "digits.png"))
    digits = normalize(_tiles(crops, 96))[..., 0] * 255
    assert np.abs(digits - np.array(_tiles(expected, 28))).mean() < 0.5
    assert NORMALIZATION == 1


def _tiles(sheet: np.ndarray, side: int) -> list[np.ndarray]:
    rows, columns = sheet.shape[0] // side, sheet.shape[1] // side
    return [sheet[r * side : (r + 1) * side, c * side : (c + 1) * side] for r in range(rows) for c in range(columns)]


@pytest.mark.skipif(not MNIST.exists(), reason="../shared is absent")
def test_mnist_passes_through_almost_unchanged() -> None:
    images = np.load(MNIST)["x_test"][:2000]
    passed = normalize(list(255 - images))[..., 0]
    change = np.abs(passed - images / 255).mean(axis=(1, 2))
    assert change.mean() < 0.006
    assert (change < 0.002).mean() > 0.8
