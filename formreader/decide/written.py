"""What a field's cells say by themselves, before any rule: a value, how likely it is, and what else it may be."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from formreader.decide.doubts import Usual, cell_doubts, doubts
from formreader.decide.joint import likely_values
from formreader.records import Crop
from formreader.template import Field

DIGITS, MARKS, JUNK = "0123456789", "x-", "?"
CLEAR = 0.85
"""How sure a cell must be that a rule may answer what else speaks against it."""
DOUBTED = 0.2
"""How often a digit whose strokes are doubted is taken for another one."""
_CLEARABLE = frozenset({"touches_frame", "struck", "questioned"})
"""Doubts of a clear digit that a rule answers: it runs over its frame, a line crosses it, it may be a slash or written
over."""
_TOLD = _CLEARABLE | {"doubled"}
"""Doubts of which a clear digit is hardly ever another one."""
_UNSEEN = frozenset({"faint", "weak_registration"})
"""Doubts whether any of the digit is seen."""
_ANY_DIGIT = dict.fromkeys(DIGITS, 1 / 10)


@dataclass(frozen=True)
class Cell:
    """One cell as read."""

    symbol: str
    """For `raw`."""
    part: str
    """What it adds to the value: a digit, or nothing."""
    parts: dict[str, float]
    """All that it may add, and how likely each is."""
    doubts: frozenset[str] = frozenset()
    """Reason codes: where there is one, `parts` are not to be believed."""

    @property
    def confidence(self) -> float:
        return self.parts[self.part]

    def legible(self, *, one: float = 0.7, two: float = 0.85) -> bool:
        """Whether it is more or less clear by itself, or nothing is doubtful but which of two parts it holds."""
        return self.confidence >= one or sum(sorted(self.parts.values())[-2:]) >= two

    @property
    def clearable(self) -> bool:
        """Whether a rule that holds for it as it is read answers what speaks against it: that it runs over the frame,
        that a line as the bar of a 4 crosses it, that it may be a slash or written over, or that what is rather a mark
        than any digit is badly made.
        """
        may = self._rather_mark or _CLEARABLE.issuperset(self.doubts)
        return not self.doubts or (may and self.confidence >= CLEAR)

    def supposed(self, *, wrong: float = DOUBTED) -> dict[str, float]:
        """All that it may add, where a doubted digit is something else with the probability `wrong`."""
        if not self.doubts or not self.part:  # a mark that runs over the frame is no digit for that
            return self.parts
        return {
            part: (1 - wrong) * self.parts.get(part, 0.0) + wrong * chance for part, chance in self._anything.items()
        }

    @property
    def hidden(self) -> float:
        """How likely it holds something else than its strokes look like.

        A clear digit that runs over the frame, or looks like two to the network, is most probably that digit. So is any
        other that looks like one to the CNN, but less surely; what does not may be anything.
        """
        if not self.doubts or (self.part and self.confidence >= CLEAR and _TOLD.issuperset(self.doubts)):
            return 0.0
        return DOUBTED if self.symbol in DIGITS and _UNSEEN.isdisjoint(self.doubts) else 1.0

    @property
    def _rather_mark(self) -> bool:
        return self.symbol == JUNK and not self.part and self.doubts == {"not_a_digit"}

    def believed(self, *, flat: float = 0.25) -> dict[str, float]:
        """All that it may add, where what is hidden may be anything.

        Of a digit, rather what it resembles: of misread ones with a doubt four in five were what the CNN held for the
        next likely, however unlikely. Its probabilities are taken to the power `flat`.
        """
        hidden = self.hidden
        if hidden in (0, 1):
            return self._anything if hidden else self.parts
        others = {part: chance**flat for part, chance in self.parts.items() if part != self.part}
        total = sum(others.values())
        return {
            part: (1 - hidden) * chance + hidden * others.get(part, 0.0) / total for part, chance in self.parts.items()
        }

    @property
    def _anything(self) -> dict[str, float]:
        return dict.fromkeys([*DIGITS, ""], 1 / 11) if "" in self.parts else _ANY_DIGIT


@dataclass(frozen=True)
class Row:
    """One field's cells as read."""

    field: Field
    cells: tuple[Cell, ...]
    doubts: tuple[str, ...]
    """Reason codes that do not depend on how sure the digits are."""

    def questioned(self, places: Set[int]) -> "Row":
        """The same with these of its cells in doubt, as a rule may answer."""
        cells = tuple(
            replace(cell, doubts=cell.doubts | {"questioned"}) if place in places else cell
            for place, cell in enumerate(self.cells)
        )
        return replace(self, cells=cells, doubts=doubts(self.field, [cell.doubts for cell in cells], self.raw))

    @property
    def value(self) -> str:
        return as_value(self.field, "".join(cell.part for cell in self.cells))

    @property
    def raw(self) -> str:
        return "".join(cell.symbol for cell in self.cells)

    @property
    def digit_confidences(self) -> tuple[float, ...]:
        """One per cell."""
        return tuple(cell.confidence for cell in self.cells)

    @property
    def alone(self) -> float:
        """Probability that the value is right, by its digits alone."""
        return math.prod(cell.confidence for cell in self.cells)

    @property
    def chances(self) -> dict[str, float]:
        """The likeliest values, and how likely each is."""
        return self._values([cell.parts for cell in self.cells], own=self.alone)

    def believed(self, *, most: int = 120) -> dict[str, float]:
        """The likeliest values where a cell that is doubted may hold anything; at most so many."""
        return self._values([_ANY_DIGIT if self.lacking else cell.believed() for cell in self.cells], most=most)

    @property
    def clearable(self) -> bool:
        """Whether nothing speaks against it but what a rule may answer."""
        return not {"gap", "required"}.intersection(self.doubts) and all(cell.clearable for cell in self.cells)

    def supposed(self, *, most: int = 120) -> dict[str, float]:
        """The likeliest values where a cell that is doubted may well be something else; at most so many."""
        return self._values([cell.supposed() for cell in self.cells], most=most)

    def _values(self, cells: Sequence[dict[str, float]], *, most: int = 12, own: float = 0.0) -> dict[str, float]:
        """The likeliest values of these cells; its own, `own`, where so much is doubted that it is none of them."""
        chances: defaultdict[str, float] = defaultdict(float)
        for digits, chance in likely_values(cells, most=most).items():
            chances[as_value(self.field, digits)] += chance
        chances.setdefault(self.value, own)
        return chances

    @property
    def seen(self) -> float:
        """How likely all its cells hold what their strokes look like."""
        return 0.0 if self.lacking else math.prod(1 - cell.hidden for cell in self.cells)

    @property
    def open(self) -> bool:
        """Whether nobody knows what it says: one of its cells is doubted, or it is empty and must not be."""
        return self.lacking or any(cell.hidden for cell in self.cells)

    @property
    def lacking(self) -> bool:
        """Whether it is empty and must not be."""
        return "required" in self.doubts

    @property
    def legible(self) -> bool:
        """What a rule demands is not what is on the paper: it says nothing about what nobody could read without it."""
        return all(cell.legible() for cell in self.cells)

    def may_be(self, value: str, *, clear: float = 0.9) -> bool:
        """Whether the paper leaves room for this value: it differs in no cell that is `clear`."""
        digits = value.replace(".", "")
        spelled = {digits.zfill(length) for length in range(len(digits), len(self.cells) + 1)}
        own = [{cell.part} if cell.confidence >= clear else set(cell.parts) for cell in self.cells]
        return any(as_value(self.field, one) == value and _spells(own, one) for one in spelled)


