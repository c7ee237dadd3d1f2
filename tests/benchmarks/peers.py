"""Cell accuracy beside other digit readers, on the same cells of real scanned forms.

    python tests/benchmarks/peers.py cut ../shared/data/forms/tally tests/forms/tally.json cells.npz
    PEERS_PYTHON tests/benchmarks/peers.py read cells.npz ../shared/peers [--peer rapidocr6_digits ...] [--json FILE]
    python tests/benchmarks/peers.py sample digits.npz ../shared/data/digits/usps.npz FOLDER/cheques-test.npz
    PEERS_PYTHON tests/benchmarks/peers.py read-digits digits.npz ../shared/peers [--peer ...]

`cut` registers the scans, reads them with formreader and keeps each cell twice: as it stands on the scan (a tenth off
each side, where the frame is) and as formreader cleans it. `read` gives both to the peers, with the Python that has
them (see their README). A peer knows digits only, so it is counted on the cells that hold a digit; formreader on all.
`sample` and `read-digits` do the same with single digits of any digit files.
"""

import argparse
import csv
import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    cut = verbs.add_parser("cut")
    cut.add_argument("scans", type=Path)
    cut.add_argument("template", type=Path)
    cut.add_argument("cells", type=Path)
    cut.set_defaults(verb=lambda given: cut_cells_of(given.scans, given.template, given.cells))
    sample = verbs.add_parser("sample")
    sample.add_argument("output", type=Path)
    sample.add_argument("data", type=Path, nargs="+")
    sample.add_argument("--count", type=int, default=500)
    sample.set_defaults(verb=lambda given: sample_digits(given.output, given.data, given.count))
    digits = verbs.add_parser("read-digits")
    digits.add_argument("digits", type=Path)
    digits.add_argument("peers", type=Path)
    digits.add_argument("--peer", action="append")
    digits.set_defaults(verb=lambda given: compare_digits(given.digits, given.peers, given.peer))
    read = verbs.add_parser("read")
    read.add_argument("cells", type=Path)
    read.add_argument("peers", type=Path)
    read.add_argument("--peer", action="append")
    read.add_argument("--json", type=Path)
    read.set_defaults(verb=lambda given: compare(given.cells, given.peers, given.peer, given.json))
    given = parser.parse_args()
    given.verb(given)


def cut_cells_of(scans: Path, template_path: Path, output: Path) -> None:
    """Write every cell's truth, formreader's reading of it, and its two crops."""
    from formreader.classify import load_model
    from formreader.crop import cut_cells
    from formreader.pipeline import lay, read_page
    from formreader.register.form import Form
    from formreader.scans import list_scans
    from formreader.template import load_template

    template, model = load_template(template_path), load_model()
    form, truth = Form(template), true_cells(scans / "truth.csv")
    kept: dict[str, Any] = {"truth": [], "ours": []}
    numbers = itertools.count()
    for ref in list_scans([scans]):
        laid = lay(ref, form)
        reading = read_page(laid, template, model)
        kept["truth"] += [symbol for field in reading.fields for symbol in truth[Path(ref.file).stem][field.field]]
        kept["ours"] += [symbol for field in reading.fields for symbol in field.raw]
        for crop, frame, number in zip(cut_cells(laid.page, laid.frames), laid.frames, numbers, strict=False):
            kept[f"cleaned{number:05}"] = crop.gray
            kept[f"scanned{number:05}"] = inside(laid.page.scan.gray, frame.corners)
    np.savez_compressed(output, **kept)
    print(f"{output}: {len(kept['truth'])} cells")


def sample_digits(output: Path, files: list[Path], count: int) -> None:
    """Keep up to `count` test digits of each file, evenly spaced, with the truth and what formreader reads."""
    from formreader.classify import load_model
    from formreader.dataset import load_digits

    model, kept = load_model(), {}
    for file in files:
        digits = load_digits(file, "test")
        chosen = digits.part(np.unique(np.linspace(0, len(digits) - 1, count).astype(int)))
        normalized = chosen.normalized()
        start = time.perf_counter()
        ours = model.classify(normalized)[:, :10].argmax(axis=1)
        kept |= {f"{file.stem}_x": chosen.images, f"{file.stem}_y": chosen.labels, f"{file.stem}_ours": ours}
        kept[f"{file.stem}_seconds"] = (time.perf_counter() - start) / len(chosen)
    np.savez_compressed(output, **kept)


