"""Rules inside the decision: what a page's fields most probably say together, when its rules are known.

Each field brings the ways to read it, with the probability that each is what stands on the paper. The writer obeys a
rule or, rarely, makes a slip that breaks it: a wrong sum, a miscopied number. So a combination of readings that breaks
a rule is not impossible but less likely by `slip`, and what all rules leave is normalized (Bayes). Fields that share no
rule, directly or through others, do not know of each other and are decoded apart.

The search is exact down to a floor of probability: field by field, and a combination is left where even its best end
lies below the floor. What lies below is granted what a coincidence is, against.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from formreader.decide.rules import coincidence, holds, number
from formreader.records import Flags, Floats, Ints
from formreader.template import Rule, SumRule

Chances = Mapping[str, float]
"""The likely values of one field and their probabilities, which need not add up to 1."""

_Readings = Sequence[tuple[str | None, float]]
"""Of one field, likeliest first: value (None, the last, is anything else) and its chance over that of the likeliest."""

_Values = Sequence[str | None]


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


def decode(rules: Sequence[Rule], chances: Mapping[str, Chances], *, slip: float = 0.05, placed: bool = False) -> Joint:
    """The fields of one group of rules, decoded together.

    `slip`: how often a writer breaks a rule. A slip is mostly one wrong digit, one of nine, so a combination that
    breaks a rule is less likely than one that holds it by `slip` / 9, and by so much for each rule that it breaks.
    `placed`: a sum's slip is in any one place of its result, and so by as many less likely to be just the one seen.
    """
    names = list(dict.fromkeys(name for rule in rules for name in rule.fields))
    readings = [_readings(chances[name]) for name in names]
    odds = slip / 9 / (1 - slip)
    taken, chance = _combinations(readings)
    left = np.prod([_factors(rule, taken, names, readings, odds, placed=placed) for rule in rules], axis=0)
    listed = (taken < [len(one) - 1 for one in readings]).all(1)
    weights = chance * left
    held = _held(chance[listed], weights[listed])
    best = int(np.where(listed, weights, -1.0).argmax())
    alike = _misread_alike(readings, [chances[name] for name in names], taken, best, listed & (left == 1))
    weights = np.maximum(weights, weights[best] * alike)
    everything = math.prod(sum(chance for _, chance in one) for one in readings)
    left_out = max(0.0, everything - sum(chance.tolist()))
    by_chance = math.prod(min(1.0, coincidence(rule) + odds) for rule in rules)
    total = sum(weights.tolist()) + left_out * by_chance
    chance_of = [sum(weights[same].tolist()) for same in (taken == taken[best]).T]
    likeliest = {name: str(one[at][0]) for name, one, at in zip(names, readings, taken[best].tolist(), strict=True)}
    return Joint(
        likeliest,
        {name: chance / total for name, chance in zip(names, chance_of, strict=True)},
        tuple(rule for rule in rules if not holds(rule, likeliest)),
        held,
        total * math.prod(max(chances[name].values()) for name in names),
    )


def _held(chance: Floats, left: Floats) -> float:
    """How likely it is that all rules hold, of the combinations of listed readings. `left`: what the rules leave."""
    total = sum(left.tolist())
    return sum(left[left >= chance].tolist()) / total if total else 0.0


def _misread_alike(
    readings: Sequence[_Readings], chances: Sequence[Chances], taken: Ints, best: int, sound: Flags
) -> Floats:
    """(m,) how likely each combination is beside the best, at least, where all that differs is one digit for another.

    Whoever writes one 1 like a 7 writes them all so: that two digits of two fields are misread in the same way is no
    coincidence of two, and a rule that holds either way says nothing. One of them is as unlikely as it is; the others
    follow. `sound`: (m,) whether all rules hold.
    """
    alike = np.zeros(len(taken))
    several = np.count_nonzero(taken != taken[best], axis=1) > 1
    for row in np.flatnonzero(sound & several).tolist():
        pairs: set[tuple[str, str]] = set()
        odds: list[float] = []
        for one, own, at, other in zip(readings, chances, taken[best].tolist(), taken[row].tolist(), strict=True):
            value, instead = str(one[at][0]), str(one[other][0])
            if len(value) != len(instead):
                break
            if instead != value:
                differing = [pair for pair in zip(value, instead, strict=True) if pair[0] != pair[1]]
                pairs.update(differing)
                odds.append((own[instead] / max(own[value], 1e-6)) ** (1 / len(differing)))
        else:
            alike[row] = min(odds) if len(pairs) == 1 else 0.0
    return alike


def _readings(chances: Chances, *, least: float = 1e-6) -> _Readings:
    """Also what is not listed, as one reading."""
    likely = sorted(chances.items(), key=lambda item: -item[1])
    scale = max(likely[0][1], least)
    rest = max(0.0, 1 - sum(chances.values()))
    return [*((value, chance / scale) for value, chance in likely), (None, max(rest, least) / scale)]


def _factors(
    rule: Rule, taken: Ints, names: Sequence[str], readings: Sequence[_Readings], odds: float, *, placed: bool
) -> Floats:
    """(m,) what the rule takes off each combination of readings of these fields, 1 where it holds."""
    places = [names.index(name) for name in rule.fields]
    values, which = [[value for value, _ in readings[place]] for place in places], taken[:, places]
    listed = (which < [len(one) - 1 for one in values]).all(1)
    broken = odds / _sums_places(values[-1])[which[:, -1]] if placed and isinstance(rule, SumRule) else odds
    hold = _sums_hold(values, which) if isinstance(rule, SumRule) else _hold(rule, values, which)
    return np.where(listed, np.where(hold, 1.0, broken), min(1.0, coincidence(rule) + odds))


def _hold(rule: Rule, values: Sequence[_Values], which: Ints) -> Flags:
    """(m,) whether the rule holds for each choice of its fields' values; many have the same of them."""
    fields = rule.fields

    @cache
    def hold(*each: int) -> bool:
        return holds(rule, {name: own[at] or "" for name, own, at in zip(fields, values, each, strict=True)})

    if len(fields) == 1:
        return np.array([hold(at) for at in range(len(values[0]))], np.bool_)[which[:, 0]]
    return np.array([hold(*each) for each in which.tolist()], np.bool_)


