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
from formreader.shipped import shipped

Shape = tuple[int, ...]


class Network:
    """A network that is open: where it takes what it is asked about, and gives its answer."""

    def __init__(self, interpreter: Interpreter) -> None:
        inlets = sorted(interpreter.get_input_details(), key=lambda inlet: -len(inlet["shape"]))
        outlet = interpreter.get_output_details()[0]
        self.interpreter, self.inlets, self.outlet = interpreter, [inlet["index"] for inlet in inlets], outlet["index"]
        self.takes: Shape = tuple(inlets[0]["shape"].tolist())
        self.gives: Shape = tuple(outlet["shape"].tolist())
        self.room: Shape = ()
        """The shape that it was last asked about."""


def open_network(path: Path) -> Network:
    """The LiteRT model in `path`, on one thread: pages run side by side, not digits. ModelError where it is none."""
    check_kind(path)
    try:
        with stderr_closed():  # it announces its delegate
            # By its content: LiteRT maps a file, and crashes where another program writes to it.
            interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: LiteRT cannot run it ({error}). Train it again or reinstall formreader") from error
    return Network(interpreter)


@cache
def opened(name: str, path: Path | None = None) -> Network:
    """The network in `path`, else the one of that name that comes along; once in each process."""
    return open_network(path or shipped("models") / f"{name}.tflite")


def check_kind(path: Path) -> None:
    """ModelError where the file begins as no LiteRT model does."""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"TFL3":
            raise ModelError(
                f"{path}: not a LiteRT model. Reading needs the .tflite file that formreader model train writes beside "
                "each .keras file"
            )


def infer(network: Network, *given: npt.NDArray[np.generic]) -> Floats32:
    """What the network says of n > 0 examples, in one call. Of several things that it is given of each, (n, ...), the
    one with most dimensions comes first.
    """
    interpreter = network.interpreter
    if network.room != given[0].shape:
        network.room = ()
        for inlet, values in zip(network.inlets, given, strict=True):
            interpreter.resize_tensor_input(inlet, values.shape)
        interpreter.allocate_tensors()
        network.room = given[0].shape
    for inlet, values in zip(network.inlets, given, strict=True):
        interpreter.set_tensor(inlet, np.ascontiguousarray(values, np.float32))
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(network.outlet), np.float32)
