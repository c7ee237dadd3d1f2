"""Faults at work: each kind where it belongs between the hand and the file."""

from collections.abc import Sequence

import numpy as np

from formreader.records import Box, Gray
from formreader.simulate.faults.catalogue import OnHand, OnMark, OnPaper, OnScan, Planted, Rng
from formreader.simulate.faults.fields import OnField, WrittenField
from formreader.simulate.handwriting import Hand, Written


class PlantedPen:
    """Writes as its hand does, with the faults of hand, mark and field; remembers which fields are to be rejected."""

    def __init__(self, planted: Sequence[Planted], *, often: float = 1.0) -> None:
        """`often`: probability that a digit suffers the faults."""
        self._hands: list[tuple[OnHand, float]] = [
            (one.fault.act, one.strength)  # type: ignore[misc]
            for one in planted
            if one.fault.where == "hand"
        ]
        self._marks: list[tuple[OnMark, float]] = [
            (one.fault.act, one.strength)  # type: ignore[misc]
            for one in planted
            if one.fault.where == "mark"
        ]
        self._fields: list[tuple[OnField, float]] = [
            (one.fault.act, one.strength)  # type: ignore[misc]
            for one in planted
            if one.fault.where == "field"
        ]
        self._often = often
        self.unreadable: set[str] = set()

    def hand(self, hand: Hand, rng: Rng) -> Hand:
        """The hand for one digit."""
        if rng.random() < self._often:
            for act, strength in self._hands:
                hand = act(hand, rng, strength)
        return hand

    def over(self, cell: Written, rng: Rng) -> None:
        """Draw over what stands in one cell."""
        if cell.mark.label in ("", "x", "-", ".") or (self._marks and rng.random() >= self._often):
            return
        for act, strength in self._marks:
            if act(cell, rng, strength):
                self.unreadable.add(cell.field)

    def across(self, cells: Sequence[Written], decimals: int, rng: Rng) -> None:
        """Draw over a whole field of these cells, or beside it."""
        for act, strength in self._fields:
            if act(WrittenField(tuple(cells), decimals), rng, strength):
                self.unreadable.add(cells[0].field)


def on_paper(page: Gray, boxes: list[Box], planted: Sequence[Planted], rng: Rng) -> Gray:
    """The page with the faults of the paper. `boxes`: its cells, in page pixels."""
    for one in planted:
        if one.fault.where == "paper" and boxes:
            act: OnPaper = one.fault.act  # type: ignore[assignment]
            page = act(page, boxes, rng, one.strength)
    return page


def on_scan(gray: Gray, boxes: list[Box], planted: Sequence[Planted], rng: Rng) -> Gray:
    """The scan with the faults of scanner, fax and camera."""
    unit = float(np.median([box.height for box in boxes])) if boxes else 40.0
    for one in planted:
        if one.fault.where == "scan":
            act: OnScan = one.fault.act  # type: ignore[assignment]
            gray = act(gray, unit, rng, one.strength)
    return gray
