"""Strips that say another number than their digits, or two: accepted by `--template digit-string` all the same.

    python tests/benchmarks/whole_numbers.py ../shared/data EXTRA [--count 60] [--seed N] [--json FILE]

A minus, a decimal point or comma, a dash or stroke between two numbers; one digit struck out by a line, or with another
written above it; a letter before, behind or among the digits; and plain numbers for comparison. Written by
hands that nothing learned from (`kept_hands.py`; EXTRA is what `prepare_digits.py` writes), `--count` of each.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
import kept_hands as hands
import numpy as np
from composed import on_paper
from figures import asking, save

from formreader.classify import load_model
from formreader.records import Gray
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.model import load_strip_model
from formreader.template import load_templates

Rng = np.random.Generator
Run = np.ndarray
"""(height, width) uint8, 255 ink, as high as its digits."""

HIGH, PEN = 44, 3.5
"""Of what is written, in pixels."""


def _plain(rng: Rng) -> str:
    return f"{rng.integers(10, 99999)}"


TEXTS: Mapping[str, Callable[[Rng], str]] = {
    "12,5": lambda rng: f"{rng.integers(1, 999)},{rng.integers(0, 10)}",
    "3.50": lambda rng: f"{rng.integers(1, 999)}.{rng.integers(0, 100):02}",
    "12/34": lambda rng: f"{rng.integers(1, 99)}/{rng.integers(1, 99)}",
    "12-34": lambda rng: f"{rng.integers(1, 99)}-{rng.integers(1, 99)}",
    "-12": lambda rng: f"-{rng.integers(10, 9999)}",
    "plain": _plain,
}


def struck(run: Run, other: Run, rng: Rng) -> Run:
    """A line through one digit of the run, level or slanting."""
    slot = _slot(run, rng)
    ends = (slot.start, int(HIGH * rng.uniform(0.2, 0.8))), (slot.stop, int(HIGH * rng.uniform(0.2, 0.8)))
    return np.asarray(cv2.line(run.copy(), *ends, 255, max(2, round(rng.uniform(0.8, 1.4) * PEN)), cv2.LINE_AA))


def corrected(run: Run, other: Run, rng: Rng) -> Run:
    """A smaller digit above one of the run."""
    slot, small = _slot(run, rng), _as_high(other, round(rng.uniform(0.45, 0.8) * HIGH))
    above = len(small) + round(rng.uniform(0.08, 0.3) * HIGH)
    room = np.pad(run, ((above, 0), (HIGH, HIGH)))
    left = HIGH + (slot.start + slot.stop - small.shape[1]) // 2
    room[: len(small), left : left + small.shape[1]] = small
    return room


def before(run: Run, other: Run, rng: Rng) -> Run:
    """Something else right before the digits."""
    return np.hstack([_foot(_as_high(other, round(rng.uniform(0.6, 1.05) * HIGH))), _gap(rng), _foot(run)])


def behind(run: Run, other: Run, rng: Rng) -> Run:
    """Something else right behind the digits."""
    return np.hstack([_foot(run), _gap(rng), _foot(_as_high(other, round(rng.uniform(0.6, 1.05) * HIGH)))])


SPOILED: Mapping[str, tuple[Callable[[Run, Run, Rng], Run], bool]] = {
    "one struck": (struck, False),
    "corrected": (corrected, False),
    "a12": (before, True),
    "12a": (behind, True),
}
"""What is done to a plain number, and whether with a letter; else with another digit."""


def _slot(run: Run, rng: Rng) -> slice:
    """The columns of some digit, about: none is much wider than the others."""
    count = max(2, round(run.shape[1] / (0.8 * HIGH)))
    at = int(rng.integers(count))
    return slice(at * run.shape[1] // count, (at + 1) * run.shape[1] // count)


def _as_high(picture: Run, high: int) -> Run:
    wide = max(3, round(picture.shape[1] * high / len(picture)))
    return np.asarray(cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA))


def _foot(picture: Run) -> Run:
    """Standing on the line that the digits stand on, in a strip for the tallest."""
    return np.pad(picture, ((2 * HIGH - len(picture), 0), (0, 0)))


def _gap(rng: Rng) -> Run:
    return np.zeros((2 * HIGH, round(rng.uniform(0.12, 0.3) * HIGH)), np.uint8)


def _cropped(ink: Gray) -> Run:
    left, top, wide, high = cv2.boundingRect((ink > 60).astype(np.uint8))
    return ink[top : top + high, left : left + wide]


def written(text: str, known: Sequence[hands.Source], rng: Rng) -> Run:
    """`text` by one hand."""
    hand = hands.some_hand(known[int(rng.integers(len(known)))], rng)
    return _cropped((255 * np.clip(hands.written(text, hand, HIGH, PEN, rng), 0, 1)).astype(np.uint8))


def strip(kind: str, known: Sequence[hands.Source], letters: Gray, rng: Rng) -> Gray:
    """A number of that kind on gray paper. `letters`: (n, h, w) ink bright."""
    run = written(TEXTS.get(kind, _plain)(rng), known, rng)
    if kind in SPOILED:
        spoil, by_letter = SPOILED[kind]
        letter = letters[int(rng.integers(len(letters)))]
        run = spoil(
            _as_high(run, HIGH), _cropped(letter) if by_letter else written(str(rng.integers(10)), known, rng), rng
        )
    return np.asarray(255 - on_paper(np.pad(run, 24), rng), np.uint8)


def main() -> None:
    parser = asking(__doc__, count=60, seed=1)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    models, known = (load_strip_model(), load_model()), hands.sources(asked.data, asked.extra)
    letters = np.load(asked.data / "digits" / "letters.npz")["x"]
    ((field,),) = (one.fields for one in load_templates("digit-string").values())
    figures = {}
    for kind in [*TEXTS, *SPOILED]:
        rng = np.random.default_rng((asked.seed, len(figures)))
        strips = [strip(kind, known, letters, rng) for _ in range(asked.count)]
        read = [decide_strip(field, read_image(one, *models), 0.95).status == "read" for one in strips]
        figures[kind] = sum(read)
        print(f"{kind:10} accepted {figures[kind]:4} of {asked.count}", flush=True)
    save(figures, asked.json)


if __name__ == "__main__":
    main()
