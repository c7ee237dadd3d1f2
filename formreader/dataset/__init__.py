"""Digits and strips to learn from: files of labelled ones, degraded as scans are, and drawn or composed ones.

`digits` loads and mixes; `augment` degrades, `habits` adds other countries' strokes, `junk` is no digit,
`corrections` were made in review. Strips: `strips` are real, `compose` and `hands` make `runs` of single digits, with
`marks` and `zeros` as hands write them.
"""

from formreader.dataset.digits import DigitSet, Images, load_digits, mixture, split

__all__ = ["DigitSet", "Images", "load_digits", "mixture", "split"]
