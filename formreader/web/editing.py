"""What the template editor does: shows its pages, finds cells and tries the template on them, checks and saves it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from formreader.draft import find_rows, found_on, proposed, save_picture
from formreader.errors import UsageError
from formreader.pipeline.drafting import flattened
from formreader.records import Floats, Gray, ScanRef
from formreader.register import likeliest
from formreader.register.form import Form
from formreader.register.onto import laid, stretched
from formreader.scans import open_scan
from formreader.template import as_json, load_template, require_findable, save_template
from formreader.web.answers import Answer
from formreader.web.sent import SentTemplates
from formreader.web.trial import tried

LEAST_QUALITY = 0.5
"""A page that fits the template worse than that is shown as it is, not laid onto it."""


FILLED_IN = (
    "This form seems to be filled in. A blank one is better: what is written here would pass for print. Or save, then "
    "make the blank form's picture from five and more filled scans: formreader template reference."
)
AREAS = (
    "No printed cells were found, but areas without boxes. Delete those for words and signatures, and say which hold "
    "amounts."
)
NO_CELLS = "No printed cells were found. Choose Draw and drag around the places for digits; S splits what you drew."


@dataclass(frozen=True)
class Shown:
    """One page as the editor shows it: in proportion to the template, at any size."""

    gray: Gray
    note: str = ""
    """What is wrong with it, such as why it does not lie where the template's cells are; empty where nothing is."""


