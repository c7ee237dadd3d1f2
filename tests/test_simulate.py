"""Simulated forms: their truth obeys the rules, their pictures say what the truth says, their files open."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from conftest import CommandLine
from drawn import cells
from hypothesis import given, settings
from hypothesis import strategies as st
from pen_digits import pen_digits

from formreader.batch import process
from formreader.decide.contradictions import contradicted
from formreader.decide.rules import broken_rules
from formreader.errors import UsageError
from formreader.evaluate.results import evaluate
from formreader.normalize import normalize
from formreader.records import ScanRef
from formreader.scans import open_scan
from formreader.shipped import shipped
from formreader.simulate import Specimens, copy_samples, draw_forms, simulate
from formreader.simulate.entries import MISTAKES, Entry, fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.simulate.scanner import FORMATS, PERFECT, Faults, save_pages, scan_page
from formreader.template import SumRule, Template

seeds = st.integers(0, 2**32 - 1)


TEMPLATE = Template.model_validate(
    {
        "name": "till",
        "width": 600,
        "height": 620,
        "dpi": 150,
        "fields": [
            {"name": "card", "required": True, "cells": cells(8, 40, 40)},
            {"name": "day", "cells": cells(2, 40, 140)},
            {"name": "month", "cells": cells(2, 160, 140)},
            {"name": "year", "cells": cells(4, 280, 140)},
            {"name": "cash", "kind": "amount", "decimals": 2, "cells": cells(6, 40, 240)},
            {"name": "voucher", "kind": "amount", "decimals": 2, "cells": cells(6, 40, 340), "fill_marks": True},
            {"name": "total", "kind": "amount", "decimals": 2, "cells": cells(6, 40, 440)},
            {"name": "clerk", "required": True, "cells": cells(2, 40, 540)},
        ],
        "rules": [
            {"name": "card", "checksum": "luhn", "field": "card"},
            {"name": "date", "date": ["day", "month", "year"], "earliest": "2021-02-01", "latest": "2021-03-31"},
            {"name": "total", "sum": ["cash", "voucher"], "equals": "total"},
            {"name": "clerk", "field": "clerk", "minimum": 3, "maximum": 41},
        ],
    }
)


def _values(entries: tuple[Entry, ...]) -> dict[str, str]:
    return {entry.field: entry.value for entry in entries}


@given(seed=seeds)
@settings(max_examples=60, deadline=None)
def test_values_obey_every_rule_and_fit_theircells(seed: int) -> None:
    entries = fill_in(TEMPLATE, np.random.default_rng(seed))
    values = _values(entries)
    assert list(values) == [field.name for field in TEMPLATE.fields]
    assert not list(broken_rules(TEMPLATE.rules, values))
    assert Decimal(values["cash"]) + Decimal(values["voucher"]) == Decimal(values["total"])
    assert date(2021, 2, 1) <= date(int(values["year"]), int(values["month"]), int(values["day"])) <= date(2021, 3, 31)
    assert 3 <= int(values["clerk"]) <= 41
    assert not any(entry.reject for entry in entries)
    for entry, field in zip(entries, TEMPLATE.fields, strict=True):
        assert len(entry.marks) == len(field.cells or ())
        written = "".join(mark.label for mark in entry.marks if mark.label.isdigit())
        assert written.lstrip("0") == entry.value.replace(".", "").lstrip("0")


def _ruled(*rules: dict[str, object]) -> Template:
    """Three fields of digits, of six, six and eight cells, with these rules."""
    sizes = {"again": 6, "number": 6, "long": 8}
    fields = [{"name": name, "cells": cells(size, 40, 40 + 90 * row)} for row, (name, size) in enumerate(sizes.items())]
    named = [{"name": f"rule {index}", **rule} for index, rule in enumerate(rules)]
    return Template.model_validate(
        {"name": "ruled", "width": 600, "height": 320, "dpi": 150, "fields": fields, "rules": named}
    )


@pytest.mark.parametrize(
    "rules",
    [
        ({"field": "number", "values": ["004711", "004712", "12", "x", "1234567"]}, {"field": "number", "length": 6}),
        (
            {"field": "long", "checksum": "luhn"},
            {"field": "long", "length": 7},
            {"field": "long", "minimum": 2_000_000},
        ),
        ({"equal": ["again", "number"]}, {"field": "number", "values": ["004711", "71"]}),
        ({"equal": ["again", "number"]}, {"equal": ["number", "long"]}, {"field": "again", "length": 5}),
        ({"equal": ["number", "long"]},),
        ({"date": ["number"], "earliest": "1999-11-01", "latest": "2003-01-31"},),
    ],
    ids=[
        "list and length",
        "check digit, length and range",
        "list by way of another",
        "three",
        "short and long",
        "date",
    ],
)
@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_several_rules_of_one_field_are_all_obeyed(rules: tuple[dict[str, object], ...], seed: int) -> None:
    template = _ruled(*rules)
    entries = fill_in(template, np.random.default_rng(seed))
    assert not list(broken_rules(template.rules, _values(entries))), _values(entries)
    assert not any(entry.reject for entry in entries)


@pytest.mark.parametrize(
    ("mistake", "rule", "rejected"),
    [
        ("broken_sum", "total", {"cash", "voucher", "total"}),
        ("broken_checksum", "card", {"card"}),
        ("broken_date", "date", {"day", "month", "year"}),
    ],
)
@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_broken_rule_rejects_every_field_it_involves(mistake: str, rule: str, rejected: set[str], seed: int) -> None:
    entries = fill_in(TEMPLATE, np.random.default_rng(seed), [mistake])
    assert [broken.name for broken in broken_rules(TEMPLATE.rules, _values(entries))] == [rule]
    assert {entry.field for entry in entries if entry.reject} == rejected


SUMS = [
    SumRule(name="one", sum=["a", "b"], equals="t"),
    SumRule(name="two", sum=["t", "c"], equals="u"),
]


@pytest.mark.parametrize(
    ("values", "illegible", "rejected"),
    [
        ("12 3 15 5 20", {}, ""),
        ("12 3 15 5 21", {}, "c u"),  # t is right, by the other sum
        ("12 3 16 5 21", {}, "a b t"),  # reckoned on with the wrong t
        ("12 3 16 5 20", {}, "a b t c u"),
        ("12 3 15 5 21", {"c": ["5", "6"]}, ""),
        ("12 3 15 5 21", {"c": ["5", "7"]}, "c u"),
        ("12 3 15 5 21", {"b": ["3", "7"]}, "t c u"),  # nobody knows whether t is right
        ("12 3 15 5 21", {"u": []}, ""),
    ],
)
def test_a_contradiction_counts_as_far_as_it_can_be_seen(
    values: str, illegible: dict[str, list[str]], rejected: str
) -> None:
    said = dict(zip("abtcu", values.split(), strict=True))
    assert contradicted(SUMS, said, illegible) == set(rejected.split())


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_wrong_sum_is_not_seen_where_the_right_digit_may_stand_under_the_scribble(seed: int) -> None:
    entries = fill_in(TEMPLATE, np.random.default_rng(seed), ["broken_sum", "scribble"])
    spoiled = next(entry for entry in entries if any(mark.label == "?" for mark in entry.marks))
    assert spoiled.reject
    written = "".join(mark.label for mark in spoiled.marks if mark.label not in "x-")
    cents = {name: int(value.replace(".", "") or 0) for name, value in _values(entries).items()}
    may_be = [{**cents, spoiled.field: int(written.replace("?", digit))} for digit in "0123456789"]
    seen = not any(one["cash"] + one["voucher"] == one["total"] for one in may_be)
    for entry in entries:
        if entry.field in {"cash", "voucher", "total"} - {spoiled.field}:
            assert entry.reject == seen


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_blank_field_keeps_the_rules_and_a_missing_one_is_rejected(seed: int) -> None:
    entries = fill_in(TEMPLATE, np.random.default_rng(seed), ["blank", "missing"])
    blank = {entry.field: entry for entry in entries if not entry.value}
    assert len(blank) == 2
    assert not list(broken_rules([rule for rule in TEMPLATE.rules if rule.name == "total"], _values(entries)))
    for name, entry in blank.items():
        assert entry.reject == (name in ("card", "clerk"))
        assert {mark.label for mark in entry.marks} <= ({"", "x", "-"} if name == "voucher" else {""})


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_struck_digit_and_a_scribble_reject_their_own_fields(seed: int) -> None:
    entries = fill_in(TEMPLATE, np.random.default_rng(seed), ["crossed_out", "scribble"])
    struck = [entry for entry in entries if any(mark.struck for mark in entry.marks)]
    scribbled = [entry for entry in entries if any(mark.label == "?" for mark in entry.marks)]
    assert len(struck) == len(scribbled) == 1
    assert {entry.field for entry in entries if entry.reject} == {struck[0].field, scribbled[0].field}
    assert all(mark.struck != mark.label for mark in struck[0].marks if mark.struck)


def test_rules_that_nothing_can_obey_are_said_so() -> None:
    rules = [
        {"name": "high", "field": "cash", "minimum": 9000},
        {"name": "low", "field": "total", "maximum": 10},
        {"name": "total", "sum": ["cash", "voucher"], "equals": "total"},
    ]
    impossible = TEMPLATE.model_copy(
        update={"rules": Template.model_validate(TEMPLATE.model_dump() | {"rules": rules}).rules}
    )
    with pytest.raises(UsageError, match=r"till.*rules"):
        fill_in(impossible, np.random.default_rng(0))


def _some_digits(count: int = 40) -> Specimens:
    """As a file of real digits has them: 28 pixels, of several hands."""
    digits = pen_digits(count, size=28, seed=11)
    return Specimens(digits.images, digits.labels)


@pytest.mark.parametrize("digits", [None, _some_digits()], ids=["pen", "real"])
@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_ink_stands_in_the_cells_that_the_truth_says_and_in_no_other(dpi: int, digits: Specimens | None) -> None:
    blank = blank_form(TEMPLATE, dpi=dpi)
    zoom = dpi / TEMPLATE.dpi
    for seed in range(5):
        rng = np.random.default_rng(seed)
        entries = fill_in(TEMPLATE, rng, ["blank"])
        page = write_entries(TEMPLATE, blank, entries, rng, digits=digits)
        assert page.shape == (round(620 * zoom), round(600 * zoom))
        added = blank.astype(int) - page
        marks = [mark for entry in entries for mark in entry.marks]
        for mark, (_, _, box) in zip(marks, TEMPLATE.cells(), strict=True):
            inner = box.grown(-4)
            top, bottom, left, right = (
                round(side * zoom) for side in (inner.top, inner.bottom, inner.left, inner.right)
            )
            inked = (added[top:bottom, left:right] > 60).mean()
            assert inked > 0.015 if mark.label else inked < 0.004


def test_a_struck_digit_has_the_right_one_above_it_where_there_is_room() -> None:
    blank = blank_form(TEMPLATE)
    rng = np.random.default_rng(0)
    plain, struck = (fill_in(TEMPLATE, np.random.default_rng(4), mistakes) for mistakes in ((), ("crossed_out",)))
    box = next(
        field.cells[[mark.struck != "" for mark in entry.marks].index(True)].box
        for entry, field in zip(struck, TEMPLATE.fields, strict=True)
        if field.cells and any(mark.struck for mark in entry.marks)
    )
    above = slice(round(box.top - 0.7 * box.height), round(box.top - 3)), slice(round(box.left), round(box.right))
    assert (write_entries(TEMPLATE, blank, struck, rng)[above] < 120).any()
    assert (write_entries(TEMPLATE, blank, plain, rng)[above] == 255).all()


def test_a_strip_is_written_in_from_its_left() -> None:
    strip = {"left": 100, "top": 60, "right": 500, "bottom": 120}
    fields = [{"name": "number", "kind": "string", "strip": strip}]
    template = Template.model_validate({"name": "s", "width": 600, "height": 200, "dpi": 150, "fields": fields})
    rng = np.random.default_rng(1)
    page = write_entries(template, blank_form(template), fill_in(template, rng), rng)
    rows, columns = np.nonzero(page < 128)
    assert 90 <= columns.min() <= 140
    assert columns.max() < 500
    assert 55 <= rows.min() <= rows.max() <= 125


def test_an_amount_without_cells_is_written_with_its_point(tmp_path: Path) -> None:
    """Nobody could say where its cents begin, and the reader accepts none."""
    strip = {"left": 60, "top": 200, "right": 560, "bottom": 270}
    fields = [
        {"name": "number", "cells": cells(8, 40, 30)},
        {"name": "code", "cells": cells(4, 120, 110)},
        {"name": "pay", "kind": "amount", "decimals": 2, "strip": strip},
    ]
    template = Template.model_validate({"name": "s", "width": 600, "height": 320, "dpi": 150, "fields": fields})
    entries = fill_in(template, np.random.default_rng(3))
    assert "".join(mark.label for mark in entries[2].marks) == entries[2].value
    simulate(template, count=6, output=tmp_path / "forms", seed=1, mistakes=0)
    process([tmp_path / "forms"], template=template, output=tmp_path / "results.csv", jobs=1)
    found = evaluate(tmp_path / "results.csv", tmp_path / "forms" / "truth.csv")
    assert found.by_field["pay"].right >= 5
    assert found.total.silent_errors == 0


def test_cells_without_a_place_cannot_be_written_in_and_leave_no_folder(tmp_path: Path) -> None:
    fields = [{"name": "number", "find": "comb", "count": 9}]
    template = Template.model_validate({"name": "s", "width": 600, "height": 200, "dpi": 150, "fields": fields})
    with pytest.raises(UsageError, match="number"):
        simulate(template, count=1, output=tmp_path / "forms")
    assert not (tmp_path / "forms").exists()


def test_listed_amounts_are_written_with_their_decimals() -> None:
    fields = [{"name": "fee", "kind": "amount", "decimals": 2, "cells": cells(5, 40, 60)}]
    rules = [{"name": "fees", "field": "fee", "values": ["25", "7.5"]}]
    data = {"name": "s", "width": 600, "height": 200, "dpi": 150, "fields": fields, "rules": rules}
    template = Template.model_validate(data)
    entries = [fill_in(template, np.random.default_rng(seed))[0] for seed in range(12)]
    assert {entry.value for entry in entries} == {"25.00", "7.50"}


def test_a_perfect_scanner_changes_nothing() -> None:
    page = blank_form(TEMPLATE)
    assert np.array_equal(scan_page(page, np.random.default_rng(0), PERFECT), page)


def _only(**faults: float) -> Faults:
    return Faults(**{name: faults.get(name, 0.0) for name in Faults.__slots__})


@pytest.mark.parametrize(
    "fault", ["skew", "shift", "scale", "perspective", "upside_down", "blur", "noise", "shade", "fade"]
)
def test_each_fault_alone_changes_the_page_and_the_same_seed_repeats_it(fault: str) -> None:
    page = blank_form(TEMPLATE)
    faults = _only(**{fault: {"upside_down": 1.0}.get(fault, getattr(Faults(), fault))})
    first, again = (scan_page(page, np.random.default_rng(3), faults) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, page)
    assert np.abs(first.astype(int) - page).mean() < 40


def test_upside_down_is_half_a_turn() -> None:
    page = blank_form(TEMPLATE)
    turned = scan_page(page, np.random.default_rng(0), _only(upside_down=1.0))
    assert np.abs(turned[::-1, ::-1].astype(int) - page).mean() < 3


def test_a_one_bit_scan_is_black_and_white_and_keeps_the_lines() -> None:
    page = blank_form(TEMPLATE)
    seen = scan_page(page, np.random.default_rng(0), _only(one_bit=1.0, fade=0.6, shade=0.1))
    assert set(np.unique(seen)) == {0, 255}
    assert (seen[page < 100] == 0).mean() > 0.95


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_opens_again_with_its_pages_and_resolution(kind: str, tmp_path: Path) -> None:
    pages = [form.gray for form in draw_forms(TEMPLATE, count=3, faults=PERFECT)]
    pages = pages if kind in ("tif", "pdf") else pages[:1]
    path = tmp_path / f"scan.{kind}"
    save_pages(pages, path, dpi=150, quality=90)
    for number, page in enumerate(pages, 1):
        scan = open_scan(ScanRef(str(path), path.name, number), needed=(TEMPLATE.width, TEMPLATE.height))
        seen = cv2.resize(scan.gray, page.shape[::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(seen.astype(int) - page).mean() < 3
        if kind != "pdf":
            assert scan.dpi == pytest.approx(150, abs=1)
    if kind == "pdf":
        with pypdfium2.PdfDocument(path) as document:
            assert len(document) == 3
            assert document[2].get_size() == pytest.approx((600 * 72 / 150, 620 * 72 / 150), abs=0.01)


def test_a_picture_file_does_not_hold_two_pages(tmp_path: Path) -> None:
    page = blank_form(TEMPLATE)
    with pytest.raises(UsageError, match="one page"):
        save_pages([page, page], tmp_path / "scan.jpg", dpi=150)
    with pytest.raises(UsageError, match="gif"):
        save_pages([page], tmp_path / "scan.gif", dpi=150)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_seed_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    written = []
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        simulate(TEMPLATE, count=2, output=tmp_path / name, seed=seed, format=kind)
        written.append({path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())})
    assert written[0] == written[1]
    assert written[0].keys() == written[2].keys()
    assert all(written[0][name] != written[2][name] for name in written[0])


def test_real_digits_are_laid_into_their_cells_as_they_are() -> None:
    digits = _some_digits()
    known = normalize(list(255 - digits.images))
    form = next(draw_forms(TEMPLATE, count=1, faults=PERFECT, mistakes=0, digits=digits, dpi=300))
    marks = [mark for entry in form.entries for mark in entry.marks]
    for mark, (_, _, box) in zip(marks, TEMPLATE.cells(), strict=True):
        if mark.label.isdigit():
            own = digits.labels == int(mark.label)
            inner = box.grown(-2)
            crop = form.gray[
                round(2 * inner.top) : round(2 * inner.bottom), round(2 * inner.left) : round(2 * inner.right)
            ]
            nearest = np.abs(known - normalize([crop])).mean((1, 2, 3)).argmin()
            assert own[nearest]


def test_digits_to_write_with_must_be_all_ten(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    digits, slip = _some_digits(), deposit_slip / "template.json"
    no_seven = digits.labels != 7
    np.savez(tmp_path / "some.npz", x=digits.images[no_seven], y=digits.labels[no_seven])
    ended = command_line("simulate", slip, "-n", 1, "-o", tmp_path / "forms", "--digits", tmp_path / "some.npz")
    assert ended.code == 2
    assert "some.npz: the digits to write with have no 7" in ended.err
    np.savez(tmp_path / "all.npz", x=digits.images, y=digits.labels)
    assert command_line("simulate", slip, "-n", 1, "-o", tmp_path / "forms", "--digits", tmp_path / "all.npz").code == 0
    assert len(list((tmp_path / "forms").glob("*.jpg"))) == 1


def test_truth_lists_every_field_of_every_page(tmp_path: Path) -> None:
    truth = simulate(TEMPLATE, count=4, output=tmp_path / "new" / "forms", format="tif", mistakes=0.5)
    assert truth == tmp_path / "new" / "forms" / "truth.csv"
    with truth.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [field.name for field in TEMPLATE.fields]
    assert [(row["file"], row["page"], row["field"]) for row in rows] == [
        ("form.tif", str(page), name) for page in range(1, 5) for name in names
    ]
    assert {row["reject"] for row in rows} == {"0", "1"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        simulate(TEMPLATE, count=1, output=tmp_path)
    with pytest.raises(UsageError, match="not an empty folder"):
        copy_samples(tmp_path / "letter.txt")
    with pytest.raises(UsageError, match="bmp"):
        simulate(TEMPLATE, count=1, output=tmp_path / "new", format="bmp")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_samples_are_copied_whole(tmp_path: Path) -> None:
    copied = copy_samples(tmp_path / "samples")
    assert [path.name for path in copied] == ["cheques", "deposit-slip", "expense-claim", "score-sheet"]
    for folder in copied:
        original = shipped("samples") / folder.name
        assert {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
            path.relative_to(original): path.read_bytes() for path in original.rglob("*") if path.is_file()
        }


def test_every_mistake_can_be_planted_at_once() -> None:
    forms = list(draw_forms(TEMPLATE, count=3, mistakes=1.0))
    assert all(sum(entry.reject for entry in form.entries) >= 7 for form in forms)
    assert len(MISTAKES) == 7
