"""Every record that flows, in order of flow. Frozen; units and origin said once, here.

Image polarity: `Scan`, `Page` and `Crop` hold uint8, 0 ink, 255 paper. `Digits` is float32, 0 paper, 1 ink;
the flip happens once, in `normalize`. Image origin is the top left; a box is half-open.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Gray: TypeAlias = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 ink, 255 paper."""

Digits: TypeAlias = npt.NDArray[np.float32]
"""(n, 28, 28, 1) float32, 0 paper, 1 ink, as MNIST divided by 255."""

Probabilities: TypeAlias = npt.NDArray[np.float32]
"""(n, labels) float32, calibrated, each row sums to 1."""

Flags: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int_]
Floats: TypeAlias = npt.NDArray[np.float64]
Floats32: TypeAlias = npt.NDArray[np.float32]
"""Of any shape: each says its own."""

Matrix: TypeAlias = npt.NDArray[np.float64]
"""(3, 3) homography acting on column vectors (x, y, 1)."""

Status: TypeAlias = Literal["read", "blank", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in pixels, half-open: it holds left <= x < right, top <= y < bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (self.left < self.right and self.top < self.bottom):
            raise ValueError(f"box {self.left, self.top, self.right, self.bottom} has no area")

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """(4, 2) x, y: top left, top right, bottom right, bottom left."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """The smallest box that holds all of these, at least one."""
        corners = np.concatenate([box.corners for box in boxes])
        return cls(*corners.min(0).tolist(), *corners.max(0).tolist())

    def grown(self, margin: float) -> "Box":
        """This box with `margin` pixels more on every side (fewer where negative)."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def meets(self, other: "Box") -> bool:
        """Whether the two have any pixel in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class ScanRef:
    """One page of one scan file: the unit of work. Small and picklable."""

    path: str
    """Where the file is."""
    file: str
    """How the results table names it: relative to the scan folder given, with forward slashes."""
    page: int = 1
    """1-based."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One decoded page, upright as its file's orientation tag says, in scan pixels."""

    ref: ScanRef
    gray: Gray
    dpi: float | None = None
    """Dots per inch of `gray` (after any reduction) where the file says so believably."""


@dataclass(frozen=True, slots=True)
class Page:
    """A scan laid onto its template. Nothing is warped yet: only what is read will be."""

    scan: Scan
    to_scan: Matrix
    """Template pixels -> scan pixels."""
    quality: float
    """0..1: share of the template's printed outlines that were found where the registration puts them."""
    bend: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] | None = None
    """(..., 2) scan pixels where `to_scan` puts a point -> where it is on the paper, which is not flat."""
    unseen: frozenset[int] = frozenset()
    """Places among the template's cells of those that are covered, cut off, or not printed where they should be."""


LEAST_FRAME = 0.6
"""The quality below which a frame is not trusted."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One cell's printed frame as found on the page."""

    corners: npt.NDArray[np.float64]
    """(4, 2) x, y in scan pixels, on the middle of the printed line: top left, top right, bottom right, bottom left."""
    quality: float
    """0..1: share of the frame's outline that is printed there."""
    thickness: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Width of the printed line in scan pixels, top, right, bottom, left; the page's usual where none was found."""
    darkness: float = 255.0
    """How much darker than the paper the page's printed lines are, 0..255."""
    cells: int = 1
    """How many its field has. Where they are several, `thickness` is what most of their lines say."""
    shaded: bool = False
    """No line is around it: its paper, or the ground that it stands on, is of another gray."""


@dataclass(frozen=True, slots=True)
class Crop:
    """What was written in one cell: printed frame and background taken away, contrast stretched."""

    gray: Gray
    """(height, width); paper is exactly 255. All 255 where the cell is blank."""
    ink: float
    """Writing in the cell: inked pixels over the cell's area, 0..1."""
    contrast: float
    """Darkness of the writing against its paper, 0..1 (1 is black on white); 0 where there is none."""
    touches_frame: bool = False
    """The writing crosses the frame so far that part of it may be missing or be a neighbour's."""
    runs_on: bool = False
    """The writing goes on beyond what was cut, a fifth of the cell's short side around it."""
    quality: float = 1.0
    """The frame's quality, 0..1."""
    height: float = 0.0
    """From the top to the bottom of the writing, in scan pixels; 0 where there is none."""
    foot: float = 0.0
    """From the bottom of the writing down to the cell's lower line, in scan pixels."""
    fuller: Gray | None = None
    """The writing with what may be part of it upon the frame's lines; None where that makes no difference."""
    trailing: tuple[Gray, ...] = ()
    """The same pictures with the paler strokes that go on from the ink; none where there are none."""
    faint: bool = False
    """Nothing can be read, but something too pale for it stands there."""
    pieces: int = 0
    """In how many all is that stands in the cell, specks that are no writing as well."""
    holes: int = 0
    """Pieces of paper that the strokes enclose."""
    struck: bool = False
    """A stroke runs across the writing and out of it on both sides."""
    ringed: bool = False
    """A piece of it stands free within another."""
    dotted: bool = False
    """A dot stands below the rest."""
    beside: bool = False
    """Two pieces as tall as digits stand side by side."""
    slashed: bool = False
    """A slanting stroke runs through the writing and out of it at both ends."""
    begins_level: int = 0
    """How long the level stroke is with which the writing begins on the left, about halfway up; the cell's short side
    is 56."""
    stroke_before: bool = False
    """A level stroke stands there, apart from the rest."""
    crowded: bool = False
    """The strokes lie so close that no paper is seen between them, as in a scribble."""
    doubled: bool = False
    """Its strokes are those of more than the digit that it is read as."""
    point: bool = False
    """A decimal point or comma stands at its foot, before the next cell's digit."""
    goes_on: bool = False
    """Something was written beside the cell, at its field's end; or above or below its field's cells."""
    questioned: bool = False
    """Its strokes are rather those of more than the digit that it is read as, or of a bracket, a slash or an arrow, but
    not plainly."""

    @property
    def pictures(self) -> tuple[Gray, ...]:
        """What the writing may look like: one picture, or two where nobody can tell."""
        return (self.gray,) if self.fuller is None else (self.gray, self.fuller)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as read: one row of the results table."""

    field: str
    value: str
    """Best reading as text, leading zeros kept, also when rejected; `amount`: a plain decimal."""
    confidence: float
    """Probability that `value` is right, 0..1."""
    status: Status
    reasons: tuple[str, ...] = ()
    raw: str = ""
    """Cell by cell before any rule: a digit, `_` blank, `X` fill mark, `?` not a digit."""
    digit_confidences: tuple[float, ...] = ()
    """One per cell."""

    @property
    def crossed_out(self) -> bool:
        """Whether its unused cells seem to be crossed out, before its digits or behind them, where none may be."""
        return "not_a_digit" in self.reasons and re.fullmatch(r"X+\d+|\d+X+|XX+", self.raw) is not None


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page as read: its fields in template order."""

    ref: ScanRef
    fields: tuple[FieldReading, ...]
    quality: float = 0.0
    """The page's registration quality, 0..1."""
    error: str | None = None
    """Why the page failed, for people; None where it was read."""
    template: str = ""
    """Name of the template it was read with; of a page that fits none, of the one that comes nearest."""
    beside: float = 0.0
    """Template pixels by which the cells are printed beside where the template says, where that had to be found out."""
    writing: str = ""
    """What some of its digits look like, by which a sheet scanned twice is known: see `decide.twice`."""

    @property
    def empty(self) -> bool:
        """Whether it failed because nothing is on it, as on the back of a sheet."""
        return any("empty_page" in field.reasons for field in self.fields[:1])
