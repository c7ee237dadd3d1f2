"""A word and a dotted rule printed beside a date go, and nothing that may be a part of it does."""

import cv2
import numpy as np

from formreader.cheque.beside import without_print


def strip(date: str, *, word: str = "", dots: bool = False) -> np.ndarray:
    ink = np.zeros((80, 460), np.uint8)
    cv2.putText(ink, date, (110, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 220, 3, cv2.LINE_AA)
    cv2.putText(ink, word, (5, 60), cv2.FONT_HERSHEY_COMPLEX, 0.6, 200, 1, cv2.LINE_AA)
    for left in range(70, 450, 8) if dots else ():
        cv2.line(ink, (left, 71), (left + 2, 71), 200, 2)
    return ink


def test_a_word_and_a_rule_go() -> None:
    bare = without_print(strip("12/5/24", word="DATE", dots=True))
    assert not (bare[:, :100] > 60).any()
    assert not (bare[69:] > 60).any()
    assert np.array_equal(bare[:66, 108:], strip("12/5/24")[:66, 108:])


def test_what_may_be_a_part_of_the_date_stays() -> None:
    for whole in (strip("12.5.2024"), strip("12-5-24"), strip("2/5/24") + np.roll(strip("1"), -60, 1)):
        assert np.array_equal(without_print(whole), whole)
