"""Memory that was freed stays with the process."""

import platform
import subprocess
import sys

import pytest

PAGES = """
import resource
import numpy as np
from formreader.heap import keep_freed_memory
{}
for page in range(6):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pixels = [np.ones(8_000_000, np.uint8) for _ in range(4)]
    del pixels
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_a_page_takes_the_memory_of_the_page_before() -> None:
    kept, given_back = (
        int(subprocess.run([sys.executable, "-c", PAGES.format(call)], check=True, capture_output=True).stdout)
        for call in ("keep_freed_memory()", "")
    )
    assert kept < 100
    assert given_back > 1000
