"""Amounts in notations of other places, and what is no amount, written onto real cheques: right, accepted, wrong.

    python tests/benchmarks/notations.py ../shared/data EXTRA [--sets indian,photos] [--times N] [--seed N]
        [--only NAMES] [--keep PNG]

Points and commas as in Germany, France and Switzerland, currencies in letters and signs before and behind, stars and
dashes around, cents raised, underlined or struck out, two amounts, sums, initials, dates, zeros written flat: each so
many `--times`, by hands that nothing learned from (`kept_hands.py`), on the papers of `transplanted.py`. An amount that
is in doubt may be rejected, but nothing may be accepted as another. `--only`: these names, with `;` between them.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import kept_hands as hands
import numpy as np
from bare_cheques import bare_cheques
from figures import asking
from kept_hands import FINER, Alpha, Hand, Rng
from transplanted import Told, _part, drawn, scanned_anew, with_amount

from formreader.cheque import read_cheque
from formreader.classify import load_model
from formreader.records import Scan, ScanRef
from formreader.strips.model import load_strip_model

Points = Sequence[tuple[float, float]]

SIGNS: dict[str, Sequence[Points]] = {
    "'": [[(0.06, -1.1), (0, -0.82)]],
    "#": [
        [(0.2, -0.9), (0.1, -0.1)],
        [(0.45, -0.9), (0.35, -0.1)],
        [(0, -0.65), (0.55, -0.65)],
        [(0, -0.35), (0.55, -0.35)],
    ],
    "*": [[(0.25, -0.75), (0.25, -0.25)], [(0.03, -0.62), (0.47, -0.38)], [(0.03, -0.38), (0.47, -0.62)]],
    "x": [[(0, -0.5), (0.4, 0)], [(0.4, -0.5), (0, 0)]],
    "+": [[(0, -0.45), (0.5, -0.45)], [(0.25, -0.7), (0.25, -0.2)]],
    "(": [[(0.2, -1.1), (0.02, -0.8), (0, -0.5), (0.02, -0.2), (0.2, 0.1)]],
    ")": [[(0, -1.1), (0.18, -0.8), (0.2, -0.5), (0.18, -0.2), (0, 0.1)]],
    "~": [[(0, -0.45), (0.2, -0.6), (0.45, -0.5), (0.7, -0.4), (0.9, -0.55)]],
    "€": [
        [(0.5, -0.95), (0.2, -0.98), (0.03, -0.7), (0, -0.45), (0.06, -0.12), (0.3, 0), (0.55, -0.08)],
        [(-0.1, -0.58), (0.4, -0.58)],
        [(-0.1, -0.4), (0.36, -0.4)],
    ],
    "₹": [
        [(0, -1), (0.6, -1)],
        [(0, -0.75), (0.6, -0.75)],
        [(0.05, -1), (0.35, -0.95), (0.42, -0.75), (0.3, -0.55), (0.03, -0.5), (0.42, 0)],
    ],
    "$": [
        [(0.5, -0.85), (0.25, -1), (0.03, -0.8), (0.1, -0.58), (0.4, -0.45), (0.5, -0.22), (0.25, 0), (0, -0.13)],
        [(0.27, -1.15), (0.24, 0.15)],
    ],
}
"""Strokes of each sign, in heights of a digit above the line that digits stand on."""


def notations(rng: Rng) -> dict[str, tuple[str, str]]:
    """By name what is written, and its value; `-` where there is none.

    Written so: `_` a gap, `^..^` raised and small, `[..]` the same and underlined, `{..}` struck out, `o` a flat zero.
    """
    n = int(10 ** rng.uniform(2.5, 4.9))
    n = n // 100 * 100 if rng.random() < 0.4 else n
    c, m = f"{int(rng.integers(100)):02}", int(10 ** rng.uniform(2, 4))
    k = max(n, 1000)
    a, b, v, kv, vc, kc = f"{k // 1000}", f"{k % 1000:03}", f"{n}.00", f"{k}.00", f"{n}.{c}", f"{k}.{c}"
    day = f"{m % 28 + 1:02}/{m % 12 + 1:02}/2019"
    return {
        **{text: (text.format(a=a, b=b, c=c), kc) for text in ("{a}.{b},{c}", "{a}'{b}.{c}", "{a}_{b},{c}")},
        **{text: (text.format(a=a, b=b), kv) for text in ("{a}'{b}", "{a}'{b}.-", "{a}_{b}.-", "{a}.{b},-", "{a}.{b}")},
        **{
            text: (text.format(n=n), v)
            for text in ("Rs.{n}/-", "Rs_{n}.00", "{n}_only", "{n}/-_only", "₹{n}/-", "{n}_€")
        },
        **{
            text: (text.format(n=n, c=c), vc)
            for text in ("₹_{n}.{c}", "EUR_{n},{c}", "{n},{c}_EUR", "€{n},{c}", "{n},{c}€")
        },
        **{
            text: (text.format(n=n, c=c), vc)
            for text in ("${n}.{c}", "{n}.{c}$", "#{n}.{c}#", "={n},{c}=", "-{n}.{c}-")
        },
        **{
            text: (text.format(n=n), v)
            for text in ("*{n}*", "-{n}-", "--{n}--", "~{n}~", "{n}.--", "{n},-", "{n}=", "{n}.=")
        },
        "**1,234.00**": (f"**{a},{b}.{c}**", kc),
        "-500.00": (f"-{n}.{c}", f"-{vc}"),
        "-_500/-": (f"-_{n}/-", f"-{v}"),
        "(500.00)": (f"({n}.{c})", f"-{vc}"),
        "1,234 xx/100": (f"{a},{b}_^xx/100^", kv),
        "1,234.00 xx/100": (f"{a},{b}.00_^xx/100^", kv),
        "1,234 no/100": (f"{a},{b}_^no/100^", kv),
        "500.xx": (f"{n}.xx", v),
        "raised 50": (f"{n}_^{c}^", vc),
        "raised 50/100": (f"{n}_^{c}/100^", vc),
        "underlined 50": (f"{n}_[{c}]", vc),
        "1,234 underlined 50": (f"{a},{b}_[{c}]", kc),
        "1,234.raised 50": (f"{a},{b}.^{c}^", kc),
        "cents struck": (f"{n}.{{{c}}}", v),
        "cents struck /-": (f"{n}.{{{c}}}/-", v),
        "first struck": (f"{{{n}}}_{m}/-", f"{m}.00"),
        "last struck": (f"{n}_{{{m}}}", v),
        "two amounts": (f"{n}_{m}", "-"),
        "two with /-": (f"{n}/-_{m}/-", "-"),
        "two with cents": (f"{n}.00_{m}.00", "-"),
        "two with /": (f"{n}/{m}", "-"),
        "sum": (f"{n}+{m}", "-"),
        "sum =": (f"{n}+{m}=", "-"),
        "times": (f"{n}x{m % 9 + 1}", "-"),
        "initials": (f"{n}/-_KA", v),
        "initials raised": (f"{n}/-_^ab^", v),
        "initials before": (f"ab_{n}/-", v),
        "one decimal": (f"{n}.{c[0]}", f"{n}.{c[0]}0"),
        "one decimal /-": (f"{n}.{c[0]}/-", f"{n}.{c[0]}0"),
        "three decimals": (f"{n}.{c}{c[0]}", "-"),
        ".50": (f".{c}", f"0.{c}"),
        "0.50": (f"0.{c}", f"0.{c}"),
        "00500.00": (f"00{n}.{c}", vc),
        "lakh": (f"{m % 90 + 1}_lakh", "-"),
        "50k/-": (f"{m % 90 + 1}k/-", "-"),
        "date /": (day, "-"),
        "date -": (day.replace("/", "-"), "-"),
        "number": (f"{n:06}", "-"),
        "500/-(500)": (f"{n}/-({n})", v),
        "1,23,45": (f"{m % 9 + 1},{c},{c}", "-"),
        "1/2": (f"{n}_^1/2^", f"{n}.50"),
        **{f"flat {end or '0'}": (f"{n}o{end}", f"{n}0.00") for end in ("", ".", "-", "/-")},
        "flat 1,000/-": (f"{a},ooo/-", f"{a}000.00"),
        "flat .00": (f"{n}.oo", v),
    }


@dataclass(frozen=True)
class Pen:
    """Writes signs as kept_hands does, and more of them."""

    hand: Hand
    wide: float
    letters: dict[str, list[np.ndarray]]

    def sign(self, sign: str, high: float, rng: Rng) -> tuple[Alpha, float]:
        """Its ink, and where its top is above the line that digits stand on, both `FINER` times as large."""
        if sign.isascii() and sign.isdigit():
            alpha = hands.penned(self.hand(sign), high, self.wide)
            return alpha, len(alpha) - FINER * self.wide + rng.normal(0, 0.04) * FINER * high
        if sign == "o":
            return self.strokes(flat_zero(rng), high)
        if sign in SIGNS:
            return self.strokes([np.array(one) + rng.normal(0, 0.02, 2) for one in SIGNS[sign]], high)
        if sign.isalpha():
            known = self.letters.get(sign) or self.letters.get(sign.upper()) or [printed_letter(sign)]
            tall = high * (1.0 if sign.isupper() or sign in "bdfhklt" else 0.62)
            alpha = hands.penned(known[int(rng.integers(len(known)))], tall, self.wide)
            return alpha, len(alpha) - FINER * self.wide
        return hands.drawn_mark(sign, high, self.wide, rng)

    def strokes(self, strokes: Sequence[np.ndarray], high: float) -> tuple[Alpha, float]:
        return hands.stroked([np.asarray(one) * FINER * high for one in strokes], max(1, round(FINER * self.wide)))


def printed_letter(letter: str) -> np.ndarray:
    """One that nobody at hand has written, in a font like handwriting."""
    return cv2.putText(np.zeros((200, 200), np.uint8), letter, (60, 130), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 3, 255, 8)


def flat_zero(rng: Rng) -> list[np.ndarray]:
    """Its upper and its lower half, at times apart at both ends."""
    wide, high, middle = rng.uniform(0.25, 0.4), rng.uniform(0.1, 0.2), -rng.uniform(0.3, 0.55)
    apart = float(rng.choice([0, 0.25, 0.5]))
    turns = [np.linspace(start + apart, start + np.pi - apart, 14) for start in (0, np.pi)]
    return [np.stack([wide * (1 + np.cos(t)), middle + high * np.sin(t) + 0.05 * np.cos(t)], 1) for t in turns]


def written(text: str, pen: Pen, high: float, rng: Rng) -> Alpha:
    """A text of `notations` on one line, its digits `high` pixels high."""
    apart, lean = rng.uniform(0.04, 0.3), rng.normal(0, 0.012)
    base, tall, wide = round(FINER * high * 2), FINER * high, max(1, round(FINER * pen.wide))
    canvas = np.zeros((round(tall * 3.4), round(tall * (3 + 1.6 * len(text)))))
    x, size, up, begun = 30.0, 1.0, 0.0, 30.0
    for sign in text:
        if sign == "_":
            x += 0.45 * tall
        elif sign in "]}":
            y = base - 0.28 * tall if sign == "]" else base - rng.normal(0.5, 0.05) * tall
            cv2.line(canvas, (round(begun - 4), round(y)), (round(x), round(y + rng.normal(0, 0.04) * tall)), 1.0, wide)
            size, up = 1.0, 0.0
        elif sign in "[{" or (sign == "^" and size == 1):
            begun = x
            size, up = (1.0, 0.0) if sign == "{" else (rng.uniform(0.5, 0.68), 0.4 * tall)
        elif sign == "^":
            size, up = 1.0, 0.0
        else:
            alpha, above = pen.sign(sign, size * high * float(np.exp(rng.normal(0, 0.05))), rng)
            y = max(0, round(base - up - above + lean * x))
            room = canvas[y : y + len(alpha), round(x) : round(x) + alpha.shape[1]]
            np.maximum(room, alpha[: len(room), : room.shape[1]], out=room)
            gap = max(apart + rng.normal(0, 0.05), 0.0) * (0.5 if sign in ".,/'" else 1.0)
            x += alpha.shape[1] - 1.6 * FINER * pen.wide + gap * tall * size
    return cv2.resize(canvas[:, : round(x) + 40], None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)


def told(folder: Path, asked: argparse.Namespace) -> Iterator[Told]:
    """Each notation so many times, and what was read."""
    data, times, only = asked.data, asked.times, [one for one in asked.only.split(";") if one]
    models, rng = (load_model(), load_strip_model()), np.random.default_rng(asked.seed)
    lakhs, letters = folder.name == "indian", dict[str, list[np.ndarray]]()
    bare, known = list(bare_cheques(folder, lakhs=lakhs)), hands.sources(data, asked.extra)
    with np.load(data / "digits" / "letters.npz") as arrays:
        for image, letter in zip(arrays["x"], arrays["letter"], strict=True):
            letters.setdefault(str(letter), []).append(hands._strong(image))
    for number in range(times * len(notations(rng))):
        name, (text, value) = list(notations(rng).items())[number // times]
        if only and name not in only:
            continue
        one = bare[int(rng.integers(len(bare)))]
        hand, tall = hands.some_hand(known[int(rng.integers(len(known)))], rng), one.tall * rng.uniform(0.8, 1.1)
        alpha = written(text, Pen(hand, one.pen * rng.uniform(0.8, 1.2), letters), tall, rng)
        gray = scanned_anew(with_amount(one, alpha, tall, rng, far=0.0 if lakhs else 0.25), rng)
        found = read_cheque(Scan(ScanRef(one.name, one.name), gray), ["amount"], *models, min_confidence=0.95)[0]
        yield Told(name, "amount", (value, text), found.reading, _part(gray, found.corners))


def main() -> None:
    parser = asking(__doc__, figures=False, sets="indian,photos", times=3, seed=1, only="", keep=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    all_wrong = []
    for name in given.sets.split(","):
        found = list(told(given.data / "cheques" / name, given))
        wrong = [one for one in found if one.taken and not one.right]
        for kind in dict.fromkeys(one.kind for one in found):
            own = [one for one in found if one.kind == kind]
            counts = (
                sum(one.right for one in own),
                sum(one.taken for one in own),
                sum(one.kind == kind for one in wrong),
            )
            print(f"{name:7} {kind:20} {len(own):3} right {counts[0]:3} accepted {counts[1]:3} wrong {counts[2]:3}")
        print(f"{name:7} all {len(found)} accepted {sum(one.taken for one in found)} wrong {len(wrong)}")
        for one in wrong:
            print(f"   wrong: {one.truths[1]} read {one.reading.raw} {one.reading.confidence:.3f}")
        all_wrong += wrong
    if given.keep:
        drawn(all_wrong, given.keep)


if __name__ == "__main__":
    main()
