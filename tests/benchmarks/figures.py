"""What benchmarks share: how they are called, their figures on the terminal and in a file."""

import argparse
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def asking(said: str | None, *, figures: bool = True, **options: object) -> argparse.ArgumentParser:
    """A parser that shows what the benchmark says of itself, and takes `--json FILE` for its `figures`.

    `options`: each with its default, or its type where it has none.
    """
    parser = argparse.ArgumentParser(description=said, formatter_class=argparse.RawDescriptionHelpFormatter)
    if figures:
        parser.add_argument("--json", type=Path)
    for name, value in options.items():
        kind, default = (value, None) if isinstance(value, type) else (type(value), value)
        parser.add_argument(f"--{name}", type=kind, default=default)
    return parser


def save(figures: object, path: Path | None) -> None:
    """Write the figures where they were asked for."""
    if path:
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def save_rows(rows: Iterable[Mapping[str, object]], columns: Sequence[str], path: Path | None) -> None:
    """Write a table of them where it was asked for."""
    if path:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(rows)


def by_length(rows: Iterable[Mapping[str, object]]) -> dict[int, tuple[int, int]]:
    """Of sound fields that are not empty how many are accepted, and how many there are, by their number of digits.

    `rows`: with what is the `truth` and whether the `outcome` is right.
    """
    counts: dict[int, tuple[int, int]] = {}
    for row in rows:
        length = len(str(row["truth"]).replace(".", ""))
        right, every = counts.get(length, (0, 0))
        counts[length] = right + (row["outcome"] == "right"), every + 1
    return {length: some for length, some in counts.items() if length}


def per_digit(accepted: Mapping[int, tuple[int, int]]) -> float:
    """How likely one digit is accepted, if as many fields as here are where that must be so of each of theirs.

    `accepted`: by how many digits the fields have, how many of them are, and how many there are. Forms whose fields
    are longer have fewer fields accepted of the same digits; by this they compare.
    """
    there = sum(some for some, _ in accepted.values())
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        more = sum(count * middle**length for length, (_, count) in accepted.items()) > there
        low, high = (low, middle) if more else (middle, high)
    return low


def show(figures: Mapping[str, float]) -> None:
    """Print one figure a line."""
    wide = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:{wide}} {value:.4g}")
