"""Real scans and photos made worse in sixteen ways: how many fields are accepted, and which of them are wrong.

    python tests/benchmarks/worsened.py [--sets tally,floating] [--ways blurred,faded] [--mixtures 0] [--seed 0]
        [--data ../shared/data] [--json FILE]

Other scanners and phones are not at hand; what they do to a picture is: less resolution, blur, shake, noise, shadow,
faint ink, black and white. How many fields are accepted says little (some ways leave nothing to be read), but what is
accepted must be right. Each wrong one is named: found here first were a blurred `$` that was read as a 5, and a date
whose boxes were lost. With `--mixtures N`, in place of each way alone: N pairs of ways, one after the other, drawn by
the seed.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import floating
import numpy as np
import tally
from cv2.typing import MatLike
from figures import asking, save

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.records import ScanRef
from formreader.template import Template, load_template, load_templates

HERE = Path(__file__).resolve()
FORMS = HERE.parents[1] / "forms"


@dataclass(frozen=True)
class Known:
    """Scans whose fields are known."""

    scans: tuple[Path, ...]
    template: Template
    truth: Mapping[tuple[str, str], str | None]
    """Name of the scan and of the field -> its value; None where it must be rejected."""


def tally_forms(data: Path) -> Known:
    folder = data / "forms" / "tally"
    template = load_template(FORMS / "tally.json")
    truth: dict[tuple[str, str], str | None] = {
        (f"scan-{row['scan']}.jpg", field.name): _plain(row[field.name])
        for row in _rows(folder)
        for field in template.fields
    }
    truth |= {(f"scan-{scan}.jpg", field): None for scan, field in tally.UNREADABLE}
    return Known(tuple(sorted(folder.glob("*.jpg"))), template, truth)


def floating_combs(data: Path) -> Known:
    folder = data / "forms" / "floating"
    truth = {(row["file"], "number"): row["digits"] for row in _rows(folder)}
    return Known(tuple(sorted(folder.glob("*.png"))), floating.template(9), truth)


def marked_photo(data: Path) -> Known:
    folder, photo = data / "forms" / "marked", "data_sample_01.jpg"
    rows = [row for row in _rows(folder) if row["photo"] == photo]
    parts = ("men", "women", "total")
    truth = {(photo, f"{row['row']}_{part}"): _plain(row[part]) for row in rows for part in parts if row[part]}
    return Known((folder / photo,), load_template(FORMS / "marked-data.json"), truth)


def cheques(kind: str) -> Callable[[Path], Known]:
    def known(data: Path) -> Known:
        folder = data / "cheques" / kind
        rows = [row for row in _rows(folder) if row.get("sure") != "0"]
        names = [name for name in ("amount", "date") if name in rows[0]]
        truth = {(row["file"], name): row[name] for row in rows for name in names}
        return Known(tuple(folder / row["file"] for row in rows), next(iter(load_templates("cheque").values())), truth)

    return known


SETS: dict[str, Callable[[Path], Known]] = {
    "tally": tally_forms,
    "floating": floating_combs,
    "marked": marked_photo,
    "photos": cheques("photos"),
    "indian": cheques("indian"),
}


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plain(cells: str) -> str:
    return cells.replace("X", "").replace("_", "")


# ---- ways to make a picture worse: (height, width, 3) uint8


def _levels(picture: MatLike) -> MatLike:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _smaller(picture: MatLike) -> MatLike:
    return cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)


def _compressed(picture: MatLike) -> MatLike:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 25])[1], cv2.IMREAD_COLOR)


def _blurred(sigma: float) -> Callable[[MatLike], MatLike]:
    return lambda picture: cv2.GaussianBlur(picture, (0, 0), sigma)


def _shaken(picture: MatLike) -> MatLike:
    return cv2.filter2D(picture, -1, np.eye(7) / 7)


def _noisy(picture: MatLike) -> MatLike:
    return _levels(picture + np.random.default_rng(5).normal(0, 14, picture.shape))


def _specked(picture: MatLike) -> MatLike:
    chance, specked = np.random.default_rng(5).random(picture.shape[:2]), picture.copy()
    specked[chance < 0.01], specked[chance > 0.99] = 0, 255
    return specked


def _shadowed(picture: MatLike) -> MatLike:
    height, width = picture.shape[:2]
    light = np.linspace(0.55, 1.05, width) * np.linspace(1.05, 0.75, height)[:, None]
    return _levels(picture * light[..., None])


def _turned(picture: MatLike) -> MatLike:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4, 0.97)
    return cv2.warpAffine(picture, turn, (width, height), borderValue=(200, 200, 200))


def _leaning(picture: MatLike) -> MatLike:
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array([width, height], np.float32)
    seen = np.array([[0.04, 0.03], [0.98, 0], [0.94, 0.98], [0, 0.95]], np.float32) * corners.max(0)
    warp = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return cv2.warpPerspective(picture, warp, (width, height), borderValue=(90, 110, 120))


def _black_and_white(picture: MatLike) -> MatLike:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 41, 12)


WAYS: dict[str, Callable[[MatLike], MatLike]] = {
    "as it is": lambda picture: picture,
    "smaller": _smaller,
    "compressed": _compressed,
    "blurred": _blurred(1.6),
    "blurred more": _blurred(2.4),
    "shaken": _shaken,
    "noisy": _noisy,
    "specked": _specked,
    "shadowed": _shadowed,
    "dark": lambda picture: _levels(0.45 * picture + 10),
    "faded": lambda picture: _levels(255 - 0.35 * (255.0 - picture)),
    "turned": _turned,
    "leaning": _leaning,
    "black and white": _black_and_white,
    "thickened": lambda picture: cv2.erode(picture, np.ones((3, 3), np.uint8)),
    "thinned": lambda picture: cv2.dilate(picture, np.ones((3, 3), np.uint8)),
}


def mixtures(ways: Sequence[str], count: int, seed: int) -> dict[str, Callable[[MatLike], MatLike]]:
    """So many pairs of ways, one after the other."""
    drawn = np.random.default_rng(seed)
    pairs = [drawn.choice([way for way in ways if way != "as it is"], 2, replace=False) for _ in range(count)]
    return {f"{first}, {then}": lambda picture, a=first, b=then: WAYS[b](WAYS[a](picture)) for first, then in pairs}


def measure(known: Known, way: Callable[[MatLike], MatLike], folder: Path) -> dict[str, object]:
    """Fields known, accepted, and the wrong ones among these: scan, field, value, truth."""
    accepted, wrong = 0, []
    for page in read_pages(_worse(known.scans, way, folder), known.template, load_model()):
        for field in page.fields:
            key = page.ref.file, field.field
            if key in known.truth and field.status in ("read", "blank"):
                accepted += 1
                if field.value != known.truth[key]:
                    wrong.append((*key, field.value, known.truth[key]))
    return {"fields": len(known.truth), "accepted": accepted, "wrong": wrong}


def _worse(scans: tuple[Path, ...], way: Callable[[MatLike], MatLike], folder: Path) -> Iterator[ScanRef]:
    """One at a time on disk."""
    for scan in scans:
        path = folder / "worse.png"
        picture = cv2.imdecode(np.fromfile(scan, np.uint8), cv2.IMREAD_COLOR)
        cv2.imwrite(str(path), way(picture))
        yield ScanRef(str(path), scan.name)
        path.unlink()


def main() -> None:
    parser = asking(__doc__, sets=",".join(SETS), ways=",".join(WAYS), mixtures=0, seed=0)
    parser.add_argument("--data", type=Path, default=HERE.parents[3] / "shared" / "data")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    names = asked.ways.split(",")
    ways = mixtures(names, asked.mixtures, asked.seed) if asked.mixtures else {name: WAYS[name] for name in names}
    figures: dict[str, dict[str, object]] = {}
    print(f"{'':40} {'fields':>7} {'accepted':>9} {'wrong':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.sets.split(","):
            known = SETS[name](asked.data)
            for way, work in ways.items():
                found = figures[f"{name}, {way}"] = measure(known, work, Path(folder))
                wrong = list(found["wrong"])
                print(f"{name + ', ' + way:40} {found['fields']:7} {found['accepted']:9} {len(wrong):6}", *wrong)
    save(figures, asked.json)


if __name__ == "__main__":
    main()
