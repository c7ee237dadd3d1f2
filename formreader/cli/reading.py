"""`formreader process` once it is clear what is asked: read a batch or a hot folder, and write down what was done.

Imported when that is so: OpenCV, LiteRT and pydantic take half a second.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import typer

from formreader import __version__
from formreader.batch import account
from formreader.batch import run as batch
from formreader.batch.pictures import make_folder
from formreader.batch.summary import Summary
from formreader.batch.watch import HotFolder
from formreader.cli.failures import failures_in_words, remedies
from formreader.cli.log import Log
from formreader.cli.outputs import require_apart
from formreader.cli.progress import Misfits, at_each, going_on, progress
from formreader.cli.summary import in_words, next_step, print_table, times
from formreader.cli.visible import visible
from formreader.cli.watching import keep_watching
from formreader.decide.sample import audit_path
from formreader.errors import UsageError
from formreader.table import check_format
from formreader.table.hashes import inputs_path
from formreader.table.manifest import manifest_path, write_manifest
from formreader.template import Template, load_templates


@dataclass(frozen=True)
class Run:
    """One run of the command."""

    scans: Sequence[str | Path] | None
    template: Path
    output: Path
    said: Mapping[str, Any]
    """All options, for the manifest."""
    options: Mapping[str, Any]
    """Those of `batch.process`."""
    log: Path | None
    quiet: bool
    verbose: bool
    show: bool
    forms: Mapping[Path, Template] = field(init=False)

    def __post_init__(self) -> None:
        """TemplateError where a template cannot be used; UsageError where two results would be one file."""
        check_format(self.output)
        require_apart(
            {
                "--output": self.output,
                "the run's record": manifest_path(self.output),
                "the list of its scans": inputs_path(self.output),
                "what is audited": audit_path(self.output),
                **{f"--{name}": self.options[name] for name in ("wide", "overlays")},
                "--log": self.log,
            }
        )
        object.__setattr__(self, "forms", load_templates(self.template))

    def once(self) -> int:
        """Read the scans, and say what came of it; the exit code."""
        with self._reading() as (told, read):
            summary: Summary = read(self.scans or [], output=self.output)
            told.end_with(summary)
        self._record(summary, self.scans or [], account.became(summary))
        self._tell(summary)
        return summary.exit_code

    def watching(self, hot: HotFolder, idle: float | None) -> int:
        """Read what arrives until that ends; the exit code."""
        if self.options["overlays"] is not None:
            make_folder(self.options["overlays"], [hot.inbox])
        for form in self.forms.values():
            if form.reference_path and form.reference_path.resolve().is_relative_to(hot.inbox.resolve()):
                raise UsageError(
                    f"--watch {hot.inbox}: holds {form.reference_path}, the template's picture of the blank form: it "
                    "would be taken for a scan. Watch a folder that holds scans alone."
                )
        with self._reading() as (told, read):
            code = keep_watching(hot, read, idle=idle, log=told, quiet=self.quiet, record=self._record)
            told.end(exit_code=code)
        return code

    @contextmanager
    def _reading(self) -> Iterator[tuple[Log, "partial[Summary]"]]:
        """The log, and what reads scans into a table."""
        with Log(self.log) as told, going_on(self.output), progress(self.quiet, self.verbose) as on_page:
            template, output = str(self.template), str(self.output)
            scans = self.scans or [str(self.said["watch"])]
            told.tell("started", formreader=__version__, scans=scans, template=template, output=output)
            read = partial(batch.process, template=list(self.forms.values()), **self.options)
            yield told, partial(read, progress=at_each(told.page, on_page, None if self.quiet else Misfits()))

    def _record(self, summary: Summary, given: Sequence[str | Path], came: Mapping[str, object]) -> None:
        """Write the manifest of the table read from the scans `given`, and of each form's; `came`: what came of it."""
        model, expected = self.options["model"], self.options["expected"]
        asked = account.asked(self.forms, model, self.options["calibration"], self.said)
        batch_list = {"expected": str(expected.absolute())} if expected else {}
        write_manifest(self.output, given, self.template, model, {**asked, **batch_list, **came})
        for path, form in self.forms.items():
            if table := summary.parts.get(form.name):
                part = {"part_of": self.output.name, "min_confidence": summary.min_confidence}
                tables = {"tables": {table.name: account.content(table)}}
                write_manifest(table, given, path, model, {**part, **tables})

    def _tell(self, summary: Summary) -> None:
        failed, pages, output = summary.counts.failed, summary.counts.pages, self.output
        lines = [*failures_in_words(failed)]
        if not self.quiet:
            lines += [times(summary)] if self.verbose else []
            lines += [*in_words(summary, output), *remedies(failed, pages, self.forms)]
            lines += next_step(summary, output, forms=len(self.forms))
        if self.show:
            print_table(output)
        for line in lines:
            typer.echo(visible(line), err=True)
