"""The strip network's examples, its training from end to end on few drawn strips, and its calibration."""

import re
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from test_strips import run_of

from formreader.classify import load_model
from formreader.classify.packed import read_packed
from formreader.dataset.compose import composed
from formreader.dataset.hands import Singles
from formreader.dataset.runs import RealStrip, StripData, StripSample, regrouped, spliced
from formreader.dataset.zeros import chained_zeros
from formreader.network.strips import load_weights
from formreader.scans.files import sha256_of
from formreader.shipped import shipped
from formreader.strips.ctc import SYMBOLS, string_log_likelihood
from formreader.strips.ink import HEIGHT, ROWS, ink_of, picture_of, rows_of_writing
from formreader.strips.model import load_strip_model
from formreader.train.strip_pool import WIDTHS, Pool, packed
from formreader.train.strip_release import calibration_of


@cache
def singles() -> Singles:
    labels = np.arange(40) % 10
    images = [255 - cv2.resize(run_of(str(digit), seed)[9:61, 8:60], (28, 28)) for seed, digit in enumerate(labels)]
    return Singles(np.array(images), labels)


def real(digits: str, seed: int) -> RealStrip:
    gray = run_of(digits, seed)
    ink = ink_of(gray)
    scale = ink.shape[1] / gray.shape[1]
    spans = tuple(((18 + 30 * i) * scale, (46 + 30 * i) * scale) for i in range(len(digits)))
    return RealStrip(ink, digits, spans, gray)


def test_examples_have_the_networks_height_and_their_own_digits() -> None:
    strips = real("20417", 1), real("9953", 2)
    for sample in StripData(strips, (), (singles(),)).drawn(60, np.random.default_rng(1)):
        assert sample.picture.shape[0] == ROWS and sample.picture.dtype == np.uint8
        assert sample.digits.isdigit() and sample.picture.max() > 60


def test_a_spliced_run_shows_as_many_pieces_as_it_has_digits() -> None:
    ink, digits = spliced([real("1" * 6, 3)], np.random.default_rng(2))
    pieces = cv2.connectedComponents((ink > 100).astype(np.uint8))[0] - 1
    assert set(digits) == {"1"} and abs(pieces - len(digits)) <= 2


def marked(text: str, seed: int) -> RealStrip:
    """A strip whose marks are known, of blank columns for a mark: each of its symbols is as wide as another."""
    digits = real("1" * len(text), seed)
    ink = digits.ink.copy()
    for sign, (left, right) in zip(text, digits.spans, strict=True):
        if not sign.isdigit():
            ink[:, round(left) : round(right)] = 0
    return RealStrip(ink, re.sub(r"\D", "", text), digits.spans, None, text)


def test_groups_of_amounts_change_places_but_one_that_closes_stays_last() -> None:
    rng, strips, texts = np.random.default_rng(3), [marked("11,111/-", 3), marked("1,11,111", 4)], set()
    for _ in range(40):
        ink, text = regrouped(strips, rng)
        pieces = cv2.connectedComponents((ink > 100).astype(np.uint8))[0] - 1
        assert abs(pieces - text.count("1")) <= 1 + len(text) // 8
        assert re.fullmatch(r"(1{1,2},){0,3}111(/-)?", text)
        texts.add(text)
    assert len(texts) > 8


def test_strips_whose_marks_are_known_come_more_often_than_their_number() -> None:
    strips = (*(real("20417", seed) for seed in range(30)), marked("11,111/-", 3))
    drawn = StripData(strips, (), (singles(),)).drawn(300, np.random.default_rng(4))
    assert sum(sample.marks is not None and set(sample.digits) == {"1"} for sample in drawn) > 20


def test_a_composed_run_grows_with_its_digits() -> None:
    rng = np.random.default_rng(3)
    widths: dict[int, list[int]] = {}
    for _ in range(400):
        ink, digits, _ = composed([singles()], rng)
        widths.setdefault(len(digits), []).append(int(np.ptp(np.flatnonzero((ink > 60).any(0)))))
    assert np.mean(widths[6]) > 1.5 * np.mean(widths[3])


def test_rows_leave_a_rule_below_the_writing_out() -> None:
    ink = ink_of(run_of("4051", 4))
    top, bottom = rows_of_writing(ink)
    ruled = ink.copy()
    ruled[62:64] = 255
    assert rows_of_writing(ruled) == (top, bottom)
    assert picture_of(ink).shape[0] == ROWS


