"""The review page in headless Chromium, through the real server: keys, gallery, blindness, and nothing lost."""

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from batches import wait_until
from review_pages import Held, answer, expect, in_chromium, open_gallery, page_of, standing
from reviewed import results, row

from formreader.review.questions import Filter
from formreader.review.store import Review
from formreader.table import COLUMNS, read_table, write_table
from formreader.table.manifest import write_manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response, Route

pytestmark = in_chromium


def test_a_person_types_accepts_moves_and_takes_back_with_keys_alone(page: "Page", review: Review, table: Path) -> None:
    customer, pieces = read_table(table, ("value",))[:2]
    expect(page.locator("#value")).to_have_value(customer["value"])
    answer(page, "Enter")
    expect(page.locator("#field-name")).to_have_text("pieces")
    expect(page.locator("#where[aria-live]")).to_contain_text("read as 999; doubtful: cell 2, 9")  # heard, too
    expect(page.locator("#machine .doubtful")).to_have_text(["9"])
    expect(page.locator("#picture .boxes .doubtful")).to_have_count(1)
    expect(page.locator("#rules .broken")).to_contain_text("total says")
    for key in "123":
        page.keyboard.press(key)
    page.wait_for_selector("#rules .broken:has-text('pieces 123 +')")
    answer(page, "Enter")
    expect(page.locator("#field-name")).to_have_text("boxes")
    answer(page, "b")
    expect(page.locator("#problem")).to_contain_text("press B again if nothing is written")
    answer(page, "b")
    answer(page, "x")
    assert standing(review) == {
        "customer": (customer["value"], "read"),
        "pieces": ("123", "read"),
        "boxes": ("", "blank"),
        "total": ("", "rejected"),
    }
    page.keyboard.press("u")
    page.wait_for_selector("#field-name:has-text('total')")
    page.keyboard.press("ArrowUp")
    page.wait_for_selector("#field-name:has-text('boxes')")
    expect(page.locator("#mine")).to_have_text("you said: blank")
    page.keyboard.press("f")
    page.wait_for_selector("#form .here")
    expect(page.locator("#progress")).to_contain_text("3 of 12")
    assert "total" not in standing(review)
    assert pieces["value"] == "999"  # the machine's reading stays on record


@pytest.mark.parametrize("symbol", ["?", "X"])  # an X is no blank cell where the template allows no fill marks
def test_a_digit_that_was_guessed_takes_a_second_enter(chromium: "Browser", table: Path, symbol: str) -> None:
    rows = read_table(table, ())
    rows[0]["raw"] = rows[0]["value"][:-1] + symbol
    write_table(rows, table, list(rows[0]))
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_contain_text("no digit was read")
        assert standing(review) == {}
        answer(page, "Enter")
        expect(page.locator("#field-name")).to_have_text("pieces")
    assert standing(review) == {"customer": (rows[0]["value"], "read")}


def test_a_digit_that_was_guessed_and_is_typed_is_not_asked_for_again(chromium: "Browser", table: Path) -> None:
    rows = read_table(table, ())
    rows[0]["raw"] = rows[0]["value"][:-1] + "?"
    write_table(rows, table, list(rows[0]))
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        answer(page, *rows[0]["value"], "Enter")
        expect(page.locator("#field-name")).to_have_text("pieces")
    assert standing(review) == {"customer": (rows[0]["value"], "read")}


@pytest.mark.parametrize("typed", ["", "37"])
def test_digits_before_empty_decimals_take_a_point_or_a_second_enter(
    chromium: "Browser", table: Path, typed: str
) -> None:
    """37 in the cells before the comma is not 0.37, however the machine or a person in a hurry has it."""
    rows = [line for line in read_table(table, ()) if line["field"] == "price"][:1]
    rows[0] |= {"value": "0.37", "raw": "__37__", "digit_confidences": "1;1;1;1;1;1", "reason": "gap"}
    write_table(rows, table, list(rows[0]))
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_contain_text("cells behind the point are empty")
        assert standing(review) == {}
        page.keyboard.press("Control+a")
        answer(page, *"37.00", "Enter")
    assert standing(review) == {"price": ("37.00", "read")}
    with page_of(chromium, Review(table, reviewer="Ann")) as page:
        page.locator("#done h2").wait_for()


