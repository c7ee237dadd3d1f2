"""`formreader model`: train, measure, try and describe the CNN."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.options import Figures, Verbose
from formreader.cli.outputs import require_ending, require_other
from formreader.cli.printing import write_figures

if TYPE_CHECKING:
    from formreader.measure.digits import Prediction

SHOWN = 16
"""Longer lists, as the figures of each epoch of a training, are for programs."""

ModelFile = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A .tflite or .keras model other than the shipped one."),
]


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
    as_json: Figures = None,
    verbose: Verbose = False,
) -> None:
    """Measure the model on digits whose truth is known.

    \b
    Example:
      formreader model evaluate --data mnist.npz --report report --json -
    """
    from formreader.measure import digits as step  # noqa: PLC0415  only by the verb that needs it

    if confusion is not None:
        require_ending(confusion, ".png")
    require_other(as_json, data, model)
    figures = step.evaluate(data, model=model, confusion=confusion, report=report)
    if report:
        typer.echo(f"wrote {report / 'index.html'}", err=True)
    write_figures(figures, as_json, (f"{name:28} {value:.6g}" for name, value in figures.items()))


def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures of one digit each.")],
    model: ModelFile = None,
    as_json: Figures = None,
    verbose: Verbose = False,
) -> None:
    """Say which digit each image shows, and how sure that is.

    \b
    Example:
      formreader model predict seven.png four.jpg
    """
    from formreader.measure import digits as step  # noqa: PLC0415  only by the verb that needs it

    require_other(as_json, *images, model)
    found = step.predict(images, model=model)
    data = [{**asdict(one), "path": str(one.path)} for one in found]
    write_figures(data, as_json, map(_in_words, found))


def _in_words(one: "Prediction") -> str:
    page = f" page {one.page}" if one.page > 1 else ""
    sure = "" if one.probability is None else f"  {one.probability:.4f}"
    return f"{one.path}{page}: {one.label}{sure}"


def info(model: ModelFile = None, as_json: Figures = None, verbose: Verbose = False) -> None:
    """Describe a model: its size, its labels, what it was trained on and how well it does.

    \b
    Example:
      formreader model info
    """
    from formreader.measure import digits as step  # noqa: PLC0415  only by the verb that needs it

    require_other(as_json, model)
    described = step.info(model)
    write_figures(described, as_json, _lines(described))


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
    if isinstance(value, list | tuple):
        return " ".join(map(_plain, value)) if len(value) <= SHOWN else f"{len(value)} values, which --json shows"
    return str(value)
