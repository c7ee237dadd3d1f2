"""Fit a CNN epoch by epoch: each on a fresh mixture of digits, each kept, so that an interrupted run goes on."""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from formreader.atomic import written_whole
from formreader.classify import LABELS
from formreader.dataset import DigitSet
from formreader.network import build, build_teacher, compile_network, load_network
from formreader.normalize import NORMALIZATION
from formreader.records import Digits, Floats32
from formreader.train.lessons import Lesson, joined, lesson, one_hot
from formreader.train.pool import Pool

if TYPE_CHECKING:
    import keras

Progress = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch: epoch from 1, epochs, and accuracy, loss, val_accuracy, val_loss, seconds."""

Say = Callable[[str], None]
"""Called with what is done next, for people: the first epoch may be minutes away."""


def unsaid(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Plan:
    """What one network's training is made from; an interrupted one is only resumed where this is the same."""

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
    teachers: tuple[str, ...] = ()
    """Names of those in the pool whose opinion counts beside the labels."""
    kernel: int | None = None
    """The side of a teacher's convolutions; None for the small CNN that reads."""

    @property
    def identity(self) -> str:
        data = [(source.name, source.sha256, len(source)) for source in self.sources]
        rates = [self.rate, self.later_rate]
        settings = [str(self.start), self.seed, self.epochs, self.epoch_digits, self.kept, self.batch, *rates]
        return json.dumps([data, settings, NORMALIZATION, LABELS, list(self.teachers), self.kernel])

    def pool(self, folder: Path) -> Pool:
        """The examples in `folder`, which are other ones where data, seed or number are."""
        data = [[(part.name, part.sha256) for part in self.sources], self.seed, self.epoch_digits, NORMALIZATION]
        name = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:12]
        return Pool(folder / f"examples-{name}", self.sources, self.seed, self.epoch_digits)


def fit(
    plan: Plan, folder: Path, pool: Pool, progress: Progress | None = None, say: Say = unsaid
) -> tuple["keras.Model", dict[str, list[float]]]:
    """The model of the epoch with the least validation loss, and the history. Waits for examples that `pool` lacks.

    The history holds the seconds that each epoch took too, so that an interrupted run's earlier ones are not forgotten.
    """
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(plan.seed)
    model, history = _resumed(plan, folder)
    start = len(history.get("loss", []))
    if start < plan.epochs:
        say(f"drawing examples: {plan.epoch_digits:,} for each epoch, and those to validate by")
        validation = _validation(plan)
    began = time.monotonic()
    for epoch, examples in _examples(plan, pool, start):
        if epoch == start:
            say(f"epoch {epoch + 1} begins, of {len(examples.targets):,} examples in {_batches(plan, epoch)} steps")
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


def finished(plan: Plan, folder: Path) -> bool:
    """Whether all of its epochs are in `folder`."""
    return len(_state(plan, folder).get("loss", [])) == plan.epochs


def _examples(plan: Plan, pool: Pool, start: int) -> Iterator[tuple[int, Lesson]]:
    """Each epoch from `start` on and its examples: `epoch_digits` new ones and those of the epochs just before."""
    recent: deque[Lesson] = deque(maxlen=plan.kept)
    first = max(0, start - plan.kept + 1) if start < plan.epochs else plan.epochs
    for number in range(first, plan.epochs):
        recent.append(pool.read(number, plan.teachers))
        if number >= start:
            yield number, joined(list(recent))


def _validation(plan: Plan) -> tuple[Digits, Floats32]:
    """Every digit held back as it is, and as many again degraded, with marks and junk."""
    count = sum(len(part) for part in plan.held)
    hard = lesson(plan.held, count, (plan.seed, 1_000_000), degraded=1.0)
    digits = [part.normalized() for part in plan.held]
    targets = [one_hot(part.labels) for part in plan.held]
    return np.concatenate([*digits, hard.digits]), np.concatenate([*targets, hard.targets])


def _resumed(plan: Plan, folder: Path) -> tuple["keras.Model", dict[str, list[float]]]:
    history = _state(plan, folder)
    if history:
        return load_network(folder / f"epoch-{len(history['loss'])}.keras", compiled=True), history
    model = load_network(plan.start) if plan.start else _new(plan)
    steps = sum(_batches(plan, epoch) for epoch in range(plan.epochs))
    compile_network(model, steps=steps, rate=plan.later_rate if plan.start else plan.rate)
    return model, {}


def _state(plan: Plan, folder: Path) -> dict[str, list[float]]:
    """The history of the epochs in `folder`, empty where they are of another plan."""
    state = folder / "state.json"
    if not state.is_file():
        return {}
    found = json.loads(state.read_text())
    history: dict[str, list[float]] = found["history"]
    return history if found["plan"] == plan.identity else {}


def _new(plan: Plan) -> "keras.Model":
    return build(len(LABELS)) if plan.kernel is None else build_teacher(len(LABELS), plan.kernel)


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
