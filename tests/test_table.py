"""Readings come back from every format as they went in; a table is whole or the old one; formulas stay text."""

import csv
import json
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formreader.errors import TableError, UsageError
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.table import COLUMNS, check_output, read_table, stream_table, write_table
from formreader.table import formats as table
from formreader.table.replacing import check_replaceable
from formreader.table.tabulate import FieldRows, in_table_order, page_columns, page_rows

ACCOUNT = FieldReading("account", "007", 0.98765, "read", (), "007", (0.99999, 0.995, 0.99))
TOTAL = FieldReading("total", "", 0.999951, "blank", (), "___", (1.0, 1.0, 0.99995))
AMOUNT = FieldReading("amount", "1420.00", 0.4, "rejected", ("low_confidence", "rule:total"), "_142000", (0.4,))


def page(file: str = "slip.jpg", number: int = 1, fields: tuple[FieldReading, ...] = (ACCOUNT, TOTAL)) -> PageReading:
    return PageReading(ScanRef(f"/scans/{file}", file, number), fields, 0.9)


def test_one_row_per_field_with_the_columns_of_the_contract() -> None:
    first, second = FieldRows([page()])
    assert tuple(first) == COLUMNS
    assert first["value"] == "007"
    assert first["raw"] == "007"
    assert (second["value"], second["status"], second["raw"]) == ("", "blank", "___")


def test_several_reasons_and_digit_confidences_share_their_cell() -> None:
    (row,) = FieldRows([page(fields=(AMOUNT,))])
    assert row["reason"] == "low_confidence;rule:total"
    (row,) = FieldRows([page(fields=(ACCOUNT,))])
    assert row["digit_confidences"] == "0.9999;0.9950;0.9900"


@given(st.floats(0, 1))
def test_confidence_is_never_rounded_up(confidence: float) -> None:
    (row,) = FieldRows([page(fields=(replace(ACCOUNT, confidence=confidence),))])
    shown = float(row["confidence"])
    assert shown <= confidence + 1e-9
    assert confidence - shown < 1.01e-4
    assert (row["confidence"] == "1.0000") == (confidence > 1 - 1e-9)


def test_rows_stand_by_file_page_and_template_order_whatever_order_pages_arrive_in() -> None:
    pages = [page("b.tif", 10), page("b.tif", 2), page("a.jpg")]
    refs = in_table_order(page.ref for page in pages)
    rows = FieldRows(sorted(pages, key=lambda page: refs.index(page.ref)))
    assert [(r["file"], r["page"], r["field"]) for r in rows] == [
        (file, number, field)
        for file, number in [("a.jpg", "1"), ("b.tif", "2"), ("b.tif", "10")]
        for field in ("account", "total")
    ]
    assert in_table_order(reversed(refs)) == refs


@pytest.fixture(scope="module", params=table.FORMATS)
def suffix(request: pytest.FixtureRequest) -> str:
    """Each kind of table that can be written here."""
    if request.param == ".parquet":
        pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    return str(request.param)


def test_same_readings_same_bytes(tmp_path: Path, suffix: str) -> None:
    rows = FieldRows([page("é.jpg"), page("a.jpg")])
    first, second = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    write_table(rows, first)
    write_table(rows, second)
    one, other = ([file.read_bytes() for file in _files(path)] for path in (first, second))
    assert one == other


def _files(table: Path) -> list[Path]:
    """What a table consists of."""
    return sorted(table.iterdir()) if table.is_dir() else [table]


@settings(max_examples=10, deadline=None)
@given(
    file=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    value=st.text("0123456789.", max_size=6),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, file: str, value: str
) -> None:
    rows = list(FieldRows([page(file, fields=(replace(ACCOUNT, value=value), AMOUNT))]))
    path = tmp_path_factory.mktemp("table") / f"results{suffix}"
    write_table(rows, path)
    back = read_table(path, COLUMNS)
    if suffix == ".json":  # holds page and confidence as numbers
        assert [{**r, "confidence": f"{float(r['confidence']):.4f}"} for r in back] == rows
    else:
        assert back == rows


