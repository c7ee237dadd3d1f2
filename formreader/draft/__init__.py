"""Templates and forms made: a first template from a scan, and a clean form to print from a template."""

from formreader.draft.cells import find_boxes, find_rows
from formreader.draft.drafting import draft, found_on, proposed, save_draft, save_picture
from formreader.draft.filled import looks_filled_in
from formreader.draft.level import straightened

__all__ = [
    "draft",
    "find_boxes",
    "find_rows",
    "found_on",
    "looks_filled_in",
    "proposed",
    "save_draft",
    "save_picture",
    "straightened",
]
