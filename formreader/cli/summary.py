"""What `formreader process` says of a batch: a summary in words, and the table for a terminal."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from formreader.cli.printing import beside_in_words
from formreader.cli.visible import visible

if TYPE_CHECKING:
    from formreader.batch.expected import Control
    from formreader.batch.summary import Counts, Summary
    from formreader.decide.promise import Promise
    from formreader.decide.running import Numbers
    from formreader.records import ScanRef

COLOURS = {"rejected": "bold yellow", "failed": "bold red", "blank": "dim"}


def in_words(summary: "Summary", output: Path) -> list[str]:
    """What became of the batch, a line for each thing that a person asks first."""
    counts = summary.counts
    pages, failed, statuses = counts.pages, len(counts.failed), counts.statuses
    counted = ", ".join(f"{statuses[status]} {status}" for status in ("read", "blank", "rejected", "failed"))
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.reasons.most_common(5))
    return [
        f"{_count(pages, 'page')} in {summary.seconds:.1f} s, {pages / summary.seconds:.1f} a second",
        f"{_count(statuses.total(), 'field')}: {counted}",
        *([f"{_count(summary.recalled, 'page')} had been read before"] if summary.recalled else []),
        *([f"{_count(summary.changed, 'page')} read again: scan or settings changed"] if summary.changed else []),
        *([f"rejected for: {reasons}"] if reasons else []),
        *_suspicious(counts),
        *([f"{_count(counts.repaired, 'field')} repaired by a rule"] if counts.repaired else []),
        *(_promise_in_words(summary.promise, statuses.total()) if summary.promise else []),
        *([f"audit: {_count(summary.audited, 'accepted field')} to be typed blind"] if summary.audited else []),
        *(line for numbers in summary.numbers for line in _numbers_in_words(numbers)),
        *doubles_in_words(summary),
        *(control_in_words(summary.control) if summary.control else []),
        *([f"{_count(failed, 'page')} failed, see above"] if failed else []),
        *(f"template {name!r}: {beside_in_words(pixels)}" for name, pixels in counts.beside.items()),
        *_named("left out, as no scan ends so (save them as JPEG or PDF; unpack archives)", summary.left_out),
        *_named("left out, as the template's picture of the blank form", summary.references),
        f"wrote {output}",
        *(f"  {name}: {path}" for name, path in summary.parts.items()),
    ]


def _suspicious(counts: "Counts", *, most: int = 3) -> Iterator[str]:
    """What speaks against the template, or the scanner, rather than against who wrote."""
    for form, rule, count in counts.doubtful_rules()[:most]:
        yield f"the rule {rule!r} does not hold on {count} of {counts.forms[form]} pages: is it what the form asks for?"
    for form, count in counts.crossed_out()[:most]:
        yield (
            f"unused cells seem to be crossed out in {_count(count, 'field')}: if that is meant on {form!r}, say "
            "`fill_marks` of those fields in the template (in its editor: strokes fill unused cells)"
        )
    for form, name, count in counts.troubled()[:most]:
        yield (
            f"{name!r} is rejected on {count} of {counts.forms[form]} pages, far more often than others: see whether "
            "something lies on its cells (formreader template check)"
        )


def times(summary: "Summary") -> str:
    """What each part of the work took."""
    return ", ".join(f"{part} {seconds:.2f} s" for part, seconds in summary.seconds_of.items())


def next_step(summary: "Summary", output: Path, *, forms: int) -> list[str]:
    """How to decide what was not accepted, where anything was not: of several forms in the table of each."""
    counts = summary.counts
    if forms > 1:  # a page that fits none is in the table of the nearest
        left_of = counts.rejected + counts.unread
        tables = [table for form, table in summary.parts.items() if summary.audited or left_of[form]]
    else:
        left = counts.statuses["rejected"] + len(counts.failed) - summary.empty + summary.audited
        tables = [output] if left else []
    return [f"to decide what is left: formreader review {quote(str(table))}" for table in tables]


def _promise_in_words(promise: "Promise", fields: int) -> Iterator[str]:
    low, high = promise.interval
    review = fields - promise.accepted
    yield (
        f"promised: at most {promise.max_error:.3%} of the accepted fields wrong; {promise.accepted} accepted, "
        f"{promise.expected:.1f} silent errors expected (95 % interval {low} to {high}), "
        f"{review} to review ({review / fields:.1%})"
    )
    if promise.unsupported:
        yield (
            f"too little is known of {', of '.join(map(_kind, promise.unsupported))} to promise that: none of them is "
            f"accepted. Allow a larger error, or count more of your own: {promise.needed:,} pages full of a kind, all "
            "right, would do (formreader evaluate --calibration); or accept by --min-confidence, which promises nothing"
        )


def _kind(kind: str) -> str:
    """A kind of field (see decide/promise.py) in words."""
    if found := {"cheque-amount": "amounts", "cheque-date": "dates", "cheque-micr": "magnetic lines"}.get(kind):
        return f"{found} on cheques"
    what, _, checked = kind.partition("+")
    named = {"cells": "fields in cells", "strip": "fields without cells", "blank": "blank fields"}.get(what, what)
    return f"{named} that {'a' if checked else 'no'} rule checks"


def _numbers_in_words(numbers: "Numbers") -> Iterator[str]:
    if numbers.missing:
        unknown = f"; {_count(numbers.unknown, 'page')} without a trusted number" if numbers.unknown else ""
        yield f"{numbers.rule}: missing {', '.join(numbers.missing)}{unknown}"
    for number, places in numbers.doubles:
        yield f"{numbers.rule}: {number} stands on {' and '.join(places)}"


def control_in_words(control: "Control") -> Iterator[str]:
    """How the batch compares with its list, naming what does not agree."""
    differing = [f"{one.page} read {one.read or 'blank'}, listed {one.expected}" for one in control.differing]
    likely = f" ({control.likely} of them as listed)" if control.likely else ""
    yield (
        f"batch list: {control.matching} read as listed, {len(differing)} read otherwise, "
        f"{len(control.unsure)} to review{likely}, {len(control.missing)} without a scan; "
        f"{_count(len(control.unlisted), 'scan')} not listed"
    )
    yield from _named("  read otherwise", differing, apart="; ")
    yield from _named("  to review", control.unsure)
    yield from _named("  without a scan", control.missing)
    yield from _named("  not listed", control.unlisted)
    if control.listed_total != control.expected_total:
        yield f"the list's own amounts add up to {control.listed_total}, not to its total {control.expected_total}"
    short = control.expected_total - control.read_total
    how = f"NOT the same: {abs(short)} {'short' if short > 0 else 'over'}" if short else "the same"
    yield f"control total: {control.read_total} read and trusted, {control.expected_total} expected: {how}"


def doubles_in_words(summary: "Summary") -> Iterator[str]:
    """The pages that are one sheet, a line at most."""
    yield from _named("the same sheet, scanned twice?", [_together(same) for same in summary.twice], apart="; ")


def _together(same: "Sequence[ScanRef]", *, most: int = 4) -> str:
    """The places of one sheet."""
    more = f" and {len(same) - most} more" if len(same) > most else ""
    return " = ".join(f"{ref.file} page {ref.page}" for ref in same[:most]) + more


def _named(what: str, names: Sequence[str], *, apart: str = ", ", most: int = 5) -> Iterator[str]:
    """A line that names the first of them, where there are any."""
    if names:
        more = f"{apart}and {len(names) - most} more" if len(names) > most else ""
        yield f"{what}: {apart.join(names[:most])}{more}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_table(results: Path) -> None:
    """The results table that was written, on stdout, in colours where that is a terminal."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  a tenth of a second that only a table costs
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from formreader.table import stream_table  # noqa: PLC0415

    columns = ("file", "page", "field", "value", "confidence", "status", "reason")
    short = ("page", "confidence", "status")  # what is long goes on below: it is never cut short
    parts = (Column(name, overflow="fold", no_wrap=name in short) for name in columns)
    table = Table(*parts, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)  # fits in 80 columns
    previous = None
    for row in stream_table(results, columns):
        page = row["file"], row["page"]
        if previous not in (None, page):
            table.add_section()
        row["reason"] = row["reason"].replace(";", "; ")
        table.add_row(*(Text(visible(row[column])) for column in columns), style=COLOURS.get(row["status"]))
        previous = page
    console = Console()
    console.print(table) if console.is_terminal else Console(width=120).print(table)
    sys.stdout.flush()  # the summary, on stderr, comes below it
