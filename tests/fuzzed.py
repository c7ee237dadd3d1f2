"""What is done with a damaged file: opened as a scan, a template, a model or a table, as its name says."""

from pathlib import Path

from damage import whole_files

from formreader.classify import load_model
from formreader.scans import list_scans, open_scan
from formreader.shipped import shipped
from formreader.table import COLUMNS, read_table
from formreader.template import load_template

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "deposit-slip"


def wholes() -> dict[str, bytes]:
    """Sound files by name: scans of every kind, a template, a model, tables."""
    return {
        **whole_files(),
        "template.json": (SAMPLE / "template.json").read_bytes().replace(b'"reference": "reference.png",', b""),
        "digits.tflite": (shipped("models") / "digits.tflite").read_bytes(),
        "results.csv": (SAMPLE / "expected.csv").read_bytes(),
    }


def use(path: Path) -> None:
    """Open the file and look at what is in it. Raises what that raises."""
    if path.suffix == ".json":
        load_template(path)
    elif path.suffix == ".tflite":
        load_model(path)
    elif path.suffix == ".csv":
        read_table(path, COLUMNS)
    else:
        for ref in list_scans([path])[:3]:
            open_scan(ref, needed=(30, 40), max_pixels=4_000_000)
