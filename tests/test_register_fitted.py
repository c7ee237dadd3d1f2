"""A template whose cells are a little beside the printed ones is fitted to them; one that is another form's is not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM, TABLE, cell_errors, scanned

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.records import Floats
from formreader.register.fitted import edges_of, fitted, with_cells
from formreader.register.form import Form
from formreader.template import Field, Template, load_template, save_template


def noise(spread: float, shape: tuple[int, ...]) -> Floats:
    return np.random.default_rng(7).normal(0, spread, shape)


INWARD = np.array([1, 1, -1, -1])
WAYS: dict[str, Callable[[Floats], Floats]] = {
    "within the line": lambda edges: edges + 4 * INWARD,
    "around it": lambda edges: edges - 3 * INWARD,
    "by eye": lambda edges: edges + noise(2.2, edges.shape),
    "fields aside": lambda edges: edges + np.repeat(noise(2.5, (6, 2)), [6, 3, 3, 4, 6, 2], axis=0)[:, [0, 1, 0, 1]],
}


def beside(way: str, template: Template = FORM) -> Template:
    return with_cells(template, WAYS[way](edges_of(Form(template))))


@pytest.mark.parametrize("way", WAYS)
def test_cells_are_found_where_they_are_printed(way: str) -> None:
    form = Form(beside(way))
    drawn = scanned(seed=4, degrees=1.2, dpi=200.0)
    laid = laid_on(drawn.scan, form)
    assert cell_errors(drawn, FORM, np.array([frame.corners for frame in laid.frames])).max() < 0.05 * 88
    assert min(frame.quality for frame in laid.frames) > 0.9


def test_several_pages_say_it_better() -> None:
    form = Form(beside("by eye"))
    fit = fitted([scanned(seed=seed, degrees=seed - 2.0).scan for seed in range(5)], form)
    assert fit is not None
    assert fit.pages == 5
    off = edges_of(fit.form) - edges_of(Form(FORM))
    assert np.abs(off - np.median(off, axis=0)).max() <= 2


def test_a_template_that_is_right_stays() -> None:
    drawn = scanned(seed=3, degrees=-2.0)
    assert laid_on(drawn.scan, Form(FORM)).beside == 0
    fit = fitted([drawn.scan], Form(FORM))
    assert fit is not None
    assert fit.beside <= 1


@pytest.mark.parametrize("aside", [16, 28])
def test_a_form_with_half_its_rows_elsewhere_is_another(aside: int) -> None:
    edges = edges_of(Form(TABLE))
    edges[21:, [1, 3]] += aside
    with pytest.raises(RegistrationError):
        laid_on(scanned(TABLE, seed=1).scan, Form(with_cells(TABLE, edges)))


@pytest.fixture
def batch(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of scans, and a template whose cells are drawn within the printed ones."""
    (tmp_path / "scans").mkdir()
    for seed in range(4):
        drawn = scanned(seed=seed, degrees=0.4 * seed, dpi=150.0)
        cv2.imwrite(str(tmp_path / "scans" / f"{seed}.png"), drawn.scan.gray)
    save_template(beside("within the line"), tmp_path / "form.json")
    save_template(FORM, tmp_path / "right.json")
    return tmp_path / "scans", tmp_path / "form.json"


def test_a_batch_is_read_as_with_the_right_template(batch: tuple[Path, Path], command_line: CommandLine) -> None:
    scans, template = batch
    tables = [scans.parent / f"{name}.csv" for name in ("right", "serial", "processes")]
    command_line("process", scans, "-t", template.with_name("right.json"), "-o", tables[0], "-q")
    ended = command_line("process", scans, "-t", template, "-o", tables[1], "--engine", "serial")
    assert ended.code == 0, ended.err
    assert "template 'order': its cells are printed up to 5 pixels beside where it says" in ended.err
    command_line("process", scans, "-t", template, "-o", tables[2], "--jobs", 2)
    right, serial, processes = (table.read_text() for table in tables)
    assert serial == processes
    assert serial.count(",read,") >= 0.9 * right.count(",read,") > 0


