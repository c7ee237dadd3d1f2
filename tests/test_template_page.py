"""The template editor in a headless Chromium: what a person does there, and what the file then says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import pytest
from drawn import FORM, filled
from review_pages import Held, expect, in_chromium, routable

from formreader.scans import list_scans
from formreader.simulate.handwriting import blank_form
from formreader.template import Template, load_template
from formreader.web import editing
from formreader.web.editor import editor_routes
from formreader.web.server import PageServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = in_chromium

ZOOM = 1.5
"""Of the scan, and so of the new template, against FORM."""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> editing.Editing:
    """A new template of FORM, to be saved as order.json; blank, filled, and with struck out cells."""
    folder = tmp_path_factory.mktemp("scans")
    cv2.imwrite(str(folder / "blank.png"), blank_form(FORM, dpi=150))
    cv2.imwrite(str(folder / "filled.png"), filled(seed=3)[0])
    cv2.imwrite(str(folder / "struck.png"), filled(seed=0)[0])
    return editing.new(folder / "order.json", list_scans([folder]), name="order")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the template is saved."""
    return tmp_path


@contextmanager
def served(edited: editing.Editing) -> Iterator[str]:
    """The address of the page, until the end of the block."""
    server = PageServer("editor", editor_routes(edited), name=edited.name)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(10)


@pytest.fixture
def address(drafted: editing.Editing, folder: Path) -> Iterator[str]:
    """Of the page, once."""
    with served(replace(drafted, path=folder / "order.json")) as url:
        yield url


def opened(chromium: "Browser", address: str, **options: Any) -> "Page":
    page = routable(chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}).new_page())
    page.set_default_timeout(30_000)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    return page


said: list[str] = []
"""What the browser complained of: errors in scripts, and whatever the Content-Security-Policy refused."""


@pytest.fixture(autouse=True)
def _no_complaints() -> Iterator[None]:
    said.clear()
    yield
    # What the program refuses comes as 400, which the browser notes too.
    # A refused request is an answer; and after "quit" nobody listens any more.
    expected = "400 (Bad Request)", "403 (Forbidden)", "500 (Internal Server Error)", "ERR_CONNECTION_REFUSED"
    assert [words for words in said if not any(known in words for known in expected)] == []


@pytest.fixture
def page(chromium: "Browser", address: str) -> Iterator["Page"]:
    one = opened(chromium, address)
    yield one
    one.context.close()


def status(page: "Page", words: str) -> None:
    page.wait_for_function("words => document.getElementById('status').textContent.includes(words)", arg=words)


def saved(page: "Page", folder: Path) -> Template:
    page.keyboard.press("Control+s")
    status(page, "saved order.json")
    return load_template(folder / "order.json")


def sizes(form: Template) -> list[int]:
    return [len(field.cells or ()) for field in form.fields]


def spot(page: "Page", x: float, y: float) -> tuple[float, float]:
    """Where a point of FORM is on the screen."""
    place = page.locator("#scan").bounding_box()
    assert place
    return place["x"] + x * place["width"] / FORM.width, place["y"] + y * place["height"] / FORM.height


def drag(page: "Page", start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*[(a + b) / 2 for a, b in zip(start, end, strict=True)])
    page.mouse.move(*end)
    page.mouse.up()


def test_a_new_form_is_named_with_keys_alone_and_saved(page: "Page", folder: Path) -> None:
    expect(page.locator("#areas rect[data-key]")).to_have_count(sum(1 for _ in FORM.cells()))
    page.locator("#canvas").focus()
    page.keyboard.press("Tab")
    status(page, "cell 1 of 6")
    page.keyboard.press("Enter")
    for field in FORM.fields:
        page.keyboard.type(field.name)
        page.keyboard.press("Enter")
    form = saved(page, folder)
    assert [field.name for field in form.fields] == [field.name for field in FORM.fields]
    assert sizes(form) == sizes(FORM)
    for (_, _, found), (_, _, true) in zip(form.cells(), FORM.cells(), strict=True):
        assert abs(found.corners - true.corners * ZOOM).max() <= 4
    expect(page.locator("#unsaved")).to_be_hidden()


def test_enter_in_the_list_names_the_field(page: "Page") -> None:
    """Once it did nothing, and the name was then taken for keys: with an n in it all cells became one field."""
    page.locator("#item-1").click()
    page.keyboard.press("Enter")
    expect(page.locator("#field-name")).to_be_focused()
    page.keyboard.type("patient number")
    page.keyboard.press("Enter")
    expect(page.locator("#item-1")).to_contain_text("patient number")
    expect(page.locator("#areas rect[data-key]")).to_have_count(sum(1 for _ in FORM.cells()))
    expect(page.locator("#item-2")).to_have_attribute("aria-current", "true")


