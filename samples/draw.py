"""Draw every sample again: blank form, template, filled scans and their truth. Run: python samples/draw.py

Everything is drawn by formreader itself from fixed seeds; nothing here was written or scanned by anybody.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from formreader.records import Gray
from formreader.simulate import FilledForm, draw_form, save_forms, write_truth
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import Faults
from formreader.template import (
    Area,
    ChecksumRule,
    DateRule,
    Field,
    LengthRule,
    RangeRule,
    SumRule,
    Template,
    load_template,
    save_template,
)

HERE = Path(__file__).parent
DPI = 150
OFFICE = Faults(noise=3.0, blur=0.6, skew=2.0, fade=0.3, gain=0.35, shade=0.25, upside_down=0.0, one_bit=0.0)
UPSIDE_DOWN = replace(OFFICE, upside_down=1.0)
FAINT = replace(OFFICE, fade=0.7, gain=0.1)
FAX = replace(OFFICE, one_bit=1.0, noise=0.0, fade=0.1, gain=0.1, shade=0.05)


@dataclass(frozen=True)
class Plan:
    """One filled form of a sample."""

    mistakes: tuple[str, ...] = ()
    faults: Faults = OFFICE


SLIPS = {
    "jpg": [
        Plan(),
        Plan(("blank",)),
        Plan(("broken_checksum",)),
        Plan(("crossed_out",)),
        Plan((), UPSIDE_DOWN),
        Plan(("broken_sum",)),
        Plan(("scribble",)),
        Plan((), FAINT),
    ],
    "tif": [Plan((), FAX), Plan(("broken_date",), FAX)],
    "pdf": [Plan(("blank",)), Plan(("crossed_out",), FAINT)],
}
SHEETS = {
    "jpg": [
        Plan(),
        Plan(("blank",)),
        Plan(("broken_sum",)),
        Plan(("crossed_out",)),
        Plan(("scribble",), UPSIDE_DOWN),
        Plan(("blank",)),
        Plan((), FAINT),
        Plan(("missing",)),
    ],
    "tif": [Plan((), FAX), Plan(("blank",), FAX)],
    "pdf": [Plan(), Plan(("broken_sum",))],
}


CLAIMS = {
    "jpg": [
        Plan(),
        Plan(("blank",)),
        Plan(("broken_sum",)),
        Plan(("crossed_out",)),
        Plan((), UPSIDE_DOWN),
        Plan(("scribble",)),
        Plan(("blank",), FAINT),
        Plan(("broken_date",)),
    ],
    "tif": [Plan((), FAX), Plan(("broken_sum",), FAX)],
    "pdf": [Plan(("blank",)), Plan(("missing",))],
}


class Sheet:
    """A blank form to print on, in template pixels, drawn four times finer."""

    finer = 4

    def __init__(self, width: int, height: int) -> None:
        self._paper = np.full((height * self.finer, width * self.finer), 255, np.uint8)

    def picture(self) -> Gray:
        height, width = (side // self.finer for side in self._paper.shape)
        return np.asarray(cv2.resize(self._paper, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    def fill(self, left: float, top: float, right: float, bottom: float, *, gray: int) -> None:
        cv2.rectangle(self._paper, self._at(left, top), self._at(right, bottom), gray, cv2.FILLED)

    def line(self, left: float, top: float, right: float, bottom: float, *, width: float = 1.5, gray: int = 60) -> None:
        thick = max(round(width * self.finer), 1)
        cv2.line(self._paper, self._at(left, top), self._at(right, bottom), gray, thick, cv2.LINE_AA)

    def text(self, text: str, left: float, base: float, *, size: float = 14, bold: float = 1.6, gray: int = 40) -> None:
        """`size` is the height of a capital; serifs where it is 18 or more."""
        font = cv2.FONT_HERSHEY_COMPLEX if size >= 18 else cv2.FONT_HERSHEY_DUPLEX
        scale = size * self.finer / 21
        cv2.putText(self._paper, text, self._at(left, base), font, scale, gray, round(bold * self.finer), cv2.LINE_AA)

    def waves(self, left: float, top: float, right: float, bottom: float, *, gray: int = 205) -> None:
        """A fine guilloche, as banks print behind their name."""
        x = np.linspace(left, right, 400)
        for phase in np.linspace(0, np.pi, 7):
            y = (top + bottom) / 2 + (bottom - top) / 2 * np.sin(x / 34 + phase) * np.cos(x / 190 + phase)
            points = np.rint(np.stack([x, y], -1) * self.finer).astype(np.int32)
            cv2.polylines(self._paper, [points], False, gray, 2, cv2.LINE_AA)

    def comb(
        self, left: int, top: int, groups: Sequence[int], *, width: int = 48, height: int = 56, gap: int = 20
    ) -> list[Area]:
        """Cells side by side that share their lines, `gap` between groups; gives them as the template has them."""
        cells = []
        for count in groups:
            for _ in range(count):
                cells.append(Area(left=left, top=top, right=left + width, bottom=top + height))
                for x in (left, left + width):
                    self.line(x, top, x, top + height)
                left += width
            for y in (top, top + height):
                self.line(left - count * width, y, left, y)
            left += gap
        return cells

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self.finer), round(y * self.finer)


def deposit_slip() -> tuple[Template, Gray]:
    """A bank's paying-in slip: account with a check digit, date, three amounts and their total."""
    sheet = Sheet(1240, 600)
    sheet.waves(40, 36, 1200, 104)
    sheet.text("RIVERSIDE SAVINGS BANK", 60, 80, size=26, bold=2.4)
    sheet.text("Deposit slip", 1010, 80, size=20, bold=1.8)
    sheet.line(40, 112, 1200, 112, width=3)
    sheet.text("Account number", 60, 172)
    account = sheet.comb(60, 186, [10])
    sheet.text("Date", 60, 312)
    date = sheet.comb(60, 326, [2, 2, 4])
    for label, left in (("day", 84), ("month", 190), ("year", 340)):
        sheet.text(label, left, 406, size=10, bold=1.1)
    sheet.line(60, 530, 500, 530, width=1.2)
    sheet.text("Signature", 60, 554, size=10, bold=1.1)
    sheet.fill(620, 420, 1200, 520, gray=236)
    amounts = {}
    for name, top in (("notes", 150), ("coins", 238), ("cheques", 326), ("total", 442)):
        sheet.text(name.capitalize(), 640, top + 38, size=16, bold=2.2 if name == "total" else 1.6)
        amounts[name] = sheet.comb(800, top, [5, 2], width=50)
        sheet.text(",", 1054, top + 54, size=16, bold=2.4)
    sheet.line(620, 408, 1200, 408, width=1.2)
    fields = [Field(name="account", required=True, cells=account)]
    parts = {"day": date[:2], "month": date[2:4], "year": date[4:]}
    fields += [Field(name=name, required=True, cells=cells) for name, cells in parts.items()]
    fields += [
        Field(name=name, kind="amount", decimals=2, required=name == "total", cells=cells)
        for name, cells in amounts.items()
    ]
    rules = [
        ChecksumRule(name="check digit", checksum="luhn", field="account"),
        DateRule(name="date", date=["day", "month", "year"], earliest="2020-01-01", latest="2029-12-31"),
        SumRule(name="total", sum=["notes", "coins", "cheques"], equals="total"),
    ]
    return _template("deposit-slip", sheet, fields, rules), sheet.picture()


