"""What the journal costs a page: to keep it, to recall it, to hash its scan; and how large the journal grows.

    python tests/benchmarks/journal.py [--pages 5000] [--fields 40] [--scan-kb 1000] [--json FILE]

Made-up pages of so many fields of one cell; scans of so many random bytes. Milliseconds of processor time per page,
beside about 80 for reading an A4 page of 40 cells.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import asking, save

from formreader.batch.journal import Journal, journal_path
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.scans.files import content


def main() -> None:
    parser = asking(__doc__, pages=5000, fields=40)
    parser.add_argument("--scan-kb", type=int, default=1000)
    options = parser.parse_args()
    fields = tuple(
        FieldReading(f"field_{n}", str(n % 10), 1 / (n + 2), "read", (), str(n % 10), (1 / (n + 3),))
        for n in range(options.fields)
    )
    refs = [ScanRef(f"/scans/{n}.jpg", f"{n}.jpg") for n in range(options.pages)]
    pages = [PageReading(ref, fields, 0.98, None, "form") for ref in refs]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "results.csv")
        with Journal(output, "means") as journal:
            keep = milliseconds(lambda: [journal.keep(page, "0" * 64) for page in pages], options.pages)
        size = sum(file.stat().st_size for file in Path(folder).glob(journal_path(output).name + "*"))
        with Journal(output, "means") as journal:
            recall = milliseconds(lambda: journal.recall(refs, lambda _: "0" * 64), options.pages)
        scans = [Path(folder, str(number)) for number in range(20)]
        for scan in scans:
            scan.write_bytes(os.urandom(1000 * options.scan_kb))
        hashing = milliseconds(lambda: [content(str(scan)) for scan in scans], len(scans))
    figures = {
        "keep_ms": keep,
        "recall_ms": recall,
        "hash_ms": hashing,
        "journal_kb_a_page": size / 1000 / options.pages,
    }
    for name, figure in figures.items():
        print(f"{name:20} {figure:8.3f}")
    save(figures, options.json)


def milliseconds(work: Callable[[], object], pages: int) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start) / pages


if __name__ == "__main__":
    main()