def test_cells_are_moved_split_merged_drawn_and_it_is_all_undone(page: "Page", folder: Path) -> None:
    before = saved(page, folder)
    first = before.fields[0].cells
    assert first
    page.mouse.click(*spot(page, 82, 106))  # the first cell of the customer
    for key in ("ArrowLeft", "Shift+ArrowDown", "Alt+ArrowDown"):
        page.keyboard.press(key)
    moved = saved(page, folder).fields[0].cells
    assert moved
    assert (moved[0].left, moved[0].top) == (first[0].left - 1, first[0].top + 10)
    assert moved[0].bottom - moved[0].top == first[0].bottom - first[0].top + 1

    page.keyboard.press("s")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    status(page, "split into 3")
    drag(page, spot(page, 545, 205), spot(page, 720, 400))  # around pieces and boxes
    status(page, "6 cells selected")
    page.click("#merge")
    form = saved(page, folder)
    assert sizes(form) == [8, 6, 4, 6, 2]

    page.keyboard.press("Delete")
    page.keyboard.press("d")
    drag(page, spot(page, 550, 210), spot(page, 720, 285))  # where pieces is printed: its cells are found again
    status(page, "found 3 printed cells in 1 rows")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    drag(page, spot(page, 100, 560), spot(page, 300, 600))  # where nothing is printed
    status(page, "drew one cell")
    form = saved(page, folder)
    assert sizes(form) == [8, 4, 6, 2, 3, 1]
    corners = (form.fields[5].cells or [])[0].box.corners
    assert abs(corners[0] - [150, 840]).max() <= 3
    assert abs(corners[2] - [450, 900]).max() <= 3

    page.locator("#canvas").focus()
    for _ in range(30):
        page.keyboard.press("Control+z")
    assert saved(page, folder) == before
    for _ in range(30):
        page.keyboard.press("Control+y")
    assert saved(page, folder) == form


def test_a_wall_that_two_cells_share_is_dragged_for_both(page: "Page", folder: Path) -> None:
    before = saved(page, folder).fields[0].cells or []
    page.mouse.click(*spot(page, 126, 106))  # the second cell
    # Selecting is drawn with the next frame, and each drawing replaces the grips: found and measured in one go.
    wall = page.wait_for_function("() => document.querySelector('[data-grip=e]')?.getBoundingClientRect().toJSON()")
    place = wall.json_value()
    grip = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    drag(page, grip, (grip[0] + 6, grip[1]))
    after = saved(page, folder).fields[0].cells or []
    assert after[1].right > before[1].right
    assert after[2].left == after[1].right
    assert after[2].right == before[2].right


def test_a_rule_that_is_wrong_is_said_so_at_its_place(page: "Page", folder: Path) -> None:
    page.click("#item-0")
    page.fill("#field-name", "customer")
    page.click("#tab-rules")
    expect(page.locator("#labels").get_by_text("customer", exact=True)).to_have_count(1)  # wider than no cell beside it
    expect(page.locator("#no-rules")).to_be_visible()
    page.select_option("#rule-kind", "field")
    page.click("#rule-add")
    expect(page.locator("#no-rules")).to_be_hidden()
    page.fill("#rule-0-minimum", "9")
    page.fill("#rule-0-maximum", "3")
    page.keyboard.press("Tab")
    wrong = page.locator("#rules fieldset.wrong .problems")
    wrong.wait_for()
    assert "minimum 9 is above maximum 3" in wrong.inner_text()
    expect(page.locator("#tab-rules")).to_have_text("Rules !")
    page.keyboard.press("Control+s")
    page.locator("#alert").get_by_text("Not saved").wait_for()
    assert not (folder / "order.json").exists()
    page.fill("#rule-0-maximum", "30")
    page.keyboard.press("Tab")
    page.wait_for_selector("#rules fieldset:not(.wrong)")
    page.click("#tab-fields")
    page.click("#item-0")
    page.fill("#field-name", "client")  # the rule follows the name
    page.keyboard.press("Tab")
    (rule,) = saved(page, folder).rules
    assert (rule.fields, rule.model_dump()["maximum"]) == (["client"], 30)
    page.click("#field-delete")
    status(page, "with its fields went the rule")
    assert saved(page, folder).rules == []


def test_a_new_list_allows_nothing_before_it_is_filled_in(page: "Page", folder: Path) -> None:
    """Who forgot to had a list of 1 and 2, and every other value rejected."""
    page.click("#tab-rules")
    page.select_option("#rule-kind", "values")
    page.click("#rule-add")
    wrong = page.locator("#rules fieldset.wrong .problems")
    wrong.get_by_text("must have at least 1 item").wait_for()
    page.fill("#rule-0-values", "007\n008")
    page.keyboard.press("Tab")
    page.wait_for_selector("#rules fieldset:not(.wrong)")
    (rule,) = saved(page, folder).rules
    assert rule.model_dump()["values"] == ["007", "008"]


