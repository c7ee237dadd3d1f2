"""How an amount is spelled: what can begin one, and how likely people spell it so, digits aside.

A spelling has digits, `,` for any point or comma, `-` for any closing dash, and `/`. The searches for an amount follow
only what can begin one, so that a comma as long as a 1, or a stroke behind the last digit, is seen for what it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, combinations

from formreader.strips.amounts import amount_of


@dataclass(frozen=True, slots=True)
class Grammar:
    """What is looked for on a strip: amounts, or dates."""

    can_begin: Callable[[str], bool]
    can_begin_loosely: Callable[[str], bool]
    """The same, where less is known of how people write it."""
    spelling: Callable[[str], str]
    """A text of digits and marks in the signs that are told apart here."""
    is_whole: Callable[[str], bool]
    """Whether a spelling says all."""
    value: Callable[[str], str]
    body: Callable[[str], str]
    """A spelling without what closes it."""
    alike: Callable[[str], Iterable[str]]
    """Spellings that are easily taken for one."""
    usual: Callable[[str], float]
    """Logarithm of how usual a spelling is."""
    common: Callable[[str], float]
    """Logarithm of how common a value is."""


_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3}"
_OPEN = r"[1-9]\d{0,2}(?:,\d{3})*,\d{0,3}|[1-9]\d?(?:,\d{2})*,\d{0,3}"
_TAIL = r"/?-{0,2}"
_RAISED = r"\d{1,2}|\d\d/(?:|1|10|100)"
"""Cents over a hundred, small and high behind the digits, and what begins so."""


def _whole(longest: str) -> re.Pattern[str]:
    number = rf"(?:[1-9]\d{{0,{longest}}}|{_GROUPED})"
    return re.compile(rf"{number}(?:,?{_TAIL}|,\d\d{_TAIL}|,?\d\d/100)|0,\d\d(?:{_TAIL}|/100)")


def _begun(longest: str, raised: str = "") -> re.Pattern[str]:
    number = rf"(?:[1-9]\d{{0,{longest}}}|{_GROUPED})"
    cents = rf"|,\d{{0,2}}|,\d\d(?:{_TAIL}|/1|/10|/100)"
    return re.compile(rf"|{_OPEN}|{number},?{_TAIL}|(?:{number}|0)(?:{cents})|{number}(?:{raised})")


_SPELLING, _BEGINNING, _ANY_BEGINNING = _whole(""), _begun("3"), _begun("", _RAISED)
_BEFORE = "-$*="
"""Signs that may stand before an amount."""

_ALIKE = str.maketrans(".=*", ",--")


def spelling_of(text: str) -> str:
    """A text of digits and marks (`ctc.SYMBOLS`) as a spelling, without the sign and stars before it."""
    plain = text.lstrip(_BEFORE).translate(_ALIKE)
    while ",," in plain:
        plain = plain.replace(",,", ",")
    return plain


@lru_cache(100_000)
def can_begin(text: str) -> bool:
    """Whether an amount that is grouped, or short, may begin so; for signs of a spelling or of the strip network."""
    return _BEGINNING.fullmatch(spelling_of(text)) is not None


@lru_cache(100_000)
def can_begin_ungrouped(text: str) -> bool:
    """The same, where any number of digits may stand without a mark."""
    return _ANY_BEGINNING.fullmatch(spelling_of(text)) is not None


@lru_cache(100_000)
def is_whole(spelling: str) -> bool:
    """Whether an amount may end so."""
    return _SPELLING.fullmatch(spelling) is not None


def body_of(spelling: str) -> str:
    """A spelling without what closes it: `1,420/-` is `1,420`."""
    return re.sub(r",?/?-*$", "", spelling)


def easily_taken_for(spelling: str) -> Iterator[str]:
    """Amounts that look alike: a 1 and a comma, a 1 and the closing stroke, any three digits at the end and zeros, a
    flat 0 at the end and the closing dash.
    """
    ones = [at for at, sign in enumerate(spelling) if sign == "1"]
    commas = [at for at, sign in enumerate(spelling) if sign == ","]
    chosen = chain.from_iterable(combinations(ones, count) for count in (1, 2, 3))
    others = [_with(spelling, places, ",") for places in chosen] + [_with(spelling, (at,), "1") for at in commas]
    others.append(re.sub(r",\d{3}(?=\D*$)", ",000", spelling))
    others.append(re.sub(r"(\d),?-(-?)$", r"\g<1>0\2", spelling))
    others += [re.sub(r"1(-*)$", r"/\1", spelling), re.sub(r"/?(-*)$", r"1\1", spelling, count=1)]
    yield from (other for other in others if other != spelling and is_whole(other))


def _with(spelling: str, places: Sequence[int], sign: str) -> str:
    return "".join(sign if at in places else own for at, own in enumerate(spelling))


def is_ungrouped(spelling: str) -> bool:
    """Whether it begins with five digits without a mark."""
    return len(spelling) > 4 and spelling[:5].isdecimal()


def usual(spelling: str, *, lakhs: bool) -> float:
    """Logarithm of how much rarer people spell amounts so, 0 for the most usual ways. `lakhs`: amounts are in rupees.

    `/-` says that there are no cents; five digits without any mark are rare, and so are thousands of thousands in
    threes where lakhs and crores are counted.
    """
    odd = 0.0
    if re.search(r",\d\d[-/]", spelling) and not spelling.endswith("/100"):
        odd -= 3
    if is_ungrouped(re.sub(r",?\d\d/100$", "", spelling)):
        odd -= 11 if lakhs and re.match(r"\d{6}", spelling) else 5
    if lakhs and re.match(r"\d{1,3},\d{3},\d{3}", spelling):
        odd -= 3
    return odd


def round_amount(value: str) -> float:
    """Logarithm of how much likelier whole thousands are, or hundreds, than any one other ending of an amount.

    As counted on 680 cheques that the benchmarks do not read, a little less; not for telling how sure a reading is.
    """
    whole = value.partition(".")[0]
    return 4.0 if whole.endswith("000") else 1.4 if whole.endswith("00") else 0.0


def amounts(*, lakhs: bool) -> Grammar:
    """Amounts of hundredths; `lakhs`: in rupees."""
    return Grammar(
        can_begin,
        can_begin_ungrouped,
        spelling_of,
        is_whole,
        lambda text: amount_of(spelling_of(text), 2).value,
        body_of,
        easily_taken_for,
        partial(usual, lakhs=lakhs),
        round_amount,
    )