def test_a_zero_left_out_before_the_others_takes_a_second_enter(chromium: "Browser", table: Path) -> None:
    """Who is used to numbers types 12345, and the customer is 012345."""
    rows = read_table(table, ())[:1]
    rows[0] |= {"value": "012346", "raw": "012346", "digit_confidences": "1;1;1;1;1;0.5"}
    write_table(rows, table, list(rows[0]))
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        page.keyboard.type("12345")
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_contain_text("a 0 stands before it")
        assert standing(review) == {}
        page.keyboard.press("Control+a")
        answer(page, *"012345", "Enter")
    assert standing(review) == {"customer": ("012345", "read")}


def test_what_was_typed_is_not_made_blank_by_one_letter(page: "Page", review: Review) -> None:
    """Who types a word into the box, such as "bad", says nothing yet."""
    page.wait_for_selector("body[data-shown]")
    for letter in "bad":
        page.keyboard.press(letter)
    expect(page.locator("#problem")).to_have_text("digits only")
    expect(page.locator("#field-name")).to_have_text("customer")
    assert standing(review) == {}
    page.keyboard.press("Escape")
    page.keyboard.type("12")
    page.keyboard.press("b")
    expect(page.locator("#problem")).to_contain_text("12 stands in the box: press B again")
    answer(page, "b")
    expect(page.locator("#field-name")).to_have_text("pieces")
    assert standing(review) == {"customer": ("", "blank")}


def test_where_nothing_was_read_one_letter_says_blank(chromium: "Browser", table: Path) -> None:
    rows = read_table(table, ())
    rows[0] |= {"value": "", "raw": "?_____", "digit_confidences": "0.5;1;1;1;1;1"}
    write_table(rows, table, list(rows[0]))
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        answer(page, "b")
        expect(page.locator("#field-name")).to_have_text("pieces")
    assert standing(review) == {"customer": ("", "blank")}


def test_the_large_form_shows_the_field_that_is_asked(page: "Page") -> None:
    page.set_viewport_size({"width": 700, "height": 500})
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_selector("#field-name:has-text('total')")
    page.wait_for_selector("body[data-shown]")
    page.keyboard.press("z")
    page.wait_for_selector("#form .here")
    room, here = page.locator("#look").bounding_box(), page.locator("#form .here").bounding_box()
    assert room and here
    assert room["x"] <= here["x"] + here["width"] / 2 <= room["x"] + room["width"]
    assert room["y"] <= here["y"] and here["y"] + here["height"] <= room["y"] + room["height"]


def test_a_review_finished_too_early_says_what_is_left(page: "Page") -> None:
    answer(page, "Enter")
    answer(page, "x")
    page.click("#finish")
    expect(page.locator("#finished-words")).to_contain_text("Still to decide: 10")
    expect(page.locator("#finished-words")).to_contain_text("11 still rejected or failed")


def test_a_value_that_breaks_a_sum_asks_for_what_was_accepted_beside_it(chromium: "Browser", table: Path) -> None:
    rows = read_table(table, ())
    for one in rows:
        if one["field"] != "pieces" or one["file"] != rows[0]["file"]:
            one |= {"status": "read", "reason": ""}
    write_table(rows, table, list(rows[0]))
    boxes, total = rows[2]["value"], rows[3]["value"]
    assert [one["field"] for one in rows[:4]] == ["customer", "pieces", "boxes", "total"]
    review = Review(table, reviewer="Ann")
    right = str(int(total) - int(boxes or 0))
    with page_of(chromium, review) as page:
        expect(page.locator("#progress")).to_contain_text("0 of 1")
        page.keyboard.type("111")
        answer(page, "Enter")
        expect(page.locator("#field-name")).to_have_text("boxes")
        expect(page.locator("#rules .broken")).to_contain_text("pieces 111 +")
        expect(page.locator("#progress")).to_contain_text("1 of 3")
        page.keyboard.press("u")
        page.wait_for_selector("#field-name:has-text('pieces')")
        page.keyboard.type(right)
        answer(page, "Enter")
        page.wait_for_selector("#done h2")
        expect(page.locator("#progress")).to_contain_text("1 of 1")


