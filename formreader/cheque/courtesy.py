"""Where on an unknown cheque the courtesy amount stands: a printed box, or a run of writing behind a currency sign.

Every country's cheque has it right of the middle, below the date and above the signature. A ruled box there is the
surest, one with a currency sign in it or before it more so; without a box, rows of writing are looked at, nearest to
where the amount of most cheques is first.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import numpy.typing as npt

from formreader.cheque.currency import likeness
from formreader.cheque.framed import Place, framed_places
from formreader.cheque.ruled import Ruling
from formreader.printed.connected import connected
from formreader.records import Box, Flags, Gray
from formreader.strips.pieces import Piece, extent, joined, lies, pieces_of, writing


def find_places(dark: Gray, soft: Gray, ruling: Ruling) -> list[Place]:
    """Where the amount may stand, the likeliest first.

    `dark`: the sheet, ink bright (`ruled.darkness`); `soft`: the same smoothed.
    """
    return framed_places(dark, ruling) or find_rows(soft)[:3]


def find_rows(dark: Gray, *, left: float = 0.56, top: float = 0.17, bottom: float = 0.66) -> list[Place]:
    """Rows of pieces that may be digits in a part of the sheet (shares of it), likeliest to be an amount first."""
    height, width = dark.shape
    x, y = round(left * width), round(top * height)
    part = dark[y : round(bottom * height), x : round(0.985 * width)]
    all_pieces = pieces_of(writing(part))
    pieces = [piece for piece in all_pieces if piece.height >= 11]
    places = []
    for linked in _linked([one for one in pieces if one.height <= 0.13 * height and one.width < 0.2 * width]):
        row = _without_lines(linked)
        if len(row) < 3:
            continue
        box = Box(
            min(piece.left for piece in row) + x,
            min(piece.top for piece in row) + y,
            max(piece.right for piece in row) + x,
            max(piece.foot for piece in row) + y,
        )
        tall = median(piece.height for piece in row)
        box = _with_dashes(box, _dashes_beside(all_pieces, row, tall), x)
        apart = _sign_before(all_pieces, row, tall)
        if apart is not None:
            box = replace(box, left=min(box.left, apart.left + x))
        sign = apart is not None or max(likeness(piece.ink) for piece in row[:2]) > 0.62
        middle, far = (box.top + box.bottom) / 2 / height, (box.left + box.right) / 2 / width
        score = (1.0 if sign else 0.0) - 3 * abs(middle - 0.41) - 1.5 * abs(far - 0.82) + min(tall, 40) / 80
        own = set(map(id, linked))
        cut = _goes_on([piece for piece in all_pieces if id(piece) not in own], row, tall)
        places.append(Place(box.grown(4), None, score, False, cut))
    return sorted(places, key=lambda place: -place.score)


def _without_lines(
    row: Sequence[Piece], *, long: float = 2.0, thin: float = 0.12, bare: float = 0.15, flat: float = 0.25
) -> list[Piece]:
    """Less the sides of a printed frame that stand alone, and the ends of rules: `long` in heights of the row.

    `thin`: a side's width, as a share of its length; `bare`: as much of its rectangle a rule and a side at its end ink;
    `flat`: so high is a rule in its columns, in heights of the row, though it slopes.
    """
    tall = median(piece.height for piece in row)

    def is_line(piece: Piece) -> bool:
        if piece.width > 2 * long * tall:
            return float((piece.ink > 60).mean()) < bare or extent(piece.ink) < flat * tall
        side = piece.height > long * tall and piece.width < thin * piece.height
        return side and all(_apart(piece, other) > tall for other in row if other is not piece)

    return [piece for piece in row if not is_line(piece)]


def _apart(one: Piece, other: Piece) -> int:
    return max(one.left - other.right, other.left - one.right)


def _dashes_beside(
    pieces: Sequence[Piece], row: Sequence[Piece], tall: float, *, near: float = 1.0, level: float = 0.25
) -> list[Piece]:
    """The dashes that stand `near` before or behind a row, in its middle: a minus before the currency sign, or what
    closes the amount.
    """
    start, end = row[0].left, max(one.right for one in row)
    middle = median(one.middle for one in row)

    def is_dash(piece: Piece) -> bool:
        apart = max(start - piece.right, piece.left - end)
        high = abs(piece.middle - middle)
        return 0 < apart < near * tall and high < level * tall and piece.width < 1.5 * tall and lies(piece, tall)

    return [piece for piece in pieces if is_dash(piece)]


def _with_dashes(box: Box, dashes: Sequence[Piece], offset: int) -> Box:
    left = min([box.left, *(dash.left + offset for dash in dashes)])
    return Box(left, box.top, max([box.right, *(dash.right + offset for dash in dashes)]), box.bottom)


def _sign_before(
    pieces: Sequence[Piece], row: Sequence[Piece], tall: float, *, far: float = 6.0, plain: float = 0.75
) -> Piece | None:
    """The currency sign that a row stands well apart from, `far` at most, with nothing between them.

    `plain`: so much it looks like one, as no digit does. Lengths are in heights of the row.
    """
    top, foot, start = min(one.top for one in row), max(one.foot for one in row), row[0].left
    level = [
        piece
        for piece in pieces
        if piece.right <= start
        and piece.height > 0.5 * tall
        and min(foot, piece.foot) - max(top, piece.top) > 0.5 * tall
    ]
    last = max(level, key=lambda piece: piece.right, default=None)
    return last if last and start - last.right < far * tall and likeness(last.ink) >= plain else None


def _goes_on(others: Sequence[Piece], row: Sequence[Piece], tall: float) -> bool:
    """Whether another piece of writing stands close before or behind a row at its height: perhaps it is a digit's."""
    top, bottom = min(one.top for one in row), max(one.foot for one in row)
    start, end = row[0].left, max(one.right for one in row)
    level = [
        one
        for one in others
        if one.height > tall or (one.height > 0.3 * tall and top < one.top + one.height / 2 < bottom)
    ]
    near = joined(level, tall)  # a pale digit falls apart
    return any(
        -0.5 * tall < max(start - piece.right, piece.left - end) < tall
        and min(bottom, piece.foot) - max(top, piece.top) > 0.6 * tall
        for piece in near
    )


