"""Whether a new model is better: by whom it is judged, and what base digits forbid."""

import numpy as np
import pytest

from formreader.records import Probabilities
from formreader.train.verdict import Read, judge

LABELS = np.arange(600) % 10


def read(old: float, new: float, n: int = 600) -> Read:
    """The old and the new model, which give the true label this probability."""
    return sure(np.full(n, old)), sure(np.full(n, new)), LABELS[:n]


def sure(of: np.ndarray) -> Probabilities:
    rows = np.repeat(((1 - of) / 12)[:, None], 13, axis=1)
    rows[np.arange(len(of)), LABELS[: len(of)]] = of
    return rows.astype(np.float32)


def wrong_in(count: int, n: int = 600) -> np.ndarray:
    """Sure of the true label, but in `count` of `n` sure of another."""
    return sure(np.where(np.arange(n) < count, 0.01, 0.97))


WRITERS = [f"writer {n % 12}" for n in range(600)]
SAME = read(0.97, 0.97)


def test_a_model_that_is_better_for_every_writer_and_no_worse_elsewhere_is_better() -> None:
    verdict = judge(read(0.5, 0.9), WRITERS, SAME, SAME)
    assert verdict.better and verdict.why == "the new model is better"
    assert verdict.chance == pytest.approx(1 / 2**12) and verdict.groups == 12
    assert verdict.corrections.old_surprise == pytest.approx(-np.log(0.5), abs=1e-3)
    assert verdict.corrections.n == 600 and "11%" not in verdict.words


def test_a_model_that_is_the_same_or_worse_stays_out() -> None:
    for new in (0.9, 0.8):
        verdict = judge(read(0.9, new), WRITERS, SAME, SAME)
        assert not verdict.better and "than chance explains" in verdict.why


def test_a_hundred_crops_of_four_writers_are_four_witnesses() -> None:
    verdict = judge(read(0.5, 0.9), [f"writer {n % 4}" for n in range(600)], SAME, SAME)
    assert not verdict.better and verdict.chance == pytest.approx(1 / 16)


def test_what_is_better_for_one_writer_alone_may_be_chance() -> None:
    old, _, labels = read(0.9, 0.9)
    first = np.array([writer == "writer 0" for writer in WRITERS])
    verdict = judge((old, sure(np.where(first, 0.999, 0.899)), labels), WRITERS, SAME, SAME)
    assert not verdict.better and verdict.chance > 0.2


def test_one_crop_with_a_wrong_label_does_not_decide() -> None:
    old = sure(np.full(600, 0.6))
    new = sure(np.where(np.arange(600) == 0, 1e-30, 0.9))
    new = new / new.sum(axis=1, keepdims=True)
    many = [f"writer {n % 40}" for n in range(600)]
    assert judge((np.where(np.arange(600)[:, None] == 0, new, old), new, LABELS), many, SAME, SAME).better


def test_more_wrong_corrections_are_not_better_however_sure_the_others() -> None:
    old, new = wrong_in(10), sure(np.where(np.arange(600) < 12, 0.07, 0.999))
    verdict = judge((old, new, LABELS), WRITERS, SAME, SAME)
    assert not verdict.better and "more of the corrections wrong" in verdict.why


@pytest.mark.parametrize(("more", "clean", "degraded"), [(0, True, True), (1, False, True), (2, False, False)])
def test_base_digits_have_a_veto_within_the_tolerance(more: int, clean: bool, degraded: bool) -> None:
    base = wrong_in(10), wrong_in(10 + more), LABELS
    kinder = {"surprise_tolerance": 1.0}
    assert judge(read(0.5, 0.9), WRITERS, base, SAME, **kinder).better is clean
    assert judge(read(0.5, 0.9), WRITERS, SAME, base, **kinder).better is degraded


def test_a_model_grown_unsure_of_base_digits_is_refused() -> None:
    verdict = judge(read(0.5, 0.9), WRITERS, read(0.97, 0.9), SAME)
    assert not verdict.better and "base digits: surprise is 0.07" in verdict.why


def test_many_writers_are_judged_by_drawn_flips_the_same_each_time() -> None:
    rng = np.random.default_rng(3)
    pair = sure(rng.uniform(0.3, 0.9, 600)), sure(rng.uniform(0.3, 0.9, 600)), LABELS
    names = [f"{n % 100}" for n in range(600)]
    first = judge(pair, names, SAME, SAME)
    assert 0.005 < first.chance < 0.995 and first == judge(pair, names, SAME, SAME)
