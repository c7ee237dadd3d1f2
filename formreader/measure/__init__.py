"""Measure a digit model on digits whose truth is known: figures, pictures, an HTML report."""

from formreader.measure.digits import evaluate, info, predict

__all__ = ["evaluate", "info", "predict"]
