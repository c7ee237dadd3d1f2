"""The verbs: parse, call, print. What is heavy is imported by the verb that needs it, so that `--help` is quick.

`main` is the program: it turns errors into a message on stderr and an exit code (see errors.py).
"""

import gc
import io
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from formreader.cli.visible import visible
from formreader.errors import FormreaderError, UsageError, not_writable

INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process with the exit code."""
    sys.excepthook = _bug
    sys.unraisablehook = _aside
    _ready_streams()
    gc.set_threshold(100_000)  # what is imported stays: to look for garbage in it takes a twentieth of the start
    try:
        _run()
    except FormreaderError as error:
        _tell(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        if not (said := not_writable(error)):
            raise
        _tell(said)
        sys.exit(UsageError.exit_code)
    except KeyboardInterrupt:
        _interrupted()
    except SystemError as error:
        # Ctrl-C in the midst of a call into OpenCV comes out as a SystemError caused by it.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        _interrupted()


def _ready_streams() -> None:
    """What is closed swallows what is written, and what cannot be shown is escaped: neither is a bug of ours."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  as long as the program
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _interrupted() -> NoReturn:
    _tell("interrupted; no file is left half written")
    sys.exit(INTERRUPTED)


def _run() -> None:
    import typer  # noqa: PLC0415  here, so that Ctrl-C is in good hands from the start

    from formreader.cli.app import app  # noqa: PLC0415

    try:
        typer.main.get_command(app)(prog_name="formreader")
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer has caught it
            raise KeyboardInterrupt from None
        raise


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw: one line for the user, the whole traceback for those who ask. Python ends with code 1."""
    hint = "Run it again with --verbose to see where, and please report it."
    if _asked():
        sys.__excepthook__(kind, error, trace)
        hint = "Please report it with the lines above."
    _tell(f"this is a bug: {kind.__name__}: {error}. {hint}")


def _aside(said: "sys.UnraisableHookArgs") -> None:
    """What goes wrong where nobody can catch it, as in `__del__` of a file that Ctrl-C left half open: for who asks."""
    if _asked():
        sys.__unraisablehook__(said)


def _asked() -> bool:
    return not {"--verbose", "-v"}.isdisjoint(sys.argv)


def _tell(text: str) -> None:
    sys.stderr.write(visible(f"formreader: {text}\n", keep="\n"))
