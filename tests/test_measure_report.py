"""The report on a set of digits: a page that opens anywhere and leaves no misread digit out."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from pen_digits import pen_digits
from typer.testing import CliRunner

from formreader.cli.app import app
from formreader.errors import UsageError
from formreader.measure import evaluate
from formreader.measure.figures import confusion

pytest.importorskip("matplotlib", reason="pictures need the extra `train`")


def _digits(path: Path, count: int, *, wrong: int = 0) -> Path:
    """A digit file of pen digits, the first `wrong` of them labelled as the next digit."""
    digits = pen_digits(count, size=48, seed=3)
    labels = digits.labels.copy()
    labels[:wrong] = (labels[:wrong] + 1) % 10
    np.savez(path, x=digits.images, y=labels)
    return path


@pytest.mark.parametrize(("count", "wrong"), [(40, 7), (1, 0), (3, 3)])
def test_the_page_shows_figures_and_every_misread_digit(tmp_path: Path, count: int, wrong: int) -> None:
    figures = evaluate(_digits(tmp_path / "pen.npz", count, wrong=wrong), report=tmp_path / "new" / "report")
    page = (tmp_path / "new" / "report" / "index.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert "<h1>Digit model on pen</h1>" in page
    misread = round(figures["error"] * count)
    assert misread >= wrong
    assert (f"{misread} of {count}, surest first" in page) == (misread > 0)
    assert ("every digit was read right" in page) == (misread == 0)
    assert page.count("data:image/png;base64,") == 3 + (misread > 0)
    assert not re.search(r"(src|href)=\"?(http|//)", page), "it must open without a network"


def test_the_same_digits_make_the_same_page_but_for_the_time(tmp_path: Path) -> None:
    data = _digits(tmp_path / "pen.npz", 20, wrong=2)
    pages = []
    for name in ("one", "two"):
        evaluate(data, report=tmp_path / name)
        page = (tmp_path / name / "index.html").read_text(encoding="utf-8")
        pages.append(re.sub(r"us_per_digit.*?</tr>", "", page))
    assert pages[0] == pages[1]


def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UsageError, match=r"taken.*: cannot be written .* another folder"):
        evaluate(_digits(tmp_path / "pen.npz", 5), report=tmp_path / "taken")


def test_the_command_line_writes_the_page_and_keeps_stdout_for_the_figures(tmp_path: Path) -> None:
    data = _digits(tmp_path / "pen.npz", 10)
    command = ["model", "evaluate", "--data", str(data), "--report", str(tmp_path / "out"), "--json", "-"]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["n"] == 10
    assert "index.html" in done.stderr


def test_the_counts_of_a_confusion_can_be_read_upon_their_colour() -> None:
    counts = np.array([[90, 1], [8, 70]])
    written = {text.get_text(): text.get_color() for text in confusion(counts, ["0", "1"], ["0", "1"]).axes[0].texts}
    assert written == {"90": "black", "1": "black", "8": "white", "70": "black"}
