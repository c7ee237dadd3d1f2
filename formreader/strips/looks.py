"""Two looks of the strip network at one run, as written and a little more upright: what both make of it.

What only one look finds is doubtful: on strips held back their agreement tells right from wrong better than one alone.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.connected import Connected
from formreader.strips.ctc import SYMBOLS, LogProbabilities, aligned, likeliest_strings
from formreader.strips.ink import Ink, picture_of, pieces_on, rows_of
from formreader.strips.model import StripModel
from formreader.strips.spans import STRIDE, Span, spans_of

Chances = dict[str, float]
"""Each string and how likely it is, the likeliest first."""

Scores = tuple[LogProbabilities, LogProbabilities | None]
"""Of the digits alone, and with marks where the network knows them."""


@dataclass(frozen=True)
class Looked:
    """The ink of a strip, and what the network makes of two looks at it."""

    ink: Ink
    pieces: Connected
    """In which it hangs together."""
    rows: tuple[int, int]
    picture: Ink
    looks: Sequence[Scores]

    @property
    def digits(self) -> list[LogProbabilities]:
        """Scores for digits of both looks."""
        return [digits for digits, _ in self.looks]

    @property
    def marks(self) -> list[LogProbabilities]:
        """The same for digits and marks (`ctc.SYMBOLS`); none where the network does not know marks."""
        return [marks for _, marks in self.looks if marks is not None]

    def middles(self, digits: str) -> list[float]:
        """The column of the ink where the network sees each of these digits."""
        scale = STRIDE * self.ink.shape[1] / self.picture.shape[1]
        return [(at + 0.5) * scale for at in aligned(self.looks[0][0], digits)]

    def spans(self, digits: str) -> list[Span]:
        """Columns of the ink that each of these digits takes."""
        return spans_of(self.ink, self.rows, self.middles(digits))

    def spans_in(self, text: str) -> list[Span]:
        """Columns of the ink that each digit of a text with marks takes, those of the marks left out."""
        scale = STRIDE * self.ink.shape[1] / self.picture.shape[1]
        middles = [(at + 0.5) * scale for at in aligned(self.marks[0], text, signs=SYMBOLS)]
        spans = spans_of(self.ink, self.rows, middles)
        return [span for span, sign in zip(spans, text, strict=True) if sign.isdigit()]


def look_at(ink: Ink, strip_model: StripModel) -> Looked:
    """Two looks of the network at a strip's ink (`ink_of`)."""
    pieces = pieces_on(ink)
    rows = rows_of(pieces)
    picture = picture_of(ink, rows)
    return Looked(ink, pieces, rows, picture, strip_model.both([picture, upright(picture)]))


def upright(picture: Ink, *, lean: float = 0.15) -> Ink:
    """The picture as a hand that leans less to the right would have written it."""
    height, width = picture.shape
    matrix = np.array([[1, lean, -lean * height / 2], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)


def digits_seen(looks: Sequence[Scores]) -> Chances:
    """The likeliest strings of digits."""
    return _agreed([likeliest_strings(digits) for digits, _ in looks])


def texts_seen(looks: Sequence[Scores]) -> Chances:
    """The likeliest texts with marks; none where the network does not know any."""
    known = [marks for _, marks in looks if marks is not None]
    return _agreed([likeliest_strings(marks, beams=12, signs=SYMBOLS) for marks in known]) if known else {}


def given(texts: Chances, digits: str, *, most: int = 5) -> tuple[tuple[str, float], ...]:
    """The likeliest texts with just these digits, their chances summing to 1; empty where there is none."""
    own = [(text, chance) for text, chance in texts.items() if plain(text) == digits]
    whole = sum(chance for _, chance in own)
    return tuple((text, chance / whole) for text, chance in own[:most]) if whole > 0 else ()


def plain(text: str) -> str:
    """The digits of a text."""
    return re.sub(r"\D", "", text)


def _agreed(looks: Sequence[Sequence[tuple[str, float]]], *, unseen: float = 1e-4) -> Chances:
    """The geometric mean of each string's chances; what one look does not find has the chance `unseen` there."""
    chances = [dict(look) for look in looks]
    every = dict.fromkeys(text for look in chances for text in look)
    return _sorted(
        {text: math.prod(max(one.get(text, 0.0), unseen) for one in chances) ** (1 / len(looks)) for text in every}
    )


def _sorted(chances: Mapping[str, float]) -> Chances:
    return dict(sorted(chances.items(), key=lambda item: (-item[1], item[0])))
