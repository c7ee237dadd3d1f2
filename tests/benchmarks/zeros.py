"""Train what tells zeros that hang together, and say how well it does.

    python tests/benchmarks/zeros.py ../shared/data EXTRA [--strips FOLDER] [--count N]
        [--epochs N] [--output FILE.tflite]

EXTRA is what prepare_digits.py made, FOLDER what prepare_strips.py did: Indian amounts with their marks. Learned from
are the wide parts of composed strips, of the amounts but the last 200 and the registers but the last 500, and of the
FOLDER's. Measured on strips of another seed, and on the real ones kept apart. Without --output the model that comes
along is measured.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from lessons import asking_training, moved_windows, strips_to_learn

from formreader.classify import load_model
from formreader.dataset.joined import Parts, drawn_parts
from formreader.dataset.strips import load_strips
from formreader.strips.model import load_strip_model
from formreader.strips.zeros import HIGH, WIDE, ZEROS, chances_of

BATCH = 512


def learned(parts: Parts, output: Path, *, epochs: int) -> None:
    """Fit the network by so many turns over all, each window moved, stretched and paled a little, and save it."""
    import keras

    from formreader.network import export
    from formreader.network.windows import build

    rng, model = np.random.default_rng(1), build((HIGH, WIDE), 1 + len(ZEROS))
    steps = len(parts.labels) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * steps, alpha=0.01)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-3, use_ema=True, ema_momentum=0.998),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for epoch in range(epochs):
        losses = [
            model.train_on_batch(moved_windows(parts.windows[some], rng), parts.labels[some])
            for some in np.array_split(rng.permutation(len(parts.labels)), steps)
        ]
        print(f"epoch {epoch + 1}: loss {np.mean(losses[-50:]):.4f}", flush=True)
    model.optimizer.finalize_variable_values(model.trainable_variables)
    export(model, output, parts.windows[rng.permutation(len(parts.labels))[:800]].astype(np.float32) / 255)


def report(name: str, parts: Parts, network: Path | None, *, sure: float = 0.9) -> None:
    """How many zeros it is sure of, and how often it takes something else for them."""
    chances = np.concatenate(
        [chances_of(parts.windows[at : at + 500], network) for at in range(0, len(parts.labels), 500)]
    )
    told = np.where(chances.max(1) >= sure, chances.argmax(1), 0)
    for label, text in enumerate(ZEROS, 1):
        own = parts.labels == label
        false = int(((told == label) & ~own).sum())
        right = (told[own] == label).mean()
        print(f"{name:20} {text:4} told {right:6.1%} of {own.sum():5}, false {false} of {(~own).sum()}")


def main() -> None:
    parser = asking_training(__doc__, count=64000, epochs=10, seed=21)
    parser.add_argument("--strips", type=Path)
    asked = parser.parse_args()
    model, judge = load_model(), load_strip_model()
    data = strips_to_learn(asked.data, asked.extra, model, judge, *([asked.strips] if asked.strips else []))
    if asked.output:
        parts = drawn_parts(data, asked.count, np.random.default_rng(asked.seed))
        print(f"learned from {len(parts.labels)} parts, {(parts.labels > 0).sum()} of them zeros")
        learned(parts, asked.output, epochs=asked.epochs)
    rng = np.random.default_rng(asked.seed + 1000)
    report("composed", drawn_parts(replace(data, strips=()), 3000, rng), asked.output)
    apart = [strip for strip in load_strips(asked.data / "cheques" / "amounts", model)[-200:] if strip.spans]
    report("last 200 amounts", drawn_parts(replace(data, strips=tuple(apart)), 2000, rng, real=1.0), asked.output)


if __name__ == "__main__":
    main()
