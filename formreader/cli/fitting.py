"""`formreader template fit`: a template's cells moved to where they are printed."""

from pathlib import Path
from typing import Annotated

import typer

from formreader.cli.outputs import require_ending, require_new
from formreader.cli.templates import TemplateFile, Verbose, size_in_words
from formreader.errors import UsageError


def fit(
    template: TemplateFile,
    scans: Annotated[list[str], typer.Argument(metavar="SCANS...", help="Scans of the form: files, folders or globs.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The template with its cells moved.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a template that is there already.")] = False,
    verbose: Verbose = False,
) -> None:
    """Move a template's cells to where they are printed, as most of some scans show.

    \b
    Example:
      formreader template fit slip.json scans/ -o fitted.json

    For cells drawn by eye, within the printed line or around it, up to a fifth of a cell aside. Blank and filled forms
    serve alike; up to 40 of the scans are looked at.
    """
    from formreader.pipeline.fitting import BatchForm, spread  # noqa: PLC0415  only by the verb that needs it
    from formreader.scans import list_scans  # noqa: PLC0415
    from formreader.template import load_template, require_cells, save_template  # noqa: PLC0415

    form = load_template(template)
    require_cells(form)
    require_ending(output, ".json")
    if not force:
        require_new(output)
    if form.reference and output.absolute().parent != template.absolute().parent:
        raise UsageError(
            f"{output}: would not find its picture {form.reference}. Write it to the folder of {template}."
        )
    sample = spread(list_scans(scans), 40)
    found = BatchForm(form, sample=sample)
    if found.said is None:
        raise UsageError(
            f"{template}: none of {len(sample)} pages shows its cells, or within a fifth of a cell of where it says. "
            f"To see where they were looked for: formreader template check {template} SCAN -o overlay.png"
        )
    if found.fit is None:
        typer.echo(f"{size_in_words(form)}: its cells are printed where it says; nothing to move", err=True)
        return
    save_template(found.fit.form.template, output)
    said = f"as {found.fit.pages} of {len(sample)} pages say"
    typer.echo(f"{size_in_words(form)}, moved by up to {found.fit.beside:.0f} pixels, {said}: wrote {output}", err=True)
