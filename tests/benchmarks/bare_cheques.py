"""Real cheques without their amount and date: what is written there painted out, its pen remembered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.cheque.currency import likeness
from formreader.cheque.ruled import darkness, find_row
from formreader.cheque.sheet import upright
from formreader.printed.connected import connected
from formreader.records import Gray, Scan, ScanRef
from formreader.scans import open_scan
from formreader.strips.pieces import pieces_of, usual_height, writing

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom, in scan pixels."""


@dataclass(frozen=True)
class Bare:
    """A real cheque without its amount and date."""

    name: str
    gray: Gray
    amount: Rect
    cells: tuple[Rect, ...]
    tall: float
    """Of the digits of its own amount."""
    pen: float
    dark: int
    """The pen's gray level."""


def bare_cheques(folder: Path, *, lakhs: bool) -> Iterator[Bare]:
    """Those of a folder whose place for the amount is found with it and without, with nothing left of the amount and
    nothing gone of the sign before it.
    """
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png")):
        scan = open_scan(ScanRef(str(path), path.name), needed=(1600, 720))
        one = _bare(scan, lakhs=lakhs)
        if one and (_same_place(scan, one) if lakhs else _has_sign(one)):
            yield one


def _same_place(scan: Scan, one: Bare) -> bool:
    """Whether the box is found without its amount too, and ends where it did: no stroke of that was its side."""
    cheque = upright(Scan(scan.ref, one.gray))
    left, _, right, _ = one.amount
    ends = [rect_of(cheque.on_scan(place.box))[2] for place in cheque.places if place.framed]
    return any(abs(end - right) < 0.1 * (right - left) for end in ends)


def _has_sign(one: Bare) -> bool:
    """Whether the `$` before the amount is still there, and whole."""
    left, top, _, bottom = one.amount
    dark = darkness(cv2.GaussianBlur(one.gray, (0, 0), one.gray.shape[1] / 1200))
    before = dark[max(0, top - 8) : bottom + 8, max(0, left - round(2.2 * one.tall)) : left]
    pieces = (piece for piece in pieces_of(writing(before)) if piece.height > 0.5 * one.tall)
    return any(likeness(piece.ink) > 0.6 for piece in pieces)


def _bare(scan: Scan, *, lakhs: bool) -> Bare | None:
    cheque = upright(scan)
    if not cheque.places:
        return None
    place = cheque.places[0]
    left, top, right, bottom = rect_of(cheque.on_scan(place.box))
    if place.sign is not None:
        left = rect_of(cheque.on_scan(place.sign))[2] + 1
    dark = darkness(cv2.GaussianBlur(scan.gray, (0, 0), 0.8 if lakhs else scan.gray.shape[1] / 1200))
    left += 0 if place.framed else _end_of_sign(dark[top:bottom, left:right])
    row = find_row(cheque.ruling, 8) or find_row(cheque.faint_ruling(), 8) if lakhs else None
    cells = tuple(rect_of(cheque.on_scan(box)) for box in row or ())
    own = dark[top:bottom, left:right]
    tall = usual_height(pieces_of(writing(own)))
    if not tall:
        return None
    ink = own > 0.4 * float(np.percentile(own, 99))
    level = int(np.percentile(scan.gray[top:bottom, left:right][ink], 15))
    gray = painted_out(scan.gray, dark, (left, top, right, bottom), line=0.12 if place.framed else 0.0)
    gray = without_date(gray, dark, cells) if cells else gray
    return Bare(scan.ref.file, gray, (left, top, right, bottom), cells, tall, _pen(ink), level)


def rect_of(corners: np.ndarray) -> Rect:
    (left, top), (right, bottom) = np.maximum(np.floor(corners.min(0)), 0), np.ceil(corners.max(0))
    return int(left), int(top), int(right), int(bottom)


def _end_of_sign(dark: Gray) -> int:
    """Where the `$` at the left end of a row ends; 0 where there is none."""
    tall = [piece for piece in pieces_of(writing(dark)) if piece.height > 0.3 * len(dark)][:2]
    signs = [piece for piece in tall if likeness(piece.ink) > 0.6]
    return signs[0].left + signs[0].width + 2 if signs else 0


def _pen(ink: np.ndarray) -> float:
    deep = cv2.distanceTransform(np.pad(ink.astype(np.uint8), 1), cv2.DIST_L2, 5)
    ridge = deep[(deep > 0.5) & (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)))]
    return max(2.0, 2 * float(np.median(ridge)) - 0.5)


