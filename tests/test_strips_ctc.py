"""CTC read out, against the sum and the best of all paths written out."""

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.strips.ctc import aligned, likeliest_strings, string_log_likelihood


def scores_of(steps: int, seed: int, sharp: float = 1.0, labels: int = 4) -> np.ndarray:
    """Random scores of the first `labels` columns; the other digits are as good as impossible."""
    logits = np.full((steps, 11), -60.0)
    logits[:, :labels] = np.random.default_rng(seed).normal(0, sharp, (steps, labels))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def by_hand(scores: np.ndarray, labels: int = 4) -> dict[str, float]:
    """Every string's probability, summed over all its paths."""
    chances: dict[str, float] = {}
    for path in product(range(labels), repeat=len(scores)):
        text = "".join(str(label - 1) for label, _ in groupby(path) if label)
        chances[text] = chances.get(text, 0.0) + float(np.exp(sum(scores[i, label] for i, label in enumerate(path))))
    return chances


@given(st.integers(1, 5), st.integers(0, 1000))
def test_a_strings_probability_is_the_sum_over_its_paths(steps: int, seed: int) -> None:
    scores = scores_of(steps, seed)
    for text, chance in by_hand(scores).items():
        assert np.exp(string_log_likelihood(scores, text)) == pytest.approx(chance, rel=1e-3)


@given(st.integers(1, 5), st.integers(0, 1000))
def test_the_search_finds_the_likeliest_string_and_its_probability(steps: int, seed: int) -> None:
    scores = scores_of(steps, seed, sharp=2)
    chances = by_hand(scores)
    found = likeliest_strings(scores, beams=64, least=0, poor=0)
    assert found[0][1] == pytest.approx(max(chances.values()), rel=1e-3)
    assert chances[found[0][0]] == pytest.approx(found[0][1], rel=1e-3)
    assert sum(chance for _, chance in found) <= 1 + 1e-6


def test_the_same_digit_twice_needs_none_between() -> None:
    sure = np.full((5, 11), -9.0, np.float32)
    sure[[0, 1, 2, 3, 4], [2, 2, 0, 2, 0]] = 0
    assert likeliest_strings(sure)[0][0] == "11"
    assert likeliest_strings(sure[:2])[0][0] == "1"


def test_digits_stand_where_they_are_scored() -> None:
    sure = np.full((9, 11), -9.0, np.float32)
    sure[np.arange(9), [0, 3, 3, 0, 0, 8, 0, 8, 0]] = 0
    assert aligned(sure, "277") == [1.5, 5.0, 7.0]
    assert aligned(sure[:1], "") == []


def test_more_digits_than_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit into 2 steps"):
        aligned(scores_of(2, 1), "012")
