"""Rules inside the decision: what a page's fields most probably say together, when its rules are known.

Each field brings the ways to read it, with the probability that each is what stands on the paper. The writer obeys a
rule or, rarely, makes a slip that breaks it: a wrong sum, a miscopied number. So a combination of readings that breaks
a rule is not impossible but less likely by `slip`, and what all rules leave is normalized (Bayes). Fields that share no
rule, directly or through others, do not know of each other and are decoded apart.

The search is exact down to a floor of probability: depth first over each field's readings, likeliest first, and a
branch ends where even its best end lies below the floor. What lies below is granted what a coincidence is, against.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import cast

from formreader.decide.rules import coincidence, holds
from formreader.template import Rule

Chances = Mapping[str, float]
"""The likely values of one field and their probabilities, which need not add up to 1."""

_Readings = Sequence[tuple[str | None, float]]
"""Of one field, likeliest first: value (None is anything else) and its chance over that of the likeliest."""

_Combination = tuple[tuple[str | None, ...], float]
"""One reading of each field, and their chances multiplied."""

_Values = tuple[str, ...]
"""A listed reading of each field."""

_Factor = Callable[[Sequence[str | None]], float]
"""What a rule takes off one reading of each field, 1 where it holds."""


@dataclass(frozen=True, slots=True)
class Joint:
    """What one group of fields says together."""

    best: dict[str, str]
    """The most probable value of each field, all taken together."""
    chance: dict[str, float]
    """The probability of each of these values, over everything that the fields may say."""
    broken: tuple[Rule, ...]
    """The rules that `best` breaks: most probably the writer did."""
    held: float
    """The probability that the writer broke none of them."""
    evidence: float
    """The probability of what is seen, as these fields and rules have it: of use beside that of another supposition."""


def groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules, those together that share fields, directly or through others; each group in template order."""
    found: list[tuple[set[str], list[Rule]]] = []
    for rule in rules:
        names, own = set(rule.fields), [rule]
        apart = []
        for fields, members in found:
            if names & fields:
                names, own = names | fields, members + own
            else:
                apart.append((fields, members))
        found = [*apart, (names, own)]
    return [members for _, members in found]


def decode(rules: Sequence[Rule], chances: Mapping[str, Chances], *, slip: float = 0.05) -> Joint:
    """The fields of one group of rules, decoded together.

    `slip`: how often a writer breaks a rule. A slip is mostly one wrong digit, one of nine, so a combination that
    breaks a rule is less likely than one that holds it by `slip` / 9, and by so much for each rule that it breaks.
    """
    names = list(dict.fromkeys(name for rule in rules for name in rule.fields))
    readings = [_readings(chances[name]) for name in names]
    odds = slip / 9 / (1 - slip)
    factors = [_factor(rule, names, odds) for rule in rules]
    searched = _combinations(readings)
    weighed = [(chance * math.prod(factor(values) for factor in factors), values) for values, chance in searched]
    held = _held(searched, weighed)
    most, best = max(((weight, values) for weight, values in weighed if None not in values), key=lambda one: one[0])
    alike = _misread_alike([chances[name] for name in names], cast(_Values, best), factors)
    weighed = [(max(weight, most * alike(values)), values) for weight, values in weighed]
    everything = math.prod(sum(chance for _, chance in one) for one in readings)
    left_out = max(0.0, everything - sum(chance for _, chance in searched))
    by_chance = math.prod(min(1.0, coincidence(rule) + odds) for rule in rules)
    total = sum(weight for weight, _ in weighed) + left_out * by_chance
    chance_of = [sum(weight for weight, values in weighed if values[at] == value) for at, value in enumerate(best)]
    likeliest = dict(zip(names, cast(_Values, best), strict=True))
    return Joint(
        likeliest,
        {name: chance / total for name, chance in zip(names, chance_of, strict=True)},
        tuple(rule for rule in rules if not holds(rule, likeliest)),
        held,
        total * math.prod(max(chances[name].values()) for name in names),
    )


def _held(searched: Sequence[_Combination], weighed: Sequence[tuple[float, tuple[str | None, ...]]]) -> float:
    """How likely it is that all rules hold, of the combinations of listed readings. `weighed`: what the rules leave."""
    listed = [
        (left, chance) for (left, values), (_, chance) in zip(weighed, searched, strict=True) if None not in values
    ]
    total = sum(left for left, _ in listed)
    return sum(left for left, chance in listed if left >= chance) / total if total else 0.0


