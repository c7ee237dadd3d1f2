"""Review: a person decides what the machine rejected; every decision is on disk before the next field is shown.

`schema` and `intake` make the database beside the results table, `decisions` says what follows from what was decided,
`questions` what a reviewer may see, `gallery` shows like cells together, `store` asks and records.
"""

from formreader.review.store import Review

__all__ = ["Review"]
