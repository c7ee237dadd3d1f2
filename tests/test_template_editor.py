"""What the template editor does behind its page, and its verbs on the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from batches import LONG
from conftest import CommandLine
from drawn import FORM, cells, filled

from formreader.errors import TemplateError, UsageError
from formreader.scans import list_scans
from formreader.simulate.handwriting import blank_form
from formreader.template import Template, as_json, load_template, save_template
from formreader.web import editing
from formreader.web.editing import Editing


@pytest.fixture
def slip(deposit_slip: Path, tmp_path: Path) -> Path:
    """A template with its reference picture and a filled scan, to be changed."""
    for name in ("template.json", "reference.png"):
        shutil.copy(deposit_slip / name, tmp_path)
    shutil.copy(deposit_slip / "scans" / "form-001.jpg", tmp_path / "filled.jpg")
    return tmp_path


@pytest.fixture
def opened(slip: Path) -> Editing:
    return editing.edit(slip / "template.json", list_scans([slip / "filled.jpg"]))


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with blank.png, a form, filled.png, the same filled in, and other.png, which is no form."""
    folder = tmp_path_factory.mktemp("scans")
    cv2.imwrite(str(folder / "blank.png"), blank_form(FORM, dpi=150))
    cv2.imwrite(str(folder / "filled.png"), filled(seed=3)[0])
    cv2.imwrite(str(folder / "other.png"), np.full((1500, 1200), 250, np.uint8))
    return folder


def picture(opened: Editing, number: int = 0) -> Any:
    return cv2.imdecode(np.frombuffer(opened.picture(number), np.uint8), cv2.IMREAD_GRAYSCALE)


def test_the_page_lies_where_the_template_says(opened: Editing, slip: Path) -> None:
    form = load_template(slip / "template.json")
    assert opened.page(0) == {"picture": "picture/0", "note": ""}
    shown = cv2.resize(picture(opened), (form.width, form.height), interpolation=cv2.INTER_AREA)
    reference = cv2.imread(str(slip / "reference.png"), cv2.IMREAD_GRAYSCALE)
    for _, _, box in form.cells():  # the printed line on the left of each cell is as dark as on the reference
        x, y = int(box.left), slice(int(box.top) + 4, int(box.bottom) - 4)
        assert shown[y, x - 1 : x + 2].min(1).mean() < shown.mean() - 30
        assert reference[y, x - 1 : x + 2].min(1).mean() < 200


def test_what_the_page_sends_is_checked_with_its_place(opened: Editing) -> None:
    template = opened.start()["template"]
    assert opened.check({"template": template}) == {"problems": []}
    template["fields"][1]["name"] = "account"
    template["fields"][0]["cells"][0]["right"] = 5000
    template["rules"][0]["field"] = "nobody"
    problems = opened.check({"template": template})["problems"]
    assert any(text.startswith("fields[0] and fields[1]: 2 fields are called 'account'") for text in problems)
    assert any(text.startswith("fields[0] (account).cells[0].right: 5000 is outside the page") for text in problems)
    assert any(text.startswith("rules[0] (check digit): no field is called 'nobody'") for text in problems)


@pytest.mark.parametrize("template", [{}, {"fields": 3, "rules": 7}, {"rules": [3]}, {"reference": 3, "fields": [{}]}])
def test_nonsense_is_said_to_be_wrong(opened: Editing, template: Any) -> None:
    assert opened.check({"template": template})["problems"]
    with pytest.raises(TemplateError):
        opened.save({"template": template})


def test_the_page_names_no_file_that_was_not_opened(opened: Editing, slip: Path) -> None:
    template = opened.start()["template"]
    (slip / "allowed.csv").write_text("value\n1\n")
    secret = slip.parent / "secret.csv"
    secret.write_text("value\n1\n")
    for values, words in ((str(secret), "is not in the template's folder"), ("../secret.csv", "is not in")):
        rules = [{"name": "list", "field": "day", "values": values}]
        (problem,) = opened.check({"template": {**template, "rules": rules}})["problems"]
        assert problem.startswith("rules[0].values: ")
        assert words in problem
        with pytest.raises(TemplateError, match="is not in"):
            opened.try_out({"template": {**template, "rules": rules}, "page": 0})
    near = [{"name": "list", "field": "day", "values": "allowed.csv"}]
    assert opened.check({"template": {**template, "rules": near}}) == {"problems": []}
    (problem,) = opened.check({"template": {**template, "reference": "/etc/hostname"}})["problems"]
    assert problem.startswith("reference: ")


