"""Two looks at one run: what both see counts."""

import numpy as np
import pytest

from formreader.strips.ctc import SYMBOLS
from formreader.strips.looks import digits_seen, given, plain, texts_seen


def seen(text: str, signs: str, sure: float = 0.9) -> np.ndarray:
    """Log-probabilities of a network that sees `text`, one step for each sign and one for none after it."""
    rows = np.full((2 * len(text), 1 + len(signs)), (1 - sure) / len(signs))
    for index, sign in enumerate(text):
        rows[2 * index, signs.index(sign) + 1] = sure
        rows[2 * index + 1, 0] = sure
    return np.log(rows).astype(np.float32)


def test_what_only_one_look_sees_is_doubtful() -> None:
    same = digits_seen([(seen("407", "0123456789"), None)] * 2)
    other = digits_seen([(seen("407", "0123456789"), None), (seen("401", "0123456789"), None)])
    assert next(iter(same)) == "407" and same["407"] > 0.5
    assert max(other.values()) < 0.1 and set(other) >= {"407", "401"}


def test_a_network_without_marks_sees_no_texts() -> None:
    assert texts_seen([(seen("407", "0123456789"), None)] * 2) == {}


def test_the_texts_of_the_digits_share_one() -> None:
    texts = texts_seen([(seen("407", "0123456789"), seen("4,07/-", SYMBOLS))] * 2)
    ways = given(texts, "407")
    assert ways[0][0] == "4,07/-" and sum(chance for _, chance in ways) == pytest.approx(1)
    assert given(texts, "12345678") == ()
    assert plain("$4,07/-") == "407"
