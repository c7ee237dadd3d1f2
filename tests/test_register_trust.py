"""Two places where a form fits nearly as well are told apart by the cells that each shows, where those can tell."""

import numpy as np
from drawn import TABLE, scanned

from formreader.register.calm import Sight
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.trust import told_by_cells

DOWN = np.array([[1, 0, 0], [0, 1, 56], [0, 0, 1]], np.float64)
"""A row of the table further."""


def _places(drawn) -> list[Placement]:
    return [Placement(drawn.to_scan @ DOWN, 0.71), Placement(drawn.to_scan, 0.7)]


def test_the_only_place_that_shows_every_cell_is_the_right_one() -> None:
    drawn = scanned(TABLE, seed=4)
    wrong, right = _places(drawn)
    assert told_by_cells(Sight(drawn.scan, Form(TABLE)), [wrong, right]) == [right]


def test_places_far_less_good_stay() -> None:
    drawn = scanned(TABLE, seed=4)
    wrong, right = _places(drawn)
    other = Placement(drawn.to_scan @ DOWN @ DOWN, 0.5)
    assert told_by_cells(Sight(drawn.scan, Form(TABLE)), [wrong, right, other]) == [right, other]


def test_what_is_covered_does_not_tell() -> None:
    drawn = scanned(TABLE, seed=4)
    drawn.scan.gray[round(1.5 * 904) + 4 :] = 60
    places = _places(drawn)
    assert told_by_cells(Sight(drawn.scan, Form(TABLE)), places) == places


def test_a_page_that_shows_its_cells_nowhere_is_not_told() -> None:
    drawn = scanned(TABLE, seed=4)
    drawn.scan.gray[round(1.5 * 200) : round(1.5 * 330)] = 250
    places = _places(drawn)
    assert told_by_cells(Sight(drawn.scan, Form(TABLE)), places) == places
