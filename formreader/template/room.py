"""Templates that no page is like: to look for one costs a scan hours, or more memory than there is."""

from collections.abc import Iterator

LONGEST = 100
"""How many times longer than wide a page is at most; a scan that is longer is not opened."""
MOST_CELLS = 4000
"""Of 5 mm an A4 page has room for 2,400. How they lie to each other takes memory by their square."""


def beyond_a_page(width: int, height: int, cells: int) -> Iterator[str]:
    """What is wrong with a page of that size, in pixels, and of so many cells."""
    if max(width, height) > LONGEST * min(width, height):
        yield f"width, height: {width} x {height} pixels have no room for writing. Give the size of the blank form."
    if cells > MOST_CELLS:
        yield f"fields: they have {cells:,} cells; a page has room for {MOST_CELLS:,}. Make a template for each page."
