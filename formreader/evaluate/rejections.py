"""What was rejected: on purpose, as the paper says no value or contradicts itself, or although it could be read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formreader.evaluate.outcome import Outcome


@dataclass(frozen=True)
class Rejections:
    """Of the fields with known truth. What must be rejected is not counted in any read rate."""

    sound: int
    """Fields that may be accepted."""
    sound_rejected: int
    unsound: int
    """Fields that must be rejected: nobody can read them, or the writer's own mistake contradicts them."""
    unsound_rejected: int
    reasons: Mapping[str, tuple[int, int]]
    """Reason -> of the first and of the second how many have it; a field may have several. Most of the first lead."""

    @property
    def words(self) -> str:
        """In one line."""
        most = ", ".join(f"{count} {reason}" for reason, (count, _) in self.reasons.items() if count)
        return (
            f"rejected: {self.sound_rejected} of {self.sound} fields that may be accepted"
            + (f" ({most})" if most else "")
            + f", {self.unsound_rejected} of {self.unsound} that must not"
        )


def rejections(outcomes: Iterable[Outcome]) -> Rejections:
    """Count them; whatever is not accepted counts as rejected, fields of pages that failed too."""
    all_of: Counter[bool] = Counter()
    rejected: Counter[bool] = Counter()
    reasons: Counter[tuple[str, bool]] = Counter()
    for outcome in outcomes:
        must = outcome.must_reject
        all_of[must] += 1
        if not outcome.accepted:
            rejected[must] += 1
            reasons.update((reason, must) for reason in outcome.reasons if not reason.startswith("unchecked:"))
    names = sorted({reason for reason, _ in reasons}, key=lambda name: (-reasons[name, False], name))
    return Rejections(
        sound=all_of[False],
        sound_rejected=rejected[False],
        unsound=all_of[True],
        unsound_rejected=rejected[True],
        reasons={name: (reasons[name, False], reasons[name, True]) for name in names},
    )
