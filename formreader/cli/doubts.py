"""What may go wrong with a template that is sound in itself, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formreader.cli.printing import percent

if TYPE_CHECKING:
    from formreader.register.form import Form
    from formreader.template import Template

FEW_CELLS = 4
"""Fewer cells than so many were found on next to none of our samples by themselves."""


def doubts_about(form: "Template") -> Iterator[str]:
    """Why pages of this form may be refused, laid wrong or read wrong, though the template is sound in itself."""
    from formreader.register.by_picture import too_little_print  # noqa: PLC0415
    from formreader.register.form import Form  # noqa: PLC0415
    from formreader.template import unfindable  # noqa: PLC0415

    yield from _about_lists(form)
    if why := unfindable(form):
        yield f"{why}."
    elif form.strips_alone and (why := too_little_print(Form(form))):
        yield f"its reference picture {why}."
    cells, combs = sum(1 for _ in form.cells()), [field.name for field in form.fields if field.find == "comb"]
    if combs:
        yield (
            f"what is written beside or above {', '.join(combs)} is overlooked: such a row may stand anywhere, and "
            "nobody knows what is printed around it."
        )
    if cells:
        ready = Form(form)
        yield from _about_cells(ready, cells)
        yield from _about_print(ready)


def _about_lists(form: "Template") -> Iterator[str]:
    """Which lists of numbers may have been in a spreadsheet that shortens 0012 to 12."""
    for rule in form.lists:
        size = form.sizes[rule.field]
        numbers = sorted(rule.writable(size)) if form.field(rule.field).kind == "digits" else []
        short = [text for text in numbers if len(text) < size]
        if 0 < len(short) < len(numbers) / 2 and not any(text.startswith("0") for text in numbers):
            yield (
                f"the list of rule {rule.name} has numbers shorter than the {size} cells of {rule.field}, such as "
                f"{short[0]}, and none that begins with 0: has a spreadsheet dropped leading zeros? 0{short[0]} on a "
                f"form is not {short[0]}."
            )


def _about_cells(ready: "Form", cells: int) -> Iterator[str]:
    """What the cells themselves leave in doubt."""
    if ready.same_upside_down:
        yield (
            "its cells lie the same on a page fed upside-down, which would be read so. Give the template a reference "
            "picture, so that the print around the cells can tell."
        )
    printed = ready.cell_sides_printed.mean()
    if 0.1 < printed < 0.8:  # one in a drop-out colour shows none
        yield (
            f"its reference picture shows a line at {percent(printed)} of its cells' sides only: cells and picture may "
            "not belong together. To see both: formreader template check -o cells.png; to move the cells: template fit."
        )
    if cells < FEW_CELLS and ready.likeness is None:
        yield (
            f"{'one cell fits' if cells == 1 else f'{cells} cells fit'} in many places of a page, and nothing else "
            "tells them: most pages will be refused. Give the template a reference picture that shows the print "
            "around them."
        )


def _about_print(ready: "Form") -> Iterator[str]:
    """What is printed within the cells and around them, as far as that is known."""
    if ready.reference is None:
        yield (
            "it has no reference picture, so that a digit too many, a minus or brackets beside the cells, or a value "
            "above them, pass for print and are overlooked, and what is printed within cells is read as writing. To "
            "make one from scans: formreader template reference."
        )
    if _filled_in(ready):
        yield (
            "its reference picture seems to show a form that is filled in: what is written on it passes for print. "
            "Give it a scan of a blank one, or make one from five and more filled scans: formreader template reference."
        )
    elif held := _printed_in(ready):
        yield (
            f"something is printed in cells of {', '.join(held)}: it counts as a part of the value where something is "
            "written beside it. Leave out cells that hold none of the value, as those with a unit."
        )


def _filled_in(form: "Form") -> bool:
    from formreader.draft import looks_filled_in  # noqa: PLC0415

    return form.reference is not None and looks_filled_in(form.reference, form.corners[:, [0, 2]].reshape(-1, 4))


def _printed_in(form: "Form", *, most: int = 6) -> list[str]:
    """The fields that have print in some cells but not in others, or the first of them."""
    from formreader.printed.placeholders import is_figure  # noqa: PLC0415

    figures = {place for place, mask in form.printed_ink.items() if is_figure(mask)}
    names, first = [], 0
    for field in form.template.fields:
        inside = [place in figures for place in range(first, first + field.size)]
        first += field.size
        if any(inside) and not all(inside):
            names.append(field.name)
    return names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
