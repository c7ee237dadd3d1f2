"""What an amount on a strip may be worth: every likely value, weighed by both readers over all cuts and spellings.

The strip network reads the strip as a whole, twice; the lattice piece by piece. Each names what it finds likely, and
each says how likely it finds what the other named: their sum, with how usual the spelling is, ranks the values.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from formreader.amounts import amount_of
from formreader.ctc import SYMBOLS, LogProbabilities, likeliest_strings, string_log_likelihoods
from formreader.lattice import Lattice
from formreader.spelling import (
    body_of,
    can_begin,
    can_begin_ungrouped,
    easily_taken_for,
    is_whole,
    round_amount,
    spelling_of,
    usual,
)

Beam = Mapping[str, float]
"""Texts of digits and marks, and the network's probability of each."""


@dataclass(frozen=True, slots=True)
class Worth:
    """One value that an amount may have, and how well each reader likes it (logarithms)."""

    value: str
    text: str
    """Its likeliest spelling, with the network's marks (`ctc.SYMBOLS`) where it names it."""
    whole: float
    pieces: float
    usual: float
    digits: tuple[tuple[float, float], ...]
    """Of each digit, by the digit CNN: the probabilities that it is this one, and that it is none."""
    passed_over: float
    """Size of the largest piece of ink that has no part in it, as a share of the digits' height."""

    @property
    def seen(self) -> float:
        """How well it fits what is seen; of how usual such amounts are only so much that a doubt stays."""
        return self.whole + self.pieces + 0.25 * self.usual

    @property
    def likely(self) -> float:
        """The same, and how usual such amounts are."""
        return 0.7 * self.whole + self.pieces + self.usual + round_amount(self.value)


def worths_of(lattice: Lattice, looks: Sequence[LogProbabilities], *, lakhs: bool, most: int = 8) -> list[Worth]:
    """The likeliest values, likeliest first; none where nothing can be an amount.

    `looks`: the strip network's scores for digits and marks. `lakhs`: amounts are in rupees. Of each reader `most`
    values are weighed.
    """
    beams = [_beam(look, can_begin) for look in looks]
    ungrouped = _beam(looks[0], can_begin_ungrouped)
    named = [_named(texts, most) for texts in (*beams, ungrouped, (text for text, _ in lattice.spellings()))]
    texts = [text for some in named for text in some]
    texts += [other for some in named for text in some[:2] for other in easily_taken_for(spelling_of(text))]
    spelled: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        spelled.setdefault(_value(text), []).append(text)
    if not spelled:
        return []
    whole = _whole(spelled, looks, beams)
    worths = [_worth(value, texts, lattice, whole[value], lakhs=lakhs) for value, texts in spelled.items()]
    return sorted(worths, key=lambda one: -one.likely)


def _value(text: str) -> str:
    return amount_of(spelling_of(text), 2).value


def _beam(look: LogProbabilities, begins: Callable[[str], bool]) -> Beam:
    return dict(likeliest_strings(look, beams=12, least=3e-4, poor=1e-9, signs=SYMBOLS, can_begin=begins))


def _named(texts: Iterable[str], most: int) -> list[str]:
    """The first texts that amounts are spelled like, two of each value, of at most `most` values."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        if is_whole(spelling_of(text)):
            own = found[_value(text)]
            own += [text] if len(own) < 2 else []
        if len(found) == most:
            break
    return [text for own in found.values() for text in own]


def _worth(
    value: str, texts: Sequence[str], lattice: Lattice, whole: float, *, lakhs: bool, least: float = -99.0
) -> Worth:
    """By the spelling that the pieces fit best; `least` where they fit none, as under a stroke."""
    found: list[Worth] = []
    for body, text in {body_of(spelling_of(text)): text for text in reversed(texts)}.items():
        way = lattice.best(body)
        odd = usual(spelling_of(text), lakhs=lakhs)
        if way:
            found.append(Worth(value, text, whole, max(way.score, least), odd, way.digits(), way.passed_over()))
        else:
            found.append(Worth(value, text, whole, least, odd, (), 1.0))
    return max(found, key=lambda one: one.pieces + one.usual)


def _whole(
    spelled: Mapping[str, Sequence[str]],
    looks: Sequence[LogProbabilities],
    beams: Sequence[Beam],
    *,
    least: float = -60,
) -> dict[str, float]:
    """How likely each value is to the network, the mean of its looks; a value is spelled in any way that it found."""
    each = [(value, text) for value, texts in spelled.items() for text in texts]
    total = dict.fromkeys(spelled, 0.0)
    for look, beam in zip(looks, beams, strict=True):
        sure = string_log_likelihoods(look, [text for _, text in each], signs=SYMBOLS)
        chances = {text: (value, math.exp(own)) for (value, text), own in zip(each, sure.tolist(), strict=True)}
        chances |= {text: (_value(text), chance) for text, chance in beam.items() if text not in chances}
        sums: dict[str, float] = dict.fromkeys(spelled, 0.0)
        for value, chance in chances.values():
            if value in sums:
                sums[value] += chance
        for value, chance in sums.items():
            total[value] += max(math.log(chance) if chance else least, least) / len(looks)
    return total
