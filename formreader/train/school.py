"""A small CNN trained by larger ones: teachers learn first, mark the examples, and the small one learns from both."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from formreader.train.fit import Plan, Progress, Say, finished, fit, unsaid
from formreader.train.pool import Pool, drawing

if TYPE_CHECKING:
    import keras

KERNELS = (3, 5, 7)
"""Of the teachers, one of each before another of the first."""


def school(
    plan: Plan, folder: Path, progress: Progress | None, say: Say
) -> tuple["keras.Model", dict[str, list[float]]]:
    """What `fit` gives for `plan`, whose teachers are trained before it.

    Everything is kept in `folder`: what is finished is not done again. `progress` counts all networks' epochs together.
    """
    pool = plan.pool(folder)
    if finished(plan, folder):
        return fit(plan, folder, pool)
    with drawing(pool, range(plan.epochs)):
        networks = len(plan.teachers) + 1
        for place, (name, teacher) in enumerate(teacher_plans(plan).items()):
            say(f"{name} learns, network {place + 1} of {networks}")
            teach(teacher, folder / name, pool, name, progress=_part(progress, place, networks), say=say)
        return fit(plan, folder, pool, _part(progress, networks - 1, networks), say)


def teacher_plans(plan: Plan) -> dict[str, Plan]:
    """By name, how the teachers of `plan` learn: in as many epochs as the small CNN, from the same examples."""
    return {
        name: replace(
            plan,
            teachers=(),
            kernel=KERNELS[place % len(KERNELS)],
            seed=plan.seed + place,
            start=None,
            kept=min(plan.kept, 2),  # their steps are long, and fresh examples teach more
            rate=1e-3,
        )
        for place, name in enumerate(plan.teachers)
    }


def teach(
    plan: Plan, folder: Path, pool: Pool, name: str, *, progress: Progress | None = None, say: Say = unsaid
) -> None:
    """Train the teacher of `plan` in `folder`, and have it say what it takes each example of the pool for."""
    unmarked: Sequence[int] = [number for number in range(plan.epochs) if pool.missing(number, name)]
    if not unmarked and finished(plan, folder):
        return
    model, _ = fit(plan, folder, pool, progress, say)
    for number in unmarked:
        pool.say(number, name, model.predict(pool.read(number).digits, batch_size=1024, verbose=0))


def _part(progress: Progress | None, place: int, of: int) -> Progress | None:
    """Progress of network `place` as that of all."""
    if progress is None:
        return None
    return lambda epoch, epochs, figures: progress(place * epochs + epoch, of * epochs, figures)
