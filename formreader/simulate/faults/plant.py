"""Faults at work: each kind where it belongs between the hand and the file."""

from collections.abc import Sequence

import numpy as np

from formreader.records import Box, Gray
from formreader.simulate.faults.catalogue import Planted, Rng, Where
from formreader.simulate.faults.fields import WrittenField
from formreader.simulate.handwriting import Hand, Written


class PlantedPen:
    """Writes as its hand does, with the faults of hand, mark and field; remembers which fields are to be rejected."""

    def __init__(self, planted: Sequence[Planted]) -> None:
        self._hands, self._marks, self._fields = (_those(planted, where) for where in ("hand", "mark", "field"))
        self.unreadable: set[str] = set()

    def hand(self, hand: Hand, rng: Rng) -> Hand:
        """The hand for one digit."""
        chance = rng.random()
        for one in self._hands:
            if chance < one.often:
                hand = one.fault.act(hand, rng, one.strength)
        return hand

    def over(self, cell: Written, rng: Rng) -> None:
        """Draw over what stands in one cell."""
        if cell.mark.label in ("", "x", "-", ".") or not self._marks:
            return
        chance = rng.random()
        for one in self._marks:
            if chance < one.often and one.fault.act(cell, rng, one.strength):
                self.unreadable.add(cell.field)

    def across(self, cells: Sequence[Written], decimals: int, rng: Rng, *, walled: bool = True) -> None:
        """Draw over a whole field of these cells, or beside it; `walled`: whether they are printed."""
        for one in self._fields:
            if one.fault.act(WrittenField(tuple(cells), decimals, walled), rng, one.strength):
                self.unreadable.add(cells[0].field)


def _those(planted: Sequence[Planted], where: Where) -> list[Planted]:
    return [one for one in planted if one.fault.where == where]


def on_paper(page: Gray, cells: list[Box], places: list[Box], planted: Sequence[Planted], rng: Rng) -> Gray:
    """The page with the faults of print and paper.

    In page pixels, `cells` are those that are printed, `places` where digits stand without any.
    """
    sorts: tuple[tuple[Where, list[Box]], ...] = (("print", cells), ("paper", cells + places))
    for where, boxes in sorts:
        for one in _those(planted, where) if boxes else ():
            page = one.fault.act(page, boxes, rng, one.strength)
    return page


def on_scan(gray: Gray, boxes: list[Box], planted: Sequence[Planted], rng: Rng) -> Gray:
    """The scan with the faults of scanner, fax and camera."""
    unit = float(np.median([box.height for box in boxes])) if boxes else 40.0
    for one in _those(planted, "scan"):
        gray = one.fault.act(gray, unit, rng, one.strength)
    return gray
