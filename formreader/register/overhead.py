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

from formreader.printed import level_of, project, thin_ink
from formreader.records import Floats, Floats32, Gray, Matrix
from formreader.register.coarse import Copy, Placement, different_places
from formreader.register.form import SMALL, Form
from formreader.register.perspective import Aerial
from formreader.register.reduced import reduced
from formreader.register.slide import slid, spectra

LINES_SHARE = 0.9
"""The printed lines' longer extent as a share of the form's longer side, on the picture."""
SIZES = tuple(float(size) for size in 0.77 * 1.035 ** np.arange(25))
"""Page sizes tried there: all print is on the page, and covers half of it at least."""
PAPER_SIZES = (0.93, 0.965, 1.0, 1.035, 1.07)
"""Those tried where the paper's outline was seen."""


def copy_from_above(gray: Gray, form: Form, view: Aerial) -> Copy:
    """The paper seen from above, its print in the middle of a square; or all of it, as large as the form's page is."""
    left, top, right, bottom = view.box
    side, width, height = SMALL * form.square, right - left, bottom - top
    grow = np.full(2, LINES_SHARE * max(form.coarse_size) / max(width, height))
    if view.paper:
        grow = _as_the_page(form, np.array([width, height]), view.whole)
    x, y = side / 2 - grow * np.array([left + right, top + bottom]) / 2
    to_copy = np.array([[grow[0], 0, x], [0, grow[1], y], [0, 0, 1]]) @ view.from_scan
    return Copy(_warped(gray, to_copy, side), to_copy)


def ways_up(form: Form, view: Aerial, *, long: float = 1.15, unlike: float = 1.25) -> tuple[int, ...]:
    """By how many quarters a copy from above may have to be turned: two where paper is long like the form's page."""
    left, top, right, bottom = view.box
    paper, page = (right - left) / (bottom - top), form.coarse_size[0] / form.coarse_size[1]
    along = paper if (paper > 1) == (page > 1) else 1 / paper
    if not view.paper or max(page, 1 / page) < long or not 1 / unlike < along / page < unlike:
        return 0, 1, 2, 3
    return (0, 2) if along == paper else (1, 3)


def _as_the_page(form: Form, paper: Floats, whole: bool, *, unlike: float = 1.25) -> Floats:
    """(2,) coarse pixels for one of a view, right and down, so that the paper is as large as the form's page.

    And where it is seen whole, of the same shape too, but for one that is too `unlike` to be that.
    """
    page = np.sort(form.coarse_size)[np.argsort(np.argsort(paper))]
    grow = page / paper
    return np.asarray(
        grow if whole and grow.max() < unlike * grow.min() else np.full(2, np.sqrt(grow.prod())), np.float64
    )


