"""Unboxed runs of digits, drawn with a pen, read by the shipped models; and strips as fields of a template."""

import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.classify import load_model
from formreader.errors import ModelError, TemplateError
from formreader.pen import Writer, draw_glyph, sample_writer
from formreader.shipped import shipped
from formreader.strips import StripReading, read_strip
from formreader.strips.fields import decide_strip, with_print
from formreader.strips.model import StripModel, load_strip_model
from formreader.strips.overwritten import boldness, line_width
from formreader.template import Area, Field, load_template, require_findable


def run_of(digits: str, seed: int, writer: Writer | None = None) -> np.ndarray:
    """Digits in one hand, side by side on paper, with a little room around."""
    rng = np.random.default_rng(seed)
    writer = writer or sample_writer(rng)
    strip = np.full((70, 30 * len(digits) + 40), 235, np.uint8)
    for index, digit in enumerate(digits):
        glyph = draw_glyph(digit, rng, size=52, writer=writer)
        place = strip[9:61, 8 + 30 * index : 60 + 30 * index]
        np.minimum(place, glyph[:, : place.shape[1]], out=place)
    return strip


def test_most_drawn_runs_are_read_and_none_is_surely_wrong() -> None:
    strips, digits = load_strip_model(), load_model()
    rng = np.random.default_rng(5)
    right = 0
    for seed in range(40):
        truth = "".join(rng.choice(list("0123456789"), size=int(rng.integers(1, 8))))
        read = read_strip(run_of(truth, seed), strips, digits)
        right += read.digits == truth
        assert read.digits == truth or read.confidence < 0.95, (seed, truth, read)
        assert len(read.digit_confidences) == len(read.spans) == len(read.digits)
        assert all(0 <= left < right_ <= 1 for left, right_ in read.spans)
    assert right >= 32


@pytest.mark.parametrize(("run", "upon"), [("5207", "6"), ("8264", "3")])
def test_a_digit_written_over_another_is_told_and_plain_ones_are_not(run: str, upon: str) -> None:
    strips, digits = load_strip_model(), load_model()
    plain, over = 0, 0
    for seed in range(12):
        strip = run_of(run, seed)
        plain += read_strip(strip, strips, digits).overwritten
        glyph = draw_glyph(upon, np.random.default_rng(100 + seed), size=52)
        place = strip[9:61, 38:90]
        np.minimum(place, glyph[:, : place.shape[1]], out=place)
        over += read_strip(strip, strips, digits).overwritten
    assert plain <= 1
    assert over >= 9


@pytest.mark.parametrize("at", [0, 2])
def test_a_digit_gone_over_until_its_lines_are_far_wider_than_the_others_is_told(at: int) -> None:
    strips, digits = load_strip_model(), load_model()
    told = 0
    for seed in range(8):
        strip = run_of("5207", seed)
        place = strip[:, 14 + 30 * at : 48 + 30 * at]
        place[:] = cv2.erode(place, np.ones((5, 5), np.uint8))
        told += read_strip(strip, strips, digits).overwritten
    assert told >= 7


def test_how_bold_each_digit_is_beside_the_others() -> None:
    rows, columns = np.mgrid[:40, :40] - 20
    away = abs(np.hypot(rows, columns) - 12)
    ring, bold = (np.where(away < half, 255, 0).astype(np.uint8) for half in (2, 4))
    np.testing.assert_allclose(boldness([ring, ring, bold, ring]), [0, 0, np.log(2), 0], atol=0.15)
    assert boldness([ring, ring, ring], "008")[2] < -0.05, "an 8's lines look wider by the same pen"
    assert boldness([ring, bold]).tolist() == [0, 0], "two digits do not say which of them is as written"
    wider = np.where(away < 3, 255, 0).astype(np.uint8)
    assert boldness([ring, wider, ring, wider, bold])[-1] < 0.25, "several pens do not say which digit is too bold"
    assert line_width(cv2.resize(ring, None, fx=2, fy=2)) == pytest.approx(2 * line_width(ring), rel=0.1)


@dataclass(frozen=True)
class Wavering(StripModel):
    """The shipped network, but unable to tell a 3 from an 8, and leaning to the 8."""

    def both(self, pictures: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray | None]]:
        wavering = []
        for digits, marks in super().both(pictures):
            either = np.logaddexp(digits[:, 4], digits[:, 9])
            digits[:, 4], digits[:, 9] = either + np.log(0.4), either + np.log(0.6)
            wavering.append((digits, marks))
        return wavering


def test_where_the_network_wavers_the_digit_cnn_decides() -> None:
    shipped_one, digits = load_strip_model(), load_model()
    wavering = Wavering(shipped_one.path, shipped_one.network, shipped_one.weights)
    seeds = [seed for seed in range(12) if read_strip(run_of("1372", seed), shipped_one, digits).digits == "1372"]
    assert len(seeds) >= 6
    reads = [read_strip(run_of("1372", seed), wavering, digits) for seed in seeds]
    assert sum(read.digits == "1372" for read in reads) >= 2 * len(seeds) // 3  # none without it
    assert all(read.strings[0][0] == read.digits and read.confidence < 0.95 for read in reads)


