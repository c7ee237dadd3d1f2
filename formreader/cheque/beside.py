"""What is printed beside a run of writing: the word before it, and the dotted rule that it stands on."""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.records import Gray
from formreader.strips.pieces import Piece, pieces_of, usual_height, writing


def without_print(strip: Gray) -> Gray:
    """A strip (ink bright) without its word and its rule, where it shows any."""
    pieces = pieces_of(writing(strip))
    tall = usual_height(pieces)
    if not tall:
        return strip
    bare = strip.copy()
    rule = _rule(pieces, tall)
    left = [piece for piece in pieces if not any(piece is other for other in rule)]
    for piece in (*rule, *_word(left, tall)):
        room = slice(max(0, piece.top - 1), piece.foot + 1)
        own = np.pad(piece.ink, 1)[1 - min(piece.top, 1) :, 1 - min(piece.left, 1) :]
        part = bare[room, max(0, piece.left - 1) : piece.right + 1]
        part[cv2.dilate(own[: part.shape[0], : part.shape[1]], np.ones((3, 3), np.uint8)) > 0] = 0
    return bare


def _rule(pieces: Sequence[Piece], tall: float, *, thin: float = 0.18, many: int = 6) -> list[Piece]:
    """Flat pieces in one line below the writing, as dots or dashes print a rule; none where they are not `many`."""
    high = [piece.foot for piece in pieces if 0.7 * tall < piece.height < 1.3 * tall]
    foot = float(np.median(high)) if high else 0.0
    flat = [piece for piece in pieces if piece.height <= thin * tall and piece.foot > foot]
    middles = np.array([piece.middle for piece in flat])
    if len(flat) < many:
        return []
    near = np.abs(middles - np.median(middles)) < thin * tall
    return [piece for piece, there in zip(flat, near, strict=True) if there] if near.sum() >= many else []


def _word(
    pieces: Sequence[Piece], tall: float, *, low: float = 0.65, gap: float = 0.4, wide: float = 1.0
) -> list[Piece]:
    """Low pieces at the start, `wide` together and parted by a `gap` from the first tall one (shares of `tall`)."""
    first = next((piece for piece in pieces if piece.height > low * tall), None)
    if first is None:
        return []
    word = [piece for piece in pieces if piece.left < first.left]
    if not word or max(piece.height for piece in word) > low * tall:
        return []
    end = max(piece.right for piece in word)
    return word if end - word[0].left >= wide * tall and first.left - end >= gap * tall else []
