"""A Keras model -> the bytes of a LiteRT model, with weights of 8 bits or as it is."""

import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from formreader.quiet import stderr_closed

if TYPE_CHECKING:
    import keras


def converted(model: "keras.Model", *, small: bool = True, examples: Sequence[Any] | None = None) -> bytes:
    """The model for LiteRT: its weights in 8 bits where it is to be `small`.

    Its sums too, where `examples` say what ranges they have: each as what the model takes, with a batch of one.
    """
    import tensorflow as tf  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, stderr_closed():  # it tells how each of its steps went
        model.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if small:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if examples is not None:
            converter.representative_dataset = lambda: iter(examples)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        body: bytes = converter.convert()
        return body
