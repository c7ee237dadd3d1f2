"""Rules about fields without cells: they reject what cannot be right, and repair nothing."""

import pytest

from formreader.decide.checked import checked
from formreader.decide.promise import kind_of
from formreader.records import FieldReading
from formreader.template import Template


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


SUM = {"sum": ["cash", "cheques"], "equals": "total"}


def page(*values: str, rejected: str = "") -> list[FieldReading]:
    names = ("cash", "cheques", "total", "number")
    return [
        FieldReading(
            name,
            value,
            0.99,
            "rejected" if name == rejected else "read" if value else "blank",
            ("low_confidence",) if name == rejected else (),
        )
        for name, value in zip(names, values, strict=True)
    ]


def told(form: Template, fields: list[FieldReading]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {field.field: (field.status, field.reasons) for field in checked(form, fields)}


def test_a_sum_that_holds_says_nothing() -> None:
    fields = page("12.50", "", "12.50", "3")
    assert checked(template(**SUM), fields) == tuple(fields)


def test_a_sum_that_does_not_hold_rejects_its_fields_and_no_others() -> None:
    read = told(template(**SUM), page("12.50", "1.00", "12.50", "3"))
    assert {read[name] for name in ("cash", "cheques", "total")} == {("rejected", ("rule:sum",))}
    assert read["number"] == ("read", ())


def test_beside_a_rejected_field_the_others_stand_by_themselves() -> None:
    read = told(template(**SUM), page("12.50", "1.00", "12.50", "3", rejected="total"))
    assert read["cash"] == ("read", ("unchecked:sum",))
    assert read["total"] == ("rejected", ("low_confidence",))


@pytest.mark.parametrize(("value", "status"), [("20.00", "read"), ("20.01", "rejected"), ("", "blank")])
def test_a_limit_may_be_about_a_strip(value: str, status: str) -> None:
    assert told(template(field="cash", maximum=20), page(value, "", "", "3"))["cash"][0] == status


def test_a_rule_about_strips_makes_no_reading_of_a_better_kind() -> None:
    """What is promised of fields that a rule checks was counted on cells, which the rule is decoded with."""
    assert kind_of(template(**SUM), "cash", "12.50", ()) == "strip"
    assert kind_of(template(sum=["number"], equals="cash"), "number", "3", ()) == "cells"