def test_what_is_read_is_shown_beside_and_upon_the_page(page: "Page") -> None:
    page.select_option("#page", "1")
    page.wait_for_selector("#canvas[data-page='1']")
    page.keyboard.press("Control+Enter")
    page.locator("#try-words").get_by_text("fields trusted").wait_for()
    rows = page.locator("#readings tbody tr").all_inner_texts()
    assert len(rows) == len(FORM.fields)
    values = filled(seed=3)[1]
    right = [row for row, field in zip(rows, FORM.fields, strict=True) if values[field.name].replace(".", "") in row]
    assert len(right) >= len(rows) - 1
    assert all("%" in row for row in rows)
    expect(page.locator("#labels .read")).to_have_count(sum("read" in row for row in rows))
    page.click("#tab-fields")
    page.click("#item-2")
    page.keyboard.press("Tab")
    page.click("#field-delete")
    page.locator("#labels .read").first.wait_for(state="detached")  # what was read no longer counts


def test_crosses_in_unused_cells_are_allowed_by_one_button(page: "Page", folder: Path) -> None:
    page.select_option("#page", "2")
    page.wait_for_selector("#canvas[data-page='2']")
    page.keyboard.press("Control+Enter")
    page.locator("#try-struck").get_by_text("crossed out in field_2, field_3").wait_for()
    page.click("#try-strokes")
    page.locator("#readings:not(.old) .read").nth(2).wait_for()
    expect(page.locator("#try-struck")).to_be_hidden()
    assert [field.fill_marks for field in saved(page, folder).fields][:4] == [False, True, True, False]


def test_it_is_usable_on_a_tablet_in_the_dark_with_a_finger(chromium: "Browser", address: str, folder: Path) -> None:
    size = {"width": 820, "height": 1180}
    page = opened(chromium, address, viewport=size, has_touch=True, color_scheme="dark")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [820, 1180]
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(red, green, blue) < 60
    page.touchscreen.tap(*spot(page, 82, 106))
    status(page, "cell 1 of 6")
    finger = page.context.new_cdp_session(page)
    x, y = spot(page, 400, 600)
    wide = page.locator("#scan").bounding_box()
    assert wide
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 120), ("touchEnd", 0)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}] if apart else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function(
        "wide => document.getElementById('scan').getBoundingClientRect().width > 2.5 * wide", arg=wide["width"]
    )
    wider = page.locator("#scan").bounding_box()
    assert wider
    assert wider["width"] / wide["width"] == pytest.approx(3, rel=0.1)
    assert sizes(saved_by_button(page, folder)) == sizes(FORM)
    page.context.close()


def saved_by_button(page: "Page", folder: Path) -> Template:
    page.click("#save")
    status(page, "saved order.json")
    return load_template(folder / "order.json")


UNNAMED = """() => [...document.querySelectorAll("button, input, select, textarea, [role=tab]")].filter((node) => !(
  node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.length)).map((node) => node.outerHTML)"""


def test_everything_has_a_name_for_those_who_do_not_see_it(page: "Page") -> None:
    page.click("#item-0")
    page.click("#tab-rules")
    for kind in ("sum", "date", "checksum", "values", "length", "equal", "running", "field"):
        page.select_option("#rule-kind", kind)
        page.click("#rule-add")
    expect(page.locator("#rules fieldset")).to_have_count(8)
    assert page.evaluate(UNNAMED) == []
    page.click("#undo")
    page.locator("#rules fieldset").nth(7).wait_for(state="detached")
    expect(page.locator("#rules fieldset")).to_have_count(7)


def test_the_file_holds_what_was_saved_last_however_late_the_answers(page: "Page", folder: Path) -> None:
    held = Held(page, "**/api/save")
    page.click("#item-0")
    for name in ("first", "second"):
        page.fill("#field-name", name)
        page.keyboard.press("Control+s")  # with the name still being typed
    held.answer_all()
    status(page, "saved order.json")
    expect(page.locator("#unsaved")).to_be_hidden()
    assert load_template(folder / "order.json").fields[0].name == "second"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#item-0")).to_contain_text("second")  # not as it was opened at first
    expect(page.locator("#unsaved")).to_be_hidden()


