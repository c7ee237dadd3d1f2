"""Where the pictures of what was read may go."""

from collections.abc import Sequence
from pathlib import Path

from formreader.errors import UsageError, writing


def make_folder(overlays: Path, inputs: Sequence[str | Path]) -> None:
    """Make the folder `overlays`. UsageError where it lies in a folder of `inputs`, or nothing can be written there.

    A picture of a page that was read fits the template, so the next run would read it as one page more.
    """
    for folder in map(Path, inputs):
        if folder.is_dir() and overlays.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"{overlays}: lies in {folder}, whose pictures are read as scans: these would be, too, the next time. "
                "Choose a folder beside it."
            )
    with writing(overlays):
        overlays.mkdir(parents=True, exist_ok=True)