def score_sheet() -> tuple[Template, Gray]:
    """An examiner's sheet: candidate number, marks for eight tasks and their sum."""
    sheet = Sheet(880, 1240)
    sheet.text("EXAMINATION SCORE SHEET", 60, 96, size=24, bold=2.2)
    sheet.line(60, 116, 820, 116, width=3)
    sheet.text("Candidate", 60, 202, size=16)
    fields = [Field(name="candidate", required=True, cells=sheet.comb(240, 166, [6]))]
    sheet.fill(60, 270, 820, 322, gray=225)
    for title, left in (("Task", 90), ("Out of", 330), ("Mark", 610)):
        sheet.text(title, left, 304, size=15, bold=1.9)
    most = (10, 12, 15, 8, 20, 12, 10, 13)
    for row, limit in enumerate(most):
        top = 322 + 90 * row
        sheet.text(f"{row + 1}", 110, top + 54, size=18)
        sheet.text(f"{limit}", 350, top + 54, size=18)
        sheet.line(60, top + 90, 820, top + 90, width=1.2, gray=110)
        fields.append(Field(name=f"task_{row + 1}", fill_marks=True, cells=sheet.comb(600, top + 17, [2], width=52)))
    for x in (60, 220, 480, 820):
        sheet.line(x, 270, x, 322 + 90 * len(most), width=1.2, gray=110)
    sheet.text("Total", 330, 1138, size=20, bold=2.4)
    fields.append(Field(name="total", required=True, fill_marks=True, cells=sheet.comb(548, 1100, [3], width=52)))
    sheet.text("Cross out cells that are not needed. Correct a mark by striking it out.", 60, 1208, size=9, bold=1.0)
    tasks = [f"task_{row + 1}" for row in range(len(most))]
    rules = [RangeRule(name="candidate", field="candidate", minimum=100_000)]
    rules += [
        RangeRule(name=f"{task} range", field=task, minimum=0, maximum=limit)
        for task, limit in zip(tasks, most, strict=True)
    ]
    return _template(
        "score-sheet", sheet, fields, [*rules, SumRule(name="total", sum=tasks, equals="total")]
    ), sheet.picture()


