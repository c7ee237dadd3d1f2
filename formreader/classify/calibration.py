"""How far probabilities can be trusted: fitted on validation digits, measured on others."""

import numpy as np
import numpy.typing as npt

from formreader.records import Flags, Floats32, Probabilities

Floats = npt.NDArray[np.floating]


def fit_calibration(logits: Floats, labels: npt.NDArray[np.int64], junk: int) -> tuple[float, float]:
    """The temperature, and what to take off the logit of the label `junk`, with the least negative log-likelihood.

    A model that learned from many examples of one label expects as many: where there are fewer, its logit is too large
    by the logarithm of the ratio (Saerens et al., "Adjusting the outputs of a classifier to new priors", 2002).
    """
    trials = []
    for less in np.arange(0, 3.01, 0.25):
        shifted = logits.copy()
        shifted[:, junk] -= less
        temperature = fit_temperature(shifted, labels)
        trials.append((_surprise(shifted / temperature, labels), temperature, float(less)))
    _, temperature, less = min(trials)
    return temperature, less


def fit_temperature(logits: Floats, labels: npt.NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al., "On calibration", 2017), 0.3 to 5."""
    candidates = np.geomspace(0.3, 5, 200)
    return float(min(candidates, key=lambda temperature: _surprise(logits / temperature, labels)))


def _surprise(logits: Floats, labels: npt.NDArray[np.int64]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    likely = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -float(likely[np.arange(len(labels)), labels].mean())


def best_digit(probabilities: Probabilities) -> tuple[npt.NDArray[np.int64], Floats32]:
    """The likeliest of the ten digits and its probability, which junk and marks take their share of: (n,), (n,)."""
    return probabilities[:, :10].argmax(axis=1), probabilities[:, :10].max(axis=1)


def calibration_error(confidence: Floats, right: Flags, *, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width (Naeini et al., 2015), 0..1."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(which, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def read_rate(confidence: Floats, right: Flags, *, most: float) -> float:
    """The largest share that can be accepted, surest first, with at most the share `most` of them wrong.

    Equal confidences are accepted together: no threshold tells them apart.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(right) + 1)
    sure = confidence[order]
    ends = np.append(sure[1:] < sure[:-1], True)
    allowed = np.flatnonzero(ends & (wrong <= most))
    return float((allowed[-1] + 1) / len(right)) if len(allowed) else 0.0
