"""Where each digit of a run stands, and what the digit CNN makes of it there, cut out alone."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from formreader.classify import DigitModel
from formreader.normalize import normalize
from formreader.printed.connected import labelled
from formreader.printed.tones import median
from formreader.records import Floats, Probabilities
from formreader.strips.ink import Ink

Span = tuple[int, int]
"""First column and one behind the last."""

STRIDE = 2
"""Columns of the picture for one step of the network."""


def spans_of(ink: Ink, rows: tuple[int, int], middles: Sequence[float]) -> list[Span]:
    """Columns of `ink` that each digit takes: cut where least is inked between the `middles` of two digits."""
    columns = ink.astype(np.float64).sum(0)
    usually = columns.mean()
    cuts = []
    for one, other in pairwise(middles):
        start = min(round(one + 0.25 * (other - one)), len(columns) - 1)
        end = max(round(one + 0.75 * (other - one)), start + 1)
        between = columns[start:end]
        away = np.abs(np.arange(len(between)) - (len(between) - 1) / 2) / max(len(between), 1)
        cuts.append(start + int((between + 0.3 * usually * away).argmin()))
    usual = median(np.diff(middles)) if len(middles) > 1 else 0.6 * (rows[1] - rows[0])
    ends = max(0, round(middles[0] - 0.9 * usual)), min(ink.shape[1], round(middles[-1] + 0.9 * usual))
    edges = [ends[0], *cuts, ends[1]]
    return [(left, max(right, left + 2)) for left, right in pairwise(edges)]


def alone(ink: Ink, rows: tuple[int, int], spans: Sequence[Span], model: DigitModel) -> tuple[list[Ink], Probabilities]:
    """The ink of each digit cut out alone, and what the digit CNN finds it to be: (n, labels)."""
    drawn = cut_out(ink, rows, spans)
    return drawn, read_alone(drawn, model)


def read_alone(drawn: Sequence[Ink], model: DigitModel) -> Probabilities:
    """(n, labels) what the digit CNN finds each ink, 0 paper, 255 ink, to be."""
    return model.classify(normalize([np.asarray(255 - one, np.uint8) for one in drawn]))


def sure_of(chances: Probabilities, digits: str) -> Floats:
    """(n,) the probability of each of these digits, (n, labels) given."""
    return np.array([row[int(digit)] for row, digit in zip(chances, digits, strict=True)], np.float64)


def cut_out(ink: Ink, rows: tuple[int, int], spans: Sequence[Span]) -> list[Ink]:
    """The ink of each digit alone."""
    room = round(0.15 * (rows[1] - rows[0]))
    top, bottom = max(0, rows[0] - room), min(len(ink), rows[1] + room)
    return [_main_piece(ink[top:bottom, left:right]) for left, right in spans]


def _main_piece(ink: Ink, *, strong: int = 70) -> Ink:
    """What stands in a span, less rules along it and pieces that only reach in from beside."""
    labels, stats = labelled(ink > strong)
    if len(stats) <= 2:
        return ink
    left, _, width, height, area = stats[1:].T
    kept = height >= 0.3 * height.max()
    inward = (left > 0) & (left + width < ink.shape[1])
    largest = int(np.where(kept, area, 0).argmax())
    kept &= inward | (area >= 0.35 * area[largest])
    kept[largest] = True
    return np.asarray(ink * np.concatenate([[True], kept])[labels], np.uint8)