@pytest.mark.parametrize("noise", [0, 4])
def test_an_empty_strip_is_blank(noise: float) -> None:
    rng = np.random.default_rng(1)
    paper = np.clip(225 + rng.normal(0, noise, (60, 240)), 0, 255).astype(np.uint8)
    read = read_strip(paper, load_strip_model(), load_model())
    assert read.digits == read.marks == "" and read.confidence > 0.95 and not read.strings


def test_the_model_loads_again_in_another_process_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    model = load_strip_model()
    assert pickle.loads(pickle.dumps(model)).path == model.path
    content = bytearray(model.path.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged.tflite").write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"damaged\.tflite: damaged"):
        load_strip_model(tmp_path / "damaged.tflite")
    with pytest.raises(ModelError, match="not a strip model"):
        load_strip_model(shipped("models") / "digits.tflite")
    with pytest.raises(ModelError, match="no such model file"):
        load_strip_model(tmp_path / "gone.tflite")


def test_each_image_is_one_run(tmp_path: Path, command_line: CommandLine) -> None:
    for seed, digits in enumerate(("4071", "25")):
        cv2.imwrite(str(tmp_path / f"{digits}.png"), run_of(digits, 20 + seed))
    ended = command_line("process", tmp_path, "--template", "digit-string", "--output", tmp_path / "out.csv")
    assert ended.code == 0, ended.err
    rows = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert [(row[0], row[2], row[3]) for row in rows] == [("25.png", "digits", "25"), ("4071.png", "digits", "4071")]


def sure(marks: str) -> StripReading:
    digits = "".join(sign for sign in marks if sign.isdigit())
    return StripReading(digits, marks, 0.99, (0.99,) * len(digits), strings=((digits, 0.99),))


def test_an_amount_is_a_plain_decimal_and_an_ambiguous_one_is_rejected() -> None:
    field = Field.model_validate(
        {"name": "sum", "kind": "amount", "decimals": 2, "strip": {"left": 0, "top": 0, "right": 9, "bottom": 9}}
    )
    read = decide_strip(field, sure("1.420.50-"), 0.95)
    assert (read.value, read.status, read.raw) == ("1420.50", "read", "1.420.50-")
    doubtful = decide_strip(field, sure("1.425"), 0.95)
    assert doubtful.status == "rejected" and doubtful.reasons == ("ambiguous_amount",)
    assert decide_strip(field, sure("12.00"), 0.995).reasons == ("low_confidence",)


def test_what_marks_make_another_number_is_no_number_of_its_digits() -> None:
    strip = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    field = Field.model_validate({"name": "n", "kind": "string", "strip": strip})
    for marks, reasons in {
        "-12": ("minus",),
        "12,5": ("point",),
        "3.50": ("point",),
        "12/34": ("point",),
        "/45": ("point",),
        "12-34": ("point",),
        "12345": (),
        "1.234": (),
        "12,34,567": (),
        "*12-": (),
        "12.,": (),
        "2/": ("left_over",),
        "2*": ("left_over",),
        "12/-": (),
    }.items():
        read = decide_strip(field, sure(marks), 0.95)
        assert (marks, read.reasons) == (marks, reasons)
        assert read.status == ("rejected" if reasons else "read")


def test_an_amount_upon_a_line_needs_a_point_that_is_seen() -> None:
    """A point that stands on the line is gone with it."""
    strip = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    amount = Field.model_validate({"name": "sum", "kind": "amount", "decimals": 2, "strip": strip})
    number = Field.model_validate({"name": "n", "kind": "string", "strip": strip})
    closed, cents = sure("1400-"), sure("14.00")
    assert decide_strip(amount, with_print(closed, None, runs_out=False), 0.95).status == "read"
    assert decide_strip(amount, with_print(closed, closed, runs_out=False), 0.95).reasons == ("no_point",)
    assert decide_strip(amount, with_print(cents, cents, runs_out=False), 0.95).status == "read"
    assert decide_strip(amount, with_print(cents, sure("74.00"), runs_out=False), 0.95).reasons == ("touches_frame",)
    assert decide_strip(number, with_print(sure("140"), sure("140"), runs_out=False), 0.95).status == "read"


def test_marks_that_are_likelier_not_there_are_no_reason() -> None:
    strip = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    field = Field.model_validate({"name": "n", "kind": "string", "strip": strip})
    likely = replace(sure("12,5"), texts=(("12,5", 0.6), ("125", 0.4)))
    assert decide_strip(field, likely, 0.95).reasons == ("point",)
    assert (
        decide_strip(field, replace(likely, texts=(("12,5", 0.4), ("125", 0.35), ("125-", 0.25))), 0.95).reasons == ()
    )


def test_writing_without_a_digit_is_not_blank() -> None:
    strip = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    field = Field.model_validate({"name": "n", "kind": "string", "strip": strip})
    assert decide_strip(field, StripReading("", "", 0.0, strings=(("", 0.9),)), 0.95).status == "rejected"
    assert decide_strip(field, StripReading("", "", 0.99), 0.95).status == "blank"


COMB = {"name": "row", "find": "comb", "count": 9}


def test_a_strip_needs_cells_beside_it_or_a_picture_of_the_form(tmp_path: Path) -> None:
    strip = {"name": "sum", "kind": "amount", "strip": {"left": 10, "top": 10, "right": 300, "bottom": 60}}
    cells = {"name": "no", "cells": [{"left": 10, "top": 80, "right": 40, "bottom": 120}]}
    made = {"name": "slip", "width": 600, "height": 300, "dpi": 100}
    path = tmp_path / "t.json"
    path.write_text(json.dumps({**made, "fields": [strip]}))
    with pytest.raises(TemplateError, match="no field has cells by which the form is found"):
        require_findable(load_template(path))
    with pytest.raises(TemplateError, match="Give the template a picture of the blank form"):
        require_findable(load_template(path))
    path.write_text(json.dumps({**made, "fields": [strip, cells]}))
    require_findable(load_template(path))
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((300, 600), 255, np.uint8))
    path.write_text(json.dumps({**made, "reference": "blank.png", "fields": [strip]}))
    require_findable(load_template(path))
    path.write_text(json.dumps({**made, "reference": "blank.png", "fields": [strip, COMB]}))
    with pytest.raises(TemplateError, match="Add a field with printed cells"):
        require_findable(load_template(path))


