"""`formreader template draft`, `check` and `schema`: templates of one's own."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.doubts import doubts_about
from formreader.cli.options import BlankScan, Force, FormName, NewTemplate, PageNumber, TemplateFile, Verbose
from formreader.cli.outputs import require_ending, require_kind, require_other, require_template
from formreader.cli.printing import beside_in_words, columns, percent, write_json
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.draw import Picture
    from formreader.pipeline import LaidPage
    from formreader.records import ScanRef
    from formreader.template import Template


def draft(
    scan: BlankScan,
    *,
    output: NewTemplate,
    page: PageNumber = 1,
    name: FormName = None,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Find the printed cells on a scan, and write a template to go on from: template.json, and template.png beside it.

    Of a form without cells, the lines and the empty spaces of tables to write in.

    \b
    Examples:
      formreader template draft blank.pdf -o slip.json
      formreader template check slip.json -o cells.png

    A photo's paper is laid flat first, a page on its side is turned; a scan is better. Look at what was found before
    you read with it, and give the fields their names; where Tesseract is installed, they have those printed beside.
    """
    from formreader import draft as step  # noqa: PLC0415  only by the verb that needs it
    from formreader.pipeline.drafting import flattened  # noqa: PLC0415
    from formreader.scans import open_scan  # noqa: PLC0415

    require_template(output, scan, force=force)
    opened = open_scan(_page_of(scan, page))
    paper = flattened(opened)
    if paper is not opened:
        typer.echo(f"{scan}: a photo, or not upright; its paper was laid flat, its text upright", err=True)
    found = step.draft(paper, name=name or output.stem)
    written = step.save_draft(found, output)
    typer.echo(f"{size_in_words(written)}: wrote {output} and {written.reference}", err=True)
    for line in _after_drafting(output):
        typer.echo(line, err=True)


def _after_drafting(path: Path) -> Iterator[str]:
    """What speaks against the draft, and how to go on."""
    from formreader.template import load_template  # noqa: PLC0415

    form = load_template(path)
    yield from (f"{form.name}: {doubt}" for doubt in doubts_about(form))
    if form.strips_alone:
        yield "no row of printed cells is found on it; its fields are the lines and empty spaces of tables to write in."
        yield "Delete those for words and signatures, and say which hold amounts"
    if which("tesseract") is None:
        yield "fields are numbered; where Tesseract is installed they have the names printed beside them"
    yield f"to look at it, name its fields and try it: formreader template edit {quote(str(path))} --scan FILLED"


def check(
    template: TemplateFile,
    scan: Annotated[Path | None, typer.Argument(metavar="SCAN", help="A scan to lay onto the template.")] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PNG", help="Draw the cells and where they were found.")
    ] = None,
    page: PageNumber = 1,
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
    if output is not None:
        require_ending(output, ".png")
        require_other(output, scan, form.reference_path)
    doubts = list(doubts_about(form))
    for doubt in doubts:
        typer.echo(f"{form.name}: {doubt}", err=True)
    if scan is None:
        typer.echo(f"{size_in_words(form)}{'' if doubts else ': nothing wrong'}")
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

    require_kind(output, '{\n  "$schema"', "schema")
    write_json(template_schema(), output)


def size_in_words(form: "Template") -> str:
    cells = sum(1 for _ in form.cells())
    return (
        f"{form.name}: {form.width} x {form.height} pixels, {len(form.fields)} fields, {cells} cells, "
        f"{len(form.rules)} rules"
    )


def _drawn_alone(form: "Template") -> "Picture":
    from formreader.draw import draw_template  # noqa: PLC0415
    from formreader.register.form import Form  # noqa: PLC0415

    return draw_template(form, Form(form).picture)


def _check_fit(form: "Template", scan: Path, page: int, output: Path | None) -> None:
    """Say how well the page fits. Drawn first, because a page that does not fit is the one to look at."""
    from formreader.pipeline import draw_fit, lay  # noqa: PLC0415
    from formreader.pipeline.fitting import BatchForm  # noqa: PLC0415
    from formreader.template import require_findable  # noqa: PLC0415

    require_findable(form)
    ref = _page_of(scan, page)
    ready = BatchForm(form, sample=(ref,))
    if output is not None:
        _save(draw_fit(ref, ready), output)
    laid = lay(ref, ready)
    typer.echo(_fit_in_words(form, laid))
    if laid.beside:
        typer.echo(f"{form.name}: {beside_in_words(laid.beside)}", err=True)


def _page_of(scan: Path, page: int) -> "ScanRef":
    """Raises UsageError where the scan has no such page, or is a folder of them."""
    from formreader.scans import list_scans  # noqa: PLC0415

    pages = list_scans([scan])
    if scan.is_dir():
        raise UsageError(f"{scan}: is a folder. Give one scan in it, such as {pages[0].file}.")
    if page > len(pages):
        raise UsageError(f"{scan} has no page {page}: it has {len(pages)}.")
    return pages[page - 1]


def _fit_in_words(form: "Template", laid: "LaidPage") -> str:
    rows = [("field", "cells", "worst frame found")]
    left, around = iter(laid.frames), _print_around(laid)
    for field in form.fields:
        found = (
            percent(min(next(left).quality for _ in range(field.size))) if field.size else around.get(field.name, "")
        )
        rows.append((field.name, str(field.size or "strip"), found))
    print_ = "form's print is in its" if form.strips_alone else "printed outlines are in their"
    fit = f"registration: {percent(laid.page.quality)} of the {print_} place"
    return "\n".join([columns(rows), fit, *_legibility_in_words(laid)])


def _print_around(laid: "LaidPage") -> dict[str, str]:
    """What is to be said of each strip; nothing without a picture of the blank form."""
    from formreader.locate.print_around import lacking_print  # noqa: PLC0415

    if laid.form is None or laid.form.picture is None:
        return {}
    lacking, strips = lacking_print(laid.page, laid.form), (one for one in laid.form.template.fields if one.strip)
    return {one.name: f"print around it {'not ' if one.name in lacking else ''}found" for one in strips}


def _legibility_in_words(laid: "LaidPage") -> list[str]:
    from formreader.locate.legibility import legibility  # noqa: PLC0415

    found = legibility(laid.page, laid.frames)
    if found.pixels != found.pixels:
        return []
    figures = f"cells {found.pixels:.0f} pixels on the short side, blur {found.blur:.2f}, contrast {found.contrast:.0f}"
    return [f"scan: {figures}", *(f"{words}." for words in found.advice())]


def _save(picture: "Picture", path: Path) -> None:
    from formreader.draft.drafting import save_picture  # noqa: PLC0415

    save_picture(picture, path)
    typer.echo(f"drew {path}", err=True)
