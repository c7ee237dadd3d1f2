"""A results table as pandas frames: a row a field, or a row a page."""

from pathlib import Path
from typing import TYPE_CHECKING

from formreader.table.formats import COLUMNS, read_table

if TYPE_CHECKING:
    import pandas as pd


def fields_frame(path: Path) -> "pd.DataFrame":
    """The results table at `path`, in any of its formats, a row a field.

    `page` is a whole number, `confidence` a float, all else text: 007 is not 7, and a blank is no NaN. TableError where
    it is no results table.
    """
    import pandas as pd  # noqa: PLC0415  takes longer to load than a page to read

    return pd.DataFrame(read_table(path, COLUMNS)).astype({"page": int, "confidence": float})


def pages_frame(path: Path) -> "pd.DataFrame":
    """The same a row a page (`file`, `page`), a column a field: its value where that is `read` or `blank`, else NA.

    Fields are in the order of the table; what a person has decided in the review counts as it stands there.
    """
    table = fields_frame(path)
    trusted = table["value"].where(table["status"].isin(["read", "blank"]))
    wide = table.assign(value=trusted).pivot(index=["file", "page"], columns="field", values="value")
    return wide[list(table["field"].unique())]
