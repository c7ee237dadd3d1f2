"""One value that a strip may hold, and how well each reader likes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from formreader.strips.pieces import Ink


@dataclass(frozen=True, slots=True)
class Worth:
    """One value that a strip may hold, and how well each reader likes it (logarithms)."""

    value: str
    text: str
    """Its likeliest spelling, with the network's marks (`ctc.SYMBOLS`) where it names it."""
    whole: float
    pieces: float
    usual: float
    """How usual the spelling is."""
    common: float
    """How common the value is."""
    digits: tuple[tuple[float, float], ...] = field(default=())
    """Of each digit, alone or as one of zeros that hang together: the probabilities that it is this one, and none. A
    hundred that cents stand over is one however it is written.
    """
    drawn: tuple[Ink, ...] = field(default=(), compare=False, repr=False)
    """The ink of each digit, but of zeros that hang together and of a hundred under cents."""
    beside: tuple[Ink, ...] = field(default=(), compare=False, repr=False)
    """The ink of these."""
    passed_over: tuple[float, float] = (1.0, 1.0)
    """Size of the largest piece that has no part in it, before the first digit and behind it, in digits' heights."""
    missed_mark: bool = False
    """What looks like a mark between two digits, and would make it another amount or none, has no part in it."""
    point_before: bool = False
    """What looks like a point before the first digit has no part in it."""
    raised_cents: bool = False
    """The two digits before a stroke are small and high, as cents over a hundred are."""
    zero_like_closing: float = 0.0
    """How likely the dash right behind its last digit is a 0 by the digit CNN."""
    comma_like_one: float = 0.0
    """How much better one of its ones fits a comma than a 1, see `Way.comma_like_one`."""
    mark_like_digit: float = 0.0
    """How likely one of its marks is a digit by the digit CNN."""

    @property
    def poorest(self) -> float:
        """How likely the digit CNN finds the digit that it doubts most."""
        return min((own for own, _ in self.digits), default=1.0)

    @property
    def by_whole(self) -> float:
        """How well the strip network likes it; of how usual such spellings are only so much that a doubt stays."""
        return self.whole + self.usual / 4

    @property
    def by_pieces(self) -> float:
        """How well the lattice likes it, in the same way."""
        return self.pieces + self.usual / 4

    @property
    def seen(self) -> float:
        """How well it fits what is seen."""
        return self.whole + self.pieces + self.usual / 4

    @property
    def likely(self) -> float:
        """The same, and how usual and common it is. The network boasts where a hand is strange to it."""
        return 0.7 * self.whole + self.pieces + self.usual + self.common


def ones_are_no_commas(best: Worth, worths: Sequence[Worth], *, comma: float = -3.5, behind: float = 5.0) -> bool:
    """Whether none of its ones fits a `comma` better than this, or all values without one of them are far `behind`.

    Of 1,080 commas in amounts written anew onto cheques none that groups the digits alone is as likely a 1 to both
    readers, less by 4. Of 20 amounts of five digits without a mark 17 are so far ahead.
    """
    without = re.compile(best.value.replace("1", "1?"))
    rivals = [best.seen - other.seen for other in worths if other is not best and without.fullmatch(other.value)]
    return best.comma_like_one < comma or (bool(rivals) and min(rivals) >= behind)
