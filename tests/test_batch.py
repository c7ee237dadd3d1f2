"""A batch: the same table on every engine, every page accounted for, nothing begun that cannot be finished."""

import json
import pickle
import shutil
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from drawn import cells
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.batch import process, readers, tables
from formreader.batch.origins import means
from formreader.batch.readers import Reader, partitions
from formreader.batch.summary import Counts
from formreader.cli.summary import in_words
from formreader.errors import ModelError, TableError, TemplateError, UsageError
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.register.form import Form
from formreader.scans import list_scans
from formreader.shipped import shipped
from formreader.table import COLUMNS, read_table
from formreader.template import Template, load_template

FORM = Template.model_validate(
    {
        "name": "form",
        "width": 100,
        "height": 100,
        "dpi": 100,
        "fields": [
            {"name": name, "cells": [{"left": 10, "top": top, "right": 20, "bottom": top + 10}]}
            for name, top in [("second", 40), ("first", 10)]
        ],
    }
)


def test_what_a_reading_depends_on_includes_the_lists_that_its_rules_name(tmp_path: Path) -> None:
    rule = {"name": "known", "field": "first", "values": "known.csv"}
    data = {**FORM.model_dump(mode="json", exclude_defaults=True), "rules": [rule]}
    (tmp_path / "form.json").write_text(json.dumps(data))
    found = []
    for values in ("1\n2\n", "1\n3\n", "1\n2\n"):
        (tmp_path / "known.csv").write_text(f"number\n{values}")
        found.append(means([load_template(tmp_path / "form.json")], None, 0.95, None, 1))
    assert found[0] == found[2] != found[1]


def fake_pages(refs: Iterable[ScanRef], forms: Sequence[Form], *_: Any, **__: Any) -> Iterator[PageReading]:
    """What reading would give: the page's number everywhere; a file with `bad` in its name fails."""
    for ref in refs:
        failed = "bad" in ref.file
        status, reasons = ("failed", ("unreadable_file",)) if failed else ("read", ())
        fields = [FieldReading(f.name, str(ref.page), 0.99, status, reasons) for f in forms[0].template.fields]
        yield PageReading(ref, tuple(fields), error=f"{ref.file}: is bad" if failed else None)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "read_pages", fake_pages)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_pages(*_: Any, **__: Any) -> Iterator[PageReading]:
        raise AssertionError("a page was read")

    monkeypatch.setattr(readers, "read_pages", read_pages)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("c.jpg", "bad.jpg", "a.jpg"):
        (folder / name).write_bytes(b"picture")
    return folder


@given(
    pages=st.lists(st.integers(1, 60), max_size=12),
    size=st.integers(1, 10),
    jobs=st.integers(1, 4),
)
@settings(max_examples=100, deadline=None)
def test_partitions_hold_every_page_once_in_order_and_keep_files_together(
    pages: list[int], size: int, jobs: int
) -> None:
    refs = [ScanRef(f"/{file}", str(file), page) for file, count in enumerate(pages) for page in range(1, count + 1)]
    parts = list(partitions(refs, size=size, jobs=jobs))
    assert [ref for part in parts for ref in part] == refs
    assert all(1 <= len(part) <= 4 * size for part in parts)
    for file, count in enumerate(pages):
        if count <= 4 * size:
            assert sum(any(ref.file == str(file) for ref in part) for part in parts) == 1


@pytest.mark.parametrize("jobs", [2, 4])
def test_no_worker_is_left_with_many_pages_while_the_others_have_none(jobs: int) -> None:
    refs = [ScanRef(f"/{file}", str(file), 1) for file in range(120)]
    read = [0] * jobs
    for part in partitions(refs, jobs=jobs):
        read[read.index(min(read))] += len(part)  # to whom is done first
    assert max(read) - min(read) <= 1
    assert len(next(partitions(refs, jobs=jobs))) == 8


