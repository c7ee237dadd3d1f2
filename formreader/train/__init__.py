"""Fit the networks, export them, write their records; go on from corrections, and keep only what is better.

`digits` is the whole training of the digit CNN: `lessons` from a `pool`, `fit`, teachers by `school`, `release`;
`adapt` goes on from corrections and `verdict` judges. `strip_pool`, `strip_fit` and `strip_release` train the strip
network.
"""

from formreader.train.digits import train

__all__ = ["train"]
