"""The command line: verbs as documented, results on stdout, talk on stderr, exit codes, a quick start."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from inspect import signature
from pathlib import Path

import cv2
import openpyxl
import pytest
import typer
from conftest import CommandLine

from formreader import __version__
from formreader.batch import readers
from formreader.batch import run as batch
from formreader.cli.app import app
from formreader.cli.process import process
from formreader.cli.progress import Misfits
from formreader.cli.summary import print_table
from formreader.decide import fields as decide
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.table import COLUMNS, read_table, write_table

VERBS = {
    "process",
    "review",
    "evaluate",
    "simulate",
    "samples",
    "template check",
    "template fit",
    "template draft",
    "template print",
    "template reference",
    "template edit",
    "template new",
    "template schema",
    "model train",
    "model train-strips",
    "model evaluate",
    "model predict",
    "model info",
}


def commands(group: object, path: str = "") -> Iterator[tuple[str, object]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield path + name, command


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("process a.jpg -t t.json -o o.csv --min-confidence 1.5", "'--min-confidence': 1.5. Give at most 1"),
        ("process a.jpg -t t.json -o o.csv --jobs 0", "'-j': 0. Give at least 1"),
        ("process a.jpg -t t.json -o o.csv --jobs two", "'-j': two. Give a whole number"),
        ("process a.jpg -t t.json -o o.csv --engine spark", "'--engine': 'spark' is not one of 'processes', 'serial'"),
        ("template draft a.jpg -o t.json --page 0", "'--page': 0. Give at least 1"),
    ],
)
def test_an_option_that_cannot_be_is_named_with_its_value_and_what_to_give(
    verb: str, said: str, command_line: CommandLine
) -> None:
    ended = command_line(*verb.split())
    assert ended.code == 2
    assert said in ended.err


def test_the_verbs_are_those_of_this_release() -> None:
    assert set(ALL) == VERBS


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_with_an_example_and_a_word_on_each_option(command_line: CommandLine, verb: str) -> None:
    ended = command_line(*verb.split(), "--help")
    assert ended.code == 0
    assert f"formreader {verb}" in ended.out
    assert all(getattr(option, "help", None) for option in ALL[verb].params if option.name != "help")  # type: ignore[attr-defined]
    if verb != "template schema":  # nothing to give an example of
        assert re.search(rf"Examples?:\n    formreader {verb.partition(' ')[0]}", ended.out)


def documented() -> list[str]:
    """Every command line in the code blocks of the documents and in the help texts."""
    root = Path(__file__).parents[1]
    named = [root / "README.md", root / "CONTRIBUTING.md"]
    documents = [*named, *sorted(root.glob("docs/*.md")), *sorted(root.glob("samples/*/README.md"))]
    texts = [document.read_text(encoding="utf-8") for document in documents if document.is_file()]
    texts += [command.help or "" for command in ALL.values()]  # type: ignore[attr-defined]
    lines = "\n".join(texts).replace("\\\n", " ").splitlines()
    return [line.strip().removeprefix("$ ") for line in lines if re.match(r"\s*(\$ )?formreader ", line)]


@pytest.mark.parametrize("line", documented())
def test_documented_command_lines_have_verbs_and_options_that_exist(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    verb = next((verb for verb in VERBS if words[: len(verb.split())] == verb.split()), None)
    options = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
    if verb is None:
        assert set(options) <= {"--help", "--version", "-h"} and words[0].startswith("-"), f"no such verb: {line}"
    else:
        known = {flag for option in ALL[verb].params for flag in option.opts}  # type: ignore[attr-defined]
        assert set(options) <= known | {"--help", "-h"}


def test_help_and_version_go_to_stdout(command_line: CommandLine) -> None:
    assert command_line("--version") == (0, f"formreader {__version__}\n", "")
    ended = command_line("--help")
    assert (ended.code, ended.err) == (0, "")
    assert all(f"  {verb.split()[0]} " in ended.out for verb in VERBS)


def test_the_default_confidence_is_that_of_the_step() -> None:
    assert signature(process).parameters["min_confidence"].default == decide.MIN_CONFIDENCE
    assert signature(process).parameters["engine"].default == signature(batch.process).parameters["engine"].default


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["polish"],
        ["process"],
        ["process", "scans", "-t", "t.json", "-o", "r.csv", "--engine", "steam"],
        ["process", "scans", "-t", "t.json", "-o", "r.csv", "--jobs", "0"],
        ["process", "scans", "-t", "t.json", "-o", "r.csv", "--min-confidence", "2"],
        ["process", "scans", "-t", "t.json", "-o", "r.csv", "--unknown"],
        ["simulate", "t.json", "-o", "forms", "--count", "0"],
    ],
)
def test_wrong_usage_ends_with_2_and_a_hint(command_line: CommandLine, arguments: list[str]) -> None:
    ended = command_line(*arguments)
    assert ended.code == 2
    assert "Usage: formreader" in ended.err + ended.out


@pytest.fixture
def slip_scans(deposit_slip: Path, tmp_path: Path) -> list[object]:
    """Arguments that read two sample pages into r.csv."""
    scans = deposit_slip / "scans"
    template = deposit_slip / "template.json"
    return ["process", scans / "form-002.jpg", scans / "batch.tif", "-t", template, "-o", tmp_path / "r.csv"]


def test_process_writes_the_table_and_keeps_stdout_clean(
    command_line: CommandLine, slip_scans: list[object], tmp_path: Path
) -> None:
    ended = command_line(*slip_scans)
    assert (ended.code, ended.out) == (0, "")
    assert "left out" not in ended.err
    with (tmp_path / "r.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 * 8
    assert re.search(r"3 pages in .* s", ended.err)
    assert f"wrote {tmp_path / 'r.csv'}" in ended.err


def test_quiet_says_nothing_and_verbose_a_line_a_page(command_line: CommandLine, slip_scans: list[object]) -> None:
    assert command_line(*slip_scans, "--quiet").err == ""
    lines = command_line(*slip_scans, "--verbose").err.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["batch.tif page 1", "batch.tif page 2", "form-002.jpg page 1"]
    assert re.fullmatch(r"listing \d+\.\d\d s, reading \d+\.\d\d s, writing \d+\.\d\d s", lines[3])


def shown_below(heading: str, shown: str) -> list[str]:
    """What --show has in that column, line by line."""
    head, _, *lines = [line for line in shown.splitlines() if line.strip()]
    start = head.index(heading)
    end = start + re.match(r"\S+ *", head[start:]).end()  # type: ignore[union-attr]
    return [line[start:end].strip() for line in lines]


def test_show_prints_the_table(command_line: CommandLine, slip_scans: list[object], tmp_path: Path) -> None:
    shown = command_line(*slip_scans, "--show").out
    rows = list(csv.DictReader((tmp_path / "r.csv").open()))
    read = zip(shown_below("page", shown), shown_below("value", shown), strict=True)
    assert [value for page, value in read if page] == [row["value"] for row in rows]


def test_show_cuts_nothing_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {**dict.fromkeys(COLUMNS, "x"), "file": "long/" * 40 + "name.jpg", "value": "12345678901234567890"}
    write_table([row], tmp_path / "r.csv")
    print_table(tmp_path / "r.csv")
    shown = capsys.readouterr().out
    assert "".join(shown_below("file", shown)) == row["file"]
    assert "".join(shown_below("value", shown)) == row["value"]


def test_show_keeps_names_and_reasons_whole_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    row = dict.fromkeys(COLUMNS, "") | {"file": "form-001.jpg", "page": "1", "field": "temperature", "value": "35.7"}
    row |= {"confidence": "0.9999", "status": "rejected", "reason": "not_a_digit;low_confidence"}
    write_table([row], tmp_path / "r.csv")
    print_table(tmp_path / "r.csv")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, shown.splitlines())) <= 80
    assert [*filter(None, shown_below("file", shown))] == ["form-001.jpg"]
    assert shown_below("reason", shown) == ["not_a_digit;", "low_confidence"]


def test_every_table_that_was_asked_for_is_written(
    command_line: CommandLine, slip_scans: list[object], tmp_path: Path
) -> None:
    sheet, wide, overlays = tmp_path / "r.xlsx", tmp_path / "wide.json", tmp_path / "o" / "verlays"
    assert command_line(*slip_scans, "-o", sheet, "--wide", wide, "--overlays", overlays).code == 0
    assert openpyxl.load_workbook(sheet).active.max_row == 1 + 3 * 8
    assert [page["file"] for page in json.loads(wide.read_text())] == ["batch.tif", "batch.tif", "form-002.jpg"]
    assert len(list(overlays.iterdir())) == 3


def test_the_templates_own_picture_is_no_scan(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    """It lies in the folder that is read, and was one more form, all blank."""
    for name in ("template.json", "reference.png", "scans/form-001.jpg"):
        shutil.copy(deposit_slip / name, tmp_path)
    asked = ("-t", tmp_path / "template.json", "-o", tmp_path / "r.csv", "-j", 1)
    ended = command_line("process", tmp_path, *asked)
    assert "left out, as the template's picture of the blank form: " in ended.err and "1 page in" in ended.err
    assert {row["file"] for row in read_table(tmp_path / "r.csv", COLUMNS)} == {"form-001.jpg"}
    assert "1 page in" in command_line("process", tmp_path / "reference.png", *asked).err  # where it is named


def test_evaluate_prints_figures_or_json(command_line: CommandLine, tmp_path: Path) -> None:
    results, truth = tmp_path / "r.csv", tmp_path / "truth.csv"
    results.write_text("file,page,field,value,confidence,status\na.jpg,1,total,12,0.99,read\n")
    truth.write_text("file,page,field,value\na.jpg,1,total,13\n")
    ended = command_line("evaluate", results, truth)
    assert (ended.code, ended.err) == (0, "")
    assert "silent error: a.jpg page 1 total: read as 12, is 13 (confidence 0.9900)" in ended.out
    other = tmp_path / "other.csv"
    other.write_text("file,page,field,value\na.jpg,1,total,12\nb.jpg,1,total,1\nc.jpg,1,total,1\n")
    said = command_line("evaluate", results, other).out
    assert "2 fields missing in the results, 0 without truth. Is this the truth of these scans?" in said
    figures = json.loads(command_line("evaluate", results, truth, "--json", "-").out)
    assert (figures["fields"], figures["right"], figures["silent_errors"]) == (1, 0, 1)
    assert "all fields" in command_line("evaluate", results, truth, "--json", tmp_path / "f.json").out
    assert json.loads((tmp_path / "f.json").read_text()) == figures
    saved = tmp_path / "saved.csv"  # as a spreadsheet does
    results.write_text(
        "file,page,field,value,confidence,status\na.jpg,1,day,02,0.99,read\na.jpg,1,cash,14.00,0.99,read\n"
    )
    saved.write_text("file,page,field,value\na.jpg,1,day,2\na.jpg,1,cash,14\n")
    said = command_line("evaluate", results, saved).out
    assert "2 of the silent errors are the same number written otherwise (007 and 7, 14.00 and 14)" in said
    for option, read in [("--json", truth), ("--json", results), ("--calibration", truth)]:
        before = read.read_bytes()
        ended = command_line("evaluate", results, truth, option, read)
        assert (ended.code, "is what is read" in ended.err, read.read_bytes()) == (2, True, before)


def test_what_simulate_draws_is_processed_and_evaluated(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    forms, results, template = tmp_path / "forms", tmp_path / "r.csv", deposit_slip / "template.json"
    assert command_line("simulate", template, "--count", 2, "--output", forms, "--seed", 3).code == 0
    assert command_line("process", forms, "--template", template, "--output", results).code == 0
    figures = json.loads(command_line("evaluate", results, forms / "truth.csv", "--json", "-").out)
    assert (figures["fields"], figures["missing"], figures["without_truth"]) == (16, 0, 0)
    assert figures["digit_accuracy"] > 0.9


def test_samples_are_copied_but_nothing_is_overwritten(command_line: CommandLine, tmp_path: Path) -> None:
    ended = command_line("samples", tmp_path / "forms")
    names = ("cheques", "deposit-slip", "expense-claim", "score-sheet")
    assert ended.out.split() == [str(tmp_path / "forms" / name) for name in names]
    assert (tmp_path / "forms" / "score-sheet" / "template.json").is_file()
    assert command_line("samples", tmp_path / "forms").code == 2


def test_template_check_names_the_template_and_draws_it(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    template, picture = deposit_slip / "template.json", tmp_path / "o.png"
    ended = command_line("template", "check", template, "-o", picture)
    assert ended.code == 0
    assert "8 fields, 46 cells" in ended.out
    assert "nothing wrong" in ended.out
    assert "places of a page" not in ended.err
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_template_check_doubts_cells_that_could_lie_anywhere(command_line: CommandLine, tmp_path: Path) -> None:
    cell = {"left": 500, "top": 500, "right": 550, "bottom": 560}
    fields = [{"name": "x", "cells": [cell]}]
    form = {"name": "one", "width": 1240, "height": 1754, "dpi": 150, "fields": fields}
    (tmp_path / "one.json").write_text(json.dumps(form), encoding="utf-8")
    ended = command_line("template", "check", tmp_path / "one.json")
    assert ended.code == 0
    assert "one cell fits in many places of a page" in ended.err
    assert "nothing wrong" not in ended.out


def test_template_check_says_that_nothing_is_told_beside_rows_found_anywhere(
    command_line: CommandLine, tmp_path: Path
) -> None:
    fields = [{"name": "number", "find": "comb", "count": 9}]
    form = {"name": "exam", "width": 1240, "height": 1754, "dpi": 150, "fields": fields}
    (tmp_path / "exam.json").write_text(json.dumps(form), encoding="utf-8")
    ended = command_line("template", "check", tmp_path / "exam.json")
    assert ended.code == 0
    assert "beside or above number is overlooked" in ended.err


@pytest.mark.parametrize(("listed", "said"), [(["123456", "99", "654321"], True), (["123456", "000099"], False)])
def test_template_check_says_where_a_list_may_have_lost_leading_zeros(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, listed: list[str], said: bool
) -> None:
    form = json.loads((deposit_slip / "template.json").read_text(encoding="utf-8"))
    form["fields"] = [{**form["fields"][0], "cells": form["fields"][0]["cells"][:6]}]
    form["rules"] = [{"name": "roster", "field": "account", "values": "roster.csv"}]
    shutil.copy(deposit_slip / form["reference"], tmp_path)
    (tmp_path / "roster.csv").write_text("\n".join(["number", *listed]), encoding="utf-8")
    (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
    ended = command_line("template", "check", tmp_path / "form.json")
    assert ended.code == 0
    assert ("leading zeros" in ended.err) == said
    assert not said or "such as 99" in ended.err


def test_template_check_says_where_print_within_cells_would_be_read(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    form = json.loads((deposit_slip / "template.json").read_text(encoding="utf-8"))
    picture = cv2.imread(str(deposit_slip / form["reference"]), cv2.IMREAD_GRAYSCALE)
    year = next(field for field in form["fields"] if field["name"] == "year")
    for sign, cell in zip("20", year["cells"], strict=False):
        cv2.putText(picture, sign, (cell["left"] + 10, cell["bottom"] - 10), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
    cv2.imwrite(str(tmp_path / "blank.png"), picture)
    (tmp_path / "slip.json").write_text(json.dumps(form | {"reference": "blank.png"}), encoding="utf-8")
    ended = command_line("template", "check", tmp_path / "slip.json")
    assert "something is printed in cells of year: it counts as a part of the value" in ended.err


def test_template_check_lays_a_scan_onto_it(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    template, scan = deposit_slip / "template.json", deposit_slip / "scans" / "batch.pdf"
    ended = command_line("template", "check", template, scan, "--page", 2, "-o", tmp_path / "o.png")
    assert ended.code == 0
    assert re.search(r"account +10 ", ended.out)
    assert (tmp_path / "o.png").is_file()
    ended = command_line("template", "check", template, scan, "--page", 3)
    assert (ended.code, "has no page 3" in ended.err) == (2, True)


def test_template_check_draws_also_what_does_not_fit(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    scan = deposit_slip.parent / "score-sheet" / "scans" / "form-001.jpg"
    ended = command_line("template", "check", deposit_slip / "template.json", scan, "-o", tmp_path / "o.png")
    assert (ended.code, ended.out) == (10, "")
    assert "template 'deposit-slip': does not fit" in ended.err
    assert (tmp_path / "o.png").read_bytes().startswith(b"\x89PNG")


def test_the_schema_is_printed(command_line: CommandLine) -> None:
    assert json.loads(command_line("template", "schema").out)["title"] == "formreader template"


def test_the_shipped_model_describes_itself(command_line: CommandLine) -> None:
    ended = command_line("model", "info")
    assert ended.code == 0
    assert "sha256: " in ended.out and "values, which --json shows" in ended.out
    assert len(json.loads(command_line("model", "info", "--json", "-").out)["labels"]) == 13


def test_reading_loads_neither_tensorflow_nor_matplotlib_nor_pandas(slip_scans: list[object]) -> None:
    code = (
        "import sys\n"
        "from formreader.cli import main\n"
        f"sys.argv = {['formreader', *map(str, slip_scans)]!r}\n"
        "try:\n main()\n"
        "except SystemExit as end:\n code = end.code\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'pandas', 'skimage', 'scipy', 'rich', 'pyarrow', 'fsspec',\n"
        " 'asyncio', 'distributed', 'pypdfium2', 'formreader.cheque'} & set(sys.modules)\n"
        "print(code, *heavy)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert ended.stdout == "0\n"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, formreader.cli; print(*{'numpy', 'cv2', 'pydantic', 'rich', 'pandas'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert ended.stdout == "\n"


def test_python_dash_m_is_the_same_program() -> None:
    command = [sys.executable, "-m", "formreader", "--version"]
    assert subprocess.check_output(command, text=True, env=environment()) == f"formreader {__version__}\n"


def test_a_bug_is_one_line_unless_asked_for_more(slip_scans: list[object]) -> None:
    code = (
        "import sys\n"
        "from formreader.batch import readers\n"
        "def broken(*_, **__):\n raise ZeroDivisionError('so it goes')\n"
        "readers.read_pages = broken\n"
        "from formreader.cli import main\n"
        "sys.argv = {!r}\n"
        "main()\n"
    )
    for flags, lines in [([], 1), (["--verbose"], 10)]:
        command = [sys.executable, "-c", code.format(["formreader", *map(str, slip_scans), *flags])]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        assert ended.returncode == 1
        assert "this is a bug: ZeroDivisionError: so it goes" in ended.stderr.splitlines()[-1]
        assert len(ended.stderr.splitlines()) >= lines
        assert ("Traceback" in ended.stderr) == bool(flags)


def test_what_an_interruption_leaves_half_open_is_told_to_who_asks_alone() -> None:
    code = (
        "import sys\n"
        "class Half:\n def __del__(self): self.never_set\n"
        "from formreader import cli\n"
        "def interrupted():\n Half()\n raise KeyboardInterrupt\n"
        "cli._run = interrupted\n"
        "sys.argv = {!r}\n"
        "cli.main()\n"
    )
    for flags in ([], ["--verbose"]):
        command = [sys.executable, "-c", code.format(["formreader", *flags])]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        assert ended.returncode == 130
        assert ended.stderr.splitlines()[-1] == "formreader: interrupted; no file is left half written"
        assert ("never_set" in ended.stderr) == bool(flags)


def test_names_that_a_terminal_cannot_show_are_written_in_ascii(deposit_slip: Path, tmp_path: Path) -> None:
    scan, table = tmp_path / "ü 😀.jpg", tmp_path / "r.csv"
    shutil.copy(deposit_slip / "scans" / "form-001.jpg", scan)
    (tmp_path / "truth.csv").write_text("file,page,field,value\nü 😀.jpg,1,day,99\n", encoding="utf-8")
    bare = {**environment(), "PYTHONIOENCODING": "ascii"}
    run = partial(subprocess.run, capture_output=True, text=True, check=False, env=bare)
    process = ["process", scan, "-t", deposit_slip / "template.json", "-o", table, "--show"]
    shown = run([sys.executable, "-m", "formreader", *process])
    assert (shown.returncode, "\\xfc \\U0001f600.jpg" in shown.stdout) == (0, True), shown.stderr
    figures = run([sys.executable, "-m", "formreader", "evaluate", table, tmp_path / "truth.csv", "--json", "-"])
    assert json.loads(figures.stdout)["silent"][0]["file"] == "ü 😀.jpg"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes them")
def test_a_closed_stdout_or_stderr_is_no_bug(slip_scans: list[object], tmp_path: Path) -> None:
    command = shlex.join([sys.executable, "-m", "formreader", *map(str, slip_scans), "--show"])
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        assert subprocess.run(f"{command} {closed}", shell=True, check=False, env=environment()).returncode == 0
        assert len((tmp_path / "r.csv").read_text().splitlines()) == 1 + 3 * 8


def environment() -> dict[str, str]:
    """So that the package is found where it is not installed."""
    return {**os.environ, "PYTHONPATH": str(Path(batch.__file__).parents[1])}


def test_a_failed_page_is_told_and_ends_with_10(
    command_line: CommandLine, slip_scans: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = (FieldReading("a", "", 0, "failed", ("unreadable_file",)),)
    monkeypatch.setattr(
        readers, "read_pages", lambda refs, *_, **__: (PageReading(ref, fields, error="x: oh") for ref in refs)
    )
    ended = command_line(*slip_scans, "--quiet")
    assert (ended.code, ended.err) == (10, 3 * "failed: x: oh\n")


def test_many_failed_pages_are_not_all_told(
    command_line: CommandLine, slip_scans: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [ScanRef("/in/a b.jpg", "a b.jpg", page) for page in range(1, 31)]
    field = FieldReading("account", "", 0, "failed", ("not_this_form",))
    pages = [PageReading(ref, (field,), error=f"{ref.page}: no", template="deposit-slip") for ref in refs]
    monkeypatch.setattr(batch, "list_scans", lambda *_: refs)
    monkeypatch.setattr(readers, "read_pages", lambda some, *_, **__: (pages[ref.page - 1] for ref in some))
    said = command_line(*slip_scans, "--jobs", 1).err
    assert len(re.findall(r"^failed: \d+: no$", said, re.MULTILINE)) == 20
    assert "failed: and 10 more; `--log FILE` keeps why" in said
    assert said.startswith("none of the first 10 pages fits: is it the right template? Ctrl-C ends it\n")
    template, output = slip_scans[4], slip_scans[6]
    assert f"no page fits: are these scans of {template}?" in said
    assert f"formreader template check {template} '/in/a b.jpg' -o overlay.png" in said
    assert said.endswith(f"to decide what is left: formreader review {output}\n")


BESIDE_A_BAR = """
from formreader.cli.progress import progress, say
with progress(quiet=False, verbose=False) as on_page:
    on_page(None, 9)
    say("100 pages in 3 s")
    on_page(None, 9)
