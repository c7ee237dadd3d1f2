"""Rules about fields without cells: they confirm, repair and reject what these say."""

import numpy as np
import pytest

from formreader.decide import decide
from formreader.decide.promise import kind_of
from formreader.decide.said import Said
from formreader.records import Crop, FieldReading
from formreader.template import Template

LABELS = [*"0123456789", "x", "-", "?"]
SUM = {"sum": ["cash", "cheques"], "equals": "total"}


def template(**rule: object) -> Template:
    strips = [
        {
            "name": name,
            "kind": "amount",
            "decimals": 2,
            "strip": {"left": 0, "top": top, "right": 90, "bottom": top + 20},
        }
        for name, top in {"cash": 0, "cheques": 30, "total": 60}.items()
    ]
    cells = {"name": "number", "cells": [{"left": 0, "top": 90, "right": 20, "bottom": 120}]}
    data = {"name": "t", "width": 100, "height": 200, "dpi": 100, "fields": [*strips, cells]}
    return Template.model_validate({**data, "rules": [{"name": "sum", **rule}]})


def strip(
    value: str, sure: float = 0.99, *doubts: str, likely: dict[str, float] | None = None, digit: float = 0.6
) -> tuple[FieldReading, dict[str, float]]:
    """What a strip says, how sure it is and of each digit, what else it may be, and what speaks against it."""
    each = (digit,) * len(value.replace(".", ""))
    return FieldReading("", value, sure, "read", doubts, value.removesuffix(".00"), each), likely or {value: sure}


def page(form: Template, **strips: tuple[FieldReading, dict[str, float]]) -> dict[str, FieldReading]:
    """The page's fields; a clear 3 stands in its one cell."""
    said = {name: Said.of(form.field(name), *one) for name, one in strips.items()}
    seen = np.full((1, len(LABELS)), 0.0001, np.float32)
    seen[0, 3] = 0.9988
    crop = Crop(np.full((40, 30), 255, np.uint8), 0.1, 0.8)
    return {field.field: field for field in decide(form, [crop], seen, LABELS, strips=said)}


def told(read: dict[str, FieldReading], *names: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(read[name].status, read[name].reasons) for name in names]


def test_a_sum_that_holds_makes_an_unsure_field_surer() -> None:
    fields = page(template(**SUM), cash=strip("12.50", 0.8), cheques=strip("1.00"), total=strip("13.50"))
    assert told(fields, "cash", "cheques", "total") == [("read", ())] * 3
    assert fields["cash"].confidence > 0.98
    alone = page(template(field="cash", maximum=20), cash=strip("12.50", 0.8), cheques=strip(""), total=strip(""))
    assert told(alone, "cash") == [("rejected", ("low_confidence",))]


def test_a_sum_says_nothing_about_what_nobody_could_read_without_it() -> None:
    fields = page(template(**SUM), cash=strip("12.50", 0.4), cheques=strip("1.00"), total=strip("13.50"))
    assert told(fields, "cash") == [("rejected", ("low_confidence",))]


def test_a_sum_that_does_not_hold_rejects_its_fields_and_no_others() -> None:
    fields = page(template(**SUM), cash=strip("12.50"), cheques=strip("1.00"), total=strip("12.50"))
    assert all("rule:sum" in fields[name].reasons for name in ("cash", "cheques", "total"))
    assert told(fields, "number") == [("read", ())]


def test_a_sum_tells_which_of_two_likely_values_a_field_has() -> None:
    doubtful = strip("12.60", 0.6, likely={"12.60": 0.6, "12.50": 0.38})
    fields = page(template(**SUM), cash=doubtful, cheques=strip("1.00"), total=strip("13.50"))
    assert told(fields, "cash", "cheques") == [("read", ("repaired:sum",)), ("read", ())]
    assert (fields["cash"].value, fields["cash"].raw) == ("12.50", "12.60")


@pytest.mark.parametrize("likely", [{"12.60": 0.6, "112.50": 0.38}, {"12.60": 0.6}])
def test_it_does_not_where_the_paper_leaves_no_room_for_the_other(likely: dict[str, float]) -> None:
    fields = page(
        template(**SUM), cash=strip("12.60", 0.6, likely=likely), cheques=strip("100.00"), total=strip("212.50")
    )
    assert all(field.status == "rejected" for name, field in fields.items() if name != "number")


