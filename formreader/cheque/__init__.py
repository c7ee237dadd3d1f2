"""Any bank's cheque -> its amount, its date and its line of magnetic ink; nothing is where a template says.

`sheet` straightens it (`outline`, `ruled`), `courtesy` and `currency` find the amount that `amount` reads, `date` and
`written_date` read its date, `magnetic` the line at its foot.
"""

from formreader.cheque.reader import read_cheque, read_upright, straightened
from formreader.cheque.sheet import upright

__all__ = ["read_cheque", "read_upright", "straightened", "upright"]
