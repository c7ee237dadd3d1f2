"""Crops whose true label a person said: what the review page writes and the digit model goes on learning from.

A folder of corrections holds `corrections.csv` and the pictures that it names. One row per crop, with these columns:

    crop        its picture, relative to the folder: `crops/3f0c.png`. Gray, 0 ink, 255 paper, any size: the cell as
                `crop` cut it, frame away, before it is normalized
    label       what a person sees: `0` to `9`, `x` (a cross that fills the cell), `-` (a dash that does), `?` (no
                digit); empty where nobody decided or nothing is written
    document    the page that it was cut from: file and page, as in the results table
    writer      who wrote it where that is known, else empty
    field       the template's field
    cell        the number of the cell in its field, from 1
    read        what the model read
    confidence  how sure it was

`crop`, `label` and `document` must be there, and in every row a document or a writer; other columns are let be. Rows
count from 1, which is the header. A crop that a person only confirmed belongs in it as much as one that was wrong:
corrected ones alone say where the old model is weak, but not where it is right.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import cv2

from formreader.atomic import written_whole
from formreader.classify import LABELS
from formreader.errors import ModelError, ScanError, TableError, writing
from formreader.records import Gray, ScanRef
from formreader.scans import open_scan
from formreader.table import Row, read_table, write_table

TABLE = "corrections.csv"

COLUMNS = ("crop", "label", "document", "writer", "field", "cell", "read", "confidence")


@dataclass(frozen=True)
class Correction:
    """One crop and what a person says it shows."""

    gray: Gray
    """(height, width) uint8, 0 ink, 255 paper: the cut cell before `normalize`."""
    label: str
    """One of LABELS; empty where nobody decided."""
    document: str = ""
    """The page it was cut from. One of `document` and `writer` is never empty."""
    writer: str = ""
    field: str = ""
    cell: str = ""
    """From 1."""
    read: str = ""
    confidence: str = ""

    @cached_property
    def digest(self) -> str:
        """sha256 of the picture: its shape and its pixels."""
        return hashlib.sha256(repr(self.gray.shape).encode() + self.gray.tobytes()).hexdigest()


@dataclass(frozen=True)
class Corrections:
    """What a folder of corrections holds to learn from."""

    crops: tuple[Correction, ...]
    """Each labelled, with ink."""
    skipped: int
    """Rows without a label, or with a picture that nothing is written on."""
    sha256: str
    """Of labels and pictures, in the order of the table."""


def write_corrections(
    corrections: Iterable[Correction], folder: Path, documents: Collection[str] | None = None
) -> Path:
    """Write `folder`/corrections.csv and a picture for each; the table, which comes last, is whole or as it was.

    Of a table that is there the rows of others than `documents` stay, as of another review; all go where None.
    A picture is named by its content, so that one that is there already stays. TableError where it cannot be written.
    """
    rows = [] if documents is None else _of_others(folder, documents)
    with writing(folder, TableError):
        (folder / "crops").mkdir(parents=True, exist_ok=True)
        for crop in corrections:
            name = f"crops/{crop.digest[:20]}.png"
            if not (folder / name).is_file():
                with written_whole(folder / name) as unfinished:
                    unfinished.write_bytes(cv2.imencode(".png", crop.gray)[1].tobytes())
            rows.append({"crop": name, **{column: getattr(crop, column) for column in COLUMNS[1:]}})
    write_table(rows, folder / TABLE, COLUMNS)
    return folder / TABLE


def _of_others(folder: Path, documents: Collection[str]) -> list[Row]:
    there = read_table(folder / TABLE, COLUMNS[:3]) if (folder / TABLE).is_file() else []
    return [{column: row.get(column, "") for column in COLUMNS} for row in there if row["document"] not in documents]


def read_corrections(folder: Path) -> Corrections:
    """Everything labelled in `folder`. TableError, with the row, where the table or one of its pictures is no good."""
    if not folder.is_dir():
        raise TableError(f"{folder}: there is no such folder of corrections. Give the one that the review page wrote")
    rows = read_table(folder / TABLE, COLUMNS[:3])
    read = [_read(folder, number, row) for number, row in enumerate(rows, 2)]
    labelled = [(number, crop) for number, crop in enumerate(read, 2) if crop is not None]
    _check_agreement(folder, labelled)
    crops = tuple(crop for _, crop in labelled)
    whole = hashlib.sha256("".join(crop.label + crop.digest for crop in crops).encode()).hexdigest()
    return Corrections(crops, len(read) - len(crops), whole)


def _read(folder: Path, number: int, row: Row, *, faintest: int = 16) -> Correction | None:
    """One row; None where it says nothing to learn from."""
    at = f"{folder / TABLE}: row {number}"
    texts = {column: row.get(column, "").strip() for column in COLUMNS}
    label = texts["label"].lower()
    if not label:
        return None
    if label not in LABELS:
        raise TableError(f"{at}: the label {row['label']!r} is none of {' '.join(LABELS)}. Correct or empty it")
    if not texts["document"] and not texts["writer"]:
        raise TableError(f"{at}: neither document nor writer is given. Name one, so that it is kept apart as a whole")
    gray = _opened(folder, at, texts["crop"])
    if int(gray.min()) > 255 - faintest:
        return None
    return Correction(gray, label, *(texts[column] for column in COLUMNS[2:]))


def _opened(folder: Path, at: str, name: str) -> Gray:
    inside = PurePosixPath(name.replace("\\", "/"))
    if not name or inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
        raise TableError(f"{at}: the crop {name!r} is no picture in this folder. Name it like crops/1.png")
    try:
        return open_scan(ScanRef(str(folder / inside), name), max_pixels=4_000_000).gray
    except ScanError as error:
        raise TableError(f"{at}: {error}") from error


def _check_agreement(folder: Path, labelled: Sequence[tuple[int, Correction]]) -> None:
    """Raise TableError where one picture has two labels."""
    first: dict[str, tuple[int, str]] = {}
    for number, crop in labelled:
        before, label = first.setdefault(crop.digest, (number, crop.label))
        if label != crop.label:
            raise TableError(
                f"{folder / TABLE}: rows {before} and {number} hold one picture with the labels {label!r} and "
                f"{crop.label!r}. Correct one of them"
            )


def groups_of(crops: Sequence[Correction]) -> list[str]:
    """For each crop the group that it must not be parted from: all that shares a writer, a document or a picture.

    Sharing goes on from one to the next: a page by two writers joins all that either of them wrote.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for crop in crops:
        first, *others = _names(crop)
        for other in others:
            kept, joined = sorted((root(first), root(other)))
            parent[joined] = kept
    return [root(_names(crop)[0]) for crop in crops]