def test_a_pool_holds_every_sample_once_and_no_padding_counts() -> None:
    samples = [StripSample(np.full((ROWS, 40 + 30 * n), 255, np.uint8), "12"[: 1 + n % 2]) for n in range(9)]
    made = packed(samples)
    assert sum(len(labels) for _, labels in made) == 9
    for (pictures, labels), width in zip(made, WIDTHS, strict=True):
        assert pictures.shape[1:] == (ROWS, width) and (labels[:, 1] <= width // 2).all() and (labels[:, 2] == -1).all()
    pool = Pool(4)
    pool.add(made)
    pictures, labels = pool.batch(8, np.random.default_rng(1))
    assert len(pictures) == len(labels) >= 4 and set(labels[:, 0]) <= {1, 2}


def test_what_has_more_symbols_than_steps_is_left_out() -> None:
    sample = StripSample(np.zeros((ROWS, 20), np.uint8), "1111122222", "1,111,122,222/-")
    assert sum(len(labels) for _, labels in packed([sample])) == 0


def test_a_composed_run_holds_its_digits_among_its_marks_and_nothing_unknown() -> None:
    rng = np.random.default_rng(8)
    seen = set()
    for _ in range(200):
        ink, digits, marks = composed([singles()], rng)
        assert "".join(sign for sign in marks if sign.isdigit()) == digits and set(marks) <= set(SYMBOLS)
        assert ink.shape[0] == HEIGHT and ink.max() > 100
        seen |= set(marks)
    assert seen == set(SYMBOLS)


def test_chained_zeros_hang_together_and_stand_side_by_side() -> None:
    rng = np.random.default_rng(4)
    for count in (2, 3, 4) * 8:
        ink = chained_zeros(count, 30, rng, pen=0.08)
        assert 20 <= len(ink) <= 44 and 8 * count < ink.shape[1] < 60 * count
        assert cv2.connectedComponents((ink > 90).astype(np.uint8))[0] == 2


def test_the_loss_is_that_of_the_likelihood_and_a_hopeless_strip_weighs_little() -> None:
    pytest.importorskip("tensorflow")
    from formreader.train.strip_fit import ctc_losses

    rng = np.random.default_rng(5)
    scores = 4 * rng.normal(size=(2, 40, 11 + 1 + len(SYMBOLS))).astype(np.float32)
    scores[0, :, 3] += 30  # nothing but twos
    labels = np.zeros((2, 3 + 14 + 20), np.int32)
    labels[:, :3] = (1, 40, -1), (1, 36, -1)
    labels[:, 3] = 3
    sure, hopeless = np.asarray(ctc_losses(labels, scores)).tolist()
    own = scores[..., :11] - np.logaddexp.reduce(scores[..., :11], -1, keepdims=True)
    assert sure == pytest.approx(-string_log_likelihood(own[0], "2"), abs=1e-3)
    assert 6 < hopeless < 0.5 * -string_log_likelihood(own[1, :36], "2")


def test_a_training_from_end_to_end_writes_a_model_that_loads(tmp_path: Path, command_line: CommandLine) -> None:
    rows = ["file,digits,boxes"]
    for seed in range(24):
        digits = f"{seed * 37 + 11}"
        cv2.imwrite(str(tmp_path / f"{seed:02}.png"), run_of(digits, seed))
        boxes = " ".join(f"{digit}:{18 + 30 * i},9,28,52" for i, digit in enumerate(digits))
        rows.append(f'{seed:02}.png,{digits},"{boxes}"')
    (tmp_path / "truth.csv").write_text("\n".join(rows))
    data = singles()
    np.savez(tmp_path / "digits.npz", x=data.images, y=data.labels)
    output = tmp_path / "strips.tflite"
    asked = ["--epochs", 1, "--epoch-strips", 64, "--strips", tmp_path, "--data", tmp_path / "digits.npz"]
    start = shipped("models") / "strips.npz"
    ended = command_line("model", "train-strips", *asked, "--start", start, "--output", output)
    assert ended.code == 0, ended.err
    assert "epoch 1 of 1: loss " in ended.err
    assert load_strip_model(output).scores(np.zeros((ROWS, 90), np.uint8)).shape == (45, 11)
    made = read_packed(output)[0]["training"]
    assert (made["start_sha256"], made["epochs"]) == (sha256_of(start), 1)
    both = zip(load_weights(start), load_weights(output.with_suffix(".npz")), strict=True)
    assert 0 < np.median([np.abs(one - other).max() for one, other in both]) < 0.01  # it went on from there
    refused = command_line("model", "train-strips", *asked, "--start", tmp_path / "digits.npz", "--output", output)
    assert refused.code == 4 and "weights of another network" in refused.err
    refused = command_line("model", "train-strips", *asked, "--keep-apart", 20, "--output", output)
    assert refused.code == 4 and "4 strips to learn from" in refused.err
    refused = command_line("model", "train-strips", *asked, "--output", tmp_path / "strips.keras")
    assert refused.code == 4 and "ending in .tflite" in refused.err


def test_calibration_trusts_less_where_more_was_wrong() -> None:
    def surest(wrong: int) -> float:
        held = [(run_of(f"{50 + seed}", seed), f"{50 + seed}" if seed >= wrong else "00") for seed in range(24)]
        first, network, alone = calibration_of(load_strip_model(), load_model(), held)
        assert network >= 0 and alone >= 0
        return float(1 / (1 + np.exp(-(first + 4 * network + 4 * alone))))

    trusted, less = surest(0), surest(9)
    assert trusted > 0.97
    assert 0.5 < less < trusted - 0.02
