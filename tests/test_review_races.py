"""The review page where keys are faster than answers, answers come late or out of order, or others decide meanwhile."""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from review_pages import Held, answer, expect, in_chromium, open_gallery, page_of, standing

from formreader.review.gallery import CellLabel
from formreader.review.questions import Filter
from formreader.review.store import Review, TakenBack
from formreader.table import read_table, write_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = in_chromium


@pytest.fixture
def nines(table: Path) -> Path:
    """The same table with more nines than one screen of the gallery holds, and some eights."""
    first, *rest = read_table(table, ("file",))
    nines = {"field": "customer", "value": "999999", "raw": "999999", "digit_confidences": ";".join(["0.9000"] * 6)}
    eights = {"field": "pieces", "value": "888", "raw": "888", "digit_confidences": "0.9;0.9;0.9", "page": "2"}
    many = [first | nines | {"page": str(page)} for page in range(2, 16)]
    write_table([first, *rest, *many, first | eights], table, list(first))
    return table


def quiet(page: "Page") -> None:
    """Until nothing is asked for or saved any more."""
    page.wait_for_timeout(300)
    page.wait_for_selector("body:not([data-busy])", state="attached")
    page.wait_for_function("() => !window.formreader.unsaved()")


def test_a_key_that_is_held_down_decides_one_field(page: "Page", review: Review) -> None:
    page.wait_for_selector("body[data-shown]")
    for key in ("Enter", "x", "b"):
        before = len(standing(review))
        if key == "b":  # which takes a second one, where digits were read
            page.keyboard.press("b")
        page.keyboard.down(key)
        quiet(page)
        for _ in range(3):
            page.wait_for_timeout(250)
            page.keyboard.down(key)  # as the keyboard repeats it
        page.keyboard.up(key)
        quiet(page)
        assert len(standing(review)) == before + 1


ECHO = """() => new Promise((done) => {
  const press = () => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  const first = window.formreader.shown();
  press();
  const again = () => {
    const now = window.formreader.shown();
    if (now && now !== first) { press(); done(); } else setTimeout(again, 0);
  };
  again();
})"""


def test_the_echo_of_a_key_does_not_accept_the_next_field_unseen(page: "Page", review: Review) -> None:
    page.wait_for_selector("body[data-shown]")
    page.evaluate(ECHO)
    quiet(page)
    assert list(standing(review)) == ["customer"]
    page.wait_for_selector("body[data-shown]")
    expect(page.locator("#problem")).to_have_text("")
    answer(page, "Enter")
    assert list(standing(review)) == ["customer", "pieces"]


def test_no_answer_counts_while_another_field_is_fetched(page: "Page", review: Review) -> None:
    page.wait_for_selector("body[data-shown]")
    quiet(page)
    held = Held(page, "**/api/questions*")
    page.keyboard.press("ArrowDown")
    held.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    held.answer_all()
    quiet(page)
    expect(page.locator("#field-name")).to_have_text("pieces")
    assert standing(review) == {}


def test_half_a_number_typed_before_its_field_came_is_not_taken_for_it(
    page: "Page", review: Review, table: Path
) -> None:
    customer = read_table(table, ("value",))[0]["value"]
    answer(page, "Enter")
    held = Held(page, "**/api/undo")
    page.keyboard.press("u")
    held.wait_for()
    page.keyboard.type("12")
    held.answer_all()
    expect(page.locator("#field-name")).to_have_text("customer")
    page.wait_for_selector("body[data-shown]")
    page.keyboard.type("3456")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("were not taken")
    assert standing(review) == {}
    page.keyboard.press("Escape")
    expect(page.locator("#value")).to_have_value(customer)
    answer(page, "Enter")
    expect(page.locator("#value")).to_have_value("999")  # not what was typed for the field before
    assert standing(review) == {"customer": (customer, "read")}


def test_two_decisions_are_taken_back_in_turn_however_late_the_answers(page: "Page", review: Review) -> None:
    answer(page, "Enter")
    answer(page, "Enter")
    held = Held(page, "**/api/undo")
    page.keyboard.press("u")
    page.keyboard.press("u")
    held.answer_all()
    quiet(page)
    assert standing(review) == {}
    expect(page.locator("#field-name")).to_have_text("customer")
    answer(page, "Enter")
    expect(page.locator("#field-name")).to_have_text("pieces")  # neither is passed over


def test_an_undo_whose_answer_is_lost_takes_back_one_decision_however_often_it_is_sent(
    page: "Page", review: Review
) -> None:
    answer(page, "Enter")
    answer(page, "Enter")

    def lose(route: "Route") -> None:
        route.fetch()
        route.abort()

    page.route("**/api/undo", lose)
    page.keyboard.press("u")
    expect(page.locator("#alert")).to_contain_text("does not answer")
    page.unroute("**/api/undo")
    page.keyboard.press("u")
    expect(page.locator("#field-name")).to_have_text("pieces")
    quiet(page)
    assert list(standing(review)) == ["customer"]


