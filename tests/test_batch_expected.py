"""A batch list: each amount is marked, what differs is rejected, and the control total is checked."""

from decimal import Decimal
from pathlib import Path

import pytest

from formreader.batch.expected import Difference, amounts_of, compare, load_expected, marked
from formreader.batch.sums import as_amount
from formreader.cli.summary import control_in_words
from formreader.errors import TableError
from formreader.records import FieldReading, PageReading, ScanRef


def page(file: str, value: str, status: str = "read", *, number: int = 1) -> PageReading:
    reading = FieldReading("amount", value, 0.99, status)  # type: ignore[arg-type]
    return PageReading(ScanRef(f"/in/{file}", file, number), (reading,))


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
    control = compare(amounts_of(pages, "amount"), expected)
    fields = [marked(one, expected, "amount").fields[0] for one in pages]
    assert [field.status for field in fields] == ["read", "rejected", "rejected", "read"]
    marks = ["expected:matches", "expected:differs", "expected:matches", "expected:not_listed"]
    assert [field.reasons[-1] for field in fields] == marks
    assert (control.matching, control.unsure) == (1, ("c.jpg",))
    assert control.differing == (Difference("in/b.jpg", "21.00", Decimal("20.00")),)
    assert (control.missing, control.unlisted) == (("d.jpg",), ("e.jpg",))
    assert (control.read_total, control.expected_total) == (Decimal("15.00"), Decimal("61.00"))


def test_a_batch_that_balances(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\na.jpg,10.00\nb.jpg,20.00\ntotal,30.00\n"))
    pages = [page("a.jpg", "10.00"), page("b.jpg", "20.00")]
    control = compare(amounts_of(pages, "amount"), expected)
    assert control.read_total == control.expected_total == Decimal("30.00") and not control.differing


def test_a_control_total_that_is_wrong_does_not_balance(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\na.jpg,10.00\ntotal,30.00\n"))
    control = compare(amounts_of([page("a.jpg", "10.00")], "amount"), expected)
    assert (control.read_total, control.expected_total) == (Decimal("10.00"), Decimal("30.00"))


def test_names_and_totals_are_taken_as_people_write_them(tmp_path: Path) -> None:
    text = "\ufefffile;amount;page\nscans\\a.jpg;1.420,50;\nb.tif;20,00;2\n TOTAL ;1 440,50;\n"
    expected = load_expected(listed(tmp_path, text))
    pages = [page("a.jpg", "1420.50"), page("b.tif", "7.00"), page("b.tif", "20.00", number=2)]
    control = compare(amounts_of(pages, "amount"), expected)
    assert (control.matching, control.unlisted, control.missing) == (2, ("b.tif",), ())
    assert (control.expected_total, control.listed_total) == (Decimal("1440.50"), Decimal("1440.50"))


def test_a_name_that_may_be_either_of_two_listed_is_not_compared(tmp_path: Path) -> None:
    expected = load_expected(listed(tmp_path, "file,amount\nmonday/1.jpg,1\ntuesday/1.jpg,2\n"))
    pages = [page("1.jpg", "1.00"), page("tuesday/1.jpg", "2.00")]
    control = compare(amounts_of(pages, "amount"), expected)
    assert (control.unlisted, control.missing, control.matching) == (("1.jpg",), ("monday/1.jpg",), 1)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1420", "1420"),
        ("1,420.50", "1420.50"),
        ("1.420,50", "1420.50"),
        ("1 420,5", "1420.5"),
        ("1'420.00", "1420.00"),
        ("12,34,567.00", "1234567.00"),
        ("1.420.000", "1420000"),
        ("-5,00", "-5.00"),
        ("0.125", "0.125"),
        ("1,25,000/-", "125000"),
        ("1,420 /-", "1420"),
        ("1.420/=", "1420"),
        ("12,34,567.50/-", "1234567.50"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, amount: str) -> None:
    assert as_amount("line 2", text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "1,420",
        "1.420",
        "1,2,3",
        "1.23,456",
        "1.234,567.89",
        "$5",
        "1e5",
        "NaN",
        ".",
        "",
        "/-",
        "5-",
        "-5/-",
        "5/-0",
        "1,25,00/-",
    ],
)
def test_an_amount_that_may_be_two_or_none_is_refused(text: str) -> None:
    with pytest.raises(TableError, match=r"line 2: .*Write a plain decimal"):
        as_amount("line 2", text)


def test_the_summary_names_what_does_not_agree(tmp_path: Path) -> None:
    text = "file,amount\na.jpg,10\nb.jpg,20\nc.jpg,30\nd.jpg,40\ntotal,200\n"
    pages = [page("a.jpg", "10.00"), page("b.jpg", "21.00"), page("c.jpg", "30.00", "rejected"), page("e.jpg", "5.00")]
    control = compare(amounts_of(pages, "amount"), load_expected(listed(tmp_path, text)))
    assert "\n".join(control_in_words(control)) == (
        "batch list: 1 read as listed, 1 read otherwise, 1 to review (1 of them as listed), "
        "1 without a scan; 1 scan not listed\n"
        "  read otherwise: b.jpg read 21.00, listed 20\n"
        "  to review: c.jpg\n"
        "  without a scan: d.jpg\n"
        "  not listed: e.jpg\n"
        "the list's own amounts add up to 100, not to its total 200\n"
        "control total: 15.00 read and trusted, 200 expected: NOT the same: 185.00 short"
    )


@pytest.mark.parametrize("text", ["", "file\na.jpg\n", "file,amount\na.jpg,ten\n", "file,amount\na,1\na,2\n"])
def test_what_is_no_batch_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"expected\.csv"):
        load_expected(listed(tmp_path, text))
