"""Review: a person decides what the machine rejected; every decision is on disk before the next field is shown.

`schema` and `intake` make the database beside the results table, `decisions` says what follows from what was decided,
`questions` what a reviewer may see, `gallery` shows like cells together, `asking` asks, `recording` writes down what is
said, `store` is the review of both.
"""

from formreader.review.store import Review

__all__ = ["Review"]
