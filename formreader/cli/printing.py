"""What the verbs write: figures as JSON, small tables as text."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from formreader.atomic import written_whole
from formreader.errors import writing


def write_json(data: Any, path: Path) -> None:
    """To stdout where `path` is `-`, else to the file, whole or not at all."""
    shown = path == Path("-")
    text = json.dumps(data, indent=2, ensure_ascii=shown)  # a terminal may show less than a file holds
    if shown:
        typer.echo(text)
        return
    with writing(path), written_whole(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")


def write_figures(data: Any, path: Path | None, lines: Iterable[str]) -> None:
    """As JSON where a path is given; and as `lines` for people, unless the JSON goes to stdout."""
    if path is not None:
        write_json(data, path)
    if path != Path("-"):
        typer.echo("\n".join(lines))


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text one below the other: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(text.rjust(width) for text, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def percent(share: float | None) -> str:
    """One decimal; a dash where there is nothing to have a share of."""
    return "-" if share is None else f"{share:.1%}"


def beside_in_words(pixels: float) -> str:
    """Of a template that had to be fitted to its pages."""
    return (
        f"its cells are printed up to {pixels:.0f} pixels beside where it says, and were read there. To correct it: "
        "formreader template fit"
    )
