"""The strip network: built and fitted in Keras, exported to LiteRT. Keras and TensorFlow are imported inside functions.

A small fully convolutional network read out by CTC (Graves et al., "Connectionist temporal classification", 2006): a
column of features for every second column of the picture, each with a score for the ten digits and for none.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from formreader.classify.packed import RECORD
from formreader.errors import ModelError
from formreader.network.lite import converted
from formreader.records import Floats32
from formreader.strips.ctc import SYMBOLS
from formreader.strips.ink import ROWS

if TYPE_CHECKING:
    import keras

STRIDE = 2
"""Columns of the picture for one step of the network."""

DIGITS = 11
"""The network's first columns: none, then the digits 0 to 9. Behind them: none, then the signs of `SYMBOLS`."""


def build_strip_network(*, dropout: float = 0.15, noise: float = 0.04) -> "keras.Model":
    """(n, 32, w, 1) -> (n, w / 2, 11 + 18) logits: none and the ten digits; again none, digits and marks.

    Two readings by one body: what a real strip is labelled with is its digits alone, what was composed knows its marks.
    """
    import keras  # noqa: PLC0415

    layers = keras.layers
    picture = keras.Input((ROWS, None, 1), name="strip")

    def convolution(
        flow: "keras.KerasTensor", width: int, kernel: tuple[int, int], **how: object
    ) -> "keras.KerasTensor":
        flow = layers.Conv2D(width, kernel, use_bias=False, **{"padding": "same", **how})(flow)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(flow))

    def beside(flow: "keras.KerasTensor", kernel: tuple[int, int], share: float = 0.0) -> "keras.KerasTensor":
        return layers.Add()([flow, layers.Dropout(share)(convolution(flow, flow.shape[-1], kernel))])

    flow = convolution(layers.GaussianNoise(noise)(picture), 32, (5, 5), strides=(2, 2))
    flow = beside(convolution(flow, 48, (3, 3)), (3, 3))
    flow = layers.MaxPooling2D((2, 1))(flow)
    flow = beside(convolution(flow, 72, (3, 3)), (3, 3))
    flow = layers.MaxPooling2D((2, 1))(flow)
    flow = beside(convolution(flow, 112, (3, 3)), (3, 3), dropout / 2)
    flow = layers.ZeroPadding2D(((0, 0), (1, 1)))(flow)
    flow = layers.Dropout(dropout)(convolution(flow, 144, (4, 3), padding="valid"))
    flow = beside(beside(flow, (1, 5), dropout), (1, 5), dropout)
    logits = layers.Conv2D(DIGITS + 1 + len(SYMBOLS), (1, 1), name="logits")(flow)
    return keras.Model(picture, layers.Reshape((-1, DIGITS + 1 + len(SYMBOLS)))(logits), name="strips")


def export_strips(model: "keras.Model", path: Path, record: Mapping[str, Any]) -> None:
    """Write `path`: LiteRT with weights of 8 bits for strips of any width, and the record behind it."""
    body = converted(model)
    path.write_bytes(body)
    own = {"kind": "strips", "body_bytes": len(body), "body_sha256": hashlib.sha256(body).hexdigest()}
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD), json.dumps({**record, **own}, indent=1, sort_keys=True))


def save_weights(weights: Sequence[Floats32], path: Path) -> None:
    """Write what training can go on from to `path` (.npz): kernels in 16 bits, the rest in 32."""
    kept = {
        f"{index:03}": value.astype(np.float16 if value.ndim > 1 else np.float32) for index, value in enumerate(weights)
    }
    np.savez_compressed(path, **kept)  # type: ignore[arg-type]  # its other arguments have other names


def load_weights(path: Path) -> list[Floats32]:
    """What `save_weights` wrote. Raises ModelError where it is none, or of another network."""
    try:
        with np.load(path) as file:
            weights = [file[name].astype(np.float32) for name in sorted(file.files)]
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: no weights of a strip network ({error}). Give the .npz that train-strips wrote"
        ) from error
    own = [value.shape for value in build_strip_network().get_weights()]
    if [value.shape for value in weights] != own:
        raise ModelError(f"{path}: weights of another network. Give the .npz that model train-strips wrote")
    return weights
