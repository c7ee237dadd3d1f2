"""What a verb may write to: a file of the kind that it writes, and none that it reads."""

from pathlib import Path

from formreader.errors import UsageError


def require_ending(path: Path, *endings: str) -> None:
    """UsageError where a file would get a name of another kind, as the table that a picture would replace has."""
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path}: give a name that ends in {' or '.join(endings)}.")


def require_other(path: Path, *read: Path) -> None:
    """UsageError where a file would be written over one of those that it is made from."""
    if path.exists() and any(one.exists() and path.samefile(one) for one in read):
        raise UsageError(f"{path}: is what is read; it would be lost. Choose another name.")


def require_new(*paths: Path) -> None:
    """UsageError for the first of them that is there."""
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already. Choose another name, or replace it with --force.")