def test_a_template_is_made_ready_once_for_all_partitions(
    monkeypatch: pytest.MonkeyPatch, scans: Path, tmp_path: Path
) -> None:
    seen: list[Form] = []

    def remembered(refs: Iterable[ScanRef], forms: Sequence[Form], *_: Any, **__: Any) -> Iterator[PageReading]:
        seen.extend(forms)
        return fake_pages(refs, forms)

    monkeypatch.setattr(readers, "read_pages", remembered)
    for number in range(20):
        (scans / f"{number}.jpg").write_bytes(b"picture")
    process([scans], template=FORM, output=tmp_path / "results.csv", engine="serial")
    assert len(seen) == 3
    assert len(set(map(id, seen))) == 1


def test_every_page_becomes_its_rows_also_one_that_fails(fake: None, scans: Path, tmp_path: Path) -> None:
    summary = process([scans], template=FORM, output=tmp_path / "results.csv")
    rows = read_table(tmp_path / "results.csv", COLUMNS)
    assert [(row["file"], row["field"], row["status"]) for row in rows] == [
        ("a.jpg", "second", "read"),
        ("a.jpg", "first", "read"),
        ("bad.jpg", "second", "failed"),
        ("bad.jpg", "first", "failed"),
        ("c.jpg", "second", "read"),
        ("c.jpg", "first", "read"),
    ]
    assert summary.exit_code == 10
    assert [page.ref.file for page in summary.counts.failed] == ["bad.jpg"]
    assert summary.counts.statuses == {"read": 4, "failed": 2}
    assert summary.counts.reasons == {}


def test_files_that_are_not_read_are_told(fake: None, scans: Path, tmp_path: Path) -> None:
    (scans / "photo.avif").write_bytes(b"photo")
    summary = process([scans], template=FORM, output=tmp_path / "r.csv")
    assert summary.left_out == ("photo.avif",)
    (told,) = (line for line in in_words(summary, tmp_path / "r.csv") if "left out" in line)
    assert told == "left out, as no scan ends so (save them as JPEG or PDF; unpack archives): photo.avif"


def test_without_failures_the_exit_code_is_0(fake: None, scans: Path, tmp_path: Path) -> None:
    summary = process([scans / "a.jpg"], template=FORM, output=tmp_path / "results.csv")
    assert summary.exit_code == 0
    assert summary.seconds > 0


def test_progress_is_told_of_each_page_as_it_is_read(fake: None, scans: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    process(
        [scans], template=FORM, output=tmp_path / "r.csv", progress=lambda page, of: told.append((page.ref.file, of))
    )
    assert told == [("a.jpg", 3), ("bad.jpg", 3), ("c.jpg", 3)]


def test_the_wide_table_has_a_row_per_page(fake: None, scans: Path, tmp_path: Path) -> None:
    process([scans], template=FORM, output=tmp_path / "r.csv", wide=tmp_path / "wide.csv")
    rows = read_table(tmp_path / "wide.csv", ("file", "page", "second", "first", "needs_review"))
    assert [(row["file"], row["needs_review"]) for row in rows] == [
        ("a.jpg", ""),
        ("bad.jpg", "second;first"),
        ("c.jpg", ""),
    ]


def test_what_an_earlier_run_drew_to_be_audited_is_forgotten(fake: None, scans: Path, tmp_path: Path) -> None:
    out, audit = tmp_path / "results.csv", tmp_path / "results.audit.csv"
    process([scans], template=FORM, output=out, audit=0.5)
    assert audit.exists()
    process([scans], template=FORM, output=out)
    assert not audit.exists()
    audit.write_text("what the auditors said\n")
    process([scans], template=FORM, output=out)
    assert audit.exists()  # it is no such table


def test_what_cannot_be_finished_is_not_begun(never: None, scans: Path, tmp_path: Path) -> None:
    good = {"template": FORM, "output": tmp_path / "r.csv"}
    strip = {**FORM.model_dump(), "fields": [{"name": "x", "strip": {"left": 1, "top": 1, "right": 9, "bottom": 9}}]}
    (tmp_path / "model.tflite").write_bytes(b"no model")
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "truth.csv").write_text("file,page,field,value\n")
    for error, changed in [
        (UsageError, {"output": tmp_path / "r.txt"}),
        (TableError, {"output": tmp_path / "no" / "r.csv"}),
        (TableError, {"wide": tmp_path / "no" / "r.csv"}),
        (UsageError, {"wide": tmp_path / "r.csv"}),
        (TableError, {"output": tmp_path / "truth.csv"}),
        (TableError, {"wide": tmp_path / "truth.csv"}),
        (UsageError, {"overlays": tmp_path / "file" / "overlays"}),
        (UsageError, {"min_confidence": 1.5}),
        (UsageError, {"engine": "steam"}),
        (TemplateError, {"template": Template.model_validate(strip)}),
        (ModelError, {"model": tmp_path / "model.tflite"}),
    ]:
        with pytest.raises(error):
            process([scans], **{**good, **changed})
    with pytest.raises(UsageError, match="nowhere"):
        process([scans / "nowhere"], **good)
    assert not (tmp_path / "r.csv").exists()


