"""`formreader simulate` and `samples`: forms to try things on."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from formreader.cli.options import TemplateFile, Verbose
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.simulate import Specimens


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
        typer.echo(f"drew {count} form{'s' * (count > 1)} into {output}, what they say into {truth}", err=True)


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
