"""Fit the strip network: CTC on its digits and, where they are known, its marks; weights averaged along the way.

Runs on whatever Keras runs on (TensorFlow here; JAX with a GPU elsewhere), and imports neither LiteRT nor TensorFlow.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from formreader.dataset.runs import StripData, StripSample
from formreader.network.strips import DIGITS, build_strip_network
from formreader.records import Floats32
from formreader.strips.ctc import SYMBOLS, string_log_likelihood
from formreader.strips.ink import picture_of
from formreader.train.strip_pool import HEAD, MOST_DIGITS, MOST_MARKS, Batch, Supply, drawers, packed

if TYPE_CHECKING:
    import keras

Progress = Callable[[int, int, dict[str, float]], None]
"""Called after each epoch: epoch from 1, epochs, and loss, exact (share of validation strips) and val_loss."""

Weights = list[Floats32]


@dataclass(frozen=True)
class StripPlan:
    """How long and how fast a strip network learns."""

    epochs: int = 60
    epoch_strips: int = 4096
    batch: int = 48
    rate: float | None = None
    """How fast it learns at most, slower to go on than to begin; None is what a new one is begun with."""
    seed: int = 1
    seconds: float = math.inf
    """It ends after these, though there are epochs left; the learning rate follows whichever ends first."""
    workers: int = 1
    """Processes that draw what it learns from."""
    pool: int = 20_000
    """Examples of each width that are kept to learn from."""

    @property
    def fastest(self) -> float:
        """The highest learning rate: larger batches allow more."""
        return self.rate or 2e-3 * (self.batch / 48) ** (1 / 6)

    @property
    def steps(self) -> int:
        """Batches an epoch."""
        return max(1, self.epoch_strips // self.batch)

    def done(self, epochs: float, since: float) -> float:
        """The share of the training that is done after so many `epochs`, begun at `since` by the monotonic clock."""
        return max(epochs / self.epochs, (time.monotonic() - since) / max(self.seconds, 1e-9))


def fit_strips(
    data: StripData,
    plan: StripPlan,
    *,
    start: Weights | None,
    progress: Progress | None,
    better: Callable[[Weights], None],
) -> "keras.Model":
    """The network, its weights a running average, of the epoch with the least validation loss.

    `better` is called with the weights whenever that loss falls, so that a training that is cut off is not lost.
    """
    import keras  # noqa: PLC0415

    began = time.monotonic()
    keras.utils.set_random_seed(plan.seed)
    validation = packed([StripSample(picture_of(strip.ink), strip.digits) for strip in data.held])
    model = compiled(plan.fastest)
    if start is not None:
        model.set_weights(start)
    lessons, best, chosen = _Lessons(plan, model, began), math.inf, model.get_weights()
    with drawers(data, workers=plan.workers, seed=plan.seed, part=min(512, plan.epoch_strips)) as others:
        supply = Supply(others, plan.pool)
        for epoch in range(plan.epochs):
            loss = lessons.learn(supply, epoch)
            exact, val_loss = lessons.average.judged(validation)
            if val_loss < best:
                best, chosen = val_loss, lessons.average.copy()
                better(chosen)
            if progress:
                figures = {"loss": loss, "exact": exact, "val_loss": val_loss, "drawn": float(supply.drawn)}
                progress(epoch + 1, plan.epochs, figures)
            if plan.done(epoch + 1, began) >= 1:
                break
    model.set_weights(chosen)
    return model


class _Lessons:
    """A network under training, epoch by epoch, and the running average of its weights."""

    def __init__(self, plan: StripPlan, model: "keras.Model", began: float) -> None:
        self.average = _Average(model)
        self._plan, self._model, self._began = plan, model, began
        self._rng = np.random.default_rng(plan.seed)

    def learn(self, supply: Supply, epoch: int) -> float:
        """One epoch, or less where the time is over; its mean loss."""
        losses, steps = [], self._plan.steps
        for step in range(steps):
            share = self._plan.done(epoch + step / steps, self._began)
            if share >= 1:
                break
            self._model.optimizer.learning_rate = self._plan.fastest * _rate(share)
            pictures, labels = supply.batch(self._plan.batch, self._rng)
            losses.append(float(self._model.train_on_batch(as_inputs(pictures), labels)))
            if step % 10 == 9 or step == steps - 1:
                self.average.take(share)
        return float(np.mean(losses or [np.nan]))


def _rate(share: float, *, warm: float = 0.02, least: float = 0.003) -> float:
    """Share of the highest learning rate: a short climb, then a half cosine."""
    return min(1.0, share / warm + 0.05) * (least + (1 - least) * 0.5 * (1 + math.cos(math.pi * share)))


def as_inputs(pictures: npt.NDArray[np.uint8]) -> Floats32:
    """(n, 32, w, 1) 0..1."""
    return (pictures.astype(np.float32) * np.float32(1 / 255))[..., None]


def compiled(rate: float) -> "keras.Model":
    """A new network that learns by Adam on `ctc`."""
    import keras  # noqa: PLC0415

    model = build_strip_network()
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=5.0)
    # JAX runs step by step unless compiled; TensorFlow's CTC is slow to compile
    model.compile(optimizer, loss=ctc_losses, jit_compile=keras.backend.backend() == "jax")
    return model


def ctc_losses(labels: "keras.KerasTensor", logits: "keras.KerasTensor") -> "keras.KerasTensor":
    """(n,) CTC loss of the digits, and part of that of the marks where they are known; labels as in `strip_pool`.

    Both in one batch, which takes half the time: the digits get classes and places that nothing ever is in.
    """
    from keras import ops  # noqa: PLC0415

    labels = ops.cast(labels, "int32")
    steps, marks = labels[:, 1], labels[:, 2]
    digits, signs = labels[:, HEAD : HEAD + MOST_DIGITS], labels[:, HEAD + MOST_DIGITS :]
    scores = ops.pad(logits[..., :DIGITS], ((0, 0), (0, 0), (0, len(SYMBOLS) + 1 - DIGITS)), constant_values=-1e4)
    loss = _ctc_loss(
        ops.concatenate([ops.pad(digits, ((0, 0), (0, MOST_MARKS - MOST_DIGITS))), signs]),
        ops.concatenate([scores, logits[..., DIGITS:]]),
        ops.concatenate([labels[:, 0], ops.maximum(marks, 0)]),
        ops.concatenate([steps, steps]),
    )
    first, second = ops.split(loss, 2)
    return _bounded(first) + 0.3 * ops.where(marks >= 0, _bounded(second), 0.0)


def _bounded(loss: "keras.KerasTensor", *, most: float = 6.0) -> "keras.KerasTensor":
    """The loss, which above `most` grows ever slower: there a label is as likely to be wrong as the network."""
    from keras import ops  # noqa: PLC0415

    return ops.where(loss > most, most * (1 + ops.log(ops.maximum(loss, most) / most)), loss)


def _ctc_loss(
    target: "keras.KerasTensor", scores: "keras.KerasTensor", lengths: "keras.KerasTensor", steps: "keras.KerasTensor"
) -> "keras.KerasTensor":
    """(n,) Keras's `ctc_loss`, 0 being none; by TensorFlow's own kernel where that is there, which is far faster.

    That kernel takes no empty target: 0 is the loss of these, which are marks that are not known.
    """
    import keras  # noqa: PLC0415

    if keras.backend.backend() != "tensorflow":
        return keras.ops.ctc_loss(target, scores, lengths, steps, mask_index=0)
    import tensorflow as tf  # noqa: PLC0415

    known = tf.where(lengths > 0)
    target, scores, lengths, own = (tf.gather_nd(one, known) for one in (target, scores, lengths, steps))
    places = tf.where(tf.sequence_mask(lengths, tf.shape(target)[1]))
    labels = tf.SparseTensor(places, tf.gather_nd(target, places) - 1, tf.shape(target, tf.int64))
    turned = tf.transpose(tf.concat([scores[..., 1:], scores[..., :1]], -1), (1, 0, 2))  # it wants none last
    return tf.scatter_nd(known, tf.compat.v1.nn.ctc_loss(labels, turned, own), tf.shape(steps, tf.int64))


class _Average:
    """A running average of a network's weights: short at first, over about a twentieth of all at the end."""

    def __init__(self, model: "keras.Model") -> None:
        self._model, self._weights, self._since = model, [np.array(one) for one in model.get_weights()], 0

    def take(self, share: float) -> None:
        """Take in the weights as they are, a `share` of the training done."""
        self._since += 1
        new = 1.0 if share < 0.05 else max(1 / (1 + 0.05 * self._since), 1e-3)
        for kept, own in zip(self._weights, self._model.get_weights(), strict=True):
            np.add(kept, np.float32(new) * (own - kept), out=kept)

    def copy(self) -> Weights:
        return [kept.copy() for kept in self._weights]

    def judged(self, batches: Sequence[Batch]) -> tuple[float, float]:
        """`validated` of the average; the network itself stays as it is."""
        own = self._model.get_weights()
        self._model.set_weights(self._weights)
        judgement = validated(self._model, batches)
        self._model.set_weights(own)
        return judgement


def validated(model: "keras.Model", batches: Sequence[Batch], *, most: float = 3.0) -> tuple[float, float]:
    """Share of strips read without a mistake by the best path, and the mean CTC loss of their digits.

    A strip counts for at most `most`: where the loss is higher, the label is as likely to be wrong as the network, and
    the surer a network grows, the more a few such strips would weigh.
    """
    exact, losses = [], []
    for pictures, labels in batches:
        if not len(labels):
            continue
        scores = np.asarray(model.predict_on_batch(as_inputs(pictures)))[..., :DIGITS]
        scores = scores - np.logaddexp.reduce(scores, -1, keepdims=True)
        for row, label in zip(scores, labels, strict=True):
            own, digits = row[: label[1]], label[HEAD : HEAD + label[0]]
            losses.append(min(-string_log_likelihood(own, "".join(str(digit - 1) for digit in digits)), most))
            exact.append(np.array_equal(_collapsed(own.argmax(-1)), digits))
    return float(np.mean(exact)), float(np.mean(losses))


def _collapsed(path: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A path's labels, repeats and none left out."""
    changes = np.concatenate([[True], path[1:] != path[:-1]])
    return path[changes & (path > 0)]
