"""A fitted strip network -> its file for reading, calibrated: how sure a reading is, by how sure both readers are."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from formreader.atomic import check_place, written_whole
from formreader.classify import DigitModel, load_model
from formreader.dataset.runs import RealStrip, worn
from formreader.dataset.strips import strip_data
from formreader.errors import ModelError
from formreader.extras import require_training
from formreader.network.strips import export_strips, load_weights, save_weights
from formreader.records import Flags, Floats, Gray
from formreader.scans.files import sha256_of
from formreader.strips import read_strip
from formreader.strips.ink import ink_of
from formreader.strips.model import StripModel, load_strip_model
from formreader.train.strip_fit import Progress, StripPlan, Weights, fit_strips

if TYPE_CHECKING:
    import keras

Calibration = tuple[float, float, float]


def train_strips(
    folders: Sequence[tuple[Path, int]],
    data: Sequence[Path],
    *,
    output: Path,
    plan: StripPlan,
    start: Path | None = None,
    progress: Progress | None = None,
) -> StripModel:
    """Train on the strips of `folders` and the digits of `data` (see `strip_data`), and write `output` (.tflite).

    Beside it lies a .npz, from which as `start` another training can go on; it is written whenever the network has
    become better, so that a training may be cut off. Of each folder its last so many strips by name are left for
    measuring. The epoch is chosen, and the calibration fitted, on strips held back.
    Raises ModelError where the request or the data is no good.
    """
    _check_request(output)
    begun = None if start is None else load_weights(start)
    made_from = _made_from(folders, data, start)
    learned = strip_data(folders, data, load_model(), load_strip_model())
    history: list[dict[str, float]] = []

    def noted(epoch: int, epochs: int, figures: dict[str, float]) -> None:
        history.append(figures)
        if progress:
            progress(epoch, epochs, figures)

    def kept(weights: Weights) -> None:
        save_weights(weights, output.with_suffix(".npz"))

    began = time.monotonic()
    model = fit_strips(learned, plan, start=begun, progress=noted, better=kept)
    record = made_from | {
        "strips": len(learned.strips),
        **{name: getattr(plan, name) for name in ("seed", "epochs", "batch")},
        "seconds": round(time.monotonic() - began, 1),
        "history": history,
    }
    return release_strips(model, output, careful(learned.held), load_model(), {"training": record})


def _check_request(output: Path) -> None:
    """Find out before the work whether it can be done; ModelError if not, OSError where nothing can be written."""
    if output.suffix != ".tflite" or not output.parent.is_dir():
        raise ModelError(f"{output}: cannot be written. Give a file ending in .tflite in a folder that exists")
    check_place(output)
    require_training("tensorflow", "keras")


def _made_from(folders: Sequence[tuple[Path, int]], data: Sequence[Path], start: Path | None) -> dict[str, object]:
    """What a network was made from, and by which libraries: for its record."""
    return {
        "truth_sha256": [sha256_of(folder / "truth.csv") for folder, _ in folders],
        "data": {path.name: sha256_of(path) for path in data},
        "start_sha256": None if start is None else sha256_of(start),
        "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy", "opencv-python-headless")},
    }


def careful(held: Sequence[RealStrip]) -> list[tuple[Gray, str]]:
    """The pictures and digits of those strips in which somebody marked each digit's place, if there are any.

    Labels made in passing are wrong now and then; by them a network that is right would learn to distrust itself.
    """
    known = [strip for strip in held if strip.gray is not None]
    placed = [strip for strip in known if strip.spans]
    return [(strip.gray, strip.digits) for strip in placed or known if strip.gray is not None]


def release_strips(
    model: "keras.Model", output: Path, held: Sequence[tuple[Gray, str]], digits: DigitModel, record: Mapping[str, Any]
) -> StripModel:
    """Write `output` (.tflite), calibrated on `held`: strips that nothing was learned from, and their digits."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / output.name
        export_strips(model, draft, {**record, "calibration": [0.0, 1.0, 0.0]})
        weights = calibration_of(load_strip_model(draft), digits, held)
    save_weights(model.get_weights(), output.with_suffix(".npz"))
    with written_whole(output) as unfinished:
        export_strips(model, unfinished, {**record, "calibration": list(weights)})
    return load_strip_model(output)


def calibration_of(
    model: StripModel, digits: DigitModel, held: Sequence[tuple[Gray, str]], *, views: int = 6
) -> Calibration:
    """The logistic regression of being right upon what both readers give a reading, see `StripModel.weights`.

    Each strip counts as it is and `views` times as other hands and papers would show it: strips held back come from
    the same few people as those learned from, and calibrated on these alone a model boasts.
    """
    rng = np.random.default_rng(1)
    seen = [(view, truth) for gray, truth in held for view in (gray, *(_other(gray, rng) for _ in range(views)))]
    read = [(read_strip(gray, replace(model, weights=(0.0, 1.0, 0.0)), digits), truth) for gray, truth in seen]
    known = [
        (reading.agreement, reading.digits == truth)
        for reading, truth in read
        if reading.digits and not reading.left_over
    ]
    return _fitted(np.array([pair[0] for pair in known]), np.array([pair[1] for pair in known]))


def _other(gray: Gray, rng: np.random.Generator) -> Gray:
    ink = worn(ink_of(gray), rng)
    return np.asarray(230 - ink * rng.uniform(0.4, 0.85), np.uint8)


def _fitted(features: Floats, right: Flags, *, prior: float = 0.002, mislabelled: float = 0.01) -> Calibration:
    """Newton's method, the slopes held small by `prior`: few strips may all be right.

    So many labels are taken to be wrong: by these, which are among the surest, all that is sure would be distrusted.
    """
    if not len(features):  # nothing was read, so nothing is to be trusted
        return -10.0, 0.0, 0.0
    inputs = np.column_stack([np.ones(len(features)), features])
    weights, ridge = np.array([0.0, 0.5, 0.3]), prior * len(features) * np.diag([0.3, 1.0, 1.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        truly = np.where(right, 1.0, mislabelled * chance / (1 - (1 - mislabelled) * chance))
        slope = inputs.T @ (truly - chance) - ridge @ weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + ridge + 1e-6 * np.eye(3)
        weights = weights + np.clip(np.linalg.solve(curve, slope), -0.5, 0.5)
    first, network, alone = weights.tolist()
    return float(first), max(float(network), 0.0), max(float(alone), 0.0)
