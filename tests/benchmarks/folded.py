"""Creased and curled pages: how many are laid, how many of their cells are cut centred, and how many wrong.

    python tests/benchmarks/folded.py [--pages 20] [--seed 0] [--strength 1] [--only fold,thirds] [--json FILE]

`fold`: across or down the page once; `thirds`: a letter's two folds; `curl`: a wave. Beyond each fold the paper lies a
little aside, turned and foreshortened, under a shadow. As scans, and as phone photos. A cell is centred where it was
found within a tenth of a cell of its place, wrong where it was trusted more than a quarter of a cell off.
"""

from collections import Counter

import cv2
import numpy as np
from covered import DPI, _photographed, _scanned
from drawn import FORM, filled, scan_of
from figures import asking, save
from registration import GRID

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.printed import project
from formreader.records import Gray
from formreader.register.form import Form
from formreader.template import Template

KINDS = ("fold", "thirds", "curl")


def main() -> None:
    parser = asking(__doc__, pages=20, seed=0, strength=1.0, only=",".join(KINDS))
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    forms, figures = [Form(FORM), Form(GRID)], {}
    print(f"{'kind':16} {'laid':>5} {'refused':>8} {'cells':>6} {'centred':>8} {'weak':>6} {'wrong':>6}")
    for kind in asked.only.split(","):
        for photo in (False, True):
            counts: Counter[str] = Counter()
            for index in range(asked.pages):
                counts += _outcome(
                    kind, photo, forms[index % 2], np.random.default_rng([asked.seed, index]), asked.strength
                )
            name = f"{kind}, {'photo' if photo else 'scan'}"
            figures[name] = dict(counts)
            laid, refused, cells, centred, weak, wrong = (
                counts[key] for key in ("laid", "refused", "cells", "centred", "weak", "wrong")
            )
            print(f"{name:16} {laid:5} {refused:8} {cells:6} {centred:8} {weak:6} {wrong:6}", flush=True)
    save(figures, asked.json)


def _outcome(kind: str, photo: bool, form: Form, rng: np.random.Generator, strength: float) -> Counter[str]:
    page, _ = filled(form.template, seed=int(rng.integers(1000)), dpi=DPI)
    bent, moved = _bent(kind, page, rng, strength)
    if photo:
        gray, onto = _photographed(bent, np.zeros(bent.shape, np.bool_), np.eye(3), rng)
    else:
        gray, onto = _scanned(bent, np.eye(3), rng)
    truth = project(onto, moved(_middles(form.template)))
    try:
        laid = laid_on(scan_of(gray), form)
    except RegistrationError:
        return Counter({"refused": 1})
    frames = laid.frames
    off = np.linalg.norm(np.array([frame.corners.mean(0) for frame in frames]) - truth, axis=1)
    trusted = np.array([frame.quality >= 0.6 for frame in frames])
    cell = np.array([np.linalg.norm(frame.corners[1] - frame.corners[0]) for frame in frames])
    return Counter(
        laid=1,
        cells=len(off),
        centred=int((trusted & (off < 0.1 * cell)).sum()),
        weak=int((~trusted).sum()),
        wrong=int((trusted & (off > 0.25 * cell)).sum()),
    )


def _middles(template: Template) -> np.ndarray:
    """(n, 2) of the cells on a page drawn at `DPI`."""
    return np.array([box.corners.mean(0) for _, _, box in template.cells()]) * DPI / template.dpi


def _bent(kind: str, page: Gray, rng: np.random.Generator, strength: float):
    """The page folded or curled, and the function from (n, 2) points of the flat page to those of the bent one."""
    height, width = page.shape
    down = bool(rng.integers(2))
    length = height if down else width
    folds = {"fold": [rng.uniform(0.25, 0.75)], "thirds": [1 / 3, 2 / 3], "curl": []}[kind]
    sheets = [(fold * length, *rng.uniform(-strength, strength, 3)) for fold in folds]
    wave, phase = strength * rng.uniform(2, 12), rng.uniform(0, np.pi)

    def back(points: np.ndarray) -> np.ndarray:
        """Points of the bent page -> those of the flat one: what stands there is drawn from."""
        flat = points.astype(np.float64).copy()
        along, across = flat[..., int(down)].copy(), flat[..., 1 - int(down)].copy()
        if kind == "curl":
            flat[..., 1 - int(down)] += wave * np.sin(2 * np.pi * along / length + phase)
        for at, shift, turn, short in sheets:
            beyond = np.maximum(along - at, 0)
            on = beyond > 0
            flat[..., 1 - int(down)] += on * 2 * shift + beyond * np.tan(np.radians(0.5 * turn))
            flat[..., int(down)] += beyond * 0.012 * short - on * np.tan(np.radians(0.5 * turn)) * (across - width / 2)
        return flat

    y, x = np.indices(page.shape, np.float32)
    source = back(np.stack([x, y], -1)).astype(np.float32)
    bent = cv2.remap(page, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=(255,))
    place = np.arange(length)
    light = np.ones(length)
    for at, *_ in sheets:
        light *= 1 - rng.uniform(0.1, 0.4) * np.exp(-np.abs(place - at) / rng.uniform(2, 25))
    shaded = bent * (light[:, None] if down else light[None])

    def moved(points: np.ndarray) -> np.ndarray:
        found = points.copy()
        for _ in range(20):
            found = found - (back(found) - points)
        return found

    return np.clip(shaded, 0, 255).astype(np.uint8), moved


if __name__ == "__main__":
    main()