"""


def test_what_is_said_beside_a_bar_stands_on_a_line_of_its_own() -> None:
    """In a real terminal: typer.echo writes past what keeps the two apart."""
    ours, its = pytest.importorskip("pty").openpty()
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[1])}
    shown = ""
    with subprocess.Popen([sys.executable, "-c", BESIDE_A_BAR], stderr=its, env=environment):
        os.close(its)
        with suppress(OSError):  # the end of a terminal that nobody writes to any more
            while part := os.read(ours, 4096):
                shown += part.decode(errors="replace")
    os.close(ours)
    assert "reading" in shown
    assert re.search(r"(^|\n|\x1b\[2K)100 pages in 3 s *\r?\n", shown), shown


@pytest.mark.parametrize(("first", "told"), [("empty_page", True), ("unreadable_file", True), ("", False)])
def test_that_no_page_fits_is_told_early(first: str, told: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that fits ends the suspicion; what is none says nothing."""
    strange, other = (FieldReading("a", "", 0, "failed", ("not_this_form", *more)) for more in ((), ("empty_page",)))
    kinds = {"empty_page": other, "unreadable_file": FieldReading("a", "", 0, "failed", ("unreadable_file",))}
    field = kinds.get(first, FieldReading("a", "1", 1, "read"))
    misfits = Misfits(first=3)
    ref = ScanRef("/in/a.jpg", "a.jpg", 1)
    misfits(PageReading(ref, (field,), error="x" if first else None), 9)
    for number in range(5):
        misfits(PageReading(ref, (strange,), error="no"), 9)
        assert bool(capsys.readouterr().err) == (told and number == 2)


def test_ctrl_c_inside_opencv_is_an_interruption_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OpenCV's calls turn a KeyboardInterrupt into a SystemError that it caused."""
    from formreader import cli

    def interrupted() -> None:
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(cli, "_run", interrupted)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
