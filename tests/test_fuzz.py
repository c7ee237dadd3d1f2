"""Damaged files of every kind are opened, or refused with their name: no crash, no hang, no other error.

A small share of what `benchmarks/fuzz.py` does; what that finds becomes a test of its own.
"""

from pathlib import Path

import numpy as np
import pytest
from damage import damaged
from fuzzed import SAMPLE, use, wholes

from formreader.errors import FormreaderError

WHOLES = wholes()


@pytest.mark.parametrize("name", WHOLES)
def test_whole_files_are_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "reference.png").write_bytes((SAMPLE / "reference.png").read_bytes())
    (tmp_path / name).write_bytes(WHOLES[name])
    use(tmp_path / name)


@pytest.mark.parametrize("name", WHOLES)
def test_damaged_files_are_opened_or_refused_by_name(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(list(WHOLES).index(name))
    refused = 0
    for number in range(40):
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(damaged(WHOLES[name], rng, WHOLES))
        try:
            use(path)
        except FormreaderError as error:
            refused += 1
            assert path.name in str(error)
        path.unlink()
    assert refused > 0
