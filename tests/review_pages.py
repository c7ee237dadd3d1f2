"""The review page in a browser, for its tests: a small review, its page, keys pressed on it, requests held back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import missing
from drawn import FORM
from reviewed import results, row

from formreader.review.desk import Desk
from formreader.review.sources import find_sources
from formreader.review.store import Review
from formreader.simulate import simulate
from formreader.table import read_table
from formreader.table.manifest import write_manifest
from formreader.template import save_template
from formreader.web.review import review_routes
from formreader.web.server import PageServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=30_000)  # other programs may be at work
in_chromium = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


def two_forms(folder: Path) -> Path:
    """Scans of two filled forms, and their template, in the folder."""
    save_template(FORM, folder / "form.json")
    simulate(FORM, count=2, output=folder / "scans", seed=5, mistakes=0)
    return folder


def table_of(scans: Path, folder: Path) -> Path:
    """Both forms with every field rejected and read rightly, but for one digit of the first form's pieces."""
    lines = read_table(scans / "scans" / "truth.csv", ("file", "field", "value"))
    rows = [row(line["field"], line["value"], file=line["file"]) for line in lines]
    rows[1] |= {"value": "999", "raw": "999", "digit_confidences": "0.9900;0.2000;0.9900"}
    table = results(folder, *rows)
    write_manifest(table, [scans / "scans"], scans / "form.json")
    return table


def routable(page: "Page") -> "Page":
    """The same page, to be told before it loads anything that its requests will be routed.

    A page learns that later than a key that is pressed right after the first `page.route`, where it is busy: what the
    key asks for is then not routed.
    """
    page.route("**/nothing", lambda route: route.continue_())
    return page


@contextmanager
def page_of(chromium: "Browser", review: Review) -> Iterator["Page"]:
    """The page of a review, as the program serves it; errors on it fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    with served(review) as server:
        try:
            page = routable(context.new_page())
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(server.url)
            page.wait_for_selector("body[data-shown], #done h2")
            yield page
            assert not errors
        finally:
            context.close()


@contextmanager
def served(review: Review, *, port: int | None = None) -> Iterator[PageServer]:
    """The program's page of a review, until the end of the block."""
    desk = Desk(review, find_sources(review.results))
    server = PageServer("review", review_routes(desk), name=review.name, port=port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def answer(page: "Page", *keys: str) -> None:
    """Press keys on a field whose scan is shown, and wait until all is saved."""
    page.wait_for_selector("body[data-shown]")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_selector("body[data-unsaved='0']")
    page.wait_for_selector("body[data-shown], #done h2")


def open_gallery(page: "Page", digit: str) -> None:
    """Have all cells that were read as this digit shown, and wait for the first of them."""
    page.keyboard.press("g")
    page.wait_for_selector("body[data-screen]")
    page.click(f"#symbols button:has-text('{digit}')")
    page.wait_for_selector(f"body[data-screen='{digit}']")


def standing(review: Review) -> dict[str, tuple[str, str]]:
    found = {}
    for line, words in review.rows():
        if words is not None:
            found[line["field"]] = line["final_value"], line["final_status"]
    return found


class Held:
    """Requests that are answered only when told to."""

    def __init__(self, page: "Page", pattern: str) -> None:
        self.page = page
        self.pattern = pattern
        self.routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: "Route") -> None:
        self.routes.append(route)

    def wait_for(self, count: int = 1) -> None:
        """Until so many of them are held."""
        for _ in range(600):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.routes)} requests of {count} to {self.pattern}")

    def answer_all(self, *, quiet: int = 400) -> None:
        """Answer them and those that follow, of several the last one first, until for `quiet` ms none has come."""
        self.page.wait_for_timeout(quiet)
        while self.routes:
            late, self.routes = self.routes[::-1], []
            for route in late:
                with self.page.expect_response(self.pattern):
                    route.continue_()
            self.page.wait_for_timeout(quiet)
        self.page.unroute(self.pattern)
