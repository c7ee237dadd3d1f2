"""A free run of written digits -> its symbols, cut where its strokes part and where they most likely join.

Pieces of ink that hang together are digits, marks or several digits that touch. What is too wide for one digit is cut
at its thinnest places in every way, all pieces go through the digit CNN in one call, and the likeliest path through
them is taken (Viterbi; over-segmentation after Fujisawa, 1992). Every doubt is named, so that nothing doubtful passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from formreader.cheque.currency import likeness
from formreader.classify import DigitModel
from formreader.records import Box, Floats32
from formreader.strips.ctc import DIGITS
from formreader.strips.doubts import runs_level
from formreader.strips.pieces import (
    Ink,
    Piece,
    is_double_dash,
    is_stroke_and_dash,
    joined,
    lies,
    parts_of,
    pieces_of,
    stands,
    together,
    usual_height,
)
from formreader.strips.spans import read_alone


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of a run, in the run's pixels."""

    text: str
    """A digit, `.` a point, `,` a comma, `-` a dash, `/` a stroke, `/-` the stroke and dash that end an amount."""
    box: Box
    confidence: float = 1.0
    """Of a digit: the probability that it is this one."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read."""

    symbols: tuple[Symbol, ...]
    reasons: tuple[str, ...] = ()
    """Why it must not be trusted."""
    sign_end: float = 0.0
    """Where there is paper again behind a plain currency sign that stands first and apart, in pixels; 0 without one."""

    @property
    def text(self) -> str:
        return "".join(symbol.text for symbol in self.symbols)

    @property
    def digits(self) -> str:
        return "".join(symbol.text for symbol in self.symbols if symbol.text.isdigit())

    @property
    def confidence(self) -> float:
        return float(np.prod([symbol.confidence for symbol in self.symbols])) if self.symbols else 0.0


def read_run(ink: Ink, model: DigitModel, *, signed: bool = False, removed: bool = False) -> Run:
    """The symbols written in `ink`, from left to right; none where nothing is.

    `signed`: a currency sign is printed before the amount, so that a first piece that is hardly a digit is the sign;
    `removed`: it was, but is not in `ink`.
    """
    pieces = pieces_of(ink)
    tall = usual_height(pieces)
    if not tall:
        return Run(())
    least = (0.07 if signed else 0.12) * tall
    pieces = [piece for piece in joined(pieces, tall) if max(piece.width, piece.height) >= least]
    marks = {index: mark for index in range(len(pieces)) if (mark := _mark(pieces, index, tall))}
    tail, body_count, reasons = _tail(pieces, marks, tall)
    body = pieces[:body_count]
    read = iter(_read_digits([piece for index, piece in enumerate(body) if index not in marks], tall, model))
    parts = [[Symbol(marks[i], piece.box)] if i in marks else next(read) for i, piece in enumerate(body)]
    start = _after_sign(body, parts, tall, signed=signed)
    doubtful = _sign_or_digit(body, parts, start, tall, signed=signed, removed=removed)
    reasons += ["sign_or_digit"] if doubtful else []
    reasons += ["struck_through"] if any(_struck(piece, tall) for piece in body[start:]) else []
    symbols = [symbol for part in parts[start:] for symbol in part]
    plain = start == 1 and len(body) > 1 and _is_plain_sign(body[0], body[1], tall)
    sign_end = body[0].box.right + 0.2 * tall if plain else 0.0
    return Run((*symbols, *([tail] if tail else [])), tuple(dict.fromkeys(reasons)), sign_end)


def _is_plain_sign(sign: Piece, first: Piece, tall: float, *, plain: float = 0.75, apart: float = 0.5) -> bool:
    """Whether it looks like a currency sign, as none of 8,700 digits does, and stands apart from what follows.

    `apart`: in heights of a digit; close to what follows it may be a digit struck out.
    """
    return likeness(sign.ink) >= plain and first.left - sign.right >= apart * tall


def _after_sign(pieces: Sequence[Piece], parts: Sequence[Sequence[Symbol]], tall: float, *, signed: bool) -> int:
    """How many pieces at the start are a currency sign and what is printed before it.

    A sign larger than the digits is cut in two; of 6,000 pairs of digits that touch none is 0.5 alike.
    """
    for index in (2, 1, 0):
        if index >= len(pieces) or not parts[index][0].text.isdigit():
            continue
        alike, sure = likeness(pieces[index].ink), parts[index][0].confidence
        if alike >= 0.75 or (alike >= 0.63 and (sure < 0.97 or len(parts[index]) > 1)):
            return index + 1
        if len(parts[index]) > 1:
            continue
        poor = alike >= 0.41 or pieces[index].height < 0.82 * tall
        if signed and index == 0 and sure < 0.92 and poor:
            return 1
    return 1 if signed and parts and parts[0][0].text in ".," else 0


