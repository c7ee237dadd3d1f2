"""Where a template may lie on a scan, at coarse resolution: all places at once, then block by block.

The template's lines are slid over a small upright copy of the scan by FFT, at several scales. A scan that is bent or in
perspective fits as a whole only roughly; each block of cells is then moved to where its own lines are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import sqrt

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import half_turn, level_of, project, project_each, resizing, ruled, skew, thin_ink
from formreader.printed.tones import ranked
from formreader.records import Flags, Floats, Floats32, Gray, Ints, Matrix
from formreader.register.bend import Bend
from formreader.register.form import Form, print_of
from formreader.register.motion import small_motion
from formreader.register.slide import Spectra, draw_lines, slid, spectra

SIZES = tuple(round(0.9 + 0.02 * step, 2) for step in range(11))
"""Page sizes tried, as a share of the scan's: a scan may crop the page, or show the scanner's lid around it."""


@dataclass(frozen=True)
class Placement:
    """One guess of where the page lies."""

    to_scan: Matrix
    """Template pixels -> scan pixels."""
    score: float
    """1 is a perfect fit."""
    bend: Bend | None = None
    """What `to_scan` leaves to be moved on the scan, where the paper is not flat."""
    told: bool = True
    """Whether something tells which way up the page lies there."""
    printed: Flags | None = field(default=None, compare=False)
    """(n,) which of the form's cells the scan shows printed there; None where nobody has looked."""


@dataclass(frozen=True)
class Copy:
    """A small copy of a scan with its lines level and upright."""

    gray: Gray
    to_copy: Matrix
    """Scan pixels -> pixels of the copy."""
    faintest: float = 20.0
    """Gray levels by which a line must stand out to count whole."""
    share: float = 98.0
    """Per cent of the copy's pixels that do not stand out as much as a line that counts whole."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)"""
        return self.gray.shape[1], self.gray.shape[0]

    @cached_property
    def to_scan(self) -> Matrix:
        """Pixels of the copy -> scan pixels."""
        return np.asarray(np.linalg.inv(self.to_copy), np.float64)

    @cached_property
    def lines(self) -> tuple[Floats32, Floats32]:
        """The level and the upright lines, 0 none to 1 strong."""
        both = ruled(thin_ink(self.gray), length=10)
        strong = max(self.faintest, level_of(np.maximum(*both), self.share / 100))
        shades = np.minimum(np.arange(256) / strong, 1).astype(np.float32)
        flat, upright = (cv2.GaussianBlur(cv2.LUT(lines, shades), (3, 3), 0) for lines in both)
        return np.asarray(flat, np.float32), np.asarray(upright, np.float32)

    @cached_property
    def found(self) -> dict[float, list[Placement]]:
        """The best places of each size, filled as `placements` are asked for."""
        return {}

    @cached_property
    def _spectra(self) -> dict[tuple[int, int], Spectra]:
        return {}

    def spectra(self, size: tuple[int, int]) -> Spectra:
        """Of all lines together, on a canvas of this size (width, height)."""
        if size not in self._spectra:
            self._spectra[size] = spectra(_window(np.add(*self.lines), np.zeros(2, int), np.array(size)))
        return self._spectra[size]

    @cached_property
    def turned(self) -> "Copy":
        """This copy upside-down."""
        gray, to_copy = np.ascontiguousarray(self.gray[::-1, ::-1]), half_turn(self.size) @ self.to_copy
        turned = Copy(gray, to_copy, self.faintest, self.share)
        flat, upright = (np.ascontiguousarray(lines[::-1, ::-1]) for lines in self.lines)
        vars(turned)["lines"] = flat, upright  # the same lines: not to be looked for again
        return turned


