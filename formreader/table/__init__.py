"""The results table and what lies beside it: rows <-> CSV, XLSX, JSON, Parquet; the run's manifest.

`tabulate` makes rows of page readings, `formats` writes and reads them, with `commas` and `parquet`; `manifest` says
how they came about.
"""

from formreader.table.commas import Row
from formreader.table.formats import (
    COLUMNS,
    FORMATS,
    append_table,
    check_format,
    check_output,
    printable,
    read_table,
    stream_table,
    write_table,
)

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Row",
    "append_table",
    "check_format",
    "check_output",
    "printable",
    "read_table",
    "stream_table",
    "write_table",
]
