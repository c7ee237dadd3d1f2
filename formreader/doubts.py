"""What speaks against a field whatever its digits' probabilities are: reason codes, from its cells as cut."""

from collections.abc import Sequence

from formreader.records import Crop
from formreader.template import Field

_HOLES = {"0": 2, "1": 0, "2": 1, "3": 1, "4": 1, "5": 0, "6": 1, "7": 0, "8": 2, "9": 1}
"""How many pieces of paper a digit encloses at most, as people write it: 2 and 3 with a loop, 0 with a slash."""


def usual_height(crops: Sequence[Crop], *, least: int = 4) -> float:
    """How tall the page's writing is, in scan pixels; 0 where there is too little of it to say."""
    heights = sorted(crop.height for crop in crops if crop.ink > 0)
    return heights[len(heights) // 2] if len(heights) >= least else 0.0


def doubts(
    field: Field, crops: Sequence[Crop], raw: str, usual: float, *, least_frame: float = 0.5, piece: float = 0.45
) -> list[str]:
    """Reason codes that do not depend on how sure the digits are.

    `usual`: how tall the page's writing is. The CNN sees every digit at one size: what is less than the share `piece`
    of the others' height may be what is left of a digit.
    """
    written = raw.replace("X", "_") if field.fill_marks else raw
    reasons = []
    if "?" in raw or ("X" in raw and not field.fill_marks):
        reasons.append("not_a_digit")
    if "_" in written.strip("_"):
        reasons.append("gap")
    if any(symbol.isdecimal() and crop.height < piece * usual for symbol, crop in zip(raw, crops, strict=True)):
        reasons.append("fragment")
    if any(_written_over(crop, symbol) for symbol, crop in zip(raw, crops, strict=True)):
        reasons.append("overwritten")
    if any(crop.faint for crop in crops):
        reasons.append("faint")
    if any(crop.touches_frame for crop in crops):
        reasons.append("touches_frame")
    if any(crop.quality < least_frame for crop in crops):
        reasons.append("weak_registration")
    if field.required and not written.strip("_"):
        reasons.append("required")
    return reasons


def _written_over(crop: Crop, symbol: str) -> bool:
    """Struck or scribbled out, of two inks, or with more holes than that digit has: there is more than it there."""
    return symbol in _HOLES and (crop.struck or crop.crowded or crop.two_inks or crop.holes > _HOLES[symbol])
