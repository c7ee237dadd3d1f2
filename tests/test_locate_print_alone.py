"""What is printed in the cells of an empty field is not its value."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from beside import with_picture
from test_locate_placeholders import TEMPLATE, form_with, in_one_bit, read, written

from formreader.records import Gray
from formreader.simulate.handwriting import blank_form


@pytest.mark.parametrize("scan", [np.copy, in_one_bit])
@pytest.mark.parametrize(("print_", "column"), [("20", 0), ("417", 0), ("000", 3), ("00", 4)])
def test_what_is_printed_in_some_cells_is_no_value_where_nobody_wrote_into_the_others(
    tmp_path: Path, print_: str, column: int, scan: Callable[[Gray], Gray]
) -> None:
    form, page = form_with(" " * column + print_, tmp_path, dark=30)
    written(page, "204", 1)
    fields = read(scan(page), form, tmp_path)
    assert (fields["a"].value, fields["a"].status, fields["a"].reasons) == ("", "rejected", ("faint",))
    assert (fields["b"].value, fields["b"].status) == ("204", "read")


@pytest.mark.parametrize("scan", [np.copy, in_one_bit])
@pytest.mark.parametrize("stroke", [[(22, 6), (22, 46)], [(40, 4), (4, 48)], None])
def test_lines_and_ovals_that_are_printed_in_all_cells_of_a_field_are_no_digits(
    tmp_path: Path, stroke: list[tuple[int, int]] | None, scan: Callable[[Gray], Gray]
) -> None:
    form, _ = with_picture(TEMPLATE, tmp_path)
    blank = blank_form(TEMPLATE)
    for at in range(150, 150 + 6 * 44, 44):
        if stroke:
            cv2.line(blank, *[(at + x, 60 + y) for x, y in stroke], 40, 1, cv2.LINE_AA)
        else:
            cv2.ellipse(blank, (at + 22, 86), (11, 17), 0, 0, 360, 40, 1, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    field = read(scan(blank), form, tmp_path)["a"]
    assert (field.value, field.status, field.reasons) == ("", "rejected", ("faint",))


def test_a_number_printed_in_all_cells_is_a_value(tmp_path: Path) -> None:
    form, page = form_with("417026", tmp_path, dark=30)
    field = read(page, form, tmp_path)["a"]
    assert (field.value, field.status) == ("417026", "read")


def test_digits_that_are_not_the_printed_ones_are_read_where_others_are_printed(tmp_path: Path) -> None:
    form, _ = form_with("20", tmp_path, dark=30)
    page = blank_form(TEMPLATE)
    written(page, "71", 0)
    assert read(page, form, tmp_path)["a"].value == "71"