def test_a_list_that_is_missing_is_said_at_its_rule(opened: Editing) -> None:
    template = opened.start()["template"]
    rules = [*template["rules"], {"name": "list", "field": "day", "values": "missing.csv"}]
    (problem,) = opened.check({"template": {**template, "rules": rules}})["problems"]
    assert problem.startswith(f"rules[{len(rules) - 1}] (list).values: ")


def test_trying_reads_as_process_does(opened: Editing, command_line: CommandLine, slip: Path) -> None:
    tried = opened.try_out({"template": opened.start()["template"], "page": 0})
    assert tried["error"] == ""
    out = slip / "results.json"
    command_line("process", slip / "filled.jpg", "--template", slip / "template.json", "--output", out, "--quiet")
    rows = json.loads(out.read_text())
    assert [(one["field"], one["value"], one["status"]) for one in tried["fields"]] == [
        (row["field"], row["value"], row["status"]) for row in rows
    ]


def test_trying_follows_the_changes(opened: Editing) -> None:
    template = opened.start()["template"]
    day = template["fields"][1]
    template["fields"] = [template["fields"][0], {**day, "cells": day["cells"][:1]}, *template["fields"][2:]]
    tried = opened.try_out({"template": template, "page": 0})
    assert len(tried["fields"][1]["raw"]) == 1


def test_a_page_that_does_not_fit_is_shown_and_said_to_be_so(slip: Path, scans: Path) -> None:
    opened = editing.edit(slip / "template.json", list_scans([scans / "filled.png"]))
    assert "does not fit the template" in opened.page(0)["note"]
    assert picture(opened).shape[1] / picture(opened).shape[0] == pytest.approx(1240 / 600, rel=0.01)
    tried = opened.try_out({"template": opened.start()["template"], "page": 0})
    assert "registration" in tried["error"] or "template" in tried["error"]
    assert tried["fields"] == []


def test_printed_cells_are_found_where_somebody_draws(opened: Editing, slip: Path) -> None:
    form = load_template(slip / "template.json")
    account = [cell for field, _, cell in form.cells() if field.name == "account"]
    box = {"left": 40, "top": 170, "right": 560, "bottom": 260}
    (row,) = opened.find({"page": 0, "box": box})["rows"]
    assert len(row) == len(account)
    for found, true in zip(row, account, strict=True):
        assert max(abs(found[side] - getattr(true, side)) for side in ("left", "top", "right", "bottom")) <= 3
    assert opened.find({"page": 0, "box": {"left": 0, "top": 0, "right": 50, "bottom": 50}}) == {"rows": []}


def test_saving_writes_what_the_rest_writes(opened: Editing, slip: Path) -> None:
    template = opened.start()["template"]
    template["fields"][0]["required"] = False
    assert opened.save({"template": template})["saved"].startswith("template.json: 8 fields, 46 cells")
    saved = (slip / "template.json").read_bytes()
    save_template(load_template(slip / "template.json"), slip / "again.json")
    assert saved == (slip / "again.json").read_bytes()
    assert load_template(slip / "template.json").fields[0].required is False


def test_a_file_that_another_program_changed_is_not_replaced_unasked(opened: Editing, slip: Path) -> None:
    template = opened.start()["template"]
    (slip / "template.json").write_text("{}")
    assert "changed by another program" in opened.save({"template": template})["changed"]
    assert (slip / "template.json").read_text() == "{}"
    opened.save({"template": template, "replace": True})
    assert len(load_template(slip / "template.json").fields) == 8
    assert "saved" in opened.save({"template": template})