def _misread_alike(
    chances: Sequence[Chances], best: _Values, factors: Sequence[_Factor]
) -> Callable[[Sequence[str | None]], float]:
    """How likely another combination is beside the best, at least, where all that differs is one digit for another.

    Whoever writes one 1 like a 7 writes them all so: that two digits of two fields are misread in the same way is no
    coincidence of two, and a rule that holds either way says nothing. One of them is as unlikely as it is; the others
    follow.
    """
    lengths = [len(value) for value in best]

    def beside(other: Sequence[str | None]) -> float:
        if None in other or [len(value) for value in cast(_Values, other)] != lengths:
            return 0.0
        pairs: set[tuple[str, str]] = set()
        odds: list[float] = []
        for own, value, instead in zip(chances, best, cast(_Values, other), strict=True):
            if instead != value:
                differing = [pair for pair in zip(value, instead, strict=True) if pair[0] != pair[1]]
                pairs.update(differing)
                odds.append((own[instead] / max(own[value], 1e-6)) ** (1 / len(differing)))
        if len(pairs) != 1 or len(odds) < 2 or any(factor(other) < 1 for factor in factors):
            return 0.0
        return min(odds)

    return beside


def _readings(chances: Chances, *, least: float = 1e-6) -> _Readings:
    """Also what is not listed, as one reading."""
    likely = sorted(chances.items(), key=lambda item: -item[1])
    scale = max(likely[0][1], least)
    rest = max(0.0, 1 - sum(chances.values()))
    return [*((value, chance / scale) for value, chance in likely), (None, max(rest, least) / scale)]


def _factor(rule: Rule, names: Sequence[str], odds: float) -> _Factor:
    """How much the rule takes off a combination of readings of these fields; many have the same of the rule's own."""
    places = [names.index(name) for name in rule.fields]

    @cache
    def own(*values: str | None) -> float:
        if None in values:
            return min(1.0, coincidence(rule) + odds)
        return 1.0 if holds(rule, dict(zip(rule.fields, cast(_Values, values), strict=True))) else odds

    return lambda values: own(*[values[place] for place in places])


def _combinations(readings: Sequence[_Readings], *, least: float = 1e-7, most: int = 4000) -> list[_Combination]:
    """Every way to take one reading of each field with at least the chance `least`, relative to the likeliest.

    Where there are more than `most`, the floor is raised tenfold until there are not: never minutes. The likeliest
    listed reading of each field is always among them.
    """
    likeliest = tuple(one[0][0] for one in readings), math.prod(one[0][1] for one in readings)
    ceilings = [1.0]
    for one in reversed(readings):
        ceilings.append(ceilings[-1] * max(chance for _, chance in one))
    ceilings.reverse()
    while least < 1:
        found = list(islice(_walk(readings, ceilings, least * ceilings[0]), most + 1))
        if len(found) <= most:
            return found if likeliest in found else [*found, likeliest]
        least *= 10
    return [likeliest]


def _walk(readings: Sequence[_Readings], ceilings: Sequence[float], floor: float) -> Iterator[_Combination]:
    """Depth first. `ceilings[i]`: the most that fields i and later can bring."""
    stack: list[_Combination] = [((), 1.0)]
    while stack:
        taken, chance = stack.pop()
        if len(taken) == len(readings):
            yield taken, chance
            continue
        ceiling = ceilings[len(taken) + 1]
        stack += [
            ((*taken, value), chance * own) for value, own in readings[len(taken)] if chance * own * ceiling >= floor
        ]


def likely_values(cells: Iterable[Mapping[str, float]], *, most: int = 12, least: float = 1e-4) -> dict[str, float]:
    """The likeliest readings of a row of cells, each a mapping of what it may add to the value -> probability."""
    found = {"": 1.0}
    for cell in cells:
        longer: defaultdict[str, float] = defaultdict(float)
        for start, so_far in found.items():
            for part, chance in cell.items():
                if so_far * chance >= least:
                    longer[start + part] += so_far * chance
        found = dict(sorted(longer.items(), key=lambda item: -item[1])[:most])
    return found
