"""The network that tells zeros that hang together: built in Keras; `network.export` writes it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from formreader.strips.zeros import HIGH, WIDE, ZEROS

if TYPE_CHECKING:
    import keras


def build(*, filters: Sequence[int] = (16, 24, 32, 40), dense: int = 32) -> "keras.Model":
    """The untrained network: (n, HIGH, WIDE, 2) from 0 paper to 1 ink -> (n, 3) logits: something else, 00, 000."""
    import keras  # noqa: PLC0415

    layers = keras.layers
    flow = seen = keras.Input((HIGH, WIDE, 2))
    for number, width in enumerate(filters, 1):
        kernel, stride = (5, 2) if number == 1 else (3, 1)
        flow = layers.Conv2D(width, kernel, strides=stride, padding="same", use_bias=False)(flow)
        flow = layers.ReLU()(layers.BatchNormalization()(flow))
        if number % 2 == 0:
            flow = layers.MaxPooling2D()(flow)
    flow = layers.Dense(dense, activation="relu")(layers.Dropout(0.15)(layers.Flatten()(flow)))
    return keras.Model(seen, layers.Dense(1 + len(ZEROS), name="logits")(flow), name="zeros")
