"""Thirty designs of forms: paper, CSS, body. Those of even number were looked at while formreader was made better."""

# ruff: noqa: E501, RUF001  a design a line, and words in the letters of their language

from offices import WORDS, bars, cells, code, grid, row, rows

Design = tuple[str, str, str]
ACCOUNT = ("Account", "Branch", "Reference", "Quantity", "Cheques", "Total"), (10, 4, 8, 3, 6, 6)
P = f"<p>{WORDS}</p>"
LOGO = "<div style='float:right;width:30mm;height:14mm;background:#234;border-radius:4mm;color:#fff;padding:4mm'>ACME</div>"
COMB = """.k { display: inline-block; border: .25mm solid #000; white-space: nowrap; vertical-align: middle; font-size: 0 }
.k i { border: 0; width: 5mm; height: 7mm } .k i:not(:last-child)::after { content: ''; position: absolute;
right: -.1mm; bottom: 0; height: 2.3mm; border-right: .2mm solid #000 }"""
"""One box, with ticks from its lower line."""


def comb(label: str, name: str, count: int) -> str:
    return row(label, f"<span class=k>{cells(name, count)}</span>")


def combs() -> str:
    return "".join(comb(label, label.lower(), n) for label, n in zip(*ACCOUNT, strict=True))


DATE = row(
    "Date of birth", cells("day", 2, letters="DD"), cells("month", 2, letters="MM"), cells("year", 4, letters="YYYY")
)
SHORT_YEAR = row("Date", cells("day", 2), "/", cells("month", 2), "/ 20", cells("year", 2))
UNTIL = row("Until", cells("until day", 2), "/", cells("until month", 2), "/ 20", cells("until year", 2))
MONEY = row(
    "Amount in Rp", "Rp", cells("rupiah", 9, between={3: " . ", 6: " . "}), ",<i>0</i><i>0</i>"
) + row("Fee", "&euro;", cells("amt fee", 6, between={4: " , "}))  # fmt: skip
TICKS = "".join(
    f" <u style='display:inline-block;width:3.5mm;height:3.5mm;border:.25mm solid'></u> {w}"
    for w in ("yes", "no", "n/a")
)
HOURS = "<table><tr><th>Day<th>Begin<th>End<th>Break" + "".join(
    f"<tr><td style='width:30mm'>{day}"
    + "".join(f"<td style='padding:.6mm 2mm'>{cells(f'{day} {what} h', 2)} : {cells(f'{day} {what} m', 2)}" for what in ("begin", "end", "rest"))
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
) + "</table>"  # fmt: skip
MARKS = "<table><tr><th>Question" + "".join(f"<th>{n}" for n in range(1, 11)) + "<th>Sum<tr><td>Maximum" + "".join(
    f"<td style='text-align:center'>{5 + n % 4}" for n in range(10)
) + "<td>63<tr style='height:12mm'><td>Marks" + "".join(f"<td style='width:11mm' data-f='q{n}'></td>" for n in range(10)) + (
    f"<td style='padding:1mm'>{cells('sum', 2)}</table>"
)  # fmt: skip
W2 = "".join(
    f"<div style='display:inline-block;border:.3mm solid;padding:.4mm 2mm 1.5mm;margin:-.15mm;width:84mm'><div style='font-size:6pt'>"
    f"{n} {what}</div>{cells(what, count)}</div>"
    for n, (what, count) in enumerate(
        (
            ("Wages, tips", 8),
            ("Tax withheld", 7),
            ("Social wages", 8),
            ("Social tax", 6),
            ("Control no", 9),
            ("Code", 3),
        ),
        1,
    )
)
HOLES = (
    "".join(
        f"<div style='position:absolute;left:6mm;top:{y}mm;width:6mm;height:6mm;border-radius:3mm;background:#333'></div>"
        for y in (108, 188)
    )
    + "<div style='position:absolute;left:9mm;top:7mm;width:12mm;height:1mm;background:#888;transform:rotate(-35deg)'></div>"
)
ARABIC = "<h1>استمارة طلب</h1><p>" + "يرجى ملء هذا النموذج بخط واضح وإعادته إلى المكتب قبل نهاية الشهر. " * 3 + "</p>"
CYRILLIC = (
    "<h1>Квитанция об оплате</h1><p>" + "Заполняйте бланк разборчиво чёрной ручкой, по одной цифре в клетке. " * 3
)
STOCK = "<table><tr><th>No<th>Article<th>In stock<th>Ordered" + "".join(
    f"<tr><td>{n:02}<td style='width:60mm'>{name}, box of {12 + n}<td style='padding:.5mm 1.5mm'>{cells(f's{n}', 4)}"
    f"<td style='padding:.5mm 1.5mm'>{cells(f'o{n}', 3)}"
    for n, name in enumerate(("Bolts M6", "Nuts M6", "Washers", "Hinges", "Screws 4x40", "Anchors", "Brackets", "Hooks", "Latches", "Wire"), 1)
) + "</table>"  # fmt: skip

