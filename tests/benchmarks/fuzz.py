"""Damage files of every kind many times over, and see whether one crashes, hangs or surprises the program.

    python tests/benchmarks/fuzz.py [--cases 20000] [--seed N] [--memory GB] [--seconds S] [--keep DIR]

Each kind is opened in a process of its own, with a limit of memory and, for each file, of seconds. Prints by kind how
many were opened, refused with a reason, and how many ended otherwise: an error that is not ours, no more memory, a
crash, a hang. `--keep` saves those. Exit code 1 where there are any.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from damage import damaged
from figures import asking
from fuzzed import use, wholes

from formreader.errors import FormreaderError


def main() -> int:
    """Print the table."""
    asked = _asked()
    if asked.kind:
        _open_all(asked)
        return 0
    print(
        f"{'':16} {'cases':>6} {'opened':>7} {'refused':>8} {'otherwise':>10} {'slowest ms':>11} {'MB':>5}", flush=True
    )
    kinds = list(wholes())
    bad = 0
    for kind in kinds:
        counts = _kind(kind, -(-asked.cases // len(kinds)), asked)
        bad += counts["otherwise"]
        print(
            f"{kind:16} {counts['cases']:6} {counts['opened']:7} {counts['refused']:8} {counts['otherwise']:10} "
            f"{counts['slowest']:11.0f} {counts['megabytes']:5.0f}",
            flush=True,
        )
        for line in counts["said"]:
            print(f"    {line}")
    return int(bad > 0)


def _kind(kind: str, cases: int, asked: argparse.Namespace) -> dict:
    """All cases of a kind, by one process after another where one ends early."""
    total = {"cases": 0, "opened": 0, "refused": 0, "otherwise": 0, "slowest": 0.0, "megabytes": 0.0, "said": []}
    while total["cases"] < cases:
        command = [sys.executable, __file__, "--kind", kind, "--first", str(total["cases"]), "--cases", str(cases)]
        command += ["--seed", str(asked.seed), "--memory", str(asked.memory), "--seconds", str(asked.seconds)]
        ended = subprocess.run(
            [*command, *(["--keep", str(asked.keep)] if asked.keep else [])],
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        for line in lines:
            total["cases"] += 1
            total[line["end"]] += 1
            total["slowest"] = max(total["slowest"], line["ms"])
            total["megabytes"] = max(total["megabytes"], line["mb"])
            total["said"] += [line["said"]] if line["end"] == "otherwise" else []
        if total["cases"] < cases:  # the process ended at this one
            total["said"].append(f"case {total['cases']}: exit code {ended.returncode}: {ended.stderr[-300:]}")
            total["cases"] += 1
            total["otherwise"] += 1
    return total


def _open_all(asked: argparse.Namespace) -> None:
    """Open the cases from `first` on; a line for each."""
    limit = round(asked.memory * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    whole = wholes()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.first, asked.cases):
            rng = np.random.default_rng((asked.seed, list(whole).index(asked.kind), number))
            path = Path(folder) / asked.kind
            path.write_bytes(damaged(whole[asked.kind], rng, whole))
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / "last").write_bytes(path.read_bytes())
            print(json.dumps(_opened(path, number, asked)), flush=True)


def _opened(path: Path, number: int, asked: argparse.Namespace) -> dict:
    import faulthandler

    began, said = time.perf_counter(), ""
    faulthandler.dump_traceback_later(asked.seconds, exit=True)
    try:
        use(path)
        end = "opened"
    except FormreaderError as error:
        end = "refused" if path.name in str(error) else "otherwise"
        said = f"case {number}: names no file: {error}"
    except Exception as error:  # noqa: BLE001  what nobody foresaw is what this looks for
        end, said = "otherwise", f"case {number}: {type(error).__name__}: {error}"
    finally:
        faulthandler.cancel_dump_traceback_later()
    if end == "otherwise" and asked.keep:
        (asked.keep / f"{number}-{path.name}").write_bytes(path.read_bytes())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"end": end, "ms": 1000 * (time.perf_counter() - began), "mb": peak, "said": said}


def _asked() -> argparse.Namespace:
    parser = asking(__doc__, figures=False, cases=20_000, seed=1, memory=2.0, seconds=10.0, keep=Path)
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
