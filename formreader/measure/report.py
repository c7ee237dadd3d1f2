"""What was measured, as one HTML page that opens anywhere: figures, pictures, every misread digit."""

import hashlib
import io
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from formreader.atomic import written_whole
from formreader.classify import LABELS
from formreader.classify.calibration import best_digit
from formreader.dataset import DigitSet
from formreader.errors import writing
from formreader.measure import figures
from formreader.records import Digits, Probabilities

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXPLAINED = {
    "n": "digits measured",
    "error": "share whose likeliest digit is wrong",
    "not_a_digit": "share whose likeliest label is no digit at all; in reading these are rejected",
    "ece": "expected calibration error: how far confidence is from the share that is right",
    "read_rate_at_0.1pct_error": "largest share that can be accepted, surest first, with at most 0.1 % of it wrong",
    "wrong_at_0.9": "wrong digits that are at least 90 % sure",
    "us_per_digit": "microseconds to classify one digit, here and now",
}

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1d2530 }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem } .note { color: #5b6675 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0 }
tr { border-bottom: 1px solid #e3e7ec } td.n { font-variant-numeric: tabular-nums; white-space: nowrap }
img { max-width: 100%; height: auto } code { font-size: .85em; overflow-wrap: anywhere }
"""


@dataclass(frozen=True)
class Measured:
    """Digits with known truth, and what a model made of them."""

    digits: DigitSet
    normalized: Digits
    probabilities: Probabilities
    """(n, labels)"""
    figures: Mapping[str, Any]
    model: Mapping[str, Any]
    """What the model file says about itself: `file`, `sha256`, `bytes`."""


def write_report(folder: Path, measured: Measured) -> Path:
    """Write `folder`/index.html, making the folder where needed. Raises UsageError where it cannot be written."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(folder / "index.html") as page:
            page.write_text(_page(measured), encoding="utf-8")
    return folder / "index.html"


def _page(measured: Measured) -> str:
    name = escape(measured.digits.name)
    parts = [_identity(measured), _figures(measured.figures), _by_digit(measured), *_pictures(measured)]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Digit model on {name}</title>'
        f"<style>{STYLE}</style></head><body><h1>Digit model on {name}</h1>{''.join(parts)}</body></html>\n"
    )


def _identity(measured: Measured) -> str:
    model, digits = measured.model, measured.digits
    images = hashlib.sha256(digits.images.tobytes()).hexdigest()
    return (
        f'<p class="note">Model <b>{escape(Path(str(model["file"])).name)}</b>, {model["bytes"]:,} bytes, sha256 '
        f"<code>{model['sha256']}</code><br>Digits <b>{escape(digits.name)}</b>, sha256 of the file "
        f"<code>{digits.sha256 or 'unknown'}</code>, of the images measured <code>{images}</code></p>"
    )


def _figures(values: Mapping[str, Any]) -> str:
    rows = [
        f'<tr><td>{escape(name)}</td><td class="n">{_shown(name, value)}</td><td>{EXPLAINED.get(name, "")}</td></tr>'
        for name, value in values.items()
    ]
    return f"<h2>Figures</h2><table>{''.join(rows)}</table>"


def _shown(name: str, value: float) -> str:
    if name == "us_per_digit":
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2%}"


def _by_digit(measured: Measured) -> str:
    labels = measured.digits.labels
    best, confidence = best_digit(measured.probabilities)
    rows = []
    for digit in range(10):
        own = labels == digit
        wrong = best[own & (best != digit)]
        taken = np.bincount(wrong, minlength=10)
        most = f"{taken.argmax()} ({taken.max()} times)" if len(wrong) else "-"
        sure = f"{confidence[own].mean():.2%}" if own.any() else "-"
        cells = (digit, f"{own.sum():,}", len(wrong), most, sure)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "<tr><th>digit</th><th>n</th><th>wrong</th><th>mostly read as</th><th>mean confidence</th></tr>"
    return f"<h2>Digit by digit</h2><table>{head}{''.join(rows)}</table>"


def _pictures(measured: Measured) -> list[str]:
    best, confidence = best_digit(measured.probabilities)
    right = best == measured.digits.labels
    counts = figures.confusion_counts(measured.digits.labels, measured.probabilities)
    misread, note = figures.misread_sheet(measured.digits, measured.normalized, best, confidence)
    return [
        _picture("Confusion", figures.confusion(counts, LABELS[:10], LABELS), "Colour shows errors only."),
        _picture(
            "Reliability",
            figures.reliability(confidence, right),
            "On the diagonal a digit that is 90 % sure is right 90 times in 100. Bars: how many digits are so sure.",
        ),
        _picture(
            "Error and reject",
            figures.error_reject(confidence, right),
            "What accepting a share of the digits, surest first, costs in errors.",
        ),
        _picture("Misread digits", misread, note) if misread else f"<h2>Misread digits</h2><p>{note}</p>",
    ]


def _picture(title: str, figure: "Figure", note: str) -> str:
    content = io.BytesIO()
    figure.savefig(content, dpi=110, metadata={"Software": None})
    data = b64encode(content.getvalue()).decode()
    return f'<h2>{title}</h2><p class="note">{note}</p><img alt="{title}" src="data:image/png;base64,{data}">'
