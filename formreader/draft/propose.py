"""Rows of cells and the words around them -> names for the fields, and rules that the words suggest."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formreader.draft.labels import Text, around, as_name, far_labels, in_column, label_of, phrases
from formreader.records import Box, Floats
from formreader.template import DateRule, Rule, SumRule

DAY = {"day", "tanggal", "tgl", "tag", "jour", "dia", "giorno", "dd"}
MONTH = {"month", "bulan", "bln", "monat", "mois", "mes", "mese", "mm"}
YEAR = {"year", "tahun", "thn", "jahr", "annee", "ano", "anno", "yyyy", "yy"}
DATE = {"date", "tanggal", "datum", "fecha", "data", "tarikh"}
TOTAL = {"total", "sum", "summe", "gesamt", "somme", "suma", "totale", "totaal"}

AMOUNT = {"amount", "price", "value", "eur", "usd", "betrag", "preis", "montant", "prix", "importe", "precio", "jumlah"}


def is_amount(name: str) -> bool:
    """Whether a field of this name is for an amount of money."""
    return not (TOTAL | AMOUNT).isdisjoint(name.split("_"))


def propose_names(rows: Sequence[Floats], words: Sequence[Text]) -> list[str]:
    """A name of its own for each row: its label, in a table its line and its column, else field_1, field_2 ..."""
    texts, boxes = phrases(words), [around(row) for row in rows]
    printed = [_printed(box, boxes, texts) for box in boxes]
    names: list[str] = []
    for index, label in enumerate(_told_apart(*([_label(own, words=most) for own in printed] for most in (5, 9))), 1):
        name = label or f"field_{index}"
        again = sum(taken == name or re.fullmatch(rf"{re.escape(name)}_\d+", taken) is not None for taken in names)
        names.append(name if name not in names else _free(name, again + 1, names))
    return names


def _told_apart(short: Sequence[str], long: Sequence[str]) -> Iterator[str]:
    """The short labels, or the long ones where several have one short label and not one long one."""
    for label, longer in zip(short, long, strict=True):
        alike = {other for own, other in zip(short, long, strict=True) if own == label}
        yield longer if len(alike) > 1 else label


def _free(name: str, number: int, names: Sequence[str]) -> str:
    while f"{name}_{number}" in names:
        number += 1
    return f"{name}_{number}"


@dataclass(frozen=True)
class _Printed:
    """What is printed around a row of cells."""

    left: str
    above: str
    line: str
    """At the left end of its line."""
    column: str
    """At the head of its column."""
    tabled: bool
    """Whether it stands in a table."""


def _printed(own: Box, rows: Sequence[Box], texts: Sequence[Text]) -> _Printed:
    return _Printed(*label_of(own, rows, texts), *far_labels(own, rows, texts), _in_a_table(own, rows, texts))


def _label(printed: _Printed, *, words: int) -> str:
    """A name of so many `words` of each text at most; the line of a table may have a number alone."""
    line, column = as_name(printed.line, words=words), as_name(printed.column, words=words)
    number = re.search(r"\d+", printed.line)
    if printed.tabled and column:
        return f"{line}_{column}" if line else f"{column}_{number.group()}" if number else column
    beside = as_name(printed.left, words=words) or as_name(printed.above, words=words)
    return beside or "_".join(part for part in (line, column) if part)


def _in_a_table(own: Box, rows: Sequence[Box], texts: Sequence[Text]) -> bool:
    """Whether rows of cells stand above or below it, and beside it, of which one has no label of its own."""
    line = [other for other in rows if abs(other.top - own.top) < 5]
    column = [other for other in rows if in_column(other, own)]
    return min(len(line), len(column)) > 1 and not all(label_of(other, rows, texts)[0] for other in line)


def propose_rules(rows: Sequence[Floats], names: Sequence[str], words: Sequence[Text]) -> list[Rule]:
    """A date where day, month and year stand side by side; sums where the words say total, or which lines to add."""
    texts = phrases(words)
    return [*_dates(rows, names), *_sums(rows, names, texts)]


def _dates(rows: Sequence[Floats], names: Sequence[str]) -> Iterator[DateRule]:
    number = 0
    for one in range(len(rows) - 2):
        three, titles = rows[one : one + 3], [set(name.split("_")) for name in names[one : one + 3]]
        fits = [len(row) for row in three] in ([2, 2, 4], [2, 2, 2]) and _side_by_side(three)
        meant = all(title & part for title, part in zip(titles, (DAY, MONTH, YEAR), strict=True))
        if fits and (meant or titles[0] & DATE):
            number += 1
            yield DateRule(name="date" if number == 1 else f"date {number}", date=list(names[one : one + 3]))


def _side_by_side(rows: Sequence[Floats]) -> bool:
    """Whether rows stand in one line."""
    high = float(rows[0][0, 3] - rows[0][0, 1])
    return all(abs(float(row[0, 1] - rows[0][0, 1])) < 0.5 * high for row in rows)


def _sums(rows: Sequence[Floats], names: Sequence[str], texts: Sequence[Text]) -> Iterator[SumRule]:
    """`(A + B + C)` beside a row adds up as many rows above it, at the head of its column those left of it."""
    boxes = [around(row) for row in rows]
    for index, row in enumerate(rows):
        left, above = label_of(boxes[index], boxes, texts)
        line, column = far_labels(boxes[index], boxes, texts)
        terms = _terms(left or line)
        above_it = _column_above(row, rows)
        if terms > 1 and len(above_it) >= terms:
            yield _sum(names, above_it[:terms], index, "down")
        elif set(as_name(left or line).split("_")) & TOTAL and len(above_it) > 1:
            yield _sum(names, above_it, index, "down")
        across = _terms(column or above)
        beside = _line_before(row, rows)
        if across > 1 and len(beside) >= across:
            yield _sum(names, beside[:across], index, "across")


def _sum(names: Sequence[str], parts: Sequence[int], whole: int, way: str) -> SumRule:
    return SumRule(name=f"{names[whole]} {way}", sum=[names[part] for part in sorted(parts)], equals=names[whole])


def _terms(text: str) -> int:
    """How many terms a formula such as (1 + 2 + 3) in the text has; 0 where there is none."""
    formula = re.search(r"[(\[{]\s*\w[^()]*\+[^()]*[)\]}]?", text)
    return formula.group().count("+") + 1 if formula else 0


def _column_above(row: Floats, rows: Sequence[Floats], *, most: float = 2.5) -> list[int]:
    """The rows that stand right above, nearest first, without a wide gap between them: all of as many cells, and of no
    more than it has.
    """
    own = around(row)
    boxes = [around(other) for other in rows]
    above = [index for index, box in enumerate(boxes) if in_column(box, own) and box.top < own.top - 0.5 * own.height]
    found: list[int] = []
    edge = own.top
    for index in sorted(above, key=lambda one: -boxes[one].top):
        alike = len(rows[index]) == len(rows[found[0]]) if found else len(rows[index]) <= len(row)
        if not alike or edge - boxes[index].bottom > (most - 1) * own.height:
            break
        found.append(index)
        edge = boxes[index].top
    return found


def _line_before(row: Floats, rows: Sequence[Floats]) -> list[int]:
    """The rows of as many cells left of it in the same line, nearest first."""
    same = [
        index
        for index, other in enumerate(rows)
        if len(other) == len(row) and abs(other[0, 1] - row[0, 1]) < 5 and other[0, 0] < row[0, 0]
    ]
    return sorted(same, key=lambda one: -float(rows[one][0, 0]))
