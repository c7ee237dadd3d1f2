"""The JSON Schema of the template file."""

import ast
import inspect
from itertools import pairwise
from typing import Any

from formreader.template.fields import Area, Field
from formreader.template.model import Template
from formreader.template.parts import Strict
from formreader.template.rules import RULES


def template_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the template file, for editors and other programs."""
    schema = Template.model_json_schema()
    for part in (Template, Area, Field, *RULES.values()):
        own = schema if part is Template else schema["$defs"][part.__name__]
        for key, text in _said(part).items():
            own["properties"][key]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "formreader template"}


def _said(part: type[Strict]) -> dict[str, str]:
    """What is said right under each field. Pydantic would read it out of the source whenever the program starts."""
    body = ast.parse(inspect.getsource(part)).body[0].body  # type: ignore[attr-defined]
    said = {}
    for line, below in pairwise(body):
        match line, below:
            case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(text))):
                said[key] = inspect.cleandoc(text)
    return said
