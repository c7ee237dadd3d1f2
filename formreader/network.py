"""The CNN itself: built in Keras, exported to LiteRT. Keras and TensorFlow are imported inside the functions.

Four convolutions with batch normalization (Ioffe and Szegedy, 2015), three of them followed by pooling, then dense and
softmax: LeNet-5's plan with today's parts. 136,000 weights and 3.7 million multiplications a digit.
"""

import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from formreader.errors import ModelError
from formreader.records import Digits

if TYPE_CHECKING:
    import keras


def build(
    labels: int,
    *,
    filters: Sequence[int] = (16, 32, 64, 64),
    pooled: Sequence[int] = (1, 2, 4),
    dense: int = 128,
    dropout: float = 0.3,
) -> "keras.Model":
    """The untrained CNN: (n, 28, 28, 1) -> (n, labels) probabilities. Its layer `logits` is what gets exported."""
    import keras  # noqa: PLC0415

    layers = keras.layers
    digit = flow = keras.Input((28, 28, 1), name="digit")
    for number, width in enumerate(filters, 1):
        flow = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"convolution_{number}")(flow)
        flow = layers.BatchNormalization(momentum=0.95, name=f"normalization_{number}")(flow)
        flow = layers.ReLU(name=f"activation_{number}")(flow)
        if number in pooled:
            flow = layers.MaxPooling2D(name=f"pooling_{number}")(flow)
    flow = layers.Dropout(dropout)(layers.Flatten()(flow))
    flow = layers.Dropout(dropout)(layers.Dense(dense, activation="relu", name="dense")(flow))
    logits = layers.Dense(labels, name="logits")(flow)
    return keras.Model(digit, layers.Softmax(name="probabilities")(logits), name="digits")


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
    """A saved .keras model, with its optimizer's state where `compiled`. Raises ModelError where it is not one."""
    import keras  # noqa: PLC0415

    try:
        return keras.saving.load_model(path, compile=compiled)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: Keras cannot load it ({error}). Train it again: formreader model train") from error


def logits_of(model: "keras.Model", digits: Digits, *, batch: int = 1024) -> npt.NDArray[np.float32]:
    """(n, labels) logits by Keras itself."""
    return np.asarray(_without_softmax(model).predict(digits, batch_size=batch, verbose=0), np.float32)


def _without_softmax(model: "keras.Model") -> "keras.Model":
    import keras  # noqa: PLC0415

    return keras.Model(model.inputs, model.get_layer("logits").output)


def export(model: "keras.Model", path: Path, examples: Digits | None = None) -> None:
    """Write `path`, a LiteRT model that gives logits: int8 inside where `examples` calibrate its ranges, else float."""
    import tensorflow as tf  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        _without_softmax(model).export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if examples is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([digit[None]] for digit in examples)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        path.write_bytes(converter.convert())