def painted_out(gray: Gray, dark: Gray, room: Rect, *, line: float = 0.0) -> Gray:
    """The picture with paper where ink is in a room, and where strokes run on beyond its frame.

    `line`: so far from its edge its frame ends, as a share of its height, and stays; 0 where it has none.
    """
    left, top, right, bottom = room
    own, frame = dark[top:bottom, left:right], round(line * (bottom - top))
    high = round(0.4 * (bottom - top)) if line else 0
    upper, lower = max(0, top - high), min(len(gray), bottom + high)
    ink = dark[upper:lower, left:right] > max((0.25 if line else 0.35) * float(np.percentile(own, 99)), 10)
    inside = np.zeros_like(ink)
    inside[top - upper : bottom - upper] = True
    around = np.zeros_like(ink)
    around[top - upper - frame : bottom - upper + frame] = True
    ink &= inside | ~around
    linked = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((2 * frame + 3, 3), np.uint8))
    pieces = connected(linked > 0)
    gone = np.zeros(len(pieces.stats), bool)
    gone[np.unique(pieces.labels[inside & ink])] = True
    gone[0] = False
    mask = cv2.dilate((gone[pieces.labels] & ink).astype(np.uint8), np.ones((7, 7), np.uint8))
    mask[around & ~inside] = 0
    out = gray.copy()
    part = _filled(gray[upper:lower, left:right], mask)
    if frame:
        _mend_line(part, mask, top - upper - frame, top - upper)
        _mend_line(part, mask, bottom - upper, bottom - upper + frame)
    out[upper:lower, left:right] = part
    return out


def without_date(gray: Gray, dark: Gray, cells: Sequence[Rect], *, rim: float = 0.12, beyond: float = 0.4) -> Gray:
    """The picture with paper where ink is in a row of cells, and where strokes run on `beyond` it; its walls stay.

    Within a `rim` of a wall what was inked is as the wall's other pixels in that column, or row, of the cell.
    """
    top, bottom = min(cell[1] for cell in cells), max(cell[3] for cell in cells)
    high, wide = bottom - top, cells[0][2] - cells[0][0]
    y, x = max(0, round(top - beyond * high)), max(0, cells[0][0] - wide // 2)
    own = dark[y : round(bottom + beyond * high), x : cells[-1][2] + wide // 2]
    upright = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((round(0.85 * high), 1), np.uint8))
    level = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((1, round(1.1 * wide)), np.uint8))
    lines = cv2.dilate(np.maximum(upright, level), np.ones((3, 3), np.uint8))
    ink = cv2.subtract(own, lines) > max(0.25 * float(np.percentile(own, 99)), 10)
    pieces = connected(cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0)
    gone = np.zeros(len(pieces.stats), bool)
    edge = round(rim * wide)
    for left, upper, right, lower in cells:
        gone[np.unique(pieces.labels[upper - y + edge : lower - y - edge, left - x + edge : right - x - edge])] = True
    gone[0] = False
    mask = cv2.dilate((gone[pieces.labels] & ink).astype(np.uint8), np.ones((9, 9), np.uint8))
    part = gray[y : y + len(own), x : x + own.shape[1]].copy()
    for left, upper, right, lower in cells:
        place = slice(upper - y, lower - y), slice(left - x, right - x)
        _as_the_walls(part[place], mask[place], edge)
    out = gray.copy()
    out[y : y + len(own), x : x + own.shape[1]] = _filled(part, mask)
    return out


def _as_the_walls(gray: Gray, mask: Gray, edge: int) -> None:
    """Where a cell is masked within an `edge` of its sides, it is as dark as the same column, or row, is elsewhere."""
    seen = np.ma.array(gray, mask=mask > 0)
    walls = np.full(gray.shape, 255.0)
    for axis, flat in ((0, seen), (1, seen.T)):
        usual = np.ma.median(flat, axis=0).filled(255)
        usual[edge:-edge] = 255
        walls = np.minimum(walls, usual[None] if axis == 0 else usual[:, None])
    along = np.zeros(gray.shape, bool)
    along[:edge], along[-edge:], along[:, :edge], along[:, -edge:] = [True] * 4
    along &= (mask > 0) & (walls < 255)
    gray[along] = walls[along]
    mask[along] = 0


def _mend_line(gray: Gray, mask: Gray, top: int, bottom: int) -> None:
    """Where a stroke went through a line between two rows, it is as beside that."""
    through = mask[max(top - 3, 0) : top].any(0) | mask[bottom : bottom + 3].any(0)
    free = np.flatnonzero(~cv2.dilate(through.astype(np.uint8)[None], np.ones((1, 9), np.uint8))[0].astype(bool))
    if len(free):
        nearest = free[np.abs(free[None] - np.arange(gray.shape[1])[:, None]).argmin(1)]
        gray[top:bottom] = gray[top:bottom, nearest]


def _filled(gray: Gray, mask: Gray) -> Gray:
    """What is masked as the paper around it: its light, and grain and print off places beside it."""
    smooth = cv2.inpaint(gray, mask, 5, cv2.INPAINT_TELEA)
    clear = (mask == 0).astype(np.float32)
    light = cv2.GaussianBlur(gray * clear, (0, 0), 4) / np.maximum(cv2.GaussianBlur(clear, (0, 0), 4), 1e-3)
    grain, left = gray - light, mask > 0
    out, rng = smooth.astype(np.float32), np.random.default_rng(0)
    out = np.where(left, cv2.GaussianBlur(out, (0, 0), 2), out)
    for _ in range(60):
        down, across = rng.integers(-len(gray) // 3, len(gray) // 3 + 1), rng.integers(-200, 201)
        moved, free = (np.roll(one, (down, across), (0, 1)) for one in (grain, mask == 0))
        now = left & free & (np.abs(moved) < 40)
        out[now] += moved[now]
        left = left & ~now
    return np.clip(out, 0, 255).astype(np.uint8)
