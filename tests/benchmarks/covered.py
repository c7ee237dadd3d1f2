"""Pages with something upon them: how many are laid, refused, and laid wrong, which must be none.

    python tests/benchmarks/covered.py [--pages 40] [--seed 0] [--only hand,photo] [--json FILE]

Of each kind so many pages, of forms that are all identical rows or boxes two in three. On flat scans: a hand, a dark
thing over the first or the last rows, rows that the scan does not show, another version of the form with a dark bar in
place of a row. On phone photos: nothing, a hand, a corner cut off.
"""

import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save
from registration import GRID

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.printed import project
from formreader.records import Gray, Matrix
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.template import Template

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from camera import before_a_camera
from drawn import FORM, TABLE, filled, scan_of

DPI = 150
FLAT, PHOTOS = ("hand", "block", "bar", "cut"), ("photo", "photo hand", "photo corner")


def main() -> None:
    parser = asking(__doc__, pages=40, seed=0)
    parser.add_argument("--only", default=",".join((*FLAT, *PHOTOS)), help="kinds of pages")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    forms = [Form(TABLE), Form(GRID), Form(FORM)]
    counts: Counter[str] = Counter()
    for kind in asked.only.split(","):
        took = 0.0
        for index in range(asked.pages):
            # A photo of the table shows too few lines, and it looks the same upside-down.
            form = forms[index % 3] if kind in FLAT else forms[1 + index % 2]
            rng = np.random.default_rng([asked.seed, index])
            gray, to_scan = _page(kind, form.template, rng, seed=index)
            start = time.process_time()
            counts[f"{kind}: {_outcome(gray, to_scan, form)}"] += 1
            took += time.process_time() - start
        print(f"{kind:28} {1e3 * took / asked.pages:.0f} ms a page")
    for name, count in sorted(counts.items()):
        print(f"{name:28} {count}")
    save(counts, asked.json)


def _outcome(gray: Gray, to_scan: Matrix, form: Form) -> str:
    try:
        page = laid_on(scan_of(gray), form).page
    except RegistrationError:
        return "refused"
    truth = project(to_scan, form.sides)
    off = np.linalg.norm(on_scan(page, form.sides) - truth, axis=2)
    return "laid" if off.max() < 0.3 * np.linalg.norm(truth[:, 1] - truth[:, 0], axis=1).min() else "laid wrong"


def _page(kind: str, template: Template, rng: np.random.Generator, *, seed: int) -> tuple[Gray, Matrix]:
    """The page as scanned, and template pixels -> its pixels."""
    page, _ = filled(template, seed=seed, dpi=DPI)
    zoom = np.diag([DPI / template.dpi, DPI / template.dpi, 1.0])
    gone = np.zeros(page.shape, np.bool_)
    if "hand" in kind:
        page[_hand(page.shape, rng)] = rng.uniform(40, 150)
    elif kind == "photo corner":
        y, x = np.indices(page.shape)
        corner = rng.choice([0, page.shape[1]]), rng.choice([0, page.shape[0]])
        gone = np.abs(x - corner[0]) + np.abs(y - corner[1]) < rng.uniform(0.15, 0.4) * page.shape[1]
    elif kind in FLAT:
        page, top = _without_rows(kind, page, template, rng)
        zoom[1, 2] -= top
    return _scanned(page, zoom, rng) if kind in FLAT else _photographed(page, gone, zoom, rng)


def _hand(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Where a hand that reaches in from an edge, with fingers, lies on a page."""
    height, width = shape
    covered = np.zeros((height, width), np.uint8)
    edges = (
        (rng.uniform(0.2, 0.8) * width, rng.choice([0, height])),
        (rng.choice([0, width]), rng.uniform(0.2, 0.8) * height),
    )
    wrist = np.array(edges[rng.integers(2)])
    size = np.sqrt(rng.uniform(0.02, 0.1) * height * width)
    inward = np.array([width, height]) / 2 - wrist
    inward *= size / np.linalg.norm(inward)
    cv2.circle(covered, wrist.astype(int).tolist(), round(0.55 * size), 1, -1)
    for spread in np.linspace(-0.6, 0.6, 5):
        turn = np.array([[np.cos(spread), -np.sin(spread)], [np.sin(spread), np.cos(spread)]])
        tip = (wrist + rng.uniform(0.8, 1.1) * turn @ inward).astype(int)
        cv2.line(covered, wrist.astype(int).tolist(), tip.tolist(), 1, round(0.16 * size))
    return covered > 0


def _without_rows(kind: str, page: Gray, template: Template, rng: np.random.Generator) -> tuple[Gray, int]:
    """The page without its first or its last row or two, and how many of its own rows of pixels are gone above."""
    boxes = np.array([box.corners for _, _, box in template.cells()]) * DPI / template.dpi
    tops = np.unique(boxes[:, 0, 1].astype(int))
    high, last = int(np.ptp(boxes[0, :, 1])), bool(rng.integers(2))
    count = 1 if kind == "bar" else int(rng.integers(1, 3))
    edge = int(tops[-count]) + 4 if last else int(tops[count - 1]) + high - 4
    if kind == "cut":
        return (page[:edge], 0) if last else (page[edge:], edge)
    rows = slice(edge, None) if last else slice(edge)
    if kind == "bar":
        rows = slice(edge, edge + high + 6) if last else slice(max(0, edge - high - 6), edge)
    page[rows] = 255
    across = (
        slice(int(boxes[..., 0].min()), int(boxes[..., 0].max())) if kind == "bar" and rng.integers(2) else slice(None)
    )
    page[rows, across] = rng.uniform(30, 150)
    return page, 0


def _scanned(page: Gray, to_page: Matrix, rng: np.random.Generator) -> tuple[Gray, Matrix]:
    height, width = page.shape
    move = np.eye(3)
    move[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-4, 4), rng.uniform(0.97, 1.03))
    seen = cv2.warpPerspective(page, move, (width, height), borderValue=(255,)) + rng.normal(0, 4, page.shape)
    return np.clip(seen, 0, 255).astype(np.uint8), move @ to_page


def _photographed(page: Gray, gone: np.ndarray, to_page: Matrix, rng: np.random.Generator) -> tuple[Gray, Matrix]:
    """On a dark table, any way up, up to 42 degrees aslant: 1500 by 2000 pixels, focal length 1500."""
    about, tilt = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(0, 42))
    moved = before_a_camera(page.shape, turned=about, tilted=tilt, far=rng.uniform(1.3, 1.6) * len(page))
    onto = np.array([[1500, 0, 750], [0, 1500, 1000], [0, 0, 1]]) @ moved
    size = 1500, 2000
    table = cv2.GaussianBlur(rng.normal(90, 60, size[::-1]).astype(np.float32), (0, 0), 3)
    paper = cv2.warpPerspective((~gone).astype(np.float32), onto, size) > 0.5
    seen = np.where(paper, cv2.warpPerspective(page.astype(np.float32), onto, size), table)
    light = np.linspace(1, 0.7, size[0])[None] * np.linspace(0.85, 1, size[1])[:, None]
    return np.clip(seen * light + rng.normal(0, 3, seen.shape), 0, 255).astype(np.uint8), onto @ to_page


if __name__ == "__main__":
    main()
