"""The review page after its program has ended and another one was started."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from review_pages import expect, in_chromium, served, standing, table_of

from formreader.review.store import Review

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = in_chromium


@pytest.fixture
def browser(chromium: "Browser") -> Iterator["BrowserContext"]:
    context = chromium.new_context()
    yield context
    context.close()


def opened(browser: "BrowserContext", url: str) -> "Page":
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector("body[data-shown]")
    return page


def test_an_open_page_goes_on_with_the_program_that_is_started_again(browser: "BrowserContext", table: Path) -> None:
    with served(Review(table, reviewer="Ann")) as server:
        page = opened(browser, server.url)
    page.keyboard.press("Enter")
    expect(page.locator("#alert")).to_contain_text("Start it again. What was said last is not saved yet")
    with served(review := Review(table, reviewer="Ann")) as again:
        assert again.port == server.port
        page.wait_for_timeout(1500)
        assert standing(review) == {}  # this browser was not let in yet
        opened(browser, again.url)
        expect(page.locator("#saved")).to_have_text("all saved")
        expect(page.locator("#alert")).to_be_hidden()
        assert list(standing(review)) == ["customer"]
        page.keyboard.press("u")
        expect(page.locator("#field-name")).to_have_text("customer")
        assert standing(review) == {}


def test_a_page_that_waits_for_its_next_field_gets_it_from_the_program_started_again(
    browser: "BrowserContext", table: Path
) -> None:
    with served(Review(table, reviewer="Ann")) as server:
        page = opened(browser, server.url)
    page.select_option("#by-field", "total")
    expect(page.locator("#alert")).to_contain_text("does not answer")
    with served(Review(table, reviewer="Ann")) as again:
        opened(browser, again.url)
        page.wait_for_selector("body[data-shown]")
        expect(page.locator("#field-name")).to_have_text("total")
        expect(page.locator("#alert")).to_be_hidden()


def test_no_answer_of_an_open_page_reaches_another_review(
    browser: "BrowserContext", scans: Path, table: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with served(Review(table, reviewer="Ann")) as server:
        page = opened(browser, server.url)
    with served(other := Review(table_of(scans, tmp_path / "other"), reviewer="Ann"), port=server.port) as second:
        opened(browser, second.url)
        page.keyboard.press("Enter")
        expect(page.locator("#alert")).to_contain_text("not saved yet")
        page.wait_for_timeout(1500)
        expect(page.locator("#alert")).to_contain_text("not saved yet")
        assert standing(other) == {}


@pytest.mark.parametrize("given", [{"reviewer": "Ben"}, {"reviewer": "Ann", "two_people": True}])
def test_other_reviewers_and_another_way_to_review_have_pages_of_their_own(
    table: Path, given: dict[str, str | bool]
) -> None:
    with served(Review(table, reviewer="Ann")) as first, served(Review(table, **given)) as second:  # type: ignore[arg-type]
        assert first.url.rpartition("?")[0] != second.url.rpartition("?")[0]
