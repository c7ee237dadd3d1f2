"""Which fields of a page a broken rule speaks against: all of the rule's, but for what the paper itself clears.

The truth of simulated forms goes by this.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from formreader.decide.rules import Values, holds
from formreader.template import Rule, SumRule


def contradicted(rules: Sequence[Rule], values: Values, illegible: Mapping[str, Sequence[str]]) -> set[str]:
    """The fields that must be rejected for a rule which does not hold.

    `illegible`: all that a field may say which nobody can read; nothing where it may say anything. A rule that may
    hold for what nobody can read is not seen to be broken. Cleared is the result of a sum that holds, of the sums
    that it is added up in.
    """
    broken = [rule for rule in rules if not _may_hold(rule, values, illegible)]
    sums = [rule for rule in rules if isinstance(rule, SumRule) and rule not in broken]
    right = {rule.equals for rule in sums if illegible.keys().isdisjoint(rule.fields)}
    return {name for rule in broken for name in rule.fields if not _cleared(rule, name, right)}


def _may_hold(rule: Rule, values: Values, illegible: Mapping[str, Sequence[str]]) -> bool:
    unread = [name for name in rule.fields if name in illegible]
    if any(not illegible[name] for name in unread):
        return True
    choices = product(*(illegible[name] for name in unread))
    return any(holds(rule, {**values, **dict(zip(unread, choice, strict=True))}) for choice in choices)


def _cleared(rule: Rule, name: str, right: set[str]) -> bool:
    return isinstance(rule, SumRule) and name in right and name != rule.equals
