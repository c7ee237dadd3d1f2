"""How the strokes of a digit run: the numbers by which two digits on top of each other differ from one.

A picture is fitted to one height and thinned to lines one pixel wide (Zhang and Suen, "A fast parallel algorithm for
thinning digital patterns", 1984). What is counted are length, ends, meetings, what is enclosed, how even the pen is,
and where in the digit all of that lies. All pictures are worked on at once, one below the other.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Gray

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TALL, WIDE, ROOM = 40, 50, 4
"""The writing's largest height and width, in pixels, and the paper left around it."""

_NEIGHBOURS = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_RING = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.uint8)
"""A bit for each neighbour, clockwise from the one above."""


def strokework(pictures: Sequence[Gray]) -> Floats:
    """(n, numbers) of each picture (uint8, 0 ink, 255 paper, any size); 0 but for proportions where there is no ink."""
    if not pictures:
        return np.zeros((0, 0))
    fitted, sizes = zip(*(_fitted(picture) for picture in pictures), strict=True)
    ink, size = np.array(fitted), np.array(sizes, float)
    flat = ink.reshape(-1, ink.shape[2])
    lines = _thinned(flat)
    around = cv2.filter2D(lines.view(np.uint8), -1, _NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)
    ends, meetings = lines & (around == 1), lines & (around >= 3)
    return np.concatenate(
        [
            _amounts(ink, lines.reshape(ink.shape), size),
            _pieces(flat, meetings, len(ink)),
            _places(lines.reshape(ink.shape), size, 4) / 10,
            _places(ends.reshape(ink.shape), size, 3),
            _places(meetings.reshape(ink.shape), size, 3) / 3,
        ],
        axis=1,
    )


def _fitted(
    picture: Gray, *, faintest: int = 16, written: float = 0.2, inked: float = 0.42
) -> tuple[Flags, tuple[int, int]]:
    """The writing in its room, true where there is ink, and its height and width."""
    out = np.zeros((TALL + 2 * ROOM, WIDE + 2 * ROOM), np.bool_)
    ink = cv2.bitwise_not(picture)
    peak = int(ink.max(initial=0))
    if peak < faintest:
        return out, (1, 1)
    left, top, width, height = cv2.boundingRect((ink > written * peak).view(np.uint8))
    scale = min(TALL / height, WIDE / width)
    size = max(1, round(scale * width)), max(1, round(scale * height))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    drawn = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=how)
    out[ROOM : ROOM + size[1], ROOM : ROOM + size[0]] = drawn > inked * peak
    return out, (size[1], size[0])


def _thinned(ink: Flags) -> Flags:
    """Lines one pixel wide in the middle of the strokes: what lies at their rim goes, from two sides in turn."""
    left: npt.NDArray[np.uint8] = ink.astype(np.uint8)
    count = -1
    while count != (count := cv2.countNonZero(left)):
        for stays in _RIMS:
            ring = cv2.filter2D(left, -1, _RING, borderType=cv2.BORDER_CONSTANT)
            left = np.asarray(cv2.bitwise_and(left, cv2.LUT(ring, stays)), np.uint8)
    return left.view(np.bool_)


def _rim(*, first: bool) -> npt.NDArray[np.uint8]:
    """(256,) by a pixel's ring of neighbours: 0 where it goes, else 1."""
    ring = (np.arange(256)[:, None] >> np.arange(8)) & 1  # above, above right, right ... above left
    above, right, below, beside = ring[:, [0, 2, 4, 6]].T
    crossings = ((ring == 0) & (np.roll(ring, -1, axis=1) == 1)).sum(1)
    goes = (ring.sum(1) >= 2) & (ring.sum(1) <= 6) & (crossings == 1)
    sides = (
        (above * right * below, right * below * beside) if first else (above * right * beside, above * below * beside)
    )
    return np.where(goes & (sides[0] == 0) & (sides[1] == 0), 0, 1).astype(np.uint8)


_RIMS = _rim(first=True), _rim(first=False)


def _amounts(ink: Flags, lines: Flags, size: Floats) -> Floats:
    """(n, 9) length of the lines, ink, the pen's mean width, its widest, how uneven it is, proportions, products."""
    depth = cv2.distanceTransform(ink.reshape(-1, ink.shape[2]).view(np.uint8), cv2.DIST_L2, 3).reshape(ink.shape)
    length = lines.sum((1, 2)).astype(float)
    widths = np.where(lines, 2 * depth, 0.0)
    some = np.maximum(length, 1)
    mean = widths.sum((1, 2)) / some
    uneven = np.sqrt(np.maximum((widths**2).sum((1, 2)) / some - mean**2, 0))
    pen = np.maximum(mean, 1)
    long, slim = length / TALL, size[:, 1] / size[:, 0]
    area = ink.sum((1, 2)) / TALL**2
    found = [
        long,
        area,
        mean / TALL,
        widths.max((1, 2)) / pen,
        uneven / pen,
        slim,
        long**2,
        long * slim,
        long * mean / TALL,
    ]
    return np.stack(found, 1)


def _pieces(flat: Flags, meetings: Flags, count: int) -> Floats:
    """(n, 5) meetings of strokes, pieces of ink, pieces of paper enclosed, small ones of these, and their area."""
    grown = np.asarray(cv2.dilate(meetings.view(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    met = _owned(grown, count, connectivity=8)
    ink = _owned(flat.view(np.uint8), count, connectivity=8)
    paper = [
        areas[(areas >= 6) & (areas < flat.size // 2)]
        for areas in _owned((~flat).view(np.uint8), count, connectivity=4)
    ]
    rows = [
        (len(a), len(b), len(c), (c < TALL).sum(), c.sum() / TALL**2) for a, b, c in zip(met, ink, paper, strict=True)
    ]
    return np.array(rows, float)


def _owned(mask: npt.NDArray[np.uint8], count: int, *, connectivity: int) -> list[npt.NDArray[np.int_]]:
    """Areas of the connected pieces of each of `count` pictures one below the other."""
    pieces, labels = cv2.connectedComponents(mask, connectivity=connectivity)
    at = np.flatnonzero(mask.view(np.bool_))
    label = labels.ravel()[at]
    areas, owner = np.bincount(label, minlength=pieces)[1:], np.zeros(pieces, int)
    owner[label] = at // (mask.size // count)
    return [areas[owner[1:] == picture] for picture in range(count)]


def _places(mask: Flags, size: Floats, parts: int) -> Floats:
    """(n, parts * parts) how many pixels lie in each part of the writing's box, row by row."""
    which, y, x = np.nonzero(mask)
    row = np.clip((y - ROOM) * parts // size[which, 0], 0, parts - 1).astype(int)
    column = np.clip((x - ROOM) * parts // size[which, 1], 0, parts - 1).astype(int)
    at = (which * parts + row) * parts + column
    return np.bincount(at, minlength=len(mask) * parts * parts).reshape(len(mask), -1).astype(float)
