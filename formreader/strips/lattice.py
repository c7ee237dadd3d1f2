"""Every way to cut a strip's ink into the signs of an amount, each piece weighed by the digit CNN and by its shape.

Over-segmentation (Fujisawa, 1992): pieces that hang together are cut at their thinnest places, and what stands between
two cuts may be any digit, a comma, a dash, a stroke, the stroke and dash that close an amount, or nothing. Scores are
logarithms, higher is likelier; only their differences on one strip mean something.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from formreader.classify import DigitModel
from formreader.strips.pieces import (
    Ink,
    Piece,
    is_double_dash,
    joined,
    lies,
    parts_of,
    pieces_of,
    together,
    usual_height,
)
from formreader.strips.signs import line_around, scores_of
from formreader.strips.spans import read_alone
from formreader.strips.spelling import is_ungrouped
from formreader.strips.ways import Part, Way
from formreader.strips.zeros import ZEROS, joined_zeros


@dataclass(frozen=True)
class Lattice:
    """All parts of a strip."""

    parts: tuple[tuple[Part, ...], ...]
    """By the cut where they start."""

    def spellings(
        self, can_begin: Callable[[str], bool], *, beams: int = 40, poor: float = 12.0
    ) -> list[tuple[str, float]]:
        """The likeliest spellings and their scores, likeliest first. `poor`: scores so far below the best are dropped.

        `can_begin`: whether what is looked for may begin so.
        """
        ways: list[dict[str, float]] = [{} for _ in range(len(self.parts) + 1)]
        ways[0][""] = 0.0
        for start, parts in enumerate(self.parts):
            begun = _best(ways[start], beams, poor)
            for part in parts if begun else ():
                _go_on(ways[part.end], begun, _likely(part.signs), can_begin)
        return _best(ways[-1], beams, poor)

    def best(self, body: str) -> Way | None:
        """The best way to see just this, closed in any way; None where there is none.

        `body`: a spelling without what closes it.
        """
        last = len(body)
        ways: list[dict[int, Way]] = [{} for _ in range(len(self.parts) + 1)]
        ways[0][0] = Way(0.0)
        for start, parts in enumerate(self.parts):
            for at, way in ways[start].items():
                steps = [("", at), *([(body[at], at + 1)] if at < last else _CLOSING[at - last](last))]
                steps += [] if at else [("-", 0)]
                steps += [(zeros, at + len(zeros)) for zeros in ZEROS if body.startswith(zeros, at)]
                for part in parts:
                    signs, after = part.signs, ways[part.end]
                    for sign, place in steps:
                        if sign not in signs:
                            continue
                        score = way.score + signs[sign]
                        if place not in after or score > after[place].score:
                            after[place] = Way(score, sign, part, way)
        return max((way for at, way in ways[-1].items() if at >= last), key=lambda way: way.score, default=None)


_CLOSING: tuple[Callable[[int], tuple[tuple[str, int], ...]], ...] = (
    lambda end: (("/", end + 1), ("-", end + 2), ("/-", end + 2)),
    lambda end: (("-", end + 2),),
    lambda end: (("-", end + 2),),
)
"""What may follow a body at its `end`, behind a stroke, and behind a dash: each sign, and the place behind it."""


def _go_on(
    ways: dict[str, float],
    begun: Sequence[tuple[str, float]],
    signs: Sequence[tuple[str, float]],
    can_begin: Callable[[str], bool],
) -> None:
    """Add to `ways` each beginning with each of a part's signs behind it, where that is better than what is there."""
    known = ways.get
    for before, score in begun:
        for sign, own in signs:
            text, total = before + sign, score + own
            if known(text, -math.inf) < total and can_begin(text):
                ways[text] = total


def _likely(signs: Mapping[str, float], *, most: int = 8, poor: float = 9.0) -> list[tuple[str, float]]:
    ranked = sorted(signs.items(), key=lambda sign: -sign[1])[:most]
    return [sign for sign in ranked if sign[1] >= ranked[0][1] - poor]


