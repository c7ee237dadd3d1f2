"""What stands on a strip: every likely value, weighed by both readers over all ways to cut and to spell it.

The strip network reads the strip as a whole, twice; the lattice piece by piece. Each names what it finds likely, and
each says how likely it finds what the other named: their sum, with how usual the spelling is, ranks the values.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from formreader.records import FieldReading
from formreader.strips.ctc import SYMBOLS, LogProbabilities, likeliest_strings, string_log_likelihoods
from formreader.strips.lattice import Lattice
from formreader.strips.spelling import Grammar
from formreader.strips.ways import Way
from formreader.strips.worth import Worth

Beam = Mapping[str, float]
"""Texts of digits and marks, and the network's probability of each."""

_Best = Callable[[str], Way | None]
"""The best way to see a body in the pieces, see `Lattice.best`."""


def worths_of(lattice: Lattice, looks: Sequence[LogProbabilities], grammar: Grammar, *, most: int = 8) -> list[Worth]:
    """The likeliest values, likeliest first; none where nothing can be one.

    `looks`: the strip network's scores for digits and marks. Of each reader `most` values are weighed.
    """
    best = cache(lattice.best)  # many texts have one body
    beams = [_beam(look, grammar.can_begin) for look in looks]
    strict = grammar.can_begin_loosely is grammar.can_begin
    loosely = beams[0] if strict else _beam(looks[0], grammar.can_begin_loosely)
    pieces = (text for text, _ in lattice.spellings(grammar.can_begin_loosely))
    named = [_named(texts, grammar, most) for texts in (*beams, loosely, pieces)]
    texts = [text for some in named for text in some]
    texts += [other for some in named for text in some[:2] for other in grammar.alike(grammar.spelling(text))]
    texts += [other for some in named[:-1] for text in some[:2] for other in _as_pieces_say(text, best, grammar)]
    spelled: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        spelled.setdefault(grammar.value(text), []).append(text)
    if not spelled:
        return []
    texts = [text for own in spelled.values() for text in own]
    each = [string_log_likelihoods(look, texts, signs=SYMBOLS) for look in looks]
    by_text = dict(zip(texts, np.maximum(np.mean(each, axis=0), _LEAST).tolist(), strict=True))
    whole = _whole(spelled, grammar, [dict(zip(texts, sure.tolist(), strict=True)) for sure in each], beams)
    worths = [
        _worth(value, {text: by_text[text] for text in own}, best, whole[value], grammar)
        for value, own in spelled.items()
    ]
    return sorted(_each_may_be_wrong(worths), key=lambda one: -one.likely)


def _as_pieces_say(text: str, best: _Best, grammar: Grammar) -> Iterator[str]:
    """What the network names, with the digits that the digit CNN likes better in the same places."""
    spelling = grammar.spelling(text)
    way = best(grammar.body(spelling))
    digits = iter(way.likelier() if way else "")
    other = re.sub(r"\d", lambda own: next(digits, own[0]), spelling)
    if other != spelling and grammar.is_whole(other):
        yield other


def network_names_one(looks: Sequence[LogProbabilities], grammar: Grammar, *, least: float) -> bool:
    """Whether the strip network alone finds some value with a logarithm of `least` or more: a quick first look.

    `least` is of the mean of the looks, as `Worth.whole` is; all spellings that are found of a value count together.
    """
    each: list[defaultdict[str, float]] = []
    for look in looks:
        own: defaultdict[str, float] = defaultdict(float)
        for text, chance in _beam(look, grammar.can_begin).items():
            if grammar.is_whole(grammar.spelling(text)):
                own[grammar.value(text)] += chance
        each.append(own)
    values = {value for own in each for value in own}
    return any(
        sum(max(math.log(own[value]), _LEAST) if value in own else _LEAST for own in each) >= least * len(each)
        for value in values
    )


def _each_may_be_wrong(worths: Sequence[Worth], *, whole: float = 15.0, pieces: float = 6.0) -> list[Worth]:
    """With nothing less likely than so much below a reader's best: a hand strange to it, a cut that it does not see."""
    floors = max(one.whole for one in worths) - whole, max(one.pieces for one in worths) - pieces
    return [replace(one, whole=max(one.whole, floors[0]), pieces=max(one.pieces, floors[1])) for one in worths]


_LEAST = -60.0
"""Logarithm of the least probability that counts."""


def both_agree(worths: Sequence[Worth], *, nearly: float = 1.0) -> bool:
    """Whether the strip network likes the first best, and the lattice no other by more than `nearly`: marks, which it
    hardly tells, weigh no more than that.
    """
    best = worths[0]
    return best.value == max(worths, key=lambda one: one.by_whole).value and (
        best.by_pieces >= max(one.by_pieces for one in worths) - nearly
    )


