"""Where a form may lie on paper seen from above (`perspective`): any way up, at any size, a little wide or tall.

The form's lines are slid over a square picture of the paper's by FFT, level lines over level ones and upright over
upright, at a third of its resolution. Where they fit best they are stretched to where they fit better, each way by
itself: how far a photo was taken from is known only roughly.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from formreader.coarse import Copy, Placement, different_places
from formreader.form import SMALL, Form, draw_lines
from formreader.lines import Floats, Floats32, level_of, project, thin_ink
from formreader.perspective import Aerial
from formreader.records import Gray, Matrix

LINES_SHARE = 0.9
"""The printed lines' longer extent as a share of the form's longer side, on the picture."""
SIZES = tuple(float(size) for size in 0.77 * 1.035 ** np.arange(20))
"""Page sizes tried there: all print is on the page, and covers half of it at least."""


def copy_from_above(gray: Gray, form: Form, view: Aerial) -> Copy:
    """The paper seen from above, its print in the middle of a square."""
    left, top, right, bottom = view.lines
    side = SMALL * form.square
    grow = LINES_SHARE * max(form.coarse_size) / max(right - left, bottom - top)
    x, y = side / 2 - grow * np.array([left + right, top + bottom]) / 2
    to_copy = np.array([[grow, 0, x], [0, grow, y], [0, 0, 1]]) @ view.from_scan
    return Copy(_warped(gray, to_copy, side), to_copy)


def _warped(gray: Gray, to_copy: Matrix, side: int) -> Gray:
    """The scan warped to a square, from a copy about half as large again, so that thin lines stay."""
    middle = side / 2 + np.array([[0.0, 0], [1, 0], [0, 1]])
    here, right, down = project(np.asarray(np.linalg.inv(to_copy), np.float64), np.asarray(middle, np.float64))
    pixel = float(np.sqrt(abs(np.linalg.det(np.stack([right - here, down - here])))))
    if pixel > 2:
        shrink = 1.5 / pixel
        gray = np.asarray(cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
        shrunk = np.array([[shrink, 0, shrink / 2 - 0.5], [0, shrink, shrink / 2 - 0.5], [0, 0, 1]])
        to_copy = to_copy @ np.linalg.inv(shrunk)
    seen = cv2.warpPerspective(gray, to_copy, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def places_from_above(copy: Copy, form: Form, *, count: int, tried: int = 24) -> list[Placement]:
    """The `count` different places where the form's lines fit best on this copy, best first.

    `tried`: how many of those that fit best unstretched are stretched.
    """
    ways = [_Lines(*_sharp_lines(copy.gray))]
    while len(ways) < 4:
        ways.append(ways[-1].turned())
    found = [(place, quarters) for quarters, lines in enumerate(ways) for place in _apart(lines.matches(form))]
    found.sort(key=lambda one: -one[0].score)
    back = np.linalg.inv(copy.to_copy)
    quarter = np.array([[0, 1, 0], [-1, 0, len(copy.gray) - 1], [0, 0, 1.0]])
    fitted = [(ways[quarters].stretched(form, place), quarters) for place, quarters in found[:tried]]
    fitted.sort(key=lambda one: -one[0].score)
    places = [
        Placement(back @ np.linalg.matrix_power(quarter, quarters) @ place.matrix(form), place.score)
        for place, quarters in fitted
    ]
    return different_places(form, places)[:count]


def _sharp_lines(gray: Gray, *, faintest: float = 6, share: float = 0.92) -> tuple[Floats32, Floats32]:
    """The level and the upright lines, 0 none to 1 strong, each no wider than it is: cells' guides lie close to them.

    A line counts whole that stands out by `faintest` gray levels, and as much as all but `share` of the pixels.
    """
    thin = thin_ink(gray)

    def along(length: tuple[int, int], gap: tuple[int, int], across: tuple[int, int]) -> Gray:
        sharp = cv2.morphologyEx(cv2.subtract(thin, cv2.blur(thin, across)), cv2.MORPH_CLOSE, np.ones(gap, np.uint8))
        return np.asarray(cv2.morphologyEx(sharp, cv2.MORPH_OPEN, np.ones(length, np.uint8)), np.uint8)

    level, upright = along((1, 10), (1, 3), (1, 7)), along((10, 1), (3, 1), (7, 1))
    strong = max(faintest, level_of(np.maximum(level, upright), share))
    shades = np.minimum(np.arange(256) / strong, 1).astype(np.float32)
    soft = [np.asarray(cv2.GaussianBlur(cv2.LUT(way, shades), (3, 3), 0), np.float32) for way in (level, upright)]
    return soft[0], soft[1]


@dataclass(frozen=True)
class _Place:
    """The form laid on the copy."""

    score: float
    """1 is a perfect fit."""
    grow: Floats
    """(2,) pixels of the copy, right and down, for a pixel of the form at coarse size."""
    at: Floats
    """(2,) where on the copy the left and the top of the form's lines are."""

    def matrix(self, form: Form) -> Matrix:
        """Template pixels -> the copy's."""
        (across, down), (x, y) = form.shrink * self.grow, self.at - form.shrink * self.grow * form.corner
        return np.array([[across, 0, x], [0, down, y], [0, 0, 1]])


