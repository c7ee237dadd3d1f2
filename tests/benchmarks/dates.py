"""Dates composed in eight boxes, digits over the walls and beyond: found, right, accepted, and accepted but wrong.

    python tests/benchmarks/dates.py MNIST.npz [--count N] [--seed N] [--keep PNG]

Harder than real cheques: digits are of different hands, every seventh or so crosses a wall, and one in twelve has a
stroke that goes on into the next box. `--keep` draws those that were accepted though wrong: some can be read both ways.
"""

import datetime
from pathlib import Path

import cv2
import numpy as np
from figures import asking

from formreader.cheque.date import read_date
from formreader.cheque.sheet import upright
from formreader.classify import load_model
from formreader.dataset.hands import Singles, sized, some_hand
from formreader.records import Scan, ScanRef
from formreader.strips.model import load_strip_model


def cheque(singles, rng):
    """A sheet (700, 1600) with nothing but a date in its boxes, and the date."""
    days = int(rng.integers(365)) + 365 * int(rng.integers(45))
    date = (datetime.date(1995, 1, 1) + datetime.timedelta(days)).strftime("%d%m%Y")
    cell = int(rng.integers(38, 56))
    high = int(cell * rng.uniform(0.85, 1.25))
    left, top = 1600 - 8 * cell - int(rng.integers(60, 120)), int(rng.integers(50, 90))
    ink = written(date, (left, top, cell, high), some_hand(singles, rng), rng)
    lines, thick = np.zeros_like(ink), int(rng.integers(1, 4))
    for x in range(left, left + 8 * cell + 1, cell):
        cv2.line(lines, (x, top), (x, top + high), 255, thick)
    for y in (top, top + high):
        cv2.line(lines, (left, y), (left + 8 * cell, y), 255, thick)
    paper = rng.uniform(200, 250) - np.maximum(ink * rng.uniform(0.3, 0.85), lines * rng.uniform(0.35, 0.8))
    if rng.random() < 0.6:
        paper = cv2.GaussianBlur(paper, (0, 0), rng.uniform(0.5, 1.2))
    return np.clip(paper + rng.normal(0, rng.uniform(1, 5), paper.shape), 0, 255).astype(np.uint8), date


def written(date, row, hand, rng):
    """The digits of a date where the cells of a row are: left, top, width and height of a cell."""
    left, top, cell, high = row
    ink = np.zeros((700, 1600), np.uint8)
    size, lean, wide = high * rng.uniform(0.5, 0.95), rng.normal(0, 0.15), float(np.exp(rng.normal(0.05, 0.2)))
    stray = rng.uniform(0.02, 0.16) * cell
    for index, digit in enumerate(date):
        own = sized(hand(digit), size * float(np.exp(rng.normal(0, 0.08))), lean, wide, highest=high + 8)
        x = int(left + (index + 0.5) * cell - own.shape[1] / 2 + rng.normal(0, stray))
        y = int(top + high / 2 - len(own) / 2 + rng.normal(0, 0.08 * high))
        room = ink[y : y + len(own), x : x + own.shape[1]]
        np.maximum(room, own[: len(room), : room.shape[1]], out=room)
        if rng.random() < 0.08:
            level = y + (2 if digit in "57" else len(own) - 3)
            end = x + own.shape[1] + int(rng.uniform(0.2, 0.8) * cell), level + int(rng.normal(0, 3))
            cv2.line(ink, (x + own.shape[1] // 2, level), end, 220, 2, cv2.LINE_AA)
    return ink


def main() -> None:
    parser = asking(__doc__, figures=False, count=400, seed=1, keep=Path)
    parser.add_argument("digits", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with np.load(asked.digits) as arrays:
        singles = [Singles(arrays["x_test"], arrays["y_test"].astype(int))]
    model, strip_model, rng = load_model(), load_strip_model(), np.random.default_rng(asked.seed)
    right = accepted = found = 0
    wrong = []
    for _ in range(asked.count):
        gray, date = cheque(singles, rng)
        reading = read_date(upright(Scan(ScanRef("", ""), gray)), model, strip_model, 0.95).reading
        right += reading.value == date
        found += reading.status != "blank" and "cells_not_found" not in reading.reasons
        accepted += reading.status in ("read", "blank")
        if reading.status in ("read", "blank") and reading.value != date:
            wrong.append(gray[20:190, 1000:])
            print(f"  {date} read {reading.value or 'blank'} {reading.confidence:.3f}")
    print(f"{asked.count} dates, boxes found {found}, right {right}, accepted {accepted}, of these wrong {len(wrong)}")
    if asked.keep and wrong:
        cv2.imwrite(str(asked.keep), np.vstack(wrong))


if __name__ == "__main__":
    main()
