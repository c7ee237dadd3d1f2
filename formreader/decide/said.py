"""What a field without cells says by itself: a value, how likely it is, and what else it may be.

It stands among the `written.Row`s of a page where rules are heard. Its digits have no places of their own, so that only
whole values are known, and a rule says nothing where there is more in doubt than which of them it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from formreader.decide.rules import holds
from formreader.decide.written import CLEAR, DOUBTED
from formreader.records import FieldReading
from formreader.template import Field, Rule

_CLEARABLE = frozenset({"touches_frame", "stroke_or_one"})
"""Doubts that a rule answers: some of it may be missing, a digit may be a stroke."""
_REPLACED, _MORE, _LESS = "replaced", "more", "less"
_MAY_BE: Mapping[str, tuple[str, ...]] = {
    "overwritten": (_REPLACED, _LESS),
    "struck_through": (_REPLACED, _LESS),
    "stroke_or_one": (_REPLACED, _LESS),
    "touches_frame": (_REPLACED, _MORE),
    "point": (_MORE,),
    "no_point": (),
    "ambiguous_amount": (),
}
"""Doubts of what for the most part is what it looks like, and what may be true of one digit then: it is another, there
is one more, or it is none. An amount's point may be elsewhere, whatever the doubt.
"""


@dataclass(frozen=True)
class Said:
    """One field without cells as read."""

    field: Field
    value: str
    alone: float
    """Probability that the value is right."""
    doubts: tuple[str, ...]
    """Reason codes that do not depend on how sure it is."""
    raw: str
    digit_confidences: tuple[float, ...]
    others: Mapping[str, float]
    """What else it may say, and the share of each in what is left beside `alone`; in all at most 1."""

    @classmethod
    def of(cls, field: Field, reading: FieldReading, likely: Mapping[str, float]) -> "Said":
        """`reading`: by itself. `likely`: the values that it may have, its own too, and how likely each looks."""
        rest = max(1 - likely.get(reading.value, 0.0), 1e-9)
        others = {value: chance / rest for value, chance in likely.items() if value != reading.value}
        doubts = tuple(code for code in reading.reasons if code != "low_confidence")
        sure = reading.digit_confidences
        return cls(field, reading.value, reading.confidence, doubts, reading.raw, sure, others)

    @property
    def chances(self) -> dict[str, float]:
        """The likeliest values, and how likely each is."""
        return {self.value: self.alone, **{value: (1 - self.alone) * share for value, share in self.others.items()}}

    def supposed(self) -> dict[str, float]:
        """The same where, as it is doubted, it is well something else."""
        return {value: (1 - DOUBTED * bool(self.doubts)) * chance for value, chance in self.chances.items()}

    @property
    def clearable(self) -> bool:
        """Whether nothing speaks against it but what a rule may answer."""
        return not self.doubts or (_CLEARABLE.issuperset(self.doubts) and self.alone >= CLEAR)

    @property
    def legible(self) -> bool:
        """Whether it is more or less clear by itself, or nothing is doubtful but which of two values it has."""
        return self.alone >= 0.7 or sum(sorted(self.chances.values())[-2:]) >= CLEAR

    def may_be(self, value: str, *, clear: float = 0.9) -> bool:
        """Whether the paper leaves room for this value: it differs in no digit that is `clear` by itself."""
        own, other = _digits(self.value), _digits(value)
        sure = self.digit_confidences
        return len(own) == len(other) == len(sure) and all(
            one == instead or least < clear for one, instead, least in zip(own, other, sure, strict=True)
        )

    @property
    def unknown(self) -> bool:
        """Whether it may say anything: it is doubted for what stands beside it, or hardly what it looks like."""
        return self.alone < 0.5 or not _MAY_BE.keys() >= set(self.doubts)

    def near(self) -> set[str]:
        """What it may say where it is doubted: the likeliest, what a digit more, less or another makes of it."""
        spelt = {*self._respelt(), _digits(self.value), _digits(self.raw)} - {""}
        if self.field.kind == "amount":
            spelt = {str(Decimal(one).scaleb(-(self.field.decimals or 0))) for one in spelt}
        return {self.value, *self.others, *spelt}

    def _respelt(self) -> Iterator[str]:
        digits, may = _digits(self.value), {one for code in self.doubts for one in _MAY_BE[code]}
        for at in range(len(digits) + 1):
            if _LESS in may:
                yield digits[:at] + digits[at + 1 :]
            for one in "0123456789":
                if _REPLACED in may:
                    yield digits[:at] + one + digits[at + 1 :]
                if _MORE in may:
                    yield digits[:at] + one + digits[at:]


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


def silent(rules: Sequence[Rule], values: Mapping[str, str], strips: Mapping[str, Said]) -> list[Rule]:
    """The rules that say nothing: they do not hold for what is read, but may for a field without cells that is doubted.

    `values`: of all fields. Where two are doubted, anything may be.
    """
    doubted = {name: one for name, one in strips.items() if one.doubts or one.unknown}

    def may_hold(rule: Rule) -> bool:
        own = [name for name in rule.fields if name in doubted]
        if len(own) > 1 or any(doubted[name].unknown for name in own):
            return True
        return any(holds(rule, {**values, name: value}) for name in own for value in doubted[name].near())

    return [rule for rule in rules if not holds(rule, values) and may_hold(rule)]
