"""Fit the CNN epoch by epoch: each on a fresh mixture of digits, each kept, so that an interrupted run goes on."""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from formreader.atomic import written_whole
from formreader.classify import LABELS
from formreader.dataset import DigitSet
from formreader.engines.window import deaf_to_interrupts, start_worker
from formreader.lessons import Lesson, joined, lesson, one_hot
from formreader.network import build, compile_network, load_network
from formreader.normalize import NORMALIZATION
from formreader.records import Digits

if TYPE_CHECKING:
    import keras

Progress = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch: epoch from 1, epochs, and accuracy, loss, val_accuracy, val_loss, seconds."""


@dataclass(frozen=True)
class Plan:
    """What one training run is made from; an interrupted one is only resumed where this is the same."""

    sources: tuple[DigitSet, ...]
    held: tuple[DigitSet, ...]
    seed: int
    epochs: int
    epoch_digits: int
    start: Path | None = None
    """A .keras model to go on from; a new one where None."""
    kept: int = 3
    """How many epochs learn from an example: to draw one takes as long as to learn from two."""
    batch: int = 256
    rate: float = 3e-3
    """Adam's rate at the beginning; `later_rate` where it goes on from a model."""
    later_rate: float = 1.5e-3
    teachers: tuple[Path, ...] = ()
    """.tflite models whose opinion counts beside the labels."""

    @property
    def identity(self) -> str:
        data = [(source.name, source.sha256, len(source)) for source in self.sources]
        rates = [self.rate, self.later_rate]
        settings = [str(self.start), self.seed, self.epochs, self.epoch_digits, self.kept, self.batch, *rates]
        teachers = [[hashlib.sha256(path.read_bytes()).hexdigest() for path in self.teachers]] if self.teachers else []
        return json.dumps([data, settings, NORMALIZATION, LABELS, *teachers])


def fit(plan: Plan, folder: Path, progress: Progress | None) -> tuple["keras.Model", dict[str, list[float]]]:
    """The model of the epoch with the least validation loss, and the history.

    The history holds the seconds that each epoch took too, so that an interrupted run's earlier ones are not forgotten.
    """
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(plan.seed)
    model, history = _resumed(plan, folder)
    validation = _validation(plan)
    start = len(history.get("loss", []))
    began = time.monotonic()
    with closing(_examples(plan, start)) as drawn:
        for epoch, examples in drawn:
            fitted = model.fit(
                examples.digits, examples.targets, batch_size=plan.batch, validation_data=validation, verbose=0
            )
            for name, values in fitted.history.items():
                history.setdefault(name, []).append(float(values[0]))
            history.setdefault("seconds", []).append(round(time.monotonic() - began, 1))
            began = time.monotonic()
            _checkpoint(plan, folder, model, history)
            if progress:
                progress(epoch + 1, plan.epochs, {name: values[-1] for name, values in history.items()})
    return load_network(folder / "best.keras"), history


def _examples(plan: Plan, start: int) -> Generator[tuple[int, Lesson]]:
    """Each epoch from `start` on and its examples: `epoch_digits` new ones and those of the epochs just before.

    The next ones are drawn by another process while the network learns from these.
    """
    others = active_children()
    ahead = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=start_worker)
    try:

        def drawn(epoch: int) -> "Future[Lesson]":
            seed = plan.seed, epoch
            with deaf_to_interrupts():
                return ahead.submit(lesson, plan.sources, plan.epoch_digits, seed, teachers=plan.teachers)

        coming = deque((drawn(epoch) for epoch in range(max(0, start - plan.kept + 1), start + 1)), plan.kept + 1)
        for epoch in range(start, plan.epochs):
            current = [part.result() for part in list(coming)[-plan.kept :]]
            if epoch + 1 < plan.epochs:
                coming.append(drawn(epoch + 1))
            yield epoch, joined(current)
    finally:
        ahead.shutdown(wait=False, cancel_futures=True)
        for worker in set(active_children()) - set(others):  # it would draw on for half a minute after Ctrl-C
            worker.terminate()


def _validation(plan: Plan) -> tuple[Digits, npt.NDArray[np.float32]]:
    """Every digit held back as it is, and as many again degraded, with marks and junk."""
    count = sum(len(part) for part in plan.held)
    hard = lesson(plan.held, count, (plan.seed, 1_000_000), degraded=1.0)
    digits = [part.normalized() for part in plan.held]
    targets = [one_hot(part.labels) for part in plan.held]
    return np.concatenate([*digits, hard.digits]), np.concatenate([*targets, hard.targets])


def _resumed(plan: Plan, folder: Path) -> tuple["keras.Model", dict[str, list[float]]]:
    state = folder / "state.json"
    if state.is_file():
        found = json.loads(state.read_text())
        if found["plan"] == plan.identity:
            last = folder / f"epoch-{len(found['history']['loss'])}.keras"
            return load_network(last, compiled=True), found["history"]
    model = load_network(plan.start) if plan.start else build(len(LABELS))
    steps = sum(_batches(plan, epoch) for epoch in range(plan.epochs))
    compile_network(model, steps=steps, rate=plan.later_rate if plan.start else plan.rate)
    return model, {}


def _batches(plan: Plan, epoch: int) -> int:
    return -(-plan.epoch_digits * min(epoch + 1, plan.kept) // plan.batch)


def _checkpoint(plan: Plan, folder: Path, model: "keras.Model", history: Mapping[str, list[float]]) -> None:
    """Keep this epoch, and as `best.keras` too where none before it validated better. The state file comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    epoch = len(history["loss"])
    model.save(folder / f"epoch-{epoch}.keras")
    if history["val_loss"][-1] == min(history["val_loss"]):
        model.save(folder / "best.keras")
    with written_whole(folder / "state.json") as state:
        state.write_text(json.dumps({"plan": plan.identity, "history": history}))
    (folder / f"epoch-{epoch - 1}.keras").unlink(missing_ok=True)
