"""The verbs put together."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import formreader
from formreader.cli import (
    editor,
    evaluate,
    fitting,
    forms,
    printed,
    process,
    reference,
    review,
    strips,
    templates,
    training,
)
from formreader.cli import model as models

REMEDIES = {
    "greater_than_equal": "Give at least {ge}.",
    "less_than_equal": "Give at most {le}.",
    "int_parsing": "Give a whole number.",
    "float_parsing": "Give a number.",
}
"""What pydantic, by which Typer checks numbers, calls a fault -> what to give instead."""


class _Verbs(TyperGroup):
    """Names the value and the remedy where Typer says but what is wrong with a number."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            faults: list[Any] = getattr(error.__cause__, "errors", list)()
            if faults and (remedy := REMEDIES.get(faults[0]["type"])):
                error.message = f"{faults[0]['input']}. {remedy.format(**faults[0].get('ctx', {}))}"
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich would double the time that --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(short_help="Read scans into a table.")(process.process)
app.command(short_help="Decide what was rejected, in the browser.")(review.review)
app.command(short_help="Compare a results table with the truth.")(evaluate.evaluate)
app.command(short_help="Draw filled test forms with known truth.")(forms.simulate)
app.command(short_help="Copy the sample forms, to try things on.")(forms.samples)

template = typer.Typer(no_args_is_help=True, help="Make, change and check templates; describe their format.")
template.command(short_help="Make a template from a scan, in the browser.")(editor.new)
template.command(short_help="Change a template, in the browser.")(editor.edit)
template.command(short_help="Make a first template from a scan: its cells.")(templates.draft)
template.command(short_help="Check a template, alone or against a scan.")(templates.check)
template.command(short_help="Move a template's cells to where they are printed.")(fitting.fit)
template.command(short_help="Make the picture of the blank form from filled ones.")(reference.reference)
template.command("print", short_help="Make a form to print from a template.")(printed.print_)
template.command(short_help="Print the JSON Schema of the template file.")(templates.schema)
app.add_typer(template, name="template")

model = typer.Typer(no_args_is_help=True, help="Describe the digit model, try it, measure it, train it.")
model.command(short_help="Say what it was trained on and how well it reads.")(models.info)
model.command(short_help="Say which digit each image shows, and how sure.")(models.predict)
model.command(short_help="Measure it on digits whose truth is known.")(models.evaluate)
model.command(short_help="Train it, anew or on with corrections.")(training.train)
model.command("train-strips", short_help="Train the network that reads without cells.")(strips.train_strips)
app.add_typer(model, name="model")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"formreader {formreader.__version__}")
        raise typer.Exit


@app.callback()
def formreader_(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read handwritten digits off scanned forms into a table, and know which ones a person must look at.

    \b
    Try it on the forms that come with it:
      formreader samples forms
      cd forms/deposit-slip
      formreader process scans --template template.json --output results.csv --show

    Exit codes: 0 ok, 1 a bug, 2 usage, 3 template, 4 model, 5 table, 6 engine, 10 finished but some pages failed,
    130 interrupted.
    """
