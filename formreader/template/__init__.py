"""The template: the blank form as a JSON file people may write. Load, check and save it; its JSON Schema.

`model`, `fields` and `rules` say what a template holds, made of `parts`; `file` reads and writes it, `wording` puts
what is wrong in plain words; `schema` is for other programs.
"""

from formreader.template.fields import Area, Field
from formreader.template.file import (
    as_json,
    find_problems,
    load_template,
    load_templates,
    save_template,
)
from formreader.template.listed import ValuesRule
from formreader.template.model import Template, require_findable, unfindable
from formreader.template.rules import (
    CHECKING,
    ChecksumRule,
    DateRule,
    EqualRule,
    LengthRule,
    RangeRule,
    Rule,
    RunningRule,
    SumRule,
)
from formreader.template.schema import template_schema

__all__ = [
    "CHECKING",
    "Area",
    "ChecksumRule",
    "DateRule",
    "EqualRule",
    "Field",
    "LengthRule",
    "RangeRule",
    "Rule",
    "RunningRule",
    "SumRule",
    "Template",
    "ValuesRule",
    "as_json",
    "find_problems",
    "load_template",
    "load_templates",
    "require_findable",
    "save_template",
    "template_schema",
    "unfindable",
]
