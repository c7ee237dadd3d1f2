"""The strip network: built and fitted in Keras, exported to LiteRT. Keras and TensorFlow are imported inside functions.

A small fully convolutional network read out by CTC (Graves et al., "Connectionist temporal classification", 2006): a
column of features for every second column of the picture, each with a score for the ten digits and for none.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import RECORD
from formreader.quiet import stderr_closed
from formreader.strip_ink import ROWS, Ink
from formreader.strip_samples import StripSample

if TYPE_CHECKING:
    import keras

STRIDE = 2
"""Columns of the picture for one step of the network."""

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]
"""Pictures (n, 32, w, 1) 0..1, digits (n, longest) from 1 (0 fills), their counts (n,), the pictures' steps (n,)."""


def build_strip_network(*, dropout: float = 0.1) -> "keras.Model":
    """(n, 32, w, 1) -> (n, w / 2, 11) logits: none, then the digits 0 to 9."""
    import keras  # noqa: PLC0415

    layers = keras.layers
    picture = flow = keras.Input((ROWS, None, 1), name="strip")

    def convolution(
        flow: "keras.KerasTensor", width: int, kernel: tuple[int, int], **how: object
    ) -> "keras.KerasTensor":
        flow = layers.Conv2D(width, kernel, use_bias=False, **{"padding": "same", **how})(flow)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(flow))

    flow = convolution(flow, 24, (5, 5), strides=(2, 2))
    flow = convolution(flow, 32, (3, 3))
    flow = layers.MaxPooling2D((2, 1))(flow)
    flow = convolution(flow, 48, (3, 3))
    flow = layers.MaxPooling2D((2, 1))(flow)
    flow = convolution(flow, 64, (3, 3))
    flow = layers.ZeroPadding2D(((0, 0), (1, 1)))(flow)
    flow = convolution(flow, 96, (4, 3), padding="valid")
    flow = layers.Dropout(dropout)(convolution(flow, 96, (1, 5)))
    flow = layers.Dropout(dropout)(convolution(flow, 96, (1, 3)))
    logits = layers.Conv2D(11, (1, 1), name="logits")(flow)
    return keras.Model(picture, layers.Reshape((-1, 11))(logits), name="strips")


def batched(samples: Sequence[StripSample], size: int, *, width: int) -> list[Batch]:
    """Batches of samples of like width, each padded with paper to the next of a few widths, at most `width`."""
    order = sorted(range(len(samples)), key=lambda index: samples[index].picture.shape[1])
    return [_batch([samples[index] for index in order[at : at + size]], width) for at in range(0, len(order), size)]


def _batch(samples: Sequence[StripSample], widest: int) -> Batch:
    pictures = [as_wide(sample.picture, widest) for sample in samples]
    wide = max(picture.shape[1] for picture in pictures)
    wide = -(-wide // 64) * 64
    made = np.zeros((len(samples), ROWS, wide, 1), np.float32)
    longest = max(len(sample.digits) for sample in samples)
    digits = np.zeros((len(samples), longest), np.int32)
    for index, (picture, sample) in enumerate(zip(pictures, samples, strict=True)):
        made[index, :, : picture.shape[1], 0] = picture.astype(np.float32) / 255
        digits[index, : len(sample.digits)] = [int(digit) + 1 for digit in sample.digits]
    steps = [-(-picture.shape[1] // STRIDE) for picture in pictures]
    return made, digits, np.array([len(s.digits) for s in samples], np.int32), np.array(steps, np.int32)


def export_strips(model: "keras.Model", path: Path, record: Mapping[str, Any]) -> None:
    """Write `path`: LiteRT with weights of 16 bits for strips of any width, and the record behind it."""
    import tensorflow as tf  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, stderr_closed():  # it tells how each of its steps went
        model.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        body = converter.convert()
    path.write_bytes(body)
    own = {"kind": "strips", "body_bytes": len(body), "body_sha256": hashlib.sha256(body).hexdigest()}
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD), json.dumps({**record, **own}, indent=1, sort_keys=True))


def as_wide(picture: Ink, widest: int) -> Ink:
    """The picture, squeezed where it is wider than `widest`."""
    if picture.shape[1] <= widest:
        return picture
    return np.asarray(cv2.resize(picture, (widest, ROWS), interpolation=cv2.INTER_AREA), np.uint8)
