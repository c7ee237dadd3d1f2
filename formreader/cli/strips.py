"""`formreader model train-strips`: train the network that reads unboxed runs of digits."""

import math
from pathlib import Path
from typing import Annotated

import typer

from formreader.cli.options import Seed, Verbose
from formreader.cli.training import epoch_line


def train_strips(
    *,
    strips: Annotated[
        list[Path],
        typer.Option(metavar="DIR", help="Pictures of runs, truth.csv: file, digits, place of each; may be repeated."),
    ],
    data: Annotated[list[Path], typer.Option(metavar="NPZ", help="Single digits to compose runs of; may be repeated.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The .tflite file to write.")],
    keep_apart: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=0, help="Leave a folder's last N strips by name for measuring; once a folder."),
    ] = None,
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="How often to learn.")] = 60,
    epoch_strips: Annotated[int, typer.Option(metavar="N", min=1, help="Runs an epoch.")] = 4096,
    batch: Annotated[int, typer.Option(metavar="N", min=1, help="Runs learned from at once; 512 on a GPU.")] = 48,
    minutes: Annotated[float | None, typer.Option(metavar="M", min=0, help="End after so long at the latest.")] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="NPZ", help="Go on from the weights beside an earlier output.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(metavar="R", min=0, help="How fast to learn at most; 0.0005 to go on.")
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that draw what is learned from.")] = 1,
    seed: Seed = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress; errors still.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train the strip network, calibrate it on strips held back, and write it for reading.

    Needs the extra: pip install 'formreader[train]'

    \b
    Example:
      formreader model train-strips --strips amounts --data mnist.npz --output strips.tflite
    """
    from formreader.train.strip_fit import StripPlan  # noqa: PLC0415
    from formreader.train.strip_release import train_strips as step  # noqa: PLC0415  only by the verb that needs it

    step(
        _folders(strips, keep_apart),
        data,
        output=output,
        plan=StripPlan(
            epochs=epochs,
            epoch_strips=epoch_strips,
            batch=batch,
            rate=rate,
            seed=seed,
            seconds=math.inf if minutes is None else 60 * minutes,
            workers=jobs,
        ),
        start=start,
        progress=None if quiet else epoch_line,
    )
    if not quiet:
        typer.echo(f"wrote {output}", err=True)


def _folders(strips: list[Path], keep_apart: list[int] | None) -> list[tuple[Path, int]]:
    """Each folder, and how many of its strips are left for measuring."""
    apart = keep_apart or [0] * len(strips)
    if len(apart) != len(strips):
        raise typer.BadParameter(
            f"{len(apart)} numbers for {len(strips)} folders. Give one for each folder", param_hint="--keep-apart"
        )
    return list(zip(strips, apart, strict=True))