def compare_digits(path: Path, folder: Path, peers: list[str] | None) -> None:
    """Print, file by file, the share of the digits that each reader has right, and its milliseconds a digit."""
    sys.path.insert(0, str(folder.resolve()))
    from read_digits import read_digit

    with np.load(path) as kept:
        for name in sorted(key[:-2] for key in kept if key.endswith("_x")):
            images, labels = list(kept[f"{name}_x"]), kept[f"{name}_y"]
            right, seconds = float((kept[f"{name}_ours"] == labels).mean()), float(kept[f"{name}_seconds"])
            print(f"{name}, {len(labels)} digits\n  {'formreader':20} {right:8.2%} {1e3 * seconds:8.3f} ms")
            for peer in peers or ["rapidocr6_digits", "tesserocr"]:
                right, seconds = share_right(
                    lambda image, peer=peer: read_digit(peer, image).digits,
                    images,
                    labels.astype(str),
                    np.ones(len(labels), bool),
                )
                print(f"  {peer:20} {right:8.2%} {1e3 * seconds:8.3f} ms")


def true_cells(path: Path) -> dict[str, dict[str, str]]:
    """Scan -> field -> what stands in its cells: a digit, `_` blank, `X` fill mark, `?` not to be read."""
    with path.open(newline="") as table:
        return {f"scan-{row['scan']}": row for row in csv.DictReader(table)}


def inside(gray: Gray, corners: npt.NDArray[np.float64], *, margin: float = 0.1) -> Gray:
    """The cell upright and straight, without its outer tenth."""
    width, height = (int(np.linalg.norm(corners[0] - corners[other]).round()) for other in (1, 3))
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    flat = cv2.warpPerspective(
        gray, cv2.getPerspectiveTransform(corners.astype(np.float32), square), (width, height), flags=cv2.INTER_CUBIC
    )
    across, down = round(width * margin), round(height * margin)
    return np.asarray(flat[down : height - down, across : width - across], np.uint8)


def compare(cells: Path, folder: Path, peers: list[str] | None, output: Path | None) -> None:
    """Print the share of cells that each reader has right."""
    sys.path.insert(0, str(folder.resolve()))
    from read_digits import read_digit

    with np.load(cells) as kept:
        truth, ours = kept["truth"], kept["ours"]
        crops = {kind: [kept[f"{kind}{n:05}"] for n in range(len(truth))] for kind in ("cleaned", "scanned")}
    sure, digit = truth != "?", np.char.isdigit(truth)
    print(f"{sure.sum()} cells, {digit.sum()} of them hold a digit")
    print(f"{'':34} {'digits right':>12} {'all cells right':>16} {'ms a cell':>10}")
    figures: dict[str, float] = {"formreader": float((ours == truth)[digit].mean())}
    figures["formreader_all_cells"] = float((ours == truth)[sure].mean())
    print(f"{'formreader':34} {figures['formreader']:12.2%} {figures['formreader_all_cells']:16.2%}")
    for peer in peers or ["rapidocr6_digits", "tesserocr"]:
        for kind, images in crops.items():
            name = f"{peer}, {kind} cells"
            figures[name], seconds = share_right(
                lambda image, peer=peer: read_digit(peer, image).digits, images, truth, digit
            )
            print(f"{name:34} {figures[name]:12.2%} {'':16} {1e3 * seconds:10.1f}")
    if output:
        output.write_text(json.dumps(figures, indent=2) + "\n")


def share_right(
    read: Callable[[Gray], str], images: list[Gray], truth: npt.NDArray[np.str_], digit: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Share of the digits read right, and seconds a cell; the first call, which loads the peer, is not timed."""
    places = np.flatnonzero(digit)
    read(images[places[0]])
    start = time.perf_counter()
    right = [read(images[place]) == truth[place] for place in places]
    return float(np.mean(right)), (time.perf_counter() - start) / len(places)


if __name__ == "__main__":
    main()
