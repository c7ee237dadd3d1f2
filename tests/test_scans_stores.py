"""Scans in stores: found, named and read as on a disk, fetched once, and refused in words where that cannot be done."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from batches import LONG, wait_until
from conftest import CommandLine

from formreader.errors import ScanError, UsageError
from formreader.records import ScanRef
from formreader.scans import files, list_scans, open_scan, stores
from formreader.table.hashes import inputs_path
from formreader.table.manifest import read_manifest, sha256_of

fsspec: Any = pytest.importorskip("fsspec", reason="the extra `remote` is not installed")

Fetched = list[str]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A store in this process, empty."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    files.forget_fetched()
    yield store
    store.store.clear()


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Fetched:
    """The URLs that were fetched, in order."""
    urls: Fetched = []

    def fetch(url: str, most: int) -> bytes:
        urls.append(url)
        return stores.fetch(url, most)

    monkeypatch.setattr(files, "fetch", fetch)
    return urls


@pytest.fixture
def forms(memory: Any, deposit_slip: Path) -> list[str]:
    """A folder of the store with scans of all kinds: one page, several, one deeper, hidden, and none at all."""
    names = {
        "in/form-9.jpg": "form-001.jpg",
        "in/form-10.jpg": "form-002.jpg",
        "in/deep/batch.pdf": "batch.pdf",
        "in/batch.tif": "batch.tif",
        "in/.hidden/form.jpg": "form-003.jpg",
    }
    for name, scan in names.items():
        memory.pipe(f"/{name}", (deposit_slip / "scans" / scan).read_bytes())
    memory.pipe("/in/readme.txt", b"no scan")
    return list(names)


@pytest.mark.parametrize(
    ("given", "files_found"),
    [
        ("memory://in", ["batch.tif", "deep/batch.pdf", "form-9.jpg", "form-10.jpg"]),
        ("memory:///in/", ["batch.tif", "deep/batch.pdf", "form-9.jpg", "form-10.jpg"]),
        ("memory://in/form-*.jpg", ["form-9.jpg", "form-10.jpg"]),
        ("memory://in/readme.txt", ["readme.txt"]),
    ],
)
def test_what_a_store_has_is_listed_as_a_folder_is(forms: list[str], given: str, files_found: list[str]) -> None:
    refs = list_scans([given])
    assert list(dict.fromkeys(ref.file for ref in refs)) == files_found
    pages = {"batch.tif": 2, "deep/batch.pdf": 2}
    assert len(refs) == sum(pages.get(file, 1) for file in files_found)
    assert {ref.path for ref in refs} <= {f"memory:///{name}" for name in [*forms, "in/readme.txt"]}


def test_a_page_is_the_same_from_a_store_and_from_a_disk(forms: list[str], deposit_slip: Path) -> None:
    for url, path, page in [("form-9.jpg", "form-001.jpg", 1), ("batch.tif", "batch.tif", 2)]:
        remote = open_scan(ScanRef(f"memory://in/{url}", url, page))
        local = open_scan(ScanRef(str(deposit_slip / "scans" / path), path, page))
        assert (remote.gray == local.gray).all() and remote.dpi == local.dpi
    pdf = open_scan(ScanRef("memory://in/deep/batch.pdf", "x", 2), needed=(600, 800))
    assert (pdf.gray == open_scan(ScanRef(f"{deposit_slip}/scans/batch.pdf", "x", 2), needed=(600, 800)).gray).all()


def test_a_run_reads_each_file_once_and_gives_the_table_that_files_give(
    command_line: CommandLine, forms: list[str], fetched: Fetched, deposit_slip: Path, tmp_path: Path
) -> None:
    template = deposit_slip / "template.json"
    output = tmp_path / "remote.csv"
    options = ("-t", template, "--jobs", 1)
    assert command_line("process", "memory://in", *options, "-o", output).code == 0
    of_listing = ["memory:///in/batch.tif", "memory:///in/deep/batch.pdf"]  # they are asked how many pages they have
    assert sorted(fetched) == sorted([*of_listing, *(f"memory:///{name}" for name in forms if ".hidden" not in name)])

    names = {"form-9.jpg": "form-001.jpg", "form-10.jpg": "form-002.jpg", "batch.tif": "batch.tif"}
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, scan in {**names, "deep/batch.pdf": "batch.pdf"}.items():
        (tmp_path / "in" / name).hardlink_to(deposit_slip / "scans" / scan)
    assert command_line("process", f"file://{tmp_path}/in", *options, "-o", tmp_path / "local.csv").code == 0
    assert output.read_bytes() == (tmp_path / "local.csv").read_bytes()

    run = read_manifest(output)
    assert run is not None and run.scans == ("memory://in",)
    listed = dict(line.split("  ")[::-1] for line in inputs_path(output).read_text().splitlines())
    assert listed["memory:///in/form-9.jpg"] == sha256_of(deposit_slip / "scans" / "form-001.jpg")


def test_a_scan_that_changes_in_its_store_is_read_anew(
    command_line: CommandLine, memory: Any, deposit_slip: Path, tmp_path: Path
) -> None:
    tables = []
    for scan in ("form-001.jpg", "form-002.jpg"):
        memory.pipe("/one.jpg", (deposit_slip / "scans" / scan).read_bytes())
        options = ("-t", deposit_slip / "template.json", "-o", tmp_path / "r.csv", "--jobs", 1)
        assert command_line("process", "memory://one.jpg", *options).code == 0
        tables.append((tmp_path / "r.csv").read_text())
    assert tables[0] != tables[1]


def test_what_is_not_there_or_not_known_is_said(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/notes/readme.txt", b"no scan")
    for given, said in [
        ("memory://nowhere", "there is no such file or folder"),
        ("memory://notes", "holds no scan"),
        ("nonesuch://forms", "nonesuch"),
    ]:
        with pytest.raises(UsageError, match=said):
            list_scans([given])
    with pytest.raises(ScanError, match=r"one\.jpg: it cannot be found there"):
        open_scan(ScanRef("memory://one.jpg", "one.jpg"))
    memory.pipe("/one.jpg", b"x" * 100)
    monkeypatch.setattr(files, "MAX_BYTES", 99)
    with pytest.raises(ScanError, match="it has 100 bytes, at most 99 are read"):
        open_scan(ScanRef("memory://one.jpg", "one.jpg"))


def test_an_error_of_the_library_behind_a_store_is_one_of_the_scan(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of some libraries are of no kind that Python has."""
    library = ModuleType("gcsfs.retry")
    library.HttpError = type("HttpError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gcsfs.retry", library)

    def refuse(path: str) -> bytes:
        raise library.HttpError("Forbidden, 403")

    memory.pipe("/one.jpg", b"x")
    monkeypatch.setattr(memory, "cat_file", refuse)
    with pytest.raises(ScanError, match=r"one\.jpg: its store does not give it \(Forbidden, 403\)"):
        open_scan(ScanRef("memory://one.jpg", "one.jpg"))


