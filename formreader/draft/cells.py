"""A scan of a form -> a first template: its cells, grouped into fields in reading order.

A draft is for a person to look over: `formreader template check` draws it, and the template editor shows it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from formreader.atomic import written_whole
from formreader.draft.labels import read_words
from formreader.draft.propose import propose_names, propose_rules
from formreader.errors import ScanError, writing
from formreader.printed import skew, thin_ink
from formreader.printed.cells import dotted_rulings, find_cells, solid_rulings
from formreader.printed.evened import evened
from formreader.printed.grounds import on_ground
from formreader.printed.joined import drawn_through
from formreader.printed.letters import Letters, find_touching_letters
from formreader.printed.nested import holding
from formreader.printed.outlined import outlined
from formreader.printed.recurring import recurring
from formreader.printed.rows import for_characters, on_paper, rows_of
from formreader.printed.sampled import shrunk
from formreader.printed.segments import find_rulings
from formreader.printed.spaces import CellSize
from formreader.printed.ticked import find_ticked
from formreader.printed.underlined import find_underlined, stands_on
from formreader.records import Floats, Gray, Scan
from formreader.template import Area, Field, Template, save_template


@dataclass(frozen=True)
class Draft:
    """A proposed template, and the picture in whose pixels it is drawn."""

    template: Template
    """Its `reference` is not set: nothing is written yet."""
    picture: Gray
    """The scan made level: what the template's `reference` is to be."""


def draft(scan: Scan, *, name: str = "form", longest: int = 2000) -> Draft:
    """Propose a template for the form on this scan, blank or filled in.

    Fields are named, and rules proposed, by the words around them where Tesseract is installed; else field_1, field_2.

    `longest`: the template's longer side in pixels at most; a larger scan is reduced. Raises ScanError where no row of
    cells is found.
    """
    picture, smaller = straightened(scan.gray, longest=longest)
    rows = find_rows(picture)
    if not rows:
        raise ScanError(
            f"{scan.ref.file} page {scan.ref.page}: no row of printed cells is found on it. Is it upright and sharp? "
            "Scan it at 200 dots per inch or more, or draw the cells where digits go: formreader template new"
        )
    height, width = picture.shape
    dpi = (scan.dpi or max(scan.gray.shape) / 11.7) * smaller
    words = read_words(picture, rows)
    names = propose_names(rows, words)
    fields = [Field(name=title, cells=_areas(row, picture)) for title, row in zip(names, rows, strict=True)]
    template = Template(
        name=name,
        width=width,
        height=height,
        dpi=round(dpi, 1),
        fields=fields,
        rules=propose_rules(rows, names, words),
    )
    return Draft(template, picture)


def save_draft(proposed: Draft, path: Path) -> Template:
    """Write the template to `path` and its picture beside it, as its reference: slip.json and slip.png.

    Raises UsageError where the picture cannot be written there, TemplateError where the template cannot.
    """
    picture = path.with_suffix(".png")
    save_picture(proposed.picture, picture)
    template = proposed.template.model_copy(update={"reference": picture.name})
    save_template(template, path)
    return template


def save_picture(gray: Gray, path: Path) -> None:
    """Write a template's picture as PNG, whole or not at all. UsageError where it cannot be written."""
    with writing(path), written_whole(path) as unfinished:
        unfinished.write_bytes(cv2.imencode(".png", gray)[1].tobytes())


def straightened(gray: Gray, *, longest: int) -> tuple[Gray, float]:
    """The page with its lines level, at most `longest` pixels long, and by how much it was reduced (1 is not)."""
    shrink = min(1.0, longest / max(gray.shape))
    small = shrunk(gray, shrink)
    tilt = _tilt(small)
    # Lines that are nearly level can be followed, which measures what little is left.
    return _turned(small, tilt + _left_over(_turned(small, tilt))), shrink


def _tilt(gray: Gray, *, longest: int = 800) -> float:
    """Degrees that its lines are turned clockwise, measured where a scanner's noise is averaged out.

    A page full of text, with few lines, is told by many of its pixels only.
    """
    return skew(thin_ink(shrunk(gray, longest / max(gray.shape))), strongest=16_000)


def _left_over(gray: Gray, *, least: float = 60, most: float = 1.5) -> float:
    """Degrees that long lines are still turned clockwise: their median, each as often as it is long."""
    lines = find_rulings(thin_ink(gray)).level
    long = (lines.end - lines.start >= least) & (np.abs(lines.slope) < np.tan(np.radians(most)))
    if not long.any():
        return 0.0
    order = np.argsort(lines.slope[long])
    weight = np.cumsum((lines.end - lines.start)[long][order])
    middle = int(np.searchsorted(weight, weight[-1] / 2))
    return float(np.degrees(np.arctan(lines.slope[long][order][middle])))


def _turned(gray: Gray, degrees: float) -> Gray:
    """The picture turned counter-clockwise about its middle, on paper of its own shade."""
    if abs(degrees) < 0.02:
        return gray
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    paper = float(np.median(gray))
    return cv2.warpAffine(gray, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper).astype(np.uint8)


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


def _areas(row: Floats, picture: Gray) -> list[Area]:
    """The cells as the template holds them; walls that two cells share are one line, and so are tops and bottoms."""
    height, width = picture.shape
    row = row.copy()
    for side in (1, 3):
        level = float(np.median(row[:, side]))
        row[np.abs(row[:, side] - level) <= 2, side] = level
    shared = np.abs(row[1:, 0] - row[:-1, 2]) <= 3
    row[1:, 0][shared] = row[:-1, 2][shared] = ((row[1:, 0] + row[:-1, 2]) / 2)[shared]
    bounds = np.clip(np.rint(row), 0, [width, height, width, height]).astype(int).tolist()
    return [Area(left=left, top=top, right=right, bottom=bottom) for left, top, right, bottom in bounds]
