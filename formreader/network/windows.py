"""The networks that see a window of a run of digits: built in Keras; `network.export` writes them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def build(
    size: tuple[int, int], outputs: int, *, filters: Sequence[int] = (16, 24, 32, 40), dense: int = 32
) -> "keras.Model":
    """The untrained network: (n, *size, 2) from 0 paper to 1 ink -> (n, `outputs`) logits.

    `size`: (height, width). The two channels are the writing, and the part of it that is asked about.
    """
    import keras  # noqa: PLC0415

    layers = keras.layers
    flow = seen = keras.Input((*size, 2))
    for number, width in enumerate(filters, 1):
        kernel, stride = (5, 2) if number == 1 else (3, 1)
        flow = layers.Conv2D(width, kernel, strides=stride, padding="same", use_bias=False)(flow)
        flow = layers.ReLU()(layers.BatchNormalization()(flow))
        if number % 2 == 0:
            flow = layers.MaxPooling2D()(flow)
    flow = layers.Dense(dense, activation="relu")(layers.Dropout(0.15)(layers.Flatten()(flow)))
    return keras.Model(seen, layers.Dense(outputs, name="logits")(flow), name="windows")
