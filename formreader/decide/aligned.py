"""Numbers that end before the last cell, where the page's others end in theirs: the last digit may be lost.

People fill the fields of a form all from the right, or all from the left. What stands outside its cell, or looks like a
stroke that fills an unused one, leaves a number that is plain, and ten times too small.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from formreader.decide.written import Row


def misaligned(rows: Mapping[str, Row]) -> set[str]:
    """The fields that are filled otherwise than the others like them: of that kind, and of as many cells."""
    alike: dict[object, list[str]] = defaultdict(list)
    for name, row in rows.items():
        alike[row.field.kind, row.field.decimals, len(row.cells)].append(name)
    return {name for names in alike.values() for name in _odd(names, rows)}


def _odd(names: Sequence[str], rows: Mapping[str, Row], *, least: int = 2, times: int = 3) -> list[str]:
    """`least`: how many others must be filled alike, and how many `times` as many as otherwise."""
    ways: dict[str, list[str]] = {"left": [], "right": [], "neither": []}
    for name in names:
        if way := _filled_from(rows[name]):
            ways[way].append(name)
    for way, other in (("right", "left"), ("left", "right")):
        if len(ways[way]) >= max(least, times * len(ways[other])):
            return ways[other] + ways["neither"]
    return []


def _filled_from(row: Row) -> str:
    """From which end; empty where all of it is filled, or nothing."""
    written = ["" if cell.symbol == "_" or (cell.symbol == "X" and not cell.part) else "1" for cell in row.cells]
    if not any(written) or (written[0] and written[-1]):
        return ""
    return "left" if written[0] else "right" if written[-1] else "neither"
