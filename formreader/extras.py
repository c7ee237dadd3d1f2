"""What is only installed on request: asked for here before it is imported, so that its absence has a remedy."""

import os
from importlib.util import find_spec

from formreader.errors import ModelError
from formreader.quiet import stderr_closed


def require_training(*modules: str, why: str = "Training needs") -> None:
    """Raise ModelError where one of `modules` of the extra `train` is not installed; `tensorflow` is loaded too.

    `why`: what is said before the remedy.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ModelError(f"{', '.join(missing)} not installed. {why}: pip install 'formreader[train]'")
    if "tensorflow" in modules:
        _load_quietly()


def _load_quietly() -> None:
    """Import TensorFlow and let it look for its devices: it tells stderr all about it, before any option is heard."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with stderr_closed():
        import tensorflow as tf  # noqa: PLC0415

        tf.config.list_physical_devices()
        tf.get_logger().setLevel("ERROR")  # it warns of each network that is run once


def require_pictures() -> None:
    """Raise ModelError where matplotlib, which draws the pictures, is not installed."""
    if find_spec("matplotlib") is None:
        raise ModelError("matplotlib not installed. Pictures need: pip install 'formreader[train]'")
