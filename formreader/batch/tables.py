"""Readings of a batch -> its tables: results, a row per page, one per form, what people audit, the scans read."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from formreader.batch.doubles import scanned_twice
from formreader.batch.expected import Expected, amounts_of, compare, marked
from formreader.batch.inputs import write_inputs
from formreader.batch.readings import Readings
from formreader.batch.summary import Counts, Written
from formreader.decide.running import Change, Numbers, changed, check_running
from formreader.decide.sample import audit_path, draw_sample, forget_sample, write_sample
from formreader.errors import UsageError
from formreader.table import write_table
from formreader.table.tabulate import FieldRows, page_columns, page_rows
from formreader.template import Template


def write_tables(
    pages: Readings,
    templates: Sequence[Template],
    output: Path,
    *,
    wide: Path | None,
    audit: float,
    batch_list: Expected | None,
) -> tuple[Readings, Written]:
    """Check what only a whole batch can tell, and write its tables; the pages as they stand there, and what it wrote.

    TableError where a table cannot be written.
    """
    pages, numbers = _with_running(templates, pages)
    control = None
    if batch_list is not None:
        amount = amount_field(templates)
        control = compare(amounts_of(pages, amount), batch_list)
        pages = pages.after(partial(marked, expected=batch_list, field=amount))
    pages = pages.in_table_order()
    counts = Counts()
    write_table(FieldRows(counts.counted(pages)), output)
    parts = _write_parts(templates, pages, counts, output) if len(templates) > 1 else {}
    for table in (output, *parts.values()):
        forget_sample(table)
    audits = _write_audits(pages, audit, output, parts) if audit else {}
    if wide is not None:
        columns = page_columns(pages)
        write_table(page_rows(pages, columns), wide, columns)
    tables = (output, *parts.values(), *([wide] if wide else []), *audits)
    audited = audits.get(audit_path(output), 0)
    twice = scanned_twice(pages)
    return pages, Written(counts, write_inputs(pages, output), tables, numbers, twice, parts, audited, control)


def amount_field(templates: Sequence[Template]) -> str:
    """The field that a batch list speaks of: `amount`, or the only amount of the only template."""
    names = [field.name for field in templates[0].fields if field.kind == "amount"]
    if len(templates) > 1 or (len(names) != 1 and "amount" not in names):
        raise UsageError("--expected compares one amount a page. Give one template with one field of kind amount.")
    return "amount" if "amount" in names else names[0]


def _with_running(templates: Sequence[Template], pages: Readings) -> tuple[Readings, tuple[Numbers, ...]]:
    """The pages with each form's running numbers checked, and what was found."""
    if len(templates) == 1:
        changes, numbers = check_running(templates[0], pages)
        return pages.after(*changes), numbers
    by_form: dict[str, list[Change]] = {}
    numbers = ()
    for template in templates:
        by_form[template.name], found = check_running(template, pages.read_with(template.name))
        numbers += found
    return pages.after(lambda page: changed(page, by_form[page.template])), numbers


def _write_parts(templates: Sequence[Template], pages: Readings, counts: Counts, output: Path) -> dict[str, Path]:
    """A table beside `output` for each template: results-slip.csv. Its review asks for what it holds.

    Of the pages that were read with it, and of those that fit none and come nearest to it, but for the empty ones. Of
    a form without pages none; but one that an earlier run left is emptied, so that nobody takes it for this run's.
    """
    paths = part_paths([template.name for template in templates], output)
    there = {name: path for name, path in paths.items() if counts.forms[name] + counts.unread[name]}
    for name, path in paths.items():
        if name in there or path.exists():
            write_table(FieldRows(page for page in pages.read_with(name) if not page.empty), path)
    return there


def part_paths(names: Sequence[str], output: Path) -> dict[str, Path]:
    """Where each form's table goes, by the form's name; names that would be the same as a file's are numbered."""
    found: dict[str, Path] = {}
    for name in names:
        plain, number = re.sub(r"[^\w-]+", "-", name).strip("-") or "form", 1
        path = output.with_name(f"{output.stem}-{plain}{output.suffix}")
        while path in found.values():
            number += 1
            path = output.with_name(f"{output.stem}-{plain}-{number}{output.suffix}")
        found[name] = path
    return found


def _write_audits(pages: Readings, share: float, output: Path, parts: Mapping[str, Path]) -> dict[Path, int]:
    """What people audit, beside `output` and beside the table by which each form is reviewed; how many fields each."""
    drawn = draw_sample(FieldRows(pages), share)
    counts = {audit_path(output): write_sample(drawn, output)}
    for name, table in parts.items():
        own = {(row["file"], row["page"]) for row in FieldRows(pages.read_with(name))}
        counts[audit_path(table)] = write_sample([row for row in drawn if (row["file"], row["page"]) in own], table)
    return counts
