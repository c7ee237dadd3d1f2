"""`formreader model train`: train the CNN, from a clean start or on with corrections."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from formreader.cli.options import Seed, Verbose
from formreader.cli.outputs import require_ending, require_other
from formreader.cli.printing import write_json
from formreader.cli.progress import say

if TYPE_CHECKING:
    from formreader.train.adapt import Adapted

OnEpoch = Callable[[int, int, Mapping[str, float]], None]
"""Epoch from 1, epochs, figures."""


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
    teachers: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Larger CNNs to train first, whose opinion counts beside the labels."),
    ] = 0,
    from_corrections: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Go on from the shipped model, or --start, with crops that people corrected."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How often to learn; 40, or 6 from corrections.")
    ] = None,
    epoch_digits: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="New examples an epoch; 50000, or 20000 beside the corrections."),
    ] = None,
    batch: Annotated[int | None, typer.Option(metavar="N", min=1, help="Examples a step; 256.")] = None,
    reuse: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="In how many epochs an example is learned from; 3.")
    ] = None,
    seed: Seed = 1,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write how it went as JSON; - is standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no figures; errors still.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train the CNN with a part of the digits held back, and export it for reading (int8 and float LiteRT).

    An interrupted training goes on where it was. Needs the extra: pip install 'formreader[train]'

    \b
    Examples:
      formreader model train --data mnist.npz --output digits.keras --report training
      formreader model train --from-corrections review --data mnist.npz --output better.keras

    With corrections some writers or documents are kept apart, to judge by. The new model is written only if it reads
    those better than the old one, and the base digits (--data) no worse; else nothing is. Exit code 0 either way.
    """
    if plot is not None:
        require_ending(plot, ".png")
    require_other(as_json, *(data or ()), start)
    given = {"epochs": epochs, "epoch_digits": epoch_digits}
    asked: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    clean = {"--teachers": teachers, "--batch": batch, "--reuse": reuse}
    for option, value in clean.items():
        if value and from_corrections:
            raise typer.BadParameter(
                "corrections are learned from with the old model as the only teacher.", param_hint=option
            )
        if value:
            asked[option.removeprefix("--")] = value
    asked |= {"data": data or (), "output": output, "start": start, "seed": seed, "plot": plot, "report": report}
    asked["say"] = _unsaid if quiet else say
    with progress(quiet, output, resumable=from_corrections is None) as on_epoch:
        lines, figures = _adapt(from_corrections, asked, on_epoch) if from_corrections else _train(asked, on_epoch)
    if as_json is not None:
        write_json(figures, as_json)
    if not quiet:
        typer.echo("\n".join(lines), err=True)


def _unsaid(_: str) -> None:
    """--quiet."""


def _train(asked: dict[str, Any], progress: OnEpoch | None) -> tuple[list[str], dict[str, Any]]:
    """What to say about it, and its figures."""
    from formreader.train import digits as step  # noqa: PLC0415  only by the verb that needs it

    made = step.train(**asked, progress=progress)
    lines = [f"{name}: test error {error:.2%}" for name, error in made.test_error.items()]
    return [*lines, _wrote(asked["output"])], asdict(made)


def _adapt(folder: Path, asked: dict[str, Any], progress: OnEpoch | None) -> tuple[list[str], dict[str, Any]]:
    from formreader.train import adapt as step  # noqa: PLC0415  only by the verb that needs it

    done = step.adapt(folder, **asked, progress=progress)
    return _verdict_in_words(done, asked["output"]), {
        "better": done.verdict.better,
        **asdict(done.verdict),
        "learned": done.learned,
        "skipped": done.skipped,
        "start": str(done.start),
        "record": asdict(done.record),
    }


def _verdict_in_words(done: "Adapted", output: Path) -> list[str]:
    lines = [f"learned from {done.learned} corrections; {done.skipped} rows without label or ink were skipped"]
    return [*lines, done.verdict.words, _wrote(output) if done.verdict.better else f"{output} was not written"]


def _wrote(output: Path) -> str:
    return f"wrote {output} and {output.with_suffix('.tflite')}"


@contextmanager
def progress(quiet: bool, output: Path, *, resumable: bool) -> Iterator[OnEpoch]:
    """What to do after each epoch: nothing, a line, or a bar where a person watches; and a last word at Ctrl-C."""
    ended = [(0, 0)]
    try:
        with _shown(quiet) as show:

            def on_epoch(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
                ended.append((epoch, epochs))
                show(epoch, epochs, figures)

            yield on_epoch
    except KeyboardInterrupt:
        kept = output.parent / ".checkpoints" / output.stem
        if not resumable:
            typer.echo(f"interrupted; {output} was not written, the old model is as it was", err=True)
        elif ended[1:]:
            typer.echo(
                f"epoch {ended[-1][0]} of {ended[-1][1]} is kept in {kept}: the same command goes on there", err=True
            )
        else:
            typer.echo(f"no epoch ended; what is in {kept} from before is where the same command goes on", err=True)
        raise


@contextmanager
def _shown(quiet: bool) -> Iterator[OnEpoch]:
    if quiet:
        yield lambda *_: None
    elif not typer.get_text_stream("stderr").isatty():
        yield epoch_line
    else:
        with _bar() as on_epoch:
            yield on_epoch


@contextmanager
def _bar() -> Iterator[OnEpoch]:
    from rich.console import Console  # noqa: PLC0415  a tenth of a second that only a person needs
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn("epochs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("training", total=None, figures="")
        yield lambda epoch, epochs, figures: progress.update(
            task, completed=epoch, total=epochs, figures=_figures(figures)
        )


def epoch_line(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
    """What is said after an epoch."""
    typer.echo(f"epoch {epoch} of {epochs}: {_figures(figures)}", err=True)


def _figures(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
