"""What a verb may write to: a file of the kind that it writes, and none that it reads."""

from collections.abc import Mapping
from pathlib import Path

from formreader.errors import UsageError


def require_ending(path: Path, *endings: str) -> None:
    """UsageError where a file would get a name of another kind, as the table that a picture would replace has."""
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path}: give a name that ends in {' or '.join(endings)}.")


def require_other(path: Path | None, *read: Path | None) -> None:
    """UsageError where a file would be written over one of those that it is made from."""
    if path is not None and path.exists() and any(one and one.exists() and path.samefile(one) for one in read):
        raise UsageError(f"{path}: is what is read; it would be lost. Choose another name.")


def require_kind(path: Path, start: str, kind: str) -> None:
    """UsageError where a file is there that does not begin as those of its kind do: it was named by mistake."""
    if path.is_file() and not path.read_bytes().startswith(start.encode()):
        raise UsageError(f"{path}: is there already and is no {kind}; it would be lost. Choose another name.")


def require_found(names: Mapping[str, Path], template: Path, goal: Path) -> None:
    """UsageError where what `template` names beside itself would not be found from `goal`."""
    for name, path in names.items():
        there = goal.parent / name
        if not (there.is_file() and there.samefile(path)):
            raise UsageError(f"{goal}: would not find {name}. Write it to the folder of {template}.")


def require_apart(places: Mapping[str, Path | None]) -> None:
    """UsageError where two of what is written would be the same file."""
    seen: dict[Path, str] = {}
    for name, path in places.items():
        if path is not None and (before := seen.setdefault(path.absolute(), name)) != name:
            raise UsageError(f"{path}: would hold both {before} and {name}. Give one of them another name.")


def require_template(output: Path, scan: Path, *, force: bool) -> None:
    """UsageError where a template and its picture, made from a scan, cannot be written to `output`."""
    picture = output.with_suffix(".png")
    require_ending(output, ".json")
    require_other(picture, scan)
    if not force:
        require_new(output, picture)


def require_new(*paths: Path) -> None:
    """UsageError for the first of them that is there."""
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already. Choose another name, or replace it with --force.")
