"""Write the extra digit files that the shipped model learns from and is measured on; see models/README.md.

    python tests/benchmarks/prepare_digits.py ../shared/data FOLDER

Kept apart, in the files named `*-test.npz`, and never in a `*-train.npz`: the last 200 cheque amounts by name, every
fifth exam digit, and whole writers (4, 9 and 14, so that no hand is on both sides). Nothing of this is committed.

`hands-*.npz` hold what training leaves out for validation, of MNIST and of the writers, to fill forms in with
(`simulated.py --digits`) where a promise is calibrated: those it is measured on afterwards are others.
"""

import csv
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from figures import asking

from formreader.dataset.digits import load_digits, split

Images = npt.NDArray[np.uint8]

LEFT_OUT_WRITERS = (4, 9, 14)
LEFT_OUT_CHEQUES = 200

MISLABELLED = {"mnist": (451, 1282)}
"""Of the digits held back: a 6 that is said to be a 1, and a 9 that is said to be a 3, as everybody would see."""


def main(data: Path, folder: Path) -> None:
    """Write the training and test files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    exam = np.load(data / "digits" / "exam.npz")
    fifth = np.arange(len(exam["y"])) % 5 == 0
    _save(folder, "exam", exam["x"], exam["y"], fifth)
    writers = np.load(data / "digits" / "writers.npz")
    _save(folder, "writers", writers["x"], writers["y"], np.isin(writers["writer"], LEFT_OUT_WRITERS))
    _save(folder, "cheques", *_cheque_digits(data / "cheques" / "amounts"))
    for name, path in (("mnist", data / "digits" / "mnist.npz"), ("writers", folder / "writers-train.npz")):
        _, held = split(load_digits(path, "train"), 0.05)  # as training does
        sound = np.delete(np.arange(len(held)), MISLABELLED.get(name, ()))
        np.savez_compressed(folder / f"hands-{name}.npz", x=held.images[sound], y=held.labels[sound].astype(np.uint8))
        print(f"hands-{name}.npz: {len(sound)} digits")


def _save(folder: Path, name: str, images: Images, labels: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]) -> None:
    for part, chosen in (("train", ~kept), ("test", kept)):
        np.savez_compressed(folder / f"{name}-{part}.npz", x=images[chosen], y=labels[chosen].astype(np.uint8))
        print(f"{name}-{part}.npz: {chosen.sum()} digits")


def _cheque_digits(folder: Path) -> tuple[Images, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Images (n, 48, 48), labels, and which come from the last files by name. Neighbours' ink stays only in those."""
    with (folder / "truth.csv").open(newline="") as table:
        rows = sorted(row for row in csv.reader(table) if row[0] != "file")
    images, labels, kept = [], [], []
    for number, (file, _, places) in enumerate(rows):
        last = number >= len(rows) - LEFT_OUT_CHEQUES
        ink = _ink(cv2.imread(str(folder / file), cv2.IMREAD_GRAYSCALE))
        boxes = [tuple(map(int, place.split(":")[1].split(","))) for place in places.split()]
        for index, box in enumerate(boxes):
            own = ink if last else _without_neighbours(ink, box)
            if _inside(own, box).sum() < 0.5 * _inside(ink, box).sum():
                continue  # it hangs together with so much else that nothing can be told apart
            images.append(_in_square(_inside(own, box)))
            labels.append(int(places.split()[index][0]))
            kept.append(last)
    return np.array(images), np.array(labels), np.array(kept)


def _without_neighbours(ink: Images, own: tuple[int, ...]) -> Images:
    """The ink less every connected piece of which the digit's own box holds under a quarter."""
    count, pieces = cv2.connectedComponents((ink > 60).astype(np.uint8))
    stays = np.bincount(_inside(pieces, own).ravel(), minlength=count) >= 0.25 * np.bincount(
        pieces.ravel(), minlength=count
    )
    stays[0] = True
    return ink * stays[pieces].astype(np.uint8)


def _inside(picture: npt.NDArray[Any], box: tuple[int, ...]) -> npt.NDArray[Any]:
    left, top, width, height = box
    return picture[max(top, 0) : top + height, max(left, 0) : left + width]


def _ink(gray: Images) -> Images:
    """Pen strokes bright on black: darker than their surroundings by more than the guilloche is."""
    paper = cv2.medianBlur(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), 15)
    darker = cv2.subtract(paper, gray).astype(np.float32)
    strong = np.percentile(darker, 98)
    return np.clip((darker - 0.3 * strong) / (0.7 * strong) * 255, 0, 255).astype(np.uint8)


def _in_square(ink: Images, side: int = 48) -> Images:
    """The picture in the middle of a square; shrunk only where it is larger."""
    scale = min(1.0, side / max(ink.shape))
    if scale < 1:
        size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
        ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    above, before = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    return np.pad(ink, ((above, side - ink.shape[0] - above), (before, side - ink.shape[1] - before)))


if __name__ == "__main__":
    parser = asking(__doc__, figures=False)
    parser.add_argument("data", type=Path, help="the shared data")
    parser.add_argument("folder", type=Path, help="where the files go")
    given = parser.parse_args()
    main(given.data, given.folder)