def _spells(cells: Sequence[set[str]], digits: str) -> bool:
    """Whether one part of each cell, put together, may be these digits."""
    ends = {0}
    for parts in cells:
        ends = {end + len(part) for end in ends for part in parts if digits.startswith(part, end)}
    return len(digits) in ends


def row_of(field: Field, crops: Sequence[Crop], seen: Sequence[dict[str, float] | None], usual: Usual) -> Row:
    """`seen`: of each cell label -> probability; None where nothing is written. `usual`: see `doubts.cell_doubts`."""
    cells = tuple(_cell(field, crop, chances, usual) for crop, chances in zip(crops, seen, strict=True))
    raw = "".join(cell.symbol for cell in cells)
    return Row(field, cells, doubts(field, [cell.doubts for cell in cells], raw))


def _cell(field: Field, crop: Crop, chances: dict[str, float] | None, usual: Usual) -> Cell:
    symbol, part, parts = _read(crop, chances, field.fill_marks)
    return Cell(symbol, part, parts, cell_doubts(field, crop, symbol, usual))


def _read(crop: Crop, chances: dict[str, float] | None, fill_marks: bool) -> tuple[str, str, dict[str, float]]:
    """What stands in one cell: symbol, part and parts of a `Cell`."""
    if chances is None:
        return "_", "", {"": _certainly_blank(crop)}
    parts = {digit: chances[digit] for digit in DIGITS}
    best = max(chances, key=chances.__getitem__)
    if fill_marks:
        parts[""] = sum(chances[label] for label in MARKS)
        if best in MARKS:
            return "X", "", parts
        if best == JUNK and _rather_a_mark(parts):
            return JUNK, "", parts | {"": parts[""] + chances[JUNK]}
    # The best digit is given even where there is none, so that a reviewer has something to accept.
    symbol = best if best in DIGITS else "X" if best in MARKS else JUNK
    return symbol, max(DIGITS, key=chances.__getitem__), parts


def _rather_a_mark(parts: Mapping[str, float], *, least: float = 0.25, times: float = 4.0) -> bool:
    """Whether what is no digit may be a mark badly made: that is likely, and far likelier than any digit."""
    return parts[""] >= max(least, times * max(parts[digit] for digit in DIGITS))


def _certainly_blank(crop: Crop, *, faintest: float = 0.08, doubtful: float = 0.5) -> float:
    """How sure an empty cell is empty: the darker the specks that were left out, the less.

    `faintest`, `doubtful`: contrast of specks, 0..1, where doubt begins, and where it is at its largest, 1 in 50.
    """
    return float(np.interp(crop.contrast, [faintest, doubtful], [0.9995, 0.98]))


def as_value(field: Field, digits: str) -> str:
    """The digits as the table shows them: an amount as a plain decimal, anything else as it was written."""
    if field.kind != "amount" or not digits:
        return digits
    decimals = field.decimals or 0
    padded = digits.zfill(decimals + 1)
    whole = padded[: len(padded) - decimals].lstrip("0") or "0"
    return f"{whole}.{padded[len(padded) - decimals :]}" if decimals else whole
