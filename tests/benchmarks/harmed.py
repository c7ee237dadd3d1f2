"""Pages that something happened to: how many are laid, and how many cells are trusted where they are not.

    python tests/benchmarks/harmed.py [--pages 24] [--seed 0] [--only slip,patch] [--ways scan,photo] [--json FILE]
        [--keep FOLDER]

Drawn forms, and where ../shared/data is there real ones, flattened. `slip`: the feeder skipped or repeated a strip,
half of the time of exactly a row of cells; `patch`: a piece of the same form lies upon it; `plain`: a piece of blank
paper; `torn`: a part is missing; `under`: a second page shows beyond an edge; `shadow`: one with a sharp edge;
`cockled`, `crumpled`: paper that is not flat in any direction; `squeezed`: longer or shorter one way; `coarse`: a fax
of half as many lines; `faint`: pale, paler to one side. Of fields that are trusted as a whole, a cell is aside by more
than a tenth of its side, wrong by more than a quarter, or where it is not to be seen.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save
from photographed import _drawn, _real, photo_of

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.printed import project
from formreader.records import Gray, Scan, ScanRef
from formreader.register.form import Form

Points = np.ndarray
Move = Callable[[Points], Points]


@dataclass(frozen=True)
class Harmed:
    """A page after its harm."""

    gray: Gray
    moved: Move = lambda points: points
    """(n, 2) where points of the sound page are now."""
    hidden: Callable[[Points], np.ndarray] = lambda points: np.full(len(points), -np.inf)
    """(n,) how many pixels within what is not seen any more points of the sound page are; below 0 outside."""


def main() -> None:
    parser = asking(__doc__, pages=24, seed=0, only=",".join(HARMS), ways="scan,photo", keep=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    made, figures = [*_drawn(), *_real()], {}
    names = ("laid", "refused", "cells", "weak", "aside", "wrong")
    print(f"{'harm':18}" + "".join(f"{name:>8}" for name in names))
    for harm in asked.only.split(","):
        for way in asked.ways.split(","):
            counts: Counter[str] = Counter()
            for index in range(asked.pages):
                rng = np.random.default_rng([asked.seed, index])
                form, page_of = made[index % len(made)]
                page = HARMS[harm](page_of(rng), form, rng)
                name = f"{harm}-{way}-{asked.seed}-{index}"
                counts += _outcome(page, form, *_seen(way, page, rng), keep=asked.keep, name=name)
            figures[f"{harm}, {way}"] = dict(counts)
            print(f"{harm + ', ' + way:18}" + "".join(f"{counts[name]:8}" for name in names), flush=True)
    save(figures, asked.json)


def _seen(way: str, page: Harmed, rng: np.random.Generator) -> tuple[Gray, Move]:
    """The page as scanned or photographed, and where its points, as harmed, are then."""
    if way == "photo":
        return photo_of(page.gray, rng)
    zoom = max(1.0, 1754 / max(page.gray.shape))
    size = round(zoom * page.gray.shape[1]), round(zoom * page.gray.shape[0])
    move = np.eye(3)
    move[:2] = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.uniform(-4, 4), rng.uniform(0.97, 1.0))
    move = move @ np.diag([zoom, zoom, 1.0])
    seen = cv2.warpPerspective(page.gray, move, size, flags=cv2.INTER_LINEAR, borderValue=(250,))
    seen = np.clip(seen + rng.normal(0, 4, seen.shape), 0, 255).astype(np.uint8)
    return seen, lambda points: project(move, points)


def _outcome(page: Harmed, form: Form, gray: Gray, onto: Move, *, name: str, keep: Path | None) -> Counter[str]:
    boxes = np.array([box.corners for _, _, box in form.template.cells()], np.float64)
    truth = onto(page.moved(boxes.reshape(-1, 2))).reshape(boxes.shape)
    hidden = page.hidden(boxes.mean(1)) / form.shortest
    try:
        laid = laid_on(Scan(ScanRef("harmed.png", name), gray), form)
    except RegistrationError:
        return Counter({"refused": 1})
    frames = laid.frames
    off = np.linalg.norm(np.array([frame.corners.mean(0) for frame in frames]) - truth.mean(1), axis=1)
    off /= np.linalg.norm(truth - np.roll(truth, 1, axis=1), axis=2).min(1)
    off[hidden > -0.8] = 0  # cut in two, or as good as whole: nobody can say
    off[hidden > 0.3] = np.inf
    trusted = np.array([frame.quality >= 0.6 for frame in frames])
    fields = np.unique([field.name for field, _, _ in form.template.cells()], return_inverse=True)[1]
    whole = ~np.isin(fields, fields[~trusted])
    aside, wrong = whole & (off > 0.1) & (off <= 0.25), whole & (off > 0.25)
    if aside.any() or wrong.any():
        counts = f"{aside.sum()} aside, {wrong.sum()} wrong of {len(off)}"
        print(f"  {name} {form.template.name} {laid.page.quality:.2f}: {counts}")
        if keep:
            _keep(keep / f"{name}.png", gray, np.array([frame.corners for frame in frames]), off, whole)
    return Counter(
        laid=1,
        cells=len(off),
        weak=int((~trusted).sum()),
        aside=int(aside.sum()),
        wrong=int(wrong.sum()),
    )


def _keep(path: Path, gray: Gray, frames: np.ndarray, off: np.ndarray, whole: np.ndarray) -> None:
    """The scan with its cells: green where right, orange aside, red wrong, blue where not trusted."""
    picture = cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
    for corners, one, trusted in zip(frames, off, whole, strict=True):
        colour = (0, 180, 0) if one <= 0.1 else (0, 140, 255) if one <= 0.25 else (0, 0, 255)
        corner = np.round(corners * 16).astype(np.int32)
        cv2.polylines(picture, [corner], True, colour if trusted else (255, 0, 0), 2, cv2.LINE_AA, 4)
    path.parent.mkdir(exist_ok=True, parents=True)
    cv2.imwrite(str(path), picture)


def _slip(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """All below a line moved up, what was there gone, or moved down, what is above shown twice."""
    height = page.shape[0]
    cell = form.shortest
    steps = np.abs(form.steps[:, 1])
    row = float(steps[steps > 0].min()) if (steps > 0).any() else 1.2 * cell
    by = round(row if rng.random() < 0.5 else rng.uniform(0.12, 1.3) * cell)
    at = int(rng.uniform(form.middles[:, 1].min() - cell, form.middles[:, 1].max() + cell))
    at = min(max(at, by + 1), height - by - 2)
    if rng.random() < 0.5:
        rest = np.full((by, page.shape[1]), 250, np.uint8)
        return Harmed(
            np.concatenate([page[:at], page[at + by :], rest]),
            lambda points: points - (points[:, 1:] > at + by) * [0, by],
            lambda points: by / 2 - np.abs(points[:, 1] - at - by / 2),
        )
    twice = np.concatenate([page[:at], page[at - by : height - by]])
    # What is shown twice may be read at either place.
    return Harmed(
        twice,
        lambda points: points + (points[:, 1:] > at - by / 2) * [0, by],
        lambda points: np.where(np.abs(points[:, 1] - at + by / 2) < by / 2 + 0.8 * cell, 0, -np.inf),
    )


def _patched(page: Gray, rng: np.random.Generator, patch: Gray, top: int, left: int) -> Harmed:
    high, wide = patch.shape
    page[top : top + high, left : left + wide] = patch
    shade = page[top + high : top + high + 3, left : left + wide]
    shade[:] = (0.75 * shade).astype(np.uint8)
    low, most = np.array([left, top]), np.array([left + wide, top + high])
    return Harmed(page, hidden=lambda points: np.minimum(points - low, most - points).min(1))


def _patch(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """A piece of the form torn off elsewhere."""
    size = (rng.uniform(0.12, 0.4, 2) * page.shape).astype(int)
    (top, left), (y, x) = (rng.integers(0, np.array(page.shape) - size - 4) for _ in range(2))
    return _patched(page, rng, page[y : y + size[0], x : x + size[1]].copy(), int(top), int(left))


def _plain(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    size = (rng.uniform(0.12, 0.4, 2) * page.shape).astype(int)
    top, left = rng.integers(0, np.array(page.shape) - size - 4)
    return _patched(page, rng, np.full(size, rng.integers(225, 255), np.uint8), int(top), int(left))


def _torn(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """A part at one edge is not there: the ground is seen, or white."""
    way, share = int(rng.integers(2)), rng.uniform(0.05, 0.5)
    length = page.shape[1 - way]
    edge = share * length if rng.random() < 0.5 else (1 - share) * length
    y, x = np.indices(page.shape)
    along = (x, y)[way] + 6 * np.sin((y, x)[way] / 23)
    beyond = along < edge if edge < length / 2 else along > edge
    page[beyond] = rng.choice([255, 60])
    return Harmed(page, hidden=lambda points: (edge - points[:, way]) * (1 if edge < length / 2 else -1))


def _under(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """Another page of the form beneath, that shows beyond the lower or the right edge."""
    down, by = bool(rng.integers(2)), int(rng.uniform(0.03, 0.2) * page.shape[0])
    other = page.copy()
    both = np.concatenate([page, other[-by:]]) if down else np.concatenate([page, other[:, -by:]], axis=1)
    edge = page.shape[0] if down else page.shape[1]
    line = both[edge : edge + 3] if down else both[:, edge : edge + 3]
    line[:] = 120
    return Harmed(both)


def _shadow(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    y, x = np.indices(page.shape, np.float32)
    about = rng.uniform(0, 2 * np.pi)
    along = (x / page.shape[1] - 0.5) * np.cos(about) + (y / page.shape[0] - 0.5) * np.sin(about)
    edge = 1 / (1 + np.exp(-(along - rng.uniform(-0.3, 0.3)) * rng.uniform(50, 800)))
    return Harmed((page * (1 - rng.uniform(0.35, 0.7) * edge)).astype(np.uint8))


def _bent(page: Gray, by: np.ndarray) -> Harmed:
    """`by`: (height, width, 2) how far each point of the page seen is from the one that it shows."""
    y, x = np.indices(page.shape, np.float32)
    seen = cv2.remap(page, x + by[..., 0], y + by[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def moved(points: Points) -> Points:
        found = points.astype(np.float64).copy()
        for _ in range(20):
            column, row = np.clip(found.round().astype(int), 0, np.array(page.shape[::-1]) - 1).T
            found = points - by[row, column]
        return found

    return Harmed(seen, moved)


def _cockled(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """Waves along and across."""
    y, x = np.indices(page.shape, np.float32)
    by = np.zeros((*page.shape, 2), np.float32)
    for way in (0, 1):
        high = rng.uniform(0.05, 0.3) * form.shortest
        down, across = rng.uniform(0.5, 2.5, 2) * 2 * np.pi / max(page.shape)
        by[..., way] = high * np.sin(down * y + across * x + rng.uniform(0, 6))
    return _bent(page, by)


def _crumpled(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """No two places moved alike."""
    sigma = rng.uniform(2, 6) * form.shortest
    small = np.array(page.shape) // 8 + 1
    by = np.stack([cv2.GaussianBlur(rng.normal(0, 1, small), (0, 0), sigma / 8) for _ in range(2)], -1)
    by *= rng.uniform(0.05, 0.25) * form.shortest / np.abs(by).max()
    return _bent(page, cv2.resize(by.astype(np.float32), page.shape[::-1], interpolation=cv2.INTER_CUBIC))


def _squeezed(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    across, down = (rng.uniform(0.88, 1.12), 1.0) if rng.random() < 0.5 else (1.0, rng.uniform(0.88, 1.12))
    size = round(page.shape[1] * across), round(page.shape[0] * down)
    scale = np.array([size[0] / page.shape[1], size[1] / page.shape[0]])
    return Harmed(cv2.resize(page, size, interpolation=cv2.INTER_AREA), lambda points: (points + 0.5) * scale - 0.5)


def _coarse(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """Black and white, half as many lines as columns."""
    small = cv2.resize(page, (page.shape[1], page.shape[0] // 2), interpolation=cv2.INTER_AREA)
    bits = np.where(small > rng.uniform(150, 210), 255, 0).astype(np.uint8)
    return Harmed(cv2.resize(bits, page.shape[::-1], interpolation=cv2.INTER_NEAREST))


def _faint(page: Gray, form: Form, rng: np.random.Generator) -> Harmed:
    """Pale, paler to one side."""
    about = rng.uniform(0, 2 * np.pi)
    y, x = np.indices(page.shape, np.float32)
    along = (x / page.shape[1] - 0.5) * np.cos(about) + (y / page.shape[0] - 0.5) * np.sin(about)
    kept = np.clip(0.35 + rng.uniform(0.2, 1) * along, 0.04, 1)
    return Harmed((235 - (235 - np.minimum(page, 235)) * kept).astype(np.uint8))


HARMS = {
    "slip": _slip,
    "patch": _patch,
    "plain": _plain,
    "torn": _torn,
    "under": _under,
    "shadow": _shadow,
    "cockled": _cockled,
    "crumpled": _crumpled,
    "squeezed": _squeezed,
    "coarse": _coarse,
    "faint": _faint,
}

if __name__ == "__main__":
    main()
