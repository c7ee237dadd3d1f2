"""What a run was asked for, with what it worked, and what came of it: the part of its manifest that people audit."""

import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from formreader.batch.summary import Summary
from formreader.engines import processors
from formreader.scans.files import sha256_of
from formreader.shipped import shipped
from formreader.template import Template

UNREAD = "digits-float.tflite"
"""A model that comes along only to be measured."""


def asked(
    forms: Mapping[Path, Template], model: Path | None, calibration: Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """The command with all its options, and the content of everything that it names but the scans."""
    models = {path.name: path for path in sorted(shipped("models").glob("*.tflite")) if path.name != UNREAD}
    if model is not None:
        models["digits.tflite"] = model
    if calibration is not None:
        models["calibration.csv"] = calibration
    return {
        "command": sys.argv[1:],
        "folder": str(Path.cwd()),
        "options": {name: _plain(value) for name, value in sorted(options.items())},
        "templates": [_form(path, form) for path, form in forms.items()],
        "models": {name: {"file": str(path.absolute()), "sha256": content(path)} for name, path in models.items()},
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "processors": processors(),
            **_libraries(),
        },
    }


def became(summary: Summary) -> dict[str, Any]:
    """Counts of pages and fields, seconds, how sure a field had to be, and what was written."""
    return {
        "min_confidence": summary.min_confidence,
        "counts": counted(summary),
        "scanned_twice": doubles(summary),
        "started": summary.started.isoformat(timespec="seconds"),
        "seconds": {name: round(seconds, 3) for name, seconds in summary.seconds_of.items()},
        "inputs": {"list": summary.inputs.path.name, "sha256": summary.inputs.sha256},
        "tables": {path.name: content(path) for path in summary.tables},
    }


def counted(summary: Summary) -> dict[str, Any]:
    """How many files, pages and fields, and what became of them."""
    counts = summary.counts
    return {
        "files": summary.inputs.files,
        "files_not_hashed": summary.inputs.unknown,
        "pages": counts.pages,
        "failed_pages": len(counts.failed),
        "pages_read_before": summary.recalled,
        "fields": dict(counts.statuses),
        "rejected_for": dict(counts.reasons),
        "failed_for": dict(counts.failed_for),
        "repaired": counts.repaired,
        "audited": summary.audited,
    }


def doubles(summary: Summary) -> list[list[tuple[str, int]]]:
    """File and page of those that are one sheet, together."""
    return [[(ref.file, ref.page) for ref in same] for same in summary.twice]


def together(some: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of two such counts."""
    both = {**some, **more}
    for name in some.keys() & more.keys():
        nested = isinstance(some[name], Mapping)
        both[name] = together(some[name], more[name]) if nested else some[name] + more[name]
    return both


def _form(path: Path, form: Template) -> dict[str, Any]:
    picture = form.reference_path
    lists = {name: {"file": str(at.absolute()), "sha256": sha256_of(at)} for name, at in form.list_paths.items()}
    return {
        "name": form.name,
        "file": str(path.absolute()),
        "sha256": sha256_of(path),
        **({"reference": str(picture.absolute()), "reference_sha256": sha256_of(picture)} if picture else {}),
        **({"lists": lists} if lists else {}),
    }


def _libraries() -> dict[str, str]:
    """The versions of what decides what is read, of those that are loaded."""
    names = ("numpy", "cv2", "ai_edge_litert", "pypdfium2")
    found = {name: getattr(sys.modules.get(name), "__version__", None) for name in names}
    return {name: version for name, version in found.items() if isinstance(version, str)}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def content(path: Path) -> Any:
    """SHA-256 of a table; of one in parts, that of each."""
    return sha256_of(path) if path.is_file() else {part.name: sha256_of(part) for part in sorted(path.iterdir())}