def _sums_hold(values: Sequence[_Values], which: Ints) -> Flags:
    """The same of a sum, whose result is the last of its fields, for all at once: there may be thousands."""
    *parts, result = (
        np.array([number(value or "") for value in own])[at] for own, at in zip(values, which.T, strict=True)
    )
    return np.asarray(sum(parts) == result, np.bool_)


def _sums_places(results: _Values) -> Ints:
    """In how many places each of these results of a sum has a digit; 1 at least."""
    return np.array([max(1, len((one or "").replace(".", "").lstrip("0"))) for one in results])


def _combinations(readings: Sequence[_Readings], *, least: float = 1e-7, most: int = 4000) -> tuple[Ints, Floats]:
    """Every way to take one reading of each field with at least the chance `least`, relative to the likeliest: (m, k)
    which of its readings each field has, and (m,) their chances multiplied.

    Where there are more than `most`, the floor is raised tenfold until there are not: never minutes. The likeliest
    listed reading of each field is always among them.
    """
    chances = [np.array([chance for _, chance in one]) for one in readings]
    ceilings = [1.0]
    for one in reversed(chances):
        ceilings.append(ceilings[-1] * float(one.max()))
    ceilings.reverse()
    likeliest = np.zeros((1, len(readings)), int), np.array([math.prod(one[0][1] for one in readings)])
    while least < 1:
        found = _above(chances, ceilings, least * ceilings[0], most)
        if found is not None:
            added = not (found[0] == 0).all(1).any()
            return (np.concatenate([found[0], likeliest[0]]), np.append(*found[1:], likeliest[1])) if added else found
        least *= 10
    return likeliest


def _above(chances: Sequence[Floats], ceilings: Sequence[float], floor: float, most: int) -> tuple[Ints, Floats] | None:
    """Those of at least the chance `floor`, the likeliest last; None where there are more than `most`.

    `ceilings[i]`: the most that fields i and later can bring.
    """
    taken, chance = np.zeros((1, 0), int), np.ones(1)
    for own, ceiling in zip(chances, ceilings[1:], strict=True):
        longer = chance[:, None] * own
        before, reading = np.nonzero(longer * ceiling >= floor)
        if len(before) > most:
            return None
        taken, chance = np.concatenate([taken[before], reading[:, None]], 1), longer[before, reading]
    return taken[::-1], chance[::-1]


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
