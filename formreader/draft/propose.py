"""Rows of cells and the words around them -> names for the fields, and rules that the words suggest."""

import re
from collections.abc import Iterator, Sequence

from formreader.draft.labels import Text, as_name, far_labels, label_of, phrases
from formreader.records import Floats
from formreader.template import DateRule, Rule, SumRule

DAY = {"day", "tanggal", "tgl", "tag", "jour", "dia", "giorno", "dd"}
MONTH = {"month", "bulan", "bln", "monat", "mois", "mes", "mese", "mm"}
YEAR = {"year", "tahun", "thn", "jahr", "annee", "ano", "anno", "yyyy", "yy"}
DATE = {"date", "tanggal", "datum", "fecha", "data", "tarikh"}
TOTAL = {"total", "sum", "summe", "gesamt", "somme", "suma", "totale", "totaal"}


def propose_names(rows: Sequence[Floats], words: Sequence[Text]) -> list[str]:
    """A name of its own for each row: its label, in a table its line and its column, else field_1, field_2 ..."""
    texts = phrases(words)
    names: list[str] = []
    for index, row in enumerate(rows, 1):
        name = _label(row, rows, texts) or f"field_{index}"
        again = sum(taken == name or re.fullmatch(rf"{re.escape(name)}_\d+", taken) is not None for taken in names)
        names.append(name if name not in names else _free(name, again + 1, names))
    return names


def _free(name: str, number: int, names: Sequence[str]) -> str:
    while f"{name}_{number}" in names:
        number += 1
    return f"{name}_{number}"


def _label(row: Floats, rows: Sequence[Floats], texts: Sequence[Text]) -> str:
    left, above = (as_name(text) for text in label_of(row, rows, texts))
    line, column = (as_name(text) for text in far_labels(row, texts))
    if _in_a_table(row, rows, texts) and line and column:
        return f"{line}_{column}"
    return left or above or "_".join(part for part in (line, column) if part)


def _in_a_table(row: Floats, rows: Sequence[Floats], texts: Sequence[Text]) -> bool:
    """Whether rows of as many cells stand above or below it, and beside it, of which one has no label of its own."""
    alike = [other for other in rows if len(other) == len(row)]
    line = [other for other in alike if abs(other[0, 1] - row[0, 1]) < 5]
    column = [other for other in alike if abs(other[0, 0] - row[0, 0]) < 5]
    return min(len(line), len(column)) > 1 and not all(label_of(other, rows, texts)[0] for other in line)


def propose_rules(rows: Sequence[Floats], names: Sequence[str], words: Sequence[Text]) -> list[Rule]:
    """A date where day, month and year stand side by side; sums where the words say total, or which lines to add."""
    texts = phrases(words)
    return [*_dates(rows, names), *_sums(rows, names, texts)]


def _dates(rows: Sequence[Floats], names: Sequence[str]) -> Iterator[DateRule]:
    number = 0
    for one in range(len(rows) - 2):
        three, titles = rows[one : one + 3], [set(name.split("_")) for name in names[one : one + 3]]
        fits = [len(row) for row in three] == [2, 2, 4] and _side_by_side(three)
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
    for index, row in enumerate(rows):
        left, above = label_of(row, rows, texts)
        line, column = far_labels(row, texts)
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
    """The rows of as many cells that stand right above, nearest first, without a wide gap between them."""
    high = float(row[0, 3] - row[0, 1])
    same = [
        index
        for index, other in enumerate(rows)
        if len(other) == len(row) and abs(other[0, 0] - row[0, 0]) < 0.3 * high and other[0, 1] < row[0, 1] - 0.5 * high
    ]
    found: list[int] = []
    edge = float(row[0, 1])
    for index in sorted(same, key=lambda one: -float(rows[one][0, 1])):
        if edge - float(rows[index][0, 3]) > (most - 1) * high:
            break
        found.append(index)
        edge = float(rows[index][0, 1])
    return found


def _line_before(row: Floats, rows: Sequence[Floats]) -> list[int]:
    """The rows of as many cells left of it in the same line, nearest first."""
    same = [
        index
        for index, other in enumerate(rows)
        if len(other) == len(row) and abs(other[0, 1] - row[0, 1]) < 5 and other[0, 0] < row[0, 0]
    ]
    return sorted(same, key=lambda one: -float(rows[one][0, 0]))
