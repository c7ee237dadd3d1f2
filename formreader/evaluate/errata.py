"""A results table against the truth as one HTML page that opens anywhere: figures, and the crop of every error."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from formreader.atomic import written_whole
from formreader.errors import writing
from formreader.evaluate.curve import CurvePoint, curve
from formreader.evaluate.outcome import Outcome
from formreader.evaluate.rejections import Rejections
from formreader.evaluate.results import Evaluation
from formreader.measure.report import STYLE
from formreader.review.pictures import Pictures
from formreader.review.sources import Sources

OWN_STYLE = """
figure { margin: 0 0 1.5rem } figcaption { margin-bottom: .3rem } figure img { border: 1px solid #cfd5dc }
figure img { display: block } figure div { position: relative; width: fit-content }
figure i { position: absolute; border-bottom: 3px solid #1a6fe0 }
th:not(:first-child), td.n { text-align: right }
.axis { font-size: 11px; fill: #5b6675 }
:root { color-scheme: light dark }
.silent { color: #b00020; font-weight: 600 } svg { max-width: 100%; background: #f7f8fa }
td.off { background: #fde7ea }
@media (prefers-color-scheme: dark) {
  body { background: #15171a; color: #eceef1 } tr { border-color: #3a3f47 } .note { color: #a3aab5 }
  svg { background: #1f2226 } .axis { fill: #a3aab5 } td.off { background: #4d1c19 } .silent { color: #ff9d94 }
}
"""


def write_report(evaluation: Evaluation, sources: Sources, folder: Path, *, most: int = 400) -> Path:
    """Write `folder`/index.html, making the folder where needed; returns its path. At most `most` errors are shown.

    Raises UsageError where it cannot be written.
    """
    pictures = Pictures(sources)
    errors = sorted(filter(_wrong, evaluation.outcomes), key=lambda o: (not o.silent_error, o.file, o.page))
    parts = [
        *(f'<p class="note">{escape(note)}</p>' for note in sources.notes),
        _figures(evaluation),
        _rejected(evaluation.rejected),
        _curve(curve(evaluation.outcomes)),
        _confusion(evaluation.confusion),
        _errors(errors[:most], len(errors), pictures),
    ]
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Results against truth</title>'
        f"<style>{STYLE}{OWN_STYLE}</style></head><body><h1>Results against truth</h1>{''.join(parts)}</body></html>\n"
    )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(folder / "index.html") as unfinished:
            unfinished.write_text(page, encoding="utf-8")
    return folder / "index.html"


def _wrong(outcome: Outcome) -> bool:
    """Trusted though wrong, or not trusted and misread; what was to be rejected and was is none."""
    return outcome.silent_error or (not outcome.right and not outcome.must_reject)


def _figures(evaluation: Evaluation) -> str:
    (low, high), (forms, forms_right) = evaluation.silent_rate, evaluation.forms
    head = ("field", "fields", "right", "read rate", "silent errors", "digits right")
    rows = [
        (name, of.fields, of.right, _percent(of.read_rate), of.silent_errors, _percent(of.digit_accuracy))
        for name, of in [
            *((name, evaluation.by_field[name]) for name in evaluation.worst),
            ("all fields", evaluation.total),
        ]
    ]
    says = (
        f"Silent errors among the accepted fields: 95 % interval {low:.3%} to {high:.3%}. Forms with every field "
        f"right: {forms_right} of {forms}. Expected calibration error: {_percent(evaluation.calibration_error)}."
    )
    return f"<h2>Figures, worst fields first</h2>{_table(head, rows)}<p>{says}</p>"


def _rejected(rejected: Rejections) -> str:
    if not rejected.reasons:
        return ""
    rows = [(reason, *counts) for reason, counts in rejected.reasons.items()]
    rows.append(("fields rejected", rejected.sound_rejected, rejected.unsound_rejected))
    rows.append(("of all", rejected.sound, rejected.unsound))
    note = (
        '<p class="note">Fields that must be rejected say nothing that anybody could read, or contradict another on '
        "the paper itself. They count in no read rate. A field may have several reasons.</p>"
    )
    return f"<h2>Rejected</h2>{note}{_table(('reason', 'may be accepted', 'must be rejected'), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr><td>{escape(str(name))}</td>"
        + "".join(f'<td class="n">{escape(str(cell))}</td>' for cell in counts)
        + "</tr>"
        for name, *counts in rows
    )
    return f"<table><tr>{first}</tr>{body}</table>"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _curve(points: Sequence[CurvePoint], *, width: int = 640, height: int = 240) -> str:
    """Wrong among the accepted against the share rejected, as a picture of lines."""
    highest = max((point.error for point in points), default=0.0) or 1.0
    path = " ".join(f"{point.rejected * width:.1f},{height - point.error / highest * height:.1f}" for point in points)
    return (
        "<h2>Error and reject</h2>"
        f'<p class="note">Across: share rejected. Up: wrong among the accepted, 0 to {highest:.2%}.</p>'
        f'<svg viewBox="-52 -10 {width + 72} {height + 32}" width="{width}" role="img" aria-label="error-reject curve">'
        f"{_axes(width, height, highest)}"
        f'<polyline points="{path}" fill="none" stroke="#3a8be0" stroke-width="2"/></svg>'
    )


def _axes(width: int, height: int, highest: float) -> str:
    """Lines and labels at every fifth of the share rejected, and every quarter of the errors."""
    lines = []
    for part in range(6):
        x = part * width / 5
        lines.append(f'<line x1="{x}" x2="{x}" y1="0" y2="{height}" stroke="#8884"/>')
        lines.append(f'<text class="axis" x="{x}" y="{height + 16}" text-anchor="middle">{part / 5:.0%}</text>')
    for part in range(5):
        y = height - part * height / 4
        lines.append(f'<line x1="0" x2="{width}" y1="{y}" y2="{y}" stroke="#8884"/>')
        lines.append(f'<text class="axis" x="-6" y="{y + 4}" text-anchor="end">{part / 4 * highest:.2%}</text>')
    return "".join(lines)


def _confusion(counts: dict[str, dict[str, int]]) -> str:
    digits = "0123456789"
    rows = "".join(
        f"<tr><th>{true}</th>"
        + "".join(
            f'<td class="n{" off" if read != true and counts.get(true, {}).get(read) else ""}">'
            f"{counts.get(true, {}).get(read, '')}</td>"
            for read in digits
        )
        + "</tr>"
        for true in digits
    )
    head = "".join(f"<th>{digit}</th>" for digit in digits)
    note = '<p class="note">Down: true digit. Across: read.</p>'
    return f"<h2>Confusion</h2>{note}<table><tr><th></th>{head}</tr>{rows}</table>"


def _errors(errors: Sequence[Outcome], count: int, pictures: Pictures) -> str:
    if not errors:
        return "<h2>Errors</h2><p>None: every field was read right.</p>"
    note = f"{count} fields misread or trusted though wrong; {len(errors)} are shown, silent errors first."
    return f"<h2>Errors</h2><p>{note}</p>{''.join(_figure(error, pictures) for error in errors)}"


def _figure(error: Outcome, pictures: Pictures) -> str:
    picture = pictures.field(error.file, str(error.page), error.field, width=700, height=180)
    data = b64encode(picture.jpeg).decode()
    marks = "".join(_mark(*box) for box in picture.boxes)
    image = f'<img alt="" src="data:image/jpeg;base64,{data}">{marks}' if data else f"<p>{escape(picture.note)}</p>"
    truth = "to be rejected" if error.must_reject else f"is {error.truth or 'blank'}"
    says = (
        f"{error.file} page {error.page} {error.field}: {error.status} as {error.value or 'blank'}, {truth} "
        f"({error.confidence:.4f}{', ' if error.reasons else ''}{';'.join(error.reasons)})"
    )
    silent = '<span class="silent">silent error</span> ' if error.silent_error else ""
    return f"<figure><figcaption>{silent}{escape(says)}</figcaption><div>{image}</div></figure>"


def _mark(left: float, top: float, width: float, height: float) -> str:
    """A line under a cell, in shares of the picture's sides."""
    place = {"left": left, "top": top, "width": width, "height": height}
    return f'<i style="{";".join(f"{side}:{share:.2%}" for side, share in place.items())}"></i>'