DESIGNS: dict[str, Design] = {
    "comb": ("A4", COMB, LOGO + "<h1>Claim</h1>" + P + combs() + P),
    "comb, gray": ("letter", COMB.replace("#000", "#888").replace("2.3mm", "3.5mm"), "<h1>Application</h1>" + P * 2 + combs()),
    "white boxes on pink": ("A5 landscape", "body{background:#f7cfc6} i{background:#fff;border:0;margin-right:.8mm}", "<h1>Transfer</h1>" + rows(*ACCOUNT) + SHORT_YEAR),
    "white boxes on green, bordered": ("A4", "body{background:#d8ecd6} i{background:#fff;border:.15mm solid #5a5}", LOGO + "<h1>Tax return</h1>" + P + rows(*ACCOUNT, "r t") + DATE),
    "thin gray": ("letter", "i{border:.13mm solid #999;margin-right:1mm}", "<h1>Survey</h1>" + P + rows(*ACCOUNT) + SHORT_YEAR + P),
    "hairlines, shared": ("A4", "i{border:.1mm solid #777} .t>i{margin-right:-.1mm}", LOGO + "<h1>Order</h1>" + P + rows(*ACCOUNT, "r t") + DATE),
    "rounded": ("A5", "i{border:.3mm solid #36a;border-radius:1.5mm;margin-right:1.4mm;width:7mm} .r>b{width:30mm}", "<h1>Membership</h1>" + rows(("Number", "Postcode", "Phone", "Age"), (8, 5, 9, 2)) + P),
    "rounded, outer corners": ("A4", "i{border:.25mm solid} .t>i:nth-of-type(1){border-radius:2mm 0 0 2mm} .t>i:last-of-type{border-radius:0 2mm 2mm 0}", "<h1>Policy</h1>" + P + rows(*ACCOUNT, "r t") + P),
    "dotted": ("A4", "i{border:.35mm dotted #333;width:7mm} .t>i{margin-right:-.35mm}", "<h1>Coupon</h1>" + P + rows(*ACCOUNT, "r t")),
    "dashed": ("A5 landscape", "i{border:.25mm dashed #444;margin-right:1.2mm}", "<h1>Receipt</h1>" + rows(*ACCOUNT) + P),
    "hour sheet": ("A4 landscape", "i{width:5mm;height:6mm;margin-right:-.25mm}", "<h1>Hours of the week</h1>" + row("Staff no", cells("staff", 6)) + HOURS + P),
    "hour columns": ("A4", ".c{width:5.5mm}", "<h1>Shift record</h1>" + P + grid("h", 10, (2, 2, 3), label="Day") + P),
    "exam marks": ("A4", "", "<h1>Examination</h1>" + row("Candidate", cells("candidate", 7)) + P * 3 + MARKS + P),
    "marks table": ("A4", ".c{width:8mm}", "<h1>Class list</h1>" + grid("m", 14, (1, 2), label="Pupil") + P),
    "stock list": ("A4", "i{width:5mm;height:6mm;margin-right:-.25mm}", LOGO + "<h1>Stock taking</h1>" + STOCK),
    "zebra table": ("A4", "tr:nth-child(odd){background:#e4e4e4} .c{width:6mm;background:#fff}", "<h1>Meter list</h1>" + grid("z", 12, (5, 4), label="Flat") + P),
    "date with letters": ("A5 landscape", "i{width:7mm;font-size:12pt;line-height:8mm;color:#bbb}", "<h1>Registration</h1>" + DATE + row("Valid to", cells("valid day", 2, letters="DD"), cells("valid month", 2, letters="MM"), cells("valid year", 2, letters="YY")) + row("Insurance", cells("insurance", 9, letters="999999999")) + P),
    "labels in boxes": ("A4", "i{text-align:left;width:8mm;height:10mm;padding:.3mm}", "<h1>Codes</h1>" + row("Points", cells("points", 8, letters="12345678")) + row("Scores", cells("scores", 6, letters="abcdef")) + P + W2),
    "currency and commas": ("A4", ".r>b{width:30mm}", "<h1>Setoran</h1>" + MONEY + SHORT_YEAR + row("Rekening", cells("rekening", 10, between={3: " - ", 6: " - "})) + P + bars(1)),
    "groups and dots": ("letter", "i{margin-right:-.25mm;width:5.5mm}", "<h1>Payment order</h1>" + row("IBAN", "DE", cells("iban", 18, between={2: "&nbsp;", 6: "&nbsp;", 10: "&nbsp;", 14: "&nbsp;"})) + row("Amount", cells("amt sum", 7, between={5: " <b style='font-size:14pt'>.</b> "})) + SHORT_YEAR + P),
    "double frames": ("A4", "i{border:.9mm double #000;margin-right:1mm;width:8mm;height:10mm}", "<h1>Ballot</h1>" + P + rows(("Yes", "No", "Void", "Cast"), (4, 4, 3, 4)) + P),
    "thick frames": ("A4", "i{border:.9mm solid #000;margin-right:1.5mm;width:9mm;height:10mm}", "<h1>Lot card</h1>" + P + rows(("Lot", "Weight", "Grade"), (6, 5, 2)) + P),
    "tight small": ("A6 landscape", "body{padding:6mm} i{width:4mm;height:5mm;margin-right:.35mm;border-width:.18mm} .r{margin:2mm 0} .r>b{width:25mm}", "<h1>Card</h1>" + rows(*ACCOUNT)),
    "large": ("A4", "i{width:12mm;height:14mm;border:.4mm solid #222;margin-right:2mm}", "<h1>Score card</h1>" + P + rows(("Home", "Guests", "Minutes", "Fouls"), (2, 2, 3, 2)) + P + code(3)),
    "gray cells without lines": ("A4", "i{background:#ddd;border:0;margin-right:.7mm}", "<h1>Enrolment</h1>" + P + rows(*ACCOUNT) + DATE + bars(2)),
    "thick outer, pale inner": ("A4", "i{border:.12mm solid #aaa;margin-right:-.12mm} .w{display:inline-block;border:.5mm solid;font-size:0;vertical-align:middle}", "<h1>Waybill</h1>" + P + "".join(row(a, f"<span class=w>{cells(a.lower(), n)}</span>") for a, n in zip(*ACCOUNT, strict=True)) + code(5)),
    "underlined": ("A4", "i{border:0;border-bottom:.3mm solid;margin-right:1.5mm}", "<h1>Visit</h1>" + P + rows(*ACCOUNT) + P),
    "ticks, codes, holes": ("A4", "body{padding-left:20mm} i{margin-right:-.25mm}", HOLES + code(7) + "<h1>Case report</h1>" + P + row("Patient", cells("patient", 6)) + row("Smoker", TICKS) + row("Weight", cells("weight", 3), "kg", TICKS) + row("Pulse", cells("pulse", 3), TICKS) + DATE + P + bars(3)),
    "Arabic": ("A4", "body{direction:rtl} i{margin-left:.8mm}", ARABIC + row("رقم الهوية", cells("id", 10)) + row("الهاتف", cells("phone", 8)) + row("التاريخ", cells("day", 2), " / ", cells("month", 2), " / ", cells("year", 4)) + row("المبلغ", cells("sum", 6)) + ARABIC),
    "Cyrillic, two columns": ("A4", "i{margin-right:-.25mm;width:5mm;height:7mm} .r>b{width:22mm} .d{columns:2}", CYRILLIC + "<div class=d>" + row("Индекс", cells("index", 6)) + row("Сумма", cells("sum", 7)) + row("Счёт", cells("account", 9)) + row("ИНН", cells("inn", 10)) + row("БИК", cells("bik", 9)) + row("Код", cells("code", 4)) + "</div>" + P),
}  # fmt: skip

