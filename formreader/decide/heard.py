"""A page's fields with their rules heard: confirmed, cleared, repaired, at odds, or beside one that nobody can read.

The rules make surer what they confirm, and may say which of two likely digits a cell holds. They never overrule what is
plain on the paper: where every digit is clear and a rule does not hold, the writer erred, and all its fields are
rejected. What they confirm is cleared of a doubt whether all of a digit is seen, not of one whether it is one digit.

Two kinds of fields of a broken rule are not rejected:

- One beside a field with an illegible cell, or with a digit that is not sure, where something in that cell would make
  the rule hold. The rule says nothing then: the field stands by itself, as `unchecked`. A doubted digit most probably
  is what it looks like; the field is as much less sure as it is likely that the writer erred.
- A sum's result that is right, where it is added up in the broken one: what is wrong there is another field.
"""

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from formreader.decide.joint import Joint, decode, groups
from formreader.decide.rules import broken_rules
from formreader.decide.said import Said
from formreader.decide.written import Row
from formreader.template import CHECKING, DateRule, Rule, SumRule

Rows = Mapping[str, Row | Said]


@dataclass(frozen=True)
class Verdict:
    """One field, its rules heard."""

    value: str
    confidence: float
    reasons: tuple[str, ...] = ()
    """Rules that do not hold."""
    says: tuple[str, ...] = ()
    """What does not speak against it: `repaired:RULE` where the value is not the likeliest by its digits alone,
    `unchecked:RULE` where a field beside it is illegible, `cleared:RULE` where it answers what speaks against it."""

    @property
    def cleared(self) -> bool:
        return any(one.startswith("cleared:") for one in self.says)


@dataclass(frozen=True)
class Sure:
    """How likely each field's value must at least be."""

    repaired: Mapping[str, float]
    cleared: Mapping[str, float]

    def of_repair(self, broken: Sequence[Rule], name: str) -> float:
        """By these rules, which are broken. Sums hold by chance in one of hundreds, check digits in one of ten: a sum
        says as surely what a doubtful digit is as that one is no other.
        """
        by_sum = any(isinstance(rule, SumRule) and name in rule.fields for rule in broken)
        return (self.cleared if by_sum else self.repaired)[name]


def heard(rules: Sequence[Rule], rows: Rows, sure: Sure) -> dict[str, Verdict]:
    """The fields of one group of rules.

    A repair that would not be accepted is none: the fields beside it stand by themselves, or are rejected too.
    """
    read = {name: row.value for name, row in rows.items()}
    if not any(read.values()):
        return {}
    broken = list(broken_rules(rules, read))
    chances, placed = {name: row.chances for name, row in rows.items()}, not _open(rows)
    joint = decode(rules, chances, placed=placed)
    changed = [name for name in rows if joint.best[name] != read[name]]
    if not broken and not changed:
        confirmed = {name: Verdict(row.value, _confirmed(row, joint.chance[name])) for name, row in rows.items()}
        return confirmed | _cleared(rules, rows, sure.cleared)
    if (
        broken
        and not joint.broken
        and all(_repairable(rows[name], joint, sure.of_repair(broken, name)) for name in changed)
    ):
        return dict(_repaired(rows, joint, broken))
    looks = decode(rules, chances) if placed else joint
    return _at_odds(broken, rows) | _standing(rules, rows, broken, looks, sure)


def _standing(
    rules: Sequence[Rule], rows: Rows, broken: Sequence[Rule], joint: Joint, sure: Sure
) -> dict[str, Verdict]:
    """The fields that a broken rule does not reject: those beside a doubted digit, and results of sums that hold.

    `joint`: what they say, a slip taken for as likely as any, wherever it is: where a doubted digit might, but not
    surely, make up for one, of our own pen's pages more than half have one.
    """
    changed = {name for name, row in rows.items() if joint.best[name] != row.value and not joint.broken}
    beside = _beside_unread(rules, rows, changed, joint, sure) if broken else {}
    return beside or _results(rules, broken, rows, joint)


def _cleared(rules: Sequence[Rule], rows: Rows, sure: Mapping[str, float]) -> dict[str, Verdict]:
    """The fields whose doubts the rules answer: they hold for what is read, and would hardly for another digit.

    None where anything else speaks against one of them.
    """
    doubted = {name: row for name, row in rows.items() if row.doubts}
    if not doubted or not all(row.clearable and row.legible for row in doubted.values()):
        return {}
    joint = decode(rules, {name: row.supposed() if name in doubted else row.chances for name, row in rows.items()})
    if any(joint.best[name] != row.value for name, row in rows.items()):
        return {}
    verdicts = {}
    for name, row in doubted.items():
        by = [rule.name for rule in rules if isinstance(rule, CHECKING) and name in rule.fields]
        if by and joint.chance[name] >= sure[name]:
            verdicts[name] = Verdict(row.value, joint.chance[name], says=(f"cleared:{by[0]}",))
    return verdicts


def _repairable(row: Row | Said, joint: Joint, sure: float) -> bool:
    name = row.field.name
    return row.legible and row.may_be(joint.best[name]) and not row.doubts and joint.chance[name] >= sure


def _repaired(rows: Rows, joint: Joint, broken: Sequence[Rule]) -> Iterator[tuple[str, Verdict]]:
    for name, row in rows.items():
        if joint.best[name] == row.value:
            yield name, Verdict(row.value, _confirmed(row, joint.chance[name]))
        else:
            by = next((rule.name for rule in broken if name in rule.fields), broken[0].name)
            yield name, Verdict(joint.best[name], joint.chance[name], says=(f"repaired:{by}",))


