"""What is printed on a form, seen on a gray image: lines, their pieces and profiles, cells, rows of cells, text."""

from formreader.printed.homography import half_turn, project, project_each, project_own, resizing, shift
from formreader.printed.lines import (
    distinct,
    level_of,
    normals_of,
    ruled,
    ruled_lines,
    runs_of,
    side_lengths,
    sides_of,
    skew,
    thin_ink,
    unevenness,
)

__all__ = [
    "distinct",
    "half_turn",
    "level_of",
    "normals_of",
    "project",
    "project_each",
    "project_own",
    "resizing",
    "ruled",
    "ruled_lines",
    "runs_of",
    "shift",
    "side_lengths",
    "sides_of",
    "skew",
    "thin_ink",
    "unevenness",
]
