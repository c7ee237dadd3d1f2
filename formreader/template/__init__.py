"""The template: the blank form as a JSON file people may write. Load, check and save it; its JSON Schema.

`model` says what a template holds, `file` reads and writes it, `wording` puts what is wrong in plain words.
"""

from formreader.template.file import load_template, save_template, template_schema
from formreader.template.model import (
    Area,
    ChecksumRule,
    DateRule,
    Field,
    RangeRule,
    Rule,
    SumRule,
    Template,
    require_cells,
)

__all__ = [
    "Area",
    "ChecksumRule",
    "DateRule",
    "Field",
    "RangeRule",
    "Rule",
    "SumRule",
    "Template",
    "load_template",
    "require_cells",
    "save_template",
    "template_schema",
]
