"""Read many scans into one table: partitions of pages over an engine, a journal, limits, the table and a summary."""

from formreader.batch.run import process

__all__ = ["process"]
