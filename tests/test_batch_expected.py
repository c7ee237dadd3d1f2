"""A batch list: each amount is marked, what differs is rejected, and the control total is checked."""

from decimal import Decimal
from pathlib import Path

import pytest

from formreader.batch.expected import compare, load_expected, marked
from formreader.errors import TableError
from formreader.records import FieldReading, PageReading, ScanRef


def page(file: str, value: str, status: str = "read") -> PageReading:
    reading = FieldReading("amount", value, 0.99, status)  # type: ignore[arg-type]
    return PageReading(ScanRef(f"/in/{file}", file), (reading,))


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "expected.csv"
    path.write_text(text)
    return path


def test_each_cheque_is_marked_and_what_differs_is_rejected(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\na.jpg,10\nb.jpg,20.00\nc.jpg,30.00\nd.jpg,1\n"))
    pages = [
        page("a.jpg", "10.00"),
        page("in/b.jpg", "21.00"),
        page("c.jpg", "30.00", "rejected"),
        page("e.jpg", "5.00"),
    ]
    control = compare(pages, expected, "amount")
    fields = [marked(one, expected, "amount").fields[0] for one in pages]
    assert [field.status for field in fields] == ["read", "rejected", "rejected", "read"]
    marks = ["expected:matches", "expected:differs", "expected:matches", "expected:not_listed"]
    assert [field.reasons[-1] for field in fields] == marks
    assert (control.differing, control.missing, control.unlisted) == (("in/b.jpg",), ("d.jpg",), ("e.jpg",))
    assert (control.read_total, control.expected_total) == (Decimal("15.00"), Decimal("61.00"))
    assert not control.balanced


def test_a_batch_that_balances(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\na.jpg,10.00\nb.jpg,20.00\ntotal,30.00\n"))
    assert compare([page("a.jpg", "10.00"), page("b.jpg", "20.00")], expected, "amount").balanced


def test_a_control_total_that_is_wrong_does_not_balance(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\na.jpg,10.00\ntotal,30.00\n"))
    assert not compare([page("a.jpg", "10.00")], expected, "amount").balanced


@pytest.mark.parametrize("text", ["", "file\na.jpg\n", "file,amount\na.jpg,ten\n", "file,amount\na,1\na,2\n"])
def test_what_is_no_batch_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"expected\.csv"):
        load_expected(listed(tmp_path, text))
