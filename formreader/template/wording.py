"""What is wrong with a template, in plain words with its place: pydantic's findings for people."""

import json
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Location: TypeAlias = tuple[int | str, ...]
"""Keys and indexes from the top of the file down to the value."""

ModelAt: TypeAlias = Callable[[Location], type[BaseModel]]
"""Which part of the format stands at a location: says which keys are known there."""


def report(path: Path, found: list[str], *, most: int = 20) -> str:
    """The message for what was found wrong with the file at `path`: one line, or a list of the first `most`."""
    remedy = f"Correct the template, then try: formreader template check {path}"
    if len(found) == 1:
        return f"{path}: {found[0]} {remedy}"
    lines = [f"{path} has {len(found)} problems:", *(f"  {problem}" for problem in found[:most])]
    lines += [f"  ... and {len(found) - most} more"] if len(found) > most else []
    return "\n".join([*lines, remedy])


def problems(error: ValidationError, data: Any, model_at: ModelAt) -> Iterator[str]:
    """Every finding of `error` with its place in `data`, the parsed file."""
    for detail in error.errors(include_url=False):
        if "constrained-str" in detail["loc"] and isinstance(detail["input"], list):
            continue  # a list may stand there as well as a name, and what is wrong with the list is said
        place = _place(detail["loc"], data)
        for text in _in_words(detail["loc"], detail, model_at).split("\n"):
            sentence = text if text.endswith((".", "?")) else f"{text}."
            yield f"{place}: {sentence}" if place else sentence


def _place(loc: Location, data: Any) -> str:
    """`fields[2] (amount).cells[0].right`: indexes in brackets, and the name of what they stand for."""
    place = ""
    for depth, part in enumerate(loc):
        if (depth == 2 and loc[0] == "rules") or part in ("constrained-str", "list[str]"):
            continue  # a union's tag, which the file does not have
        data = _inside(data, part)
        if isinstance(part, int):
            name = _inside(data, "name")
            place += f"[{part}]" + (f" ({name})" if isinstance(name, str) else "")
        else:
            place += f".{part}" if place else part
    return place


def _inside(data: Any, part: int | str) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _in_words(loc: Location, detail: ErrorDetails, model_at: ModelAt) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"unknown key. {choices(str(loc[-1]), list(model_at(loc).model_fields))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "rule":
        return str(detail["msg"])
    if kind == "model_type":
        return f"must be keys and values in braces, {{ ... }}; found {shown(detail['input'])}"
    wanted = re.sub("^(Input|List|String) should", "must", detail["msg"]).replace("a valid integer", "a whole number")
    plain = re.sub(" after validation|, unable to parse raw data as a unicode string", "", wanted)
    return f"{plain}; found {shown(detail['input'])}"


def choices(wrong: str, right: list[str]) -> str:
    """The remedy for an unknown name: the known one that it resembles, else all of them."""
    if close := get_close_matches(wrong, right, n=1):
        return f"Is {close[0]!r} meant?"
    return f"Known: {', '.join(dict.fromkeys(right))}."


def shown(value: Any, *, longest: int = 60) -> str:
    """A value as the file has it, cut short where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= longest else text[:longest] + "..."
