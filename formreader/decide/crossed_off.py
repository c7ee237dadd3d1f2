"""Cells that are crossed off, each with a slash or a bar, at an end of a field: to the CNN they are 1s."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from operator import itemgetter

from formreader.decide.slashes import bare_stroke
from formreader.records import Crop

LEAST = 3
"""So many bare strokes in a row at an end of a field are rather crossed off than ones, by themselves."""


def crossed_off(fields: Mapping[str, tuple[str, Sequence[Crop]]], *, often: int = 3) -> dict[str, frozenset[int]]:
    """The cells of each field that may be crossed off, where one of them looks like a 1.

    `fields`: the symbols and the crops of each. Of numbers that fill their cells one in a thousand begins with three
    ones, and people cross off what they do not need far more often than that. Two are as telling where `often` as many
    fields of the page begin, or end, with two.
    """
    found: dict[str, frozenset[int]] = {}
    for way in (1, -1):
        runs = {name: _run(raw, crops, way) for name, (raw, crops) in fields.items()}
        least = 2 if sum(len(run) > 1 for run in runs.values()) >= often else LEAST
        for name, run in runs.items():
            if len(run) >= least:
                found[name] = found.get(name, frozenset()).union(run)
    return {name: run for name, run in found.items() if any(fields[name][0][place] == "1" for place in run)}


def _run(raw: str, crops: Sequence[Crop], way: int) -> list[int]:
    """The cells from the first on, or from the last on where the `way` is -1, that hold nothing but a stroke; none of a
    field with empty cells, or with so few that it would be all of them.
    """
    if len(raw) < LEAST or "_" in raw:
        return []
    strokes = ((place, raw[place] in "1X?" and bare_stroke(crops[place].gray)) for place in range(len(raw))[::way])
    return [place for place, _ in takewhile(itemgetter(1), strokes)]
