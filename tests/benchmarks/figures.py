"""What benchmarks share: how they are called, their figures on the terminal and in a file."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path


def asking(said: str | None) -> argparse.ArgumentParser:
    """A parser that shows what the benchmark says of itself, and takes `--json FILE` for its figures."""
    parser = argparse.ArgumentParser(description=said, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    return parser


def save(figures: object, path: Path | None) -> None:
    """Write the figures where they were asked for."""
    if path:
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def show(figures: Mapping[str, float]) -> None:
    """Print one figure a line."""
    wide = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:{wide}} {value:.4g}")
