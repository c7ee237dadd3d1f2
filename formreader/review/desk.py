"""The review as the web page asks for it: plain data in, plain data out. The server only carries it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from formreader.errors import UsageError
from formreader.records import Status
from formreader.review.audit import LEDGER, audit, enter
from formreader.review.gallery import SYMBOLS, CellLabel
from formreader.review.outcome import write_crops, write_reviewed
from formreader.review.pictures import Picture, Pictures
from formreader.review.questions import Filter, Question
from formreader.review.reasons import in_words
from formreader.review.rulecheck import NotAValueError, as_value, checks
from formreader.review.sources import Sources
from formreader.review.store import Review, beside
from formreader.template import Field

Data = dict[str, Any]


class Desk:
    """One reviewer at work. Safe to use from several threads."""

    def __init__(
        self,
        review: Review,
        sources: Sources,
        *,
        crops: Path | None = None,
        ledger: Path | None = None,
        control: Callable[[Path], Sequence[str]] = lambda _: (),
        listed: Callable[[str, str], str] = lambda *_: "",
    ) -> None:
        """`crops`: folder for corrected crops; `ledger`: table of audits. Both lie beside the results unless given.
        `control`: what else to say at the end of the reviewed table. `listed`: the amount that the batch list has for
        a file and page; empty where it has none.

        UsageError where none of the pages to look at is among the scans, or the template is of another form.
        """
        self.review = review
        self.review.rules = sources.template.rules
        self.review.in_cells = [field.name for field in sources.template.fields if field.size]
        self.sources = sources
        self.pictures = Pictures(sources)
        self.crops = crops or beside(review.results, ".corrections")
        self.ledger = ledger or review.results.with_name(LEDGER)
        self._finishing = threading.Lock()
        self._control = control
        self._listed = listed
        self._fields = {field.name: field for field in sources.template.fields}
        sources.require_form_of(review.choices()["fields"], review.results)
        self._notes = (*sources.notes, *sources.missing(review.pages()))

    def start(self) -> Data:
        """What the page needs to know once."""
        return {
            "results": self.review.results.name,
            "reviewer": self.review.reviewer,
            "two_people": self.review.two_people,
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind,
                    "cells": len(field.cells or ()),
                    "decimals": field.decimals,
                    "fill_marks": field.fill_marks,
                    "cheque": field.find == "cheque",
                }
                for field in self.sources.template.fields
            ],
            "choices": (choices := self.review.choices()),
            "reasons": {reason: in_words(reason) for reason in choices["reasons"]},
            "progress": asdict(self.review.progress()),
            "last": self.review.last_decision(),
            "notes": self._notes,
        }

    def questions(self, wanted: Filter, *, after: int | None, before: int | None, most: int) -> Data:
        """The next fields, or the ones before."""
        found = self.review.questions(wanted, after=after, before=before, most=min(most, 50))
        return {"questions": [self._question(asked) for asked in found]}

    def rules(self, field: int) -> Data:
        """How the rules stand with a field's value as it is now."""
        asked = self.review.question(field)
        return self._verdict(asked, asked.value)

    def draft(self, field: int, text: str, number: int) -> Data:
        """Keep what is typed; what it means and how the rules stand."""
        if len(text) > 200:
            raise UsageError("a value has at most 200 characters")
        self.review.draft(field, text, number)
        return self._verdict(self.review.question(field), text)

    def decide(self, field: int, text: str, status: str, *, version: int, token: str, milliseconds: int) -> Data:
        """Record a decision; what else is to be decided of the page because of it.

        UsageError where the value cannot stand in the table, or the field was decided since that `version` of it.
        """
        states: dict[str, Status] = {"read": "read", "blank": "blank", "rejected": "rejected"}
        if status not in states:
            raise UsageError(f"{status!r} is no decision")
        asked = self.review.question(field)
        try:
            value = as_value(self._field(asked), text) if status == "read" else ""
        except NotAValueError as error:
            raise UsageError(f"{text}: {error}") from None
        if status == "read" and not value:
            raise UsageError("there is no value; say that the field is blank")
        self.review.decide(field, value, states[status], token=token, milliseconds=milliseconds, version=version)
        besides = [self._question(one) for one in self.review.besides(asked.file, asked.page)]
        return {"progress": asdict(self.review.progress()), "besides": besides}

    def leave_page(self, field: int, *, token: str, milliseconds: int) -> Data:
        """Record that nobody can read the failed page of a field."""
        left = self.review.leave_page(field, token=token, milliseconds=milliseconds)
        return {"decided": len(left), "progress": asdict(self.review.progress())}

    def undo(self, token: str) -> Data:
        """Take a decision of this page back; the question that it answered, or the symbol of the gallery's screen.

        `before`: what the reviewer had decided before it, for whoever takes back more than the page has sent.
        """
        taken = self.review.undo(token) if token else None
        question = self._question(self.review.question(taken.field)) if taken else None
        of_gallery, before = (taken.gallery, taken.before) if taken else ("", "")
        progress = asdict(self.review.progress())
        return {"question": question, "gallery": of_gallery, "before": before, "progress": progress}

    def symbols(self) -> Data:
        """How many cells there are to look at, by symbol."""
        return {"symbols": {symbol: self.review.gallery_size(symbol) for symbol in SYMBOLS}}

    def gallery(self, symbol: str, *, after: tuple[int, int], most: int) -> Data:
        """The next screen of cells that were read as `symbol`."""
        found = self.review.gallery(symbol, after=after, most=min(most, 200))
        return {"tiles": [{**asdict(tile), "url": f"picture/cell/{tile.field}/{tile.cell}"} for tile in found]}

    def label(self, symbol: str, cells: Sequence[Mapping[str, Any]], *, token: str, milliseconds: int) -> Data:
        """Record what a screen of cells shows."""
        labels = [CellLabel(int(one["id"]), int(one["cell"]), str(one["label"])) for one in cells]
        if strange := [one.label for one in labels if one.label not in (*SYMBOLS, "?")]:
            raise UsageError(f"{strange[0]!r} is nothing that a cell can show")
        decided = self.review.label(symbol, labels, token=token, milliseconds=milliseconds)
        return {"decided": len(decided), "progress": asdict(self.review.progress())}

    def look(self, field: int) -> Data:
        """Where a field's picture is and what to mark on it; opens its page."""
        picture = self._picture(field)
        return _described(picture, f"picture/field/{field}")

    def form(self, field: int) -> Data:
        """The same of its whole page."""
        asked = self.review.question(field)
        return _described(self.pictures.page(asked.file, asked.page), f"picture/page/{field}")

    def picture(self, kind: str, field: int, cell: int = 0) -> bytes:
        """A JPEG: of a `field`, of its `page`, or of one `cell`. Empty where there is none."""
        if kind == "field":
            return self._picture(field).jpeg
        asked = self.review.question(field)
        if kind == "page":
            return self.pictures.page(asked.file, asked.page).jpeg
        return self.pictures.cell(asked.file, asked.page, asked.field, cell).jpeg

    def finish(self) -> Data:
        """Write the reviewed table, the corrected crops and the audit; what was written, in words."""
        with self._finishing:
            return self._finish()

    def _finish(self) -> Data:
        done = write_reviewed(self.review)
        crops = write_crops(self.review, self.pictures, self.crops)
        left = self.review.progress().todo
        counts = (
            f"{done.fields:,} fields, {done.by_people:,} by people, {done.still_rejected:,} still rejected or failed"
        )
        words = [
            f"{done.table.name}: {counts}.",
            *([f"Still to decide: {left:,}. Go on, and finish again."] if left else []),
            *([self._changed(done.table)] if self.review.table_has_changed else []),
            f"{self.crops.name}: {crops:,} crops with labels, for formreader model train --from-corrections.",
            *self._control(done.table),
            *self._audit(),
        ]
        return {"words": words, "table": str(done.table), "by_people": done.by_people, "crops": crops}

    def _changed(self, reviewed: Path) -> str:
        results = self.review.results.name
        return f"{results} has changed since: what is new there is not in {reviewed.name}. Start the review again."

    def _audit(self) -> list[str]:
        own = audit(self.review)
        if not own.audited:
            return []
        now = datetime.now(UTC).isoformat(timespec="seconds")
        together = enter(self.review, own, self.ledger, template=self.sources.template.name, now=now)
        errors = [
            f"silent error: {one.file} page {one.page} {one.field}: accepted as {one.machine or 'blank'}, "
            f"a person reads {one.person or 'blank'}"
            for one in own.errors
        ]
        return [f"Audit of this run: {own.words}.", f"All runs in {self.ledger.name}: {together.words}.", *errors]

    def _question(self, asked: Question) -> Data:
        words = [self._words(asked, reason) for reason in asked.reasons]
        return {**asdict(asked), "words": words, **self._verdict(asked, asked.value)}

    def _words(self, asked: Question, reason: str) -> str:
        listed = self._listed(asked.file, asked.page) if reason.startswith("expected:") else ""
        return f"{in_words(reason)}: {listed}" if listed else in_words(reason)

    def _verdict(self, asked: Question, text: str) -> Data:
        """What a text means as the field's value, and how the rules stand with it."""
        try:
            value, problem = as_value(self._field(asked), text), ""
        except NotAValueError as error:
            return {"meaning": "", "problem": str(error), "rules": []}
        rules: list[Data] = []
        if not asked.blind:
            now = value if value or not asked.failed else None
            values = {**self.review.values_of_page(asked.file, asked.page), asked.field: now}
            rules = [asdict(check) for check in checks(self.sources.template, values, asked.field)]
        return {"meaning": f"= {value}" if value != text else "", "problem": problem, "rules": rules}

    def _field(self, asked: Question) -> Field:
        """The template's field; one that takes any digits where the template knows it no longer."""
        known = self._fields.get(asked.field)
        return known or Field.model_validate({"name": asked.field, "find": "comb", "count": 64})

    def _picture(self, field: int) -> Picture:
        asked = self.review.question(field)
        return self.pictures.field(asked.file, asked.page, asked.field)


def _described(picture: Picture, url: str) -> Data:
    return {"url": url if picture.jpeg else "", "boxes": picture.boxes, "note": picture.note}
