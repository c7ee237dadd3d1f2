"""An unboxed run of digits -> the digits, by readers that check each other; an amount's value.

`find` says where the run stands and `ink` what is written; `model` (one call of a network, decoded by `ctc`), its
`looks` and the digit CNN at its `spans` read it; `doubts` speak against it. `lattice` cuts it every way into
`pieces`, each of its `ways` to be seen, and `weighing` finds the `worth` of every value that `spelling` and `amounts`
allow. `fields` makes the field's reading.
"""

from formreader.strips.reader import marks_on, read_strip
from formreader.strips.reading import StripReading

__all__ = ["StripReading", "marks_on", "read_strip"]
