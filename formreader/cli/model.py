"""`formreader model`: train, measure, try and describe the CNN."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from formreader.cli.printing import write_json

model = typer.Typer(no_args_is_help=True, help="Train the digit model, measure it, try it, describe it.")

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks of bugs.")]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A .tflite or .keras model other than the shipped one."),
]
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the figures as JSON; - is standard output.")
]


@model.command()
def train(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="NAME.keras; NAME.tflite is written beside it.")
    ],
    data: Annotated[
        list[Path] | None,
        typer.Option(metavar="NPZ", help="Digits to learn from, may be given again; MNIST through Keras unless given."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="PNG", help="Accuracy and loss over the epochs.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="An HTML page on the test digits with pictures, and the curves, go there."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A .keras model to go on from, rather than anew; with another --seed."),
    ] = None,
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="How often to learn from new examples.")] = 40,
    epoch_digits: Annotated[int, typer.Option(metavar="N", min=1, help="How many new examples an epoch.")] = 50_000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of everything drawn by chance.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line for each epoch.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train the CNN with a part of the digits held back, and export it for reading (int8 and float LiteRT).

    An interrupted training goes on where it was. Needs the extra: pip install 'formreader[train]'

    \b
    Example:
      formreader model train --data mnist.npz --output digits.keras --report training
    """
    from formreader import train as step  # noqa: PLC0415  only by the verb that needs it

    progress = None if quiet else _epoch_line
    made = step.train(
        data or (),
        output=output,
        plot=plot,
        report=report,
        start=start,
        epochs=epochs,
        epoch_digits=epoch_digits,
        seed=seed,
        progress=progress,
    )
    for name, error in made.test_error.items():
        typer.echo(f"{name}: test error {error:.2%}", err=True)
    typer.echo(f"wrote {output} and {output.with_suffix('.tflite')}", err=True)


def _epoch_line(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
    typer.echo(f"epoch {epoch} of {epochs}: {shown}", err=True)


@model.command()
def evaluate(
    *,
    data: Annotated[
        Path | None,
        typer.Option(metavar="NPZ", help="x_test, y_test or x, y; MNIST through Keras unless given."),
    ] = None,
    model: ModelFile = None,
    confusion: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw what is taken for what.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="An HTML page with pictures and every misread digit goes there."),
    ] = None,
    as_json: Json = None,
    verbose: Verbose = False,
) -> None:
    """Measure the model on digits whose truth is known.

    \b
    Example:
      formreader model evaluate --data mnist.npz --report report --json -
    """
    from formreader import measure as step  # noqa: PLC0415  only by the verb that needs it

    figures = step.evaluate(data, model=model, confusion=confusion, report=report)
    if report:
        typer.echo(f"wrote {report / 'index.html'}", err=True)
    if as_json is not None:
        write_json(figures, as_json)
    if as_json != Path("-"):
        for name, value in figures.items():
            typer.echo(f"{name:28} {value:.6g}")


@model.command()
def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures of one digit each.")],
    model: ModelFile = None,
    as_json: Json = None,
    verbose: Verbose = False,
) -> None:
    """Say which digit each image shows, and how sure that is.

    \b
    Example:
      formreader model predict seven.png four.jpg
    """
    from formreader import measure as step  # noqa: PLC0415  only by the verb that needs it

    found = step.predict(images, model=model)
    if as_json is not None:
        write_json([{**asdict(prediction), "path": str(prediction.path)} for prediction in found], as_json)
    if as_json != Path("-"):
        for prediction in found:
            typer.echo(f"{prediction.path}: {prediction.label}  {prediction.probability:.4f}")


@model.command()
def info(model: ModelFile = None, as_json: Json = None, verbose: Verbose = False) -> None:
    """Describe a model: its size, its labels, what it was trained on and how well it does.

    \b
    Example:
      formreader model info
    """
    from formreader import measure as step  # noqa: PLC0415  only by the verb that needs it

    described = step.info(model)
    if as_json is not None:
        write_json(described, as_json)
    if as_json != Path("-"):
        for line in _lines(described):
            typer.echo(line)


def _lines(described: Mapping[str, object], indent: str = "") -> list[str]:
    lines = []
    for name, value in described.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}:", *_lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {_plain(value)}")
    return lines


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    return " ".join(map(_plain, value)) if isinstance(value, list | tuple) else str(value)
