"""From a scan's page to its reading: the only room that knows the order of the steps.

`pages` reads them, one partition after the other; `lay` opens, registers and finds the cells, with a form
`fitting` the batch; `reference` makes a picture of the blank form from filled ones; `belonging` says which of
several forms a page is; `looking` lays one for a person; `drafting` makes a form's photo flat, to draft a template of.
"""

from formreader.pipeline.lay import LaidPage, draw_fit, lay, upright
from formreader.pipeline.looking import to_look_at
from formreader.pipeline.pages import failed, read_page, read_pages

__all__ = ["LaidPage", "draw_fit", "failed", "lay", "read_page", "read_pages", "to_look_at", "upright"]
