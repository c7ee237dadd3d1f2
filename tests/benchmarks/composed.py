"""Amounts composed of single digits that nothing learned from, tight and loose, with marks: accepted and wrong.

    python tests/benchmarks/composed.py MNIST.npz [--count N] [--seed N] [--keep PNG]

A harder test than real cheques, whose writers leave room for what must be read: digits are of different hands, and
touch their marks by chance. `--keep` draws those that were accepted though wrong, to be looked at.
"""

import argparse
import re
from pathlib import Path

import cv2
import numpy as np

from formreader.cheque.amount import amount_on
from formreader.classify import load_model
from formreader.dataset.compose import composed
from formreader.dataset.hands import Singles
from formreader.strips.amounts import amount_of
from formreader.strips.model import load_strip_model

DATE = r"\d{1,2}([./-])\d{1,2}\1\d{2,4}"


def on_paper(ink, rng):
    """A run of ink as it stands in a cheque's box: pale, soft, with the paper's grain."""
    wide = np.pad(ink, ((8, 8), (16, 16)))
    gray = np.clip(0.6 * wide + rng.normal(6, 3, wide.shape), 0, 255).astype(np.uint8)
    return cv2.GaussianBlur(gray, (3, 3), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digits", type=Path)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with np.load(asked.digits) as arrays:
        singles = [Singles(arrays["x_test"], arrays["y_test"])]
    model, strip_model, rng = load_model(), load_strip_model(), np.random.default_rng(asked.seed)
    tried = right = 0
    accepted, wrong = [], []
    while tried < asked.count:
        ink, _, text = composed(singles, rng)
        truth = amount_of(text, 2, longest=4)
        if not truth.value or "$" in text or text.startswith("*") or re.fullmatch(DATE, text):
            continue
        tried += 1
        strip = on_paper(ink, rng)
        reading = amount_on(strip, model, strip_model, 0.95, framed=True)
        holds = reading.value == truth.value and not truth.doubts
        right += holds
        if reading.status == "read":
            accepted.append((reading.confidence, holds))
            wrong += [] if holds else [(text, reading, strip)]
    print(f"{tried} amounts, value right {right / tried:.1%}")
    for least in (0.95, 0.99, 0.995):
        sure = [holds for confidence, holds in accepted if confidence >= least]
        print(f"accepted at {least}: {len(sure) / tried:.1%}, of these wrong {len(sure) - sum(sure)} of {len(sure)}")
    for text, reading, _ in wrong:
        print(f"  {text!r} read {reading.raw!r} {reading.confidence:.3f}")
    if asked.keep and wrong:
        widest = max(strip.shape[1] for *_, strip in wrong)
        rows = [np.pad(strip, ((2, 2), (0, widest - strip.shape[1]))) for *_, strip in wrong]
        cv2.imwrite(str(asked.keep), 255 - np.vstack(rows))


if __name__ == "__main__":
    main()
