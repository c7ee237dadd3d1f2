"""The line of magnetic ink along a cheque's foot: E-13B, read by the shapes of its characters.

The characters of E-13B (ISO 1004-1, ANSI X9.100-20) are drawn on a grid of 7 columns by 9 rows of 0.013 inch, one
character every 0.125 inch; here they are drawn from that geometry. Spaces part the fields. A routing number of nine
digits between its two signs must keep its check digit.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Box, Gray
from formreader.strips.pieces import Piece, pieces_of, writing
from formreader.template.checksums import aba

# Rows of 7 columns, from the right edge inwards as printed; `#` ink.
_E13B = {
    "0": ("#######", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", "#######"),
    "1": ("..##...", "...#...", "...#...", "...#...", "...#...", "..#####", "..#####", "..#####", "..#####"),
    "2": ("..#####", "......#", "......#", "......#", "..#####", "..#....", "..#....", "..#....", "..#####"),
    "3": (".####..", "....#..", "....#..", "....#..", ".######", ".....##", ".....##", ".....##", ".######"),
    "4": (".##....", ".##....", ".##....", ".##....", ".##..##", ".##..##", ".######", ".....##", ".....##"),
    "5": ("..#####", "..#....", "..#....", "..#....", "..#####", "......#", "......#", "......#", "..#####"),
    "6": (".##....", ".#.....", ".#.....", ".#.....", ".######", ".#....#", ".#....#", ".#....#", ".######"),
    "7": (".######", ".#....#", ".#...##", ".....#.", ".....#.", "...###.", "...#...", "...#...", "...#..."),
    "8": ("..####.", "..#..#.", "..#..#.", "..#..#.", ".######", "##....#", "##....#", "##....#", "#######"),
    "9": (".######", ".#....#", ".#....#", ".#....#", ".######", ".....##", ".....##", ".....##", ".....##"),
}


@dataclass(frozen=True, slots=True)
class MagneticLine:
    """The line as read."""

    text: str
    """Digits, fields parted by a space."""
    confidence: float
    box: Box
    """In sheet pixels."""
    reasons: tuple[str, ...] = ()


@cache
def _shapes() -> tuple[str, npt.NDArray[np.float32]]:
    """The digits, and (10, 36 * 28) how they look."""
    pictures = []
    for rows in _E13B.values():
        cells = np.array([[255 * (cell == "#") for cell in row] for row in rows], np.uint8)
        pictures.append(_fitted(cv2.resize(cells, (56, 72), interpolation=cv2.INTER_NEAREST).astype(np.uint8)))
    return "".join(_E13B), np.stack(pictures)


def _fitted(ink: Gray) -> npt.NDArray[np.float32]:
    left, top, width, height = cv2.boundingRect((ink > 90).astype(np.uint8))
    part = ink[top : top + max(height, 1), left : left + max(width, 1)]
    small = cv2.GaussianBlur(cv2.resize(part, (28, 36), interpolation=cv2.INTER_AREA), (5, 5), 0).astype(np.float32)
    flat = small.ravel() - small.mean()
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6), np.float32)


def read_magnetic(dark: Gray, *, foot: float = 0.72) -> MagneticLine | None:
    """The line in the lowest part of a sheet (ink bright), from `foot` of its height; None where none is printed."""
    top = round(foot * dark.shape[0])
    row = _row([piece for piece in pieces_of(writing(dark[top:])) if piece.height >= 10])
    if len(row) < 8:
        return None
    tall = float(np.median([piece.height for piece in row]))
    digits = [piece for piece in row if 0.8 * tall <= piece.height <= 1.25 * tall and piece.width < 1.1 * tall]
    if len(digits) < 8:
        return None
    names, shapes = _shapes()
    scores = np.stack([_fitted(piece.ink) for piece in digits]) @ shapes.T
    box = Box(
        row[0].left,
        min(p.top for p in row) + top,
        row[-1].left + row[-1].width,
        max(p.top + p.height for p in row) + top,
    )
    best = scores.argmax(1)
    if float(np.median(scores.max(1))) < 0.5:
        return None
    text = ""
    for index, piece in enumerate(digits):
        if index and piece.left - digits[index - 1].left > 1.9 * tall:
            text += " "
        text += names[int(best[index])]
    ordered = np.sort(scores, axis=1)
    sure = np.clip((ordered[:, -1] - 0.6) / 0.2, 0, 1) * np.clip((ordered[:, -1] - ordered[:, -2]) / 0.1, 0, 1)
    return MagneticLine(text, float(np.prod(0.9 + 0.1 * sure)), box, _doubts(text))


def is_printed(dark: Gray, *, foot: float = 0.72, least: int = 5) -> bool:
    """Whether something like a row of characters stands at the sheet's foot, of whatever make, and however poor."""
    part = dark[round(foot * dark.shape[0]) :]
    return len(_row([piece for piece in pieces_of(writing(part)) if piece.height >= 8])) >= least


def _doubts(text: str) -> tuple[str, ...]:
    """Nine digits in a field of their own may be a routing number; others have no check digit here."""
    return () if any(len(part) == 9 and aba(part) for part in text.split()) else ("no_check_digit",)


def _row(pieces: list[Piece]) -> list[Piece]:
    """The pieces at the height where most of them stand."""
    if not pieces:
        return []
    middles = np.array([piece.top + piece.height / 2 for piece in pieces])
    tall = float(np.median([piece.height for piece in pieces]))
    near = np.abs(middles[:, None] - middles[None]) < 0.5 * tall
    return [piece for piece, close in zip(pieces, near[int(near.sum(1).argmax())], strict=True) if close]
