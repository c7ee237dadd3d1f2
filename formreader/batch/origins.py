"""What a reading depends on, as short texts that differ where it may differ."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from formreader import __version__
from formreader.decide import Thresholds
from formreader.scans.files import sha256_of
from formreader.shipped import shipped
from formreader.template import Template


def means(
    templates: Sequence[Template],
    model: Path | None,
    min_confidence: Thresholds,
    overlays: Path | None,
    max_pixels: int,
) -> str:
    """Of all but the scan itself: the templates with their pictures and lists, models, options, this version."""
    beside = [[template.reference_path, *template.list_paths.values()] for template in templates]
    models = sorted(shipped("models").glob("*.tflite")) + ([model] if model else [])
    parts = [
        __version__,
        [template.model_dump_json() for template in templates],
        [[sha256_of(path) if path else "" for path in paths] for paths in beside],
        [sha256_of(path) for path in models],
        dict(sorted(min_confidence.items())) if not isinstance(min_confidence, float | int) else min_confidence,
        str(overlays.absolute()) if overlays else "",
        max_pixels,
    ]
    return hashlib.sha256(json.dumps(parts, default=float).encode()).hexdigest()
