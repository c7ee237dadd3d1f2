"""Train the digit model of several seeds at once, on a machine with an accelerator and many cores.

    KERAS_BACKEND=jax python tests/benchmarks/seeds.py FOLDER --epochs N --seeds K --data FILE.npz ...

The networks, examples and steps are those of `formreader model train --teachers 3`; here they learn side by side. The
seeds share one pool of examples and one staff of teachers, so that they differ in their beginnings and in the order of
what they learn. `FOLDER/seed-1/` afterwards is what `.checkpoints/NAME` is after that command: lay it there, and the
same command goes on to export and calibrate it. `FOLDER/teachers.npz` has what the teachers say of the test digits.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from formreader.dataset import load_digits, split
from formreader.train.fit import Plan, fit
from formreader.train.pool import drawing
from formreader.train.school import teach, teacher_plans

STARTED = time.monotonic()


def main() -> None:
    """Draw, teach, mark, learn."""
    asked = _asked()
    parts = [split(load_digits(path, "train"), 0.05) for path in asked.data]
    staff = tuple(f"teacher-{number}" for number in (1, 2, 3))
    plan = Plan(
        tuple(part[0] for part in parts),
        tuple(part[1] for part in parts),
        1,
        asked.epochs,
        asked.epoch_digits,
        kept=asked.reuse,
        batch=asked.batch,
        teachers=staff,
    )
    folder = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    with drawing(plan.pool(folder), range(plan.epochs), jobs=asked.jobs):
        _side_by_side(_teach, [(folder, plan, name, asked.test) for name in staff])
        _side_by_side(_learn, [(folder, plan, seed) for seed in range(1, asked.seeds + 1)])
    shutil.rmtree(plan.pool(folder).folder)


def _teach(folder: Path, plan: Plan, name: str, tests: list[Path]) -> None:
    from keras import config

    if _half_precision():
        config.set_dtype_policy("mixed_bfloat16")
    teacher = teacher_plans(plan)[name]
    teach(teacher, folder / name, plan.pool(folder), name, lambda *said: _say(name, *said))
    model, _ = fit(teacher, folder / name, plan.pool(folder))
    said = {path.stem: model.predict(load_digits(path, "test").normalized(), verbose=0) for path in tests}
    np.savez_compressed(folder / f"{name}.npz", **{key: value.astype(np.float32) for key, value in said.items()})
    weights = {str(index): value.astype(np.float16) for index, value in enumerate(model.get_weights())}
    np.savez_compressed(folder / f"{name}-weights.npz", **weights)
    for path in tests:
        labels = load_digits(path, "test").labels
        print(f"{name} {path.stem}: error {(said[path.stem][:, :10].argmax(1) != labels).mean():.4%}", flush=True)
    shutil.rmtree(folder / name)


def _learn(folder: Path, plan: Plan, seed: int) -> None:
    name = f"seed-{seed}"
    fit(replace(plan, seed=seed), folder / name, plan.pool(folder), lambda *said: _say(name, *said))


def _half_precision() -> bool:
    """Teachers may compute in half precision where the accelerator is made for it."""
    return bool(os.environ.get("TEACHERS_BFLOAT"))


def _say(name: str, epoch: int, epochs: int, figures: dict[str, float]) -> None:
    if epoch <= 3 or epoch % 5 == 0 or epoch == epochs:
        print(f"{time.monotonic() - STARTED:5.0f} s {name} {epoch}/{epochs} {json.dumps(figures)}", flush=True)


def _side_by_side(work, asks) -> None:  # type: ignore[no-untyped-def]
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=work, args=ask) for ask in asks]
    for one in running:
        one.start()
    for one in running:
        one.join()
        if one.exitcode:
            raise SystemExit(f"{one.name} ended with {one.exitcode}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--epoch-digits", type=int, default=51_200)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--reuse", type=int, default=3)
    parser.add_argument("--data", type=Path, action="append")
    parser.add_argument("--test", type=Path, action="append", default=[])
    return parser.parse_args()


if __name__ == "__main__":
    main()
