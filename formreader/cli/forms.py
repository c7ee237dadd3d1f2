"""`formreader simulate`, `samples` and `template`: forms to try things on, and the templates of one's own."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from formreader.cli.printing import columns, percent, write_json
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.draw import Picture
    from formreader.pipeline import LaidPage
    from formreader.records import ScanRef
    from formreader.simulate import Specimens
    from formreader.template import Template

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks of bugs.")]
TemplateFile = Annotated[Path, typer.Argument(metavar="TEMPLATE", help="A template file (JSON).")]


def _list_faults(wanted: bool) -> None:
    if wanted:
        from formreader.simulate.faults import CATALOGUE  # noqa: PLC0415  only where it is asked for

        for fault in CATALOGUE.values():
            typer.echo(f"{fault.name:18}{fault.about}")
        raise typer.Exit


def simulate(
    template: TemplateFile,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A new folder.")],
    faults: Annotated[
        str, typer.Option(metavar="NAMES", help="Faults on every form: NAME[:STRENGTH],... with 1 for the usual.")
    ] = "",
    list_faults: Annotated[
        bool, typer.Option("--list-faults", callback=_list_faults, is_eager=True, help="Say which faults there are.")
    ] = False,
    digits: Annotated[
        Path | None,
        typer.Option(metavar="NPZ", help="Write with this file's real digits (x_test or x), not by a drawn pen."),
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", min=1, help="How many forms.")] = 10,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The same seed draws the same forms.")] = 0,
    format: Annotated[Literal["jpg", "png", "tif", "pdf"], typer.Option(help="jpg, png: a file a form.")] = "jpg",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
    verbose: Verbose = False,
) -> None:
    """Draw filled forms as a scanner would see them, and write down what they say: DIR/truth.csv.

    \b
    Example:
      formreader simulate slip.json --count 50 --output forms
      formreader simulate slip.json --output stained --faults coffee,fax:0.5
      formreader simulate slip.json --output real --digits mnist.npz
      formreader process forms --template slip.json --output results.csv
      formreader evaluate results.csv forms/truth.csv
    """
    from formreader.simulate import forms as step  # noqa: PLC0415  only by the verb that needs it
    from formreader.simulate.faults import parse_faults  # noqa: PLC0415
    from formreader.template import load_template  # noqa: PLC0415

    truth = step.simulate(
        load_template(template),
        count=count,
        output=output,
        seed=seed,
        format=format,
        planted=parse_faults(faults),
        digits=_specimens(digits) if digits else None,
    )
    if not quiet:
        typer.echo(f"drew {count} forms into {output}, what they say into {truth}", err=True)


def _specimens(path: Path) -> "Specimens":
    from formreader.dataset.digits import load_digits  # noqa: PLC0415
    from formreader.simulate import Specimens  # noqa: PLC0415

    digits = load_digits(path, "test")
    try:
        return Specimens(digits.images, digits.labels)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def samples(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    verbose: Verbose = False,
) -> None:
    """Copy the sample forms to DIR, to try things on: templates, scans, and what they say.

    \b
    Example:
      formreader samples forms
      cd forms/deposit-slip
      formreader process scans -t template.json -o results.csv --show
      formreader evaluate results.csv truth.csv
    """
    from formreader.simulate import copy_samples  # noqa: PLC0415  only by the verb that needs it

    copied = copy_samples(folder)
    for sample in copied:
        typer.echo(sample)
    slip = next(sample for sample in copied if sample.name == "deposit-slip")
    typer.echo(f"to try them: cd {quote(str(slip))}", err=True)
    typer.echo("             formreader process scans -t template.json -o results.csv --show", err=True)


def draft(
    scan: Annotated[Path, typer.Argument(metavar="SCAN", help="A scan of the form, best a blank one.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The template; its picture is saved beside it.")
    ],
    page: Annotated[int, typer.Option(metavar="N", min=1, help="Which page of the scan.")] = 1,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The form's name; the file's unless given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a template that is there already.")] = False,
    verbose: Verbose = False,
) -> None:
    """Find the printed cells on a scan, and write a template to go on from: template.json, and template.png beside it.

    \b
    Examples:
      formreader template draft blank.pdf -o slip.json
      formreader template check slip.json -o cells.png

    A photo's paper is laid flat first; a scan is better. Look at what was found before you read with it, and give the
    fields their names.
    """
    from formreader.draft import cells as step  # noqa: PLC0415  only by the verb that needs it
    from formreader.pipeline.drafting import flattened  # noqa: PLC0415
    from formreader.scans import open_scan  # noqa: PLC0415

    for path in (output, output.with_suffix(".png")):
        if path.exists() and not force:
            raise UsageError(f"{path} is there already. Choose another name, or replace it with --force.")
    opened = open_scan(_page_of(scan, page))
    paper = flattened(opened)
    if paper is not opened:
        typer.echo(f"{scan}: a photo; its paper was laid flat", err=True)
    found = step.draft(paper, name=name or output.stem)
    written = step.save_draft(found, output)
    typer.echo(_size_in_words(written).replace("nothing wrong", f"wrote {output}"), err=True)


def check(
    template: TemplateFile,
    scan: Annotated[Path | None, typer.Argument(metavar="SCAN", help="A scan to lay onto the template.")] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PNG", help="Draw the cells and where they were found.")
    ] = None,
    page: Annotated[int, typer.Option(metavar="N", min=1, help="Which page of the scan.")] = 1,
    verbose: Verbose = False,
) -> None:
    """Check a template, alone or against a scan; draw its cells and where they were found.

    \b
    Examples:
      formreader template check slip.json
      formreader template check slip.json -o cells.png
      formreader template check slip.json scan.jpg -o overlay.png
    """
    from formreader.template import load_template  # noqa: PLC0415  only by the verb that needs it

    form = load_template(template)
    _warn_of_upside_down(form)
    if scan is None:
        typer.echo(_size_in_words(form))
        if output is not None:
            _save(_drawn_alone(form), output)
        return
    _check_fit(form, scan, page, output)


def schema(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="- is standard output.")] = Path("-"),
    verbose: Verbose = False,
) -> None:
    """Print the JSON Schema of the template file, for editors and other programs."""
    from formreader.template import template_schema  # noqa: PLC0415  only by the verb that needs it

    write_json(template_schema(), output)


def _warn_of_upside_down(form: "Template") -> None:
    from formreader.register.form import Form  # noqa: PLC0415

    if any(field.cells for field in form.fields) and Form(form).same_upside_down:
        typer.echo(
            f"{form.name}: its cells lie the same on a page fed upside-down, which would be read so. Give the template "
            "a reference picture, so that the print around the cells can tell.",
            err=True,
        )


def _size_in_words(form: "Template") -> str:
    cells = sum(1 for _ in form.cells())
    return (
        f"{form.name}: {form.width} x {form.height} pixels, {len(form.fields)} fields, {cells} cells, "
        f"{len(form.rules)} rules: nothing wrong"
    )


def _drawn_alone(form: "Template") -> "Picture":
    from formreader.draw import draw_template  # noqa: PLC0415
    from formreader.register.form import Form  # noqa: PLC0415

    return draw_template(form, Form(form).reference)


def _check_fit(form: "Template", scan: Path, page: int, output: Path | None) -> None:
    """Say how well the page fits. Drawn first, because a page that does not fit is the one to look at."""
    from formreader.pipeline import draw_fit, lay  # noqa: PLC0415
    from formreader.register.form import Form  # noqa: PLC0415
    from formreader.template import require_cells  # noqa: PLC0415

    require_cells(form)
    ref, ready = _page_of(scan, page), Form(form)
    if output is not None:
        _save(draw_fit(ref, ready), output)
    typer.echo(_fit_in_words(form, lay(ref, ready)))


def _page_of(scan: Path, page: int) -> "ScanRef":
    """Raises UsageError where the scan has no such page."""
    from formreader.scans import list_scans  # noqa: PLC0415

    pages = list_scans([scan])
    if page > len(pages):
        raise UsageError(f"{scan} has no page {page}: it has {len(pages)}.")
    return pages[page - 1]


def _fit_in_words(form: "Template", laid: "LaidPage") -> str:
    rows = [("field", "cells", "worst frame found")]
    left = iter(laid.frames)
    for field in form.fields:
        qualities = [next(left).quality for _ in range(field.size)]
        rows.append((field.name, str(len(qualities)), percent(min(qualities))))
    fit = f"registration: {percent(laid.page.quality)} of the printed outlines are in their place"
    return "\n".join([columns(rows), fit, *_legibility_in_words(laid)])


def _legibility_in_words(laid: "LaidPage") -> list[str]:
    from formreader.locate.legibility import legibility  # noqa: PLC0415

    found = legibility(laid.page, laid.frames)
    if found.pixels != found.pixels:
        return []
    figures = f"cells {found.pixels:.0f} pixels on the short side, blur {found.blur:.2f}, contrast {found.contrast:.0f}"
    return [f"scan: {figures}", *(f"{words}." for words in found.advice())]


def _save(picture: "Picture", path: Path) -> None:
    import cv2  # noqa: PLC0415

    try:
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot hold the picture ({error.strerror}). Choose another name.") from error
    typer.echo(f"drew {path}", err=True)
