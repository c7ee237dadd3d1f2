"""A level picture of a form -> its rows of cells for one digit each, in reading order."""

from dataclasses import replace

import numpy as np

from formreader.printed.cells import dotted_rulings, find_cells, solid_rulings
from formreader.printed.evened import evened
from formreader.printed.grounds import on_ground
from formreader.printed.joined import drawn_through
from formreader.printed.letters import Letters, find_touching_letters
from formreader.printed.nested import holding
from formreader.printed.outlined import outlined
from formreader.printed.recurring import recurring
from formreader.printed.rows import for_characters, on_paper, rows_of
from formreader.printed.spaces import CellSize
from formreader.printed.ticked import find_ticked
from formreader.printed.underlined import find_underlined, stands_on
from formreader.records import Floats, Gray


def find_rows(gray: Gray) -> list[Floats]:
    """The rows of cells on a level picture, each (n, 4) from left to right, in reading order.

    Of cells with lines around them, and of those that are of another gray than the ground that they stand on. Where far
    more are found with dotted and dashed lines drawn through, those; and where cells that are only underlined are not
    few, they too: among boxes, both are mostly guides and table heads.
    """
    clear = evened(gray)
    letters = find_touching_letters(clear)
    shown = find_touching_letters(gray)  # evened, a gray cell looks like one
    shaded = [row for row in _rows(replace(shown, bare=outlined(shown.bare)), gray) if on_ground(row, gray)]
    rows = _either(_more_dotted(_rows(letters, clear), clear, letters), shaded)
    lined = find_underlined(clear, letters, _size(letters))
    new = [row for row in lined if not any(stands_on(row, other) for other in rows)]
    return in_reading_order([*rows, *new] if _count(new) > 0.5 * _count(rows) else rows)


def _count(rows: list[Floats]) -> int:
    """Of all their cells."""
    return sum(map(len, rows))


def _more_dotted(rows: list[Floats], clear: Gray, letters: Letters, *, more: float = 1.5) -> list[Floats]:
    """The rows, or those that are found with dotted lines drawn through, where these have `more` cells.

    All text that is drawn through may hang together, and be none any more: then what was text before is.
    """
    through = find_touching_letters(drawn_through(clear))
    text = through.boxes if len(through.boxes) else letters.boxes
    dotted = [row for row in _rows(replace(through, boxes=text, height=letters.height), clear) if len(row) > 1]
    return _either(rows, dotted) if _count(dotted) > more * _count(rows) else rows


def _either(rows: list[Floats], others: list[Floats], *, more: float = 1.2) -> list[Floats]:
    """The rows, and those of the others that lie upon none of them; the other way round where those are far more."""
    if _count(others) > more * _count(rows):
        rows, others = others, rows
    return [*rows, *(other for other in others if not any(_overlap(row, other) for row in rows))]


def _overlap(row: Floats, other: Floats) -> bool:
    return bool(holding(row, other).any() or holding(other, row).any())


def _rows(letters: Letters, clear: Gray) -> list[Floats]:
    rows = for_characters(on_paper(rows_of(_boxes(letters)), clear), letters.boxes)
    if rows:
        rows = rows_of(recurring(np.concatenate(rows), dotted_rulings(letters.bare)))
    combs = on_paper(find_ticked(solid_rulings(letters.bare), _size(letters)), clear)
    return [*(row for row in rows if not any(holding(comb, row).any() for comb in combs)), *combs]


def find_boxes(gray: Gray) -> Floats:
    """(n, 4) all boxes of a cell's size printed on a level picture, also those of tables, unordered."""
    return _boxes(find_touching_letters(gray))


def _boxes(letters: Letters) -> Floats:
    return find_cells(letters.bare, _size(letters))


def _size(letters: Letters) -> CellSize:
    longest = max(letters.bare.shape)
    return CellSize(max(11.0, 0.0095 * longest, 1.15 * letters.height), 0.075 * longest, dotted=0.0135 * longest)


def in_reading_order(rows: list[Floats]) -> list[Floats]:
    """Line by line from the top, each from left to right: rows that overlap by half their height share a line."""
    lines: list[list[Floats]] = []
    for row in sorted(rows, key=lambda row: float(row[0, 1] + row[0, 3])):
        middle = float(row[0, 1] + row[0, 3]) / 2
        if lines and lines[-1][0][0, 1] < middle < lines[-1][0][0, 3]:
            lines[-1].append(row)
        else:
            lines.append([row])
    return [row for line in lines for row in sorted(line, key=lambda row: float(row[0, 0]))]