def test_a_page_takes_back_its_own_decision_not_what_was_decided_on_another_of_the_same_reviewer(
    page: "Page", review: Review, table: Path
) -> None:
    elsewhere = Review(table, reviewer="Ann")
    answer(page, "Enter")
    third = elsewhere.questions(Filter(), most=2)[1]
    elsewhere.decide(third.id, "5", "read")
    page.keyboard.press("u")
    expect(page.locator("#field-name")).to_have_text("customer")
    quiet(page)
    assert standing(review) == {third.field: ("5", "read")}
    page.keyboard.press("u")
    expect(page.locator("#saved")).to_have_text("nothing to take back")
    assert standing(review) == {third.field: ("5", "read")}


def test_a_page_takes_back_what_was_decided_before_it_was_opened(chromium: "Browser", table: Path) -> None:
    review = Review(table, reviewer="Ann")
    for asked in review.questions(Filter(), most=2):
        review.decide(asked.id, "5", "read")
    with page_of(chromium, review) as page:
        answer(page, "Enter")
        for left in (2, 1, 0):
            page.keyboard.press("u")
            quiet(page)
            assert len(standing(review)) == left
        expect(page.locator("#field-name")).to_have_text("customer")


def test_an_undo_that_is_not_answered_says_so(page: "Page", review: Review) -> None:
    answer(page, "Enter")
    page.route("**/api/undo", lambda route: route.abort())
    page.keyboard.press("u")
    expect(page.locator("#alert")).to_contain_text("does not answer")
    page.unroute("**/api/undo")
    page.keyboard.press("u")
    expect(page.locator("#field-name")).to_have_text("customer")
    expect(page.locator("#alert")).to_be_hidden()
    assert standing(review) == {}


def test_questions_that_cannot_be_fetched_leave_nothing_on_the_screen_to_be_judged(page: "Page") -> None:
    answer(page, "Enter")
    quiet(page)
    page.route("**/api/questions*", lambda route: route.abort())
    page.select_option("#by-field", "total")
    expect(page.locator("#alert")).to_contain_text("does not answer")
    expect(page.locator("#picture")).to_be_hidden()
    page.unroute("**/api/questions*")
    page.select_option("#by-field", "boxes")
    expect(page.locator("#field-name")).to_have_text("boxes")
    expect(page.locator("#alert")).to_be_hidden()


def test_an_answer_that_is_not_taken_comes_again_after_what_is_being_typed(page: "Page", review: Review) -> None:
    page.wait_for_selector("body[data-shown]")
    held = Held(page, "**/api/decide")
    page.keyboard.press("Enter")
    expect(page.locator("#field-name")).to_have_text("pieces")
    page.wait_for_selector("body[data-shown]")
    page.keyboard.type("12")
    held.wait_for()
    held.routes.pop().fulfill(status=400, json={"error": "the disk is full"})
    expect(page.locator("#alert")).to_contain_text("customer")
    expect(page.locator("#alert")).to_contain_text("the disk is full")
    page.unroute("**/api/decide")
    expect(page.locator("#field-name")).to_have_text("pieces")
    quiet(page)
    page.keyboard.type("3")
    answer(page, "Enter")
    expect(page.locator("#field-name")).to_have_text("customer")
    expect(page.locator("#problem")).to_have_text("the disk is full")
    assert standing(review) == {"pieces": ("123", "read")}


