"""`formreader review`: a person decides what the machine rejected, in the browser."""

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.options import Results, Verbose
from formreader.cli.summary import control_in_words

if TYPE_CHECKING:
    from formreader.batch.expected import Expected
    from formreader.review import Review
    from formreader.review.desk import Desk
    from formreader.table.manifest import Manifest
    from formreader.template import Template


def review(
    results: Results,
    *,
    reviewer: Annotated[
        str, typer.Option(metavar="NAME", help="Who decides; your name on this machine unless given.")
    ] = "",
    two_people: Annotated[
        bool | None,
        typer.Option("--two-people/--one-person", help="Whether each field takes two who agree, the second blind."),
    ] = None,
    scans: Annotated[
        list[str] | None, typer.Option(metavar="DIR", help="Where the scans are, if not where they were.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", "-t", metavar="T", help="The template, if not the one of the run.")
    ] = None,
    merge: Annotated[bool, typer.Option("--merge", help="Take over a results table that has changed.")] = False,
    corrections: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where crops with labels go; RESULTS.corrections unless given.")
    ] = None,
    audit_log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The table of all audits; formreader-audit.csv beside RESULTS.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Only write what is decided so far; open no page.")] = False,
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=65535, help="Of the page; the same each time, if free, unless given."),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    verbose: Verbose = False,
) -> None:
    """Decide what was rejected on a local web page, and write the reviewed table. Ctrl-C ends it; go on any time.

    \b
    Examples:
      formreader review results.csv
      formreader review results.csv --two-people --reviewer Ann
      formreader review results.csv --scans /mnt/scans --template slip.json

    RESULTS is never touched. Every keystroke is kept in results.review.db at once. At the end results.reviewed.csv has
    all rows with `source` (machine or person), and results.corrections the crops for `model train --from-corrections`.
    """
    from formreader.review import Review  # noqa: PLC0415  OpenCV, LiteRT and pydantic: half a second
    from formreader.review.desk import Desk  # noqa: PLC0415
    from formreader.review.sources import find_sources  # noqa: PLC0415
    from formreader.table import check_format  # noqa: PLC0415
    from formreader.table.manifest import read_manifest  # noqa: PLC0415

    if audit_log is not None:
        check_format(audit_log)
    sources = find_sources(results, scans=scans or (), template=template)
    opened = Review(results, reviewer=reviewer, two_people=two_people, merge=merge)
    try:
        batch_list = _BatchList(sources.template, read_manifest(results))
        desk = Desk(
            opened,
            sources,
            crops=corrections,
            ledger=audit_log,
            control=batch_list.balance,
            listed=batch_list.amount,
        )
        typer.echo("\n".join([_begun(opened), *sources.notes]), err=True)
        if not write:
            _serve(desk, port=port, browser=browser)
        typer.echo("\n".join(desk.finish()["words"]), err=True)
    finally:
        opened.close()


def _serve(desk: "Desk", *, port: int | None, browser: bool) -> None:
    """Until Ctrl-C, which is how a review ends: no error."""
    from formreader.web.review import review_routes  # noqa: PLC0415
    from formreader.web.server import serve  # noqa: PLC0415

    try:
        say = partial(typer.echo, err=True)
        serve("review", review_routes(desk), tell=say, open_browser=browser, name=desk.review.name, port=port)
    except KeyboardInterrupt:
        typer.echo("", err=True)


class _BatchList:
    """The run's batch list, where it had one and that is still there."""

    def __init__(self, template: "Template", run: "Manifest | None") -> None:
        self._template = template
        self._path = Path(run.expected) if run and run.expected else None

    @cached_property
    def _list(self) -> "Expected | None":
        from formreader.batch.expected import load_expected  # noqa: PLC0415  only where there is one

        return load_expected(self._path) if self._path and self._path.exists() else None

    def amount(self, file: str, page: str) -> str:
        """What it has for a page; empty where nothing."""
        return self._list.listed(file, int(page)) if self._list else ""

    def balance(self, reviewed: Path) -> list[str]:
        """How the amounts of the reviewed table compare with it now."""
        from formreader.batch.expected import amounts_in, compare  # noqa: PLC0415  only where there is one
        from formreader.batch.tables import amount_field  # noqa: PLC0415

        if self._list is None:
            gone = f"{self._path}: the batch list is no longer there, and the control total not checked."
            return [gone] if self._path else []
        return list(control_in_words(compare(amounts_in(reviewed, amount_field([self._template])), self._list)))


def _begun(opened: "Review") -> str:
    far = opened.progress()
    lines = [f"{opened.results.name}: {far.asked:,} fields to decide, {far.todo:,} of them left for {opened.reviewer}"]
    if (changes := opened.changes) is not None and opened.reviewers():
        lines.append(f"merged: fields read otherwise {changes.changed}, new {changes.added}, gone {changes.gone}")
    if far.waiting or far.disputed:
        lines.append(f"{far.waiting:,} wait for another reviewer, {far.disputed:,} are disputed")
    return "\n".join(lines)
