"""Cells that stand where a person would not have put them."""

from collections.abc import Iterator, Mapping, Sequence

from formreader.records import Box


def cells_astray(fields: Mapping[str, Sequence[Box]]) -> Iterator[str]:
    """What is wrong, with its place, with the cells of each field, by its name.

    Those copied and not moved: one digit would stand in two places, in two values. Those of a row that do not follow
    each other from left to right, as the digits of a number do.
    """
    places: dict[Box, str] = {}
    for i, (name, boxes) in enumerate(fields.items()):
        before = None
        for j, box in enumerate(boxes):
            place = f"fields[{i}] ({name}).cells[{j}]"
            if box in places:
                yield f"{place}: lies where {places[box]} lies. Move one of them, or leave it out."
            elif before is not None and _shared(before, box) > 0.5:
                yield f"{place}: lies mostly upon the cell before it. Move one of them, or leave it out."
            elif before is not None and _beside(before, box) and box.left < before.left:
                yield f"{place}: lies left of the cell before it. Give those of a row from left to right."
                break
            places.setdefault(box, place)
            before = box


def _shared(one: Box, other: Box) -> float:
    """The share of the smaller box that both cover."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(width, 0) * max(height, 0) / smaller


def _beside(one: Box, other: Box) -> bool:
    """Whether the boxes stand in one row: beside each other for more than half of the lower one."""
    return min(one.bottom, other.bottom) - max(one.top, other.top) > min(one.height, other.height) / 2
