"""Pictures that are no scans: where those of what was read may go, and the templates' own in a folder of scans."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from formreader.errors import UsageError, writing
from formreader.records import ScanRef
from formreader.template import Template


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


def references_among(refs: Sequence[ScanRef], templates: Iterable[Template], inputs: Sequence[str | Path]) -> list[str]:
    """The files among the scans that are a template's picture of the blank form: as a page it would be one more form.

    Not one that the inputs name, nor where there is nothing else.
    """
    own = {os.path.realpath(form.reference_path): form.reference_path.name for form in templates if form.reference_path}
    for named in inputs:
        own.pop(os.path.realpath(named), None)
    names = set(own.values())  # to ask where each file really is takes long
    found = {ref.path for ref in refs if PurePath(ref.path).name in names and os.path.realpath(ref.path) in own}
    return sorted(found) if any(ref.path not in found for ref in refs) else []
