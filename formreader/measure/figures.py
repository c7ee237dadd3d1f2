"""Pictures about the CNN: how training went, and which digits it takes for which. Matplotlib is imported inside."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify.calibration import calibration_error, read_rate
from formreader.dataset import DigitSet
from formreader.records import Digits, Flags, Floats32, Probabilities

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Floats = npt.NDArray[np.floating]


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


def confusion_counts(labels: npt.NDArray[np.int64], probabilities: Probabilities) -> npt.NDArray[np.int64]:
    """(10, labels): how often each true digit had each label for its likeliest."""
    counts = np.zeros((10, probabilities.shape[1]), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def plot_confusion(counts: npt.NDArray[np.int64], truths: Sequence[str], labels: Sequence[str], path: Path) -> None:
    """`confusion` as a PNG."""
    confusion(counts, truths, labels).savefig(path, dpi=120)


def confusion(counts: npt.NDArray[np.int64], truths: Sequence[str], labels: Sequence[str]) -> "Figure":
    """How often each true digit (row) was read as each label (column); colour shows the errors only."""
    figure = _figure(8, 6.5)
    axes = figure.subplots()
    errors = counts * (np.array(truths)[:, None] != np.array(labels)[None])
    axes.imshow(errors, cmap="Reds")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ink = "white" if errors[row, column] > errors.max() / 2 else "black"
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8, color=ink)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(truths)), truths)
    axes.set(xlabel="read as", ylabel="is", title=f"{errors.sum()} of {counts.sum()} wrong, or for no digit")
    return figure


def reliability(confidence: Floats, right: Flags, *, bins: int = 15) -> "Figure":
    """Share that is right against confidence, in bins of equal width (Niculescu-Mizil and Caruana, 2005)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    filled = counts > 0
    sure = np.bincount(which, weights=confidence, minlength=bins)[filled] / counts[filled]
    share = np.bincount(which, weights=right, minlength=bins)[filled] / counts[filled]
    figure = _figure(7, 6)
    top, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    top.plot([0, 1], [0, 1], color="gray", linestyle=":", label="perfect")
    top.plot(sure, share, "o-", label=f"measured, ECE {calibration_error(confidence, right, bins=bins):.2%}")
    top.set(ylabel="share right", ylim=(-0.02, 1.02))
    top.legend()
    below.bar((np.arange(bins) + 0.5) / bins, counts, width=0.9 / bins, color="tab:blue", log=True)
    below.set(xlabel="confidence", ylabel="digits", xlim=(0, 1))
    return figure


def error_reject(confidence: Floats, right: Flags, *, most: float = 0.001) -> "Figure":
    """Errors among the accepted digits against the share accepted, surest first (Chow, 1970)."""
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(right) + 1)
    wrong = np.cumsum(~right[order]) / count
    figure = _figure(8, 5)
    axes = figure.subplots()
    axes.plot(100 * count / len(right), 100 * wrong)
    axes.axhline(100 * most, color="gray", linestyle=":")
    reached = read_rate(confidence, right, most=most)
    axes.axvline(100 * reached, color="gray", linestyle=":", label=f"{reached:.1%} read at {most:.1%} error")
    axes.set_yscale("symlog", linthresh=0.05)
    first = 100 * float(np.argmax(wrong > 0)) / len(right)
    axes.set(xlabel="accepted, %", ylabel="wrong among these, %", ylim=(0, None), xlim=(max(first - 5, 0), 100.5))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def misread_sheet(
    digits: DigitSet, normalized: Digits, best: npt.NDArray[np.int64], confidence: Floats, *, most: int = 240
) -> "tuple[Figure | None, str]":
    """Every misread digit, surest first: as given, and as the CNN saw it; and a sentence on how many are shown."""
    wrong = np.flatnonzero(best != digits.labels)
    if not len(wrong):
        return None, "None: every digit was read right."
    shown = wrong[np.argsort(-confidence[wrong], kind="stable")][:most]
    columns = min(8, len(shown))
    rows = -(-len(shown) // columns)
    figure = _figure(1.6 * max(columns, 3), 1.25 * rows)
    grid = np.ravel(figure.subplots(rows, columns, squeeze=False))
    for axes in grid:
        axes.axis("off")
    for axes, index in zip(grid, shown, strict=False):
        axes.imshow(_beside(digits.images[index], normalized[index, ..., 0]), cmap="gray_r", vmin=0, vmax=1)
        caption = f"{digits.labels[index]} read {best[index]}, {confidence[index]:.0%}, #{index}"
        axes.set_title(caption, fontsize=7)
    missing = f" The {len(shown)} surest are shown." if len(shown) < len(wrong) else ""
    note = f"{len(wrong)} of {len(digits)}, surest first: as given, then as the CNN saw it; # is the place in the file."
    return figure, note + missing


def _beside(given: npt.NDArray[np.uint8], seen: Floats32) -> Floats32:
    """Both pictures 56 high, a line between."""
    width = max(1, round(56 * given.shape[1] / given.shape[0]))
    left = cv2.resize(given, (width, 56), interpolation=cv2.INTER_NEAREST).astype(np.float32) / 255
    right = cv2.resize(seen, (56, 56), interpolation=cv2.INTER_NEAREST)
    return np.hstack([left, np.full((56, 2), 0.4, np.float32), right])
