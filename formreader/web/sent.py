"""The templates that the editor's page sends: what is wrong with them, and which files they may name."""

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from formreader.errors import TemplateError, UsageError
from formreader.template import Template, find_problems
from formreader.web.answers import Answer


@dataclass(frozen=True)
class SentTemplates:
    """Checks what the page makes of one template."""

    opened: Answer
    """The template as it was opened."""
    folder: Path
    """Where it lies."""

    def problems(self, data: Any) -> list[str]:
        """Everything wrong with the template that the page sends. UsageError where it is none at all."""
        if not isinstance(data, dict):
            raise UsageError("`template` is not an object")
        # In this order: a list that may not be named is not opened either.
        return self._outside(data) or find_problems(data, self.folder)

    def sound(self, data: Any, **changed: Any) -> Template:
        """The template that the page sends; one with a reference is `changed`. TemplateError lists what is wrong."""
        if found := self.problems(data):
            raise TemplateError("\n".join(found))
        template = Template.model_validate(data)
        if template.reference is not None:
            template = template.model_copy(update=changed)
        template.place_in(self.folder)
        return template

    def _outside(self, data: Answer) -> list[str]:
        """The page may name no file but those that the opened template names, and lists beside the template."""
        found = []
        if data.get("reference") not in (None, self.opened.get("reference")):
            found.append("reference: another picture than the opened template's is not taken here.")
        known = [rule.get("values") for rule in self.opened.get("rules", ())]
        rules = data.get("rules")
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            values = rule.get("values") if isinstance(rule, dict) else None
            if isinstance(values, str) and values not in known and len(PurePath(values).parts) != 1:
                found.append(f"rules[{index}].values: {values} is not in the template's folder. Copy the table there.")
        return found
