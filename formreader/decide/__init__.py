"""Probabilities + rules -> field readings: blank, read or rejected, with the reasons.

`fields` decides. `written` says what a field's cells say by themselves, `said` what one without cells does, `doubts`
what speaks against it whatever its digits are, `overwritten` which are two on top of each other. With its `rules` known
a page is decoded by `joint` and `heard`, and `contradictions` says whom a broken rule accuses. `promise` holds an error
rate, `running` checks numbers over a batch, `twice` knows a sheet by its writing, `sample` picks what people
audit.
"""

from formreader.decide.fields import MIN_CONFIDENCE, Thresholds, decide, least_of
from formreader.decide.overwritten import told_overwritten

__all__ = ["MIN_CONFIDENCE", "Thresholds", "decide", "least_of", "told_overwritten"]