def test_the_keys_at_the_foot_of_the_page_can_be_clicked(page: "Page", review: Review) -> None:
    first = page.locator("#field-name").inner_text()
    page.click("#keys button:has-text('accept')")
    page.wait_for_selector("#field-name:has-text('pieces')")
    expect(page.locator("#value")).to_be_focused()
    page.wait_for_selector("body[data-shown]")
    page.click("#keys button:has-text('illegible')")
    page.wait_for_selector("#field-name:has-text('boxes')")
    page.wait_for_selector("body[data-unsaved='0']")
    assert {name: status for name, (_, status) in standing(review).items()} == {first: "read", "pieces": "rejected"}
    page.click("#keys button:has-text('gallery')")
    page.wait_for_selector("#gallery-view .tile")
    expect(page.locator("#filter")).to_be_hidden()  # it is for the fields
    page.click("#gallery-view footer button:has-text('field by field')")
    page.wait_for_selector("body[data-shown]")


def test_what_is_said_of_a_failed_page_is_read_whole_and_the_page_as_large_as_needed(
    chromium: "Browser", table: Path
) -> None:
    rows = read_table(table, ("file", "field"))
    failed = {"value": "", "raw": "", "digit_confidences": "", "status": "failed", "reason": "not_this_form"}
    write_table([{**one, **failed} if one["file"] == rows[0]["file"] else one for one in rows], table)
    with page_of(chromium, Review(table, reviewer="Ann")) as page:
        page.route("**/api/look/*", lambda route: _with_note(route, "it fits in two places nearly as well. " * 6))
        page.reload()
        page.set_viewport_size({"width": 1093, "height": 614})
        page.wait_for_selector("body[data-shown]")
        page.wait_for_function(
            "() => document.getElementById('no-picture').getBoundingClientRect().bottom"
            " <= document.getElementById('answer').getBoundingClientRect().top"
        )
        small = page.locator("#picture img").bounding_box()
        page.keyboard.press("z")
        page.wait_for_selector("#form img")
        large = page.locator("#form img").bounding_box()
        assert small and large and large["height"] > 2 * small["height"]
        page.keyboard.press("Shift+ArrowDown")
        page.wait_for_function("() => document.getElementById('look').scrollTop > 0")
        page.keyboard.press("z")
        page.wait_for_function("() => !document.getElementById('look').classList.contains('large')")


def _with_note(route: "Route", note: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "note": note})


