"""Networks on LiteRT, TensorFlow's own runtime: opened, and asked about many examples in one call. Never imports
TensorFlow.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from formreader.errors import ModelError
from formreader.quiet import stderr_closed
from formreader.records import Floats32


def open_interpreter(path: Path) -> Interpreter:
    """The LiteRT model in `path`, on one thread: pages run side by side, not digits. ModelError where it is none."""
    check_kind(path)
    try:
        with stderr_closed():  # it announces its delegate
            # By its content: LiteRT maps a file, and crashes where another program writes to it.
            interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: LiteRT cannot run it ({error}). Train it again or reinstall formreader") from error
    return interpreter


opened = cache(open_interpreter)
"""The same, once in each process."""


def check_kind(path: Path) -> None:
    """ModelError where the file begins as no LiteRT model does."""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"TFL3":
            raise ModelError(
                f"{path}: not a LiteRT model. Reading needs the .tflite file that formreader model train writes beside "
                "each .keras file"
            )


def infer(network: Interpreter, *given: npt.NDArray[np.generic]) -> Floats32:
    """What the network says of n > 0 examples, in one call. Of several things that it is given of each, (n, ...), the
    one with most dimensions comes first.
    """
    inlets = sorted(network.get_input_details(), key=lambda inlet: -len(inlet["shape"]))
    if tuple(inlets[0]["shape"]) != given[0].shape:
        for inlet, values in zip(inlets, given, strict=True):
            network.resize_tensor_input(inlet["index"], values.shape)
        network.allocate_tensors()
    for inlet, values in zip(inlets, given, strict=True):
        network.set_tensor(inlet["index"], np.ascontiguousarray(values, np.float32))
    network.invoke()
    return np.asarray(network.get_tensor(network.get_output_details()[0]["index"]), np.float32)