def test_letters_in_a_filter_choose_and_decide_nothing(page: "Page", review: Review) -> None:
    page.wait_for_selector("body[data-shown]")
    for letter, name in (("b", "boxes"), ("ArrowUp", "pieces"), ("ArrowUp", "customer")):
        page.focus("#by-field")
        page.keyboard.press(letter)
        expect(page.locator("#field-name")).to_have_text(name)
        quiet(page)
        expect(page.locator("#by-field")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#value")).to_be_focused()
    assert standing(review) == {}


def test_of_two_filters_the_last_one_counts_however_late_the_answers(page: "Page") -> None:
    quiet(page)
    held = Held(page, "**/api/questions*")
    page.select_option("#by-field", "total")
    page.select_option("#by-field", "boxes")
    held.answer_all()
    quiet(page)
    expect(page.locator("#by-field")).to_have_value("boxes")
    for _ in range(2):  # nothing of another field comes
        expect(page.locator("#field-name")).to_have_text("boxes")
        answer(page, "x")
    expect(page.locator("#done h2")).to_have_text("Nothing more with this filter.")


def test_the_gallery_is_left_as_often_as_it_is_opened(page: "Page") -> None:
    quiet(page)
    held = Held(page, "**/api/symbols")
    page.keyboard.press("g")
    page.keyboard.press("g")
    held.answer_all()
    quiet(page)
    expect(page.locator("#value")).to_be_visible()


def test_cells_are_confirmed_as_what_they_were_shown_as(chromium: "Browser", nines: Path) -> None:
    """Between two digits no key meets the cells of the one with the name of the other."""
    review = Review(nines, reviewer="Ann")
    with page_of(chromium, review) as page:
        open_gallery(page, "8")
        held = Held(page, "**/api/gallery*")
        page.keyboard.press("PageDown")
        held.wait_for()
        page.keyboard.press("9")
        page.keyboard.press("Enter")
        expect(page.locator("#tiles .tile")).to_have_count(0)
        held.answer_all()
        page.wait_for_selector("body[data-screen='9']")
        quiet(page)
        assert not any(asked.labels for asked in review.questions(Filter(only="all"), most=50))


HELD_DOWN = """() => {
  const press = () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  press();
  new MutationObserver(press).observe(document.getElementById("tiles"), { childList: true });
}"""


def test_a_screen_is_confirmed_once_however_long_the_key_is_held(chromium: "Browser", nines: Path) -> None:
    review = Review(nines, reviewer="Ann")
    cells = len(review.gallery("9", most=200))
    assert 80 < cells < 140
    digit = cv2.imencode(".jpg", np.full((28, 28), 200, np.uint8))[1].tobytes()
    with page_of(chromium, review) as page:
        page.route("**/picture/cell/**", lambda route: route.fulfill(body=digit, content_type="image/jpeg"))
        open_gallery(page, "9")
        expect(page.locator("#tiles .tile")).to_have_count(70)
        page.evaluate(HELD_DOWN)
        page.wait_for_selector("#gallery-words:not(:has-text('70 cells'))")
        quiet(page)
        assert len(review.gallery("9", most=200)) == cells - 70


def test_a_cell_whose_picture_did_not_come_is_not_confirmed(page: "Page", review: Review) -> None:
    first = review.gallery("9")[0]
    page.route(f"**/picture/cell/{first.field}/{first.cell}", lambda route: route.abort())
    open_gallery(page, "9")
    expect(page.locator("#tiles .lost")).to_have_count(1)
    page.keyboard.press("Enter")
    quiet(page)
    assert [(one.field, one.cell) for one in review.gallery("9")] == [(first.field, first.cell)]


def test_undo_shows_what_it_has_taken_back(page: "Page", review: Review) -> None:
    """A field in the gallery, a screen of the gallery in a field."""
    answer(page, "Enter")
    page.keyboard.press("g")
    page.wait_for_selector("body[data-screen]")
    page.keyboard.press("u")
    expect(page.locator("#field-name")).to_have_text("customer")
    expect(page.locator("#value")).to_be_visible()
    assert standing(review) == {}
    open_gallery(page, "9")
    page.keyboard.press("Enter")
    quiet(page)
    assert not review.gallery("9")
    page.keyboard.press("g")
    page.wait_for_selector("body[data-shown]")
    page.keyboard.press("u")
    page.wait_for_selector("body[data-screen='9']")
    assert review.gallery("9")


def test_what_was_decided_on_another_page_is_not_overruled_unseen(page: "Page", review: Review, table: Path) -> None:
    other = Review(table, reviewer="Ben")
    page.wait_for_selector("body[data-shown]")
    first = other.questions(Filter(), most=1)[0]
    other.decide(first.id, "111111", "read")
    page.keyboard.press("Enter")
    expect(page.locator("#alert")).to_contain_text("Ben has said 111111")
    answer(page, "Enter")  # pieces
    expect(page.locator("#field-name")).to_have_text("customer")
    expect(page.locator("#problem")).to_contain_text("Ben has said 111111")
    expect(page.locator("#mine")).to_have_text("Ben said: 111111")
    expect(page.locator("#value")).to_have_value("111111")
    answer(page, *"222222", "Enter")  # seen now: the reviewer has the last word
    assert standing(review)["customer"] == ("222222", "read")


def test_what_was_decided_meanwhile_is_not_overruled_by_the_gallery(table: Path) -> None:
    ann, ben = Review(table, reviewer="Ann"), Review(table, reviewer="Ben")
    shown = [tile for symbol in "0123456789" for tile in ann.gallery(symbol)]
    first = ann.questions(Filter(), most=1)[0]
    own = [tile for tile in shown if tile.field == first.id]
    ben.decide(first.id, "111111", "read")
    assert ann.label("1", [CellLabel(tile.field, tile.cell, first.raw[tile.cell]) for tile in own]) == []
    assert standing(ann) == {"customer": ("111111", "read")}


def test_a_decision_sent_twice_counts_once(table: Path) -> None:
    review = Review(table, reviewer="Ann")
    first = review.questions(Filter(), most=1)[0]
    for _ in range(2):
        review.decide(first.id, "111111", "read", token="t", version=first.version)
    assert standing(review) == {"customer": ("111111", "read")}
    assert review.undo() == TakenBack(first.id, "", before="")
    assert standing(review) == {}