def test_a_digit_that_is_clear_by_itself_is_never_repaired() -> None:
    clear = strip("12.60", 0.6, likely={"12.60": 0.6, "12.50": 0.38}, digit=0.99)
    fields = page(template(**SUM), cash=clear, cheques=strip("1.00"), total=strip("13.50"))
    assert fields["cash"].value == "12.60" and fields["cash"].status == "rejected"


@pytest.mark.parametrize("doubt", ["touches_frame", "stroke_or_one"])
def test_a_sum_clears_what_it_can_answer(doubt: str) -> None:
    fields = page(template(**SUM), cash=strip("12.50", 0.97, doubt), cheques=strip("1.00"), total=strip("13.50"))
    assert told(fields, "cash", "cheques") == [("read", ("cleared:sum",)), ("read", ())]


def test_nothing_clears_what_was_written_over() -> None:
    fields = page(
        template(**SUM), cash=strip("12.50", 0.97, "overwritten"), cheques=strip("1.00"), total=strip("13.50")
    )
    assert told(fields, "cash", "cheques") == [("rejected", ("overwritten",)), ("read", ())]


def test_beside_a_doubted_field_that_may_make_it_hold_the_others_stand_by_themselves() -> None:
    one_digit = strip("12.90", 0.9, "overwritten")
    fields = page(template(**SUM), cash=one_digit, cheques=strip("1.00"), total=strip("13.50"))
    assert told(fields, "cash", "total") == [
        ("rejected", ("unchecked:sum", "overwritten", "low_confidence")),
        ("read", ("unchecked:sum",)),
    ]


def test_so_does_a_blank_one() -> None:
    fields = page(template(**SUM), cash=strip("12.90", 0.9, "overwritten"), cheques=strip(""), total=strip("12.50"))
    assert told(fields, "cheques", "total") == [("blank", ("unchecked:sum",)), ("read", ("unchecked:sum",))]


def test_beside_one_that_cannot_they_are_rejected() -> None:
    fields = page(template(**SUM), cash=strip("12.90", 0.9, "overwritten"), cheques=strip("1.00"), total=strip("6.50"))
    assert {status for status, _ in told(fields, "cash", "cheques", "total")} == {"rejected"}
    assert "rule:sum" in fields["total"].reasons


@pytest.mark.parametrize(
    ("read", "doubt", "total"),
    [
        ("1250.00", "no_point", "13.50"),  # a point that was missed
        ("2.50", "touches_frame", "13.50"),  # its first digit is cut off
        ("777777.00", "overwritten", "13.50"),  # hardly what it looks like
    ],
)
def test_a_doubted_field_may_have_lost_a_point_or_a_digit(read: str, doubt: str, total: str) -> None:
    sure = 0.3 if doubt == "overwritten" else 0.8
    fields = page(template(**SUM), cash=strip(read, sure, doubt), cheques=strip("1.00"), total=strip(total))
    assert told(fields, "total") == [("read", ("unchecked:sum",))]


def test_beside_a_negative_amount_the_others_stand_by_themselves() -> None:
    minus = strip("-2.50", 0.9, "negative_amount")
    fields = page(template(**SUM), cash=minus, cheques=strip("11.00"), total=strip("13.50"))
    assert told(fields, "total") == [("read", ("unchecked:sum",))]


@pytest.mark.parametrize(("value", "status"), [("20.00", "read"), ("20.01", "rejected"), ("", "blank")])
def test_a_limit_may_be_about_a_strip(value: str, status: str) -> None:
    fields = page(template(field="cash", maximum=20), cash=strip(value), cheques=strip(""), total=strip(""))
    assert fields["cash"].status == status


def test_a_total_in_cells_checks_a_strip() -> None:
    form = template(sum=["cash"], equals="number")
    right = page(form, cash=strip("3.00", 0.8), cheques=strip(""), total=strip(""))
    assert told(right, "cash", "number") == [("read", ()), ("read", ())]
    wrong = page(form, cash=strip("4.00", 0.8), cheques=strip(""), total=strip(""))
    assert {status for status, _ in told(wrong, "cash", "number")} == {"rejected"}


def test_what_a_sum_checks_is_a_kind_of_its_own_where_the_sum_says_something() -> None:
    form = template(**SUM)
    assert kind_of(form, "cash", "12.50", ()) == kind_of(form, "cash", "", ()) == "strip+rules"
    assert kind_of(form, "cash", "12.50", ("unchecked:sum",)) == "strip"
    assert kind_of(template(field="cash", maximum=20), "cash", "12.50", ()) == "strip"
    assert kind_of(template(sum=["number"], equals="cash"), "number", "3", ()) == "cells+rules"
