"""The network that tells two digits on top of each other: built in Keras, exported to LiteRT.

It sees the writing larger than the digit CNN does, and is told what that reads there: a 4 with one stroke too many is
another picture than a 9 with one.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from formreader.classify.overwritten import BESIDE, SIDE
from formreader.network.lite import converted
from formreader.records import Floats32

if TYPE_CHECKING:
    import keras


def build(*, filters: tuple[int, ...] = (16, 32, 48, 64), told: int = BESIDE) -> "keras.Model":
    """The untrained network: (n, SIDE, SIDE, 1) and (n, told) -> (n, 1) log-odds. Every second layer is pooled."""
    import keras  # noqa: PLC0415

    layers = keras.layers
    writing, beside = keras.Input((SIDE, SIDE, 1), name="writing"), keras.Input((told,), name="beside")
    flow = writing
    for number, width in enumerate(filters, 1):
        first = number == 1
        flow = layers.Conv2D(width, 5 if first else 3, strides=2 if first else 1, use_bias=False)(flow)
        flow = layers.ReLU()(layers.BatchNormalization()(flow))
        if number % 2 == 0:
            flow = layers.MaxPooling2D()(flow)
    flow = layers.Concatenate()([layers.Dropout(0.3)(layers.Flatten()(flow)), beside])
    flow = layers.Dropout(0.2)(layers.Dense(64, activation="relu")(flow))
    flow = layers.Dense(32, activation="relu")(layers.Concatenate()([flow, beside]))
    return keras.Model([writing, beside], layers.Dense(1)(flow), name="overwritten")


def export(model: "keras.Model", path: Path, writing: Floats32, beside: Floats32) -> None:
    """Write `path`, a LiteRT model of 8 bits; the examples say what ranges its values have."""
    pairs = zip(writing.astype(np.float32), beside.astype(np.float32), strict=True)
    path.write_bytes(converted(model, examples=[{"writing": one[None], "beside": two[None]} for one, two in pairs]))
