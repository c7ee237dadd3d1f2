"""Running numbers over a batch: what is missing, what stands twice."""

from drawn import cells

from formreader.decide.running import changed, check_running
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.template import Template

FORM = Template.model_validate(
    {
        "name": "slips",
        "width": 800,
        "height": 400,
        "dpi": 100,
        "fields": [{"name": "number", "cells": cells(4, 50, 50)}],
        "rules": [{"name": "in order", "running": "number"}],
    }
)


def _pages(*values: str) -> list[PageReading]:
    """One page a value; an empty one is rejected."""
    return [
        PageReading(
            ScanRef(f"{at}.png", f"{at}.png"),
            (FieldReading("number", value or "9", 0.99, "read" if value else "rejected"),),
        )
        for at, value in enumerate(values)
    ]


def test_what_is_missing_is_named_and_who_may_have_it_counted() -> None:
    _, (numbers,) = check_running(FORM, _pages("0007", "0009", "0010", "", "0014"))
    assert numbers.missing == ("8", "11-13")
    assert (numbers.doubles, numbers.unknown) == ((), 1)


def test_what_stands_twice_is_rejected_on_both_pages_and_nothing_else() -> None:
    changes, (numbers,) = check_running(FORM, _pages("0001", "0002", "0002"))
    pages = [changed(page, changes) for page in _pages("0001", "0002", "0002")]
    assert numbers.doubles == (("2", ("1.png page 1", "2.png page 1")),)
    assert [page.fields[0].status for page in pages] == ["read", "rejected", "rejected"]
    assert pages[1].fields[0].reasons == ("rule:in order",)


def test_a_template_without_such_a_rule_is_left_alone() -> None:
    assert check_running(FORM.model_copy(update={"rules": []}), _pages("1", "1")) == ([], ())