SHADED: dict[str, Design] = {
    "orange ground": ("A4", "body{background:#ffb070} i{background:#fff;border:0;margin-right:.5mm}", LOGO + "<h1>Tax</h1>" + P + rows(*ACCOUNT) + DATE + P),
    "pale gray ground": ("A4", "body{background:#ebebeb} i{background:#fff;border:0;margin-right:1mm}", "<h1>Claim</h1>" + P * 2 + rows(*ACCOUNT) + DATE),
    "blue panel": ("letter", ".pn{background:#c5d8f0;padding:4mm} i{background:#fff;border:0;margin-right:.4mm;width:5.5mm}", LOGO + "<h1>Order</h1>" + P + "<div class=pn>" + rows(*ACCOUNT) + "</div>" + P + "<div class=pn>" + DATE + UNTIL + "</div>"),
    "pale gray cells": ("A5", "i{background:#eaeaea;border:0;margin-right:1mm;width:5.5mm;height:7mm} .r>b{width:30mm}", "<h1>Card</h1>" + rows(*ACCOUNT) + P),
    "blue cells": ("A4", "i{background:#cfe2ff;border:0;margin-right:.5mm}", "<h1>Enrol</h1>" + P + rows(*ACCOUNT) + DATE + code(4)),
    "green ground": ("A5 landscape", "body{background:#bfe3c0} i{background:#fff;border:0;margin-right:1.2mm;width:7mm;height:9mm}", "<h1>Voucher</h1>" + rows(*ACCOUNT) + SHORT_YEAR),
    "red panel": ("A4", ".pn{background:#f5b5ae;padding:3mm 5mm} i{background:#fff;border:0;margin-right:.6mm}", LOGO + "<h1>Payment</h1>" + P + "<div class=pn>" + rows(*ACCOUNT) + SHORT_YEAR + "</div>" + P + bars(4)),
    "light gray ground": ("letter", "body{background:#e2e2e2} i{background:#fff;border:0;margin-right:.8mm;width:6.5mm;height:8.5mm}", "<h1>Report</h1>" + P + rows(*ACCOUNT) + P),
    "dark gray cells": ("A4", "i{background:#cfcfcf;border:0;margin-right:1mm;width:7mm;height:9mm} .r{margin:4mm 0}", LOGO + "<h1>Census</h1>" + P + rows(*ACCOUNT) + SHORT_YEAR + code(9)),
    "yellow cells": ("A4", "i{background:#f3e7b0;border:0;margin-right:.6mm;width:5.5mm;height:7.5mm}", "<h1>Stock</h1>" + rows(*ACCOUNT) + P + SHORT_YEAR),
}  # fmt: skip
"""More whose cells have no lines. The last five were kept apart while such forms were made to be read."""

