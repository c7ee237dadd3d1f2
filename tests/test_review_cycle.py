"""The whole cycle: read, review, learn from what people said, keep the better model.

Refused models: test_train_adapt.py.

Clerks of this office write a zero with a bar straight down through it, which the shipped model is unsure of.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM
from pen_digits import barred_zero, write_pen_digits

from formreader.printed import project
from formreader.records import Gray
from formreader.review.questions import Filter
from formreader.review.store import Review
from formreader.simulate.handwriting import blank_form
from formreader.table import read_table
from formreader.template import save_template

DPI = 150
PAGES = 14
FILLED = ("customer", "total", "price")


def blank() -> Gray:
    """The form with a heading, which tells its places apart."""
    paper = blank_form(FORM, dpi=DPI)
    for line, text in enumerate(("ORDER FORM", "Write zeros with a bar")):
        cv2.putText(paper, text, (90, 60 + 300 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 3, cv2.LINE_AA)
    return paper


def page(rng: np.random.Generator) -> Gray:
    """A form with such a zero in every cell of the fields that are filled."""
    paper = blank()
    for _, _, box in (cell for cell in FORM.cells() if cell[0].name in FILLED):
        x, y = project(np.diag([DPI / FORM.dpi, DPI / FORM.dpi, 1.0]), box.corners).mean(0)
        left, top = round(x) - 25, round(y) - 30
        under = paper[top : top + 60, left : left + 50]
        np.minimum(under, barred_zero(rng), out=under)
    return np.clip(paper + rng.normal(0, 3, paper.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scans, a template, and other digits to learn from beside what was reviewed."""
    folder, rng = tmp_path_factory.mktemp("office"), np.random.default_rng(3)
    cv2.imwrite(str(folder / "blank.png"), blank())
    save_template(FORM.model_copy(update={"reference": "blank.png"}), folder / "form.json")
    (folder / "scans").mkdir()
    for number in range(PAGES):
        cv2.imwrite(str(folder / "scans" / f"form-{number}.png"), page(rng))
    write_pen_digits(folder / "pen.npz", 700, test=100)
    return folder


def test_what_people_said_makes_a_better_model(command_line: CommandLine, office: Path, tmp_path: Path) -> None:
    results, improved = tmp_path / "results.csv", tmp_path / "better.keras"
    process = ["process", office / "scans", "-t", office / "form.json", "--jobs", 1, "--quiet"]
    assert command_line(*process, "-o", results).code == 0
    before = [line["status"] for line in read_table(results, ("status",))]
    assert before.count("rejected") > 2 * PAGES

    review = Review(results, reviewer="Ann")
    for asked in review.questions(Filter(), most=1000):
        digits = len(next(field for field in FORM.fields if field.name == asked.field).cells or ())
        review.decide(asked.id, "0.00" if asked.field == "price" else "0" * digits, "read")
    review.close()
    ended = command_line("review", results, "--reviewer", "Ann", "--write")
    assert ended.code == 0 and "crops with labels" in ended.err

    learn = ["--from-corrections", tmp_path / "results.corrections", "--data", office / "pen.npz", "--epochs", 3]
    ended = command_line("model", "train", *learn, "--epoch-digits", 800, "--output", improved)
    assert ended.code == 0 and "the new model is better" in ended.err
    again = tmp_path / "again.csv"
    assert command_line(*process, "-o", again, "--model", improved.with_suffix(".tflite")).code == 0
    after = [line["status"] for line in read_table(again, ("status",))]
    assert after.count("rejected") < before.count("rejected")