def upright_copy(gray: Gray, form: Form) -> Copy:
    """A copy of the scan at the form's coarse size, on its side if need be, turned so that its lines are level."""
    height, width = gray.shape
    quarter = np.eye(3)
    if (width > height) != (form.template.width > form.template.height):
        gray = np.ascontiguousarray(np.rot90(gray))
        quarter = np.array([[0, 1, 0], [-1, 0, width - 1], [0, 0, 1]], np.float64)
        height, width = width, height
    shrink = sqrt(form.coarse_size[0] * form.coarse_size[1] / (width * height))
    small = _shrunk(gray, (max(1, round(width * shrink)), max(1, round(height * shrink))))
    size = small.shape[1], small.shape[0]
    resized = resizing(size[0] / width, size[1] / height)
    level = np.eye(3)
    level[:2] = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), skew(thin_ink(small)), 1)
    paper = float(level_of(small, 0.5))
    turned = cv2.warpAffine(small, level[:2], size, flags=cv2.INTER_LINEAR, borderValue=paper)
    return Copy(turned.astype(np.uint8, copy=False), level @ resized @ quarter)


def _shrunk(gray: Gray, size: tuple[int, int]) -> Gray:
    """Shrunk to `size` (width, height); by area in halves, which is many times faster than by any other share."""
    width, height = size
    while gray.shape[1] >= 2 * width and gray.shape[0] >= 2 * height and not (gray.shape[0] | gray.shape[1]) & 1:
        gray = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if gray.shape[1] >= 2 * width and gray.shape[0] >= 2 * height:
        double = cv2.resize(gray, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
        return cv2.resize(double, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def placements(
    copy: Copy, form: Form, sizes: tuple[float, ...], *, count: int = 5, least: float = 0.0
) -> list[Placement]:
    """The best places on this copy, best first: at most `count`, with at `least` that share of the best one's score.

    Those half a cell apart or less count once. Each size is looked for once, however often it is asked for.
    """
    for size in sizes:
        if size not in copy.found:
            copy.found[size] = _placements(copy, form, size)
    found = [place for size in sizes for place in copy.found[size]]
    different = different_places(form, sorted(found, key=lambda placement: -placement.score), most=count)
    return [place for place in different if place.score >= least * different[0].score]


def _placements(copy: Copy, form: Form, size: float) -> list[Placement]:
    """Where the page correlates best at one size."""
    share = _on_the_scan(form.canvas, form.coarse_size, copy.size, size)
    scores = slid(copy.spectra(form.canvas), form.lines_at(size))
    scores *= share
    grow = form.shrink * size
    return [
        Placement(copy.to_scan @ np.array([[grow, 0, right], [0, grow, down], [0, 0, 1]]), score)
        for score, (right, down) in _peaks(scores)
    ]


@lru_cache(maxsize=32)
def _on_the_scan(canvas: tuple[int, int], page: tuple[int, int], scan: tuple[int, int], scale: float) -> Floats32:
    """For each shift of an FFT's canvas, the share of a page that the scan shows: it seldom shows half.

    Each size is (width, height); the page's is to be multiplied by `scale`.
    """
    shares = []
    for length, side, seen in zip(canvas, page, scan, strict=True):
        start = np.fft.fftfreq(length, 1 / length)
        share = np.clip(np.minimum(start + side * scale, seen) - np.maximum(start, 0), 0, None) / (side * scale)
        shares.append(share.astype(np.float32))
    return np.outer(shares[1], shares[0])


def different_places(
    form: Form, found: list[Placement], *, share: float = 0.5, most: int | None = None
) -> list[Placement]:
    """Of placements that put most cells within this `share` of a cell of each other, the first; `most` of all."""
    if len(found) == 1:
        return list(found)
    to_scan = np.stack([place.to_scan for place in found])
    laid = project_each(to_scan, form.some_middles)
    for one, place in zip(laid, found, strict=True):
        one[:] = place.bend(one) if place.bend else one
    near = share**2 * (form.shortest**2 * np.abs(np.linalg.det(to_scan[:, :2, :2])))
    left, kept = np.arange(len(found)), list[Placement]()
    while len(left) and len(kept) != most:
        first, left = int(left[0]), left[1:]
        kept.append(found[first])
        apart = ranked(np.square(laid[left] - laid[first]).sum(2), 0.5)
        left = left[~(apart <= near[left])]
    return kept


def likeness(copy: Copy, form: Form, place: Placement) -> float:
    """Correlation, -1..1, of the page's print with the reference's; 1 where the template has no reference."""
    if form.likeness is None:
        return 1.0
    to_coarse = np.diag([form.shrink, form.shrink, 1.0]) @ np.linalg.inv(copy.to_copy @ place.to_scan)
    page = cv2.warpPerspective(copy.gray, to_coarse, form.coarse_size, borderMode=cv2.BORDER_REPLICATE)
    return float((print_of(page.astype(np.uint8, copy=False), form.elsewhere) * form.likeness).sum())


def _peaks(
    scores: npt.NDArray[np.floating], *, count: int = 3, apart: int = 5
) -> Iterator[tuple[float, tuple[int, int]]]:
    """The `count` highest scores, which it strikes out, and their shifts (x, y), at least `apart` pixels apart."""
    height, width = scores.shape
    for _ in range(count):
        y, x = divmod(int(scores.argmax()), width)
        yield float(scores[y, x]), (x - width * (x > width // 2), y - height * (y > height // 2))
        scores[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -np.inf


def by_blocks(copy: Copy, form: Form, place: Placement) -> Placement:
    """The placement with every block of cells moved to where its own lines are, as far as one homography can.

    For a page in perspective, or stretched, that fits as a whole only roughly.
    """
    to_copy = copy.to_copy @ place.to_scan
    # Less than half a cell, so that a block cannot jump to its neighbour's place.
    for reach, freedom in ((6, 6), (4, 8)):
        moves = np.array([_block_move(copy, project(to_copy, block), reach) for block in form.blocks])
        middles = np.array([project(to_copy, block.mean(1)).mean(0) for block in form.blocks])
        points, normals = np.concatenate([middles, middles]), np.repeat(np.eye(2), len(middles), axis=0)
        offsets, weights = np.concatenate([moves[:, 0], moves[:, 1]]), np.tile(moves[:, 2], 2)
        to_copy = small_motion(points, normals, offsets, weights, freedom=freedom) @ to_copy
    return Placement(copy.to_scan @ to_copy, place.score)


def _block_move(copy: Copy, sides: Floats, reach: int) -> tuple[float, float, float]:
    """How far one block's lines are from where they were drawn, right and down, and how well they fit there."""
    corner = np.floor(sides.min((0, 1))).astype(int) - 4
    size = np.ceil(sides.max((0, 1))).astype(int) + 5 - corner
    lines = draw_lines(sides - corner, (int(size[0]), int(size[1])))
    scores = np.zeros((2 * reach + 1, 2 * reach + 1))
    for seen, drawn in zip(copy.lines, lines, strict=True):
        scores += cv2.matchTemplate(_window(seen, corner - reach, size + 2 * reach), drawn, cv2.TM_CCORR)
    # A block that fits nearly as well where it is stays: its neighbour's lines are not far.
    ways = np.square(np.arange(-reach, reach + 1) / reach)
    scores *= 1 - 0.3 * np.minimum(ways[:, None] + ways, 1)
    down, right = np.unravel_index(int(scores.argmax()), scores.shape)
    perfect = sum(float(np.square(drawn).sum()) for drawn in lines)
    return float(right) - reach, float(down) - reach, max(0.0, float(scores.max())) / max(perfect, 1e-9)


def _window(image: Floats32, corner: Ints, size: Ints) -> Floats32:
    """(height, width) of `image` from `corner` (x, y) on, 0 outside it."""
    window = np.zeros(size[::-1], np.float32)
    height, width = image.shape
    (left, top), (right, bottom) = np.clip(corner, 0, (width, height)), np.clip(corner + size, 0, (width, height))
    if left < right and top < bottom:
        window[top - corner[1] : bottom - corner[1], left - corner[0] : right - corner[0]] = image[
            top:bottom, left:right
        ]
    return window
