"""Page -> frames: each cell's printed frame found again around its place; rows of cells that stand anywhere."""

from formreader.locate.frames import find_frames

__all__ = ["find_frames"]
