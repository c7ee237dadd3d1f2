"""Make the calibration that comes along, from forms that `simulated.py` drew and read, and from real strips.

    python tests/benchmarks/calibrate.py SIMULATED.csv... --strips ../shared/data --output models/calibration.csv

Drawn strips are read far better than real ones: of strips that no rule checks only real ones that are kept apart from
training are counted, the last 200 amounts of cheques and the last 500 numbers of registers, as in `amounts.py`.
"""

from collections.abc import Hashable, Iterator
from itertools import chain
from pathlib import Path

from amounts import read
from figures import asking
from simulated import COLUMNS, right

from formreader.decide.promise import write_calibration
from formreader.table import Row, read_table


def counted(row: Row) -> bool:
    """With its template's rules, and nothing but its confidence speaks against it; no strip that no rule checks."""
    return row["rules"] == "1" and row["status"] in ("read", "blank") and row["kind"] != "strip"


def simulated(path: Path) -> Iterator[tuple[Hashable, str, float, bool]]:
    """What `write_calibration` takes, of the forms of one table."""
    for row in read_table(path, COLUMNS):
        if counted(row):
            yield (path, row["template"], row["form"]), row["kind"], float(row["confidence"]), right(row)


def strips(data: Path) -> Iterator[tuple[Hashable, str, float, bool]]:
    """The same of the real strips that nothing speaks against: each is a page of its own."""
    for folder, last in ((data / "cheques" / "amounts", 200), (data / "strips" / "registers", 500)):
        confidence, fine, _ = read(folder, last)
        for number, (sure, ok) in enumerate(zip(confidence, fine, strict=True)):
            if sure > 0:
                yield (folder, number), "strip", float(sure), bool(ok)


def main() -> None:
    parser = asking(__doc__, figures=False)
    parser.add_argument("simulated", nargs="+", type=Path)
    parser.add_argument("--strips", type=Path, metavar="DATA", help="the folder that holds cheques/ and strips/")
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()
    fields = chain.from_iterable(simulated(path) for path in asked.simulated)
    write_calibration(chain(fields, strips(asked.strips) if asked.strips else ()), asked.output)


if __name__ == "__main__":
    main()