def test_an_interrupted_batch_leaves_the_old_results(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Iterator[PageReading]:
        raise KeyboardInterrupt

    monkeypatch.setattr(readers, "read_pages", interrupted)
    old = "file,page,field,digit_confidences\n"
    (tmp_path / "r.csv").write_text(old)
    with pytest.raises(KeyboardInterrupt):
        process([scans], template=FORM, output=tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == old


def test_a_table_that_cannot_be_written_at_the_end_costs_no_page(
    fake: None, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise TableError("r.csv: cannot be written.")

    with monkeypatch.context() as excel:
        excel.setattr(tables, "write_table", locked)
        with pytest.raises(TableError, match=r"cannot be written\. What was read is kept"):
            process([scans], template=FORM, output=tmp_path / "r.csv")
    assert process([scans], template=FORM, output=tmp_path / "r.csv").recalled == 3


def test_the_table_is_the_same_on_every_engine(deposit_slip: Path, scans: Path, tmp_path: Path) -> None:
    template = load_template(deposit_slip / "template.json")
    for name, copied in [("a-first.jpg", "form-002.jpg"), ("z-last.tif", "batch.tif")]:
        (scans / name).write_bytes((deposit_slip / "scans" / copied).read_bytes())
    for number in range(8):  # so that the first and the last are not in one partition
        (scans / f"between-{number}.jpg").write_bytes(b"no picture")
    results = []
    for jobs, engine in [(1, "serial"), (2, "processes")]:
        output, overlays = tmp_path / f"{engine}.csv", tmp_path / engine
        process([scans], template=template, output=output, overlays=overlays, jobs=jobs, engine=engine)
        results.append((output.read_bytes(), sorted(path.name for path in overlays.iterdir())))
    assert results[0] == results[1]
    assert results[0][1] == ["a-first.jpg-1.png", "z-last.tif-1.png", "z-last.tif-2.png"]
    statuses = {row["file"]: row["status"] for row in read_table(tmp_path / "serial.csv", COLUMNS)}
    assert [file for file, status in statuses.items() if status != "failed"] == ["a-first.jpg", "z-last.tif"]


@pytest.mark.parametrize("where", ["scans", "--watch scans --done done"])
@pytest.mark.parametrize(
    ("workers", "said"),
    [
        ("--engine serial -j 4", "--jobs 4 does not go with --engine serial. Leave one of them out."),
        (
            "--engine dask --scheduler tcp://a:1 -j 4",
            "--jobs 4 does not go with --scheduler, whose workers are as many",
        ),
        ("--scheduler tcp://a:1", "--scheduler tcp://a:1 is for --engine dask"),
    ],
)
def test_what_an_engine_would_not_go_by_is_refused_before_anything_is_read(
    where: str, workers: str, said: str, command_line: CommandLine, tmp_path: Path
) -> None:
    template = shipped("samples") / "score-sheet" / "template.json"
    ended = command_line("process", *where.split(), "-t", template, "-o", tmp_path / "r.csv", *workers.split())
    assert (ended.code, said in ended.err) == (2, True), ended.err


def test_memory_does_not_grow_with_pages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Readings of 40 fields take some 10 kB each: of all pages that would show at once."""
    fields = [{"name": f"field_{number}", "cells": [cell]} for number, cell in enumerate(cells(40, 0, 10, 2, 10))]
    form = FORM.model_copy(update={"fields": Template.model_validate({**FORM.model_dump(), "fields": fields}).fields})
    monkeypatch.setattr(readers, "read_pages", fake_pages)
    monkeypatch.setattr("formreader.batch.readers.content", lambda path: path)

    def peak(pages: int, name: str) -> int:
        refs = [ScanRef(f"/scans/{number}.jpg", f"{number}.jpg") for number in range(pages)]
        monkeypatch.setattr("formreader.batch.run.list_scans", lambda *_: refs)
        wide = tmp_path / f"{name}-wide.csv"
        tracemalloc.start()
        process(["scans"], template=form, output=tmp_path / name, wide=wide, audit=0.001, engine="serial")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10, "warm.csv")
    few, many = peak(20, "few.csv"), peak(170, "many.csv")
    assert (many - few) / 150 < 1000


@pytest.mark.parametrize(
    ("first", "others", "pages", "said"),
    [(9, 1, 20, True), (5, 1, 20, False), (9, 8, 20, False), (6, 0, 9, False)],
    ids=["often", "not often", "as all are", "few pages"],
)
def test_a_field_rejected_far_more_often_than_others_is_named(first: int, others: int, pages: int, said: bool) -> None:
    def reading(at: int) -> PageReading:
        often = {"first": first, "second": others, "third": others}
        fields = [FieldReading(name, "1", 0.5, "rejected" if at < most else "read") for name, most in often.items()]
        return PageReading(ScanRef("a", "a", at + 1), tuple(fields), template="form")

    counts = Counts()
    for _ in counts.counted(map(reading, range(pages))):
        pass
    assert counts.troubled() == ([("form", "first", first)] if said else [])


@pytest.mark.parametrize(("raw", "said"), [("XX3", 4), ("12X", 4), ("XXX", 4), ("1X2", 0), ("XX?", 0), ("123", 0)])
def test_fields_with_crossed_out_cells_are_counted(raw: str, said: int) -> None:
    one = FieldReading("one", "883", 0.1, "rejected", ("not_a_digit", "low_confidence"), raw)
    pages = [PageReading(ScanRef("a", "a", at + 1), (one,), template="form") for at in range(4)]
    counts = Counts()
    for _ in counts.counted(pages):
        pass
    assert counts.crossed_out() == ([("form", said)] if said else [])


def test_a_rule_that_hardly_ever_holds_is_named_and_one_that_often_does_is_not() -> None:
    def reading(at: int) -> PageReading:
        rules = ["rule:total"] * (at < 8) + ["rule:date"] * (at < 2)
        fields = [
            FieldReading(name, "1", 0.5, "rejected" if rules else "read", tuple(rules)) for name in ("one", "two")
        ]
        return PageReading(ScanRef("a", "a", at + 1), tuple(fields), template="form")

    counts = Counts()
    for _ in counts.counted(map(reading, range(12))):
        pass
    assert counts.doubtful_rules() == [("form", "total", 8)]
    assert counts.troubled() == []


def test_workers_at_home_elsewhere_find_what_a_template_names_beside_itself(
    deposit_slip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(deposit_slip / "reference.png", tmp_path)
    Path("known.csv").write_text("account\n6183394771\n")
    form = json.loads((deposit_slip / "template.json").read_text())
    form["rules"].append({"name": "known", "values": "known.csv", "field": "account"})
    Path("slip.json").write_text(json.dumps(form))
    sent = pickle.dumps(Reader((load_template("slip.json"),)).from_elsewhere())
    monkeypatch.chdir(deposit_slip / "scans")
    reader: Reader = pickle.loads(sent)
    ((page, _),) = reader(list_scans(["form-001.jpg"]))
    assert (page.error, page.fields[0].value) == (None, "6183394771")