def _linked(pieces: Sequence[Piece], *, gap: float = 1.6) -> list[list[Piece]]:
    """Pieces beside each other at one height, from left to right.

    A comma stands lower than the digits, and may be as high as a small one: one of the last two tall pieces says
    whether the next stands at the row's height.
    """
    rows: list[list[Piece]] = []
    seen: list[tuple[int, float, list[Piece]]] = []  # of each row its end, its usual height, its last tall pieces
    for piece in sorted(pieces, key=lambda piece: piece.left):
        for at, (end, usual, last) in enumerate(seen):
            if piece.left - end < gap * max(usual, piece.height) and any(_level(one, piece) for one in last):
                rows[at].append(piece)
                seen[at] = _summed_up(rows[at])
                break
        else:
            rows.append([piece])
            seen.append(_summed_up([piece]))
    return rows


def _level(one: Piece, other: Piece) -> bool:
    shared = min(one.foot, other.foot) - max(one.top, other.top)
    return shared > 0.3 * min(one.height, other.height)


def _summed_up(row: Sequence[Piece]) -> tuple[int, float, list[Piece]]:
    usual = median(one.height for one in row)
    tall = [one for one in row if one.height >= 0.6 * usual]
    return max(one.right for one in row), usual, tall[-2:]


def strip_of(dark: Gray, place: Place) -> Gray:
    """What is to be read at a place, ink bright, the currency sign taken away."""
    box = place.box
    left, top = max(0, round(box.left)), max(0, round(box.top))
    strip = dark[top : round(box.bottom), left : round(box.right)].copy()
    if place.sign is not None:
        strip[:, : max(0, round(place.sign.right) - left - 1)] = 0
    return _unframed(strip) if place.framed else strip


def _unframed(strip: Gray, *, thin: float = 0.12, dark: int = 30, rim: float = 0.06) -> Gray:
    """Less what is left of the frame: pieces along an edge of the strip, longer than thick by far, or all within a
    `rim` of it, in heights of the strip, as rounded corners and several sides that hang together are.
    """
    pieces = connected(strip > dark)
    height, width = strip.shape
    left, top, wide, high, _ = pieces.stats.T
    level = ((top == 0) | (top + high == height)) & (high <= thin * height) & (wide > 4 * high)
    upright = ((left == 0) | (left + wide == width)) & (wide <= thin * height) & (high > 4 * wide)
    gone = level | upright | _along_edges(pieces.labels, len(pieces.stats), max(3, round(rim * height)))
    gone[0] = False
    return np.asarray(np.where(gone[pieces.labels], 0, strip), np.uint8)


def _along_edges(labels: npt.NDArray[np.int32], count: int, rim: int) -> Flags:
    """(count,) which pieces touch an edge and reach no further in than `rim` pixels."""
    touching, inside = np.zeros((2, count), np.bool_)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        touching[side] = True
    inside[np.unique(labels[rim:-rim, rim:-rim])] = True
    return np.asarray(touching & ~inside, np.bool_)
