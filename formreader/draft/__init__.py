"""Templates and forms made: a first template from a scan, and a clean form to print from a template."""

from formreader.draft.cells import draft, find_boxes, find_rows, save_picture, straightened

__all__ = ["draft", "find_boxes", "find_rows", "save_picture", "straightened"]
