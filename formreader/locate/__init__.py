"""Page -> frames: each cell's printed frame found again around its place; rows of cells that stand anywhere.

`frames` finds them, `fields` moves each field as a whole first, `follow` those on paper that is bent; `inside` and
`cut_off` say which are not to be trusted; `comb` finds the rows, `hidden` those of their cells that writing hides;
`grounds` sets the sides of cells without lines; `legibility` says how well what stands in them can be read. `beside`,
`above` and `between` tell, by what the page's `pens` are like, what was written next to the cells and between them.
`strips` cuts the fields that have no cells, from `views` of the page; `around` tells what is written by them, or goes
on beyond them; `print_around` whether the page shows what is printed there, `others_rows` whether it is another row's.
"""

from formreader.locate.frames import find_frames
from formreader.locate.grounds import on_grounds

__all__ = ["find_frames", "on_grounds"]
