"""Results against truth: read rate, silent errors, the error-reject curve, and a page with the crop of every error."""

from formreader.evaluate.outcome import Outcome
from formreader.evaluate.results import Evaluation, evaluate

__all__ = ["Evaluation", "Outcome", "evaluate"]
