"""Load, check and save a template file."""

import json
import os
import re
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from formreader.atomic import written_whole
from formreader.errors import TableError, TemplateError, writing
from formreader.template.fields import Area, Field
from formreader.template.model import Template
from formreader.template.rules import RULES
from formreader.template.wording import problems, report, shown

BUILTIN = ("cheque", "digit-string")
"""Templates that come along. `digit-string`: each image is one unboxed run of digits; field `digits`. `cheque`: any
bank's cheque; fields `amount`, `date`, `micr`."""


def load_template(path: str | Path, *, max_bytes: int = 10_000_000) -> Template:
    """Read and check the template file at `path`. TemplateError lists everything wrong with it, each with its place."""
    path = Path(path)
    data = _parse(path, _text(path, max_bytes))
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        raise TemplateError(report(path, list(problems(error, data, _model_at)))) from None
    if found := _list_problems(template, path.parent):
        raise TemplateError(report(path, found))
    template.place_in(path.parent)
    _check_reference(path, template)
    return template


def find_problems(data: Any, folder: Path) -> list[str]:
    """What is wrong with a template's parsed JSON that is to lie in `folder`, each with its place; [] where sound.

    Whether `reference` is there is not looked at.
    """
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        return list(problems(error, data, _model_at))
    return _list_problems(template, folder)


def _list_problems(template: Template, folder: Path) -> list[str]:
    """What is wrong with the lists of values that lie in `folder`."""
    found = []
    for index, rule in enumerate(template.rules):
        try:
            template.model_copy(update={"rules": [rule]}).place_in(folder)
        except TableError as error:
            found.append(f"rules[{index}] ({rule.name}).values: {error}")
    return found


def as_json(template: Template) -> dict[str, Any]:
    """What the template file holds: only what differs from the defaults."""
    return {"schema_version": 1, **template.model_dump(mode="json", exclude_defaults=True)}


def holds(path: Path, template: Template) -> bool:
    """Whether the file at `path` is that template."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")) == as_json(template))
    except (OSError, ValueError):
        return False


def load_templates(path: str | Path) -> dict[Path, Template]:
    """The template file at `path`; or of a folder every DIR/*.json and DIR/*/template.json, by its file.

    A name of `BUILTIN` stands for the template that comes along, unless there is a file of that name. Tables, records
    of runs and figures that lie in the folder as JSON are passed over.

    TemplateError where one of them is none, where there are none, or two have the same name.
    """
    path = Path(path)
    if str(path) in BUILTIN and not path.exists():
        path = Path(__file__).parent / "builtin" / f"{path}.json"
    near = get_close_matches(str(path), BUILTIN, n=1)
    remedy = f"Is the built-in {near[0]!r} meant?" if near else f"Built in are {' and '.join(BUILTIN)}."
    if not path.exists():
        raise TemplateError(f"{path}: there is no such template. Give a file, or a folder of them. {remedy}")
    if not path.is_dir():
        return {path: load_template(path)}
    meant = filter(_is_meant, path.glob("*.json"))
    found = {one: load_template(one) for one in sorted([*meant, *path.glob("*/template.json")])}
    if not found:
        raise TemplateError(f"{path}: holds no template. Give a file, or a folder with *.json of them. {remedy}")
    for name, times in Counter(template.name for template in found.values()).items():
        if times > 1:
            where = " and ".join(str(one) for one, template in found.items() if template.name == name)
            raise TemplateError(f"{where}: {times} templates are called {name!r}. Give each a name of its own.")
    return found


def _is_meant(path: Path) -> bool:
    """Whether a JSON file is meant as a template: what has neither name nor size is a table, a record or figures."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return True
    return isinstance(data, dict) and not data.keys().isdisjoint(("name", "width", "height"))


def save_template(template: Template, path: str | Path) -> None:
    """Write the template as JSON, whole or not at all. `reference` is kept as it is: relative to the file."""
    path = Path(path)
    text = json.dumps(as_json(template), indent=2, ensure_ascii=False) + "\n"
    area_per_line = re.sub(r"\{\s+(\"left\": .*)\s+(.*)\s+(.*)\s+(.*)\s+\}", r"{\1 \2 \3 \4}", text)
    with writing(path, TemplateError), written_whole(path) as unfinished:
        unfinished.write_text(area_per_line, encoding="utf-8", newline="\n")


def _text(path: Path, max_bytes: int) -> str:
    try:
        if path.is_dir():
            raise TemplateError(f"{path} is a folder. Give the template file in it, such as {path / 'template.json'}.")
        if str(path) in BUILTIN and not path.exists():
            raise TemplateError(f"{path}: is built in, for `process` and `review`. Here give the path of a file.")
        if not path.is_file():
            raise TemplateError(
                f"{path}: there is no such template file. Give the path of one; "
                "`formreader samples DIR` copies examples, `formreader template schema` describes the format."
            )
        if (size := path.stat().st_size) > max_bytes:
            raise TemplateError(f"{path} has {size:,} bytes; a template has at most {max_bytes:,}. Is it another file?")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateError(f"{path}: cannot be opened ({error.strerror}). Check its name and permissions.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = error.object[error.start]
        raise TemplateError(
            f"{path}: line {line} is not UTF-8 text (byte 0x{byte:02x}). Is it a template? If so, save it as UTF-8."
        ) from None


def _parse(path: Path, text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, times in Counter(key for key, _ in pairs).items():
            if times > 1:
                values = " and ".join(shown(value) for name, value in pairs if name == key)
                raise TemplateError(f"{path}: the key {key!r} is given twice in one place, as {values}. Keep one.")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise TemplateError(
            f"{path}: line {error.lineno}, column {error.colno}: not valid JSON ({error.msg}). Correct that line."
        ) from None
    except (ValueError, RecursionError):
        raise TemplateError(f"{path}: a number too long, or nested too deeply for a template. Is it one?") from None


def _check_reference(path: Path, template: Template) -> None:
    picture = template.reference_path
    if picture is None:
        return
    remedy = "Put the picture of the blank form there, correct `reference`, or leave it out."
    if not picture.is_file():
        raise TemplateError(f"{path}: reference: there is no file {picture}. {remedy}")
    if not os.access(picture, os.R_OK) or not picture.stat().st_size:
        raise TemplateError(f"{path}: reference: {picture} is empty or cannot be opened. {remedy}")


def _model_at(loc: tuple[int | str, ...]) -> type[BaseModel]:
    if loc[0] == "rules" and len(loc) > 2:
        return RULES[str(loc[2])]
    if loc[0] == "fields" and len(loc) > 2:
        return Field if len(loc) == 3 else Area
    return Template
