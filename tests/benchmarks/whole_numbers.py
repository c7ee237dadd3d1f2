"""Strips whose marks make another number of their digits, or two: accepted by `--template digit-string` all the same.

    python tests/benchmarks/whole_numbers.py ../shared/data EXTRA [--count 60] [--seed N] [--json FILE]

A minus, a decimal point or comma, a dash or stroke between two numbers, and plain numbers for comparison: written by
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
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.model import load_strip_model
from formreader.template import load_templates

KINDS: Mapping[str, Callable[[np.random.Generator], str]] = {
    "12,5": lambda rng: f"{rng.integers(1, 999)},{rng.integers(0, 10)}",
    "3.50": lambda rng: f"{rng.integers(1, 999)}.{rng.integers(0, 100):02}",
    "12/34": lambda rng: f"{rng.integers(1, 99)}/{rng.integers(1, 99)}",
    "12-34": lambda rng: f"{rng.integers(1, 99)}-{rng.integers(1, 99)}",
    "-12": lambda rng: f"-{rng.integers(10, 9999)}",
    "plain": lambda rng: f"{rng.integers(10, 99999)}",
}


def strip(text: str, known: Sequence[hands.Source], rng: np.random.Generator) -> np.ndarray:
    """`text` by one hand on gray paper."""
    hand = hands.some_hand(known[int(rng.integers(len(known)))], rng)
    alpha = hands.written(text, hand, 44.0, 3.5, rng)
    return np.asarray(255 - on_paper((255 * np.clip(alpha, 0, 1)).astype(np.uint8), rng), np.uint8)


def main() -> None:
    parser = asking(__doc__, count=60, seed=1)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    models, known = (load_strip_model(), load_model()), hands.sources(asked.data, asked.extra)
    ((field,),) = (one.fields for one in load_templates("digit-string").values())
    figures = {}
    for kind, text in KINDS.items():
        rng = np.random.default_rng((asked.seed, len(figures)))
        strips = [strip(text(rng), known, rng) for _ in range(asked.count)]
        read = [decide_strip(field, read_image(one, *models), 0.95).status == "read" for one in strips]
        figures[kind] = sum(read)
        print(f"{kind:6} accepted {figures[kind]:4} of {asked.count}")
    save(figures, asked.json)


if __name__ == "__main__":
    main()