def test_without_fsspec_the_extra_is_named(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    template = deposit_slip / "template.json"
    ended = command_line("process", "s3://forms", "-t", template, "-o", tmp_path / "r.csv")
    assert (ended.code, "pip install 'formreader[remote]'" in ended.err) == (2, True)


def test_no_page_of_a_file_that_is_named_otherwise_is_lost(memory: Any, deposit_slip: Path) -> None:
    for name, scan in (("tif.jpg", "batch.tif"), ("pdf.jpg", "batch.pdf")):
        memory.pipe(f"/{name}", (deposit_slip / "scans" / scan).read_bytes())
        with pytest.raises(ScanError, match="it holds 2 pages, and its name does not say so"):
            open_scan(*list_scans([f"memory://{name}"]))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, deposit_slip: Path) -> Iterator[str]:
    """A folder with four scans on an S3 server of this machine."""
    pytest.importorskip("s3fs", reason="the extra `remote` is not installed")
    for module in ("moto", "flask_cors"):
        pytest.importorskip(module, reason="moto, an S3 server to test with, is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    access = {"key": "test", "secret": "test", "endpoint_url": address}
    monkeypatch.setitem(fsspec.config.conf, "s3", access)
    for name, value in access.items():  # for programs that are started
        monkeypatch.setenv(f"FSSPEC_S3_{name.upper()}", value)
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        store = fsspec.filesystem("s3")
        store.mkdir("forms")
        for name in ("form-001.jpg", "batch.pdf", "batch.tif"):
            store.pipe(f"forms/in/{name}", (deposit_slip / "scans" / name).read_bytes())
        store.pipe("forms/in/torn.jpg", b"no picture")
        yield "s3://forms/in"
    finally:
        server.kill()
        server.wait()


def test_workers_read_from_an_s3_server(
    bucket: str, command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    """In processes of their own, which get nothing of the scans but their URLs."""
    template = deposit_slip / "template.json"
    command = [sys.executable, "-m", "formreader"]
    rest = ("-t", str(template), "--jobs", "2", "-o", "s3.csv")
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])}

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        ran = [*command, *options]
        return subprocess.run(
            ran, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=LONG
        )

    ended = run("process", bucket, *rest)
    assert (ended.returncode, "failed: torn.jpg: it begins with 'no picture'" in ended.stderr) == (10, True), ended
    assert "still open" not in ended.stderr
    counts = json.loads((tmp_path / "s3.run.json").read_text())["counts"]
    assert (counts["files"], counts["files_not_hashed"], counts["pages"]) == (4, 0, 6)

    scans = [deposit_slip / "scans" / name for name in ("form-001.jpg", "batch.pdf", "batch.tif")]
    assert command_line("process", *scans, "-t", template, "-o", tmp_path / "local.csv", "--jobs", 1).code == 0
    lines = (tmp_path / "s3.csv").read_text().splitlines()
    assert [line for line in lines if "torn.jpg" not in line] == (tmp_path / "local.csv").read_text().splitlines()

    with pytest.raises(UsageError, match="s3://nosuch: there is no such file or folder"):
        list_scans(["s3://nosuch"])
