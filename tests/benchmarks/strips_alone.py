"""Forms that have only strips, laid by the picture of the blank form: pages laid, strips trusted, and wrong ones.

    python tests/benchmarks/strips_alone.py [--pages 6] [--seed 0] [--only scan,photo] [--json FILE]

Five forms are drawn: a payment order, a deposit slip with lines to write on, a ledger, three lines, dotted lines amid
text. Their pages are filled in, then scanned at 100 to 300 dpi, faint or in black and white, upside-down, or
photographed; or half of the page or a hand's breadth is hidden, a row is lost, a line stands lower. Pages of the other
forms and empty ones must be refused. A strip is wrong where it is trusted, but is a quarter of its height off or a
third of it hidden. First, how many of a blank form's strips `template draft` finds, half of which they cover, and what
it drafts besides.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from covered import _hand
from figures import asking, save
from photographed import photo_of
from strip_fields import CELLS, STRIPS
from strip_fields import blank as payment_order

from formreader.draft.areas import find_areas
from formreader.errors import RegistrationError
from formreader.locate.print_around import lacking_print
from formreader.printed import project
from formreader.records import Box, Gray, Scan, ScanRef
from formreader.register import register
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import write_entries
from formreader.template import Template

Strips = dict[str, Box]
Move = Callable[[np.ndarray], np.ndarray]
Harm = tuple[Gray, np.ndarray, np.ndarray]
"""A page, and of each strip how many pixels lower it stands and which share of it is hidden."""
WORDS = ["undersigned", "hereby", "applies", "for", "a", "refund", "of", "fees", "paid", "in", "excess", "under", "act"]


def _say(paper: Gray, text: str, at: tuple[float, float], size: float) -> None:
    place = round(at[0]), round(at[1])
    cv2.putText(paper, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, max(1, round(2 * size)), cv2.LINE_AA)


def _payment() -> tuple[Gray, Strips]:
    paper = payment_order()
    for cell in CELLS:
        paper[int(cell.top) - 3 : int(cell.bottom) + 4, int(cell.left) - 3 : int(cell.right) + 4] = 255
    return paper, dict(STRIPS)


def _slip() -> tuple[Gray, Strips]:
    paper, strips = np.full((640, 1240), 255, np.uint8), {}
    _say(paper, "FIRST REGIONAL BANK", (60, 70), 1.2)
    cv2.circle(paper, (1130, 80), 50, 0, 3)
    for column, names in enumerate((("account", "reference", "phone"), ("cash", "cheques", "total"))):
        for top, name in zip((170, 260, 380), names, strict=True):
            left, right = (260, 680) if not column else (860, 1180)
            _say(paper, f"{name.capitalize()}:", (left - 190, top + 55), 0.8)
            cv2.line(paper, (left, top + 60), (right, top + 60), 0, 2)
            strips[name] = Box(left, top, right, top + 64)
    _say(paper, "Form 2201, keep the copy for your records", (60, 615), 0.45)
    return paper, strips


def _ledger() -> tuple[Gray, Strips]:
    paper, strips = np.full((1500, 1100), 255, np.uint8), {}
    _say(paper, "STOCK LEDGER", (60, 80), 1.3)
    for name, left in (("Count", 240), ("Value", 640)):
        _say(paper, name, (left, 205), 0.7)
    for row in range(18):
        top = 220 + 64 * row
        _say(paper, str(row + 1), (80, top + 45), 0.7)
        for left, right in ((60, 160), (160, 500), (500, 980)):
            cv2.rectangle(paper, (left, top), (right, top + 64), 0, 2)
        strips |= {f"count_{row}": Box(160, top, 500, top + 64), f"value_{row}": Box(500, top, 980, top + 64)}
    return paper, strips


def _lines() -> tuple[Gray, Strips]:
    paper = np.full((1000, 800), 255, np.uint8)
    _say(paper, "Meter reading", (80, 90), 1.0)
    strips = {name: Box(80, top, 560, top + 74) for name, top in (("meter", 200), ("reading", 400), ("amount", 600))}
    for name, box in strips.items():
        _say(paper, name.capitalize(), (80, box.top - 12), 0.7)
        cv2.line(paper, (80, int(box.top) + 70), (560, int(box.top) + 70), 0, 2)
    return paper, strips


def _dotted() -> tuple[Gray, Strips]:
    paper, rng = np.full((1754, 1240), 255, np.uint8), np.random.default_rng(3)
    _say(paper, "APPLICATION FOR REFUND", (100, 120), 1.2)
    for top in (*range(200, 470, 34), *range(1350, 1550, 34)):
        _say(paper, " ".join(rng.permutation(WORDS)[:11]), (100, top), 0.6)
    strips = {
        name: Box(420, 560 + 170 * row, 1100, 626 + 170 * row) for row, name in enumerate(("file", "sum", "fees"))
    }
    for name, box in strips.items():
        _say(paper, name.capitalize(), (100, box.top + 60), 0.8)
        for x in range(420, 1100, 9):
            cv2.circle(paper, (x, int(box.top) + 62), 1, 0, -1)
    return paper, strips


DRAWN = {"payment": _payment, "slip": _slip, "ledger": _ledger, "lines": _lines, "dotted": _dotted}


def _form(name: str, folder: Path) -> Form:
    paper, strips = DRAWN[name]()
    cv2.imwrite(str(folder / f"{name}.png"), paper)
    fields = [
        {
            "name": field,
            "kind": "string",
            "strip": {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom},
        }
        for field, box in strips.items()
    ]
    size = {"width": paper.shape[1], "height": paper.shape[0], "dpi": 150}
    template = Template.model_validate({"name": name, **size, "fields": fields})
    return Form(template.model_copy(update={"reference": str(folder / f"{name}.png")}))


def _boxes(form: Form) -> list[Box]:
    return [field.strip.box for field in form.template.fields if field.strip]


def _hidden(page: Gray, boxes: list[Box], gone: np.ndarray, rng: np.random.Generator) -> Harm:
    page[gone] = rng.choice([255, 140, 40])
    shares = [gone[int(box.top) : int(box.bottom), int(box.left) : int(box.right)].mean() for box in boxes]
    return page, np.zeros(len(boxes)), np.array(shares)


def _half(page: Gray, boxes: list[Box], rng: np.random.Generator) -> Harm:
    y, x = np.indices(page.shape)
    along, side = ((x, page.shape[1]), (y, page.shape[0]))[int(rng.integers(2))]
    edge = rng.uniform(0.3, 0.7) * side
    return _hidden(page, boxes, along < edge if rng.random() < 0.5 else along > edge, rng)


def _by_a_hand(page: Gray, boxes: list[Box], rng: np.random.Generator) -> Harm:
    return _hidden(page, boxes, _hand(page.shape, rng), rng)


def _lower(page: Gray, boxes: list[Box], rng: np.random.Generator, *, by: int = 0, lost: bool = False) -> Harm:
    """All below the top of some strip stands lower, or what began there is lost and the rest stands higher."""
    at = int(boxes[int(rng.integers(len(boxes)))].top) - 1
    by = by or round(rng.uniform(0.2, 1.3) * boxes[0].height)
    blank = np.full((by, page.shape[1]), 255, np.uint8)
    moved = np.array([box.top > at for box in boxes])
    if not lost:
        return np.concatenate([page[:at], blank, page[at:-by]]), np.where(moved, by, 0), np.zeros(len(boxes))
    gone = np.array([(min(box.bottom, at + by) - max(box.top, at)) / box.height for box in boxes])
    return np.concatenate([page[:at], page[at + by :], blank]), np.where(moved, -by, 0), gone.clip(0)


def _row_lost(page: Gray, boxes: list[Box], rng: np.random.Generator) -> Harm:
    steps = np.diff(np.unique([box.top for box in boxes]))
    return _lower(page, boxes, rng, by=int(steps[steps > 0.5 * boxes[0].height].min()), lost=True)


def _sound(page: Gray, boxes: list[Box], rng: np.random.Generator) -> Harm:
    return page, np.zeros(len(boxes)), np.zeros(len(boxes))


KINDS = {
    "scan": _sound,
    "upside-down": _sound,
    "photo": _sound,
    "half": _half,
    "hand": _by_a_hand,
    "lower": _lower,
    "row lost": _row_lost,
    "other form": _sound,
    "empty": _sound,
}


def _scanned(page: Gray, rng: np.random.Generator, *, turned: float = 0) -> tuple[Gray, Move]:
    """At 100 to 300 dpi, a little askew and stretched, one in five in black and white, one in five faint."""
    (height, width), grow, rims = page.shape, rng.uniform(100, 300) / 150, rng.uniform(0, 60, 4)
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), turned + rng.normal(0, 1.2), 1), [0, 0, 1]])
    aside = np.array([[1, 0, rims[0]], [0, 1, rims[1]], [0, 0, 1]])
    to_scan = np.diag([grow * rng.normal(1, 0.003), grow, 1.0]) @ aside @ turn
    soft = cv2.GaussianBlur(page, (0, 0), 0.5 / grow) if grow < 1 else page
    size = round((width + rims[0] + rims[2]) * grow), round((height + rims[1] + rims[3]) * grow)
    seen = cv2.warpPerspective(soft, to_scan, size, flags=cv2.INTER_LINEAR, borderValue=(float(rng.choice([255, 60])),))
    light = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.2) * grow) + rng.normal(0, rng.uniform(1, 10), seen.shape)
    chance = rng.random()
    if chance < 0.2:
        light = np.where(light > rng.uniform(140, 200), 255.0, 0.0)
    elif chance < 0.4:
        light = 235 - (235 - np.minimum(light, 235)) * rng.uniform(0.25, 0.6)
    return np.clip(light, 0, 255).astype(np.uint8), lambda points: project(to_scan, points)


def _outcome(kind: str, form: Form, other: Form, rng: np.random.Generator) -> Counter[str]:
    shown, boxes = other if kind == "other form" else form, _boxes(form)
    assert shown.picture is not None
    page = write_entries(shown.template, shown.picture, fill_in(shown.template, rng), rng)
    page = np.full(page.shape, 240, np.uint8) if kind == "empty" else page
    page, lower, hidden = KINDS[kind](page.copy(), boxes, rng)
    seen, move = photo_of(page, rng) if kind == "photo" else _scanned(page, rng, turned=180 * (kind == "upside-down"))
    try:
        laid = register(Scan(ScanRef("drawn", "drawn"), seen), form)
    except RegistrationError:
        return Counter(refused=1)
    corners = np.array([box.corners for box in boxes], np.float64)
    truth = move((corners + np.stack([0 * lower, lower], 1)[:, None]).reshape(-1, 2)).reshape(corners.shape)
    high = np.linalg.norm(truth[:, 3] - truth[:, 0], axis=1)
    off = np.linalg.norm(on_scan(laid, corners) - truth, axis=2).max(1) / high
    lacking = lacking_print(laid, form)
    trusted = np.array([field.name not in lacking for field in form.template.fields])
    bad = (off > 0.25) | (hidden > 0.33) | (kind in ("other form", "empty"))
    return Counter(laid=1, strips=len(boxes), trusted=int(trusted.sum()), wrong=int((trusted & bad).sum()))


def _drafted(form: Form) -> dict[str, int]:
    """Strips of the form as printed, found, and drafted where none is."""
    assert form.picture is not None
    found, true = find_areas(form.picture, form.template.dpi), _boxes(form)
    hits = [sum(_alike(one, area) > 0.5 for area in found) > 0 for one in true]
    return {
        "strips": len(true),
        "found": sum(hits),
        "false": sum(all(_alike(one, a) < 0.3 for one in true) for a in found),
    }


def _alike(one: Box, other: Box) -> float:
    """What they have in common over what either has."""
    across = min(one.right, other.right) - max(one.left, other.left)
    common = max(across, 0) * max(min(one.bottom, other.bottom) - max(one.top, other.top), 0)
    return common / (one.width * one.height + other.width * other.height - common)


def main() -> None:
    asked = asking(__doc__, pages=6, seed=0, only=",".join(KINDS)).parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, dict[str, int]] = {}
    names = ("laid", "refused", "strips", "trusted", "wrong")
    with TemporaryDirectory() as folder:
        forms = {name: _form(name, Path(folder)) for name in DRAWN}
        for name, form in forms.items():
            figures[f"draft, {name}"] = _drafted(form)
            print(f"draft, {name:15}", figures[f"draft, {name}"])
        print(f"{'page':22}" + "".join(f"{name:>9}" for name in names))
        for kind in asked.only.split(","):
            for number, (name, form) in enumerate(forms.items()):
                counts: Counter[str] = Counter()
                for index in range(asked.pages):
                    other = list(forms.values())[(number + 1 + index % (len(forms) - 1)) % len(forms)]
                    counts += _outcome(kind, form, other, np.random.default_rng([asked.seed, index, number]))
                figures[f"{kind}, {name}"] = {what: counts[what] for what in names}
                print(f"{kind + ', ' + name:22}" + "".join(f"{counts[what]:9}" for what in names), flush=True)
    save(figures, asked.json)


if __name__ == "__main__":
    main()
