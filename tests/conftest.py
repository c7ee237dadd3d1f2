"""What several test files share: the command line as a function, and the sample forms."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from browser import browser
from hypothesis import settings

from formreader.cli import main
from formreader.shipped import shipped

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from formreader.review.store import Review

# The same examples every time: a run that fails can be run again. To look for new ones: --hypothesis-seed=random.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# Started in the background of a shell, the tests would ignore Ctrl-C, and so would every program that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Ended(NamedTuple):
    """How a run of the command line ended."""

    code: int
    out: str
    err: str


CommandLine = Callable[..., Ended]


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> CommandLine:
    """Run `formreader ARGUMENTS...` in this process, as the installed program would."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["formreader", *map(str, arguments)])
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, *capfd.readouterr())

    return run


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A browser, for one file of tests."""
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two forms to be reviewed in a browser: form.json, scans/."""
    from review_pages import two_forms

    return two_forms(tmp_path_factory.mktemp("forms"))


@pytest.fixture
def table(scans: Path, tmp_path: Path) -> Path:
    """Their results, see `review_pages.table_of`."""
    from review_pages import table_of

    return table_of(scans, tmp_path)


@pytest.fixture
def review(table: Path) -> "Review":
    """Ann's review of these results."""
    from formreader.review.store import Review

    return Review(table, reviewer="Ann")


@pytest.fixture
def page(chromium: "Browser", review: "Review") -> Iterator["Page"]:
    """Its page in the browser."""
    from review_pages import page_of

    with page_of(chromium, review) as one:
        yield one


@pytest.fixture
def deposit_slip() -> Path:
    """The folder of a sample form: template.json, reference.png, scans/, truth.csv."""
    return shipped("samples") / "deposit-slip"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)
