"""What a CNN learns from: labels alone, or labels and what teachers say of the same examples."""

from pathlib import Path

import numpy as np
import pytest

from formreader.classify import LABELS, load_model, softmax
from formreader.dataset import DigitSet
from formreader.errors import ModelError
from formreader.lessons import as_digits, joined, lesson, one_hot
from formreader.pen import draw_glyph
from formreader.shipped import shipped
from formreader.train import train

TEACHER = shipped("models") / "digits.tflite"


@pytest.fixture(scope="module")
def pen() -> DigitSet:
    rng = np.random.default_rng(1)
    labels = np.arange(100) % 10
    return DigitSet("pen", np.array([255 - draw_glyph(str(label), rng, size=32) for label in labels]), labels)


def test_without_teachers_a_target_is_the_label(pen: DigitSet) -> None:
    plain = lesson([pen], 60, (1, 2))
    assert plain.images.dtype == np.uint8 and plain.targets.shape == (60, len(LABELS))
    assert set(np.unique(plain.targets)) == {0.0, 1.0} and (plain.targets.sum(1) == 1).all()


def test_a_teachers_opinion_counts_as_much_as_asked(pen: DigitSet) -> None:
    plain, taught = (lesson([pen], 60, (1, 2), teachers=teachers, taught=0.6) for teachers in ([], [TEACHER]))
    assert np.array_equal(plain.images, taught.images)
    opinion = softmax(load_model(TEACHER).logits(taught.digits))
    assert taught.targets == pytest.approx(0.4 * plain.targets + 0.6 * opinion, abs=1e-5)
    assert taught.targets.sum(1) == pytest.approx(1, abs=1e-5)


def test_several_teachers_are_averaged(pen: DigitSet) -> None:
    once, twice = (lesson([pen], 40, (3,), teachers=teachers) for teachers in ([TEACHER], [TEACHER, TEACHER]))
    assert twice.targets == pytest.approx(once.targets, abs=1e-6)


def test_lessons_are_joined_in_order(pen: DigitSet) -> None:
    first, second = lesson([pen], 10, (1,)), lesson([pen], 5, (2,))
    both = joined([first, second])
    assert np.array_equal(both.images[10:], second.images) and np.array_equal(both.targets[:10], first.targets)


def test_bytes_become_ink_from_0_to_1() -> None:
    digits = as_digits(np.full((2, 28, 28), 255, np.uint8))
    assert digits.shape == (2, 28, 28, 1) and digits.dtype == np.float32 and (digits == 1).all()
    assert np.array_equal(one_hot(np.array([3, 12])).argmax(1), [3, 12])


def test_a_teacher_that_is_no_model_is_refused_before_the_work(tmp_path: Path, pen: DigitSet) -> None:
    np.savez(tmp_path / "pen.npz", x=pen.images, y=pen.labels)
    with pytest.raises(ModelError, match=r"gone\.tflite: no such model file"):
        train([tmp_path / "pen.npz"], output=tmp_path / "new.keras", teachers=[tmp_path / "gone.tflite"])


def test_a_model_records_its_teachers_and_another_teacher_does_not_go_on(tmp_path: Path, pen: DigitSet) -> None:
    np.savez(tmp_path / "pen.npz", x=pen.images, y=pen.labels)
    seen: list[int] = []

    def interrupted(epoch: int, *_: object) -> None:
        seen.append(epoch)
        raise KeyboardInterrupt

    def run(*teachers: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            train(
                [tmp_path / "pen.npz"],
                output=tmp_path / "new.keras",
                epochs=3,
                epoch_digits=300,
                teachers=teachers,
                progress=interrupted,
            )

    run()
    run(TEACHER)
    assert seen == [1, 1]
    run(TEACHER)
    assert seen == [1, 1, 2]
