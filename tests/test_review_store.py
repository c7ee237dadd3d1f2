"""The review's database: nothing answered is lost or changed afterwards, and nobody sees what is to be blind."""

import csv
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from reviewed import results, row

from formreader.errors import TableError, UsageError
from formreader.review.gallery import CellLabel
from formreader.review.outcome import write_reviewed
from formreader.review.questions import Filter
from formreader.review.store import Review, TakenBack
from formreader.table import read_table, write_table
from formreader.template import SumRule

EVERYTHING = Filter(only="all")


def fields(review: Review, wanted: Filter | None = None) -> list[str]:
    return [asked.field for asked in review.questions(wanted or Filter())]


def ids(review: Review) -> dict[str, int]:
    return {asked.field: asked.id for asked in review.questions(EVERYTHING)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return results(
        tmp_path,
        row("a", "101"),
        row("b", "17", "read"),
        row("c", "", "failed", reason="unreadable_file"),
        row("d", "777", reason="low_confidence;rule:total"),
        row("e", "9", "rejected", reason="gap", confidence="0.9000"),
    )


def test_what_was_rejected_or_failed_is_asked_in_the_order_of_the_table(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    assert fields(review) == ["a", "c", "d", "e"]
    assert [asked.field for asked in review.questions(Filter(), after=0, most=2)] == ["c", "d"]
    assert [asked.field for asked in review.questions(Filter(), before=3, most=1)] == ["c"]
    assert fields(review, Filter(field="d")) == ["d"]
    assert fields(review, Filter(reason="rule:total")) == ["d"]
    assert fields(review, Filter(least=0.5)) == ["e"]
    assert review.choices() == {
        "fields": ["a", "c", "d", "e"],
        "reasons": ["gap", "low_confidence", "rule:total", "unreadable_file"],
    }


def test_a_decision_is_kept_with_who_when_and_what_was_shown_and_undone_by_a_new_record(table: Path) -> None:
    before = table.read_bytes()
    review = Review(table, reviewer="Ann")
    first = ids(review)["a"]
    review.draft(first, "10", 1)
    assert review.question(first).value == "10"
    review.draft(first, "1", 0)  # sent before, come later
    assert review.question(first).value == "10"
    review.decide(first, "107", "read", token="one")
    review.decide(first, "107", "read", token="one")  # the page did not hear of it and sent it again
    assert fields(review) == ["c", "d", "e"] and review.progress().done == 1
    assert review.undo() == TakenBack(first, "", before="")
    assert fields(review) == ["a", "c", "d", "e"] and review.question(first).value == "101"
    assert review.undo() is None
    database = sqlite3.connect(table.with_name("results.review.db"))
    said = database.execute(
        "SELECT kind, reviewer, value_before, value, shown, at FROM decision ORDER BY id"
    ).fetchall()
    assert [one[:4] for one in said] == [("value", "Ann", "101", "107"), ("undo", "Ann", "107", "101")]
    assert '"machine": "101"' in said[0][4] and said[0][5].endswith("+00:00")
    for change in ("DELETE FROM decision", "UPDATE decision SET value = '1'"):
        with pytest.raises(sqlite3.IntegrityError, match="decisions are kept"):
            database.execute(change)
    assert table.read_bytes() == before


def test_a_program_killed_after_an_answer_has_lost_nothing(table: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from formreader.review import Review\n"
        "review = Review(Path(sys.argv[1]), reviewer='Ann'); review.decide(1, '5', 'read'); review.draft(3, '66', 1)\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(table)], check=False).returncode == -9
    review = Review(table, reviewer="ann ")
    assert review.reviewer == "Ann"  # one person, however spelt
    assert review.question(1).mine == "5" and review.question(3).value == "66"
    assert fields(review) == ["c", "d", "e"]


def test_the_second_of_two_is_blind_to_machine_and_first_and_disputes_are_settled(table: Path) -> None:
    ann = Review(table, reviewer="Ann", two_people=True)
    ben = Review(table, reviewer="Ben")
    assert ben.two_people
    a, c, d, e = (ids(ann)[name] for name in "acde")
    ann.decide(a, "101", "read")
    ann.decide(d, "777", "read")
    asked = ben.question(a)
    assert asked.blind and (asked.value, asked.machine, asked.raw, asked.reasons) == ("", "", "", ())
    assert ben.question(e).blind  # Ann has seen it with the machine's reading, though she has not decided it
    assert ben.values_of_page("form.jpg", "1")["a"] is None
    assert ann.progress().todo == 2 and ann.progress().waiting == 2
    ben.decide(a, "101", "read")
    ben.decide(d, "771", "read")
    assert ben.progress().disputed == 1 and ben.progress().done == 1
    disputed = ben.questions(Filter(only="disputed"))
    assert [(one["reviewer"], one["value"]) for one in disputed[0].decided] == [("Ann", "777"), ("Ben", "771")]
    ben.decide(d, "771", "read")
    words = {row["field"]: (row["final_value"], said and said.people) for row, said in ben.rows()}
    assert words["a"] == ("101", ("Ann", "Ben")) and words["d"] == ("771", ("Ann", "Ben"))
    ann.decide(c, "", "blank")
    assert ann.progress().todo == 1
    assert [asked.field for asked in ben.questions(Filter())] == ["c", "e"]
    assert (taken := ben.undo()) and taken.field == d and ben.progress().disputed == 1


def test_a_table_that_changed_before_anybody_decided_is_taken_over(table: Path) -> None:
    Review(table, reviewer="Ann").close()
    results(table.parent, row("a", "101", "read"), row("b", "18"))
    assert fields(Review(table, reviewer="Ann")) == ["b"]


def test_a_table_that_changed_is_refused_and_merged_without_losing_a_decision(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    for name, value in (("a", "101"), ("d", "770")):
        review.decide(ids(review)[name], value, "read")
    review.close()
    rows = read_table(table, ("file",))
    rows[0]["confidence"] = "0.3000"  # the reading of a is the same, that of d is not; c is gone and f new
    rows[3] |= {"value": "707", "raw": "707"}
    write_table([rows[0], rows[1], rows[3], rows[4], row("f", "3")], table)
    with pytest.raises(TableError, match=r"2 fields read otherwise, 1 new, 1 gone; 2 decisions.*--merge"):
        Review(table, reviewer="Ann")
    merged = Review(table, reviewer="Ann", merge=True)
    assert fields(merged) == ["d", "e", "f"]
    asked = merged.question(ids(merged)["d"])
    assert (asked.value, asked.earlier, asked.mine) == ("707", "770", None)
    assert merged.question(ids(merged)["a"]).mine == "101"
    merged.close()
    rows[0]["confidence"] = "0.4000"
    write_table(rows, table)
    again = Review(table, reviewer="Ann", merge=True)
    assert fields(again, EVERYTHING) == ["a", "c", "d", "e"]
    assert again.question(ids(again)["a"]).mine == "101"


def test_a_table_that_only_grew_is_taken_over(table: Path) -> None:
    """As that of a hot folder does each day."""
    review = Review(table, reviewer="Ann")
    review.decide(ids(review)["a"], "101", "read")
    assert not review.table_has_changed
    write_table([*read_table(table, ("file",)), row("f", "3", page="2")], table)
    assert review.table_has_changed
    review.close()
    grown = Review(table, reviewer="Ann")
    assert "f" in fields(grown) and "a" not in fields(grown)
    assert grown.question(ids(grown)["a"]).mine == "101" and not grown.table_has_changed


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"confidence": "0,4"}, "confidence '0,4' is no number"),
        ({"digit_confidences": "0,4;0,4;0,4"}, "is no number"),
        ({"value": "7", "raw": "7", "digit_confidences": "0.4;0.4;0.4"}, "'7' was read of 3 digits"),
        ({"status": "Rejected"}, "status 'Rejected' is none of read, blank, rejected, failed"),
    ],
)
def test_a_table_that_a_spreadsheet_has_spoilt_is_refused(tmp_path: Path, spoilt: dict[str, str], words: str) -> None:
    table = results(tmp_path, row("a"), {**row("b", "007"), **spoilt})
    with pytest.raises(TableError, match=rf"form\.jpg page 1 b: .*{words}.* A spreadsheet has changed the table"):
        Review(table, reviewer="Ann")


