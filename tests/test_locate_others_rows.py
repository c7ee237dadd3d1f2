"""A strip is told from the rows above and below it by what is printed beside or above it, where anything is."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.locate.others_rows import others_rows
from formreader.records import Box, Gray
from formreader.register.face import face_of
from formreader.register.form import Form
from formreader.template import Template

NAMES = "File", "Sum", "Fees", "Paid"
STEP = 120


def _say(paper: Gray, text: str, left: float, foot: float) -> None:
    cv2.putText(paper, text, (round(left), round(foot)), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA)


def _blank(strips: dict[str, Box], *, beside: bool = False, above: bool = False) -> Gray:
    paper = np.full((800, 900), 255, np.uint8)
    _say(paper, "Application for a refund", 60, 60)
    for name, box in strips.items():
        if beside:
            _say(paper, name, box.left - 200, box.top + 50)
        if above:
            _say(paper, name, box.left, box.top - 12)
        cv2.rectangle(paper, (int(box.left), int(box.top)), (int(box.right), int(box.bottom)), 0, 2)
    return paper


def _strips(step: int = STEP) -> dict[str, Box]:
    return {name: Box(260, 160 + step * row, 800, 224 + step * row) for row, name in enumerate(NAMES)}


def _found(folder: Path, paper: Gray, seen: Gray, strips: dict[str, Box], lacking: tuple[str, ...] = ()) -> set[str]:
    """The strips doubted on a page that looks like `seen`, laid exactly."""
    cv2.imwrite(str(folder / "blank.png"), paper)
    fields = [
        {"name": name, "kind": "string", "strip": dict(zip(("left", "top", "right", "bottom"), box, strict=True))}
        for name, box in ((name, (box.left, box.top, box.right, box.bottom)) for name, box in strips.items())
    ]
    size = {"width": paper.shape[1], "height": paper.shape[0], "dpi": 150}
    template = Template.model_validate({"name": "rows", **size, "fields": fields})
    form = Form(template.model_copy(update={"reference": str(folder / "blank.png")}))
    return others_rows(form, face_of(seen, 150).ink, strips, lacking)


def _without_a_row(paper: Gray, top: int) -> Gray:
    return np.concatenate([paper[:top], paper[top + STEP :], np.full((STEP, paper.shape[1]), 255, np.uint8)])


def test_on_a_whole_page_none_is_doubted(tmp_path: Path) -> None:
    strips = _strips()
    for beside, above in ((True, False), (False, True), (False, False)):
        paper = _blank(strips, beside=beside, above=above)
        assert _found(tmp_path, paper, cv2.GaussianBlur(paper, (0, 0), 1.2), strips) == set()


def test_a_row_that_moved_up_is_known_by_the_name_beside_it(tmp_path: Path) -> None:
    paper = _blank(strips := _strips(), beside=True)
    assert _found(tmp_path, paper, _without_a_row(paper, 155 + STEP), strips) >= {"Sum", "Fees"}


def test_a_strip_cut_off_from_the_name_above_it_is_known_by_the_next(tmp_path: Path) -> None:
    paper = _blank(strips := _strips(), above=True)
    seen = _without_a_row(paper, 157 + STEP)
    assert {"Sum", "Fees"} <= _found(tmp_path, paper, seen, strips, ("Paid",))


@pytest.mark.parametrize(("beside", "doubted"), [(False, {"File", "Sum", "Fees", "Paid"}), (True, set())])
def test_rows_without_names_are_doubted_along_one_that_lacks_its_print(
    tmp_path: Path, beside: bool, doubted: set[str]
) -> None:
    paper = _blank(strips := _strips(64), beside=beside)
    assert _found(tmp_path, paper, paper, strips, ("Sum",)) | {"Sum"} == doubted | {"Sum"}


def test_a_strip_whose_name_is_not_there_is_doubted_and_not_one_with_a_word_in_it(tmp_path: Path) -> None:
    paper = _blank(strips := _strips(), beside=True)
    seen = paper.copy()
    seen[160 + STEP : 224 + STEP, :250] = 255
    assert _found(tmp_path, paper, seen, strips) == {"Sum"}
    _say(paper, "number", 300, 210 + STEP)
    seen = paper.copy()
    seen[165 + STEP : 220 + STEP, 270:790] = 255
    assert not _found(tmp_path, paper, seen, strips)
