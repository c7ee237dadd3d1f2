"""What may be a 1 or a 7, or an open 0, is read by how the page's hand writes others."""

import cv2
import numpy as np
import pytest

from formreader.classify import LABELS
from formreader.decide.bars import barred
from formreader.decide.hand import in_this_hand
from formreader.records import Gray


def _page(*cells: dict[str, float]) -> np.ndarray:
    rows = np.full((len(cells), len(LABELS)), 1e-5, np.float32)
    for row, chances in zip(rows, cells, strict=True):
        for label, chance in chances.items():
            row[LABELS.index(label)] = chance
    return rows


PLAIN_SEVEN, PLAIN_ONE, DOUBTFUL = {"7": 0.9995}, {"1": 0.9996}, {"1": 0.7, "7": 0.299}
HOOKED = {"1": 0.98, "7": 0.019}


def _one(*cells: dict[str, float]) -> tuple[float, float]:
    """How likely the first of the page's cells is a 1, and a 7."""
    told = in_this_hand(_page(*cells), LABELS)[0]
    return float(told[LABELS.index("1")]), float(told[LABELS.index("7")])


def test_a_hand_of_plain_sevens_and_no_plain_one_writes_its_ones_so() -> None:
    one, seven = _one(DOUBTFUL, PLAIN_SEVEN, PLAIN_SEVEN)
    assert one == pytest.approx(0.958, abs=0.002)
    assert one + seven == pytest.approx(0.999, abs=1e-4)
    assert _one(DOUBTFUL, PLAIN_SEVEN)[0] == pytest.approx(0.920, abs=0.002)
    assert _one(DOUBTFUL, *[PLAIN_SEVEN] * 5)[0] == pytest.approx(one)


def test_what_is_hardly_a_seven_is_never_less_likely_than_not_at_all() -> None:
    for seven in (1.53e-7, 5.2e-8, 3.15e-9):  # rounding made it -6e-8, and its fourth root a complex number
        for one in (0.92697597, 0.99349790, 0.94226450):
            assert _one({"1": one, "7": seven}, DOUBTFUL, PLAIN_SEVEN, PLAIN_SEVEN)[1] >= 0


def test_where_three_ones_are_not_plain_one_that_is_plain_is_written_so_too() -> None:
    one, _ = _one(DOUBTFUL, HOOKED, HOOKED, PLAIN_ONE, PLAIN_SEVEN, PLAIN_SEVEN)
    assert one == pytest.approx(0.958, abs=0.002)
    assert _one(DOUBTFUL, HOOKED, PLAIN_ONE, PLAIN_SEVEN)[0] == pytest.approx(0.7)
    assert _one(DOUBTFUL, HOOKED, HOOKED, PLAIN_ONE, PLAIN_ONE, PLAIN_SEVEN)[0] == pytest.approx(0.7)


@pytest.mark.parametrize(
    "others",
    [[], [PLAIN_SEVEN, PLAIN_SEVEN, PLAIN_ONE], [DOUBTFUL, DOUBTFUL]],
    ids=["nothing else", "a plain one", "nothing plain"],
)
def test_else_the_hand_says_nothing(others: list[dict[str, float]]) -> None:
    assert _one(DOUBTFUL, *others)[0] == pytest.approx(0.7)


@pytest.mark.parametrize("cell", [{"7": 0.95, "1": 0.049}, {"1": 0.5, "4": 0.4, "7": 0.09}, PLAIN_SEVEN])
def test_what_is_nearly_sure_or_may_be_a_third_digit_is_let_be(cell: dict[str, float]) -> None:
    before = _page(cell, PLAIN_SEVEN, PLAIN_SEVEN)
    np.testing.assert_array_equal(in_this_hand(before, LABELS), before)


def test_a_page_with_nothing_on_it_is_let_be() -> None:
    assert in_this_hand(_page(), LABELS).shape == (0, len(LABELS))


OPEN_ZERO, PLAIN_FIVE = {"0": 0.7, "?": 0.299}, {"5": 0.9995}