def test_a_minus_before_the_digits_is_seen_and_a_dark_edge_is_never_accepted() -> None:
    strips, digits = load_strip_model(), load_model()
    plain = np.hstack([np.full((70, 60), 235, np.uint8), run_of("4071", 20)])
    assert not read_strip(plain, strips, digits).marks.startswith("-")
    minus = plain.copy()
    cv2.line(minus, (22, 36), (52, 35), 20, 4)
    assert read_strip(minus, strips, digits).marks.startswith("-")
    edged = plain.copy()
    edged[:, :14] = 15
    assert read_strip(edged, strips, digits).left_over


def test_a_stroke_through_a_run_rejects_it_and_an_underline_does_not() -> None:
    strips, digits = load_strip_model(), load_model()
    field = Field.model_validate(
        {"name": "n", "kind": "string", "strip": {"left": 0, "top": 0, "right": 9, "bottom": 9}}
    )
    plain = run_of("40715", 20)
    struck, underlined = plain.copy(), plain.copy()
    cv2.line(struck, (6, 38), (plain.shape[1] - 6, 33), 20, 3)
    cv2.line(underlined, (6, 64), (plain.shape[1] - 6, 64), 20, 2)
    assert "struck_through" in decide_strip(field, read_strip(struck, strips, digits), 0.5).reasons
    for gray in (plain, underlined):
        assert "struck_through" not in decide_strip(field, read_strip(gray, strips, digits), 0.5).reasons


@pytest.mark.parametrize("width", [400, 1600, 3200])
@pytest.mark.parametrize("size", [0.7, 2.0])
def test_a_single_digit_on_a_long_strip_is_not_blank(width: int, size: float) -> None:
    """However little of the strip it inks."""
    strips, digits = load_strip_model(), load_model()
    field = Field(name="digits", kind="string", strip=Area(left=0, top=0, right=width, bottom=100))
    paper = np.full((100, width), 240, np.uint8)
    assert decide_strip(field, read_strip(paper, strips, digits), 0.95).status == "blank"
    for digit in "17":
        gray = cv2.putText(paper.copy(), digit, (width // 3, 75), cv2.FONT_HERSHEY_SIMPLEX, size, 60, 3, cv2.LINE_AA)
        read = decide_strip(field, read_strip(gray, strips, digits), 0.95)
        assert read.status == "rejected" or (read.status, read.value) == ("read", digit)


@pytest.mark.parametrize("digit", "124578")
def test_one_digit_on_a_wide_strip_is_read_amid_the_papers_grain(digit: str) -> None:
    strip = np.full((70, 420), 250, np.uint8)
    cv2.putText(strip, digit, (30, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 150, 3, cv2.LINE_AA)
    grain = np.random.default_rng(int(digit)).normal(0, 4, strip.shape)
    read = read_strip((strip + grain).clip(0, 255).astype(np.uint8), load_strip_model(), load_model())
    assert read.digits == digit and read.confidence > 0.9