def expense_claim() -> tuple[Template, Gray]:
    """What an employee spent, without boxes: a number and a date on lines, amounts in a table's column, their sum."""
    sheet = Sheet(1000, 1120)
    sheet.text("EXPENSE CLAIM", 60, 96, size=24, bold=2.2)
    sheet.line(60, 116, 940, 116, width=3)
    fields = []
    for name, label, left in (("employee", "Employee number", 60), ("date", "Date (day.month.year)", 520)):
        sheet.text(label, left, 166, size=13)
        sheet.line(left, 246, left + 420, 246, width=1.2)
        area = Area(left=left, top=180, right=left + 420, bottom=250)
        fields.append(Field(name=name, kind="string", required=True, strip=area))
    sheet.fill(60, 310, 940, 362, gray=225)
    for title, left in (("What for", 90), ("Amount", 630)):
        sheet.text(title, left, 344, size=15, bold=1.9)
    kinds = ("Rail, bus, taxi", "Fuel", "Hotel", "Meals", "Post and telephone", "Other")
    for row, kind in enumerate(kinds):
        sheet.text(kind, 90, 416 + 86 * row, size=14)
        fields.append(_amount(kind.split()[0].strip(",").lower(), 362 + 86 * row))
    sheet.text("Total", 450, 934, size=20, bold=2.4)
    fields.append(_amount("total", 878, required=True))
    for row in range(len(kinds) + 1):
        sheet.line(60, 362 + 86 * row, 940, 362 + 86 * row, width=1.2, gray=110)
    for x, bottom in ((60, 878), (600, 964), (940, 964)):
        sheet.line(x, 310, x, bottom, width=1.2, gray=110)
    sheet.line(600, 964, 940, 964, width=2.4)
    sheet.line(60, 1060, 500, 1060, width=1.2)
    sheet.text("Signature", 60, 1084, size=10, bold=1.1)
    rules = [
        LengthRule(name="five digits", field="employee", length=5),
        DateRule(name="date", date=["date"], earliest="2020-01-01", latest="2029-12-31"),
        SumRule(name="total", sum=[field.name for field in fields[2:-1]], equals="total"),
    ]
    return _template("expense-claim", sheet, fields, rules), sheet.picture()


def _amount(name: str, top: float, *, required: bool = False) -> Field:
    area = Area(left=600, top=top, right=940, bottom=top + 86)
    return Field(name=name, kind="amount", decimals=2, required=required, strip=area)


def _template(name: str, sheet: Sheet, fields: list[Field], rules: Sequence[object]) -> Template:
    height, width = sheet.picture().shape
    return Template.model_validate(
        {"name": name, "width": width, "height": height, "dpi": DPI, "reference": "reference.png"}
        | {"fields": fields, "rules": list(rules)}
    )


def draw_sample(
    template: Template, blank: Gray, plans: dict[str, list[Plan]], *, seed: int, place: Path = HERE
) -> None:
    """Write template, reference, scans and truth of one sample into its folder of `place`."""
    folder = place / template.name
    shutil.rmtree(folder / "scans", ignore_errors=True)
    (folder / "scans").mkdir(parents=True)
    cv2.imwrite(str(folder / "reference.png"), blank, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    save_template(template, folder / "template.json")
    template = load_template(folder / "template.json")
    rows = []
    for kind, wanted in plans.items():
        forms = _forms(template, wanted, [seed, *kind.encode()])
        written = list(save_forms(forms, folder / "scans", format=kind, dpi=DPI, quality=72))
        if kind != "jpg":
            (folder / "scans" / f"form.{kind}").rename(folder / "scans" / f"batch.{kind}")
            written = [(f"batch.{kind}", *rest) for _, *rest in written]
        rows += written
    write_truth(sorted(rows, key=lambda row: row[:2]), folder / "truth.csv")


def _forms(template: Template, plans: Sequence[Plan], seed: list[int]) -> list[FilledForm]:
    blank = blank_form(template)
    rngs = [np.random.default_rng([*seed, index]) for index in range(len(plans))]
    return [
        draw_form(template, blank, rng, faults=plan.faults, mistakes=plan.mistakes)
        for rng, plan in zip(rngs, plans, strict=True)
    ]


if __name__ == "__main__":
    draw_sample(*deposit_slip(), SLIPS, seed=1)
    draw_sample(*score_sheet(), SHEETS, seed=8)
    draw_sample(*expense_claim(), CLAIMS, seed=19)