def test_fit_moves_the_cells_for_good(batch: tuple[Path, Path], command_line: CommandLine) -> None:
    scans, template = batch
    moved = template.with_name("moved.json")
    ended = command_line("template", "fit", template, scans, "-o", moved)
    assert ended.code == 0, ended.err
    assert "moved by up to 5 pixels, as 4 of 4 pages say" in ended.err
    off = edges_of(Form(load_template(moved))) - edges_of(Form(FORM))
    assert np.abs(off - np.median(off, axis=0)).max() <= 1
    again = command_line("template", "fit", moved, scans, "-o", template.with_name("again.json"))
    assert (again.code, "nothing to move" in again.err) == (0, True)
    assert not template.with_name("again.json").exists()
    assert command_line("template", "fit", template, scans, "-o", moved).code == 2  # is there already


def test_fit_says_where_no_scan_shows_the_form(batch: tuple[Path, Path], command_line: CommandLine) -> None:
    scans, template = batch
    save_template(TABLE, template)
    ended = command_line("template", "fit", template, scans, "-o", template.with_name("moved.json"))
    assert ended.code == 2
    assert f"{template}: none of 4 pages shows its cells" in ended.err


def test_fit_moves_those_of_several_templates_whose_form_is_shown(
    batch: tuple[Path, Path], command_line: CommandLine
) -> None:
    scans, template = batch
    folder = template.with_name("templates")
    folder.mkdir()
    save_template(load_template(template), folder / "order.json")
    save_template(TABLE, folder / "table.json")
    before = (folder / "table.json").read_bytes()
    assert "order.json is there already" in command_line("template", "fit", folder, scans, "-o", folder).err
    ended = command_line("template", "fit", folder, scans, "-o", folder, "--force")
    assert ended.code == 0, ended.err
    assert "moved by up to 5 pixels, as 4 of 4 pages say" in ended.err
    assert f"{TABLE.name}: " in ended.err and "none of 4 pages shows its cells; left as it is" in ended.err
    assert (folder / "table.json").read_bytes() == before
    off = edges_of(Form(load_template(folder / "order.json"))) - edges_of(Form(FORM))
    assert np.abs(off - np.median(off, axis=0)).max() <= 1


def test_fit_leaves_a_row_that_stands_anywhere(batch: tuple[Path, Path], command_line: CommandLine) -> None:
    scans, template = batch
    row = Field.model_validate({"name": "number", "find": "comb", "count": 9})
    beside = load_template(template)
    save_template(beside.model_copy(update={"fields": [*beside.fields, row]}), template)
    moved = template.with_name("moved.json")
    ended = command_line("template", "fit", template, scans, "-o", moved)
    assert (ended.code, "moved by up to 5 pixels" in ended.err) == (0, True), ended.err
    assert load_template(moved).fields[-1] == row
    save_template(beside.model_copy(update={"fields": [row], "rules": []}), template)
    ended = command_line("template", "fit", template, scans, "-o", template.with_name("again.json"))
    assert (ended.code, "there is nothing to fit" in ended.err) == (3, True), ended.err


def test_check_says_that_cells_are_beside(batch: tuple[Path, Path], command_line: CommandLine) -> None:
    scans, template = batch
    ended = command_line("template", "check", template, scans / "0.png")
    assert ended.code == 0, ended.err
    assert "pixels beside where it says, and were read there" in ended.err


def test_check_says_that_the_picture_shows_other_cells(
    deposit_slip: Path, tmp_path: Path, command_line: CommandLine
) -> None:
    form = load_template(deposit_slip / "template.json")
    shutil.copy(deposit_slip / "reference.png", tmp_path)
    save_template(with_cells(form, edges_of(Form(form)) + np.array([0, 9, 0, 9])), tmp_path / "slip.json")
    ended = command_line("template", "check", tmp_path / "slip.json")
    assert "its reference picture shows a line at 5" in ended.err
    assert "nothing wrong" not in ended.out
