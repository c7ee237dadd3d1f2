"""Percentiles by counting are those by sorting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from formreader.printed.tones import counted_where, median, medians, percentile, quantile, quantile_of_each, quantiles


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12)), st.floats(0, 100))
def test_as_numpy_has_them(gray: np.ndarray, percent: float) -> None:
    assert percentile(gray, percent) == pytest.approx(float(np.percentile(gray, percent)), abs=1e-9)


@given(arrays(np.float32, st.integers(1, 30), elements=st.floats(-99, 99, width=32)), st.floats(0, 1))
def test_as_numpy_has_them_of_any_values(values: np.ndarray, share: float) -> None:
    assert quantile(values, share) == pytest.approx(float(np.quantile(values.astype(np.float64), share)), abs=1e-9)


@pytest.mark.parametrize("levels", [3, 10_000])
def test_of_very_many_values(levels: int) -> None:
    values = np.random.default_rng(levels).integers(0, levels, 30_001).astype(np.float32)
    for share in (0.0, 0.5, 0.98, 0.99999, 1.0):
        assert quantile(values, share) == pytest.approx(float(np.quantile(values.astype(np.float64), share)), abs=1e-9)


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=3, max_side=12)), st.floats(0, 1))
def test_to_the_last_bit_of_each(pictures: np.ndarray, share: float) -> None:
    assert (quantile_of_each(pictures, share) == np.quantile(pictures.reshape(len(pictures), -1), share, axis=1)).all()


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(-99, 99)))
def test_the_middle_of_a_few_to_the_last_bit(values: np.ndarray) -> None:
    assert median(values) == np.median(values)
    whole = (2 * values + 150).astype(np.uint8)
    assert median(whole) == np.median(whole)


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_the_middle_of_each_row(gray: np.ndarray) -> None:
    assert (medians(gray) == np.median(gray, axis=1)).all()
    assert (medians(gray.T) == np.median(gray, axis=0)).all()


def test_of_a_part_of_a_picture() -> None:
    gray = np.arange(200, dtype=np.uint8).reshape(10, 20)
    assert percentile(gray[2:9:2, ::3], 50) == np.percentile(gray[2:9:2, ::3], 50)


@given(values=arrays(np.uint8, (2, 6, 7)), mask=arrays(np.bool_, (2, 6, 7)), share=st.floats(0, 1))
def test_a_quantile_is_that_of_the_pixels_where_the_mask_is(values: np.ndarray, mask: np.ndarray, share: float) -> None:
    found = quantiles(counted_where(mask, values), share)
    for value, inked in zip(found.tolist(), (values[0][mask[0]], values[1][mask[1]]), strict=True):
        assert value == (np.sort(inked)[int(share * (inked.size - 1))] if inked.size else 0)
