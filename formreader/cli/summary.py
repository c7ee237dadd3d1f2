"""What `formreader process` says of a batch: a summary in words, and the table for a terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formreader.batch.expected import Control
    from formreader.batch.summary import Summary
    from formreader.decide.promise import Promise
    from formreader.decide.running import Numbers

COLOURS = {"rejected": "bold yellow", "failed": "bold red", "blank": "dim"}


def in_words(summary: "Summary", output: Path) -> str:
    """What became of the batch, a line for each thing that a person asks first."""
    counts = summary.counts
    pages, failed, statuses = counts.pages, len(counts.failed), counts.statuses
    counted = ", ".join(f"{statuses[status]} {status}" for status in ("read", "blank", "rejected", "failed"))
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.reasons.most_common(5))
    lines = [
        f"{_count(pages, 'page')} in {summary.seconds:.1f} s, {pages / summary.seconds:.1f} a second",
        f"{_count(statuses.total(), 'field')}: {counted}",
        *([f"{_count(summary.recalled, 'page')} had been read before"] if summary.recalled else []),
        *([f"{_count(summary.changed, 'page')} read again: scan or settings changed"] if summary.changed else []),
        *([f"rejected for: {reasons}"] if reasons else []),
        *([f"{_count(counts.repaired, 'field')} repaired by a rule"] if counts.repaired else []),
        *(_promise_in_words(summary.promise, statuses.total()) if summary.promise else []),
        *([f"audit: {_count(summary.audited, 'accepted field')} to be typed blind"] if summary.audited else []),
        *(line for numbers in summary.numbers for line in _numbers_in_words(numbers)),
        *(_control_in_words(summary.control) if summary.control else []),
        *([f"{_count(failed, 'page')} failed, see above"] if failed else []),
        f"wrote {output}",
        *(f"  {name}: {path}" for name, path in summary.parts.items()),
    ]
    return "\n".join(lines)


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
            f"too little is known of fields of the kind {', '.join(promise.unsupported)} to promise that: none of them "
            "is accepted. Allow a larger error, or give a --calibration with more fields"
        )


def _numbers_in_words(numbers: "Numbers") -> Iterator[str]:
    if numbers.missing:
        unknown = f"; {_count(numbers.unknown, 'page')} without a trusted number" if numbers.unknown else ""
        yield f"{numbers.rule}: missing {', '.join(numbers.missing)}{unknown}"
    for number, places in numbers.doubles:
        yield f"{numbers.rule}: {number} stands on {' and '.join(places)}"


def _control_in_words(control: "Control") -> Iterator[str]:
    yield (
        f"batch list: {control.matching} matching, {len(control.differing)} read otherwise, "
        f"{control.unsure} not trusted, {len(control.missing)} without a scan, {len(control.unlisted)} not listed"
    )
    said = "is" if control.balanced else "is NOT"
    yield f"control total: {control.read_total} read {said} the expected {control.expected_total}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_table(results: Path) -> None:
    """The results table that was written, on stdout, in colours where that is a terminal."""
    from rich.console import Console  # noqa: PLC0415  a tenth of a second that only a table costs
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from formreader.table import stream_table  # noqa: PLC0415

    columns = ("file", "page", "field", "value", "confidence", "status", "reason")
    table = Table(*columns)
    previous = None
    for row in stream_table(results, columns):
        page = row["file"], row["page"]
        if previous not in (None, page):
            table.add_section()
        table.add_row(*(Text(row[column]) for column in columns), style=COLOURS.get(row["status"]))
        previous = page
    console = Console()
    console.print(table) if console.is_terminal else Console(width=120).print(table)