def surety(worths: Sequence[Worth], *, another_digit: float = 1.25) -> float:
    """Probability that the first is right, by how much better it fits what is seen than any other does.

    Set on 680 amounts of cheques that the benchmarks do not read: of those on which both readers agreed with a lead of
    2, 251 of 251 were right, of the others 56 of 56 with a lead of 10, and 4 in 100 not with one of 6; the strip
    network has learned from them, so it is set lower than that; and lower again for amounts written onto real cheques
    anew, where of 29 that a smaller lead let through 5 were wrong, of 748 others also 5. A value with as many digits
    must be left behind by more, for a hand's 4 or 9 may look to both readers like another digit, as a mark hardly does:
    of 1,055 others written so, 883 with 15 wrong are accepted in place of 920 with 21.

    Less what is wrong with the first itself, which the lead does not tell where the truth is not among the values: a
    digit that the CNN doubts, and the more where the network finds the whole unlikely too. That was set on composed
    amounts.
    """
    best = worths[0]
    leads = (best.seen - other.seen - another_digit * _of_one_length(best, other) for other in worths[1:])
    lead = min(leads, default=math.inf)
    odds = 0.8 * lead - 1.3 if both_agree(worths) else 0.5 * lead - 2.2
    doubted = max(_log_odds(0.9) - _log_odds(best.poorest), 0.0)
    unlikely = min(max(-best.whole, 0.0), 4.0) * (1 - best.poorest)
    odds -= 0.9 * doubted + 2.0 * unlikely
    return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))


def _of_one_length(one: Worth, other: Worth) -> bool:
    return len(one.value) == len(other.value)


def _log_odds(chance: float, *, least: float = 1e-4) -> float:
    inner = min(max(chance, least), 1 - least)
    return math.log(inner / (1 - inner))


def decided(worths: Sequence[Worth], doubts: Sequence[str], least: float, *, best: Worth | None = None) -> FieldReading:
    """The reading of a field that its name is still to be given: the first worth, or `best`, sure enough or rejected.

    `doubts`: reason codes that do not depend on how sure it is. `least`: how sure it must be.
    """
    chosen, confidence = best or worths[0], surety(worths)
    reasons = [*doubts, *([] if both_agree(worths) or confidence >= least else ["readers_disagree"])]
    confidence *= 0.5 if reasons else 1.0
    reasons += ["low_confidence"] if confidence < least else []
    sure = tuple(sure for sure, _ in chosen.digits)
    reading = FieldReading("", chosen.value, confidence, "read", (), chosen.text, sure)
    return replace(reading, status="rejected", reasons=tuple(dict.fromkeys(reasons))) if reasons else reading


def _beam(look: LogProbabilities, begins: Callable[[str], bool]) -> Beam:
    return dict(likeliest_strings(look, beams=12, least=3e-4, poor=1e-9, signs=SYMBOLS, can_begin=begins))


def _named(texts: Iterable[str], grammar: Grammar, most: int) -> list[str]:
    """The first texts that are spelled right, two of each value, of at most `most` values."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        if grammar.is_whole(grammar.spelling(text)):
            own = found[grammar.value(text)]
            own += [text] if len(own) < 2 else []
        if len(found) == most:
            break
    return [text for own in found.values() for text in own]


def _worth(
    value: str, texts: Mapping[str, float], best: _Best, whole: float, grammar: Grammar, *, least: float = -99.0
) -> Worth:
    """The value as its most usual spelling that the pieces fit; its text is the spelling that fits best what is seen.

    `texts`: each way to spell it, and how likely that is to the network. `least`: where the pieces fit none.
    """
    ways = {text: best(grammar.body(grammar.spelling(text))) for text in texts}
    scores = {text: max(way.score, least) if way else least for text, way in ways.items()}
    usual = {text: grammar.usual(grammar.spelling(text)) for text in texts}
    ranking = max(texts, key=lambda text: scores[text] + usual[text])
    text = max(texts, key=lambda text: scores[text] + texts[text])
    way = ways[text]
    worth = Worth(value, text, whole, scores[ranking], usual[ranking], grammar.common(value))
    if way is None:
        return worth
    spelling = grammar.spelling(text)
    closed = spelling.endswith(("-", "/", "="))  # a point may be what is seen of small cents
    over = way.passed_over(closed=closed)
    seen = replace(worth, digits=way.digits(), drawn=way.drawn(), beside=way.beside(), passed_over=over)
    missed = any(_is_another(body, spelling, grammar) for body in way.with_missed_marks())
    return replace(
        seen,
        missed_mark=missed,
        point_before=way.point_before(),
        raised_cents=way.raised_cents(),
        zero_like_closing=way.zero_like_closing(),
        comma_like_one=way.comma_like_one(),
        mark_like_digit=way.mark_like_digit(),
    )


def _is_another(body: str, own: str, grammar: Grammar) -> bool:
    """Whether a body, closed as a spelling is, spells another value, or none; two marks beside each other are one.

    What stands within a group of digits is a speck, as no mark can.
    """
    other = grammar.spelling(body + own[len(grammar.body(own)) :])
    if grammar.is_whole(other):
        return grammar.value(other) != grammar.value(own)
    groups = re.split(r"\D+", grammar.body(own))
    return len(groups) == 1 or max(map(len, groups)) > 3


def _whole(
    spelled: Mapping[str, Sequence[str]],
    grammar: Grammar,
    sure: Sequence[Mapping[str, float]],
    beams: Sequence[Beam],
) -> dict[str, float]:
    """How likely each value is to the network, the mean of its looks; a value is spelled in any way that it found.

    `sure`: how likely each text is to each look (logarithms).
    """
    total = dict.fromkeys(spelled, 0.0)
    for look, beam in zip(sure, beams, strict=True):
        chances = {text: (value, math.exp(look[text])) for value, texts in spelled.items() for text in texts}
        chances |= {text: (grammar.value(text), chance) for text, chance in beam.items() if text not in chances}
        sums: dict[str, float] = dict.fromkeys(spelled, 0.0)
        for value, chance in chances.values():
            if value in sums:
                sums[value] += chance
        for value, chance in sums.items():
            total[value] += max(math.log(chance) if chance else _LEAST, _LEAST) / len(sure)
    return total
