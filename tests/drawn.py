"""Forms and pages drawn for tests, with known truth: where every cell lies on the scan, what is written in it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import project
from formreader.records import Gray, Scan, ScanRef
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.template import Template


def cells(count: int, left: int, top: int, width: int = 44, height: int = 52, *, gap: int = 0) -> list[dict[str, int]]:
    """A row of cells as a template has them, so many pixels apart."""
    lefts = [left + (width + gap) * i for i in range(count)]
    return [{"left": x, "top": top, "right": x + width, "bottom": top + height} for x in lefts]


FORM = Template.model_validate(
    {
        "name": "order",
        "width": 800,
        "height": 1000,
        "dpi": 100,
        "fields": [
            {"name": "customer", "required": True, "cells": cells(6, 60, 80)},
            {"name": "pieces", "cells": cells(3, 560, 220), "fill_marks": True},
            {"name": "boxes", "cells": cells(3, 560, 330), "fill_marks": True},
            {"name": "total", "cells": cells(4, 516, 480)},
            {"name": "price", "kind": "amount", "decimals": 2, "cells": cells(6, 120, 700)},
            {"name": "clerk", "cells": cells(2, 300, 880)},
        ],
        "rules": [{"name": "total", "sum": ["pieces", "boxes"], "equals": "total"}],
    }
)

TABLE = Template.model_validate(
    {
        "name": "marks",
        "width": 700,
        "height": 1000,
        "dpi": 100,
        "fields": [{"name": f"row_{row}", "cells": cells(3, 300, 120 + 56 * row, 48, 56)} for row in range(14)],
    }
)
"""Identical rows without a gap: a page that fits nearly as well one row off."""


@dataclass(frozen=True)
class Drawn:
    """A drawn scan and where it really lies."""

    scan: Scan
    to_scan: npt.NDArray[np.float64]
    """Template pixels -> scan pixels."""
    values: dict[str, str]
    """Field name -> what was written."""


def scan_of(gray: Gray, name: str = "drawn.png") -> Scan:
    return Scan(ScanRef(name, name), gray)


def soft_scan(gray: Gray, name: str = "form.png") -> Scan:
    """At 96 dots an inch, a little soft, with a little noise."""
    noisy = cv2.GaussianBlur(gray, (0, 0), 0.6) + np.random.default_rng(0).normal(0, 2, gray.shape)
    return Scan(ScanRef(name, name), np.clip(noisy, 0, 255).astype(np.uint8), 96.0)


def filled(template: Template = FORM, *, seed: int = 0, dpi: float = 150) -> tuple[Gray, dict[str, str]]:
    """A filled form without any scanner's fault, and its values."""
    rng = np.random.default_rng(seed)
    entries = fill_in(template, rng)
    page = write_entries(template, blank_form(template, dpi=dpi), entries, rng)
    return page, {entry.field: entry.value for entry in entries}


def scanned(
    template: Template = FORM,
    *,
    seed: int = 0,
    dpi: float = 150,
    degrees: float = 0.0,
    grow: float = 1.0,
    shift: tuple[float, float] = (0, 0),
    perspective: tuple[float, float] = (0, 0),
    noise: float = 4.0,
) -> Drawn:
    """A filled form, laid askew on the scanner. `shift` in pixels; `perspective` in shares of the page."""
    page, values = filled(template, seed=seed, dpi=dpi)
    height, width = page.shape
    move = np.eye(3)
    move[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, grow)
    move[:2, 2] += shift
    bend = np.eye(3)
    bend[2, :2] = perspective[0] / width, perspective[1] / height
    move = move @ bend
    gray = cv2.warpPerspective(page, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=255).astype(np.float64)
    gray += np.random.default_rng(seed).normal(0, noise, gray.shape)
    zoom = np.diag([dpi / template.dpi, dpi / template.dpi, 1.0])
    return Drawn(scan_of(np.clip(gray, 0, 255).astype(np.uint8)), move @ zoom, values)


def cell_errors(drawn: Drawn, template: Template, corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(n,) how far the middle of each found cell (n, 4, 2) is from where it was drawn, in scan pixels."""
    truth = project(drawn.to_scan, np.array([box.corners for _, _, box in template.cells()]))
    return np.asarray(np.linalg.norm(corners.mean(1) - truth.mean(1), axis=1))