def _best(ways: Mapping[str, float], beams: int, poor: float, *, odd: float = 8.0) -> list[tuple[str, float]]:
    """The best beginnings; those without marks, which people rarely write, are `odd`."""
    if not ways:
        return []
    least = max(ways.values()) - poor
    kept = [way for way in ways.items() if way[1] >= least]
    return sorted(kept, key=lambda way: way[1] - odd * is_ungrouped(way[0]), reverse=True)[:beams]


def lattice_of(
    ink: Sequence[Piece],
    tall: float,
    model: DigitModel,
    *,
    left: float = 0.0,
    speck: float = 0.05,
    joins_zeros: bool = False,
) -> Lattice:
    """Of the ink right of `left`; `tall`: how high its digits are. Pieces below the share `speck` of that are none.

    `joins_zeros`: whether several zeros may be one sign. Who rarely writes them so rather has one written over.
    """
    found = _joined(ink, tall, speck)
    pieces = [piece for piece in found if piece.right > left]
    spans = list(_spans(pieces, tall))
    if not spans:
        return Lattice(())
    parts = [part for _, _, _, part in spans]
    probabilities = read_alone([part.ink for part in parts], model)
    zeros = joined_zeros(parts, found, tall) if joins_zeros else np.zeros((len(parts), len(ZEROS)))
    lines = [line_around(pieces, index, tall) for index in range(len(pieces))]
    digits = [model.labels.index(digit) for digit in "0123456789"]
    by_start: list[list[Part]] = [[] for _ in range(max(end for _, end, _, _ in spans))]
    for (start, end, index, part), chances, zero in zip(spans, probabilities, zeros.tolist(), strict=True):
        own, (top, bottom) = tuple(chances[digits].tolist()), lines[index]
        size = max(part.width, part.height) / (bottom - top)
        signs = scores_of(part, lines[index], tall, own, zero)
        whole = part.width == pieces[index].width  # two dashes cut out of a scribble are none
        if whole and is_double_dash(pieces[index], tall):
            signs["-"] = max(signs["-"], -0.7)
        by_start[start].append(Part(start, end, signs, own, size, part.ink, part.top, tuple(zero)))
    return Lattice(tuple(map(tuple, by_start)))


def parts_on(ink: Ink, *, speck: float = 0.05) -> tuple[list[Piece], list[Piece], float]:
    """All parts of a strip's ink, the pieces that they are cut from, and how high its digits are."""
    pieces = pieces_of(ink)
    tall = usual_height(pieces)
    around = _joined(pieces, tall, speck) if tall else []
    return [part for _, _, _, part in _spans(around, tall)], around, tall


def _joined(ink: Sequence[Piece], tall: float, speck: float) -> list[Piece]:
    return [piece for piece in joined(ink, tall) if max(piece.width, piece.height) >= speck * tall]


def _spans(pieces: Sequence[Piece], tall: float) -> Iterator[tuple[int, int, int, Piece]]:
    """Start, end, the piece's number and the ink of all parts; two pieces may be one digit that fell apart."""
    each = [parts_of(piece, tall) for piece in pieces]
    ends = [max(other for _, other, _ in parts) for parts in each]
    firsts = [0, *accumulate(ends)]
    for index, (piece, parts) in enumerate(zip(pieces, each, strict=True)):
        yield from ((firsts[index] + one, firsts[index] + other, index, part) for one, other, part in parts)
        if index + 1 < len(pieces):
            follower = pieces[index + 1]
            near = follower.left - piece.right < 0.15 * tall
            widest = 1.6 if _is_flag(follower, piece, tall) else 0.95
            if near and follower.right - piece.left < widest * tall:
                yield firsts[index], firsts[index + 2], index, together(piece, follower)


def _is_flag(piece: Piece, body: Piece, tall: float) -> bool:
    """Whether a piece may be the flag of a 5 whose body stands before it: level, and at its top."""
    return lies(piece, tall) and piece.foot < body.top + 0.4 * body.height
