"""A fitted CNN -> its three files, each with the record of how it came about."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np

from formreader import __version__
from formreader.atomic import check_place
from formreader.classify import LABELS, ModelRecord, infer, open_network, read_record, softmax, write_record
from formreader.classify.calibration import fit_calibration
from formreader.dataset import DigitSet, mixture
from formreader.errors import ModelError
from formreader.measure import evaluate, info
from formreader.measure.figures import plot_training
from formreader.network import export, logits_of
from formreader.normalize import NORMALIZATION
from formreader.records import Floats32
from formreader.shipped import shipped
from formreader.train.fit import Plan
from formreader.train.lessons import as_digits

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class TrainingRecord:
    """How a model came about; kept inside its file."""

    data: tuple[Mapping[str, Any], ...]
    """name, digits, sha256 of each file."""
    seed: int
    epochs: int
    epoch_digits: int
    chosen_epoch: int
    """From 1: the one with the least validation loss; the last one where it learned from corrections."""
    seconds: float
    """All epochs together, those before an interruption too."""
    start: Mapping[str, Any] | None
    """sha256 and record of the model that this one went on from."""
    teachers: int
    """Larger CNNs, trained before it on the same examples, whose opinion counted beside the labels."""
    parameters: int
    history: Mapping[str, Sequence[float]]
    """accuracy, loss, val_accuracy, val_loss by epoch."""
    agreement: Mapping[str, float]
    """int8, float: share of the test digits that LiteRT and Keras read alike, as `agree` counts it."""
    test_error: Mapping[str, float]
    """int8, float, keras: share of the test digits whose likeliest digit is wrong."""
    versions: Mapping[str, str]
    """Of formreader, python and the libraries."""
    corrections: Mapping[str, Any] | None = None
    """crops learned from, crops kept apart, sha256; and the verdict beside the model it went on from."""


@dataclass(frozen=True)
class Candidate:
    """A fitted CNN and its files, exported, measured and calibrated, in a folder that goes."""

    model: "keras.Model"
    paths: tuple[Path, Path, Path]
    """Keras, int8, float; without their record yet."""
    figures: Mapping[str, Mapping[str, float]]
    """agreement and test_error of the TrainingRecord."""
    temperature: float
    junk: float

    @property
    def record(self) -> ModelRecord:
        return ModelRecord(LABELS, NORMALIZATION, self.temperature, self.junk)


def check_request(output: Path, epochs: int, start: Path | None) -> None:
    """Find out before the work whether it can be done; ModelError if not, OSError where nothing can be written."""
    if output.suffix != ".keras" or not output.parent.is_dir():
        raise ModelError(f"{output}: cannot be written. Give a file ending in .keras in a folder that exists")
    if output.resolve().parent == shipped("models").resolve():
        raise ModelError(f"{output}: is where the model lies that comes with formreader. Write to another folder")
    check_place(output)
    if epochs < 1:
        raise ModelError(f"{epochs} epochs: nothing to train. Give at least 1")
    if start:
        read_record(start)
        if start.suffix != ".keras":
            raise ModelError(f"{start}: cannot be trained further. Give the .keras file that was written beside it")


@contextmanager
def exported(plan: Plan, model: "keras.Model", test: DigitSet, output: Path) -> Iterator[Candidate]:
    """The candidate for `output`, gone after the block. ModelError where the exported models do not read as Keras."""
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.stem}-") as folder:
        paths = _files(plan, model, Path(folder) / output.name)
        figures = _compared(model, paths, test)
        yield Candidate(model, paths, figures, *_calibration(plan, paths[1]))


def described(
    plan: Plan,
    candidate: Candidate,
    history: Mapping[str, Sequence[float]],
    chosen_epoch: int,
    corrections: Mapping[str, Any] | None = None,
) -> TrainingRecord:
    """How the candidate came about."""
    return TrainingRecord(
        data=tuple({"name": part.name, "digits": len(part), "sha256": part.sha256} for part in plan.sources),
        seed=plan.seed,
        epochs=plan.epochs,
        epoch_digits=plan.epoch_digits,
        chosen_epoch=chosen_epoch,
        seconds=round(sum(history["seconds"]), 1),
        start={key: info(plan.start)[key] for key in ("sha256", "training")} if plan.start else None,
        teachers=len(plan.teachers),
        parameters=candidate.model.count_params(),
        history=history,
        agreement=candidate.figures["agreement"],
        test_error=candidate.figures["test_error"],
        versions=_versions(),
        corrections=corrections,
    )


def publish(candidate: Candidate, made: TrainingRecord, folder: Path) -> None:
    """Give the files their record and move them to `folder`."""
    for path in candidate.paths:
        write_record(path, replace(candidate.record, training=asdict(made)))
    for path in candidate.paths:
        path.replace(folder / path.name)


def picture(made: TrainingRecord, data: Path | None, model: Path, *, plot: Path | None, report: Path | None) -> None:
    """Draw the epochs to `plot`; and, into the folder `report`, those and what `model` does with the test digits."""
    if report:
        evaluate(data, model=model, report=report)
        plot_training(made.history, made.chosen_epoch, report / "training.png")
    if plot:
        plot_training(made.history, made.chosen_epoch, plot)


def _versions() -> dict[str, str]:
    libraries = ("tensorflow", "keras", "ai-edge-litert", "numpy", "opencv-python-headless", "hershey-fonts")
    return {"formreader": __version__, "python": python_version(), **{name: version(name) for name in libraries}}


def _files(plan: Plan, model: "keras.Model", path: Path) -> tuple[Path, Path, Path]:
    """The Keras, the int8 and the float LiteRT file, without their record yet."""
    int8, full = path.with_suffix(".tflite"), path.with_name(f"{path.stem}-float.tflite")
    model.save(path)
    export(model, int8, as_digits(mixture(plan.sources, 1000, (plan.seed, 2_000_000)).images))
    export(model, full)
    return path, int8, full


def _compared(
    model: "keras.Model", paths: tuple[Path, Path, Path], test: DigitSet, *, least: float = 0.998
) -> dict[str, dict[str, float]]:
    """Agreement of both LiteRT models with Keras, and everyone's error. ModelError where they agree on too little."""
    digits = test.normalized()
    logits = {
        "keras": logits_of(model, digits),
        "int8": infer(open_network(paths[1]), digits),
        "float": infer(open_network(paths[2]), digits),
    }
    agreement = {name: agree(logits["keras"], logits[name]) for name in ("int8", "float")}
    if min(agreement.values()) < least:
        raise ModelError(
            f"{paths[0].name}: the exported models read {agreement} of the test digits as Keras does, at least {least} "
            "is needed. Train for more epochs, on more digits"
        )
    errors = {name: float((values[:, :10].argmax(1) != test.labels).mean()) for name, values in logits.items()}
    return {"agreement": agreement, "test_error": errors}


def agree(keras: Floats32, other: Floats32, *, tie: float = 0.1) -> float:
    """Share of digits whose likeliest label by `other` is by `keras` the likeliest too, or within `tie` of it.

    Both: logits (n, labels). A model that has hardly been trained has many ties, which a rounding decides.
    """
    likely = softmax(keras)
    return float((likely.max(axis=1) - likely[np.arange(len(likely)), other.argmax(axis=1)] <= tie).mean())


def _calibration(plan: Plan, path: Path, *, most: int = 15_000) -> tuple[float, float]:
    """Temperature and junk of the int8 model, on validation digits as cells hold them: some degraded, little junk.

    At `most` so many, and no more than two epochs hold: what has hardly been trained is not worth more time.
    """
    cells = mixture(plan.held, min(most, 2 * plan.epoch_digits), (plan.seed, 3_000_000), degraded=0.4, rubbish=0.02)
    logits = infer(open_network(path), as_digits(cells.images))
    return fit_calibration(logits, cells.labels, LABELS.index("?"))