def _confirmed(row: Row | Said, chance: float) -> float:
    """How likely the value is that its rules allow: only where it is legible by itself do they make it surer."""
    return max(row.alone, chance) if row.legible else row.alone


def _at_odds(broken: Sequence[Rule], rows: Rows) -> dict[str, Verdict]:
    """A broken rule leaves each of its fields as likely as it may be while one of them is wrong."""
    verdicts = {}
    for name, row in rows.items():
        own = [rule for rule in broken if name in rule.fields]
        chances = [_one_is_wrong(row.alone, math.prod(rows[other].alone for other in rule.fields)) for rule in own]
        reasons = tuple(f"rule:{rule.name}" for rule in own)
        verdicts[name] = Verdict(row.value, min([row.alone, *chances]), reasons)
    return verdicts


def _one_is_wrong(confidence: float, all_right: float) -> float:
    """Probability that a field is right, given that not all of those it was checked with are: Bayes."""
    return (confidence - all_right) / (1 - all_right) if all_right < 1 else 0.0


def _beside_unread(
    rules: Sequence[Rule], rows: Rows, changed: Set[str], looks: Joint, sure: Sure
) -> dict[str, Verdict]:
    """The fields beside those that nobody can read, or that most probably are to be `changed` but not surely enough.

    `looks`: what they all say as they look. Where none is illegible, only what is as sure as a repair.
    """
    illegible = _open(rows)
    if not illegible and not changed:
        return {}
    found = _beside(rules, rows, illegible | changed, looks)
    return {name: one for name, one in found.items() if illegible or one.confidence >= sure.repaired[name]}


def _open(rows: Rows) -> set[str]:
    """The fields of which nobody knows what they say. Where there is one, a slip besides is too easily explained."""
    return {name for name, row in rows.items() if isinstance(row, Row) and row.open}


def _beside(
    rules: Sequence[Rule], rows: Rows, unread: Set[str], looks: Joint, *, held: float = 0.5
) -> dict[str, Verdict]:
    """The legible fields, where something in the cells of the others makes all rules hold; none where nothing does.

    `held`: how likely that must be at least. That a scribble hides the digit which is wanted is likelier than that the
    writer erred; not that a clear digit beside it is another, too. `looks`: what they say as they look. The less a
    doubted digit resembles the wanted one, the likelier they say that, and each is less sure by as much.
    """
    said = {name: _may_say(rules, row) for name, row in rows.items()}
    joint = decode(rules, said) if _open(rows) else looks
    legible = rows.keys() - unread
    if joint.held < held or any(joint.best[name] != rows[name].value for name in legible):
        return {}
    hidden = max(0.0, 1 - _erred(rows, looks) / joint.evidence)
    apart = _apart(rules, rows, unread)
    verdicts = {}
    for name in legible:
        own = [rule for rule in rules if name in rule.fields]
        says = tuple(f"unchecked:{rule.name}" for rule in own if not unread.isdisjoint(rule.fields))
        checked = any(isinstance(rule, CHECKING) and unread.isdisjoint(rule.fields) for rule in own)
        chance = joint.chance[name]
        sure = _confirmed(rows[name], chance) if checked else min(apart.get(name, rows[name].alone), chance)
        verdicts[name] = Verdict(rows[name].value, hidden * sure, says=says)
    return verdicts


def _apart(rules: Sequence[Rule], rows: Rows, unread: Set[str]) -> dict[str, float]:
    """How sure the fields are by the rules that speak of none of the unread ones, as of how large a field may be."""
    found: dict[str, float] = {}
    for own in groups([rule for rule in rules if unread.isdisjoint(rule.fields)]):
        names = {name for rule in own for name in rule.fields}
        joint = decode(own, {name: rows[name].chances for name in names})
        same = all(joint.best[name] == rows[name].value for name in names)
        found |= {name: _confirmed(rows[name], joint.chance[name]) for name in names if same and not joint.broken}
    return found


def _erred(rows: Rows, joint: Joint) -> float:
    """The probability of what is seen, and that all doubted cells hold what they look like, but the writer erred."""
    return math.prod(row.seen for row in rows.values() if isinstance(row, Row)) * joint.evidence * (1 - joint.held)


def _may_say(rules: Sequence[Rule], row: Row | Said) -> Mapping[str, float]:
    """What a field may say, an illegible one too; of a year that is lacking, any of a century: all digits would be too
    many.
    """
    if not isinstance(row, Row) or not row.open:
        return row.chances
    for rule in rules:
        if isinstance(rule, DateRule) and row.lacking and rule.date[2:] == [row.field.name]:
            first = rule.earliest.year if rule.earliest else 1950
            years = range(first, (rule.latest.year if rule.latest else first + 100) + 1)[:101]
            return {str(year)[-rule.year_digits :]: 1 / len(years) for year in years}
    return row.believed()


def _results(rules: Sequence[Rule], broken: Sequence[Rule], rows: Rows, joint: Joint) -> dict[str, Verdict]:
    """The results of sums that hold, where the broken rules are sums that they are added up in."""
    sound = {name for name, row in rows.items() if not row.doubts and row.legible and joint.best[name] == row.value}
    sums = [rule for rule in rules if isinstance(rule, SumRule) and rule not in broken]
    verdicts = {}
    for name in {rule.equals for rule in sums if sound.issuperset(rule.fields)}:
        own = [rule for rule in broken if name in rule.fields]
        if own and all(isinstance(rule, SumRule) and rule.equals != name for rule in own):
            verdicts[name] = Verdict(rows[name].value, _confirmed(rows[name], joint.chance[name]))
    return verdicts
