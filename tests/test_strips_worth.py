"""What the values that a strip may hold say of each other."""

import pytest

from formreader.strips.worth import Worth, ones_are_no_commas


def worth(value: str, seen: float, comma: float = -9.0) -> Worth:
    return Worth(value, value, seen / 2, seen / 2, 0.0, 0.0, comma_like_one=comma)


@pytest.mark.parametrize(
    ("comma", "others", "plain"),
    [
        (-6.0, {}, True),  # nothing like a comma
        (-2.0, {}, False),  # what it would be with a comma was not weighed
        (-2.0, {"5782.58": -9.0, "51782.50": -1.0}, True),
        (-2.0, {"5782.58": -4.0}, False),
    ],
)
def test_a_one_like_a_comma_is_one_where_nothing_else_comes_near(
    comma: float, others: dict[str, float], plain: bool
) -> None:
    best = worth("51782.58", 0.0, comma)
    assert ones_are_no_commas(best, [best, *(worth(*other) for other in others.items())]) is plain
