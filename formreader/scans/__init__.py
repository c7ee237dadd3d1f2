"""Scan files: list their pages, open one as an upright gray image. Every format that a scanner or phone leaves.

`listing` lists, `opening` opens; `headers`, `tiff` and `strange` say what a file is before a pixel is decoded, `decode`
makes gray levels of it, `pdf` (weighed first by `pdf_weight`) draws its pages, `files` and `stores` fetch its bytes.
"""

from formreader.scans.listing import left_out, list_files, list_scans
from formreader.scans.opening import MAX_PIXELS, open_scan

__all__ = ["MAX_PIXELS", "left_out", "list_files", "list_scans", "open_scan"]
