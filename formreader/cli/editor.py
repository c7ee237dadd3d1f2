"""`formreader template edit` and `new`: the template editor in the browser."""

from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.options import BlankScan, Force, FormName, NewTemplate, TemplateFile, Verbose
from formreader.cli.outputs import require_template
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.web.editing import Editing

Scans = Annotated[
    list[Path] | None,
    typer.Option("--scan", "-s", metavar="SCAN", help="Scans to look at and to try on; may be given again."),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address of the page.")]
Port = Annotated[
    int | None, typer.Option(metavar="N", min=0, max=65535, help="The same each time, if free, unless given.")
]


def edit(
    template: TemplateFile,
    *,
    scan: Scans = None,
    no_browser: NoBrowser = False,
    port: Port = None,
    verbose: Verbose = False,
) -> None:
    """Change a template in the browser: its cells over a scan, fields, rules, and what it reads there.

    \b
    Example:
      formreader template edit slip.json --scan filled.jpg

    Without --scan it is shown on its reference picture. The page is for this machine alone. Ctrl-C or its Quit ends
    it; what was saved stays saved.
    """
    from formreader.scans import list_scans  # noqa: PLC0415  only by the verb that needs it
    from formreader.web import editing  # noqa: PLC0415

    _serve(editing.edit(template, list_scans(scan) if scan else None), no_browser, port)


def new(
    form: BlankScan,
    *,
    output: NewTemplate,
    scan: Scans = None,
    name: FormName = None,
    force: Force = False,
    no_browser: NoBrowser = False,
    port: Port = None,
    verbose: Verbose = False,
) -> None:
    """Make a template from a scan of the form: its printed cells are found, the rest is done in the browser.

    \b
    Example:
      formreader template new blank.pdf -o slip.json --scan filled.jpg

    Nothing is written before Save. The page is for this machine alone. Ctrl-C or its Quit ends it.
    """
    from formreader.scans import list_scans  # noqa: PLC0415  only by the verb that needs it
    from formreader.web import editing  # noqa: PLC0415

    require_template(output, form, force=force)
    if not output.parent.is_dir():
        raise UsageError(f"{output.parent}: there is no such folder. Make it first, or choose another.")
    pages = [page for scans in ([form], scan) if scans for page in list_scans(scans)]
    _serve(editing.new(output, pages, name=name or output.stem), no_browser, port)


def _serve(edited: "Editing", no_browser: bool, port: int | None) -> None:
    from formreader.web.editor import editor_routes  # noqa: PLC0415
    from formreader.web.server import serve  # noqa: PLC0415

    say = partial(typer.echo, err=True)
    serve("editor", editor_routes(edited), tell=say, open_browser=not no_browser, name=edited.name, port=port)
    if edited.path.is_file():
        typer.echo(f"to read with it: formreader process SCANS -t {quote(str(edited.path))} -o results.csv", err=True)