def test_a_page_that_failed_is_left_with_one_key(chromium: "Browser", table: Path) -> None:
    rows = read_table(table, ("file", "field"))
    names = list(dict.fromkeys(one["file"] for one in rows))
    failed = {"value": "", "raw": "", "digit_confidences": "", "status": "failed", "reason": "not_this_form"}
    write_table([{**one, **failed} if one["file"] == names[0] else one for one in rows], table)
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        assert names[0] in page.inner_text("#place")
        page.keyboard.press("Shift+X")
        expect(page.locator("#place")).to_contain_text(names[1])
        expect(page.locator("#leave-page")).to_be_hidden()
        page.wait_for_selector("body[data-shown]")
        page.keyboard.press("Shift+X")  # this page was read: of it but one field
        expect(page.locator("#field-name")).to_have_text(rows[len(rows) // 2 + 1]["field"])
        expect(page.locator("#saved")).to_have_text("all saved")
        left = [one.file for one in review.questions(Filter(), most=100)]
        assert left == [names[1]] * (len(rows) // 2 - 1)
        page.keyboard.press("u")
        expect(page.locator("#field-name")).to_have_text(rows[len(rows) // 2]["field"])
        page.keyboard.press("u")
        expect(page.locator("#place")).to_contain_text(names[0])
        expect(page.locator("#field-name")).to_have_text(rows[0]["field"])
        assert len(review.questions(Filter(), most=100)) == len(rows)


def test_rules_stand_as_they_do_with_what_was_just_typed(page: "Page") -> None:
    """The next fields are fetched ahead, before the first is decided."""
    answer(page, "Enter")
    page.keyboard.type("123")
    answer(page, "Enter")
    expect(page.locator("#field-name")).to_have_text("boxes")
    expect(page.locator("#rules .broken")).to_contain_text("pieces 123 +")


def test_what_is_typed_survives_a_closed_page(chromium: "Browser", table: Path) -> None:
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        answer(page, "4", "2")
    with page_of(chromium, review) as page:
        expect(page.locator("#value")).to_have_value("42")
        assert not standing(review)


def test_an_answer_that_could_not_be_saved_is_told_and_sent_again(page: "Page", review: Review) -> None:
    page.route("**/api/decide", lambda route: route.abort())
    page.wait_for_selector("body[data-shown]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#alert:has-text('not saved yet')")
    assert not standing(review)
    page.unroute("**/api/decide")
    page.wait_for_selector("body[data-unsaved='0']")
    expect(page.locator("#alert")).to_be_hidden()
    assert list(standing(review)) == ["customer"]


def test_a_value_that_the_table_cannot_hold_is_not_taken(page: "Page", review: Review) -> None:
    for text, fault in (("1234567", "7 digits, and the field has 6 cells"), ("1.5", "digits only")):
        page.fill("#value", text)
        page.wait_for_selector(f"#problem:has-text('{fault}')")
        page.keyboard.press("Enter")
        expect(page.locator("#field-name")).to_have_text("customer")
    page.fill("#value", "")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("B if nothing is written")
    assert not standing(review)


def test_a_negative_amount_is_left_rejected(chromium: "Browser", table: Path, scans: Path) -> None:
    field = {"name": "amount", "kind": "amount", "find": "cheque"}
    form = {"schema_version": 1, "name": "cheques", "width": 1600, "height": 720, "dpi": 200, "fields": [field]}
    (scans / "cheques.json").write_text(json.dumps(form))
    negative = {"field": "amount", "value": "-58.20", "raw": "-58.20", "digit_confidences": "0.9;0.9;0.9;0.9"}
    write_table([read_table(table, ())[0] | negative], table, COLUMNS)
    write_manifest(table, [scans / "scans"], scans / "cheques.json")
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        page.wait_for_selector("body[data-shown]")
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_contain_text("X leaves it rejected")
        answer(page, "x")
        assert standing(review) == {"amount": ("", "rejected")}


def test_without_its_scan_a_reading_is_not_accepted(
    chromium: "Browser", table: Path, scans: Path, tmp_path: Path
) -> None:
    lost = [row("customer", "123456", file="gone.jpg"), row("total", "", "failed", file="gone.jpg")]
    gone = results(tmp_path, *lost, *read_table(table, ("file",)), name="gone.csv")
    write_manifest(gone, [scans / "scans"], scans / "form.json")
    review = Review(gone, reviewer="Ann")
    with page_of(chromium, review) as page:
        expect(page.locator("#note")).to_contain_text("1 of 3 pages to decide are not among the scans")
        for name in ("customer", "total"):
            expect(page.locator("#field-name")).to_have_text(name)
            page.wait_for_selector("body[data-shown]")
            page.keyboard.press("Enter")
            expect(page.locator("#problem")).to_contain_text("there is no scan to see it on")
            assert not standing(review)
            page.keyboard.press("ArrowDown")


def test_a_late_answer_to_a_draft_does_not_wipe_what_was_refused_since(page: "Page") -> None:
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route("**/api/draft", hold)
    page.fill("#value", "")
    page.keyboard.press("Enter")
    page.wait_for_selector("#problem:has-text('B if nothing is written')")
    with page.expect_response("**/api/draft"):
        held[0].continue_()
    page.wait_for_selector("body[data-unsaved='0']")
    expect(page.locator("#problem")).to_contain_text("B if nothing is written")
    page.unroute("**/api/draft")
    page.fill("#value", "5")
    page.wait_for_function("() => !document.getElementById('problem').textContent")


def test_the_gallery_shows_one_digit_and_takes_what_is_marked(page: "Page", review: Review) -> None:
    nines = len(review.gallery("9"))
    assert nines >= 3
    open_gallery(page, "9")
    page.wait_for_selector("#tiles .tile img")
    expect(page.locator("#gallery-words")).to_contain_text(f"{nines} cells read as 9")
    page.locator(".tile").nth(0).click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    expect(page.locator(".tile[aria-selected=true] b")).to_have_text(["\u2260", "4"])
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-unsaved='0']")
    labelled = [asked.labels for asked in review.questions(Filter(only="all"), most=50)]
    assert sum(len(one) for one in labelled) == nines
    assert sorted(label for one in labelled for label in one.values()).count("9") == nines - 2
    expect(page.locator("#gallery-words")).not_to_contain_text("read as 9")
    page.keyboard.press("u")
    page.wait_for_selector(f"#gallery-words:has-text('{nines} cells read as 9')")
    assert not any(asked.labels for asked in review.questions(Filter(only="all"), most=50))


def test_a_screen_taken_back_before_the_next_one_came_is_shown_again(page: "Page", review: Review) -> None:
    nines = len(review.gallery("9"))
    open_gallery(page, "9")
    held = Held(page, "**/api/symbols")
    page.keyboard.press("Enter")
    page.keyboard.press("u")
    held.answer_all()
    page.wait_for_selector("body[data-screen='9']")
    expect(page.locator("#gallery-words")).to_contain_text(f"{nines} cells read as 9")
    assert not any(asked.labels for asked in review.questions(Filter(only="all"), most=50))


def test_of_a_value_without_cells_the_doubtful_digits_are_marked_and_the_gallery_has_none(
    chromium: "Browser", scans: Path, tmp_path: Path
) -> None:
    sure = "0.9990;0.9990;0.9990;0.2000;0.9990;0.9990;0.3000"
    amount = row("amount", "7480040.00", file="form-001.jpg", raw="74,80,040/-", digit_confidences=sure)
    table = results(tmp_path, amount)
    write_manifest(table, [scans / "scans"], "cheque")
    review = Review(table, reviewer="Ann")
    with page_of(chromium, review) as page:
        marked = page.locator("#machine span").evaluate_all(
            "all => all.map((one) => one.className === 'doubtful' ? '!' : one.textContent).join('')"
        )
        assert marked == "74,8!,04!/-"
        page.keyboard.press("g")
        page.wait_for_selector("#gallery-words:has-text('asked field by field')")
        page.keyboard.press("g")
        expect(page.locator("#value")).to_be_visible()
        answer(page, "Enter")
        assert standing(review) == {"amount": ("7480040.00", "read")}


def test_the_second_person_gets_nothing_of_the_machine_or_the_first(chromium: "Browser", table: Path) -> None:
    ann = Review(table, reviewer="Ann", two_people=True)
    first = ann.questions(Filter(), most=2)
    ann.decide(first[0].id, "111111", "read")
    ann.decide(first[1].id, "123", "read")
    ben = Review(table, reviewer="Ben")
    heard: list[Response] = []
    with page_of(chromium, ben) as page:
        page.on("response", lambda answer: heard.append(answer) if "/api/questions" in answer.url else None)
        page.reload()
        page.wait_for_selector("body[data-shown]")
        expect(page.locator("#value")).to_have_value("")
        expect(page.locator("#machine")).to_have_text("")
        expect(page.locator("#reasons")).to_have_text("typed blind")
        expect(page.locator("#who")).to_contain_text("Ben, one of two")
        blind = [one for came in heard for one in came.json()["questions"] if one["blind"]]
        assert {one["field"] for one in blind} == {"customer", "pieces"}
        for one in blind:
            assert not any(one[name] for name in ("value", "machine", "raw", "reasons", "digit_confidences", "rules"))
        answer(page, *"222222", "Enter")
        page.click("#tab-disputed")
        page.wait_for_selector("#said li:has-text('Ann')")
        expect(page.locator("#said b")).to_have_text(["111111", "222222"])
        page.wait_for_selector("body[data-shown]")
        answer(page, *"222222", "Enter")
        assert standing(ben) == {"customer": ("222222", "read")}


def test_the_end_writes_table_and_crops_and_everything_has_a_name(page: "Page", table: Path) -> None:
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, progress')].filter((one) => "
        "!(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.id)"
    )
    assert unnamed == []
    for _ in range(12):
        answer(page, "Enter")
    page.wait_for_selector("#done h2:has-text('All is decided')")
    page.keyboard.press("Enter")  # Finish has the focus
    page.wait_for_selector("#finished[open]")
    expect(page.locator("#finished-words")).to_contain_text("12 fields, 12 by people, 0 still rejected or failed")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"
    page.click("#quit")
    expect(page.locator("body")).to_contain_text("The program has ended")
    place = "127.0.0.1", urlsplit(page.url).port
    wait_until(lambda: socket.socket().connect_ex(place) != 0)
    assert {line["source"] for line in read_table(table.with_name("results.reviewed.csv"), ("source",))} == {"person"}
    assert len(read_table(table.with_name("results.corrections") / "corrections.csv", ("label",))) > 20
