"""Draw the cheques sample again: six designs of the project's own, filled in. Run: python samples/draw_cheques.py"""

import csv
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.batch import process
from formreader.records import Gray
from formreader.template import load_templates

HERE = Path(__file__).parent / "cheques"
SIZE = 1600, 720


@dataclass(frozen=True)
class Design:
    """One bank's cheque and what is written on it."""

    name: str
    bank: str
    box: tuple[int, int, int, int] | None
    """Left, top, right, bottom of the amount's box; None where only a ruled line stands there."""
    amount: str
    value: str
    dated: str = ""
    """Eight digits in boxes; empty where the cheque has none."""
    tint: int = 245
    table: int | None = None
    """Gray of the table around a photographed cheque; None for a scan."""
    struck: bool = False


DESIGNS = (
    Design("harbour", "HARBOUR BANK", (1120, 262, 1540, 342), "450.27", "450.27", "23052024"),
    Design("meadow", "MEADOW SAVINGS", (1140, 250, 1520, 330), "1,234.50", "1234.50", tint=228),
    Design("granite", "GRANITE TRUST", (1060, 270, 1540, 350), "", "", "09112023"),
    Design("willow", "WILLOW CREDIT UNION", (1120, 262, 1540, 342), "863.75", "863.75", table=60),
    Design("lantern", "LANTERN BANK", (1120, 262, 1540, 342), "297.40", "297.40", "17012025", struck=True),
    Design("orchard", "ORCHARD BANK", (1100, 255, 1540, 340), "-58.20", "-58.20", "30062024"),
)


def draw(design: Design, rng: np.random.Generator) -> Gray:
    """The cheque as scanned or photographed."""
    sheet = np.full((SIZE[1], SIZE[0]), design.tint, np.uint8)
    _guilloche(sheet, design.tint - 14)
    cv2.putText(sheet, design.bank, (60, 92), cv2.FONT_HERSHEY_COMPLEX, 1.4, 50, 3, cv2.LINE_AA)
    for label, top in (("Pay", 228), ("Sum of", 308)):
        cv2.putText(sheet, label, (60, top - 8), cv2.FONT_HERSHEY_DUPLEX, 0.7, 70, 1, cv2.LINE_AA)
        cv2.line(sheet, (170, top), (1030, top), 80, 2)
    if design.box:
        cv2.rectangle(sheet, design.box[:2], design.box[2:], 60, 2)
        _write(sheet, design.amount, design.box[0] + 40, design.box[3] - 22, rng)
        if design.struck:
            y = (design.box[1] + design.box[3]) // 2
            cv2.line(sheet, (design.box[0] + 24, y + 6), (design.box[0] + 330, y - 4), 35, 4, cv2.LINE_AA)
    if design.dated:
        _date(sheet, design.dated, rng)
    cv2.line(sheet, (1080, 560), (1540, 560), 80, 2)
    noisy = cv2.GaussianBlur(sheet, (3, 3), 0) + rng.normal(0, 3, sheet.shape)
    sheet = np.clip(noisy, 0, 255).astype(np.uint8)
    return sheet if design.table is None else _photographed(sheet, design.table)


def _guilloche(sheet: Gray, gray: int) -> None:
    x = np.arange(0, SIZE[0], 4)
    for phase in np.linspace(0, np.pi, 9):
        y = 400 + 150 * np.sin(x / 60 + phase) * np.cos(x / 300 + phase)
        cv2.polylines(sheet, [np.stack([x, y], 1).astype(np.int32)], False, gray, 1, cv2.LINE_AA)


def _date(sheet: Gray, digits: str, rng: np.random.Generator) -> None:
    for index in range(9):
        cv2.line(sheet, (1200 + 40 * index, 50), (1200 + 40 * index, 92), 70, 2)
    for y in (50, 92):
        cv2.line(sheet, (1200, y), (1520, y), 70, 2)
    for index, digit in enumerate(digits):
        _write(sheet, digit, 1210 + 40 * index, 84, rng, size=0.95, thick=3)


def _write(
    sheet: Gray, text: str, left: int, base: int, rng: np.random.Generator, *, size: float = 1.7, thick: int = 4
) -> None:
    """By a pen that moves a little off the line."""
    for character in text:
        at = left, base + int(rng.integers(-2, 3))
        cv2.putText(sheet, character, at, cv2.FONT_HERSHEY_SIMPLEX, size, 35, thick, cv2.LINE_AA)
        left += cv2.getTextSize(character, cv2.FONT_HERSHEY_SIMPLEX, size, thick)[0][0] + int(rng.integers(4, 9))


def _photographed(sheet: Gray, table: int) -> Gray:
    """Seen from a little aside, on a table."""
    width, height = SIZE
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[120, 150], [1730, 110], [1760, 860], [90, 830]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(sheet, matrix, (1850, 980), borderValue=table), np.uint8)


def main() -> None:
    shutil.rmtree(HERE / "scans", ignore_errors=True)
    (HERE / "scans").mkdir(parents=True)
    rows = []
    for index, design in enumerate(DESIGNS):
        picture = draw(design, np.random.default_rng(index))
        name = f"{design.name}.jpg"
        cv2.imwrite(str(HERE / "scans" / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 55])
        rejected = int(design.struck or design.value.startswith("-"))
        rows.append([name, 1, "amount", design.value, rejected])
        rows.append([name, 1, "date", design.dated, 0])
        rows.append([name, 1, "micr", "", 0])
    with (HERE / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([["file", "page", "field", "value", "reject"], *sorted(rows)])
    template = next(iter(load_templates("cheque").values()))
    with tempfile.TemporaryDirectory() as folder:  # what else is left beside a table is of no use here
        process([HERE / "scans"], template=template, output=Path(folder) / "expected.csv", jobs=1)
        shutil.copy(Path(folder) / "expected.csv", HERE / "expected.csv")


if __name__ == "__main__":
    main()