def test_an_empty_page_is_not_asked_and_stays_failed(tmp_path: Path) -> None:
    back = row("a", "", "failed", page="2", reason="not_this_form;empty_page")
    review = Review(results(tmp_path, row("a"), back), reviewer="Ann")
    assert [(asked.page, asked.field) for asked in review.questions(Filter())] == [("1", "a")]
    write_reviewed(review)
    assert [line["status"] for line in read_table(tmp_path / "results.reviewed.csv", ("status",))] == [
        "rejected",
        "failed",
    ]


def test_a_table_saved_by_a_spreadsheet_is_the_same_review(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    review.decide(1, "7", "read")
    review.close()
    with table.open(newline="") as file:
        lines = list(csv.reader(file))
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    assert Review(table, reviewer="Ann").question(1).mine == "7"


def test_an_audited_field_is_asked_blind_among_the_others(table: Path) -> None:
    table.with_name("results.audit.csv").write_text("file,page,field\nform.jpg,1,b\nform.jpg,1,a\nother.jpg,1,a\n")
    review = Review(table, reviewer="Ann")
    assert fields(review) == ["a", "b", "c", "d", "e"]
    b = ids(review)["b"]
    assert review.question(b).blind and review.question(b).value == ""
    assert review.values_of_page("form.jpg", "1")["b"] is None
    assert "b" not in fields(review, Filter(least=0.9))
    review.decide(b, "11", "read")
    assert review.question(b).value == "11" and review.question(b).machine == ""


def test_what_an_audit_no_longer_names_is_not_asked_any_more(table: Path) -> None:
    audit = table.with_name("results.audit.csv")
    audit.write_text("file,page,field\nform.jpg,1,b\n")
    Review(table, reviewer="Ann").close()
    audit.unlink()
    assert fields(Review(table, reviewer="Ann")) == ["a", "c", "d", "e"]


def test_of_a_failed_page_nothing_is_known_before_it_is_typed(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    assert review.values_of_page("form.jpg", "1")["c"] is None
    review.draft(ids(review)["c"], "12", 1)
    assert review.values_of_page("form.jpg", "1")["c"] == "12"


def test_a_gallery_screen_decides_the_fields_all_of_whose_cells_it_confirmed(tmp_path: Path) -> None:
    table = results(
        tmp_path, row("a", "77"), row("b", "71"), row("c", "7", reason="gap"), row("d", "7", "read"), row("e", "27")
    )
    review = Review(table, reviewer="Ann")
    found = review.gallery("7", most=3) + review.gallery("7", after=(1, 0))
    assert [(one.field, one.cell) for one in found] == [(1, 0), (1, 1), (2, 0), (3, 0), (5, 1)]
    assert review.label("7", [CellLabel(one.field, one.cell, "7") for one in found[:4]] + [CellLabel(5, 1, "?")]) == [1]
    assert fields(review) == ["b", "c", "e"] and review.gallery("7") == []
    assert review.question(5).labels == {1: "?"}
    assert review.label("1", [CellLabel(2, 1, "1")]) == [2]
    assert (taken := review.undo()) and (taken.field, taken.gallery) == (2, "1") and fields(review) == ["b", "c", "e"]
    assert review.undo() is not None and fields(review) == ["a", "b", "c", "e"] and len(review.gallery("7")) == 5


def test_a_decision_is_taken_back_by_its_name_once_and_by_nobody_else(table: Path) -> None:
    ann, again, ben = Review(table, reviewer="Ann"), Review(table, reviewer="Ann"), Review(table, reviewer="Ben")
    a, c, d, _ = ids(ann).values()
    ann.decide(a, "107", "read", token="first")
    ben.decide(d, "1", "read", token="of Ben")
    again.decide(c, "2", "read", token="second")
    assert ann.last_decision() == "second"
    assert ann.undo("of Ben") is None and ann.undo("unheard of") is None
    for _ in range(2):  # the page did not hear of it and sent it again
        assert ann.undo("first") == TakenBack(a, "", before="")
        assert fields(ann) == ["a", "e"]
    assert ann.undo() == TakenBack(c, "", before="") and ann.undo() is None
    assert fields(ann) == ["a", "c", "e"]


def test_what_is_no_results_table_or_no_review_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no such table"):
        Review(tmp_path / "results.csv")
    with pytest.raises(TableError, match="a field of a page is in it twice"):
        Review(results(tmp_path, row("a"), row("a")))
    assert not read_only_fields(tmp_path)
    with pytest.raises(UsageError, match="no name for a reviewer"):
        Review(results(tmp_path, row("a")), reviewer="a|b")
    (tmp_path / "other.review.db").write_text("not a database, however long it may be" * 40)
    with pytest.raises(TableError, match=r"other\.review\.db: the review cannot be kept there"):
        Review(results(tmp_path, row("a"), name="other.csv"))


def test_an_answer_for_which_there_is_no_room_is_refused_in_words_and_nothing_of_it_is_kept(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    size = review._database.execute("PRAGMA page_count").fetchone()[0]
    review._database.execute(f"PRAGMA max_page_count = {size}")
    with pytest.raises(TableError, match=r"results\.review\.db: not saved \(database or disk is full\)\. Make room"):
        for _ in range(500):
            review.decide(1, "9" * 200, "read")
    review._database.execute("PRAGMA max_page_count = 100000")
    review.decide(1, "123", "read")
    assert review.question(1).mine == "123"


def read_only_fields(folder: Path) -> list[tuple[object, ...]]:
    return sqlite3.connect(folder / "results.review.db").execute("SELECT * FROM field").fetchall()


def test_what_people_say_of_one_field_may_ask_for_those_beside_it(tmp_path: Path) -> None:
    review = Review(
        results(
            tmp_path,
            row("a", "12", reason="not_a_digit;rule:total"),
            row("b", "3", "read", reason="unchecked:total"),
            row("t", "15", "read", reason="unchecked:total"),
            row("other", "7", "read"),
        ),
        reviewer="Ann",
    )
    review.rules = [SumRule(name="total", sum=["a", "b"], equals="t")]
    first = ids(review)["a"]
    review.decide(first, "12", "read")
    assert fields(review, EVERYTHING) == ["a"]
    review.undo()
    review.decide(first, "", "rejected")  # nobody can read it: nothing is known of the sum
    assert fields(review, EVERYTHING) == ["a"]
    review.undo()
    review.decide(first, "13", "read")
    assert fields(review) == ["b", "t"]
    review.undo()
    assert fields(review) == ["a"]
    review.decide(first, "13", "read")
    review.decide(ids(review)["t"], "16", "read")
    assert fields(review, EVERYTHING) == ["a", "t"]
