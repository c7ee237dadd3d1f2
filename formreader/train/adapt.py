"""Go on from a model with crops that people corrected, and keep it only where the new one is better.

The new model learns from the corrections, degraded and warped as other digits are, and from the base digits, so that
nothing is forgotten: of these it learns the label and the old model's own reading alike (Li and Hoiem, "Learning
without forgetting", 2016). Some writers or documents are kept apart, and judge (see `verdict`). No epoch is chosen, so
that they, and the base digits held back, are judges of one model only: the last.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import LABELS, ModelRecord, calibrated, read_record
from formreader.dataset import DigitSet, augment, load_digits, mixture, split
from formreader.dataset.corrections import Correction, Corrections, groups_of, kept_apart, read_corrections
from formreader.errors import ModelError
from formreader.extras import require_training
from formreader.network import compile_network, load_network, logits_of
from formreader.normalize import normalize
from formreader.records import Digits, Floats32, Gray
from formreader.shipped import shipped
from formreader.train.fit import Plan, Progress, Say, unsaid
from formreader.train.lessons import as_digits, lesson, one_hot
from formreader.train.release import Candidate, TrainingRecord, check_request, described, exported, picture, publish
from formreader.train.verdict import Read, Verdict, judge

if TYPE_CHECKING:
    import keras

Learned = tuple[Digits, Floats32]
"""(n, 28, 28, 1) and (n, labels), what each is to be taken for."""


@dataclass(frozen=True)
class Adapted:
    """What came of it."""

    verdict: Verdict
    learned: int
    """Crops learned from."""
    skipped: int
    """Rows without a label or without ink."""
    record: TrainingRecord
    """Of the new model, also where it was not kept."""
    start: Path


def adapt(
    folder: Path,
    *,
    output: Path,
    data: Sequence[Path] = (),
    start: Path | None = None,
    epochs: int = 6,
    epoch_digits: int = 20_000,
    seed: int = 1,
    validation_share: float = 0.05,
    plot: Path | None = None,
    report: Path | None = None,
    progress: Progress | None = None,
    say: Say = unsaid,
) -> Adapted:
    """Train on from `start` (the shipped model where None) with the corrections in `folder`, and the digits of `data`.

    Writes `output` (.keras), NAME.tflite and NAME-float.tflite where the new model is better, else nothing. `data` are
    the base digits (MNIST where empty), split as in training, so that nothing is judged by what was learned from.
    `plot` and `report` are as in `train.train`; the report is on the model that stays.
    Raises TableError where the folder is no good, ModelError where data, output or start are, or there are too few
    corrections to learn from some and judge by others.
    """
    start = start or shipped("models") / "digits.keras"
    check_request(output, epochs, start)
    _check_output(output, start)
    say("reading the corrections and the digits")
    corrections = read_corrections(folder)
    learning, judging = kept_apart(corrections.crops)
    require_training("tensorflow", "keras", "matplotlib", "HersheyFonts")
    files: Sequence[Path | None] = list(data) or [None]
    test = load_digits(files[0], "test")
    parts = [split(load_digits(path, "train"), validation_share) for path in files]
    plan = Plan(tuple(part[0] for part in parts), tuple(part[1] for part in parts), seed, epochs, epoch_digits, start)
    old = load_network(start)
    say(f"epoch 1 begins: {len(learning):,} corrections, and {epoch_digits:,} digits drawn for it")
    model, history = _fitted(plan, old, learning, progress)
    say(f"judging by {len(judging):,} corrections that were kept apart")
    with exported(plan, model, test, output) as candidate:
        verdict = _judged(plan, old, candidate, judging)
        made = described(plan, candidate, history, epochs, _account(corrections, learning, judging, verdict))
        if verdict.better:
            publish(candidate, made, output.parent)
    picture(made, files[0], output if verdict.better else start, plot=plot, report=report)
    return Adapted(verdict, len(learning), corrections.skipped, made, start)


def _check_output(output: Path, start: Path) -> None:
    if output.exists() and output.resolve() != start.resolve():
        raise ModelError(
            f"{output}: is there already. To go on from it, and replace it only by a better one: --start {output}; "
            "else give another name"
        )


def _account(
    corrections: Corrections, learning: Sequence[Correction], judging: Sequence[Correction], verdict: Verdict
) -> dict[str, Any]:
    counts = {"learned": len(learning), "kept_apart": len(judging), "sha256": corrections.sha256}
    return {**counts, "verdict": asdict(verdict)}


# ---- learning


def _fitted(
    plan: Plan, old: "keras.Model", learning: Sequence[Correction], progress: Progress | None
) -> tuple["keras.Model", dict[str, list[float]]]:
    """The old model trained further, and its history as `fit` writes it."""
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(plan.seed)
    model = load_network(plan.start or Path())
    pictures = [_square(crop.gray) for crop in learning]
    labels = np.array([LABELS.index(crop.label) for crop in learning])
    validation = _joined([(part.normalized(), one_hot(part.labels)) for part in plan.held])
    views = _views(plan, len(learning))
    compile_network(model, steps=plan.epochs * -(-(plan.epoch_digits + views) // plan.batch), rate=5e-4)
    history: dict[str, list[float]] = {}
    for epoch in range(plan.epochs):
        began = time.monotonic()
        examples = _joined([_base(plan, old, epoch), _corrected(pictures, labels, views, (plan.seed, epoch, 1))])
        fitted = model.fit(*examples, batch_size=plan.batch, validation_data=validation, verbose=0)
        for name, values in {**fitted.history, "seconds": [round(time.monotonic() - began, 1)]}.items():
            history.setdefault(name, []).append(float(values[0]))
        if progress:
            progress(epoch + 1, plan.epochs, {name: values[-1] for name, values in history.items()})
    bare = load_network(plan.start or Path())  # without the optimizer, which a file would keep
    bare.set_weights(model.get_weights())
    return bare, history


def _views(plan: Plan, crops: int, *, share: float = 0.25, most: int = 25) -> int:
    """Corrections shown in an epoch: `share` of all examples, but none more often than `most` times."""
    return min(round(plan.epoch_digits * share / (1 - share)), most * crops)


def _base(plan: Plan, old: "keras.Model", epoch: int) -> Learned:
    """Base digits, marks and junk, each to be taken half for what it is and half for what the old model says."""
    base = lesson(plan.sources, plan.epoch_digits, (plan.seed, 5_000_000 + epoch))
    return base.digits, (base.targets + old.predict(base.digits, batch_size=1024, verbose=0)) / 2


def _corrected(
    pictures: Sequence[augment.Ink], labels: npt.NDArray[np.int64], count: int, seed: Sequence[int]
) -> Learned:
    """`count` views of the corrections: as they are, warped, or through a scanner's faults; each as often as others."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(np.arange(count) % len(pictures))
    seen = [_view(pictures[index], rng) for index in chosen]
    return normalize([augment.as_crop(ink) for ink in seen]), one_hot(labels[chosen])


