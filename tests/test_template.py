"""A template is read whole or refused with everything that is wrong in it, each with its place."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.decide.rules import broken_rules
from formreader.errors import TemplateError
from formreader.records import Box
from formreader.template import Template, load_template, save_template, template_schema
from formreader.template.listed import ValuesRule
from formreader.template.rules import RULES

SCHEMA = Path(__file__).parents[1] / "formreader" / "template" / "template.schema.json"


def cell(left: int, right: int) -> dict[str, int]:
    return {"left": left, "top": 10, "right": right, "bottom": 40}


def slip() -> dict[str, Any]:
    """Every kind of field and of rule that the contract knows."""
    return {
        "schema_version": 1,
        "name": "slip",
        "width": 1240,
        "height": 600,
        "dpi": 150,
        "fields": [
            {"name": "account", "required": True, "cells": [cell(10, 40), cell(40, 70)]},
            {"name": "amount", "kind": "amount", "decimals": 2, "fill_marks": True, "cells": [cell(100, 130)]},
            {"name": "words", "kind": "string", "strip": cell(200, 400)},
            {"name": "day", "find": "comb", "count": 8},
        ],
        "rules": [
            {"name": "total", "sum": ["account"], "equals": "amount"},
            {"name": "check digit", "checksum": "luhn", "field": "account"},
            {"name": "date", "date": ["day"], "earliest": "2019-01-01", "latest": "2030-12-31"},
            {"name": "range", "field": "amount", "minimum": 0, "maximum": 500.5},
        ],
    }


def written(folder: Path, data: Any) -> Path:
    path = folder / "slip.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(TemplateError) as caught:
        load_template(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_every_kind_of_field_and_rule_is_read(tmp_path: Path) -> None:
    template = load_template(written(tmp_path, slip()))
    assert [field.name for field in template.fields] == ["account", "amount", "words", "day"]
    assert [rule.fields for rule in template.rules] == [["account", "amount"], ["account"], ["day"], ["amount"]]
    assert [(field.name, index, box) for field, index, box in template.cells()] == [
        ("account", 0, Box(10, 10, 40, 40)),
        ("account", 1, Box(40, 10, 70, 40)),
        ("amount", 0, Box(100, 10, 130, 40)),
    ]


def test_a_saved_template_is_read_back_as_it_was(tmp_path: Path) -> None:
    template = load_template(written(tmp_path, slip()))
    save_template(template, tmp_path / "again.json")
    assert load_template(tmp_path / "again.json") == template
    assert '{"left": 10, "top": 10, "right": 40, "bottom": 40},\n' in (tmp_path / "again.json").read_text()
    assert json.loads((tmp_path / "again.json").read_text()) == slip()


def test_a_template_that_cannot_be_saved_says_where(tmp_path: Path) -> None:
    template = load_template(written(tmp_path, slip()))
    with pytest.raises(TemplateError, match=r"no.again\.json.*cannot be written"):
        save_template(template, tmp_path / "no" / "again.json")


def test_the_reference_is_found_beside_the_template_also_by_a_worker(tmp_path: Path) -> None:
    (tmp_path / "blank.png").write_bytes(b"picture")
    template = load_template(written(tmp_path, {**slip(), "reference": "blank.png"}))
    assert template.reference_path == tmp_path / "blank.png"
    assert pickle.loads(pickle.dumps(template)).reference_path == tmp_path / "blank.png"
    assert load_template(written(tmp_path, slip())).reference_path is None


@pytest.mark.parametrize("content", [None, b""])
def test_a_reference_that_is_not_there_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "blank.png").write_bytes(content)
    path = written(tmp_path, {**slip(), "reference": "blank.png"})
    assert "reference" in refusal(path)
    assert str(tmp_path / "blank.png") in refusal(path)


def at(*place: str | int) -> Callable[[dict[str, Any], Any], None]:
    def put(data: Any, value: Any) -> None:
        for part in place[:-1]:
            data = data[part]
        data[place[-1]] = value

    return put


@pytest.mark.parametrize(
    ("put", "value", "words"),
    [
        (at("colour"), "red", "colour: unknown key. Known: schema_version, name, width"),
        (at("fields", 1, "fillmarks"), True, "fields[1] (amount).fillmarks: unknown key. Is 'fill_marks' meant?"),
        (at("fields", 0, "cells", 1, "rihgt"), 1, "fields[0] (account).cells[1].rihgt: unknown key. Is 'right' meant?"),
        (at("fields", 2, "strip", "x"), 1, "fields[2] (words).strip.x: unknown key. Known: left, top, right, bottom"),
        (at("rules", 0, "equal"), 1, "rules[0] (total).equal: unknown key. Is 'equals' meant?"),
        (at("rules", 3, "maxmum"), 1, "rules[3] (range).maxmum: unknown key. Is 'maximum' meant?"),
        (at("rules", 0), {"name": "odd"}, "rules[0] (odd): a rule has one of sum, equal, checksum, date"),
        (
            at("rules", 1, "checksum"),
            "iban",
            "rules[1] (check digit).checksum: must be 'luhn', 'mod11', 'mod97', 'verhoeff' or 'aba'; found \"iban\"",
        ),
        (at("fields", 0, "cells", 1, "right"), 1300, "cells[1].right: 1300 is outside the page, which is 1240 wide"),
        (at("fields", 0, "cells", 1, "left"), 20, "fields[0] (account).cells[1]: lies mostly upon the cell before it"),
        (at("fields", 0, "cells"), [cell(40, 70), cell(10, 40)], "(account).cells[1]: lies left of the cell before it"),
        (
            at("rules", 3),
            {"name": "r", "field": "account", "minimum": 100},
            "at least 100; field 'account' has 2",
        ),
        (
            at("rules", 3),
            {"name": "v", "field": "day", "values": [1]},
            "(v).values[0]: must be a valid string",
        ),
        (at("fields", 0, "cells", 1), cell(10, 40), "(account).cells[1]: lies where fields[0] (account).cells[0] lies"),
        (at("fields", 1, "cells", 0), cell(10, 40), "(amount).cells[0]: lies where fields[0] (account).cells[0] lies"),
        (at("fields", 2, "strip", "bottom"), 601, "(words).strip.bottom: 601 is outside the page, which is 600 high"),
        (at("fields", 0, "cells", 1, "left"), -1, "cells[1].left: must be greater than or equal to 0; found -1"),
        (at("fields", 0, "cells", 1, "left"), 70, "cells[1]: left must be less than right"),
        (at("fields", 0, "cells", 1, "left"), 40.5, "cells[1].left: must be a whole number; found 40.5"),
        (at("fields", 0, "cells", 1, "left"), "40", 'cells[1].left: must be a whole number; found "40"'),
        (at("fields", 0, "cells"), [], "fields[0] (account): cells is empty"),
        (
            at("fields", 0, "strip"),
            cell(1, 2),
            "fields[0] (account): give one of cells, strip or find; found",
        ),
        (at("fields", 3, "count"), None, "fields[3] (day): find and count belong together"),
        (at("fields", 0, "decimals"), 2, "fields[0] (account): decimals belongs to an amount, not to digits"),
        (at("fields", 0, "kind"), "digit", "fields[0] (account).kind: must be 'digits', 'string' or 'amount'"),
        (at("fields", 1, "name"), "account", "fields[0] and fields[1]: 2 fields are called 'account'"),
        (at("rules", 3, "name"), "date", "rules[2] and rules[3]: 2 rules are called 'date'"),
        (at("rules", 0, "equals"), "amuont", "rules[0] (total): no field is called 'amuont'. Is 'amount' meant?"),
        (at("rules", 0, "equals"), "zzz", "no field is called 'zzz'. Known: account, amount, words, day"),
        (
            at("rules", 0, "sum"),
            ["account", "amount"],
            "rules[0] (total): field 'amount' is to be a part of its own sum",
        ),
        (at("rules", 3), {"name": "e", "equal": ["day", "day"]}, "rules[3] (e): it compares field 'day' to itself"),
        (at("rules", 2, "date"), ["day", "day"], "rules[2] (date): date takes [day, month, year] or one field"),
        (at("rules", 2, "earliest"), "01.02.2019", "rules[2] (date).earliest: '01.02.2019' is not a date"),
        (at("rules", 2, "earliest"), 5, "rules[2] (date).earliest: 5 is not a date"),
        (at("rules", 2, "earliest"), "2031-01-01", "earliest 2031-01-01 is after latest 2030-12-31"),
        (at("rules", 3, "minimum"), 900, "rules[3] (range): minimum 900 is above maximum 500.5"),
        (at("rules", 3), {"name": "range", "field": "day"}, "a range needs a minimum, a maximum or both"),
        (
            at("rules", 1, "checksum"),
            "aba",
            "rules[1] (check digit): a routing number has 9 digits; field 'account' has 2",
        ),
        (
            at("rules", 3),
            {"name": "l", "field": "day", "length": 9},
            "(l): it asks for 9 digits; field 'day' has 8 cells",
        ),
        (at("rules", 2, "date"), ["account"], "in one field is DDMMYYYY or DDMMYY; field 'account' has 2 cells"),
        (at("name"), " slip", "name: ' slip' has blanks at an end"),
        (at("fields", 0, "name"), "a\nb", "name: 'a\\nb' has blanks at an end, or characters that cannot be printed"),
        (at("dpi"), float("nan"), "dpi: must be a finite number"),
        (at("width"), None, "width: must be a whole number; found null"),
        (at("schema_version"), 2, "schema_version: must be 1; found 2"),
        (at("fields"), [], "fields: must have at least 1 item, not 0; found []"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, put: Callable[..., None], value: Any, words: str) -> None:
    data = slip()
    put(data, value)
    said = refusal(written(tmp_path, data))
    assert words in said
    assert "formreader template check" in said


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    data = slip()
    del data["rules"][0]["equals"], data["width"]
    said = refusal(written(tmp_path, data))
    assert "rules[0] (total).equals: is missing" in said
    assert "width: is missing" in said
    assert said.startswith(f"{tmp_path / 'slip.json'} has 2 problems:\n")


def test_a_long_list_of_problems_is_cut_short(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, {**slip(), **{f"key{i}": 1 for i in range(30)}}))
    assert said.count("unknown key") == 20
    assert "and 10 more" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"name": "a",\n "name": "b"}', 'the key \'name\' is given twice in one place, as "a" and "b"'),
        (b'{"name": "a",\n "width" 5}', "line 2, column 10: not valid JSON"),
        (b'{"name": "a",\n "x": "\xff"}', "line 2 is not UTF-8 text (byte 0xff)"),
        (b"", "line 1, column 1: not valid JSON"),
        (b"[]", "must be keys and values in braces, { ... }; found []"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "a number too long"),
        (b" " * 10_000_001, "has 10,000,001 bytes; a template has at most 10,000,000"),
        (b"\xff\xd8\xff\xe0", "Is it a template?"),
    ],
)
def test_what_is_no_template_at_all_is_said_plainly(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "slip.json"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "slip.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(slip()).encode())
    assert load_template(path).name == "slip"


def test_a_built_in_template_is_no_file_to_look_at() -> None:
    with pytest.raises(TemplateError, match=r"cheque: is built in, .*\. Here give the path of a file"):
        load_template("cheque")


def test_what_is_no_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    assert "there is no such template file" in refusal(tmp_path / "none.json")
    assert "formreader samples" in refusal(Path("chek"))
    assert "is a folder" in refusal(tmp_path)
    assert "cannot be opened" in refusal(tmp_path / ("long" * 1000))


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["fields", "rules", "name", "sum", "date", "cells", "x"]), inner, max_size=4
            )
        ),
    )
)
def test_any_json_is_a_template_or_a_template_error(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = written(tmp_path_factory.mktemp("any"), {**slip(), "fields": data})
    assert refusal(path)
    assert refusal(written(path.parent, {**slip(), "rules": [data]}))


def test_the_committed_schema_is_current() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == template_schema()


def test_the_schema_knows_every_key_of_the_format() -> None:
    known = template_schema()["$defs"]
    assert set(template_schema()["properties"]) == set(Template.model_fields)
    assert set(known) == {"Area", "Field", *(rule.__name__ for rule in RULES.values())}
    assert all(part["additionalProperties"] is False for part in known.values())


def _with_list(rule: dict[str, Any]) -> dict[str, Any]:
    data = slip()
    data["rules"].append({"name": "known", "field": "account", **rule})
    return data


def test_allowed_values_come_from_the_first_column_of_a_table_beside_the_template(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("number,who\n07,A\n12,B\n")
    template = load_template(written(tmp_path, _with_list({"values": "customers.csv"})))
    rule = template.rules[-1]
    assert isinstance(rule, ValuesRule)
    assert rule.allowed == {"07", "12"}
    assert pickle.loads(pickle.dumps(template)).rules[-1].allowed == rule.allowed


def test_the_first_line_of_a_list_is_a_value_where_it_is_a_number(tmp_path: Path) -> None:
    """Its heading was left out: the first one listed would be refused, or taken for another that is listed."""
    (tmp_path / "numbers.csv").write_text("07\n12\n")
    rule = load_template(written(tmp_path, _with_list({"values": "numbers.csv"}))).rules[-1]
    assert isinstance(rule, ValuesRule)
    assert rule.allowed == {"07", "12"}


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("25.00", True),
        ("25", True),
        ("7.50", True),
        ("1000.00", True),
        ("3.25", True),
        ("0.25", False),
        ("1.50", False),
    ],
)
def test_listed_amounts_are_numbers(tmp_path: Path, value: str, holds: bool) -> None:
    (tmp_path / "fees.csv").write_text("fee;what\n25;a\n7.5;b\n0001000.0;c\n3,25;d\n1,500;e\nfree;f\n")
    data = slip()
    data["fields"][1]["cells"] = [cell(100 + 30 * i, 130 + 30 * i) for i in range(6)]
    data["rules"] = [{"name": "fees", "field": "amount", "values": "fees.csv"}]
    rules = load_template(written(tmp_path, data)).rules
    assert list(broken_rules(rules, {"amount": value})) == ([] if holds else rules)


def test_a_list_that_nothing_on_the_form_can_hold_is_refused(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, _with_list({"values": ["123456", "ab"]})))
    assert "(known).values: none of its values, such as '123456', can be written in the 2 cells" in said


@pytest.mark.parametrize(
    ("name", "words"), [("gone.csv", "no such table"), ("c.doc", "that ends in .csv"), ("empty.csv", "no value")]
)
def test_a_list_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "empty.csv").write_text("number\n")
    said = refusal(written(tmp_path, _with_list({"values": name})))
    assert name in said
    assert words in said


def test_every_kind_of_rule_is_saved_as_it_was_read(tmp_path: Path) -> None:
    data = slip()
    data["rules"] += [
        {"name": "same", "equal": ["account", "amount"]},
        {"name": "listed", "field": "account", "values": ["1", "2"]},
        {"name": "long", "field": "account", "length": 2},
        {"name": "counted", "running": "account"},
        {"name": "mod", "field": "account", "checksum": "mod97"},
    ]
    template = load_template(written(tmp_path, data))
    save_template(template, tmp_path / "saved.json")
    assert load_template(tmp_path / "saved.json") == template
