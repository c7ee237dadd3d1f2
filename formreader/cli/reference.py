"""`formreader template reference`: a picture of the blank form, from scans of filled ones."""

from pathlib import Path
from typing import Annotated

import typer

from formreader.cli.doubts import doubts_about
from formreader.cli.fitting import require_fittable
from formreader.cli.options import FormScans, TemplateFile, Verbose
from formreader.cli.outputs import require_ending, require_found, require_new, require_other
from formreader.cli.templates import size_in_words
from formreader.errors import UsageError

MOST = 25
"""Scans that are looked at: more show no more."""


def reference(
    template: TemplateFile,
    scans: FormScans,
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The template with its picture, which is saved beside it."),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a template and a picture that are there.")] = False,
    verbose: Verbose = False,
) -> None:
    """Make the picture of the blank form, by which writing beside the cells is told from print: FILE, and FILE's .png.

    \b
    Examples:
      formreader template reference slip.json scans/ -o with-picture.json
      formreader template reference slip.json blank.pdf -o slip.json --force

    From five filled scans and more, best twenty of several writers, as what most of them show in the same place is
    print; up to 25 are looked at. Of a blank form one is enough. Cells drawn by eye are moved, as by `template fit`.
    """
    from formreader.draft.drafting import save_picture  # noqa: PLC0415  only by the verb that needs it
    from formreader.pipeline.fitting import spread  # noqa: PLC0415
    from formreader.pipeline.reference import ENOUGH, shown_by  # noqa: PLC0415
    from formreader.scans import list_scans  # noqa: PLC0415
    from formreader.template import load_template, save_template  # noqa: PLC0415

    picture = output.with_suffix(".png")
    require_ending(output, ".json")
    form = load_template(template)
    require_fittable(template, form)
    if not force:
        require_new(output, picture)
    require_found(form.model_copy(update={"reference": None}).beside, template, output)
    sample = spread(list_scans(scans), MOST)
    for scan in sample:
        require_other(picture, Path(scan.path))
    shown = shown_by(sample, form)
    if shown.picture is None:
        filled = ", all of them filled in" if shown.pages else ""
        raise UsageError(
            f"{template}: {shown.pages} of {len(sample)} pages show this form{filled}. Give at least "
            f"{ENOUGH} filled ones, or a blank one. Why a page does not fit: formreader template check {template} SCAN"
        )
    save_picture(shown.picture, picture)
    save_template(shown.template.model_copy(update={"reference": picture.name}), output)
    made = load_template(output)
    for doubt in doubts_about(made):
        typer.echo(f"{form.name}: {doubt}", err=True)
    typer.echo(
        f"{size_in_words(made)}: wrote {output}, and {picture} as {shown.pages} of {len(sample)} pages show it. "
        "Look whether only print is left on it",
        err=True,
    )
