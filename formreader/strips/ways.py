"""A way to see a spelling in a strip's ink, piece by piece: its digits, its marks, and what is taken for nothing."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from formreader.strips.pieces import Ink
from formreader.strips.zeros import ZEROS


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two cuts."""

    start: int
    end: int
    """Numbers of the cuts; all cuts of a strip are numbered from left to right."""
    signs: Mapping[str, float]
    """A score for each sign that it may be; `""` for nothing, `/-` for both at once."""
    chances: tuple[float, ...]
    """Probability of each digit 0 to 9 by the digit CNN; what they lack to 1 is that it is none."""
    size: float
    """Its longer side, as a share of the height of the digits around it."""
    ink: Ink
    top: int = 0
    """Its first row, in pixels of the strip."""
    zeros: tuple[float, ...] = ()
    """Probability that it is each of `zeros.ZEROS`."""

    def sure_of(self, sign: str) -> list[tuple[float, float]]:
        """Of each digit of a sign that it may be: probabilities that it is this one, and that it is none."""
        if sign in ZEROS:
            chance = self.zeros[ZEROS.index(sign)]
            return [(chance, 1 - chance)] * len(sign)
        return [(self.chances[int(sign)], 1 - sum(self.chances))]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to see a spelling in a strip, from its left end on."""

    score: float
    sign: str = ""
    part: Part | None = None
    before: "Way | None" = None

    def steps(self) -> list[tuple[str, Part]]:
        """Each sign and its part, from left to right."""
        own = [] if self.part is None else [(self.sign, self.part)]
        return [*(self.before.steps() if self.before else []), *own]

    def _digits(self) -> tuple[list[tuple[str, Part]], list[tuple[str, Part]]]:
        """The steps with digits, and those of the hundred that cents stand over: it is one however it is written."""
        steps = [(sign, part) for sign, part in self.steps() if sign]
        over = "".join(sign for sign, _ in steps).endswith("/100")
        own = list(takewhile(lambda step: step[0] != "/", steps)) if over else steps
        return [step for step in own if step[0].isdigit()], steps[len(own) + 1 :]

    def digits(self) -> tuple[tuple[float, float], ...]:
        """Of each digit from left to right: probabilities that it is this one, and that it is none."""
        own, hundred = self._digits()
        return (
            *(one for sign, part in own for one in part.sure_of(sign)),
            *[(1.0, 0.0) for sign, _ in hundred for _ in sign],
        )

    def drawn(self) -> tuple[Ink, ...]:
        """The ink of each digit from left to right, but of zeros that hang together and of a hundred under cents."""
        return tuple(part.ink for sign, part in self._digits()[0] if sign not in ZEROS)

    def beside(self) -> tuple[Ink, ...]:
        """The ink of these."""
        own, hundred = self._digits()
        return tuple(part.ink for sign, part in [*(step for step in own if step[0] in ZEROS), *hundred])

    def likelier(self) -> str:
        """Each digit from left to right, or the one that the digit CNN likes better in its place."""
        return "".join(
            sign if sign in ZEROS else str(max(range(10), key=part.chances.__getitem__))
            for sign, part in self._digits()[0]
        )

    def passed_over(self, *, closed: bool = True) -> tuple[float, float]:
        """Size of the largest part without a sign, or hardly alike its mark: before the first digit, and behind it.

        `closed`: the strip network sees a closing mark; else it must look like one, and is no lone stroke behind cents.
        """
        steps = self.steps()
        digits = [at for at, (sign, _) in enumerate(steps) if sign.isdigit()] or [len(steps)]
        sizes = [part.size if _unexplained(sign, part, -6.4) else 0.0 for sign, part in steps]
        if not closed:
            cents = re.search(r",\d\d/$", "".join(sign for sign, _ in steps))
            behind = steps[digits[-1] + 1 :]
            sizes += [part.size for sign, part in behind if _unexplained(sign, part, math.inf if cents else -3.0)]
        return max(sizes[: digits[0]], default=0.0), max(sizes[digits[0] :], default=0.0)

    def mark_like_digit(self, *, tall: float = 0.6) -> float:
        """How likely the digit CNN finds it that one of the marks is a digit; not a 1 or 7, which a stroke may be, and
        a point or comma only where it is `tall`, as a share of the digits' height.
        """
        others = [
            (sign == "," and part.size > tall, part) for sign, part in self.steps() if sign and not sign.isdigit()
        ]
        return max(
            (
                chance
                for strict, part in others
                for digit, chance in enumerate(part.chances)
                if strict or digit not in (1, 7)
            ),
            default=0.0,
        )

    def comma_like_one(self) -> float:
        """How much better one of its ones fits a comma than a 1, a difference of scores; most are below -5.5, and of
        363 commas the least has -2.8.
        """
        ones = [part.signs for sign, part in self.steps() if sign == "1"]
        return max((signs[","] - signs["1"] for signs in ones), default=-math.inf)

    def zero_like_closing(self) -> float:
        """How likely the digit CNN finds what closes right behind the last digit to be a 0: many write it flat."""
        steps = [(sign, part) for sign, part in self.steps() if sign]
        last = max((at for at, (sign, _) in enumerate(steps) if sign.isdigit()), default=len(steps))
        return next((part.chances[0] for sign, part in steps[last + 1 : last + 2] if sign != "/"), 0.0)

    def raised_cents(self, *, small: float = 0.85, high: float = 0.12) -> bool:
        """Whether the last two digits are `small` beside those before them, and stand so `high` above their foot, both
        in their heights, as cents over a hundred do.
        """
        rows = [(part.top, part.top + len(part.ink)) for sign, part in self._digits()[0] for _ in sign]
        if len(rows) < 3:
            return False
        top, foot = np.median(rows[:-2], axis=0)
        own_top, own_foot = np.mean(rows[-2:], axis=0)
        return bool(own_foot - own_top < small * (foot - top) and foot - own_foot > high * (foot - top))

    def point_before(self) -> bool:
        """Whether what is taken for nothing, or a dash, before the first digit looks more like a point or comma."""
        steps = self.steps()
        first = next((at for at, (sign, _) in enumerate(steps) if sign.isdigit()), 0)
        return any(part.signs[","] > part.signs[sign] for sign, part in steps[:first])

    def with_missed_marks(self) -> list[str]:
        """The body as it is seen with one more mark, or all of them, where what is taken for nothing between two digits
        looks more like a point or comma; none where nothing does.
        """
        steps = self.steps()
        digits = [at for at, (sign, _) in enumerate(steps) if sign.isdigit()]
        inside = range(digits[0], digits[-1]) if digits else range(0)
        marks = [at for at in inside if not steps[at][0] and steps[at][1].signs[","] > steps[at][1].signs[""]]
        each = [[at] for at in marks] + ([marks] if len(marks) > 1 else [])
        last = digits[-1] + 1 if digits else 0
        return ["".join("," if at in own else steps[at][0] for at in range(last)) for own in each]


def _unexplained(sign: str, part: Part, least: float) -> bool:
    return not sign or (sign in {"-", "/", "/-"} and part.signs[sign] < least)
