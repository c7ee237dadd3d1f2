"""Blank forms as offices make them: HTML and CSS, drawn by a Chromium, and where their cells are.

Nobody drew them for formreader. A design is one page; what stands in it with `data-f` is a cell of that field.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.records import Gray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from browser import browser

PAPER = {"A4": (210, 297), "A4 landscape": (297, 210), "A5": (148, 210), "A5 landscape": (210, 148)}
PAPER |= {"A6 landscape": (148, 105), "letter": (216, 279)}
"""Width and height in millimetres."""
WORDS = (
    "Please complete this form in block figures with a dark pen and return it to the office named overleaf before "
    "the end of the month. Incomplete forms cannot be processed. Keep a copy for your own records. "
)
BASE = """
* { box-sizing: border-box } body { margin: 0; padding: 12mm; font: 9.5pt 'Liberation Sans'; position: relative }
i { display: inline-block; width: 6mm; height: 8mm; border: .25mm solid #000; vertical-align: middle;
    position: relative; font: 5pt 'Liberation Sans'; text-align: center; color: #555 }
.r { margin: 3.2mm 0; white-space: nowrap } .r > b { display: inline-block; width: 42mm; font-weight: normal }
h1 { font-size: 15pt; margin: 0 0 3mm } p { margin: 2mm 0; font-size: 8pt } table { border-collapse: collapse }
td, th { border: .25mm solid #000; padding: 0 1mm; font-weight: normal; height: 7mm }
.t > i { margin-right: -.25mm } .q { width: 22mm; height: 22mm; display: grid; grid-template-columns: repeat(11, 1fr) }
.q s { background: #000; text-decoration: none }
"""
FIND = """() => [...document.querySelectorAll('[data-f]')].map(e => { const b = e.getBoundingClientRect();
  const s = getComputedStyle(e), w = e.tagName == 'TD' ? [0, 0, 0, 0] :
    ['Left', 'Top', 'Right', 'Bottom'].map(k => parseFloat(s['border' + k + 'Width']) / 2);
  return [e.dataset.f, b.left + w[0], b.top + w[1], b.right - w[2], b.bottom - w[3]] })"""


@dataclass(frozen=True)
class Blank:
    """A blank form as it comes from the printer."""

    name: str
    gray: Gray
    dpi: int
    fields: dict[str, np.ndarray]
    """(n, 4) left, top, right, bottom of each field's cells, in pixels, on the middle of their printed lines."""


def cells(name: str, count: int, *, letters: str = "", between: dict[int, str] | None = None) -> str:
    """`letters`: small print in the cells; `between`: what is printed before the cell of that number."""
    print_ = letters.ljust(count)
    told = between or {}
    return "".join(f"{told.get(at, '')}<i data-f='{name}'>{print_[at].strip()}</i>" for at in range(count))


def row(label: str, *parts: str, kind: str = "r") -> str:
    return f"<div class='{kind}'><b>{label}</b>{' '.join(parts)}</div>"


def rows(labels: Iterable[str], counts: Iterable[int], kind: str = "r") -> str:
    return "".join(row(label, cells(label.lower(), n), kind=kind) for label, n in zip(labels, counts, strict=True))


def grid(name: str, down: int, groups: tuple[int, ...], *, label: str = "Item", head: str = "") -> str:
    """A table whose lines hold groups of cells that are themselves columns of the table."""
    lines = []
    for line in range(down):
        own = "<td style='border:0;width:3mm'></td>".join(
            "".join(f"<td class=c data-f='{name}-{line}-{at}'></td>" for _ in range(n)) for at, n in enumerate(groups)
        )
        lines.append(f"<tr><td style='width:44mm'>{label} {line + 1}</td>{own}</tr>")
    return f"<table>{head}{''.join(lines)}</table>"


def code(seed: int) -> str:
    """What looks like a QR code."""
    dots = np.random.default_rng(seed).integers(0, 2, (11, 11))
    for y, x in ((0, 0), (0, 8), (8, 0)):
        dots[y : y + 3, x : x + 3] = [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    return "<div class=q>" + "".join("<s></s>" if dot else "<u></u>" for dot in dots.ravel()) + "</div>"


def bars(seed: int) -> str:
    wide = np.random.default_rng(seed).integers(1, 4, 60)
    return "<div style='height:11mm;display:flex'>" + "".join(
        f"<s style='width:{w * 0.3}mm;background:{'#000' if at % 2 else '#fff'}'></s>" for at, w in enumerate(wide)
    ) + "</div>"  # fmt: skip


def rendered(names: Iterable[str], dpi: Callable[[str], int]) -> Iterator[Blank]:
    from designed import DESIGNS, PRINTED, SHADED, TABLES

    with browser() as chromium:
        for name in names:
            paper, css, body = (DESIGNS | SHADED | PRINTED | TABLES)[name]
            across, down = PAPER[paper]
            size = {"width": round(across / 25.4 * 96), "height": round(down / 25.4 * 96)}
            page = chromium.new_page(viewport=size, device_scale_factor=dpi(name) / 96)
            page.set_content(f"<meta charset=utf-8><style>{BASE}{css}</style><body>{body}</body>")
            shot = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
            fields: dict[str, list[list[float]]] = {}
            for field, *box in page.evaluate(FIND):
                fields.setdefault(field, []).append([side * dpi(name) / 96 for side in box])
            page.close()
            yield Blank(
                name, np.asarray(shot, np.uint8), dpi(name), {f: np.array(sorted(b)) for f, b in fields.items()}
            )
