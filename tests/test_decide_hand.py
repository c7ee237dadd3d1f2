"""What may be a 1 or a 7 is read by how the page's hand writes its plain ones."""

import numpy as np
import pytest

from formreader.classify import LABELS
from formreader.decide.hand import in_this_hand


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
