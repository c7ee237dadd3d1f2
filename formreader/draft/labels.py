"""The words printed on a form, where a local Tesseract can read them, and what they say about each row of cells.

Nothing here is needed to read forms: without Tesseract there are no words, and fields are numbered.
"""

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.blocks import darker_than_paper
from formreader.records import Box, Floats, Gray


@dataclass(frozen=True)
class Text:
    """A word, or several that stand together, and where."""

    text: str
    box: Box


def read_words(gray: Gray, cells: Iterable[Floats] = (), *, sure: float = 40, seconds: float = 120) -> list[Text]:
    """The words that Tesseract reads on a level picture, outside of the rows of cells; none where it is not installed.

    `sure`: the confidence from 0 to 100 that a word needs.
    """
    program = shutil.which("tesseract")
    if program is None:
        return []
    bare = _without_lines(gray)
    for left, top, right, bottom in np.concatenate([np.zeros((0, 4)), *cells]).astype(int).tolist():
        bare[max(top - 2, 0) : bottom + 3, max(left - 2, 0) : right + 3] = 255
    try:
        done = subprocess.run(
            [program, "stdin", "stdout", "--psm", "11", "tsv"],
            input=cv2.imencode(".png", bare)[1].tobytes(),
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return _listed(done.stdout.decode("utf-8", "replace"), sure)


def _without_lines(gray: Gray, *, long: int = 60) -> Gray:
    """A picture without its level and upright lines of `long` pixels and more: words between them are overlooked."""
    dark = darker_than_paper(gray, darker=25, far=15)
    level, upright = (
        cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, long), (long, 1))
    )
    lines = cv2.dilate(cv2.max(level, upright), np.ones((5, 5), np.uint8))
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8))
    return np.where(lines > 0, paper, gray).astype(np.uint8)


def _listed(table: str, sure: float) -> list[Text]:
    """The words of Tesseract's table (TSV): place in columns 7 to 10, confidence in 11, text in 12."""
    rows = [line.split("\t") for line in table.splitlines()[1:]]
    words = [row for row in rows if len(row) == 12 and float(row[10]) >= sure and row[11].strip()]
    places = [tuple(map(int, row[6:10])) for row in words]
    return [
        Text(row[11].strip(), Box(left, top, left + max(width, 1), top + max(height, 1)))
        for row, (left, top, width, height) in zip(words, places, strict=True)
    ]


def phrases(words: Sequence[Text]) -> list[Text]:
    """Words that follow each other in one line, and lines that stand close below each other, as one text each."""
    lines = _merged(sorted(words, key=lambda word: word.box.left), _follows, " ")
    return _merged(sorted(lines, key=lambda line: line.box.top), _continues, "\n")


def _merged(texts: Iterable[Text], belongs: Callable[[Box, Box], bool], between: str) -> list[Text]:
    merged: list[Text] = []
    for text in texts:
        fits = [index for index, before in enumerate(merged) if belongs(before.box, text.box)]
        if fits:
            before = merged.pop(fits[-1])
            merged.append(Text(before.text + between + text.text, Box.around([before.box, text.box])))
        else:
            merged.append(text)
    return merged


def _follows(before: Box, after: Box) -> bool:
    """Whether the second stands right behind the first in one line of text."""
    high = max(before.height, after.height)
    level = min(before.bottom, after.bottom) - max(before.top, after.top) > 0.4 * min(before.height, after.height)
    return level and -0.5 * high <= after.left - before.right <= 1.2 * max(high, 10)


def _continues(before: Box, after: Box) -> bool:
    """Whether the second is the next line of a text that is left-aligned or centred below the first."""
    gap = after.top - before.bottom
    aligned = abs(after.left - before.left) < after.height or (
        abs(after.left + after.right - before.left - before.right) < 2 * after.height
    )
    return aligned and -0.3 * after.height <= gap <= 0.7 * after.height


