"""Templates that no page is like, and rules that no value can hold: whoever writes one should know beforehand."""

from collections.abc import Iterator, Mapping, Sequence

from formreader.template.rules import AnyRule, ChecksumRule, DateRule, LengthRule, RangeRule

LONGEST = 100
"""How many times longer than wide a page is at most; a scan that is longer is not opened."""
MOST_CELLS = 4000
"""Of 5 mm an A4 page has room for 2,400. How they lie to each other takes memory by their square."""

Sizes = Mapping[str, int]
"""Field name -> how many cells it has; 0 where that is not known."""


def beyond_a_page(width: int, height: int, cells: int) -> Iterator[str]:
    """What is wrong with a page of that size, in pixels, and of so many cells: to look for one may take hours."""
    if max(width, height) > LONGEST * min(width, height):
        yield f"width, height: {width} x {height} pixels have no room for writing. Give the size of the blank form."
    if cells > MOST_CELLS:
        yield f"fields: they have {cells:,} cells; a page has room for {MOST_CELLS:,}. Make a template for each page."


def impossible(rules: Sequence[AnyRule], sizes: Sizes) -> Iterator[str]:
    """Why, with its place, for each rule that asks for what its fields have no room for."""
    for index, rule in enumerate(rules):
        if all(sizes.get(name) for name in rule.fields) and (why := _why_never(rule, sizes)):
            yield f"rules[{index}] ({rule.name}): {why}"


def _why_never(rule: AnyRule, sizes: Sizes) -> str:
    match rule:
        case ChecksumRule(checksum="aba") if sizes[rule.field] != 9:
            return f"a routing number has 9 digits; field {rule.field!r} has {_cells(sizes[rule.field])}."
        case LengthRule() if sizes[rule.field] < rule.length:
            return f"it asks for {rule.length} digits; field {rule.field!r} has {_cells(sizes[rule.field])}."
        case RangeRule() if (rule.minimum or 0) >= 10 ** sizes[rule.field]:
            return f"it asks for at least {rule.minimum:g}; field {rule.field!r} has {_cells(sizes[rule.field])}."
        case DateRule() if len(rule.date) == 1 and sizes[rule.date[0]] not in (6, 8):
            name = rule.date[0]
            return f"a date in one field is DDMMYYYY or DDMMYY; field {name!r} has {_cells(sizes[name])}."
        case DateRule() if len(rule.date) == 3 and sizes[rule.date[2]] not in (2, 4):
            name = rule.date[2]
            return f"a year has 4 digits or 2; field {name!r} has {_cells(sizes[name])}."
    return ""


def _cells(number: int) -> str:
    return f"{number} cell" if number == 1 else f"{number} cells"
