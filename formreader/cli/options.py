"""What several verbs are given."""

from pathlib import Path
from typing import Annotated

import typer

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks of bugs.")]
TemplateFile = Annotated[Path, typer.Argument(metavar="TEMPLATE", help="A template file (JSON).")]
FormScans = Annotated[list[str], typer.Argument(metavar="SCANS...", help="Scans of the form: files, folders or globs.")]
BlankScan = Annotated[Path, typer.Argument(metavar="SCAN", help="A scan of the form, best a blank one.")]
PageNumber = Annotated[int, typer.Option(metavar="N", min=1, help="Which page of the scan.")]
NewTemplate = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="The template; its picture is saved beside it.")
]
FormName = Annotated[str | None, typer.Option(metavar="NAME", help="The form's name; the file's unless given.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a template that is there already.")]
Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="A table written by `formreader process`.")]
Figures = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the figures as JSON; - is standard output.")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of everything drawn by chance.")]
