"""Train the CNN on digits, from a clean start or on from a model, and draw how it went."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from formreader.dataset import load_digits, split
from formreader.extras import require_training
from formreader.train.fit import Plan, Progress, Say, unsaid
from formreader.train.release import TrainingRecord, check_request, described, exported, picture, publish
from formreader.train.school import school


def train(
    data: Sequence[Path] = (),
    *,
    output: Path,
    plot: Path | None = None,
    report: Path | None = None,
    start: Path | None = None,
    teachers: int = 0,
    epochs: int = 40,
    epoch_digits: int = 50_000,
    batch: int = 256,
    reuse: int = 3,
    seed: int = 1,
    validation_share: float = 0.05,
    progress: Progress | None = None,
    say: Say = unsaid,
) -> TrainingRecord:
    """Train on the digits of `data` (MNIST where empty) and write `output` (.keras), NAME.tflite and NAME-float.tflite.

    `start` is a .keras model to go on from, at a lower rate; give another `seed` then, to learn from other examples.
    `teachers`: so many larger CNNs are trained first, and their opinion on each example counts beside its label.
    `batch` examples make a step, and an example is learned from in `reuse` epochs.
    An interrupted run goes on after its last epoch: `.checkpoints` beside `output` keeps it. The first file's test part
    measures the result; nothing is chosen by it. `plot` shows the epochs; `report` is a folder for that and for the
    page of `measure.evaluate`. Raises ModelError where data, output or the exported model is no good.
    """
    check_request(output, epochs, start)
    say("reading the digits")
    require_training("tensorflow", "keras", "matplotlib", "HersheyFonts")
    files: Sequence[Path | None] = list(data) or [None]
    test = load_digits(files[0], "test")
    parts = [split(load_digits(path, "train"), validation_share) for path in files]
    sources, held = tuple(part[0] for part in parts), tuple(part[1] for part in parts)
    staff = tuple(f"teacher-{number}" for number in range(1, teachers + 1))
    plan = Plan(sources, held, seed, epochs, epoch_digits, start, reuse, batch, teachers=staff)
    folder = output.parent / ".checkpoints" / output.stem
    model, history = school(plan, folder, progress, say)
    say("exporting the model, and measuring it")
    with exported(plan, model, test, output) as candidate:
        made = described(plan, candidate, history, 1 + int(np.argmin(history["val_loss"])))
        publish(candidate, made, output.parent)
    shutil.rmtree(plan.pool(folder).folder, ignore_errors=True)
    picture(made, files[0], output.with_suffix(".tflite"), plot=plot, report=report)
    return made
