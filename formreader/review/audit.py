"""The true silent error rate: accepted fields that people typed blind, run after run.

Each review keeps one line of its own in a ledger, which is a table that people may read; reviewing on replaces that
line, so that no run counts twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from formreader.intervals import clopper_pearson
from formreader.review.store import Review
from formreader.table import read_table, write_table

COLUMNS = ("run", "results", "template", "audited", "decided", "wrong", "illegible", "reviewers", "at")

LEDGER = "formreader-audit.csv"


@dataclass(frozen=True, slots=True)
class SilentError:
    """An accepted field that a person, who did not see the reading, reads otherwise."""

    file: str
    page: str
    field: str
    machine: str
    person: str
    """Empty where blank; `illegible` where a person cannot read it either."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit says of one run, or of several."""

    audited: int
    """Fields that were to be typed blind."""
    decided: int
    wrong: int
    """Read otherwise by a person, or illegible to one: neither should have been accepted."""
    illegible: int = 0
    errors: tuple[SilentError, ...] = ()

    @property
    def rate(self) -> float | None:
        """Share of the decided ones that were wrong; None where none is decided."""
        return self.wrong / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """Of the true rate, 95 %, exact."""
        return clopper_pearson(self.wrong, self.decided)

    @property
    def words(self) -> str:
        """For people."""
        if not self.audited:
            return "no field is audited"
        if self.rate is None:
            return f"none of {self.audited} audited fields is decided yet"
        low, high = self.interval
        return (
            f"{self.wrong} of {self.decided} audited fields were silent errors: {self.rate:.2%} "
            f"(95 % interval {low:.2%} to {high:.2%}; {self.audited - self.decided} still to decide)"
        )


def audit(review: Review) -> Audit:
    """The audited fields of this review, against what people decided."""
    audited = [row for row, _ in review.rows() if row["asked"] == 2]
    decided = [row for row in audited if row["state"] == "done"]
    errors = tuple(
        SilentError(
            row["file"],
            row["page"],
            row["field"],
            row["value"],
            "illegible" if row["final_status"] == "rejected" else row["final_value"],
        )
        for row in decided
        if (row["final_status"], row["final_value"]) != (row["status"], row["value"])
    )
    illegible = sum(row["final_status"] == "rejected" for row in decided)
    return Audit(len(audited), len(decided), len(errors), illegible, errors)


def enter(review: Review, found: Audit, ledger: Path, *, template: str, now: str) -> Audit:
    """Write this review's line in the ledger; all of its lines together. TableError where the ledger is no good."""
    lines = read_table(ledger, COLUMNS) if ledger.exists() else []
    own = {
        "run": review.run,
        "results": review.results.name,
        "template": template,
        "audited": str(found.audited),
        "decided": str(found.decided),
        "wrong": str(found.wrong),
        "illegible": str(found.illegible),
        "reviewers": ";".join(review.reviewers()),
        "at": now,
    }
    lines = [line for line in lines if line["run"] != review.run] + [own]
    write_table(lines, ledger, COLUMNS)
    return together(line for line in lines if line["template"] == template)


def together(lines: Iterable[dict[str, str]]) -> Audit:
    """Several runs of one template as one audit."""
    own = list(lines)
    audited, decided, wrong, illegible = (
        sum(int(line[name] or 0) for line in own) for name in ("audited", "decided", "wrong", "illegible")
    )
    return Audit(audited, decided, wrong, illegible)
