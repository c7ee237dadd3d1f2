"""How long a reviewer waits: from Enter to the next field with its picture, and until the decision is on disk.

    python tests/benchmarks/review.py [--fields 10000] [--decisions 200] [--pace 0.3] [--json FILE]

Draws forms, makes a table in which all their fields are rejected, and reviews it in headless Chromium through the real
server, each answer after `pace` seconds of looking. Target: 95 % within 50 ms, with 10,000 fields to do.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import asking, save

from formreader.shipped import shipped
from formreader.simulate import simulate
from formreader.table import read_table, write_table
from formreader.table.manifest import write_manifest
from formreader.template import load_template

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import browser
from reviewed import row

ACCEPT = """async () => {
  const until = async (done) => { while (!done()) await new Promise((go) => setTimeout(go, 1)); };
  const before = window.formreader.shown(), start = performance.now();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  await until(() => window.formreader.shown() && window.formreader.shown() !== before);
  const shown = performance.now() - start;
  await until(() => !window.formreader.unsaved());
  return [shown, performance.now() - start];
}"""


def make_run(folder: Path, fields: int, *, drawn: int = 12) -> Path:
    """A run of `fields` rejected fields, on scans of which `drawn` differ."""
    path = shipped("samples") / "deposit-slip" / "template.json"
    template = load_template(path)
    truth = read_table(simulate(template, count=drawn, output=folder / "drawn", seed=3), ("file", "field", "value"))
    scans = folder / "scans"
    scans.mkdir()
    rows = []
    for page in range(-(-fields // len(template.fields))):
        source = f"form-{page % drawn + 1:03d}.jpg"
        name = f"{page:06d}.jpg"
        os.link(folder / "drawn" / source, scans / name)
        rows += [row(line["field"], line["value"], file=name) for line in truth if line["file"] == source]
    results = folder / "results.csv"
    write_table(rows[:fields], results, list(rows[0]))
    write_manifest(results, [scans], path)
    return results


def measure(address: str, decisions: int, pace: float) -> list[tuple[float, float]]:
    """Milliseconds until the next field is shown, and until the decision is on disk, for each decision."""
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_selector("body[data-shown]")
        times = []
        for _ in range(decisions):
            time.sleep(pace)
            times.append(tuple(page.evaluate(ACCEPT)))
        return times


def at(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def main() -> None:
    parser = asking(__doc__, fields=10_000, decisions=200)
    parser.add_argument("--pace", type=float, default=0.3, help="seconds of looking at each field")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = make_run(Path(folder), given.fields)
        began = time.perf_counter()
        command = [sys.executable, "-m", "formreader", "review", str(results), "--reviewer", "bench", "--no-browser"]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            address = next(found[0] for line in server.stderr if (found := re.search(r"http://\S+", line)))
            ready = time.perf_counter() - began
            times = measure(address, given.decisions, given.pace)
        finally:
            server.terminate()
            server.wait()
    figures = {"fields": given.fields, "decisions": len(times), "seconds_to_start": round(ready, 2)}
    for name, values in zip(("next_shown_ms", "on_disk_ms"), zip(*times, strict=True), strict=True):
        figures[name] = {f"p{round(100 * share)}": round(at(list(values), share), 1) for share in (0.5, 0.95, 0.99)}
    print(json.dumps(figures, indent=2))
    save(figures, given.json)


if __name__ == "__main__":
    main()