@pytest.mark.parametrize("name", ["=cmd|calc.jpg", "+1.jpg", "-1.jpg", "@sum.jpg", "\tx.jpg", "'=1.jpg", "''@.jpg"])
def test_no_formula_reaches_a_spreadsheet_from_csv(tmp_path: Path, name: str) -> None:
    path = tmp_path / "results.csv"
    write_table(FieldRows([page(name)]), path)
    with path.open(newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert read_table(path, COLUMNS)[0]["file"] == name


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx"])
@given(file=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9))
@example(file="a\rb_x000D_\n")
@settings(max_examples=10, deadline=None)
def test_control_characters_are_read_back(tmp_path_factory: pytest.TempPathFactory, suffix: str, file: str) -> None:
    path = tmp_path_factory.mktemp("table") / f"results{suffix}"
    write_table(FieldRows([page(file)]), path)
    assert [row["file"] for row in read_table(path, COLUMNS)] == [file, file]


def test_an_ordinary_apostrophe_stays(tmp_path: Path) -> None:
    write_table(FieldRows([page("'quoted'.jpg")]), tmp_path / "results.csv")
    assert "\n'quoted'.jpg,1," in (tmp_path / "results.csv").read_text()


def test_xlsx_cells_are_text_so_that_zeros_survive_and_formulas_do_not(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    write_table(FieldRows([page("=1+1.jpg")]), path)
    (_, first, _) = openpyxl.load_workbook(path).active.iter_rows()
    assert [cell.value for cell in first][:4] == ["=1+1.jpg", "1", "account", "007"]
    assert {cell.data_type for cell in first if cell.value} == {"s"}
    assert {cell.number_format for cell in first if cell.value} == {"@"}
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_json_is_a_list_of_rows_with_numbers_where_they_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_table(FieldRows([page()]), path)
    first = json.loads(path.read_text())[0]
    assert tuple(first) == COLUMNS
    assert (first["page"], first["value"], first["confidence"]) == (1, "007", 0.9876)


def test_a_file_name_that_is_no_text_is_still_a_table(tmp_path: Path) -> None:
    write_table(FieldRows([page("scan-\udcff.jpg")]), tmp_path / "results.csv")
    assert read_table(tmp_path / "results.csv", COLUMNS)[0]["file"] == "scan-\\udcff.jpg"


def test_wide_rows_have_a_column_per_field_and_name_what_needs_review() -> None:
    failed = FieldReading("account", "", 0.0, "failed", ("unreadable_file",))
    pages = [page("a.jpg", fields=(ACCOUNT, AMOUNT)), page("b.jpg", fields=(failed,))]
    rows = list(page_rows(pages, page_columns(pages)))
    assert rows[0] == {"file": "a.jpg", "page": "1", "account": "007", "amount": "1420.00", "needs_review": "amount"}
    assert rows[1]["needs_review"] == "account"


def test_a_field_called_page_gets_a_column_of_its_own() -> None:
    pages = [page(number=3, fields=(replace(ACCOUNT, field="page"),))]
    (row,) = page_rows(pages, page_columns(pages))
    assert row == {"file": "slip.jpg", "page": "3", "page (field)": "007", "needs_review": ""}


def test_a_failed_write_leaves_the_old_table_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with pytest.raises(KeyError):
        write_table([{"file": "half a row"}], path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_that_is_open_in_excel_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "results.csv"
    write_table([], path)
    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(TableError, match=r"results\.csv: cannot be written .*Is it open in another program"):
        write_table([], path)


def test_no_pages_make_a_table_without_rows(tmp_path: Path, suffix: str) -> None:
    write_table([], tmp_path / f"results{suffix}")
    assert read_table(tmp_path / f"results{suffix}", COLUMNS) == []


def test_output_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, error, word in [
        (tmp_path / "results.txt", UsageError, r"results\.txt.*\.csv"),
        (tmp_path / "results", UsageError, "results"),
        (tmp_path / "no" / "results.csv", TableError, "does not exist"),
        (tmp_path / "file" / "results.csv", TableError, "does not exist"),
        (Path("/proc/results.csv"), TableError, "cannot be written"),
    ]:
        with pytest.raises(error, match=word):
            check_output(path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(TableError, match="is a folder"):
        check_output(tmp_path / "folder.csv")
    with pytest.raises(TableError, match="1,048,575"):
        check_output(tmp_path / "results.xlsx", rows=2_000_000)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_only_a_table_of_its_own_kind_is_replaced(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"results{suffix}"
    row = dict.fromkeys(COLUMNS, "1")
    check_replaceable(path)
    write_table([row], path)
    check_replaceable(path)
    check_replaceable(path)  # which has not touched it
    wide = tmp_path / f"wide{suffix}"
    write_table(
        [{"file": "a", "page": "1", "total": "5", "needs_review": ""}], wide, ("file", "page", "total", "needs_review")
    )
    check_replaceable(wide, wide=True)
    reviewed = tmp_path / f"results.reviewed{suffix}"
    write_table([{**row, "reviewed_at": "now"}], reviewed, (*COLUMNS, "reviewed_at"))
    listed = tmp_path / f"list{suffix}"
    write_table([{"file": "a.jpg", "amount": "10.00"}], listed, ("file", "amount"))
    for other, as_wide in ((wide, False), (path, True), (reviewed, False), (listed, False), (listed, True)):
        with pytest.raises(TableError, match=f"{other.name}: is there already and is no .* would be lost"):
            check_replaceable(other, wide=as_wide)
    path.write_text("no table")
    check_replaceable(path)


def test_a_good_output_is_accepted_and_not_touched(tmp_path: Path) -> None:
    check_output(tmp_path / "Results.CSV", rows=2_000_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"file,page,field\na,1,b\n", "'value' is missing"),
        ("t.csv", b"", "missing; there are none"),
        ("t.csv", b"file,page,field,value\na,1,b\n", "row 2 has 3 cells"),
        ("t.csv", b"file,page,field,value\na,1,b,2,\n", "row 2 has 5 cells"),
        ("t.csv", b"file,page,field,value\na,1,b,2\n\xff,1,b,2\n", "line 3 is not UTF-8"),
        ("t.csv", b'file,page,field,value\n"a,1,b,2\n', "line 2 is not CSV"),
        ("t.csv", b"file,page,field,value,value\n", "two columns"),
        ("t.json", b"[{]", "line 1 is not JSON"),
        ("t.json", b'{"file": 1}', "list of objects"),
        ("t.json", b"[1]", "list of objects"),
        ("t.json", b"\xff", "not a JSON text"),
        ("t.json", b'[{"file": "a", "page": 1, "field": "b", "value": "1"}, {"file": "a"}]', "'page' is missing"),
        ("t.xlsx", b"no zip", "not an Excel sheet"),
        ("t.txt", b"file,page,field,value\n", "not a table that can be read"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=message) as caught:
        read_table(path, ("file", "page", "field", "value"))
    assert str(path) in str(caught.value)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"none\.csv: there is no such table"):
        read_table(tmp_path / "none.csv", COLUMNS)


def test_csv_as_a_spreadsheet_saves_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes("\ufefffile;page;field;value\r\nsüd.jpg;1;account;007\r\n".encode())
    assert read_table(path, ("file", "value")) == [{"file": "süd.jpg", "page": "1", "field": "account", "value": "007"}]


def test_a_sheet_that_a_person_made_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """007 is the number 7 shown with three digits; below the last row others were deleted."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ["number", "amount", "day", "", "note"],
        [7, 12.0, datetime(2026, 11, 30), "x"],
        [1234, 7.5],
        [],
        [""],
    ):
        sheet.append(line)
    for cell in ("A2", "A3"):
        sheet[cell].number_format = "000"
    book.create_sheet("other").append(["number"])
    book.save(tmp_path / "list.xlsx")
    rows = read_table(tmp_path / "list.xlsx", ["number", "amount", "day", "note"])
    assert [(row["number"], row["amount"], row["day"], row["note"]) for row in rows] == [
        ("007", "12", "2026-11-30 00:00:00", ""),
        ("1234", "7.5", "", ""),
    ]


@pytest.mark.parametrize("line", ["name, first name;number;class", "number\tname, first name\tclass; year"])
def test_a_comma_in_a_heading_parts_no_columns(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{line}\n{line.upper()}\n")
    (row,) = read_table(path, ["number"])
    assert row["number"] == "NUMBER"


def test_a_long_table_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    write_table(({**dict.fromkeys(COLUMNS, "0"), "file": f"{number}.jpg"} for number in range(20_000)), path)
    tracemalloc.start()
    assert sum(1 for _ in stream_table(path, COLUMNS)) == 20_000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < path.stat().st_size / 2