FIGURES = "i{width:7mm;height:9mm;margin-right:1mm;font:17pt/9mm 'Liberation Sans';color:#000}"


def inside(shape: str) -> str:
    """Rows of cells with this shape, in SVG 70 wide and 90 high, in every one."""
    drawn = f"<svg style='position:absolute;inset:0' viewBox='0 0 70 90' fill=none stroke=#000>{shape}</svg></i>"
    return rows(*ACCOUNT).replace("</i>", drawn)


PRINTED: dict[str, Design] = {
    "a century": ("A4", FIGURES, "<h1>Dates</h1>" + P + "".join(row(what, cells(f"{what} year", 4, letters="20")) for what in ("Born", "Married", "Entered", "Left", "Paid")) + rows(*ACCOUNT) + P),
    "thousands": ("A4", FIGURES, "<h1>Assets</h1>" + P + "".join(row(what, cells(what, 7, letters="    000")) for what in ("Land", "House", "Stock", "Cash", "Debt")) + rows(*ACCOUNT) + P),
    "an office": ("A4", FIGURES.replace("17pt", "10pt"), "<h1>Files</h1>" + P + "".join(row(what, cells(what, 7, letters="417")) for what in ("Case", "Appeal", "Fine", "Letter")) + rows(*ACCOUNT) + P),
    "zeros": ("A4", FIGURES.replace("17pt", "12pt"), "<h1>Votes</h1>" + P + "".join(row(f"List {n}", cells(f"list {n}", 4, letters="0000")) for n in range(1, 9)) + P),
    "ovals": ("A4", FIGURES, "<h1>Claim</h1>" + P + inside("<ellipse cx=35 cy=45 rx=22 ry=34 stroke-width=1.5 />") + P),
    "lines within": ("A4", FIGURES, "<h1>Claim</h1>" + P + inside("<path d='M35 0V90'/>") + P),
    "diagonals": ("A4", FIGURES, "<h1>Claim</h1>" + P + inside("<path d='M70 0L0 90' stroke-width=1.5 />") + P),
    "numbered": ("A4", FIGURES.replace("17pt/9mm", "6pt/3mm"), "<h1>Codes</h1>" + P + "".join(row(what, cells(what, 6, letters="123456")) for what in ("Key", "Lock", "Door", "Room", "Floor")) + rows(*ACCOUNT) + P),
}  # fmt: skip
"""More that have print as dark as ink within their cells: what is left empty must not be read as that."""


