"""Handwriting drawn as pen strokes: digits, fill marks and scribbles as one writer or another would make them.

A `Writer` is a hand: its slant, width, tremor and its own way of making each digit. `strokes` gives the pen's path and
width, to be drawn at any resolution with `render`; `draw_glyph` draws one glyph alone in a square picture.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from formreader.pen import allographs, skeletons
from formreader.pen.allographs import Arc, Skeleton
from formreader.records import Floats, Floats32, Gray

LABELS = (*"0123456789", "x", "-", "?")
"""What `draw_glyph` draws: the ten digits, a cross and a dash as fill marks, and what is no digit."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """The pen's path from touching the paper to leaving it, in one unit of length throughout."""

    points: Floats
    """(n, 2) x, y."""
    widths: Floats
    """(n,) how wide the line is at each point."""


@dataclass(frozen=True, slots=True)
class Writer:
    """One hand. Lengths are in glyph heights."""

    slant: float
    """Shear: how far the top leans right of the bottom."""
    aspect: float
    """Width over the usual width."""
    width: float
    """The pen's line."""
    pressure: float
    """0..1: how much the line's width varies along a stroke."""
    tremor: float
    """How far the pen trembles off its path."""
    wobble: float
    """How far one specimen of a digit strays from the next."""
    rounding: float
    """0..1: the share of corners that this hand rounds off."""
    closing: float
    """How far strokes run on past their end (below 0: stop short of it)."""
    ink: float
    """0..1: darkness of the ink, 1 is black."""
    bend: tuple[float, ...]
    """Eight coefficients of the smooth warp that gives all digits of this hand their likeness."""
    habits: tuple[int, ...]
    """Which allograph of each digit 0..9 this hand writes."""


def sample_writer(rng: np.random.Generator) -> Writer:
    """A hand like people's: most upright or leaning a little right, some heavy, some shaky."""
    return Writer(
        slant=float(np.clip(rng.normal(0.1, 0.16), -0.3, 0.6)),
        aspect=float(np.clip(rng.lognormal(0.0, 0.16), 0.65, 1.5)),
        width=float(np.clip(rng.lognormal(-2.5, 0.32), 0.04, 0.17)),
        pressure=float(rng.uniform(0.0, 0.55)),
        tremor=float(rng.gamma(1.5, 0.003)),
        wobble=float(rng.uniform(0.008, 0.032)),
        rounding=float(rng.random() ** 2 * 0.7),
        closing=float(rng.normal(0.0, 0.035)),
        ink=float(rng.uniform(0.65, 1.0)),
        bend=tuple(np.clip(rng.normal(0, 0.05, 8), -0.1, 0.1).tolist()),
        habits=tuple(allographs.allograph(label, rng) for label in allographs.DIGITS),
    )


def strokes(
    label: str, rng: np.random.Generator, writer: Writer | None = None, *, faithful: float = 0.93
) -> list[Stroke]:
    """The pen strokes of one glyph of `LABELS`, in glyph heights, the glyph about in 0..0.6, 0..1 (x, y).

    A hand keeps to its habit with probability `faithful` and writes another allograph otherwise.
    Raises KeyError where `label` is none of `LABELS`.
    """
    writer = writer or sample_writer(rng)
    return trace(_skeleton(label, rng, writer, faithful), rng, writer)


def _skeleton(label: str, rng: np.random.Generator, writer: Writer, faithful: float) -> Skeleton:
    special = {"x": skeletons.cross, "-": skeletons.dash, "?": skeletons.junk}
    if label in special:
        return special[label](rng)
    habit = writer.habits[int(label)] if label in allographs.DIGITS else 0
    return allographs.digit(label, habit if rng.random() < faithful else allographs.allograph(label, rng))


def trace(skeleton: Skeleton, rng: np.random.Generator, writer: Writer) -> list[Stroke]:
    """The strokes of `skeleton` as this hand makes them."""
    turn = rng.normal(0, 0.035)
    lean = writer.slant + rng.normal(0, 0.03)
    aspect = writer.aspect * rng.lognormal(0, 0.06)
    shape = np.array([[aspect * np.cos(turn), np.sin(turn)], [-aspect * np.sin(turn), np.cos(turn)]])
    made = []
    for stroke in skeleton:
        path = np.concatenate([_curve(arc) for arc in _loosened(stroke, rng, writer)])
        path = _trembled(_warped(path, writer.bend) @ shape, rng, writer.tremor)
        path[:, 0] += lean * (0.5 - path[:, 1])
        made.append(Stroke(path, _widths(path, rng, writer)))
    return made


def _loosened(stroke: list[Arc], rng: np.random.Generator, writer: Writer) -> list[Arc]:
    """The stroke's arcs with control points astray, some corners rounded off, the end overrun or not reached."""
    arcs: list[Arc] = []
    for arc in stroke:
        moved = arc + rng.normal(0, writer.wobble, arc.shape)
        if arcs and rng.random() < writer.rounding:
            arcs[-1] = np.concatenate([arcs[-1][:-1], moved])
            continue
        if arcs:
            moved[0] = arcs[-1][-1]
        arcs.append(moved)
    last = arcs[-1]
    last[-1] += (last[-1] - last[-2]) * (writer.closing + rng.normal(0, 0.03)) / max(np.ptp(last, 0).max(), 0.2)
    return arcs


