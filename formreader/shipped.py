"""Where the files that come with formreader lie: the digit model and the sample forms."""

from functools import cache
from pathlib import Path


@cache
def shipped(folder: str) -> Path:
    """The folder `models` or `samples`: inside an installed package, else beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder
