"""Page -> crops: cells cut, frame, watermark and guides taken away, and what their strokes say against a digit.

`cut` does it, on `patches` warped straight from the scan and their `contrast`; `dropout` takes the frame away; `guides`
are what is printed inside cells, `preprinted` the pale print, `captioned` the small; `upon` is writing upon their
lines, `astray` writing on the wall between two, `walls` what lies along it, `pale` writing across pale lines, `blurred`
and `faint` what is too pale for ink, `strokes`, `slashed` and `pieces` what was struck out, written over or is more
than one digit, `minus` a stroke before the digit, `underlined` one under it.
`cleared` takes print from fields without cells.
`writing` is what they all ask of: the cells' own strokes, and how far these reach.
"""

from formreader.crop.cut import cut_cells

__all__ = ["cut_cells"]
