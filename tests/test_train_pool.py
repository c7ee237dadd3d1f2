"""Examples drawn ahead into files, and what teachers say of them."""

from pathlib import Path

import numpy as np
import pytest
from pen_digits import pen_digits

from formreader.classify import LABELS
from formreader.errors import ModelError
from formreader.train.lessons import lesson
from formreader.train.pool import Pool, drawing


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path / "examples", (pen_digits(50),), 7, 40)


def test_files_are_drawn_by_another_process_as_this_one_would(pool: Pool) -> None:
    with drawing(pool, range(2)):
        drawn = [pool.read(number) for number in range(2)]
    for number, one in enumerate(drawn):
        here = lesson(pool.sources, pool.digits, (pool.seed, number))
        assert np.array_equal(one.images, here.images) and np.array_equal(one.targets, here.targets)
    assert not np.array_equal(drawn[0].images, drawn[1].images)


def test_what_teachers_say_is_kept_beside_the_examples(pool: Pool) -> None:
    pool.folder.mkdir()
    pool.draw(0)
    plain = pool.read(0)
    assert pool.missing(0, "wise")
    pool.say(0, "wise", np.full((40, len(LABELS)), 1 / len(LABELS), np.float32))
    assert not pool.missing(0, "wise") and pool.missing(0, "other")
    taught = pool.read(0, ["wise"])
    assert np.array_equal(taught.images, plain.images)
    assert taught.targets == pytest.approx(0.3 * plain.targets + 0.7 / len(LABELS), abs=1e-3)


def test_examples_that_cannot_be_drawn_are_an_error_not_a_wait(pool: Pool) -> None:
    broken = Pool(pool.folder, (), pool.seed, pool.digits)
    with drawing(broken, range(1)), pytest.raises(ModelError, match="examples cannot be drawn"):
        broken.read(0)
