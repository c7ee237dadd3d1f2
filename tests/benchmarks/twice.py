"""What is worked out twice on one page: functions called again with the same arguments, the time of that, and by whom.

    python tests/benchmarks/twice.py SCANS... --template T [--most 20] [--json FILE]

Every function of formreader is watched, which takes far longer than to read. A call again within another one does not
count: the outer one would be left out. Times are of the processor.
"""

import dataclasses
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path
from types import FunctionType

import cv2
import numpy as np
from figures import asking, save

import formreader.cheque  # noqa: F401  else imported when the first cheque is read, unwatched
from formreader.classify import load_model
from formreader.pipeline import pages
from formreader.register.form import Form
from formreader.scans import list_scans
from formreader.template import load_templates

DEEPEST = 4
"""How deep in records and lists arguments are looked into; below that only the same object is the same."""


class Watch:
    """What was called on a page, and what of it again."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, object] = {}
        self.within = 0
        self.aside = 0.0
        self.calls: Counter[str] = Counter()
        self.again: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)

    def watched(self, function: FunctionType) -> Callable[..., object]:
        name = f"{function.__module__.removeprefix('formreader.')}:{function.__name__}"

        @wraps(function)
        def call(*given: object, **named: object) -> object:
            began = time.process_time()
            key = name, same(given), same(tuple(named.items()))
            repeated = key in self.seen
            self.seen[key] = given  # kept, so that no other object gets its place
            self.calls[name] += 1
            outermost, aside = repeated and not self.within, self.aside + time.process_time() - began
            self.aside = aside
            self.within += repeated
            began = time.process_time()
            try:
                return function(*given, **named)
            finally:
                self.within -= repeated
                if outermost:
                    took = time.process_time() - began - (self.aside - aside)
                    self.again[name].append((caller(), took))

        return call


def same(value: object, depth: int = 0) -> Hashable:  # noqa: PLR0911  one a kind of value
    """What is equal for what says the same."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, zlib.crc32(np.ascontiguousarray(value).data) if value.size else 0
    if isinstance(value, str | int | float | bytes | np.generic | None):
        return value
    if depth > DEEPEST or isinstance(value, Form):
        return id(value)
    if isinstance(value, list | tuple):
        return tuple(same(one, depth + 1) for one in value)
    if isinstance(value, dict):
        return tuple((same(key), same(one, depth + 1)) for key, one in value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, part.name) for part in dataclasses.fields(value))
        return type(value).__name__, *(same(part, depth + 1) for part in parts)
    return id(value)


def caller() -> str:
    """File and line of what called, and of what called that."""
    frame, found = sys._getframe(2), list[str]()
    while frame and len(found) < 2:
        if frame.f_code.co_filename != __file__:
            found.append(f"{frame.f_code.co_filename.rpartition('formreader/')[2]}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(found)


def functions() -> Iterator[tuple[dict[str, object], str, FunctionType]]:
    """Every name of a function of formreader's modules that are imported, where it stands, and the function."""
    for name, module in list(sys.modules.items()):
        if name.startswith("formreader"):
            for own, value in list(vars(module).items()):
                ours = isinstance(value, FunctionType) and value.__module__.startswith("formreader")
                if ours and not isgeneratorfunction(value):
                    yield vars(module), own, value


def main() -> None:
    parser = asking(__doc__, template=str, most=20)
    parser.add_argument("scans", nargs="+", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    model, template = load_model(), next(iter(load_templates(asked.template).values()))
    refs = list_scans(asked.scans)
    form = template if template.is_cheque else Form(template)
    list(pages.read_pages(refs[:1], form, model))  # what is made once for a batch
    watch = Watch()
    known: dict[FunctionType, Callable[..., object]] = {}
    for names, name, function in functions():
        names[name] = known.setdefault(function, watch.watched(function))
    for ref in refs:
        watch.seen.clear()
        list(pages.read_pages([ref], form, model))
    report(watch, len(refs), asked.most)
    save({name: 1e3 * sum(took for _, took in calls) / len(refs) for name, calls in watch.again.items()}, asked.json)


def report(watch: Watch, count: int, most: int) -> None:
    """Print the functions on which most time is spent again, and who asks for it most, a page."""
    total = {name: sum(took for _, took in calls) for name, calls in watch.again.items()}
    for name in sorted(total, key=lambda name: -total[name])[:most]:
        by_whom: Counter[str] = Counter()
        for who, took in watch.again[name]:
            by_whom[who] += took
        calls, again = watch.calls[name] / count, len(watch.again[name]) / count
        print(f"{name:44} {calls:8.1f} calls, again {again:7.2f}, {1e3 * total[name] / count:6.2f} ms")
        for who, took in by_whom.most_common(2):
            print(f"{'':8}{1e3 * took / count:6.2f} ms {who}")


if __name__ == "__main__":
    main()