def _zero(*cells: dict[str, float]) -> float:
    """How likely the first of the page's cells is a 0."""
    return float(in_this_hand(_page(*cells), LABELS)[0, LABELS.index("0")])


def test_a_hand_that_leaves_three_zeros_open_writes_them_so() -> None:
    assert _zero(*[OPEN_ZERO] * 3, *[PLAIN_FIVE] * 3) == pytest.approx(0.958, abs=0.002)
    assert _zero({"0": 0.3, "?": 0.699}, *[OPEN_ZERO] * 3, *[PLAIN_FIVE] * 3) == pytest.approx(0.810, abs=0.002)


@pytest.mark.parametrize(
    "cells",
    [
        [OPEN_ZERO] * 2 + [PLAIN_FIVE] * 3,
        [OPEN_ZERO] * 3 + [PLAIN_FIVE] * 2,
        [OPEN_ZERO] + [{"0": 0.7, "6": 0.299}] * 2 + [PLAIN_FIVE] * 3,
    ],
    ids=["too few", "too little that is plain, as on an empty form with letters", "what may be a digit"],
)
def test_else_a_zero_is_as_likely_as_before(cells: list[dict[str, float]]) -> None:
    assert _zero(*cells) == pytest.approx(0.7)


def _upright(*, hook: int, bar: int) -> Gray:
    """A digit with a stroke of that length from its top to the left, and one across the middle of its stem."""
    gray = np.full((80, 70), 255, np.uint8)
    cv2.polylines(gray, [np.array([[45 - hook, 22], [45, 14], [33, 66]], np.int32)], False, 0, 5, cv2.LINE_AA)
    if bar:
        cv2.line(gray, (38 - bar // 2, 42), (38 + bar // 2, 40), 0, 5, cv2.LINE_AA)
    return gray


HOOKED_ONE, BARRED_SEVEN, BARE_SEVEN = _upright(hook=16, bar=0), _upright(hook=24, bar=24), _upright(hook=24, bar=0)
RATHER_SEVEN = {"1": 0.3, "7": 0.699}


def _beside(
    *pictures: Gray | None, cell: dict[str, float] = RATHER_SEVEN, plain: dict[str, float] = PLAIN_SEVEN
) -> float:
    """How likely the first is a 1, beside plain 7s and a plain 1 that are drawn so."""
    page = _page(cell, *[plain] * (len(pictures) - 1), PLAIN_ONE)
    return float(in_this_hand(page, LABELS, [*pictures, HOOKED_ONE])[0, LABELS.index("1")])


def test_where_the_sevens_have_a_bar_what_has_none_is_rather_a_one() -> None:
    assert _beside(HOOKED_ONE, BARRED_SEVEN) == pytest.approx(0.895, abs=0.002)
    assert _beside(HOOKED_ONE, BARRED_SEVEN, BARE_SEVEN) == pytest.approx(0.895, abs=0.002)
    likely_seven = {"1": 0.03, "7": 0.969}
    assert _beside(HOOKED_ONE, BARRED_SEVEN, cell=likely_seven) == pytest.approx(0.382, abs=0.002)


@pytest.mark.parametrize(
    "pictures",
    [
        (BARRED_SEVEN, BARRED_SEVEN),
        (HOOKED_ONE, BARE_SEVEN),
        (HOOKED_ONE, BARRED_SEVEN, BARE_SEVEN, BARE_SEVEN),
        (None, BARRED_SEVEN),
    ],
    ids=["it has one", "none has one", "most have none", "its top may lie upon the printed line"],
)
def test_else_bars_say_nothing(pictures: tuple[Gray | None, ...]) -> None:
    assert _beside(*pictures) == pytest.approx(0.3)


def test_a_plain_seven_without_a_bar_is_let_be() -> None:
    assert _beside(HOOKED_ONE, BARRED_SEVEN, cell=PLAIN_SEVEN) < 1e-4


@pytest.mark.parametrize("picture", [np.full((80, 70), 255, np.uint8), np.zeros((80, 70), np.uint8)])
def test_what_has_no_stem_has_no_bar(picture: Gray) -> None:
    assert not barred(picture)