@dataclass(frozen=True)
class _Lines:
    """The lines on a square copy, 0 none to 1 strong."""

    level: Floats32
    upright: Floats32

    def turned(self) -> "_Lines":
        """A quarter clockwise."""
        level, upright = (np.ascontiguousarray(np.rot90(way, -1)) for way in (self.upright, self.level))
        return _Lines(level, upright)

    @cached_property
    def edges(self) -> tuple[Floats32, Floats32]:
        """Upright and level lines, less than nothing beside them: a dark area under a line gains nothing."""
        upright, level = self.upright - cv2.blur(self.upright, (9, 1)), self.level - cv2.blur(self.level, (1, 9))
        return upright, level

    @cached_property
    def soft(self) -> tuple[Floats32, Floats32]:
        """The same blurred: what is a pixel or two off gains something."""
        upright, level = (np.asarray(cv2.GaussianBlur(way, (0, 0), 1.2), np.float32) for way in self.edges)
        return upright, level

    def matches(self, form: Form) -> list[_Place]:
        """Where the form fits at each size, this way up, best first."""
        seen = [_spectrum(way, form.square) for way in (self.level, self.upright)]
        found = [
            _Place(score, np.full(2, size), SMALL * np.array([x + 0.5, y + 0.5]) - 0.5)
            for size in SIZES
            for score, x, y in _peaks(_scores(seen, form, size))
        ]
        return sorted(found, key=lambda place: -place.score)

    def stretched(self, form: Form, place: _Place) -> _Place:
        """The place where level lines alone, then upright ones alone, fit best nearby. Its score is of another kind."""
        for images, tried in (
            (self.soft, (np.linspace(0.95, 1.05, 11), np.arange(-4.0, 5))),
            (self.edges, (np.linspace(0.99, 1.01, 5), np.linspace(-1.5, 1.5, 7))),
        ):
            fits = []
            for way in (1, 0):
                if len(form.line_points[way]):
                    place = _slid(images[way], form.line_points[way], place, way, tried)
                    fits.append(max(place.score, 0.0))
        return replace(place, score=float(np.prod(fits)) ** (1 / len(fits)))


def _slid(image: Floats32, points: Floats, place: _Place, way: int, tried: tuple[Floats, Floats]) -> _Place:
    """The place stretched and moved right (0) or down (1) as fits best. `tried`: factors, and pixels of the copy."""
    grow, at, middle = place.grow.copy(), place.at.copy(), float(points[:, way].mean())
    factors, moves = (each.reshape(-1, 1) for each in np.meshgrid(*tried))
    there = np.empty((2, factors.size, len(points)), np.float32)
    there[1 - way] = points[:, 1 - way] * grow[1 - way] + at[1 - way]
    there[way] = at[way] + grow[way] * (middle + factors * (points[:, way] - middle)) + moves
    fits = cv2.remap(image, there[0], there[1], cv2.INTER_LINEAR).mean(1)
    best = int(fits.argmax())
    at[way] += grow[way] * middle * (1 - factors[best, 0]) + moves[best, 0]
    grow[way] *= factors[best, 0]
    return _Place(float(fits[best]), grow, at)


def _apart(found: list[_Place], *, count: int = 24, pixels: float = 12, size: float = 0.04) -> list[_Place]:
    """The first `count` of those found that are not nearly the same as one before."""

    def near(one: _Place, other: _Place) -> bool:
        return bool(np.abs(one.at - other.at).sum() <= pixels and abs(one.grow[0] / other.grow[0] - 1) <= size)

    kept: list[_Place] = []
    for place in found:
        if len(kept) < count and not any(near(place, other) for other in kept):
            kept.append(place)
    return kept


def _spectrum(lines: Floats32, side: int, *, soft: float = 1.2) -> cv2.typing.MatLike:
    """The DFT of lines made small, and soft: sizes are tried so far apart that lines at the rim are a pixel off."""
    small = cv2.resize(lines, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.dft(cv2.GaussianBlur(small, (0, 0), soft))


def _scores(seen: list[cv2.typing.MatLike], form: Form, size: float) -> Floats32:
    """How well the form fits at each shift, 1 where perfectly. `seen`: the DFTs of level and of upright lines."""
    if size not in form.silhouettes:
        sides = (form.sides - form.corner) * form.shrink * size / SMALL
        level, upright = draw_lines(sides, (form.square, form.square), around=7)
        perfect = float(np.square(level).sum() + np.square(upright).sum())
        form.silhouettes[size] = cv2.dft(level / perfect), cv2.dft(upright / perfect)
    both = zip(seen, form.silhouettes[size], strict=True)
    level, upright = (np.asarray(cv2.mulSpectrums(one, drawn, 0, conjB=True), np.float32) for one, drawn in both)
    return np.asarray(cv2.dft(cv2.add(level, upright), flags=cv2.DFT_INVERSE | cv2.DFT_SCALE), np.float32)


def _peaks(scores: Floats32, *, count: int = 2, apart: int = 3) -> Iterator[tuple[float, int, int]]:
    """The `count` highest scores and their shifts x, y, at least `apart` pixels from each other. Spoils `scores`."""
    for _ in range(count):
        _, highest, _, (x, y) = cv2.minMaxLoc(scores)
        yield highest, x, y
        scores[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -np.inf
