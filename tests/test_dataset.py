"""Digit files, what is refused, and the mixture drawn from them."""

import socket
from pathlib import Path

import numpy as np
import pytest
from pen_digits import pen_digits

from formreader.classify import LABELS
from formreader.dataset import DigitSet, augment, load_digits, mixture, split
from formreader.errors import ModelError
from formreader.normalize import normalize


@pytest.fixture(scope="module")
def pen() -> DigitSet:
    return pen_digits(200)


def test_a_file_with_two_parts_and_one_with_one(tmp_path: Path, pen: DigitSet) -> None:
    both, one = tmp_path / "both.npz", tmp_path / "one.npz"
    np.savez(both, x_train=pen.images[:150], y_train=pen.labels[:150], x_test=pen.images[150:], y_test=pen.labels[150:])
    np.savez(one, x=pen.images, y=pen.labels.astype(np.uint8))
    assert [len(load_digits(both, part)) for part in ("train", "test")] == [150, 50]
    assert [len(load_digits(one, part)) for part in ("train", "test")] == [200, 200]
    assert np.array_equal(load_digits(both, "test").images, pen.images[150:])
    assert len(load_digits(both, "train").sha256) == 64


def test_images_of_any_size_become_digits() -> None:
    for size in (16, 28, 60):
        digits = pen_digits(10, size=size).normalized()
        assert digits.shape == (10, 28, 28, 1) and (digits.max(axis=(1, 2, 3)) > 0.95).all()


def test_training_sees_what_reading_sees(pen: DigitSet) -> None:
    assert np.array_equal(pen.normalized(), normalize(list(255 - pen.images)))


IMAGES, ZEROS = np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": IMAGES}, "needs x_train and y_train, or x and y"),
        ({"x": IMAGES.astype(float), "y": ZEROS}, r"images are float64 \(4, 28, 28\)"),
        ({"x": IMAGES.reshape(4, -1), "y": ZEROS}, r"images are uint8 \(4, 784\)"),
        ({"x": IMAGES, "y": ZEROS[:3]}, r"labels \(3,\)"),
        ({"x": IMAGES[:0], "y": ZEROS[:0]}, "n > 0"),
        ({"x": IMAGES + 200, "y": ZEROS}, "Ink must be bright on black"),
        ({"x": IMAGES, "y": ZEROS + 11}, "Labels must be integers 0..9"),
        ({"x": IMAGES, "y": ZEROS.astype(float)}, "Labels must be integers 0..9"),
        ({"x": IMAGES, "y": ZEROS.astype(str)}, "such as '0', '0'. Labels must be integers 0..9"),
    ],
)
def test_what_is_no_digit_file_is_refused(tmp_path: Path, arrays: dict[str, np.ndarray], said: str) -> None:
    path = tmp_path / "digits.npz"
    np.savez(path, **arrays)
    with pytest.raises(ModelError, match=rf"digits\.npz: .*{said}"):
        load_digits(path, "train")


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such digit file"):
        load_digits(tmp_path / "gone.npz", "train")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(ModelError, match="not a digit file"):
        load_digits(tmp_path / "text.npz", "train")
    np.save(tmp_path / "array.npy", IMAGES)
    with pytest.raises(ModelError, match="not a digit file"):
        load_digits(tmp_path / "array.npy", "train")


def test_mnist_without_a_network_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError("the network is closed")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "create_connection", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)
    with pytest.raises(ModelError, match=r"MNIST cannot be fetched .*--data mnist\.npz"):
        load_digits(None, "train")


def test_a_split_loses_and_repeats_nothing(pen: DigitSet) -> None:
    training, validation = split(pen, 0.1, seed=3)
    assert (len(training), len(validation)) == (180, 20)
    together = np.concatenate([training.images, validation.images]).reshape(200, -1)
    assert np.array_equal(np.unique(together, axis=0), np.unique(pen.images.reshape(200, -1), axis=0))
    assert np.array_equal(split(pen, 0.1, seed=3)[1].labels, validation.labels)


@pytest.mark.parametrize("share", [0, 1, -1, 0.001])
def test_a_share_that_leaves_nothing_is_refused(pen: DigitSet, share: float) -> None:
    with pytest.raises(ModelError, match="Give more digits, or a validation share between 0 and 1"):
        split(pen, share, seed=1)


def test_the_mixture_is_the_same_for_the_same_seed_and_holds_every_label(pen: DigitSet) -> None:
    drawn = mixture([pen], 600, (1, 2))
    assert drawn.images.shape == (600, 28, 28) and drawn.images.dtype == np.uint8
    assert set(drawn.labels) == set(range(len(LABELS)))
    again, other = mixture([pen], 600, (1, 2)), mixture([pen], 600, (1, 3))
    assert np.array_equal(drawn.images, again.images) and np.array_equal(drawn.labels, again.labels)
    assert not np.array_equal(drawn.images, other.images)
    assert (drawn.labels < 10).mean() == pytest.approx(0.78, abs=0.04)


def test_a_small_source_is_heard_beside_a_large_one() -> None:
    zeros, ones = pen_digits(1000), pen_digits(10)
    large = zeros.part(np.flatnonzero(zeros.labels == 0))
    small = ones.part(np.flatnonzero(ones.labels == 1))
    labels = mixture([large, small], 1000, (1,)).labels
    assert 0.05 < (labels == 1).sum() / (labels == 0).sum() < 0.5


def test_a_scanned_digit_is_still_mostly_there() -> None:
    """Degraded pen digits keep at least a fair part of the ink that the same digit has undegraded."""
    rng = np.random.default_rng(8)
    for ink in pen_digits(100, size=40).images:
        scanned = augment.scanned(ink, rng)
        assert scanned.dtype == np.uint8 and scanned.max() > 40
        assert np.count_nonzero(scanned > 0.3 * scanned.max()) >= 6


def test_junk_is_made_of_two_digits_or_a_part_of_one() -> None:
    rng = np.random.default_rng(9)
    four, eight = pen_digits(10).images[[4, 8]]
    over = augment.overwritten(four, eight, rng)
    assert np.count_nonzero(over > 100) > 1.2 * max(np.count_nonzero(four > 100), np.count_nonzero(eight > 100))
    assert augment.side_by_side(four, eight, rng).shape[1] > 1.2 * np.ptp(np.nonzero(four > 100)[1])
    assert np.count_nonzero(augment.half(eight, rng) > 100) < 0.85 * np.count_nonzero(eight > 100)


def test_a_digit_that_hides_in_another_is_not_taught_as_junk() -> None:
    """An overwritten digit adds a good part of the ink; else the two stand side by side, as wide as both."""
    rng = np.random.default_rng(10)
    one, four = pen_digits(10).images[[1, 4]]
    for _ in range(20):
        made = augment.overwritten(four, four, rng, least=0.9)
        assert made.shape[1] > 1.3 * np.ptp(np.nonzero(four > 100)[1])
        ink = augment.overwritten(one, four, rng, least=0.0)
        assert float(ink.sum()) > 0.6 * float(four.sum())
