"""Train what tells digits of a run that are struck out one by one, and say how well it does.

    python tests/benchmarks/struck.py ../shared/data EXTRA [--count N] [--epochs N] [--output FILE.tflite]

EXTRA is what prepare_digits.py made. Learned from are digits of composed strips, of the amounts but the last 200 and
the registers but the last 500, with strokes drawn over some. Measured on digits of strips of another seed: the share of
the struck ones that is told where so many of the honest ones are taken for such. What it does to whole strips, and what
that costs, says `whole_numbers.py`. Without --output the model that comes along is measured.
"""

from pathlib import Path

import numpy as np
from lessons import asking_training, moved_windows, strips_to_learn

from formreader.classify import load_model
from formreader.dataset.struck import Struck, drawn_windows
from formreader.strips.model import load_strip_model
from formreader.strips.struck import HIGH, WIDE, odds_of

BATCH = 512


def learned(digits: Struck, output: Path, *, epochs: int) -> None:
    """Fit the network by so many turns over all, each window moved, stretched and paled a little, and save it."""
    import keras

    from formreader.network import export
    from formreader.network.windows import build

    rng, model = np.random.default_rng(1), build((HIGH, WIDE), 1)
    labels, steps = digits.struck.astype(np.float32), len(digits.struck) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * steps, alpha=0.01)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    for epoch in range(epochs):
        losses = [
            model.train_on_batch(moved_windows(digits.windows[some], rng), labels[some])
            for some in np.array_split(rng.permutation(len(labels)), steps)
        ]
        print(f"epoch {epoch + 1}: loss {np.mean(losses[-50:]):.4f}", flush=True)
    export(model, output, digits.windows[rng.permutation(len(labels))[:800]].astype(np.float32) / 255)


def main() -> None:
    asked = asking_training(__doc__, count=80000, epochs=18, seed=11).parse_args()
    judge = load_strip_model()
    data = strips_to_learn(asked.data, asked.extra, load_model(), judge)
    if asked.output:
        digits = drawn_windows(data, judge, asked.count, np.random.default_rng(asked.seed))
        print(f"learned from {len(digits.struck)} digits, {digits.struck.sum()} of them struck out")
        learned(digits, asked.output, epochs=asked.epochs)
    others = drawn_windows(data, judge, 5000, np.random.default_rng(asked.seed + 1000))
    odds = odds_of(others.windows, asked.output)
    for taken in (0.01, 0.003, 0.001):
        least = float(np.quantile(odds[~others.struck], 1 - taken))
        print(
            f"log-odds {least:.1f}: {taken:.1%} of the honest, {(odds[others.struck] > least).mean():.1%} of the struck"
        )


if __name__ == "__main__":
    main()
