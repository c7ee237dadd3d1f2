"""A strip's pieces seen as every amount that they may be, and the amount that both readers make of them."""

import cv2
import numpy as np
import pytest

from formreader.classify import load_model
from formreader.dataset.zeros import chained_zeros
from formreader.strips import marks_on
from formreader.strips.lattice import Lattice, lattice_of
from formreader.strips.model import load_strip_model
from formreader.strips.pieces import pieces_of, usual_height, writing
from formreader.strips.spelling import amounts, can_begin_ungrouped
from formreader.strips.weighing import network_names_one, surety, worths_of
from formreader.strips.worth import Worth

Stroke = list[tuple[float, float]]


def drawn(text: str) -> np.ndarray:
    """Ink bright: digits apart; commas `,`, the longer ones `;` as high as half a digit, `/` and `-` as strokes."""
    picture, left = np.zeros((110, 620), np.uint8), 20
    marks: dict[str, Stroke] = {
        ".": [(4, 67), (8, 67)],
        ",": [(6, 62), (0, 84)],
        ";": [(10, 46), (0, 88)],
        "/": [(16, 10), (0, 84)],
        "-": [(2, 48), (34, 46)],
    }
    for sign in text:
        if sign in marks:
            start, end = ((round(left + x), round(y)) for x, y in marks[sign])
            cv2.line(picture, start, end, 255, 4, cv2.LINE_AA)
            left += 46 if sign == "-" else 24
        else:
            cv2.putText(picture, sign, (left, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 255, 4, cv2.LINE_AA)
            left += 40
    return picture


def lattice(text: str) -> Lattice:
    ink = writing(drawn(text))
    return lattice_of(pieces_of(ink), usual_height(pieces_of(ink)), load_model())


@pytest.mark.parametrize("text", ["450,27", "23,75,460/-", "8;645/-", "36,80;925"])
def test_the_likeliest_spelling_is_what_is_drawn(text: str) -> None:
    spelling, score = lattice(text).spellings(can_begin_ungrouped)[0]
    assert spelling == text.replace(";", ",")
    best = lattice(text).best(spelling.rstrip("/-"))
    assert best is not None
    assert best.score >= score - 1e-9
    digits = best.digits()
    assert len(digits) == sum(sign.isdigit() for sign in text)
    assert min(sure for sure, _ in digits) > 0.5


@pytest.mark.parametrize(("size", "up"), [(1.0, 20), (1.7, 0), (1.7, 14), (1.0, 0)])
def test_cents_over_a_hundred_are_small_and_high(size: float, up: int) -> None:
    picture = drawn("845")
    cv2.putText(picture, "62", (150, 70 - up), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 3, cv2.LINE_AA)
    cv2.line(picture, (246, 20), (232, 62), 255, 3, cv2.LINE_AA)
    cv2.putText(picture, "100", (250, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3, cv2.LINE_AA)
    pieces = pieces_of(writing(picture))
    way = lattice_of(pieces, usual_height(pieces), load_model()).best("84562/100")
    assert way is not None
    assert way.raised_cents() == (size == 1.0 and up > 0)
    assert way.digits()[5:] == ((1.0, 0.0),) * 3  # a hundred is one however it is written
    assert (len(way.drawn()), len(way.beside())) == (5, 3)


def test_what_is_not_there_scores_less() -> None:
    seen = lattice("450,27")
    scores = [way.score if (way := seen.best(body)) else -np.inf for body in ("450,27", "450,21", "45027", "4450,27")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] + 2
    assert scores[3] == -np.inf


def test_what_has_no_part_in_a_reading_is_told() -> None:
    seen = lattice("450,27")
    whole, unparted, less = (seen.best(body) for body in ("450,27", "45027", "450"))
    assert whole and unparted and less
    assert not whole.with_missed_marks() and max(whole.passed_over()) == 0
    assert unparted.with_missed_marks() == ["450,27"]
    assert less.passed_over()[1] > 0.8 and less.passed_over()[0] == 0


def test_what_closes_an_amount_is_told_from_what_is_left_over() -> None:
    lone, closing = (lattice(text).best("450,27") for text in ("450,27/", "450,27/-"))
    assert lone and closing
    assert lone.passed_over()[1] == closing.passed_over(closed=False)[1] == 0
    assert lone.passed_over(closed=False)[1] > 0.8


def test_a_point_before_the_first_digit_is_told() -> None:
    before, none = lattice(",27/-").best("27"), lattice("27/-").best("27")
    assert before and none
    assert before.point_before() and not none.point_before()


def test_a_comma_as_long_as_a_one_is_told_from_a_one() -> None:
    picture = drawn("45 362")
    cv2.line(picture, (102, 55), (94, 95), 255, 4, cv2.LINE_AA)
    pieces = pieces_of(writing(picture))
    comma, one = lattice_of(pieces, usual_height(pieces), load_model()).best("451362"), lattice("451362").best("451362")
    assert comma and one
    assert one.comma_like_one() < -3.5 < comma.comma_like_one()


def test_a_flat_zero_taken_for_a_dash_is_told() -> None:
    picture = drawn("45")
    cv2.ellipse(picture, (130, 50), (24, 14), 0, 0, 360, 255, 4, cv2.LINE_AA)
    pieces = pieces_of(writing(picture))
    flat, dash = lattice_of(pieces, usual_height(pieces), load_model()).best("45"), lattice("45-").best("45")
    assert flat and dash
    assert flat.zero_like_closing() > 0.5
    assert dash.zero_like_closing() < 0.1


@pytest.mark.parametrize(
    ("text", "body", "missed"), [("1447.2/-", "14472", True), ("23,75,4,60/-", "23,75,460", False)]
)
def test_a_missed_mark_that_spells_no_amount_is_told_but_a_speck_within_a_group(
    text: str, body: str, missed: bool
) -> None:
    worths = worths_of(lattice(text), marks_on(255 - drawn(text), load_strip_model()), amounts(lakhs=True))
    own = next(worth for worth in worths if worth.value == f"{body.replace(',', '')}.00")
    assert own.missed_mark == missed


def test_nothing_written_has_no_spelling() -> None:
    assert lattice_of([], 30.0, load_model()).spellings(can_begin_ungrouped) == [("", 0.0)]


@pytest.mark.parametrize(("text", "value"), [("36,80;925/-", "3680925.00"), ("450,27", "450.27")])
def test_both_readers_weigh_every_value(text: str, value: str) -> None:
    worths = worths_of(lattice(text), marks_on(255 - drawn(text), load_strip_model()), amounts(lakhs=True))
    assert worths[0].value == value
    assert len({worth.value for worth in worths}) == len(worths) > 3
    assert worths[0].likely >= worths[1].likely


def test_no_reader_alone_rules_a_value_out() -> None:
    """Touching digits that the cuts do not part are still read by the network as a whole."""
    picture = drawn("450,27")
    cv2.rectangle(picture, (20, 0), (25, 100), 255, -1)  # a rule that no reading has a part for
    ink = writing(picture)
    parts = lattice_of(pieces_of(ink), usual_height(pieces_of(ink)), load_model())
    worths = worths_of(parts, marks_on(255 - drawn("450,27"), load_strip_model()), amounts(lakhs=False))
    assert max(one.pieces for one in worths) - min(one.pieces for one in worths) <= 6
    assert max(one.whole for one in worths) - min(one.whole for one in worths) <= 15
    assert worths[0].value == "450.27"


def a_worth(value: str, seen: float, *, sure: float = 1.0, whole: float = 0.0) -> Worth:
    return Worth(value, value, whole, seen - whole, 0.0, 0.0, ((0.99, 0.0), (sure, 0.0)))


def test_another_digit_must_be_left_behind_by_more_than_another_mark() -> None:
    digit, mark = (surety([a_worth("12.00", 6.0), a_worth(other, 0.0)]) for other in ("17.00", "1200.00"))
    assert digit < 0.95 < mark


def test_what_leads_by_more_is_surer() -> None:
    chances = [surety([a_worth("12.00", lead), a_worth("17.00", 0.0)]) for lead in (1.0, 4.0, 10.0)]
    assert chances == sorted(chances) and chances[0] < 0.6 and chances[2] > 0.99


def test_a_digit_in_doubt_makes_a_value_less_sure_and_the_more_where_the_network_finds_it_unlikely() -> None:
    def chance(**of: float) -> float:
        return surety([a_worth("12.00", 8.0, **of), a_worth("17.00", 0.0, whole=of.get("whole", 0.0))])

    assert chance(sure=0.95) == chance() == pytest.approx(chance(whole=-5.0), abs=2e-3)
    assert chance(sure=0.75) < chance() - 0.005
    assert chance(sure=0.75, whole=-3.0) < 0.95 < chance(sure=0.75)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_zeros_written_in_one_stroke_are_one_sign_unless_a_line_runs_through_them(seed: int) -> None:
    def poorest(*, struck: bool = False) -> float:
        rng, picture = np.random.default_rng(seed), drawn("45,")
        zeros = chained_zeros(3, 40, rng, pen=0.1)
        picture[30:, 140:][: len(zeros), : zeros.shape[1]] = zeros
        if struck:
            cv2.line(picture, (132, 46), (150 + zeros.shape[1], 56), 255, 4, cv2.LINE_AA)
        ink = writing(picture)
        pieces = pieces_of(ink)
        found = lattice_of(pieces, usual_height(pieces), load_model(), joins_zeros=True)
        way = found.best("45,000")
        assert way is not None and len(way.digits()) == 5
        assert struck or len(way.drawn()) == 2  # the zeros have no ink of their own
        return min(own for own, _ in way.digits())

    assert poorest() > 0.8
    assert poorest(struck=True) < 0.3


def test_the_network_alone_names_an_amount_only_where_one_stands() -> None:
    strip_model = load_strip_model()
    amount, date = (marks_on(255 - drawn(text), strip_model) for text in ("450,27", "7/1/4/9/3"))
    assert network_names_one(amount, amounts(lakhs=False), least=-12.0)
    assert not network_names_one(date, amounts(lakhs=False), least=-12.0)


def test_the_digits_that_the_cnn_likes_better_in_the_same_places_are_told() -> None:
    way = lattice("450,27").best("458,27")
    assert way is not None and way.likelier() == "45027"


def test_a_digit_that_is_taken_for_a_stroke_is_told() -> None:
    ways = [lattice(text).best("18/11") for text in ("18/11", "18211")]
    assert [way is not None and way.mark_like_digit() > 0.5 for way in ways] == [False, True]
