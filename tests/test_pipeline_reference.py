"""`template reference`: the blank form's picture, made from filled scans, tells print from writing beside the cells."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM, scanned

from formreader.records import Gray
from formreader.simulate.handwriting import blank_form
from formreader.template import load_template, save_template

FORM_A = FORM.model_copy(update={"rules": []})


def _scan(seed: int, printed: Gray) -> Gray:
    """A filled form, askew, with that print on it."""
    drawn = scanned(FORM_A, seed=seed, degrees=0.4 * seed - 1)
    print_ = cv2.warpPerspective(printed, drawn.to_scan, drawn.scan.gray.shape[::-1], borderValue=255)
    return np.minimum(drawn.scan.gray, print_.astype(np.uint8))


@pytest.fixture
def printed() -> Gray:
    page = np.full((1000, 800), 255, np.uint8)
    cv2.putText(page, "kg", (334, 116), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 30, 2, cv2.LINE_AA)
    return page


@pytest.fixture
def batch(tmp_path: Path, printed: Gray) -> tuple[Path, Path]:
    """Six filled scans, and the template without a picture."""
    scans = tmp_path / "scans"
    scans.mkdir()
    for seed in range(6):
        cv2.imwrite(str(scans / f"{seed}.png"), _scan(seed, printed))
    save_template(FORM_A, tmp_path / "order.json")
    return scans, tmp_path / "order.json"


def test_the_picture_shows_the_print_and_not_the_writing(
    batch: tuple[Path, Path], printed: Gray, command_line: CommandLine
) -> None:
    scans, template = batch
    made = template.with_name("made.json")
    ended = command_line("template", "reference", template, scans, "-o", made)
    assert ended.code == 0, ended.err
    assert "as 6 of 6 pages show it" in ended.err
    assert load_template(made).fields == FORM_A.fields
    picture = cv2.imread(str(template.with_name("made.png")), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    off = np.minimum(blank_form(FORM_A), printed).astype(int) - picture
    assert np.mean(np.abs(cv2.blur(off.astype(np.float32), (5, 5))) > 60) < 0.002
    assert command_line("template", "reference", template, scans, "-o", made).code == 2  # is there already
    assert command_line("template", "check", made).out.endswith("nothing wrong\n")


def test_with_it_a_digit_beside_the_cells_is_told_from_print(
    batch: tuple[Path, Path], printed: Gray, command_line: CommandLine
) -> None:
    scans, template = batch
    made = template.with_name("made.json")
    command_line("template", "reference", template, scans, "-o", made)
    more = printed.copy()
    cv2.putText(more, "5", (704, 262), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 30, 3, cv2.LINE_AA)
    cv2.imwrite(str(scans / "more.png"), _scan(7, more))
    table = template.with_name("results.csv")
    assert command_line("process", scans, "-t", made, "-o", table, "-q").code == 0
    told = [line.split(",")[:3] for line in table.read_text().splitlines() if "goes_on" in line]
    assert told == [["more.png", "1", "pieces"]]


def test_few_filled_pages_are_not_enough_and_a_blank_one_is(
    batch: tuple[Path, Path], printed: Gray, command_line: CommandLine
) -> None:
    scans, template = batch
    for seed in range(2, 6):
        (scans / f"{seed}.png").unlink()
    made = template.with_name("made.json")
    ended = command_line("template", "reference", template, scans, "-o", made)
    assert ended.code == 2
    assert (
        "2 of 2 pages show this form, all of them filled in. Give at least 5 filled ones, or a blank one" in ended.err
    )
    assert not made.exists()
    blank = np.minimum(blank_form(FORM_A), printed)
    cv2.imwrite(str(scans / "blank.png"), blank)
    assert command_line("template", "reference", template, scans, "-o", made).code == 0
    picture = cv2.imread(str(template.with_name("made.png")), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert np.mean(np.abs(picture.astype(int) - blank) > 60) < 0.002
