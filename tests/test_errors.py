"""The error tree is complete, its exit codes are told apart, and errors are caught where the house says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import formreader
from formreader import errors
from formreader.errors import FormreaderError, PageError

PACKAGE = Path(formreader.__file__).parent


def family(kind: type[FormreaderError]) -> Iterator[type[FormreaderError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def test_every_error_is_in_the_drawn_tree_and_has_a_docstring() -> None:
    drawn = set(re.findall(r"\w+Error", errors.__doc__ or ""))
    assert drawn == {kind.__name__ for kind in family(FormreaderError)}
    assert all(kind.__doc__ for kind in family(FormreaderError))


def test_exit_codes_are_those_of_the_contract() -> None:
    codes = {kind.__name__: kind.exit_code for kind in family(FormreaderError) if not issubclass(kind, PageError)}
    assert codes == {
        "FormreaderError": 1,
        "UsageError": 2,
        "TemplateError": 3,
        "ModelError": 4,
        "TableError": 5,
        "EngineError": 6,
        "StoppedError": 2,
    }
    assert {kind.exit_code for kind in family(PageError)} == {10}


def test_a_failed_page_says_its_kind_in_its_rows() -> None:
    assert {kind.__name__: kind.code for kind in family(PageError)} == {
        "PageError": "unreadable_page",
        "ScanError": "unreadable_file",
        "RegistrationError": "not_this_form",
        "EmptyPageError": "empty_page",
        "CrashError": "worker_died",
        "OvertimeError": "timed_out",
    }


def caught() -> Iterator[tuple[str, str]]:
    """Every (file, name of an exception caught in it) of the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"everything"}
                yield from ((path.relative_to(PACKAGE).as_posix(), name) for name in names)


def test_errors_are_caught_where_the_house_says_and_never_all_of_them() -> None:
    pairs = list(caught())
    places = {name: sorted({file for file, caught_there in pairs if caught_there == name}) for _, name in pairs}
    assert places["PageError"] == ["pipeline/looking.py", "pipeline/pages.py"]
    # A request of a page ends there as a command ends in cli: with the error in words.
    assert places["FormreaderError"] == ["cli/__init__.py", "web/answers.py", "web/editor.py"]
    assert not {"everything", "Exception", "BaseException"} & places.keys()


def test_only_the_command_line_prints() -> None:
    prints = {"print", "typer.echo", "sys.stdout.write", "sys.stderr.write"}
    files = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in prints
    }
    assert files == {"cli"}
