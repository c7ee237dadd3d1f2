"""What the digits of a run say by where they stand."""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.strips.ink import Ink
from formreader.strips.standing import LONG_ONE, RAISED_CENTS, odd_ones, standing


def stroke(points: list[tuple[int, int]], high: int = 80) -> Ink:
    picture = np.zeros((high, 50), np.uint8)
    cv2.polylines(picture, [np.array(points, np.int32)], False, 255, 5, cv2.LINE_AA)
    return picture


UPRIGHT = [(25, 5), (25, 75)]
ZERO = [(15, 10), (35, 10), (35, 70), (15, 70), (15, 10)]


def told(*drawn: Ink, starts: Sequence[int] = (), text: str = "") -> tuple[str, ...]:
    """Reason codes of digits, zeros unless a `text` is given, that stand 40 pixels apart unless their `starts` are."""
    starts = starts or range(0, 40 * len(drawn), 40)
    place = standing(drawn, [(start, start + 50) for start in starts])
    return odd_ones(place, text or "0" * len(drawn)) if place else ()


def test_a_wide_gap_makes_two_numbers_unless_all_digits_stand_apart() -> None:
    four = [stroke(ZERO)] * 4  # 26 columns of ink from the 13th on, 66 rows
    assert told(*four, starts=(0, 40, 120, 160)) == ()
    assert told(*four, starts=(0, 40, 170, 210)) == ("gap",)
    assert told(*four, starts=(0, 125, 260, 385)) == ()
    assert told(*four[:2], starts=(0, 130)) == ("gap",)
    assert told(four[0]) == ()


def test_a_gap_that_parts_no_thousands_is_told_where_no_point_stands_in_it() -> None:
    five = [stroke(ZERO)] * 5
    apart = (0, 30, 60, 145, 175)  # 3 and 2 digits, nearly a digit's height between
    assert told(*five, starts=apart) == ("gap",)
    assert told(*five, starts=apart, text="000.00") == ()
    assert told(*five, starts=(0, 30, 115, 145, 175)) == ()  # 12 345
    assert told(*five[:4], starts=(0, 30, 115, 145)) == ()  # 12 34
    assert told(*five, starts=(0, 85, 115, 145, 230)) == ()


def test_a_gap_before_a_point_is_told_where_no_thousands_follow() -> None:
    six = [stroke(ZERO)] * 6
    assert told(*six[:4], starts=(0, 85, 140, 170), text="00.00") == ("gap",)  # 5 8.83
    assert told(*six, starts=(0, 85, 115, 145, 200, 230), text="0000.00") == ()  # 1 234.50
    assert told(*six[:4], starts=(0, 30, 85, 115), text="00.00") == ()


def test_two_digits_a_digits_height_apart_lack_one_between() -> None:
    assert told(*[stroke(ZERO)] * 2, starts=(0, 95)) == ("gap",)
    assert told(*[stroke(ZERO)] * 2, starts=(0, 80)) == ()


def test_a_small_digit_high_up_is_raised_and_one_on_the_line_is_not() -> None:
    one, ring = stroke(UPRIGHT), [(15, 5), (30, 5), (30, 20), (15, 20), (15, 5)]
    assert told(one, stroke(ZERO), stroke(ring)) == ("raised",)
    assert told(one, stroke(ZERO), stroke([(x, y + 50) for x, y in ring])) == ()
    assert told(stroke(ring)) == ()


def test_two_raised_digits_at_the_end_are_cents_and_one_is_not() -> None:
    zero, ring = stroke(ZERO), stroke([(15, 5), (30, 5), (30, 20), (15, 20), (15, 5)])
    assert told(zero, zero, zero, ring, ring) == (RAISED_CENTS,)
    assert told(zero, zero, zero, ring) == ("raised",)
    assert told(zero, ring, zero, zero) == ("raised",)


def test_a_long_stroke_between_digits_is_rather_no_one() -> None:
    zero, long, short = stroke(ZERO, 110), stroke([(35, 3), (15, 100)], 110), stroke([(35, 10), (15, 72)], 110)
    assert told(zero, zero, long, zero, text="0010") == (LONG_ONE,)
    assert told(zero, zero, short, zero, text="0010") == ()
    assert told(long, zero, zero, text="100") == ()
    assert told(zero, zero, long, zero, text="0070") == ()


def test_a_long_one_with_a_point_at_its_foot_is_one() -> None:
    zero, long = stroke(ZERO, 110), stroke([(35, 3), (15, 100)], 110)
    assert told(zero, long, zero, zero, text="01.00") == told(zero, long, zero, zero, text="01,00") == ()
    assert told(zero, long, zero, zero, text="0.100") == told(zero, long, zero, zero, text="01/00") == (LONG_ONE,)


def test_what_has_no_ink_says_nothing() -> None:
    assert standing([stroke(ZERO), np.zeros((80, 50), np.uint8)], [(0, 50), (50, 100)]) is None
    assert standing([], []) is None