def test_a_new_template_is_drafted_tried_and_saved_with_its_picture(scans: Path, tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    opened = editing.new(path, list_scans([scans / "blank.png", scans / "filled.png"]), name="order")
    started = opened.start()
    assert started["new"] is True
    assert sum(len(field["cells"]) for field in started["template"]["fields"]) == sum(1 for _ in FORM.cells())
    names = [page["name"] for page in started["pages"]]
    assert names == ["blank.png page 1", "filled.png page 1"]
    tried = opened.try_out({"template": started["template"], "page": 1})
    assert tried["error"] == ""
    assert {one["status"] for one in tried["fields"]} & {"read"}
    assert [opened.page(number)["note"] for number in (0, 1)] == ["", ""]
    assert list(tmp_path.iterdir()) == []  # nothing is written before it is saved
    opened.save({"template": started["template"]})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["order.json", "order.png"]
    assert as_json(load_template(path)) == started["template"]


def test_a_new_template_of_a_filled_form_says_so(scans: Path, tmp_path: Path) -> None:
    opened = editing.new(tmp_path / "order.json", list_scans([scans / "filled.png"]), name="order")
    assert opened.page(0)["note"].startswith("This form seems to be filled in.")


def test_fields_whose_unused_cells_are_struck_out_are_named(scans: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "struck.png"), filled(seed=0)[0])
    opened = editing.new(
        tmp_path / "order.json", list_scans([scans / "blank.png", tmp_path / "struck.png"]), name="order"
    )
    template = opened.start()["template"]
    tried = opened.try_out({"template": template, "page": 1})
    assert tried["struck"] == ["field_2", "field_3"]
    assert "not a digit" in tried["fields"][1]["words"]
    template["fields"][1] |= {"fill_marks": True}
    assert opened.try_out({"template": template, "page": 1})["struck"] == ["field_3"]


def test_a_form_without_printed_cells_starts_empty(scans: Path, tmp_path: Path) -> None:
    pages = [page for name in ("other.png", "blank.png") for page in list_scans([scans / name])]
    opened = editing.new(tmp_path / "form.json", pages, name="form")
    template = opened.start()["template"]
    assert (template["fields"], template["width"], template["height"]) == ([], 1200, 1500)
    (problem,) = opened.check({"template": template})["problems"]
    assert problem.startswith("fields: ")
    assert "no printed cells yet" in opened.page(1)["note"]
    assert opened.page(0)["note"].startswith("No printed cells were found. Choose Draw")
    template["fields"] = [{"name": "one", "cells": cells(2, 10, 10)}]
    assert "1 fields, 2 cells" in opened.save({"template": template})["saved"]


def test_a_template_whose_row_stands_anywhere_is_shown_and_tried(scans: Path, tmp_path: Path) -> None:
    fields = [{"name": "row", "find": "comb", "count": 6}]
    save_template(Template.model_validate({**as_json(FORM), "fields": fields, "rules": []}), tmp_path / "row.json")
    opened = editing.edit(tmp_path / "row.json", list_scans([scans / "filled.png"]))
    assert "no printed cells" in opened.page(0)["note"]
    tried = opened.try_out({"template": opened.start()["template"], "page": 0})
    assert tried["error"] or len(tried["fields"]) == 1


def test_there_is_no_other_page(opened: Editing) -> None:
    for number in (-1, 1, True, "0", None):
        with pytest.raises(UsageError):
            opened.find({"page": number, "box": {"left": 0, "top": 0, "right": 9, "bottom": 9}})
    with pytest.raises(UsageError):
        opened.picture(7)


def test_the_verbs_say_what_they_cannot_do(command_line: CommandLine, scans: Path, tmp_path: Path) -> None:
    (tmp_path / "there.json").write_text("{}")
    ended = command_line("template", "new", scans / "blank.png", "-o", tmp_path / "there.json")
    assert (ended.code, "is there already" in ended.err) == (2, True)
    ended = command_line("template", "new", scans / "blank.png", "-o", tmp_path / "no" / "form.json")
    assert (ended.code, "no such folder" in ended.err) == (2, True)
    ended = command_line("template", "edit", tmp_path / "there.json", "--scan", scans / "blank.png")
    assert ended.code == 3
    save_template(FORM, tmp_path / "order.json")
    ended = command_line("template", "edit", tmp_path / "order.json")
    assert (ended.code, "--scan" in ended.err) == (2, True)


def test_the_verb_prints_its_address_and_ends_at_ctrl_c(slip: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "formreader", "template", "edit", "template.json", "--no-browser"]
    with subprocess.Popen(command, cwd=slip, env=environment, stdout=-1, stderr=-1, text=True) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("http://127.0.0.1:")
        assert "Ctrl-C" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONG)
    assert (process.returncode, out) == (130, "")
    assert err.startswith("formreader: interrupted")
    assert err.count("\n") == 1
