"""formreader: read handwritten digits off scanned forms, and know when not to."""

__version__ = "0.2.0"
