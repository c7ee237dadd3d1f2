"""`formreader template print`: a clean form from a template."""

from pathlib import Path
from typing import Annotated

import typer

from formreader.cli.options import TemplateFile, Verbose
from formreader.cli.outputs import require_ending, require_found, require_new
from formreader.errors import UsageError


def print_(
    template: TemplateFile,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PDF", help="The form to print.")],
    drop_out: Annotated[bool, typer.Option("--drop-out", help="Boxes in a light red that scanners can drop.")] = False,
    guides: Annotated[bool, typer.Option("--guides", help="A dotted frame in each cell, to write along.")] = False,
    spaced: Annotated[bool, typer.Option("--spaced/--shared-walls", help="A gap between the cells.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a form and a template that are there already.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Make a clean blank form from a template: a PDF to print, and the template that fits it.

    \b
    Example:
      formreader template print slip.json -o form.pdf     writes form.pdf, form.json and form.png
      formreader process scans/ -t form.json -o results.csv

    Read scans of the printed form with the template beside it, not with the one that it was made from.
    """
    from formreader.draft.paper import DROP_OUT, GRAY, Look, print_form, printed  # noqa: PLC0415  only by this verb
    from formreader.template import load_template  # noqa: PLC0415
    from formreader.template.file import holds  # noqa: PLC0415

    require_ending(output, ".pdf")
    form = load_template(template)
    taken = {template.absolute(), form.reference_path.absolute() if form.reference_path else template.absolute()}
    beside = [output.with_suffix(ending) for ending in (".json", ".png")]
    if taken & {path.absolute() for path in beside}:
        raise UsageError(f"{output}: its template would replace the one that it is made from. Choose another name.")
    require_found(form.model_copy(update={"reference": None}).beside, template, output)
    look = Look(spaced=spaced, colour=DROP_OUT if drop_out else GRAY, guides=guides)
    if not force and not holds(beside[0], printed(form, output, look)):  # the same form may be printed again
        require_new(output, *beside)
    print_form(form, output, look)
    width, height = (25.4 * pixels / form.dpi for pixels in form.size)
    typer.echo(f"wrote {output}, {width:.0f} x {height:.0f} mm, and the template for it: {beside[0]}", err=True)