def _view(ink: augment.Ink, rng: augment.Rng) -> augment.Ink:
    kind = rng.random()
    if kind < 0.25:
        return ink
    return augment.warped(ink, rng, strength=0.85) if kind < 0.7 else augment.scanned(ink, rng)


def _square(gray: Gray, *, side: int = 64, faintest: int = 40) -> augment.Ink:
    """The crop's writing as MNIST frames it, 20/28 of a square: what `augment` expects, however large the cell was."""
    ink = np.asarray(cv2.bitwise_not(gray), np.uint8)
    left, top, width, height = cv2.boundingRect((ink > min(faintest, int(ink.max()) // 2)).astype(np.uint8))
    scale = side * 20 / 28 / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = cv2.resize(
        ink[top : top + height, left : left + width],
        size,
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )
    square = np.zeros((side, side), np.uint8)
    above, before = (side - size[1]) // 2, (side - size[0]) // 2
    square[above : above + size[1], before : before + size[0]] = fitted
    return square


def _joined(parts: Sequence[Learned]) -> Learned:
    digits, labels = zip(*parts, strict=True)
    return np.concatenate(digits), np.concatenate(labels).astype(np.float32)


# ---- judging


def _judged(plan: Plan, old: "keras.Model", candidate: Candidate, judging: Sequence[Correction]) -> Verdict:
    """Both models, each calibrated by its own record, on the corrections kept apart and on base digits held back."""
    both = (old, read_record(plan.start or Path())), (candidate.model, candidate.record)
    degraded = mixture(plan.held, sum(map(len, plan.held)), (plan.seed, 6_000_000), degraded=1.0)
    labels = np.array([LABELS.index(crop.label) for crop in judging])
    held = _held(plan.held)
    return judge(
        _read(both, normalize([crop.gray for crop in judging]), labels),
        groups_of(judging),
        _read(both, *held),
        _read(both, as_digits(degraded.images), degraded.labels),
    )


def _held(parts: Sequence[DigitSet]) -> tuple[Digits, npt.NDArray[np.int64]]:
    return np.concatenate([part.normalized() for part in parts]), np.concatenate([part.labels for part in parts])


def _read(both: Sequence[tuple["keras.Model", ModelRecord]], digits: Digits, labels: npt.NDArray[np.int64]) -> Read:
    old, new = (calibrated(logits_of(model, digits), record) for model, record in both)
    return old, new, labels