def label_of(own: Box, rows: Sequence[Box], texts: Sequence[Text]) -> tuple[str, str]:
    """What is printed left of one of the rows of cells, and above it; empty where nothing is, or others are between."""
    others = [other for other in rows if other is not own]
    high = own.height
    beside = [text for text in texts if text.box.right <= own.left + 0.3 * high and _level(text.box, own)]
    above = [text for text in texts if text.box.bottom <= own.top + 0.2 * high and _over(text.box, own)]
    left = max(beside, key=lambda text: text.box.right, default=None)
    top = max(above, key=lambda text: text.box.bottom, default=None)
    return (
        left.text if left and not any(_between(other, left.box, own) for other in others) else "",
        top.text if top and own.top - top.box.bottom < 1.5 * high and _short(top, own) else "",
    )


def far_labels(own: Box, rows: Sequence[Box], texts: Sequence[Text]) -> tuple[str, str]:
    """What stands at the left end of the line of one of the rows, and at the head of its column, as in a table."""
    beside = [text for text in texts if text.box.right <= own.left and _level(text.box, own)]
    left = max(beside, key=lambda text: (_worded(text), text.box.right), default=None)
    heads = [text for text in texts if _worded(text) and _short(text, own) and _heads(text.box, own, rows)]
    over = [text for text in heads if _over(text.box, own)]
    # A head may be that of several fields: then it stands over none of them, or over one.
    near = over or [text for text in heads if _aside(text.box, own) < own.width]
    top = max(near, key=lambda text: (text.box.bottom // own.height, -_aside(text.box, own)), default=None)
    return left.text if left else "", top.text if top else ""


def _worded(text: Text) -> bool:
    """Whether a word is in it, of two letters or more."""
    return re.search(r"[^\W\d_]{2,}", text.text) is not None


def _short(text: Text, row: Box, *, words: int = 10, wide: float = 4) -> bool:
    """Whether it may name the row above which it stands: it is no paragraph."""
    return len(text.text.split()) <= words and text.box.width <= wide * row.width


def _heads(text: Box, row: Box, rows: Sequence[Box], *, far: float = 2.5) -> bool:
    """Whether a text stands right above the cells of the row's column, `far` in heights of the row at most.

    What stands right left of other cells is theirs.
    """
    if any(_level(text, other) and 0 <= other.left - text.right < far * other.height for other in rows):
        return False
    tops = [other.top for other in rows if text.bottom <= other.top <= row.top and in_column(other, row)]
    return bool(tops) and min(tops) - text.bottom <= far * row.height


def in_column(one: Box, other: Box, *, share: float = 0.6) -> bool:
    """Whether one stands above the other for that share of the narrower one's width."""
    return min(one.right, other.right) - max(one.left, other.left) >= share * min(one.width, other.width)


def _aside(text: Box, row: Box) -> float:
    """How far the middle of a text is from the middle of a row, across."""
    return abs(text.left + text.right - row.left - row.right) / 2


def around(row: Floats) -> Box:
    """What a row of cells, (n, 4), takes up."""
    return Box(float(row[0, 0]), float(row[:, 1].min()), float(row[-1, 2]), float(row[:, 3].max()))


def _level(text: Box, row: Box) -> bool:
    middle = (row.top + row.bottom) / 2
    return text.top - 0.2 * row.height < middle < text.bottom + 0.2 * row.height


def _over(text: Box, row: Box) -> bool:
    middle = (text.left + text.right) / 2
    return row.left - 0.2 * row.width < middle < row.right + 0.2 * row.width or (
        abs(text.left - row.left) < 0.5 * row.height
    )


def _between(other: Box, text: Box, row: Box) -> bool:
    """Whether other cells stand between a text and the row right of it."""
    return text.right - 5 <= other.left and other.right <= row.left + 5 and _level(other, row)


def as_name(text: str, *, words: int = 5, longest: int = 40) -> str:
    """The text as a field's name: plain lower case words, and the numbers behind them, with underscores.

    Empty where nothing of it is a word. `longest`: in letters.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\([^)]*[+][^)]*\)?", " ", plain)  # a formula such as (A + B) is no part of the name
    found = re.findall(r"[a-z0-9]+", plain)
    start = next((at for at, word in enumerate(found) if _is_word(word)), len(found))
    name = "_".join([word for word in found[start:] if _is_word(word) or word.isdigit()][:words])
    return name if len(name) <= longest else name[: longest + 1].rpartition("_")[0] or name[:longest]


def _is_word(word: str) -> bool:
    return len(word) > 1 and re.search("[a-z]", word) is not None
