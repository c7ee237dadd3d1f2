"""Fit the strip network on real strips and composed runs, calibrate it, and write it for reading.

A folder of strips holds pictures and `truth.csv`: `file,digits` and, if known, where each digit stands (`2:12,9,20,31
5:40,...`: digit, left, top, width, height in pixels). Files kept apart for measuring do not belong into it.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import DigitModel
from formreader.dataset import load_digits
from formreader.engines.window import start_worker
from formreader.errors import ModelError
from formreader.records import ScanRef
from formreader.scans import open_scan
from formreader.strip_find import find_run, shows_more
from formreader.strip_ink import HEIGHT, ink_of, picture_of
from formreader.strip_network import Batch, batched, build_strip_network
from formreader.strip_samples import RealStrip, Singles, StripSample, strip_sample

if TYPE_CHECKING:
    import keras

Progress = Callable[[int, int, dict[str, float]], None]
"""Called after each epoch: epoch from 1, epochs, and loss, exact (share of validation strips) and val_loss."""


@dataclass(frozen=True)
class StripData:
    """What is learned from, and what chooses the epoch."""

    strips: tuple[RealStrip, ...]
    held: tuple[RealStrip, ...]
    singles: tuple[Singles, ...]


def load_strips(folder: Path, model: DigitModel) -> list[RealStrip]:
    """The strips of a folder, by name. ModelError where there is no truth, ScanError where one cannot be read."""
    try:
        with (folder / "truth.csv").open(newline="", encoding="utf-8") as table:
            rows = sorted(list(csv.reader(table))[1:])
    except OSError as error:
        raise ModelError(
            f"{folder}: holds no truth.csv ({error.strerror}). It needs file,digits of each strip"
        ) from error
    return [strip for row in rows if (strip := _strip(folder, row, model)) is not None]


def _strip(folder: Path, row: Sequence[str], model: DigitModel) -> RealStrip | None:
    """A picture's run; found first where the picture shows more, None where it is not found."""
    gray = open_scan(ScanRef(str(folder / row[0]), row[0])).gray
    if shows_more(gray):
        found = find_run(gray, model)
        return RealStrip(ink_of(found.gray), row[1], (), found.gray) if found else None
    scale = HEIGHT / gray.shape[0]
    boxes = [place.split(":")[1].split(",") for place in row[2].split()] if len(row) > 2 and row[2] else []
    spans = tuple((int(box[0]) * scale, (int(box[0]) + int(box[2])) * scale) for box in boxes)
    return RealStrip(ink_of(gray), row[1], spans, gray)


def strip_data(
    folders: Sequence[tuple[Path, int]], digits: Sequence[Path], model: DigitModel, *, every: int = 11
) -> StripData:
    """The strips of each folder but its last so many by name, and the single digits of each file in `digits`.

    One strip of `every` is held back to validate. Raises ModelError where nothing is left, or no place is known by
    which strips could be put together anew.
    """
    strips = []
    for folder, apart in folders:
        own = load_strips(folder, model)
        strips += own[: len(own) - apart]
    if len(strips) < 2 * every or not any(strip.spans for strip in strips):
        raise ModelError(
            f"{folders[0][0]}: {len(strips)} strips to learn from, {sum(bool(s.spans) for s in strips)} with the place "
            f"of each digit. Give at least {2 * every}, some with places"
        )
    sources = [load_digits(path, "train") for path in digits]
    return StripData(
        tuple(strip for index, strip in enumerate(strips) if index % every),
        tuple(strip for index, strip in enumerate(strips) if index % every == 0),
        tuple(Singles(source.images, source.labels) for source in sources),
    )


def fit_strips(
    data: StripData,
    *,
    epochs: int,
    seed: int,
    epoch_strips: int = 4096,
    kept: int = 3,
    progress: Progress | None = None,
) -> "keras.Model":
    """The network of the epoch with the least validation loss. An epoch learns from the last `kept` draws."""
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(seed)
    model, learn = _learner(epochs * -(-epoch_strips // 48))
    validation = batched([StripSample(picture_of(strip.ink), strip.digits) for strip in data.held], 32, width=256)
    best, weights = np.inf, model.get_weights()
    for epoch, samples in enumerate(_lessons(data, epochs, (seed, epoch_strips), kept)):
        rng = np.random.default_rng((seed, epoch))
        chosen = [samples[index] for index in rng.permutation(len(samples))[:epoch_strips]]
        batches = batched(chosen, 48, width=256)
        loss = float(np.mean([learn(batches[index]) for index in rng.permutation(len(batches))]))
        exact, val_loss = _validated(model, validation)
        if val_loss < best:
            best, weights = val_loss, model.get_weights()
        if progress:
            progress(epoch + 1, epochs, {"loss": loss, "exact": exact, "val_loss": val_loss})
    model.set_weights(weights)
    return model


def _lessons(data: StripData, epochs: int, seed: tuple[int, int], kept: int) -> Iterator[list[StripSample]]:
    """What each epoch may learn from; the next is drawn by another process meanwhile."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=start_worker) as other:
        coming = other.submit(_drawn, data, (*seed, 0))
        pool: deque[list[StripSample]] = deque(maxlen=kept)
        for epoch in range(epochs):
            pool.append(coming.result())
            coming = other.submit(_drawn, data, (*seed, epoch + 1))
            yield [sample for part in pool for sample in part]


def _drawn(data: StripData, seed: tuple[int, int, int]) -> list[StripSample]:
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    return [strip_sample(data.strips, data.singles, rng) for _ in range(seed[1])]


def _learner(steps: int, *, rate: float = 2e-3) -> tuple["keras.Model", Callable[[Batch], float]]:
    """A new network, and what makes it learn from a batch: Adam on the CTC loss, its rate along a half cosine."""
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    model = build_strip_network()
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.005)
    optimizer = keras.optimizers.Adam(schedule, clipnorm=5.0)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(pictures: "tf.Tensor", digits: "tf.Tensor", counts: "tf.Tensor", lengths: "tf.Tensor") -> "tf.Tensor":
        with tf.GradientTape() as tape:
            scores = model(pictures, training=True)
            loss = tf.reduce_mean(
                tf.nn.ctc_loss(digits, scores, counts, lengths, logits_time_major=False, blank_index=0)
            )
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    return model, lambda batch: float(step(*map(tf.constant, batch)))


def _validated(model: "keras.Model", batches: Sequence[Batch]) -> tuple[float, float]:
    """Share of strips read without a mistake by the best path, and the mean CTC loss."""
    import tensorflow as tf  # noqa: PLC0415

    exact, losses = [], []
    for pictures, digits, counts, steps in batches:
        scores = model(pictures, training=False)
        loss = tf.nn.ctc_loss(digits, scores, counts, steps, logits_time_major=False, blank_index=0)
        losses += loss.numpy().tolist()
        best = scores.numpy().argmax(-1)
        exact += [
            np.array_equal(_collapsed(row[:step]), label[:count])
            for row, step, label, count in zip(best, steps, digits, counts, strict=True)
        ]
    return float(np.mean(exact)), float(np.mean(losses))


def _collapsed(path: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A path's labels, repeats and none left out."""
    changes = np.concatenate([[True], path[1:] != path[:-1]])
    return path[changes & (path > 0)]
