"""What a CNN learns from: labels alone, or labels and what teachers say of the same examples."""

import numpy as np
import pytest
from pen_digits import pen_digits

from formreader.classify import LABELS
from formreader.dataset import DigitSet
from formreader.train.lessons import as_digits, joined, lesson, one_hot


@pytest.fixture(scope="module")
def pen() -> DigitSet:
    return pen_digits(100)


def test_without_teachers_a_target_is_the_label(pen: DigitSet) -> None:
    plain = lesson([pen], 60, (1, 2))
    assert plain.images.dtype == np.uint8 and plain.targets.shape == (60, len(LABELS))
    assert set(np.unique(plain.targets)) == {0.0, 1.0} and (plain.targets.sum(1) == 1).all()


def test_teachers_opinions_are_averaged_and_count_as_much_as_asked(pen: DigitSet) -> None:
    plain = lesson([pen], 60, (1, 2))
    first, second = (np.roll(plain.targets, by, axis=1) for by in (1, 2))
    taught = plain.taught([first, second], share=0.6)
    assert taught.images is plain.images and plain.taught([]) is plain
    assert taught.targets == pytest.approx(0.4 * plain.targets + 0.3 * first + 0.3 * second, abs=1e-6)


def test_lessons_are_joined_in_order(pen: DigitSet) -> None:
    first, second = lesson([pen], 10, (1,)), lesson([pen], 5, (2,))
    both = joined([first, second])
    assert np.array_equal(both.images[10:], second.images) and np.array_equal(both.targets[:10], first.targets)


def test_bytes_become_ink_from_0_to_1() -> None:
    digits = as_digits(np.full((2, 28, 28), 255, np.uint8))
    assert digits.shape == (2, 28, 28, 1) and digits.dtype == np.float32 and (digits == 1).all()
    assert np.array_equal(one_hot(np.array([3, 12])).argmax(1), [3, 12])