def lines(heads: str, labels: tuple[object, ...], groups: tuple[tuple[str, int], ...], last: str = "") -> str:
    """A table: each line a label and, in a box of the table, the cells of each group; `last` is one more line."""
    body = "".join(
        f"<tr><td style='width:30mm'>{label}"
        + "".join(f"<td style='padding:.5mm 3mm'>{cells(f'{what} {label}', n)}" for what, n in groups)
        for label in labels
    )
    return "<table><tr>" + "".join(f"<th>{head}" for head in heads.split()) + body + last + "</table>"


SUM = "<tr><td>Total" + "".join(
    f"<td style='padding:.5mm 3mm'>{cells(what, n)}" for what, n in (("pieces", 4), ("all", 7))
)
POLL = "<table>" + "".join(
    f"<tr style='height:11mm'><td style='width:9mm'>{n}<td style='width:70mm'>{what}" + f"<td style='width:9mm' data-f='poll {n}'></td>" * 3
    for n, what in enumerate(("Registered voters", "Ballots handed out", "Ballots spoilt", "Votes for the list of the north", "Votes for the list of the south", "Blank votes"), 1)
) + "<tr style='height:11mm'><td colspan=2 style='background:#ccc'>TOTAL (4 + 5 + 6)" + "<td style='border-width:.5mm' data-f='total'></td>" * 3 + "</table>"  # fmt: skip
VITAL = "<table style='font-size:7pt'><tr><th>Day<th>Pulse<th>Temp. &deg;C<th>Weight kg<th>Sign" + "".join(
    f"<tr><td style='padding:.6mm'>{cells(f'day {n}', 2)}<td style='padding:.6mm'>{cells(f'pulse {n}', 3)}<td style='padding:.6mm'>{cells(f'temp {n}', 3, between={2: ','})}<td style='padding:.6mm'>{cells(f'weight {n}', 4, between={3: ','})}<td style='width:30mm'>"
    for n in range(8)
) + "</table>"  # fmt: skip
PUPILS = ("Ana", "Ben", "Cleo", "Dag", "Eva", "Finn", "Gil", "Hana", "Ida", "Jon", "Class")
NARROW = "i{width:5mm;height:6mm;margin-right:-.25mm} .r>b{width:30mm}"

TABLES: dict[str, Design] = {
    "cash slip": ("A5", NARROW, "<h1>Cash deposit</h1>" + row("Account", cells("account", 10)) + row("Date", cells("day", 2), "-", cells("month", 2), "-", cells("year", 4)) + lines("Note Count Value", (100, 50, 20, 10, 5), (("count", 3), ("value", 6)), SUM) + "<p>Signature of the depositor</p>"),
    "polling station": ("A4", "", LOGO + "<h1>Record of the polling station</h1>" + row("Station", cells("station", 5)) + P + POLL + P * 2),
    "vital signs": ("A4 landscape", "i{width:5mm;height:6.5mm;border-color:#555;margin-right:-.25mm}", "<h1>Vital signs</h1>" + row("Patient no.", cells("patient", 8)) + VITAL + P),
    "marks of a class": ("A4 landscape", "td>i{width:5mm;height:6mm;border:.2mm solid #777}", "<h1>Marks of the class</h1>" + row("School", cells("school", 6)) + lines("Pupil Reading Writing Sums Music Sport Days", PUPILS, tuple((f"m{n}", 2) for n in range(6)))),
    "open top boxes": ("A4", "i{border-width:0 .25mm .25mm;margin-right:-.25mm;width:5.5mm;height:6mm}", LOGO + "<h1>Application</h1>" + P + rows(*ACCOUNT) + DATE + P + bars(3)),
    "drop-out red": ("A4", "body{color:#c33} i{border:.2mm solid #f4a9a0;margin-right:.5mm} .pn{background:#fde6e2;padding:2mm}", "<h1>Insurance</h1>" + P + "<div class=pn>" + rows(*ACCOUNT) + "</div>" + SHORT_YEAR + row("Phone", cells("phone", 11, between={4: " / "})) + P),
}  # fmt: skip
"""More of banks, elections, clinics and schools: tables with numbers and a total, boxes without a top, colour."""
