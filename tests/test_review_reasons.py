"""Whoever reviews reads why in words, not in codes."""

import pytest

from formreader.decide.doubts import CODES
from formreader.review.reasons import REASONS, in_words


@pytest.mark.parametrize("code", CODES)
def test_what_speaks_against_a_field_is_said_in_words(code: str) -> None:
    assert code in REASONS
    assert "_" not in in_words(code)


def test_rules_say_what_they_did() -> None:
    assert [in_words(code) for code in ("rule:total", "repaired:total", "some_code")] == [
        "rule total",
        "repaired by total",
        "some code",
    ]
