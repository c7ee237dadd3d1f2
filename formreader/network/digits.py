"""The CNN itself: built in Keras, exported to LiteRT. Keras and TensorFlow are imported inside the functions.

Five convolutions with batch normalization (Ioffe and Szegedy, 2015), the first with a stride of two, then dense and
softmax: LeNet-5's plan with today's parts. 111,000 weights and 2.8 million multiplications a digit; at 28x28
nothing but the first convolution happens, for there LiteRT spends most of its time on moving maps about.
"""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from formreader.classify import LABELS
from formreader.errors import ModelError
from formreader.network.lite import converted
from formreader.records import Digits, Floats32

if TYPE_CHECKING:
    import keras


def build(
    labels: int,
    *,
    filters: Sequence[int] = (24, 32, 32, 64, 64),
    pooled: int = 3,
    whole: int = 4,
    dense: int = 64,
    dropout: float = 0.1,
) -> "keras.Model":
    """The untrained CNN: (n, 28, 28, 1) -> (n, labels) probabilities. Its layer `logits` is what gets exported.

    The first convolution takes every second pixel of its 5x5 view; after the one numbered `pooled` maps are pooled;
    only the first and the one numbered `whole` keep a border, which in a centred digit holds next to nothing.
    """
    import keras  # noqa: PLC0415

    layers = keras.layers
    digit = flow = keras.Input((28, 28, 1), name="digit")
    for number, width in enumerate(filters, 1):
        flow = layers.Conv2D(
            width,
            5 if number == 1 else 3,
            strides=2 if number == 1 else 1,
            padding="same" if number in (1, whole) else "valid",
            use_bias=False,
            name=f"convolution_{number}",
        )(flow)
        flow = layers.BatchNormalization(momentum=0.98, name=f"normalization_{number}")(flow)
        flow = layers.ReLU(name=f"activation_{number}")(flow)
        if number == pooled:
            flow = layers.MaxPooling2D(name=f"pooling_{number}")(flow)
    flow = layers.Dropout(dropout)(layers.Flatten()(flow))
    flow = layers.Dropout(dropout)(layers.Dense(dense, activation="relu", name="dense")(flow))
    logits = layers.Dense(labels, name="logits")(flow)
    return keras.Model(digit, layers.Softmax(name="probabilities")(logits), name="digits")


TEACHERS = {3: (32, 48, 64, 80, 96, 112, 128, 144, 160, 176), 5: (32, 64, 96, 128, 160), 7: (48, 96, 144, 192)}
"""The maps of each convolution, by the side of its kernel."""


def build_teacher(labels: int, kernel: int, *, dropout: float = 0.2) -> "keras.Model":
    """A larger untrained CNN, too slow to read with, whose opinion the small one learns: (n, 28, 28, 1) -> (n, labels).

    Convolutions of `kernel` 3, 5 or 7 without borders, until 8x8 or 4x4 is left, and one dense layer: the three
    networks of An, Lee, Park, Yang and So, "An ensemble of simple convolutional neural network models for MNIST digit
    recognition" (2020). Views of different size err in different places.
    """
    import keras  # noqa: PLC0415

    layers = keras.layers
    digit = flow = keras.Input((28, 28, 1), name="digit")
    for number, width in enumerate(TEACHERS[kernel], 1):
        flow = layers.Conv2D(width, kernel, use_bias=False, name=f"convolution_{number}")(flow)
        flow = layers.BatchNormalization(momentum=0.98, name=f"normalization_{number}")(flow)
        flow = layers.ReLU(name=f"activation_{number}")(flow)
    flow = layers.Dropout(dropout)(layers.Flatten()(flow))
    logits = layers.Dense(labels, dtype="float32", name="logits")(flow)
    return keras.Model(digit, layers.Softmax(dtype="float32", name="probabilities")(logits), name=f"teacher_{kernel}")


def compile_network(model: "keras.Model", *, steps: int, rate: float = 2e-3) -> None:
    """Categorical cross-entropy; Adam, its rate falling along a half cosine over `steps` batches.

    Without label smoothing: it evens out the confidences by which a doubtful digit is told from a sure one (Xia et al.,
    "Towards understanding why label smoothing degrades selective classification", 2024).
    """
    import keras  # noqa: PLC0415

    schedule = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.002)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy"],
    )


def load_network(path: Path, *, compiled: bool = False) -> "keras.Model":
    """A saved .keras model, with its optimizer's state where `compiled`. Raises ModelError where it is no such CNN."""
    import keras  # noqa: PLC0415

    damage = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
    try:
        model = keras.saving.load_model(path, compile=compiled)
    except (*damage, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: Keras cannot load it ({error}). Train it again: formreader model train") from error
    shapes = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if shapes != ((None, 28, 28, 1), (None, len(LABELS))) or "logits" not in [layer.name for layer in model.layers]:
        raise ModelError(
            f"{path}: takes and gives {shapes}, expected (28, 28, 1) and {len(LABELS)} with a layer `logits`. "
            "Train it again: formreader model train"
        )
    return model


def logits_of(model: "keras.Model", digits: Digits, *, batch: int = 1024) -> Floats32:
    """(n, labels) logits by Keras itself."""
    return np.asarray(_without_softmax(model).predict(digits, batch_size=batch, verbose=0), np.float32)


def _without_softmax(model: "keras.Model") -> "keras.Model":
    import keras  # noqa: PLC0415

    return keras.Model(model.inputs, model.get_layer("logits").output)


def export(model: "keras.Model", path: Path, examples: Digits | None = None) -> None:
    """Write `path`, a LiteRT model that gives logits: int8 inside where `examples` calibrate its ranges, else float."""
    each = None if examples is None else [[digit[None]] for digit in examples]
    path.write_bytes(converted(_without_softmax(model), small=each is not None, examples=each))
