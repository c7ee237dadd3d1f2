"""`formreader template fit`: a template's cells moved to where they are printed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.options import Force, FormScans, Verbose
from formreader.cli.outputs import require_ending, require_found, require_new
from formreader.cli.templates import size_in_words
from formreader.errors import TemplateError, UsageError

if TYPE_CHECKING:
    from formreader.pipeline.fitting import BatchForm
    from formreader.template import Template


def fit(
    template: Annotated[
        Path, typer.Argument(metavar="TEMPLATE", help="A template file (JSON), or a folder of them for mixed scans.")
    ],
    scans: FormScans,
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The template with its cells moved; or their folder."),
    ],
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Move a template's cells to where they are printed, as most of some scans show.

    \b
    Examples:
      formreader template fit slip.json scans/ -o fitted.json
      formreader template fit templates/ mixed/ -o templates/ --force

    For cells drawn by eye, within the printed line or around it, up to a fifth of a cell aside. Blank and filled forms
    serve alike; up to 40 of the scans are looked at. Rows of cells that stand anywhere (`find`) stay as they are.
    """
    from formreader.pipeline.fitting import BatchForm, spread  # noqa: PLC0415  only by the verb that needs it
    from formreader.scans import list_scans  # noqa: PLC0415
    from formreader.template import load_templates  # noqa: PLC0415

    forms = load_templates(template)
    goals = {path: output / path.relative_to(template) if template.is_dir() else output for path in forms}
    for path, form in forms.items():
        require_fittable(path, form)
        _require_goal(path, form, goals[path], force=force)
    sample = spread(list_scans(scans), 40)
    found = {path: BatchForm(form, sample=sample) for path, form in forms.items()}
    if not any(one.said for one in found.values()):
        raise UsageError(
            f"{template}: none of {len(sample)} pages shows its cells, or within a fifth of a cell of where it says. "
            f"To see where they were looked for: formreader template check {next(iter(forms))} SCAN -o overlay.png"
        )
    for path, one in found.items():
        typer.echo(_moved(one, goals[path], len(sample)), err=True)


def _moved(form: "BatchForm", goal: Path, pages: int) -> str:
    """Write the form's template where its cells have moved; what was done."""
    from formreader.template import save_template  # noqa: PLC0415  as above

    size = size_in_words(form.template)
    if form.said is None:
        return f"{size}: none of {pages} pages shows its cells; left as it is"
    if form.fit is None:
        return f"{size}: its cells are printed where it says; nothing to move, {goal} is not written"
    save_template(form.fit.form.template, goal)
    said = f"as {form.fit.pages} of {pages} pages say"
    return f"{size}, moved by up to {form.fit.beside:.0f} pixels, {said}: wrote {goal}"


def require_fittable(path: Path, form: "Template") -> None:
    """TemplateError where a template has no cells with a place of their own."""
    from formreader.template import require_findable  # noqa: PLC0415  as above

    require_findable(form)
    if not any(field.cells for field in form.fields):
        raise TemplateError(
            f"{path}: has no cells that stand at one place of the form, so there is nothing to fit: what stands "
            "anywhere is looked for on each page."
        )


def _require_goal(path: Path, form: "Template", goal: Path, *, force: bool) -> None:
    """UsageError where the fitted template cannot be written, or would not find its picture or lists there."""
    require_ending(goal, ".json")
    if not goal.parent.is_dir():
        raise UsageError(f"{goal}: the folder {goal.parent} does not exist. Make it first: mkdir {goal.parent}")
    if not force:
        require_new(goal)
    require_found(form.beside, path, goal)