@dataclass
class Editing:
    """One template being edited, and the pages it is looked at on."""

    path: Path
    """Where the template is saved."""
    opened: Answer
    """What its file holds, or will: as JSON. A new one may have no fields yet."""
    pages: Sequence[ScanRef]
    blank: Gray | None = None
    """Of a new template: the first page made level, which becomes the reference when the template is saved."""
    blank_note: str = ""
    """What is to be said about that page."""
    _seen: dict[int, Shown] = field(default_factory=dict, init=False)
    _saved: str = field(default="", init=False)
    _written: Answer | None = field(default=None, init=False)
    """The template as it was last saved here."""
    _saving: threading.Lock = field(default_factory=threading.Lock, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)
    """One at a time: the digit model and OpenCV's caches are not made for several."""

    def __post_init__(self) -> None:
        self._saved = _digest(self.path)

    @property
    def name(self) -> str:
        """Of what is edited: an open page may be saved by another program of this name, and by no other."""
        return f"{self.path.absolute()} {'' if self.blank is None else sha256(self.blank.tobytes()).hexdigest()}"

    def start(self) -> Answer:
        """What the page needs at first, also where it is loaded again. A save sends the file's `version` back."""
        pages = [{"id": i, "name": f"{ref.file} page {ref.page}"} for i, ref in enumerate(self.pages)]
        return {
            "file": self.path.name,
            "template": self._written or self.opened,
            "version": self._saved,
            "pages": pages,
            "new": self.blank is not None and self._written is None,
        }

    def page(self, number: int) -> Answer:
        """Where the page's picture is, and what is to be said about it."""
        return {"picture": f"picture/{number}", "note": self._shown(number).note}

    def picture(self, number: int) -> bytes:
        """The page as JPEG."""
        return cv2.imencode(".jpg", self._shown(number).gray, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()

    def check(self, body: Answer) -> Answer:
        """Everything wrong with the template that the page sends."""
        return {"problems": self._sent.problems(body.get("template"))}

    def find(self, body: Answer) -> Answer:
        """The rows of printed cells in a rectangle of the page, in template pixels; [] where there are none."""
        page, box = _whole(body.get("page")), body.get("box")
        if not isinstance(box, dict) or not all(isinstance(box.get(side), int) for side in SIDES):
            raise UsageError("`box` is not a rectangle of whole numbers")
        with self._turn:
            rows = self._rows(page)
        inside = [row[_within(row, [box[side] for side in SIDES])] for row in rows]
        bounds = [np.rint(row).astype(int).tolist() for row in inside if len(row)]
        return {"rows": [[dict(zip(SIDES, cell, strict=True)) for cell in row] for row in bounds]}

    def try_out(self, body: Answer) -> Answer:
        """What the template reads on one of the pages."""
        number = _whole(body.get("page"))
        template = self._sent.sound(body.get("template"), reference=str(self._reference) if self._reference else None)
        require_findable(template)
        with self._turn:
            return tried(self._ref(number), template)

    def save(self, body: Answer) -> Answer:
        """Write the template, and the picture of a new one beside it.

        Refuses where the file is not the `version` any more that the page knows.
        """
        template = self._sent.sound(body.get("template"))
        with self._saving:
            if _digest(self.path) != body.get("version", self._saved) and body.get("replace") is not True:
                changed = f"{self.path.name} was changed by another program or page since it was opened or saved here."
                return {"changed": changed}
            if template.reference is not None and self.blank is not None:
                save_picture(self.blank, self.path.parent / template.reference)
            save_template(template, self.path)
            self._saved, self._written = _digest(self.path), as_json(template)
        saved = f"{self.path.name}: {len(template.fields)} fields, {sum(1 for _ in template.cells())} cells"
        return {"saved": saved, "version": self._saved}

    @cached_property
    def _sent(self) -> SentTemplates:
        return SentTemplates(self.opened, self.path.parent)

    @cached_property
    def _reference(self) -> Path | None:
        """The picture of the blank form, also of a new template that is not saved yet."""
        if self.blank is None:
            name = self.opened.get("reference")
            return (self.path.parent / name).absolute() if name else None
        path = Path(self._folder.name) / "blank.png"
        save_picture(self.blank, path)
        return path

    @cached_property
    def _folder(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory(prefix="formreader-")

    def _ref(self, number: int) -> ScanRef:
        if not 0 <= number < len(self.pages):
            raise UsageError(f"there is no page {number}")
        return self.pages[number]

    def _shown(self, number: int) -> Shown:
        with self._turn:
            if number not in self._seen:
                self._seen[number] = self._look(number)
            return self._seen[number]

    def _look(self, number: int) -> Shown:
        ref = self._ref(number)
        if self.blank is not None and number == 0:
            return Shown(self.blank, self.blank_note)
        size = self.opened["width"], self.opened["height"]
        scan = open_scan(ref, needed=size)
        fixed = any(one.get("cells") for one in self.opened["fields"])
        by_picture = (
            not fixed and self._reference is not None and any(one.get("strip") for one in self.opened["fields"])
        )
        if not (fixed or by_picture) or self._sent.problems(self.opened):
            return Shown(stretched(scan.gray, size), "The template has no printed cells yet to lay this page on.")
        form = Form(self._sent.sound(self.opened, reference=str(self._reference)))
        page = replace(likeliest(form.shown(scan), form), scan=scan)
        if page.quality < LEAST_QUALITY:
            found = f"only {page.quality:.0%} of the template's printed outlines are found on it"
            return Shown(stretched(scan.gray, size), f"This page does not fit the template: {found}.")
        return Shown(laid(page, size))

    def _rows(self, number: int) -> list[Floats]:
        """(n, 4) in template pixels, of the page as it is shown."""
        if number not in self._found:
            gray = self._seen[number].gray if number in self._seen else self._look(number).gray
            zoom = self.opened["width"] / gray.shape[1]
            self._found[number] = [row * zoom for row in find_rows(gray)]
        return self._found[number]

    @cached_property
    def _found(self) -> dict[int, list[Floats]]:
        return {}


SIDES = ("left", "top", "right", "bottom")


def edit(path: Path, pages: Sequence[ScanRef] | None = None) -> Editing:
    """Edit the template in `path`, on its reference picture where there are no pages.

    TemplateError where it is not sound, UsageError where there is nothing to show it on.
    """
    template = load_template(path)
    if pages is None:
        if template.reference_path is None:
            raise UsageError(f"{path} has no reference picture to be shown on. Give a scan of the form: --scan SCAN")
        pages = [ScanRef(str(template.reference_path), template.reference_path.name)]
    return Editing(path, as_json(template), pages)


def new(path: Path, pages: Sequence[ScanRef], *, name: str, longest: int = 2000) -> Editing:
    """Draft a template from the first page, to be saved in `path`; without fields where no place for them is found."""
    found = found_on(flattened(open_scan(pages[0]), longest=longest), longest=longest)
    height, width = found.picture.shape
    opened: Answer = {
        "schema_version": 1,
        "name": name,
        "width": width,
        "height": height,
        "dpi": found.dpi,
        "fields": [],
    }
    if found.rows or found.areas:
        opened = as_json(proposed(found, name).template)
    note = FILLED_IN if found.filled_in else "" if found.rows else AREAS if found.areas else NO_CELLS
    return Editing(path, {**opened, "reference": path.with_suffix(".png").name}, pages, found.picture, note)


def _within(cells: Floats, box: Sequence[int]) -> Any:
    """(n,) which of the cells have their middle in the box."""
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    return (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{value!r} is not the number of a page")
    return value
