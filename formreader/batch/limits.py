"""How many pages of a batch may fail before it is taken for a mistake."""

import re
from dataclasses import dataclass

from formreader.errors import UsageError


@dataclass(frozen=True, slots=True)
class MaxFailed:
    """A count of pages, or a share of those read so far."""

    text: str
    """As it was given: `10%` or `25`."""
    count: int | None = None
    share: float = 0.0

    def exceeded(self, failed: int, done: int, pages: int, *, least: int = 100) -> bool:
        """Whether too many of `done` pages of `pages` failed; a share counts from the first `least` pages on.

        Of fewer it is the share of these: a bad box at the start of a long batch need not be its end.
        """
        if self.count is not None:
            return failed > self.count
        return failed > self.share * max(done, min(pages, least))


def max_failed(text: str) -> MaxFailed:
    """`10%` or `25`. UsageError where it is neither."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%|(\d+)", text.strip())
    if found is None or (found[1] and float(found[1]) > 100):
        raise UsageError(f"--max-failed {text}: neither a share nor a count of pages. Give one such as 10% or 25.")
    return MaxFailed(text.strip(), int(found[2]) if found[2] else None, float(found[1] or 0) / 100)