@cache
def _basis(steps: int) -> Floats:
    """(steps, 4) weights of the four points around a span (Catmull and Rom, 1974)."""
    t = np.linspace(0, 1, steps)[:, None]
    return np.hstack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]) / 2


def _curve(points: Arc, *, steps: int = 8) -> Arc:
    """(n, 2) the smooth curve through the control points."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    spans = np.stack([padded[i : len(padded) - 3 + i] for i in range(4)], 1)
    return np.asarray(_basis(steps) @ spans, np.float64).reshape(-1, 2)


def _warped(path: Arc, bend: tuple[float, ...]) -> Arc:
    """The path under the hand's own smooth distortion: a bilinear and a quadratic term a direction."""
    x, y = path[:, 0] - 0.3, path[:, 1] - 0.5
    a, b, c, d, e, f, g, h = bend
    across = x + a * x * y * 3 + b * (y * y - 0.1) * 2 + c * x * x + d * y**3
    down = y + e * x * y * 2 + f * y * y + g * x * x + h * x
    return np.stack([across + 0.3, down + 0.5], -1)


def _trembled(path: Arc, rng: np.random.Generator, tremor: float) -> Arc:
    """The path with smooth noise of standard deviation `tremor`, a knot every fifth point."""
    knots = max(len(path) // 5, 2)
    at, where = np.linspace(0, 1, len(path)), np.linspace(0, 1, knots)
    noise = rng.normal(0, tremor, (2, knots))
    return path + np.asarray([np.interp(at, where, row) for row in noise], np.float64).T


def _widths(path: Arc, rng: np.random.Generator, writer: Writer) -> Floats:
    """(n,) the line's width: pressed harder here than there, tapering where the pen lands and leaves."""
    at = np.linspace(0, 1, len(path))
    press = np.interp(at, np.linspace(0, 1, 5), rng.normal(0, 0.35, 5) * writer.pressure)
    ends = 1 - writer.pressure * rng.uniform(0, 1, 2)
    taper = np.interp(at, [0, 0.12, 0.8, 1], [ends[0], 1, 1, ends[1]])
    return np.asarray(np.maximum(writer.width * np.exp(press) * taper, 0.35 * writer.width))


def render(made: list[Stroke], shape: tuple[int, int], *, finer: int = 4) -> Floats32:
    """The strokes (points and widths in pixels of the picture) as ink on (height, width): 0 paper, 1 ink.

    Drawn `finer` times larger and averaged down, so edges are smooth.
    """
    canvas = np.zeros((shape[0] * finer, shape[1] * finer), np.uint8)
    for stroke in made:
        points = np.rint(stroke.points * (finer * 16) - 8).astype(np.int32)
        widths = np.maximum(np.rint(stroke.widths * finer).astype(int), 1)
        cuts = np.flatnonzero(np.diff(widths[1:])) + 1
        for a, b in zip([0, *cuts], [*cuts, len(points) - 1], strict=True):
            cv2.polylines(canvas, [points[a : b + 1]], False, 255, int(widths[b]), cv2.LINE_8, 4)
    smooth = cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(smooth, np.float32) / np.float32(255)


def draw_glyph(
    label: str,
    rng: np.random.Generator,
    *,
    size: int = 48,
    fill: float = 0.72,
    writer: Writer | None = None,
) -> Gray:
    """One glyph of `LABELS` alone on (size, size) white paper: uint8, 0 ink, 255 paper, smooth edges.

    Its longer side takes about `fill` of the picture's, and it stands near the middle. Without a `writer` every glyph
    comes from another hand. Raises KeyError where `label` is none of `LABELS`.
    """
    writer = writer or sample_writer(rng)
    return _pictured(strokes(label, rng, writer), rng, size, fill, writer)


def draw(skeleton: Skeleton, rng: np.random.Generator, *, size: int = 48, fill: float = 0.72) -> Gray:
    """Any skeleton by a hand of its own, as `draw_glyph` draws one."""
    writer = sample_writer(rng)
    return _pictured(trace(skeleton, rng, writer), rng, size, fill, writer)


def _pictured(made: list[Stroke], rng: np.random.Generator, size: int, fill: float, writer: Writer) -> Gray:
    points = np.concatenate([stroke.points for stroke in made])
    low, high = points.min(0), points.max(0)
    span = max(float((high - low).max()), 0.3) + writer.width
    scale = size * fill * rng.uniform(0.85, 1.12) / span
    shift = size / 2 - (low + high) / 2 * scale + rng.normal(0, 0.03 * size, 2)
    return blacken(render(placed(made, scale, shift), (size, size)), writer.ink)


def placed(made: list[Stroke], scale: float, shift: npt.ArrayLike) -> list[Stroke]:
    """The strokes `scale` times larger and moved by `shift` (x, y)."""
    return [Stroke(stroke.points * scale + np.asarray(shift), stroke.widths * scale) for stroke in made]


def blacken(ink: Floats32, darkness: float) -> Gray:
    """Ink 0..1 as uint8, 255 paper; full ink is `darkness` (1 is black)."""
    return np.asarray(np.rint(255 * (1 - darkness * ink)), np.uint8)
