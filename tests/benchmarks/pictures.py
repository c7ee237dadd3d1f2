"""Draw the pictures of docs/ anew, as today's program shows the samples.

    python tests/benchmarks/pictures.py

Needs a Chromium and Playwright for the two pages.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
DOCS, SAMPLES = ROOT / "docs", ROOT / "samples"
SLIP = SAMPLES / "deposit-slip"
COMMAND = [sys.executable, "-m", "formreader"]


def overlay(scans: Path, template: str, page: str, output: Path) -> None:
    """What was read of one page, drawn on it, 900 pixels wide."""
    with tempfile.TemporaryDirectory() as folder:
        told = ["-t", template, "-o", f"{folder}/r.csv", "--overlays", folder, "-q"]
        subprocess.run([*COMMAND, "process", str(scans / page), *told], check=True)
        drawn = Image.open(next(Path(folder).glob("*.png"))).convert("RGB")
    drawn.resize((900, round(drawn.height * 900 / drawn.width)), Image.Resampling.BOX).save(output)


@contextmanager
def served(width: int, height: int, *words: object) -> Iterator["Page"]:
    """The page of a command that serves one, in a window of that size."""
    command = [*COMMAND, *map(str, words), "--no-browser"]
    with browser() as chromium, subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        page = chromium.new_page(viewport={"width": width, "height": height})
        page.goto(address)
        try:
            yield page
        finally:
            process.terminate()


def editor(output: Path) -> None:
    with served(
        1280, 640, "template", "edit", SLIP / "template.json", "--scan", SLIP / "scans" / "form-003.jpg"
    ) as page:
        page.wait_for_selector("body[data-ready]")
        page.locator("#fields").get_by_text("total").click()
        page.get_by_role("tab", name="Try it").click()
        page.get_by_role("button", name="Read this page").click()
        page.wait_for_selector("#readings tbody tr")
        page.screenshot(path=output)


def review(output: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.csv"
        template = str(SLIP / "template.json")
        subprocess.run([*COMMAND, "process", str(SLIP / "scans"), "-t", template, "-o", str(results), "-q"], check=True)
        with served(1024, 640, "review", results, "--reviewer", "Ann") as page:
            page.wait_for_selector("body[data-shown]")
            while page.locator("#field-name").inner_text() != "notes":
                before = page.locator("body").get_attribute("data-shown")
                page.keyboard.press("ArrowDown")
                page.wait_for_selector(f"body[data-shown]:not([data-shown='{before}'])")
            page.screenshot(path=output)


def main() -> None:
    overlay(SLIP / "scans", str(SLIP / "template.json"), "form-003.jpg", DOCS / "overlay.png")
    overlay(SAMPLES / "cheques" / "scans", "cheque", "harbour.jpg", DOCS / "cheques.png")
    editor(DOCS / "template-editor.png")
    review(DOCS / "review.png")
    for picture in DOCS.glob("*.png"):
        Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)


if __name__ == "__main__":
    main()