def test_a_second_page_does_not_write_over_what_the_first_has_saved(page: "Page", folder: Path) -> None:
    saved(page, folder)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("body[data-ready]")
    for one, name in ((page, "mine"), (other, "theirs")):
        one.click("#item-0")
        one.fill("#field-name", name)
        one.keyboard.press("Control+s")
        if one is page:
            status(one, "saved order.json")
    other.locator("#sure-words").get_by_text("was changed by another program or page").wait_for()
    assert load_template(folder / "order.json").fields[0].name == "mine"
    other.click("#sure-yes")
    status(other, "saved order.json")
    assert load_template(folder / "order.json").fields[0].name == "theirs"
    other.close()


def test_an_open_page_is_saved_by_the_program_started_again(
    chromium: "Browser", drafted: editing.Editing, folder: Path
) -> None:
    new = replace(drafted, path=folder / "order.json")
    with served(new) as url:
        page = opened(chromium, url)
        page.fill("#field-name", "price")
        page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.locator("#alert")).to_contain_text("Not saved. The program does not answer")
    with served(replace(drafted, path=folder / "order.json")) as url:
        page.keyboard.press("Control+s")
        expect(page.locator("#alert")).to_contain_text("does not know this page yet")
        page.context.new_page().goto(url)
        assert saved(page, folder).fields[0].name == "price"
        expect(page.locator("#alert")).to_be_hidden()
    page.context.close()


def test_no_page_is_saved_as_another_form(drafted: editing.Editing, folder: Path) -> None:
    assert drafted.blank is not None
    first = replace(drafted, path=folder / "order.json")
    names = {first.name, replace(first, path=folder / "o.json").name, replace(first, blank=drafted.blank[:-9]).name}
    assert len(names) == 3


def test_what_was_not_saved_stays_said_when_something_else_goes_well(page: "Page", folder: Path) -> None:
    held = Held(page, "**/api/check")
    page.click("#item-0")
    page.fill("#field-name", "")
    page.keyboard.press("Control+s")
    expect(page.locator("#alert")).to_contain_text("Not saved")
    held.wait_for()
    held.answer_all()
    expect(page.locator("#counts")).to_contain_text("to correct")
    expect(page.locator("#alert")).to_contain_text("Not saved")
    page.fill("#field-name", "customer")
    saved(page, folder)
    expect(page.locator("#alert")).to_be_hidden()


def test_of_two_pages_the_last_one_is_shown_however_late_the_pictures(page: "Page") -> None:
    held = Held(page, "**/api/page/*")
    page.select_option("#page", "2")
    page.select_option("#page", "1")
    held.answer_all()
    page.wait_for_selector("#canvas[data-page='1']")
    expect(page.locator("#scan")).to_have_attribute("href", "picture/1")
    page.route("**/picture/2", lambda route: route.fulfill(status=500, body="no"))
    page.select_option("#page", "2")
    expect(page.locator("#note")).to_contain_text("could not be shown")
    expect(page.locator("#canvas")).to_have_attribute("data-page", "1")  # what is read is the page that was


def test_quitting_asks_about_what_is_not_saved(page: "Page") -> None:
    page.click("#quit")
    page.locator("#sure-words").get_by_text("not saved").wait_for()
    page.click("#sure-yes")
    page.get_by_text("has ended").wait_for()


def test_an_answer_after_the_end_finds_the_page_as_it_was(page: "Page") -> None:
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route("**/api/check", hold)
    with page.expect_request("**/api/check"):
        page.click("#fields button >> nth=0")
        page.fill("#field-name", "renamed")
        page.keyboard.press("Tab")
    page.click("#quit")
    page.click("#sure-yes")
    page.get_by_text("has ended").wait_for()
    held[0].fulfill(json={"problems": ["too late"]})
    page.wait_for_function("() => document.getElementById('counts').textContent === '1 to correct'")
    expect(page.locator("#counts")).to_be_hidden()


def test_no_label_lies_upon_another_fields_cells(chromium: "Browser", address: str) -> None:
    page = opened(chromium, address, viewport={"width": 560, "height": 400})
    page.wait_for_selector("#labels g")
    upon = """() => { const box = (node) => node.getBoundingClientRect();
      const named = [...document.querySelectorAll("#labels g:not(:first-child) rect")];
      const cells = [...document.querySelectorAll("#areas rect[data-key]")];
      const hue = (node) => [...(node.closest("#labels g") ?? node).classList].find((one) => one.startsWith("hue-"));
      return named.filter((label) => cells.some((cell) => { const [one, other] = [box(label), box(cell)];
        return hue(label) !== hue(cell) && one.left < other.right && other.left < one.right
          && one.top + 3 < other.bottom && other.top + 3 < one.bottom; })).length; }"""
    assert page.evaluate(upon) == 0
    assert page.locator("#labels g").count() >= 1
