"""What a reading depends on, as short texts that differ where it may differ."""

import functools
import hashlib
import json
import stat
from collections.abc import Sequence
from pathlib import Path

from formreader import __version__
from formreader.decide import Thresholds
from formreader.manifest import sha256_of
from formreader.shipped import shipped
from formreader.template import Template


def means(
    templates: Sequence[Template],
    model: Path | None,
    min_confidence: Thresholds,
    overlays: Path | None,
    max_pixels: int,
) -> str:
    """Of all but the scan itself: the templates with their pictures, the models, the options, this version."""
    pictures = [template.reference_path for template in templates]
    models = sorted(shipped("models").glob("*.tflite")) + ([model] if model else [])
    parts = [
        __version__,
        [template.model_dump_json() for template in templates],
        [sha256_of(path) if path else "" for path in pictures],
        [sha256_of(path) for path in models],
        dict(sorted(min_confidence.items())) if not isinstance(min_confidence, float | int) else min_confidence,
        str(overlays.absolute()) if overlays else "",
        max_pixels,
    ]
    return hashlib.sha256(json.dumps(parts, default=float).encode()).hexdigest()


def content(path: str) -> str:
    """SHA-256 of a scan file; empty where it is none or cannot be read. Hashed once while its pages come one by one."""
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):  # a device has no end
            return ""
        return _content(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except OSError:
        return ""


@functools.lru_cache(maxsize=1)
def _content(path: str, *_: int) -> str:
    return sha256_of(Path(path))
