"""What people write above, below or beside a field's cells, so that these say another value than was meant."""

from formreader.records import Box, Gray
from formreader.simulate.faults.besides import drawn_line, emptied
from formreader.simulate.faults.fields import Rng, WrittenField, on_some
from formreader.simulate.handwriting import write


@on_some
def above_cells(field: WrittenField, rng: Rng, strength: float) -> bool:
    """The value above its cells or below them, where there is room; they stay empty."""
    page, first, share = field.cells[0].page, field.cells[0].box, rng.uniform(0.6, 0.95)
    high, wide = share * first.height, rng.uniform(0.7, 1) * share * first.width
    left = rng.uniform(field.along(0), field.along(1) - wide * len(field.cells))
    gap = rng.uniform(-0.05, 0.1) * first.height  # the digits leave some room within theirs
    above = Box(left, first.top - gap - high, left + wide, first.top - gap)
    below = Box(left, first.bottom + gap, left + wide, first.bottom + gap + high)
    tries = (above, below) if rng.random() < 0.7 else (below, above)
    free = [start for start in tries if _is_paper(page, start, field.along(0), field.along(1))]
    for place, cell in enumerate(field.cells if free else ()):
        emptied(cell)
        step = place * wide
        box = Box(free[0].left + step, free[0].top, free[0].right + step, free[0].bottom)
        write(page, cell.mark.label, box, cell.hand, rng)
    return bool(free)


@on_some
def beside_cells(field: WrittenField, rng: Rng, strength: float) -> bool:
    """Another number half a cell off, or a whole one: a correction of it."""
    page, last, count = field.cells[-1].page, field.cells[-1].box, 2
    wide, start = 0.8 * last.width, last.right + rng.uniform(0.6, 1.1) * last.width
    if start + count * wide > page.shape[1] or not _is_paper(page, last, start, start + count * wide):
        return False
    for place in range(count):
        box = Box(start + place * wide, last.top, start + (place + 1) * wide, last.bottom)
        write(page, str(rng.integers(10)), box, field.cells[-1].hand, rng)
    return True


@on_some
def corrected(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A smaller digit above one of the field's, or below it, where there is room: that one is wrong."""
    cell, share = field.cells[int(rng.integers(len(field.cells)))], rng.uniform(0.5, 0.85)
    page, box, high = cell.page, cell.box, share * cell.box.height
    left = box.left + rng.uniform(0, 1 - share) * box.width
    top = box.top - high if rng.random() < 0.8 else box.bottom
    place = Box(left, top, left + share * box.width, top + high)
    if not _is_paper(page, place, place.left, place.right):
        return False
    write(page, str(rng.integers(10)), place, cell.hand, rng)
    return True


@on_some
def braced(field: WrittenField, rng: Rng, strength: float) -> bool:
    """Empty, with a brace behind it that comes from the row above: the same value."""
    for one in field.cells:
        emptied(one)
    x, deep, top = 1 + rng.uniform(0.1, 0.35), rng.uniform(0.08, 0.16), -rng.uniform(0.6, 1.2)
    middle = (top + 0.9) / 2
    shape = [(0.0, top), (1.0, top + 0.1), (1.0, middle - 0.1), (1.8, middle), (1.0, middle + 0.1), (1.0, 0.85)]
    drawn_line(field.cells[-1], [(x + deep * out, y) for out, y in [*shape, (0.0, 0.95)]], rng, astray=0.005)
    return True


def _is_paper(page: Gray, place: Box, left: float, right: float) -> bool:
    """Whether nothing stands there, from left to right, but right at its edges."""
    inner = place.grown(-0.08 * place.height)
    area = page[max(round(inner.top), 0) : max(round(inner.bottom), 0), round(left) : round(right)]
    return area.size > 0 and float(area.min()) > 200
