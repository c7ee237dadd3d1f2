"""Rows <-> a Parquet table: a folder of parts, `part-00000.parquet` and on, as Spark, Dask, DuckDB and pandas read it.

`page` is a whole number and `confidence` a number there, as in JSON; all else is text. Needs the extra `parquet`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any

from formreader.errors import TableError

Row = Mapping[str, str]

_PART = re.compile(r"part-\d{5}\.parquet")


def require_parquet(path: Path) -> None:
    """TableError where `path` cannot be read or written as Parquet for want of pyarrow."""
    _pyarrow(path)


def check_folder(path: Path) -> None:
    """TableError where something else than a table's parts stands at `path`, which a new table would replace."""
    if path.is_dir() and (others := [one.name for one in path.iterdir() if not _PART.fullmatch(one.name)]):
        raise TableError(f"{path}: holds {others[0]}, which is no part of a Parquet table. Choose another name.")
    if path.is_file():
        raise TableError(f"{path}: is a file; a Parquet table is written as a folder of parts. Choose another name.")


def write_parquet(
    rows: Iterable[Row], columns: Sequence[str], folder: Path, *, most: int = 1_000_000, at_once: int = 50_000
) -> None:
    """Write the rows to parts of at most `most` rows in the empty `folder`; no more than `at_once` are held."""
    arrow, parquet = _pyarrow(folder)
    kinds = {"page": arrow.int32(), "confidence": arrow.float64()}
    schema = arrow.schema([(column, kinds.get(column, arrow.string())) for column in columns])
    coming = iter(rows)
    for number, first in enumerate(chain([None], coming)):
        part = islice(chain([] if first is None else [first], coming), most)
        with parquet.ParquetWriter(folder / f"part-{number:05}.parquet", schema) as writer:
            while group := list(islice(part, at_once)):
                writer.write_table(arrow.table(_columns(group, columns), schema=schema))


def read_parquet(path: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The columns, and the rows one by one, of a folder of parts, or of one Parquet file. TableError if it is none."""
    arrow, parquet = _pyarrow(path)
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not parts:
        raise TableError(f"{path}: holds no part of a Parquet table, *.parquet. Check the name.")

    def rows() -> Iterator[dict[str, str]]:
        for part in parts:
            with parquet.ParquetFile(part) as file:
                for batch in file.iter_batches(10_000):
                    yield from (_as_text(row) for row in batch.to_pylist())

    try:
        with parquet.ParquetFile(parts[0]) as file:
            header = list(file.schema_arrow.names)
    except arrow.ArrowInvalid as error:
        raise TableError(f"{parts[0]}: not a Parquet file ({error}). Make the table again.") from error
    return header, rows()


def _columns(rows: Sequence[Row], columns: Sequence[str]) -> dict[str, list[Any]]:
    numbers: dict[str, type] = {"page": int, "confidence": float}

    def cell(column: str, text: str) -> Any:
        return text if column not in numbers else numbers[column](text) if text else None

    return {column: [cell(column, row[column]) for row in rows] for column in columns}


def _as_text(row: Mapping[str, Any]) -> dict[str, str]:
    """As CSV has it: a confidence with four decimals."""
    return {
        name: "" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
        for name, value in row.items()
    }


def _pyarrow(path: Path) -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise TableError(
            f"{path}: pyarrow is not installed. Parquet needs: pip install 'formreader[parquet]'"
        ) from error
