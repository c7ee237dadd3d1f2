"""What an engine itself costs a page: processor time of all its processes over pages on which nothing has to be done.

    python tests/benchmarks/engines.py [--few 800] [--many 8000] [--jobs 2] [--json FILE]

Results are of the size of a page with 40 cells. A page's cost is the difference between many pages and few, so that the
start does not count; processor time, so that other programs hardly do. Beside about 80 ms to read a page.
"""

import os
from collections.abc import Iterator, Sequence

from figures import asking, save

from formreader.engines import run
from formreader.records import FieldReading, PageReading, ScanRef

FIELDS = tuple(
    FieldReading(f"number {row}", "12345678", 0.99, "read", (), "12345678", (0.999,) * 8) for row in range(5)
)


def nothing(refs: Sequence[ScanRef]) -> Iterator[tuple[PageReading, str]]:
    for ref in refs:
        yield PageReading(ref, FIELDS, 0.98, None, "benchmark"), "0" * 64


def main() -> None:
    parser = asking(__doc__, few=800, many=8000, jobs=2)
    options = parser.parse_args()
    figures = {}
    print(f"{'':12} {'ms a page':>10} {'start, s':>10}")
    for engine in ("serial", "processes", "dask"):
        few, many = (used(engine, pages, options.jobs) for pages in (options.few, options.many))
        page = (many - few) / (options.many - options.few)
        figures[engine] = {"page_ms": 1000 * page, "start_s": few - options.few * page}
        print(f"{engine:12} {1000 * page:10.3f} {few - options.few * page:10.2f}")
    save(figures, options.json)


def used(engine: str, pages: int, jobs: int) -> float:
    """Processor seconds, of this process and all that it started."""
    import engines  # so that workers find the function under a name that they can import

    refs = [ScanRef(f"/scans/{number}.jpg", f"{number}.jpg") for number in range(pages)]
    before = os.times()
    for _ in run(engines.nothing, [refs[at : at + 8] for at in range(0, pages, 8)], engine=engine, jobs=jobs):
        pass
    return sum(os.times()[:4]) - sum(before[:4])


if __name__ == "__main__":
    main()
