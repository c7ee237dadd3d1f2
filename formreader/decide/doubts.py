"""What speaks against a field whatever its digits' probabilities are: reason codes, from its cells as cut."""

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

from formreader.crop.strokes import HOLES
from formreader.records import LEAST_FRAME, Crop
from formreader.template import Field

_SLASHED = "04"
"""Digits that a slanting stroke may run through: as many write a zero, and the stem of a 4."""

_WHOLE = "12356789"
"""Digits that nobody writes as two tall strokes side by side."""

_NAMES = dict.fromkeys(("struck", "slashed", "ringed", "dotted", "doubled", "questioned"), "overwritten")
"""What the codes of a cell are called in the table, where they differ."""

CODES = (
    "not_a_digit",
    "minus",
    "goes_on",
    "point",
    "gap",
    "raised",
    "fragment",
    "overwritten",
    "faint",
    "touches_frame",
    "weak_registration",
    "required",
)
"""Reason codes of a field by its cells, as the table has them."""

BROKEN = 0.3
"""Share of a page's inked cells with writing in pieces from which on its writing is broken."""

WHOLE, COVERED, FRAMED = 0.95, 0.85, 0.75
"""The quality of a frame that is whole, and of one that lacks a side; the share of a page's cells that are whole where
one that is not is odd.
"""


@dataclass(frozen=True)
class Usual:
    """What the writing of a page is like; 0 where there is too little of it to say."""

    height: float
    """In scan pixels."""
    foot: float
    """How far above the cell's lower line it ends, in scan pixels."""
    contrast: float
    """0..1: that of digits which no stain looks like, as it does like a 1; of two sorts the darker ones'."""
    broken: bool = False
    """Most of it is in pieces, as by a fax: what is left of a digit may be one stroke of it, or a speck."""
    framed: bool = False
    """Nearly all its cells are whole: one that lacks a side may be covered, and what stood in it with that."""


def usual_of(crops: Sequence[Crop], symbols: Sequence[str], *, least: int = 4, shards: int = 3) -> Usual:
    """`symbols`: what each crop looks like. Of heights and pieces at least so many tell; `shards`: few digits have
    so many pieces.
    """
    inked = [crop for crop in crops if crop.ink > 0]
    contrasts = [crop.contrast for crop, symbol in zip(crops, symbols, strict=True) if symbol in HOLES.keys() - {"1"}]
    broken = [crop.pieces >= shards for crop in crops if crop.pieces]
    return Usual(
        height=_middle([crop.height for crop in inked]) if len(inked) >= least else 0.0,
        foot=_middle([crop.foot for crop in inked]) if inked else 0.0,
        contrast=own_contrast(contrasts),
        broken=sum(broken) > max(BROKEN * len(broken), least),
        framed=sum(crop.quality >= WHOLE for crop in crops) >= FRAMED * len(crops),
    )


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def own_contrast(contrasts: Sequence[float], *, few: int = 2, share: float = 0.05, gap: float = 0.25) -> float:
    """Of a page's digits that of most, 0 where there are none; of the darker ones, where so `few` at least, and that
    `share` of all, stand apart by the `gap`, a share of their own: a few that run into their frame are darker, too.

    What shines through of another form, or is left of what was rubbed out, may be more than what was written. A page
    that fades, or lies in a shadow, has every tone between.
    """
    if not contrasts:
        return 0.0
    rising, dark = sorted(contrasts), _middle(contrasts)
    least = max(few, math.ceil(share * len(rising)))
    for first in range(1, len(rising) - least + 1):
        above = _middle(rising[first:])
        if rising[first] - rising[first - 1] >= gap * above:
            dark = max(dark, above)
    return dark


def cell_doubts(field: Field, crop: Crop, symbol: str, usual: Usual) -> frozenset[str]:
    """Reason codes of one cell of the field that do not depend on how sure its digit is: nobody knows what it holds.

    A 1 that runs on beyond the cell may be any line.
    """
    found = {
        "not_a_digit": symbol == "?" or (symbol == "X" and not field.fill_marks) or (crop.beside and symbol in _WHOLE),
        "minus": symbol in HOLES and crop.stroke_before,
        "goes_on": crop.goes_on,
        "point": symbol in HOLES and crop.point,
        "raised": symbol in HOLES and _raised(crop, usual),
        "fragment": _fragment(crop, symbol, usual),
        "struck": symbol in HOLES and crop.struck,
        "slashed": symbol in HOLES and symbol not in _SLASHED and crop.slashed,
        "ringed": symbol == "0" and crop.ringed,
        "dotted": symbol in "17" and crop.dotted,
        "overwritten": crop.doubled and looks_like_more(crop, symbol),
        "doubled": symbol in HOLES and crop.doubled,
        "questioned": symbol in HOLES and crop.questioned,
        "faint": crop.faint or (usual.broken and symbol == "_" and crop.pieces > 0),
        "touches_frame": crop.touches_frame or crop.runs_on,
        "weak_registration": crop.quality < (COVERED if symbol == "_" and usual.framed else LEAST_FRAME),
    }
    return frozenset(code for code, there in found.items() if there)


def doubts(field: Field, cells: Sequence[Set[str]], raw: str) -> tuple[str, ...]:
    """The reason codes of a whole field. `cells`: those of each cell; `raw`: a symbol a cell."""
    filled = raw.replace("X", "_") if field.fill_marks else raw
    written = filled.strip("_")
    before = raw[: len(filled) - len(filled.lstrip("_"))]
    found = {_NAMES.get(code, code) for codes in cells for code in codes}
    if "_" in written or (written and field.decimals and filled.endswith("_")):  # 737 may be 737 or 7.37
        found.add("gap")
    if field.fill_marks and written and before.startswith("_") and before.endswith("X"):
        found.add("minus")  # who fills unused cells fills all of them
    if field.required and not written:
        found.add("required")
    return in_order(found)


def in_order(codes: Set[str]) -> tuple[str, ...]:
    """Reason codes of a field as the table has them."""
    return tuple(code for code in CODES if code in codes)


def _fragment(
    crop: Crop, symbol: str, usual: Usual, *, piece: float = 0.45, stain: float = 0.55, erased: float = 0.5
) -> bool:
    """Less than the share `piece` of the other writing's height, or `erased` of its contrast; a 1 that of a `stain`.

    The CNN sees every digit at one size, and as dark as any: it may be what is left of a digit, or of one that was
    rubbed out, or shines through from the other side, or the ring of a cup.
    """
    pale = crop.contrast < (stain if symbol == "1" else erased) * usual.contrast
    return symbol.isdecimal() and (pale or (symbol == "1" and usual.broken) or crop.height < piece * usual.height)


def _raised(crop: Crop, usual: Usual, *, small: float = 0.62, high: float = 0.35) -> bool:
    """A small digit that ends as high above the others' foot as that share of their height: cents, degrees."""
    return crop.height < small * usual.height and crop.foot > usual.foot + high * usual.height


def looks_like_more(crop: Crop, symbol: str) -> bool:
    """Whether the strokes of what is read as this digit enclose more than it does, or leave no paper between them. They
    may all be its own, so that is only a reason to look (`overwritten`).
    """
    return symbol in HOLES and (crop.crowded or crop.holes > HOLES[symbol])
