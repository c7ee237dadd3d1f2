"""Digits -> probabilities: the CNN on LiteRT, the record packed into its file, and its calibration."""

from formreader.classify.crops import classified
from formreader.classify.lite import Network, infer, open_network
from formreader.classify.model import (
    LABELS,
    DigitModel,
    ModelRecord,
    calibrated,
    load_model,
    read_record,
    softmax,
    write_record,
)

__all__ = [
    "LABELS",
    "DigitModel",
    "ModelRecord",
    "Network",
    "calibrated",
    "classified",
    "infer",
    "load_model",
    "open_network",
    "read_record",
    "softmax",
    "write_record",
]