def _sign_or_digit(
    pieces: Sequence[Piece],
    parts: Sequence[Sequence[Symbol]],
    start: int,
    tall: float,
    *,
    signed: bool,
    removed: bool,
    speck: float = 0.5,
    likely: float = 0.5,
) -> bool:
    """Whether what was taken for a sign may be a digit, or the first digit a sign: blurred, a `$` is a plain 5.

    It is none that is plainly a sign. Where a sign is printed and none was seen, nor
    anything higher than a `speck` (a share of `tall`), it is what was read first. Where one is printed, what was taken
    for it may be a digit that is blurred: as high as one, hardly like a sign, and `likely` to be that digit; or an
    ornate one, where what stands before it is like a sign as well.
    """
    if any(piece.height >= 0.8 * tall and likeness(piece.ink) >= 0.57 for piece in pieces[: max(start - 1, 0)]):
        return True
    if signed and 0 < start < len(parts) and parts[start - 1][0].text.isdigit():
        sign = pieces[start - 1]
        if parts[start - 1][0].confidence >= likely and sign.height >= 0.8 * tall and likeness(sign.ink) < 0.63:
            return True
    if not signed and 0 < start < len(parts) and parts[start - 1][0].confidence >= 0.9:
        return not _is_plain_sign(pieces[start - 1], pieces[start], tall)
    if removed or start >= len(pieces) or not parts[start]:
        return False
    alike = likeness(pieces[start].ink)  # of one digit in five hundred 0.63 or more, of one 5 in seven 0.42
    unseen = all(piece.height < speck * tall for piece in pieces[:start])  # a speck is no sign, but comes off one
    return alike >= 0.63 or (unseen if signed else alike >= 0.42 and parts[start][0].text == "5")


def _mark(pieces: Sequence[Piece], index: int, tall: float) -> str:
    """`.`, `,` or `-` where a piece is small enough for one and stands where one does beside its neighbours."""
    piece = pieces[index]
    if lies(piece, tall) or is_double_dash(piece, tall):
        return "-"
    beside = [
        one for one in (*pieces[max(0, index - 2) : index], *pieces[index + 1 : index + 3]) if one.height > 0.55 * tall
    ]
    if not beside or piece.height > 1.1 * tall or piece.width > 0.75 * tall:
        return ""
    top = float(np.mean([one.top for one in beside[:3]]))
    bottom = float(np.median([one.foot for one in beside]))
    tiny = max(piece.width, piece.height) < 0.35 * tall
    lowest = bottom - (0.6 if tiny else 0.25) * (bottom - top)
    low = piece.top > top + 0.3 * (bottom - top) and piece.middle > lowest
    below = piece.foot - bottom
    if not low or (piece.height > 0.62 * tall and below < 0.12 * tall):
        return ""
    return "," if below > 0.15 * tall or piece.height > 1.5 * piece.width else "."


def _tail(pieces: Sequence[Piece], marks: dict[int, str], tall: float) -> tuple[Symbol | None, int, list[str]]:
    """The `/-` that ends an amount, how many pieces stand before it, and doubts."""
    last = len(pieces) - 1
    while last > 1 and marks.get(last, "-") in ".,":  # specks behind the dash
        last -= 1
    if last >= 1 and marks.get(last) == "-":
        before = pieces[last - 1]
        if last - 1 not in marks and stands(before, tall):
            digits = usual_height(pieces[: last - 1]) or tall
            return Symbol("/-", together(before, pieces[last]).box), last - 1, _upright_doubt(before, digits)
        return Symbol("-", pieces[last].box), last, []
    if last >= 1 and is_stroke_and_dash(pieces[last], tall):
        return Symbol("/-", pieces[last].box), last, []
    return None, len(pieces), []


def _upright_doubt(stroke: Piece, tall: float) -> list[str]:
    """An upright stroke no taller than the digits before a dash may as well be a one."""
    return ["stroke_or_one"] if stroke.height < 1.1 * tall and stroke.width < 0.28 * stroke.height else []


def _struck(piece: Piece, tall: float, *, across: float = 1.9) -> bool:
    """A level stroke runs through it, longer than any digit is wide."""
    height, length = piece.height, round(across * max(tall, 0.8 * piece.height))
    if piece.width < length:
        return False
    return runs_level(piece.ink[round(0.15 * height) : round(0.85 * height) + 1] > 60, length, loose=5)


def _read_digits(pieces: Sequence[Piece], tall: float, model: DigitModel) -> list[list[Symbol]]:
    """The digits of each piece: one, or several where it is wide."""
    each = [parts_of(piece, tall) for piece in pieces]
    inks = [part.ink for parts in each for _, _, part in parts]
    if not inks:
        return []
    digits = [model.labels.index(digit) for digit in DIGITS]
    chances = iter(read_alone(inks, model)[:, digits])
    return [_best_path([(*part, next(chances)) for part in parts], tall) for parts in each]


def _best_path(parts: Sequence[tuple[int, int, Piece, Floats32]], tall: float) -> list[Symbol]:
    """The likeliest way through one piece's cuts (see `parts_of`); each digit more must earn its keep."""
    last = max(other for _, other, _, _ in parts)
    best: list[tuple[float, list[Symbol]]] = [(0.0, []), *((-np.inf, list[Symbol]()) for _ in range(last))]
    for one, other, part, chances in parts:
        odd = abs(np.log(max(part.width / (0.62 * tall), 0.35)))
        score = best[one][0] + float(np.log(max(chances.max(), 1e-6))) - 0.5 - 0.25 * odd
        if score > best[other][0]:
            symbol = Symbol(DIGITS[int(chances.argmax())], part.box, float(chances.max()))
            best[other] = score, [*best[one][1], symbol]
    return best[-1][1]


def gaps_of(symbols: Sequence[Symbol]) -> list[float]:
    """Paper between each two neighbours, in pixels; below 0 where they overlap."""
    return [other.box.left - one.box.right for one, other in pairwise(symbols)]
