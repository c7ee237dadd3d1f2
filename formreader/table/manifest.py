"""The run's record beside its results: `results.csv` -> `results.run.json`, by which a review finds scans and template.

It is a JSON object; keys that this release does not know are let be.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from formreader import __version__
from formreader.atomic import written_whole
from formreader.errors import TableError, writing
from formreader.scans.files import sha256_of
from formreader.scans.stores import is_url


@dataclass(frozen=True)
class Manifest:
    """What a run read, and by what."""

    scans: tuple[str, ...]
    """The scans as they were given, made absolute."""
    template: str
    """Absolute path of the template file, or the name of a built-in one."""
    template_sha256: str
    """Of the template file; empty for a built-in one."""
    model: str = ""
    """Absolute path of the digit model; empty for the one that comes along."""
    beside: str = ""
    """Absolute path of the folder that the table was written to: what lay in it may have been moved with it."""
    formreader: str = __version__
    part_of: str = ""
    """Name of the table that this one is the part of one form of; empty for a whole one."""
    expected: str = ""
    """Absolute path of the batch list that its amounts were compared with; empty without one."""
    tables: Mapping[str, Any] = field(default_factory=dict)
    """Name of each table that was written, and its SHA-256, or that of each of its parts."""
    min_confidence: float | Mapping[str, float] | None = None
    """How sure a field had to be, or one of each kind (see `decide.promise`); None where that is not known."""


def manifest_path(results: Path) -> Path:
    """Where the manifest of a results table lies."""
    return results.with_name(results.stem + ".run.json")


def write_manifest(
    results: Path,
    scans: Sequence[str | Path],
    template: str | Path,
    model: Path | None = None,
    account: Mapping[str, Any] | None = None,
) -> Path:
    """Write the manifest beside `results`, whole or not at all. TableError where that cannot be done.

    `account`: what else people should find there (see batch/account.py).
    """
    form = Path(template)
    there = form.is_file()
    record = Manifest(
        scans=tuple(str(given) if is_url(str(given)) else str(Path(given).absolute()) for given in scans),
        template=str(form.absolute()) if there else str(template),
        template_sha256=sha256_of(form) if there else "",
        model=str(model.absolute()) if model else "",
        beside=str(results.absolute().parent),
    )
    path = manifest_path(results)
    with writing(path, TableError), written_whole(path) as unfinished:
        text = json.dumps({**asdict(record), **(account or {})}, indent=2, ensure_ascii=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
    return path


def read_manifest(results: Path) -> Manifest | None:
    """The manifest of `results`; None where there is none. TableError where it is damaged."""
    path = manifest_path(results)
    if not path.is_file():
        return None
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        known = {name: data[name] for name in Manifest.__dataclass_fields__ if name in data}
        found = Manifest(
            **{**known, "scans": tuple(map(str, known["scans"])), "min_confidence": _least(known.get("min_confidence"))}
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TableError(
            f"{path}: is no record of a run ({error}). Move it away, or process the scans again."
        ) from None
    return _as_moved(found, results.absolute().parent)


def _as_moved(found: Manifest, now: Path) -> Manifest:
    """With the paths of today, where the whole folder lies elsewhere than when it was written, or is a copy."""

    def path(then: str) -> str:
        if not found.beside or not Path(then).is_relative_to(found.beside):
            return then
        inside = Path(then).relative_to(found.beside)
        there = now / inside
        return str(there) if there.exists() or any(now.glob(str(inside))) else then  # scans may be a glob

    return replace(
        found,
        scans=tuple(map(path, found.scans)),
        template=path(found.template),
        model=path(found.model),
        expected=path(found.expected),
    )


def _least(given: Any) -> float | dict[str, float] | None:
    """TypeError, ValueError where it is neither a number nor one for each kind of field."""
    if given is None:
        return None
    return {str(kind): float(one) for kind, one in given.items()} if isinstance(given, dict) else float(given)
