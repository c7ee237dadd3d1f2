"""Train the CNN, calibrate it, export it, and keep in its file how it came about."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np

from formreader import __version__
from formreader.calibration import fit_calibration
from formreader.classify import LABELS, ModelRecord, infer, open_interpreter, read_record, write_record
from formreader.dataset import DigitSet, load_digits, mixture, split
from formreader.errors import ModelError
from formreader.extras import require_training
from formreader.figures import plot_training
from formreader.fit import Plan, Progress, arrays, fit
from formreader.measure import evaluate, info
from formreader.network import export, logits_of
from formreader.normalize import NORMALIZATION

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
    """From 1: the one with the least validation loss."""
    seconds: float
    """All epochs together, those before an interruption too."""
    start: Mapping[str, Any] | None
    """sha256 and record of the model that this one went on from."""
    parameters: int
    history: Mapping[str, Sequence[float]]
    """accuracy, loss, val_accuracy, val_loss by epoch."""
    agreement: Mapping[str, float]
    """int8, float: share of the test digits that LiteRT and Keras read alike."""
    test_error: Mapping[str, float]
    """int8, float, keras: share of the test digits whose likeliest digit is wrong."""
    versions: Mapping[str, str]


def train(
    data: Sequence[Path] = (),
    *,
    output: Path,
    plot: Path | None = None,
    report: Path | None = None,
    start: Path | None = None,
    epochs: int = 40,
    epoch_digits: int = 50_000,
    seed: int = 1,
    validation_share: float = 0.05,
    progress: Progress | None = None,
) -> TrainingRecord:
    """Train on the digits of `data` (MNIST where empty) and write `output` (.keras), NAME.tflite and NAME-float.tflite.

    `start` is a .keras model to go on from, at a lower rate; give another `seed` then, to learn from other examples.
    An interrupted run goes on after its last epoch: `.checkpoints` beside `output` keeps it. The first file's test part
    measures the result; nothing is chosen by it. `plot` shows the epochs; `report` is a folder for that and for the
    page of `measure.evaluate`. Raises ModelError where data, output or the exported model is no good.
    """
    require_training("tensorflow", "keras", "matplotlib", "HersheyFonts")
    _check_request(output, epochs)
    if start:
        read_record(start)
    files: Sequence[Path | None] = list(data) or [None]
    test = load_digits(files[0], "test")
    parts = [split(load_digits(path, "train"), validation_share) for path in files]
    plan = Plan(tuple(part[0] for part in parts), tuple(part[1] for part in parts), seed, epochs, epoch_digits, start)
    model, history = fit(plan, output.parent / ".checkpoints" / output.stem, progress)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.stem}-") as folder:
        paths = _exported(plan, model, Path(folder) / output.name)
        compared = _compared(model, paths, test)
        made = TrainingRecord(
            data=tuple({"name": part.name, "digits": len(part), "sha256": part.sha256} for part in plan.sources),
            seed=seed,
            epochs=epochs,
            epoch_digits=epoch_digits,
            chosen_epoch=1 + int(np.argmin(history["val_loss"])),
            start={key: info(start)[key] for key in ("sha256", "training")} if start else None,
            seconds=round(sum(history["seconds"]), 1),
            parameters=model.count_params(),
            history=history,
            versions=_versions(),
            **compared,
        )
        temperature, junk = _calibration(plan, paths[1])
        _sign(paths, ModelRecord(LABELS, NORMALIZATION, temperature, junk, asdict(made)))
        for path in paths:
            path.replace(output.parent / path.name)
    if report:
        evaluate(files[0], model=output.with_suffix(".tflite"), report=report)
        plot_training(made.history, made.chosen_epoch, report / "training.png")
    if plot:
        plot_training(made.history, made.chosen_epoch, plot)
    return made


def _versions() -> dict[str, str]:
    libraries = ("tensorflow", "keras", "ai-edge-litert", "numpy", "opencv-python-headless", "hershey-fonts")
    return {"formreader": __version__, "python": python_version(), **{name: version(name) for name in libraries}}


def _check_request(output: Path, epochs: int) -> None:
    if output.suffix != ".keras" or not output.parent.is_dir():
        raise ModelError(f"{output}: cannot be written. Give a file ending in .keras in a folder that exists")
    if epochs < 1:
        raise ModelError(f"{epochs} epochs: nothing to train. Give at least 1")


def _exported(plan: Plan, model: "keras.Model", path: Path) -> tuple[Path, Path, Path]:
    """The Keras, the int8 and the float LiteRT file, without their record yet."""
    int8, full = path.with_suffix(".tflite"), path.with_name(f"{path.stem}-float.tflite")
    model.save(path)
    export(model, int8, arrays(mixture(plan.sources, 1000, (plan.seed, 2_000_000)))[0])
    export(model, full)
    return path, int8, full


def _compared(
    model: "keras.Model", paths: tuple[Path, Path, Path], test: DigitSet, *, least: float = 0.998
) -> dict[str, dict[str, float]]:
    """Agreement of both LiteRT models with Keras, and everyone's error. ModelError where they agree on too little."""
    digits = test.normalized()
    logits = {
        "keras": logits_of(model, digits),
        "int8": infer(open_interpreter(paths[1]), digits),
        "float": infer(open_interpreter(paths[2]), digits),
    }
    read = {name: values.argmax(axis=1) for name, values in logits.items()}
    agreement = {name: float((read[name] == read["keras"]).mean()) for name in ("int8", "float")}
    if min(agreement.values()) < least:
        raise ModelError(
            f"{paths[0].name}: the exported models read {agreement} of the test digits as Keras does, at least {least} "
            "is needed. Train for more epochs, on more digits"
        )
    errors = {name: float((values[:, :10].argmax(1) != test.labels).mean()) for name, values in logits.items()}
    return {"agreement": agreement, "test_error": errors}


def _calibration(plan: Plan, path: Path, *, count: int = 15_000) -> tuple[float, float]:
    """Temperature and junk of the int8 model, on validation digits as cells hold them: some degraded, little junk."""
    cells = mixture(plan.held, count, (plan.seed, 3_000_000), degraded=0.4, rubbish=0.02)
    logits = infer(open_interpreter(path), arrays(cells)[0])
    return fit_calibration(logits, cells.labels, LABELS.index("?"))


def _sign(paths: tuple[Path, ...], record: ModelRecord) -> None:
    for path in paths:
        write_record(path, record)