def _names(crop: Correction) -> list[str]:
    named = [("1 writer", crop.writer), ("2 document", crop.document), ("3 picture", crop.digest)]
    return [f"{kind} {name}" for kind, name in named if name]


def kept_apart(
    crops: Sequence[Correction], *, share: float = 0.25, least: int = 5, crops_needed: int = 30
) -> tuple[list[Correction], list[Correction]]:
    """The crops to learn from, and those to judge by: whole groups (see `groups_of`), at least `least` on each side.

    A group's hash decides, whatever else is in the folder: a group that was learned from once is not judged by later,
    when the folder has grown. Raises ModelError where there are too few groups or crops on either side.
    """
    groups = groups_of(crops)
    order = sorted(set(groups), key=_rank)
    if len(order) < 2 * least:
        raise ModelError(
            f"{len(crops)} corrections of {len(order)} writers or documents: too few to learn from some and judge by "
            f"others, {2 * least} are needed. Correct pages of more writers; leave the column writer empty where one "
            "name stands for many"
        )
    held = set(order[: min(max(least, sum(_rank(group) < share for group in order)), len(order) - least)])
    parts = (
        [crop for crop, group in zip(crops, groups, strict=True) if group not in held],
        [crop for crop, group in zip(crops, groups, strict=True) if group in held],
    )
    if min(map(len, parts)) < crops_needed:
        raise ModelError(
            f"{len(parts[0])} corrections to learn from and {len(parts[1])} to judge by: {crops_needed} of each are "
            "needed. Correct more pages"
        )
    return parts


def _rank(group: str) -> float:
    """0..1, by chance but always the same."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8]) / 2**64
