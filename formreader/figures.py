"""Pictures about the CNN: how training went, and which digits it takes for which. Matplotlib is imported inside."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes most of a second to load

    return Figure(figsize=(width, height), layout="constrained")


def plot_training(history: Mapping[str, Sequence[float]], chosen: int, path: Path) -> None:
    """Training and validation accuracy and loss over the epochs, the `chosen` epoch (from 1) marked."""
    figure = _figure(10, 4)
    for axes, name in zip(figure.subplots(1, 2), ("accuracy", "loss"), strict=True):
        epochs = range(1, len(history[name]) + 1)
        axes.plot(epochs, history[name], label="training (degraded digits, marks and junk)")
        axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.axvline(chosen, color="gray", linestyle=":", label=f"chosen: epoch {chosen}")
        axes.set(xlabel="epoch", title=name)
        axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def plot_confusion(counts: npt.NDArray[np.int64], truths: Sequence[str], labels: Sequence[str], path: Path) -> None:
    """How often each true digit (row) was read as each label (column); colour shows the errors only."""
    figure = _figure(8, 6.5)
    axes = figure.subplots()
    errors = counts * (np.array(truths)[:, None] != np.array(labels)[None])
    axes.imshow(errors, cmap="Reds")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(truths)), truths)
    axes.set(xlabel="read as", ylabel="is", title=f"{errors.sum()} of {counts.sum()} wrong")
    figure.savefig(path, dpi=120)
