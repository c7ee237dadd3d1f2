"""Probabilities and rules become readings; every doubt rejects, and says why."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from drawn import cells
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.classify import LABELS
from formreader.decide import Thresholds, decide
from formreader.records import Crop, FieldReading, Probabilities
from formreader.template import Template

GRAY = np.full((80, 80), 255, np.uint8)
WRITTEN, EMPTY = Crop(GRAY, 0.05, 0.8), Crop(GRAY, 0.0, 0.04)
TOTAL = {"name": "total", "sum": ["f0", "f1"], "equals": "f2"}


def _template(field: dict, *rest: dict, rules: list[dict] | None = None) -> Template:
    fields = [{"name": f"f{i}", **given} for i, given in enumerate((field, *rest))]
    for row, made in enumerate(fields):
        made["cells"] = cells(made.pop("count", 3), 50, 50 + 100 * row)
    return Template.model_validate(
        {"name": "t", "width": 900, "height": 900, "dpi": 100, "fields": fields, "rules": rules or []}
    )


def _seen(
    written: str, doubted: Mapping[int, Mapping[str, float]] = {}, *, sure: float = 0.9998, other: float = 1e-5
) -> Probabilities:
    """What the model says of cells: each is surely this label, but for the doubted ones."""
    rows = np.full((len(written), len(LABELS)), other, np.float32)
    for place, label in enumerate(written):
        for one, chance in doubted.get(place, {label: sure}).items():
            rows[place, LABELS.index(one)] = chance
    return rows


def _read(template: Template, written: str, *, sure: float = 0.999, crop: Crop = WRITTEN) -> tuple[FieldReading, ...]:
    """Each character of `written` in one cell: a label of the model, or `_` for an empty cell."""
    rows = _seen(written.replace("_", ""), sure=sure, other=(1 - sure) / (len(LABELS) - 1))
    return decide(template, [EMPTY if label == "_" else crop for label in written], rows, LABELS)


def _one(written: str, *, sure: float = 0.999, crop: Crop = WRITTEN, **field: object) -> FieldReading:
    return _read(_template({"count": len(written), **field}), written, sure=sure, crop=crop)[0]


@settings(deadline=None, max_examples=50)
@given(st.text("0123456789", min_size=1, max_size=9))
def test_sure_digits_are_read_as_they_stand(written: str) -> None:
    reading = _one(written, sure=0.9999)
    assert (reading.status, reading.value, reading.raw, reading.reasons) == ("read", written, written, ())
    assert reading.confidence == pytest.approx(0.9999 ** len(written), abs=1e-4)
    assert reading.confidence == pytest.approx(np.prod(reading.digit_confidences))


@pytest.mark.parametrize(
    ("written", "fill_marks", "expected"),
    [
        ("_12", False, ("12", "_12", "read", ())),
        ("12_", False, ("12", "12_", "read", ())),
        ("1_2", False, ("12", "1_2", "rejected", ("gap",))),
        ("___", False, ("", "___", "blank", ())),
        ("x12", True, ("12", "X12", "read", ())),
        ("-12", True, ("12", "X12", "read", ())),
        ("_-2", True, ("2", "_X2", "rejected", ("minus",))),
        ("--2", True, ("2", "XX2", "read", ())),
        ("xxx", True, ("", "XXX", "blank", ())),
        ("1x2", True, ("12", "1X2", "rejected", ("gap",))),
        ("012", False, ("012", "012", "read", ())),
    ],
)
def test_blanks_and_fill_marks(written: str, fill_marks: bool, expected: tuple[object, ...]) -> None:
    reading = _one(written, fill_marks=fill_marks)
    assert (reading.value, reading.raw, reading.status, reading.reasons) == expected


@pytest.mark.parametrize("written", ["_737__", "737___", "_737xx", "_7370_"])
def test_an_amount_without_its_decimals_may_be_a_hundred_times_as_much(written: str) -> None:
    reading = _one(written, kind="amount", decimals=2, fill_marks=True)
    assert (reading.status, reading.reasons) == ("rejected", ("gap",))
    assert _one(written.replace("x", "_"), kind="amount").status == "read"


def test_a_number_that_ends_before_the_others_may_lack_a_digit() -> None:
    template = _template({}, {}, {}, {}, {"count": 4})

    def rejected(*written: str) -> list[str]:
        return [text for text, one in zip(written, _read(template, "".join(written)), strict=True) if one.reasons]

    assert rejected("_12", "_34", "5__", "_67", "12__") == ["5__"]
    assert rejected("12_", "34_", "_56", "7__", "_123") == ["_56"]
    assert rejected("_12", "_34", "_5_", "678", "12__") == ["_5_"]
    assert rejected("12_", "_34", "5__", "_67", "12__") == []  # some this way, some that


@pytest.mark.parametrize("mark", ["?", "x", "-"])
def test_what_is_no_digit_is_rejected_with_a_value_to_start_from(mark: str) -> None:
    reading = _one(f"1{mark}2")
    assert reading.status == "rejected"
    assert "not_a_digit" in reading.reasons
    assert len(reading.value) == 3
    assert reading.raw == f"1{'?' if mark == '?' else 'X'}2"
    assert reading.confidence < 0.01


def test_a_doubtful_digit_rejects_its_field() -> None:
    reading = _one("123", sure=0.9)
    assert (reading.status, reading.reasons, reading.value) == ("rejected", ("low_confidence",), "123")


@pytest.mark.parametrize(
    ("crop", "reason"),
    [
        (Crop(GRAY, 0.05, 0.8, touches_frame=True), "touches_frame"),
        (Crop(GRAY, 0.05, 0.8, quality=0.2), "weak_registration"),
    ],
)
def test_doubts_about_the_cell_reject_sure_digits(crop: Crop, reason: str) -> None:
    reading = _one("123", crop=crop)
    assert (reading.status, reading.reasons) == ("rejected", (reason,))


@pytest.mark.parametrize(
    ("written", "crop", "reasons"),
    [
        ("7", Crop(GRAY, 0.05, 0.8, begins_level=9, stroke_before=True), ("minus",)),
        ("7", Crop(GRAY, 0.05, 0.8, begins_level=9), ()),  # its bar
    ],
)
def test_a_digit_with_a_minus_before_it_is_rejected(written: str, crop: Crop, reasons: tuple[str, ...]) -> None:
    assert _one(written, crop=crop).reasons == reasons


def test_an_empty_required_field_is_rejected() -> None:
    assert _one("___", required=True).reasons == ("required",)
    assert _one("xx_", required=True, fill_marks=True).reasons == ("required",)


@pytest.mark.parametrize(
    ("written", "decimals", "value"),
    [("142000", 2, "1420.00"), ("____05", 2, "0.05"), ("_____5", 2, "0.05"), ("000120", 0, "120"), ("______", 2, "")],
)
def test_amounts_are_plain_decimals(written: str, decimals: int, value: str) -> None:
    assert _one(written, kind="amount", decimals=decimals).value == value


def test_a_broken_sum_rejects_every_field_it_involves_and_no_other() -> None:
    rules = [TOTAL]
    template = _template({}, {}, {}, {}, rules=rules)
    good = _read(template, "012" + "115" + "127" + "555")
    assert [reading.status for reading in good] == ["read"] * 4
    broken = _read(template, "012" + "115" + "128" + "555")
    assert [reading.status for reading in broken] == ["rejected"] * 3 + ["read"]
    assert all("rule:total" in reading.reasons for reading in broken[:3])
    # Three fields of 0.997 each that cannot all be right: each is right with about two thirds.
    assert broken[0].confidence == pytest.approx(2 / 3, abs=0.01)


def test_a_broken_rule_blames_the_doubtful_field() -> None:
    last = {"8": 0.48, "7": 0.32, "1": 0.2}  # no two digits that it must be one of
    rows = _seen("012115128", {8: last}, sure=0.9987, other=1e-4)
    readings = decide(_template({}, {}, {}, rules=[TOTAL]), [WRITTEN] * 9, rows, LABELS)
    assert [reading.status for reading in readings] == ["rejected"] * 3
    assert readings[2].confidence < 0.05
    assert readings[0].confidence > 0.9


def test_darker_specks_make_a_blank_less_sure() -> None:
    template = _template({"count": 1})
    nothing = np.zeros((0, len(LABELS)), np.float32)
    sure, doubtful = (
        decide(template, [Crop(GRAY, 0.0, contrast)], nothing, LABELS)[0].confidence for contrast in (0.03, 0.4)
    )
    assert sure > 0.999 > doubtful


def _summed(middle: dict[str, float]) -> tuple[FieldReading, ...]:
    """012 + 115 = 127 with the given chances for the middle digit of the first number."""
    rows = _seen("012115127", {1: middle})
    return decide(_template({}, {}, {}, rules=[TOTAL]), [WRITTEN] * 9, rows, LABELS)


def test_a_sum_that_comes_out_reads_a_digit_that_is_nearly_sure() -> None:
    assert [reading.status for reading in _summed({"1": 0.8, "7": 0.2})] == ["read"] * 3


def test_a_sum_does_not_read_what_is_illegible() -> None:
    first, *others = _summed({"1": 0.5, "7": 0.3, "4": 0.2})
    assert (first.status, first.reasons) == ("rejected", ("low_confidence",))
    assert [reading.status for reading in others] == ["read"] * 2


@pytest.mark.parametrize(
    ("digits", "crop", "reasons"),
    [
        ("7717", Crop(GRAY, 0.05, 0.3), ("fragment",)),
        ("7717", Crop(GRAY, 0.05, 0.6), ()),
        ("7777", Crop(GRAY, 0.05, 0.45), ()),
        ("7777", Crop(GRAY, 0.05, 0.3), ("fragment",)),
        ("1111", Crop(GRAY, 0.05, 0.3), ()),
        ("7717", Crop(GRAY, 0.05, 0.8, runs_on=True), ("touches_frame",)),
        ("7777", Crop(GRAY, 0.05, 0.8, runs_on=True), ("touches_frame",)),
    ],
)
def test_what_is_pale_beside_the_others_may_be_a_stain_or_erased_and_what_runs_on_has_a_line_in_it(
    digits: str, crop: Crop, reasons: tuple[str, ...]
) -> None:
    template = _template({"count": 4})
    rows = _seen(digits, sure=0.9999)
    assert decide(template, [WRITTEN, WRITTEN, crop, WRITTEN], rows, LABELS)[0].reasons == reasons


@pytest.mark.parametrize(
    ("contrasts", "rejected"),
    [
        ((0.3, 0.32, 0.28, 0.33, 0.7, 0.72), [True, True, True, True, False, False]),
        ((0.3, 0.32, 0.28, 0.33, 0.3, 0.72), [False] * 6),
        ((0.3, 0.38, 0.46, 0.54, 0.62, 0.7), [False] * 6),
    ],
)
def test_what_is_pale_beside_a_few_dark_digits_may_shine_through_from_another_form(
    contrasts: tuple[float, ...], rejected: list[bool]
) -> None:
    """However many; not beside one, nor where the page fades."""
    template = _template(*({"count": 1} for _ in contrasts))
    crops = [Crop(GRAY, 0.05, contrast) for contrast in contrasts]
    readings = decide(template, crops, _seen("777777", sure=0.9999), LABELS)
    assert [reading.reasons == ("fragment",) for reading in readings] == rejected


def test_two_of_many_pale_digits_may_be_darker_by_the_lines_that_they_touch() -> None:
    template = _template(*({"count": 8} for _ in range(6)))
    crops = [Crop(GRAY, 0.05, 0.7 if place < 2 else 0.3) for place in range(48)]
    assert not any(reading.reasons for reading in decide(template, crops, _seen("7" * 48, sure=0.99999), LABELS))


@pytest.mark.parametrize(("others", "status"), [(1.0, "rejected"), (0.8, "read")])
def test_an_empty_cell_that_lacks_a_side_where_others_are_whole_may_be_covered(others: float, status: str) -> None:
    """By correction tape, or a note: a digit may stand under it."""
    template = _template(*({"count": 4} for _ in range(3)))
    crops = [replace(EMPTY if place == 3 else WRITTEN, quality=others) for place in range(12)]
    crops[3] = replace(EMPTY, quality=0.76)
    assert decide(template, crops, _seen("7" * 11, sure=0.9999), LABELS)[0].status == status


@pytest.mark.parametrize(
    ("pieces", "statuses"), [(4, ["rejected", "rejected", "read"]), (2, ["blank", "read", "read"])]
)
def test_where_writing_is_in_pieces_a_speck_or_a_1_may_be_what_is_left_of_a_digit(
    pieces: int, statuses: list[str]
) -> None:
    template = _template(*({"count": 1} for _ in range(8)))
    rows = _seen("1777777", sure=0.9999)
    speck, written = Crop(GRAY, 0.0, 0.2, pieces=1), Crop(GRAY, 0.05, 0.8, pieces=pieces)
    readings = decide(template, [speck, *[written] * 7], rows, LABELS)
    assert [reading.status for reading in readings[:3]] == statuses


def test_what_is_much_smaller_than_the_rest_may_be_a_piece_of_a_digit() -> None:
    template = _template({"count": 5})
    rows = _seen("77777", sure=0.9999)
    crops = [Crop(GRAY, 0.05, 0.8, height=height) for height in (30, 28, 11, 31, 26)]
    assert decide(template, crops, rows, LABELS)[0].reasons == ("fragment",)
    crops[2] = Crop(GRAY, 0.05, 0.8, height=16)
    assert decide(template, crops, rows, LABELS)[0].status == "read"


def _with_total(
    last: dict[str, float], *, min_confidence: Thresholds = 0.95, **crop: float
) -> tuple[FieldReading, ...]:
    """012 + 115 = 12?, all sure but the last digit."""
    template, rows = _template({}, {}, {}, rules=[TOTAL]), _seen("012115120", {8: last})
    crops = [WRITTEN] * 8 + [Crop(GRAY, 0.05, 0.8, **crop)]
    return decide(template, crops, rows, LABELS, min_confidence=min_confidence)


def test_a_sum_repairs_what_is_one_of_two_digits_and_says_so() -> None:
    readings = _with_total({"1": 0.55, "7": 0.44})
    assert [reading.status for reading in readings] == ["read"] * 3
    total = readings[2]
    assert (total.value, total.raw, total.reasons) == ("127", "121", ("repaired:total",))
    assert 0.95 <= total.confidence < 1
    assert all(reading.reasons == () for reading in readings[:2])


@pytest.mark.parametrize("least", [{"cells": 0.9}, {"cells+rules": 0.9999}, 0.9999])
def test_a_repair_that_is_not_accepted_confirms_nothing_beside_it(least: Thresholds) -> None:
    readings = _with_total({"1": 0.55, "7": 0.44}, min_confidence=least)
    assert [reading.status for reading in readings] == ["rejected"] * 3
    assert all("rule:total" in reading.reasons for reading in readings)
    assert readings[2].value == "121"


def test_a_repair_must_be_surer_than_most_readings() -> None:
    """Where the writer erred by a digit that looks like the right one, the rule alone would say what is wrong."""
    assert [reading.status for reading in _with_total({"1": 0.89, "7": 0.08})] == ["rejected"] * 3


def test_a_sum_repairs_what_is_more_or_less_legible_for_a_slip_would_hardly_be_just_there() -> None:
    """The total has three places in which the writer might have erred, by any of nine digits."""
    readings = _with_total({"1": 0.85, "7": 0.14})
    assert [reading.status for reading in readings] == ["read"] * 3
    assert readings[2].reasons == ("repaired:total",)
    assert 0.98 <= readings[2].confidence < 0.99


def test_fields_beside_what_nobody_could_read_without_the_rule_stand_if_they_are_as_sure_as_a_repair() -> None:
    """012 + 115 = 12?: a 1, a 7 or an 8."""
    first, second, total = _with_total({"1": 0.42, "7": 0.41, "8": 0.15})
    assert (first.status, first.reasons) == (second.status, second.reasons) == ("read", ("unchecked:total",))
    assert 0.99 <= first.confidence < 0.9998**3
    assert (total.status, total.value, total.reasons) == ("rejected", "121", ("low_confidence", "rule:total"))
    assert {reading.status for reading in _with_total({"1": 0.65, "7": 0.18, "8": 0.15})} == {"rejected"}


def test_what_is_plain_on_the_paper_is_never_repaired() -> None:
    readings = _with_total({"1": 0.96, "7": 0.03})
    assert [reading.status for reading in readings] == ["rejected"] * 3
    assert (readings[2].value, readings[2].reasons[-1]) == ("121", "rule:total")


def test_nothing_is_repaired_that_is_doubted_for_another_reason() -> None:
    total = _with_total({"1": 0.55, "7": 0.44}, quality=0.2)[2]
    assert (total.status, total.value) == ("rejected", "121")


def test_fields_beside_an_illegible_one_stand_by_themselves_where_it_may_hold_what_the_rule_demands() -> None:
    """012 + 115 = 12?: a scribble that may be the 7."""
    first, second, total = _with_total({"8": 0.3, "?": 0.6})
    assert (first.status, first.reasons) == (second.status, second.reasons) == ("read", ("unchecked:total",))
    assert first.confidence == pytest.approx(0.9998**3, abs=1e-4)
    assert (total.status, total.reasons) == ("rejected", ("not_a_digit", "low_confidence", "rule:total"))


def test_fields_beside_an_illegible_one_are_rejected_where_nothing_in_it_would_make_the_rule_hold() -> None:
    """012 + 115 = 13?, whatever the last digit is."""
    template = _template({}, {}, {}, rules=[TOTAL])
    assert [reading.status for reading in _read(template, "01211513?", sure=0.9998)] == ["rejected"] * 3


def test_a_date_whose_day_is_lacking_leaves_month_and_year_to_themselves() -> None:
    rules = [{"name": "day", "date": ["f0", "f1", "f2"]}]
    template = _template({"count": 2, "required": True}, {"count": 2}, {"count": 4}, rules=rules)
    day, *others = _read(template, "__042019")
    assert (day.status, day.reasons) == ("rejected", ("required", "low_confidence", "rule:day"))
    assert [(one.status, one.reasons) for one in others] == [("read", ("unchecked:day",))] * 2
    assert {one.status for one in _read(template, "__172019")} == {"rejected"}


def test_a_date_whose_year_is_lacking_leaves_day_and_month_to_themselves() -> None:
    rule = {"name": "day", "date": ["f0", "f1", "f2"], "earliest": "2019-01-01"}
    template = _template({"count": 2}, {"count": 2}, {"count": 4, "required": True}, rules=[rule])
    *others, year = _read(template, "1704____")
    assert [(one.status, one.reasons) for one in others] == [("read", ("unchecked:day",))] * 2
    assert year.status == "rejected"
    assert {one.status for one in _read(template, "3104____")} == {"rejected"}


def test_a_result_that_is_right_is_not_blamed_for_the_sum_it_is_added_up_in() -> None:
    """012 + 115 = 127 holds; 127 + 003 = 131 does not."""
    rules = [{"name": "one", "sum": ["f0", "f1"], "equals": "f2"}, {"name": "two", "sum": ["f2", "f3"], "equals": "f4"}]
    template = _template({}, {}, {}, {}, {}, rules=rules)
    statuses = [reading.status for reading in _read(template, "012115127003131")]
    assert statuses == ["read"] * 3 + ["rejected"] * 2


def test_a_wrong_result_is_blamed_though_it_is_added_up_rightly() -> None:
    """012 + 115 = 128 does not hold; 128 + 003 = 131 does: it was reckoned on with the wrong one."""
    rules = [{"name": "one", "sum": ["f0", "f1"], "equals": "f2"}, {"name": "two", "sum": ["f2", "f3"], "equals": "f4"}]
    template = _template({}, {}, {}, {}, {}, rules=rules)
    statuses = [reading.status for reading in _read(template, "012115128003131")]
    assert statuses == ["rejected"] * 3 + ["read"] * 2


def test_a_date_within_limits_repairs_a_month() -> None:
    rule = {"name": "day", "date": ["f0", "f1", "f2"], "earliest": "2019-04-01", "latest": "2019-04-30"}
    template = _template({"count": 2}, {"count": 2}, {"count": 4}, rules=[rule])
    rows = _seen("17072019", {3: {"7": 0.55, "4": 0.44}})
    readings = decide(template, [WRITTEN] * 8, rows, LABELS)
    assert [reading.value for reading in readings] == ["17", "04", "2019"]
    assert readings[1].reasons == ("repaired:day",)


def test_a_sum_repairs_a_fill_mark_that_looks_like_a_digit() -> None:
    rule = {"name": "total", "sum": ["f0", "f1"], "equals": "f2"}
    template = _template({"fill_marks": True}, {}, {}, rules=[rule])
    rows = _seen("712115127", {0: {"7": 0.6, "-": 0.39}})
    first, *others = decide(template, [WRITTEN] * 9, rows, LABELS)
    assert (first.value, first.raw, first.status, first.reasons) == ("12", "712", "read", ("repaired:total",))
    assert [reading.status for reading in others] == ["read"] * 2
    rows[0, 7], rows[0, LABELS.index("-")] = 0.95, 0.04
    assert {reading.status for reading in decide(template, [WRITTEN] * 9, rows, LABELS)} == {"rejected"}


@pytest.mark.parametrize(
    ("written", "crop", "reason"),
    [
        ("7", Crop(GRAY, 0.05, 0.8, struck=True), "overwritten"),
        ("4", Crop(GRAY, 0.05, 0.8, struck=True), "overwritten"),
        ("3", Crop(GRAY, 0.05, 0.8, slashed=True), "overwritten"),
        ("0", Crop(GRAY, 0.05, 0.8, slashed=True), ""),
        ("0", Crop(GRAY, 0.05, 0.8, ringed=True), "overwritten"),
        ("5", Crop(GRAY, 0.05, 0.8, beside=True), "not_a_digit"),
        ("4", Crop(GRAY, 0.05, 0.8, beside=True), ""),
        ("4", Crop(GRAY, 0.05, 0.8, ringed=True), ""),
        ("7", Crop(GRAY, 0.05, 0.8, doubled=True), "overwritten"),
        ("5", Crop(GRAY, 0.05, 0.8, holes=1, crowded=True), ""),
        ("_", Crop(GRAY, 0.0, 0.1, faint=True), "faint"),
    ],
)
def test_what_the_strokes_say_against_a_digit_rejects_it(written: str, crop: Crop, reason: str) -> None:
    template = _template({"count": 1})
    rows = _seen(written.strip("_"), sure=0.999999)
    reading = decide(template, [crop], rows, LABELS)[0]
    assert reading.reasons == ((reason,) if reason else ())
    assert reading.status == ("rejected" if reason else "read")


def _one_doubted(
    crop: Crop, *, first: str = "012", sum_: str = "127", sure: float = 0.9998, three: float = 1e-5
) -> tuple[FieldReading, ...]:
    """`first` + 115 = `sum_`; the middle cell of the first number is `crop`, read as `sure`, and as a 3 by `three`."""
    template = _template({"fill_marks": True}, {}, {}, rules=[TOTAL])
    rows = _seen(f"{first}115{sum_}", {1: {"3": three, first[1]: sure}})
    return decide(template, [WRITTEN, crop, *[WRITTEN] * 7], rows, LABELS)


OVER_FRAME = Crop(GRAY, 0.05, 0.8, touches_frame=True)


@pytest.mark.parametrize(
    "crop", [OVER_FRAME, Crop(GRAY, 0.05, 0.8, struck=True), Crop(GRAY, 0.05, 0.8, questioned=True)]
)
def test_a_sum_that_holds_answers_what_may_be_missing_a_bar_or_a_slash(crop: Crop) -> None:
    first, *others = _one_doubted(crop)
    assert (first.value, first.status, first.reasons) == ("012", "read", ("cleared:total",))
    assert 0.98 <= first.confidence < 0.9998
    assert [reading.reasons for reading in others] == [(), ()]


@pytest.mark.parametrize(
    "crop",
    [
        Crop(GRAY, 0.05, 0.8, doubled=True),
        Crop(GRAY, 0.05, 0.8, doubled=True, touches_frame=True),
        Crop(GRAY, 0.05, 0.8, quality=0.2),
    ],
)
def test_a_sum_does_not_answer_what_is_written_over_or_not_found(crop: Crop) -> None:
    assert _one_doubted(crop)[0].status == "rejected"


def test_a_doubt_is_answered_only_where_the_sum_holds_and_the_digit_is_legible() -> None:
    assert {reading.status for reading in _one_doubted(OVER_FRAME, sum_="128")} == {"rejected"}
    assert _one_doubted(OVER_FRAME, sure=0.8)[0].status == "rejected"


def test_a_mark_that_runs_over_the_frame_is_no_zero_for_that() -> None:
    reading = _one_doubted(OVER_FRAME, first="xx7", sum_="122")[0]
    assert (reading.value, reading.raw, reading.reasons) == ("7", "XX7", ("cleared:total",))


@pytest.mark.parametrize("crop", [OVER_FRAME, Crop(GRAY, 0.05, 0.8, doubled=True)])
def test_a_clear_digit_that_may_be_another_does_not_excuse_a_broken_sum(crop: Crop) -> None:
    """012 + 115 = 147 would hold with a 3 for the 1: rather than that, the writer erred."""
    assert {reading.status for reading in _one_doubted(crop, sum_="147")} == {"rejected"}
    assert [reading.status for reading in _one_doubted(crop, sum_="147", sure=0.6, three=0.39)[1:]] == ["read"] * 2


@pytest.mark.parametrize(("three", "status"), [(1e-5, "rejected"), (0.1, "read")])
def test_a_digit_doubted_for_its_strokes_excuses_a_broken_sum_if_it_resembles_the_wanted_one(
    three: float, status: str
) -> None:
    """012 + 115 = 147 wants a 3 for the 1."""
    doubted, *others = _one_doubted(Crop(GRAY, 0.05, 0.8, slashed=True), sum_="147", three=three)
    assert "overwritten" in doubted.reasons
    assert [reading.status for reading in others] == [status] * 2
    assert all("unchecked:total" in reading.reasons for reading in others)


@pytest.mark.parametrize(("sum_", "status"), [("227", "read"), ("827", "rejected")])
def test_a_scribble_excuses_no_other_digit_that_is_clear(sum_: str, status: str) -> None:
    """1?2 + 115: a 1 may be hidden; that besides the first 1 is a 7, as 827 wants, is less likely than an error."""
    template, rows = _template({}, {}, {}, rules=[TOTAL]), _seen(f"1?2115{sum_}", {0: {"1": 0.98, "7": 0.02}})
    assert [reading.status for reading in decide(template, [WRITTEN] * 9, rows, LABELS)[1:]] == [status] * 2


@pytest.mark.parametrize(("most", "status"), [(20, "read"), (99, "rejected")])
def test_beside_a_scribble_a_field_is_as_sure_as_its_own_rules_make_it(most: int, status: str) -> None:
    """1? + 12 = 25: whether the second is a 12 or a 72 only its range says."""
    within = {"name": "range", "field": "f1", "minimum": 0, "maximum": most}
    template = _template(*[{"count": 2}] * 3, rules=[TOTAL, within])
    rows = _seen("1?1225", {2: {"1": 0.75, "7": 0.249}})
    second = decide(template, [WRITTEN] * 6, rows, LABELS)[1]
    assert (second.value, second.status) == ("12", status)
    assert "unchecked:total" in second.reasons


def test_a_scribble_excuses_a_broken_sum() -> None:
    readings = _one_doubted(WRITTEN, first="0?2", sum_="147")
    assert [reading.status for reading in readings] == ["rejected", "read", "read"]


def test_a_date_that_might_be_another_answers_nothing() -> None:
    rule = {"name": "day", "date": ["f0", "f1", "f2"]}
    template = _template({"count": 2}, {"count": 2}, {"count": 4}, rules=[rule])
    day = decide(template, [OVER_FRAME, *[WRITTEN] * 7], _seen("17042019"), LABELS)[0]
    assert (day.status, day.reasons) == ("rejected", ("touches_frame",))


def _badly_marked(mark: float, junk: float, digit: float, *, sum_: str = "122") -> FieldReading:
    """x?7 + 115 = `sum_`, with what the model thinks of the cell in the middle: a mark, no digit, an 8."""
    template = _template({"fill_marks": True}, {}, {}, rules=[TOTAL])
    rows = _seen(f"x?7115{sum_}", {1: {"x": mark, "?": junk, "8": digit}})
    return decide(template, [WRITTEN] * 9, rows, LABELS)[0]


def test_a_sum_says_that_what_is_no_digit_is_a_fill_mark_badly_made() -> None:
    reading = _badly_marked(0.4, 0.55, 0.04)
    assert (reading.value, reading.raw, reading.status) == ("7", "X?7", "read")
    assert reading.reasons == ("cleared:total",)


def test_what_may_be_a_scribbled_digit_is_no_fill_mark() -> None:
    assert _badly_marked(0.4, 0.55, 0.04, sum_="202").status == "rejected"  # 87 + 115
    assert _badly_marked(0.1, 0.85, 0.04).status == "rejected"
    assert _badly_marked(0.3, 0.55, 0.14).status == "rejected"


@pytest.mark.parametrize(
    ("height", "foot", "reasons"), [(16, 24, ("raised",)), (16, 9, ()), (28, 24, ()), (11, 24, ("raised", "fragment"))]
)
def test_a_small_digit_far_above_the_others_foot_may_be_cents(
    height: float, foot: float, reasons: tuple[str, ...]
) -> None:
    template = _template({"count": 5})
    rows = _seen("77777", sure=0.9999)
    crops = [Crop(GRAY, 0.05, 0.8, height=tall, foot=8) for tall in (30, 28, 29, 31)]
    last = Crop(GRAY, 0.05, 0.8, height=height, foot=foot)
    assert decide(template, [*crops, last], rows, LABELS)[0].reasons == reasons


def test_writing_beside_a_field_rejects_it() -> None:
    assert _one("77", crop=Crop(GRAY, 0.05, 0.8, goes_on=True)).reasons == ("goes_on",)
    empty = decide(_template({"count": 1}), [Crop(GRAY, 0.0, 0.04, goes_on=True)], np.zeros((0, len(LABELS))), LABELS)
    assert (empty[0].status, empty[0].reasons) == ("rejected", ("goes_on",))


def test_a_point_between_digits_rejects_the_number() -> None:
    assert _one("77", crop=Crop(GRAY, 0.05, 0.8, point=True)).reasons == ("point",)


def test_a_point_beside_a_fill_mark_says_nothing() -> None:
    crop = Crop(GRAY, 0.05, 0.8, point=True)
    template = _template({"count": 2, "fill_marks": True})
    assert decide(template, [crop, WRITTEN], _seen("x7", sure=0.9999), LABELS)[0].reasons == ()
