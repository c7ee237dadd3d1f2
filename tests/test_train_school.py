"""A small CNN that learns from larger ones, trained just before."""

from pathlib import Path

import pytest
from pen_digits import write_pen_digits

from formreader.classify import read_record
from formreader.network import digits as network
from formreader.train import train


def test_teachers_learn_first_and_an_interrupted_run_does_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "TEACHERS", {3: (8, 8), 5: (8,), 7: (8,)})  # the full ones take minutes
    data, output, seen = write_pen_digits(tmp_path / "pen.npz", 200, test=20), tmp_path / "new.keras", []

    def interrupted(epoch: int, epochs: int, figures: object) -> None:
        seen.append((epoch, epochs))
        if len(seen) in (1, 4):
            raise KeyboardInterrupt

    def run() -> None:
        few = {"epochs": 2, "epoch_digits": 600, "batch": 64}
        train([data], output=output, teachers=2, progress=interrupted, **few)

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run()
    run()
    assert seen == [(number, 6) for number in range(1, 7)]
    made = read_record(output).training
    assert made["teachers"] == 2 and len(made["history"]["loss"]) == 2
    assert not list((tmp_path / ".checkpoints" / "new").glob("examples-*"))
    output.unlink()
    run()  # what is finished is exported again without its examples
    assert len(seen) == 6 and output.exists()


@pytest.mark.parametrize("kernel", [3, 5, 7])
def test_a_teacher_takes_what_the_small_cnn_takes(kernel: int) -> None:
    teacher = network.build_teacher(13, kernel)
    assert teacher.input_shape == (None, 28, 28, 1) and teacher.output_shape == (None, 13)
    assert 700_000 < teacher.count_params() < 2_500_000
