"""Folders of real strips and files of single digits -> what the strip network learns from.

A folder of strips holds pictures and `truth.csv`: `file,digits`; if known, where each digit stands (`2:12,9,20,31
5:40,...`: digit, left, top, width, height in pixels); and what is written with its marks (`5,40,000/-`, as
`strips.ctc.SYMBOLS` has them). Files kept apart for measuring do not belong into it.
"""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from formreader.classify import DigitModel
from formreader.dataset.digits import load_digits
from formreader.dataset.hands import Singles
from formreader.dataset.runs import RealStrip, StripData
from formreader.errors import ModelError
from formreader.records import ScanRef
from formreader.scans import open_scan
from formreader.strips.ctc import DIGITS, SYMBOLS, aligned, string_log_likelihood
from formreader.strips.find import find_run, shows_more
from formreader.strips.ink import HEIGHT, Ink, ink_of, picture_of, rows_of_writing
from formreader.strips.model import StripModel
from formreader.strips.spans import STRIDE, Span, spans_of


def load_strips(folder: Path, model: DigitModel) -> list[RealStrip]:
    """The strips of a folder, by name. ModelError where there is no truth, ScanError where one cannot be read."""
    try:
        with (folder / "truth.csv").open(newline="", encoding="utf-8") as table:
            rows = sorted(list(csv.reader(table))[1:])
    except OSError as error:
        raise ModelError(
            f"{folder}: holds no truth.csv ({error.strerror}). It needs file,digits of each strip"
        ) from error
    return [strip for row in rows if (strip := _strip(folder, row, model)) is not None]


def _strip(folder: Path, row: Sequence[str], model: DigitModel) -> RealStrip | None:
    """A picture's run; found first where the picture shows more, None where it is not found."""
    gray = open_scan(ScanRef(str(folder / row[0]), row[0])).gray
    marks = row[3] or None if len(row) > 3 else None
    if shows_more(gray):
        found = find_run(gray, model)
        return RealStrip(ink_of(found.gray), row[1], (), found.gray, marks) if found else None
    scale = HEIGHT / gray.shape[0]
    boxes = [place.split(":")[1].split(",") for place in row[2].split()] if len(row) > 2 and row[2] else []
    spans = tuple((int(box[0]) * scale, (int(box[0]) + int(box[2])) * scale) for box in boxes)
    return RealStrip(ink_of(gray), row[1], spans, gray, marks)


def strip_data(
    folders: Sequence[tuple[Path, int]],
    digits: Sequence[Path],
    model: DigitModel,
    judge: StripModel,
    *,
    every: int = 11,
) -> StripData:
    """The strips of each folder but its last so many by name, and the single digits of each file in `digits`.

    One strip of `every` is held back to validate, but for those whose marks are known, which are few. `judge`, an
    earlier network, finds where the digits of the others stand, and leaves out what it thinks so unlikely that the
    label will be wrong. Raises ModelError where nothing is left, or no place is known by which strips could be put
    together anew.
    """
    strips = []
    for folder, apart in folders:
        own = load_strips(folder, model)
        strips += own[: len(own) - apart]
    if len(strips) < 2 * every or not any(strip.spans for strip in strips):
        raise ModelError(
            f"{folders[0][0]}: {len(strips)} strips to learn from, {sum(bool(s.spans) for s in strips)} with the place "
            f"of each digit. Give at least {2 * every}, some with places"
        )
    held = [index for index, strip in enumerate(strips) if index % every == 0 and strip.marks is None]
    sources = [load_digits(path, "train") for path in digits]
    return StripData(
        tuple(
            placed
            for index, strip in enumerate(strips)
            if index not in held and (placed := _placed(strip, judge)) is not None
        ),
        tuple(strips[index] for index in held),
        tuple(Singles(source.images, source.labels) for source in sources),
    )


def _placed(strip: RealStrip, judge: StripModel, *, sure: float = -1.5, wrong: float = -8.0) -> RealStrip | None:
    """The strip with the place of each symbol, where that is not known and the label is likely; None where it is not.

    Where the marks are known too somebody has looked closely: it stays however unlikely.
    """
    rows = rows_of_writing(strip.ink)
    picture = picture_of(strip.ink, rows)
    digits, marks = judge.both([picture])[0]
    scores, signs = (digits, DIGITS) if strip.marks is None or marks is None else (marks, SYMBOLS)
    likely = string_log_likelihood(scores, strip.symbols, signs=signs)
    if strip.marks is None and likely < wrong:
        return None
    if strip.spans or likely < (sure if strip.marks is None else wrong):
        return strip
    spans = _spans(strip.ink, rows, aligned(scores, strip.symbols, signs=signs), picture)
    return replace(strip, spans=tuple((float(left), float(right)) for left, right in spans))


def spans_by(ink: Ink, digits: str, judge: StripModel) -> tuple[tuple[int, int], tuple[Span, ...]]:
    """The rows of a run's writing, and the columns of each of its digits, by a network that is told what they are; none
    where there is no room for them.
    """
    rows = rows_of_writing(ink)
    picture = picture_of(ink, rows)
    try:
        places = aligned(judge.both([picture])[0][0], digits)
    except ValueError:
        return rows, ()
    return rows, tuple(_spans(ink, rows, places, picture))


def _spans(ink: Ink, rows: tuple[int, int], places: Sequence[float], picture: Ink) -> list[Span]:
    """Columns of `ink` that each symbol takes; `places`: its step on the `picture` that the network was shown."""
    scale = STRIDE * ink.shape[1] / picture.shape[1]
    return spans_of(ink, rows, [(at + 0.5) * scale for at in places])