def _warped(gray: Gray, to_copy: Matrix, side: int) -> Gray:
    """The scan warped to a square, from a copy about half as large again, so that thin lines stay."""
    middle = side / 2 + np.array([[0.0, 0], [1, 0], [0, 1]])
    here, right, down = project(np.asarray(np.linalg.inv(to_copy), np.float64), np.asarray(middle, np.float64))
    pixel = float(np.sqrt(abs(np.linalg.det(np.stack([right - here, down - here])))))
    small, to_small = reduced(gray, max(gray.shape) * min(1.0, 1.5 / pixel), soon=True)
    to_copy = to_copy @ np.linalg.inv(to_small)
    seen = cv2.warpPerspective(small, to_copy, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def places_from_above(
    copy: Copy, form: Form, *, count: int, sizes: tuple[float, ...], ways: tuple[int, ...], tried: int
) -> list[Placement]:
    """The `count` different places where the form's lines fit best on this copy, best first; second the one that did so
    before it was stretched, which on bent paper is more often right.

    `ways`: by how many quarters the copy may have to be turned. `tried`: how many of the places that fit best
    unstretched are stretched.
    """
    lines = _Lines(*_sharp_lines(copy.gray))
    found = sorted((place for quarters in ways for place in lines.matches(form, quarters, sizes)), key=_worth)
    first, *others = (lines.stretched(form, place) for place in _apart(found, tried))
    fitted = sorted([first, *others], key=_worth)
    fitted.insert(1, first)
    back = np.linalg.inv(copy.to_copy)
    return different_places(form, [Placement(back @ place.matrix(form), place.score) for place in fitted])[:count]


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
    """The form laid on the copy, or on the copy turned by quarters."""

    score: float
    """1 is a perfect fit."""
    grow: Floats
    """(2,) pixels of the copy, right and down, for a pixel of the form at coarse size."""
    at: Floats
    """(2,) where on the copy the left and the top of the form's lines are."""
    quarters: int
    """How many quarters the copy was turned, clockwise."""
    last: int
    """The copy's last row, and its last column."""

    def matrix(self, form: Form) -> Matrix:
        """Template pixels -> the copy's as it was."""
        (across, down), (x, y) = form.shrink * self.grow, self.at - form.shrink * self.grow * form.corner
        back = np.array([[0.0, 1, 0], [-1, 0, self.last], [0, 0, 1]])
        laid = np.array([[across, 0, x], [0, down, y], [0, 0, 1]])
        return np.asarray(np.linalg.matrix_power(back, self.quarters) @ laid, np.float64)


def _worth(place: _Place) -> float:
    """To sort by: the best first."""
    return -place.score


def _apart(found: list[_Place], count: int, *, pixels: float = 12, size: float = 0.04) -> list[_Place]:
    """The first `count` of those found that are not nearly the same as one before."""
    facts = np.array([[place.quarters, *place.at, np.log(place.grow[0])] for place in found])
    left, kept = np.arange(len(found)), list[_Place]()
    while len(left) and len(kept) < count:
        kept.append(found[left[0]])
        way, right, down, grown = np.abs(facts[left] - facts[left[0]]).T
        left = left[(way > 0) | (right + down > pixels) | (grown > size)]
    return kept


@dataclass(frozen=True)
class _Lines:
    """The lines on a square copy, 0 none to 1 strong."""

    level: Floats32
    upright: Floats32

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

    def matches(self, form: Form, quarters: int, sizes: tuple[float, ...]) -> list[_Place]:
        """Where the form fits at each size, on the copy turned by `quarters`."""
        ways = [np.ascontiguousarray(np.rot90(way, -quarters)) for way in self.small]
        seen = spectra(*(ways if quarters % 2 == 0 else ways[::-1]))
        last = len(self.level) - 1
        return [
            _Place(score, np.full(2, size), SMALL * np.array([x + 0.5, y + 0.5]) - 0.5, quarters, last)
            for size in sizes
            for score, x, y in _peaks(slid(seen, form.silhouette(size)))
        ]

    @cached_property
    def small(self) -> list[Floats32]:
        """Level and upright lines made small, and soft: sizes are tried so far apart that lines may be a pixel off."""
        side = len(self.level) // SMALL
        ways = (cv2.resize(way, (side, side), interpolation=cv2.INTER_AREA) for way in (self.level, self.upright))
        return [np.asarray(cv2.GaussianBlur(way, (0, 0), 1.2), np.float32) for way in ways]

    def stretched(self, form: Form, place: _Place) -> _Place:
        """The place where level lines alone, then upright ones alone, fit best nearby. Its score is of another kind."""
        for images, tried in (
            (self.soft, (np.linspace(0.95, 1.05, 11), np.arange(-4.0, 5))),
            (self.edges, (np.linspace(0.99, 1.01, 5), np.linspace(-1.5, 1.5, 7))),
        ):
            fits = []
            for way in (1, 0):
                if len(form.line_points[way]):
                    place = _slid(images[(way + place.quarters) % 2], form.line_points[way], place, way, tried)
                    fits.append(max(place.score, 0.0))
        return replace(place, score=float(np.prod(fits)) ** (1 / len(fits)))


def _slid(image: Floats32, points: Floats, place: _Place, way: int, tried: tuple[Floats, Floats]) -> _Place:
    """The place stretched and moved right (0) or down (1) as fits best. `tried`: factors, and pixels of the copy."""
    grow, at, middle = place.grow.copy(), place.at.copy(), float(points[:, way].mean())
    factors, moves = (each.reshape(-1, 1) for each in np.meshgrid(*tried))
    there = np.empty((2, factors.size, len(points)), np.float32)
    there[1 - way] = points[:, 1 - way] * grow[1 - way] + at[1 - way]
    there[way] = at[way] + grow[way] * (middle + factors * (points[:, way] - middle)) + moves
    x, y = there
    for _ in range(place.quarters):
        x, y = y, place.last - x
    fits = cv2.remap(image, x, y, cv2.INTER_LINEAR).mean(1)
    best = int(fits.argmax())
    at[way] += grow[way] * middle * (1 - factors[best, 0]) + moves[best, 0]
    grow[way] *= factors[best, 0]
    return replace(place, score=float(fits[best]), grow=grow, at=at)


def _peaks(scores: Floats32, *, count: int = 2, apart: int = 3) -> Iterator[tuple[float, int, int]]:
    """The `count` highest scores and their shifts x, y, at least `apart` pixels from each other. Spoils `scores`."""
    for _ in range(count):
        _, highest, _, (x, y) = cv2.minMaxLoc(scores)
        yield highest, x, y
        scores[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -np.inf
