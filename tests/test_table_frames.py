"""The results table as pandas frames."""

from pathlib import Path

import pandas as pd
import pytest

from formreader.errors import TableError
from formreader.table import COLUMNS, write_table
from formreader.table.frames import fields_frame, pages_frame


def results(path: Path) -> Path:
    told = [
        ("b.png", "1", "number", "007", "0.99", "read"),
        ("b.png", "1", "amount", "", "1.0", "blank"),
        ("a.png", "2", "number", "12", "0.5", "rejected"),
        ("a.png", "2", "amount", "3.50", "0.97", "read"),
    ]
    rows = [dict(zip(COLUMNS, [*row, "", "", ""], strict=True)) for row in told]
    write_table(rows, path)
    return path


@pytest.mark.parametrize("name", ["r.csv", "r.xlsx", "r.json"])
def test_values_stay_text_and_numbers_are_numbers(tmp_path: Path, name: str) -> None:
    table = fields_frame(results(tmp_path / name))
    assert list(table.columns) == list(COLUMNS)
    assert table["value"].tolist() == ["007", "", "12", "3.50"]
    assert table["page"].tolist() == [1, 1, 2, 2]
    assert table["confidence"].max() == 1.0


def test_a_row_a_page_holds_what_may_be_trusted(tmp_path: Path) -> None:
    pages = pages_frame(results(tmp_path / "r.csv"))
    assert list(pages.columns) == ["number", "amount"]
    assert pages.loc[("b.png", 1)].tolist() == ["007", ""]
    assert pd.isna(pages.loc[("a.png", 2), "number"]) and pages.loc[("a.png", 2), "amount"] == "3.50"


def test_another_table_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match=r"x\.csv"):
        fields_frame(tmp_path / "x.csv")
