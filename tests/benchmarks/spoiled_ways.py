"""What happens to a real cheque before it is scanned: stamps, things upon it, light, folds, cuts, a second amount.

Each way takes a cheque whose fields are known (`Whole`), the `Rect` of one of them, a generator and hands to write
with, and gives a picture (uint8, 0 ink, 255 paper), or None where it has no room.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import kept_hands as hands
import numpy as np

from formreader.records import Gray

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom, in scan pixels."""
Rng = np.random.Generator


@dataclass(frozen=True)
class Whole:
    """A real cheque, and the fields that are accepted of it as it is."""

    name: str
    gray: Gray
    values: Mapping[str, str]
    places: Mapping[str, Rect]
    pen: float
    tall: float
    """Of the amount's digits, in pixels."""
    dark: int
    """The pen's gray level."""
    lakhs: bool
    sheet: np.ndarray
    """(4, 2) its paper's corners, in scan pixels."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the paper."""
        across = np.linalg.norm(self.sheet[1] - self.sheet[0])
        return float(across), float(np.linalg.norm(self.sheet[3] - self.sheet[0]))


Way = Callable[[Whole, Rect, Rng, list[hands.Source]], Gray | None]


def _laid(gray: Gray, alpha: np.ndarray, middle: tuple[float, float], dark: float, degrees: float = 0.0) -> Gray:
    """Alpha (0..1) multiplied onto a picture around a point, turned."""
    turn = cv2.getRotationMatrix2D((alpha.shape[1] / 2, alpha.shape[0] / 2), degrees, 1.0)
    turn[:, 2] += np.array(middle) - np.array(alpha.shape[::-1]) / 2
    on = cv2.warpAffine(alpha.astype(np.float32), turn, gray.shape[::-1])
    return np.asarray(np.minimum(gray, gray * (1 - on) + dark * on), np.uint8)


def _text(said: str, high: float, thick: float, *, hollow: bool = False, framed: bool = False) -> np.ndarray:
    """Printed letters, `high` pixels; `hollow` their outlines alone, `framed` as a rubber stamp is."""
    scale = high / 21
    font = cv2.FONT_HERSHEY_SIMPLEX
    (wide, tall), _ = cv2.getTextSize(said, font, scale, max(1, round(thick)))
    room = round(high / 2)
    out = np.zeros((tall + 2 * room, wide + 2 * room), np.uint8)
    cv2.putText(out, said, (room, tall + room), font, scale, 255, max(1, round(thick)), cv2.LINE_AA)
    if hollow:
        out = cv2.morphologyEx(out, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    if framed:
        cv2.rectangle(out, (3, 3), (out.shape[1] - 4, out.shape[0] - 4), 255, max(2, round(thick / 2)))
    return out / 255.0


def _middle(one: Whole) -> tuple[float, float]:
    return tuple(one.sheet.mean(0).tolist())


# ---- stamped or written across: nobody may take its amount


def stamped(said: str, *, high: float, hollow: bool = False, levels: tuple[int, int] = (60, 170)) -> Way:
    """Across the middle of the paper, sloping."""

    def way(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        alpha = _text(said, high * one.size[1], 0.12 * high * one.size[1], hollow=hollow)
        place = np.array(_middle(one)) + rng.uniform(-0.06, 0.06, 2) * one.size
        return _laid(one.gray, alpha, tuple(place), rng.uniform(*levels), rng.uniform(5, 25))

    return way


def small_stamp(said: str) -> Way:
    """A rubber stamp in a frame somewhere on the left half, away from the amount and the date."""

    def way(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        alpha = _text(said, 0.09 * one.size[1], 0.016 * one.size[1], framed=True)
        place = one.sheet[0] + (one.sheet[1] - one.sheet[0]) * rng.uniform(0.25, 0.45)
        place = place + (one.sheet[3] - one.sheet[0]) * rng.uniform(0.3, 0.7)
        return _laid(one.gray, alpha, tuple(place), rng.uniform(60, 130), rng.uniform(-15, 15))

    return way


def stamped_on_field(said: str) -> Way:
    def way(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        left, top, right, bottom = rect
        alpha = _text(said, rng.uniform(0.7, 1.3) * (bottom - top), 0.12 * (bottom - top), framed=True)
        place = rng.uniform(left, right), rng.uniform(top, bottom)
        return _laid(one.gray, alpha, place, rng.uniform(70, 150), rng.uniform(-12, 12))

    return way


def handwritten_void(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """VOID by a pen, in large letters over the paper's middle."""
    high = rng.uniform(0.3, 0.6) * one.size[1]
    alpha = _text("VOID", high, 1.6 * one.pen)
    return _laid(one.gray, alpha, _middle(one), one.dark, rng.uniform(-5, 20))


def crossed(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """Two strokes over the whole paper, corner to corner."""
    out, (a, b, c, d) = one.gray.copy(), one.sheet + (one.sheet.mean(0) - one.sheet) * rng.uniform(0.05, 0.4, (4, 1))
    for first, last in ((a, c), (b, d)):
        ends = np.rint([first, last]).astype(int).tolist()
        cv2.line(out, ends[0], ends[1], one.dark, max(2, round(1.3 * one.pen)), cv2.LINE_AA)
    return out


def words_struck(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """A wavy stroke through where the amount in words stands."""
    out, top = one.gray.copy(), one.sheet[0]
    across, down = one.sheet[1] - top, one.sheet[3] - top
    at = np.linspace(0.12, 0.62, 40)
    high = (0.33 if one.lakhs else 0.52) + rng.uniform(-0.02, 0.02) + 0.008 * np.sin(at * 60)
    points = top + at[:, None] * across + high[:, None] * down
    cv2.polylines(out, [np.rint(points).astype(np.int32)], False, one.dark, round(1.2 * one.pen), cv2.LINE_AA)
    return out


# ---- something lies upon the field's end or its start


def covered(kind: str) -> Way:
    """A note, a finger or a clip over the last or the first digits of a field."""

    def way(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        left, top, right, bottom = rect
        out, high, last = one.gray.copy(), bottom - top, rng.random() < 0.6
        edge = rng.uniform(0.5, 0.85) * (right - left) if last else rng.uniform(0.2, 0.5) * (right - left)
        x = round(left + edge)
        if kind == "note":
            level, size = rng.uniform(170, 245), 4 * high
            y = round(rng.uniform(top - size / 2, top - 4))
            ends = (x, round(x + 6 * high)) if last else (max(0, x - round(6 * high)), x)
            note = out[max(0, y) : round(y + size + high), ends[0] : ends[1]]
            note[:] = np.clip(level + rng.normal(0, 2, note.shape), 0, 255)
        elif kind == "finger":
            mask = np.zeros(out.shape, np.uint8)
            tip = (x + round(0.6 * high), round((top + bottom) / 2))
            cv2.line(mask, tip, (tip[0] + round(rng.uniform(-2, 6) * high), out.shape[0]), 255, round(1.6 * high))
            soft = cv2.GaussianBlur(mask, (0, 0), 2) / 255.0
            out = np.asarray(out * (1 - soft) + rng.uniform(110, 190) * soft, np.uint8)
        else:
            mask = np.zeros(out.shape, np.uint8)
            tall, wide = round(rng.uniform(2, 4) * high), round(rng.uniform(0.35, 0.6) * high)
            y, thick = round(top - rng.uniform(0.5, 1.5) * high), max(3, round(0.09 * high))
            for inner in (0, round(0.25 * wide)):
                cv2.ellipse(mask, (x, y + tall - inner), (wide // 2 - inner // 2, wide // 2), 0, 0, 180, 255, thick)
                cv2.line(
                    mask, (x - wide // 2 + inner // 2, y), (x - wide // 2 + inner // 2, y + tall - inner), 255, thick
                )
                cv2.line(
                    mask, (x + wide // 2 - inner // 2, y), (x + wide // 2 - inner // 2, y + tall - inner), 255, thick
                )
            out[mask > 0] = round(rng.uniform(90, 220))
        return out

    return way


def staple(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """A bright wire with a dark edge across a part of the field."""
    left, top, right, bottom = rect
    x, y = rng.uniform(left, right), rng.uniform(top, bottom)
    angle, long = rng.uniform(0, np.pi), rng.uniform(0.8, 1.4) * (bottom - top)
    way = np.array([np.cos(angle), np.sin(angle)]) * long / 2
    out, thick = one.gray.copy(), max(2, round(0.06 * (bottom - top)))
    for moved, level in ((0, 70), (thick, 225)):
        ends = [np.rint(np.array([x, y + moved]) + side * way).astype(int).tolist() for side in (-1, 1)]
        cv2.line(out, ends[0], ends[1], level, thick, cv2.LINE_AA)
    return out


# ---- light, folds, copies


def light(kind: str) -> Way:
    """A hard shadow or glare whose edge lies over the field."""

    def way(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        left, top, right, bottom = rect
        high, width = bottom - top, right - left
        y, x = np.indices(one.gray.shape, np.float32)
        if kind == "shadow":
            edge = left + rng.uniform(0.3, 0.9) * width + rng.uniform(-0.5, 0.5) * (y - top)
            part = 1 / (1 + np.exp(np.clip((edge - x) / rng.uniform(1, 0.4 * high), -50, 50)))
            return np.asarray(one.gray * (1 - rng.uniform(0.35, 0.75) * part), np.uint8)
        middle = right - rng.uniform(-0.05, 0.35) * width, (top + bottom) / 2 + rng.uniform(-0.4, 0.4) * high
        size = rng.uniform(0.5, 1.6) * high
        part = np.exp(-(((x - middle[0]) / size) ** 2 + ((y - middle[1]) / size) ** 2)) * rng.uniform(0.85, 1.6)
        part = np.clip(part, 0, 1)
        return np.asarray(one.gray * (1 - part) + 252 * part, np.uint8)

    return way


def folded(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """A fold through the field, upright, some of the paper lost in it, one side darker."""
    left, top, right, bottom = rect
    x, lost = round(rng.uniform(left + 0.2 * (right - left), right)), round(rng.uniform(0, 0.5) * (bottom - top))
    out = np.hstack([one.gray[:, :x], one.gray[:, x + lost :]]).astype(np.float32)
    out[:, x:] *= rng.uniform(0.7, 1.0)
    for off, level in ((-1, 0.8), (0, rng.uniform(0.5, 0.9)), (1, 1.15)):
        out[:, x + off] *= level
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def fax(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """One bit, 200 by 100 dots an inch, doubled."""
    height, width = one.gray.shape
    small = cv2.resize(one.gray, (1600, max(1, round(height * 800 / width))), interpolation=cv2.INTER_AREA)
    level = float(np.median(small)) * rng.uniform(0.65, 0.85)
    bits = np.where(small < level, 0, 255).astype(np.uint8)
    return np.repeat(bits, 2, axis=0)


def pale(share: float) -> Way:
    """What is darker than paper as pale as pencil, red ink or a carbon copy is, in the field alone."""

    def way(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        left, top, right, bottom = rect
        out = one.gray.astype(np.float32)
        part = out[top:bottom, left:right]
        paper = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((31, 31)))
        grain = rng.uniform(0.55, 1.0, part.shape) if share < 0.4 else 1.0
        part[:] = paper - (paper - part) * share * grain
        return np.asarray(np.clip(out, 0, 255), np.uint8)

    return way


def highlighter(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
    """A band over the field that ends in it, as dark as pink, green or yellow are."""
    left, top, right, bottom = rect
    out, level = one.gray.astype(np.float32), rng.uniform(0.55, 0.95)
    first, last = left - rng.uniform(0, 0.3) * (right - left), left + rng.uniform(0.5, 1.2) * (right - left)
    rows = slice(
        round(top + rng.uniform(-0.1, 0.3) * (bottom - top)), round(bottom + rng.uniform(-0.3, 0.1) * (bottom - top))
    )
    out[rows, max(0, round(first)) : round(last)] *= level
    return np.asarray(out, np.uint8)


# ---- other pictures


def cut(side: str) -> Way:
    """The scan ends in the field: at its last digits, above its foot or below its top."""

    def way(one: Whole, rect: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        left, top, right, bottom = rect
        if side == "right":
            return np.ascontiguousarray(one.gray[:, : round(left + rng.uniform(0.45, 0.95) * (right - left))])
        return np.ascontiguousarray(one.gray[: round(top + rng.uniform(0.5, 0.9) * (bottom - top))])

    return way


def mirrored(one: Whole, *_: object) -> Gray:
    return np.ascontiguousarray(one.gray[:, ::-1])


def back(one: Whole, _: Rect, rng: Rng, known: list[hands.Source]) -> Gray:
    """Its back: what shines through, mirrored and pale, and an account number by a pen."""
    through = cv2.GaussianBlur(one.gray[:, ::-1], (0, 0), 3).astype(np.float32)
    paper = float(np.median(through))
    out = np.clip(paper - (paper - through) * rng.uniform(0.05, 0.25), 0, 255).astype(np.uint8)
    digits = "".join(map(str, rng.integers(0, 10, int(rng.integers(4, 11)))))
    alpha = hands.written(digits, hands.some_hand(known[1], rng), one.tall, one.pen, rng)
    top, across, down = one.sheet[0], one.sheet[1] - one.sheet[0], one.sheet[3] - one.sheet[0]
    return _laid(out, alpha, tuple(top + rng.uniform(0.25, 0.8) * across + rng.uniform(0.2, 0.7) * down), one.dark)


def two_cheques(others: list[Gray]) -> Way:
    """Another cheque under this one on one picture."""

    def way(one: Whole, _: Rect, rng: Rng, __: list[hands.Source]) -> Gray:
        other = others[int(rng.integers(len(others)))]
        wide = one.gray.shape[1]
        other = cv2.resize(other, (wide, round(other.shape[0] * wide / other.shape[1])), interpolation=cv2.INTER_AREA)
        gap = np.full((round(rng.uniform(0, 0.1) * wide) + 1, wide), round(rng.uniform(20, 250)), np.uint8)
        return np.vstack([one.gray, gap, other] if rng.random() < 0.5 else [other, gap, one.gray])

    return way


# ---- a second amount


def second(where: str, *, printed: bool = False) -> Way:
    """Another amount by another hand, or printed, `below`, `above`, before or behind the amount."""

    def way(one: Whole, rect: Rect, rng: Rng, known: list[hands.Source]) -> Gray | None:
        left, top, right, bottom = rect
        _, text, _ = hands.some_text(rng, lakhs=one.lakhs)
        tall = one.tall * rng.uniform(0.8, 1.0)
        if printed:
            alpha = _text(text.split(" ")[0], tall, 0.12 * tall)
        else:
            source = known[int(rng.integers(len(known)))]
            alpha = hands.written(text, hands.some_hand(source, rng), tall, one.pen, rng)
        rows, columns = np.flatnonzero(alpha.max(1) > 0.3), np.flatnonzero(alpha.max(0) > 0.3)
        alpha = alpha[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        high, gap = len(alpha), rng.uniform(0.2, 0.8) * one.tall
        wide = alpha.shape[1]
        x, y = {
            "below": ((left + right) / 2, bottom + gap + high / 2),
            "above": ((left + right) / 2, top - gap - high / 2),
            "before": (left - 2 * one.tall - gap - wide / 2, (top + bottom) / 2),
            "behind": (right + gap + wide / 2, (top + bottom) / 2),
        }[where]
        height, width = one.gray.shape
        if x - wide / 2 < 2 or x + wide / 2 > width - 2 or y - high / 2 < 2 or y + high / 2 > height - 2:
            return None
        return _laid(one.gray, alpha, (x, y), one.dark)

    return way


def amount_struck_new_written(one: Whole, rect: Rect, rng: Rng, known: list[hands.Source]) -> Gray | None:
    """The amount struck out with one line, another above it."""
    out = second("above")(one, rect, rng, known)
    if out is None:
        return None
    left, top, right, bottom = rect
    y = round((top + bottom) / 2)
    cv2.line(out, (left, y + 2), (right, y - 2), one.dark, max(2, round(one.pen)), cv2.LINE_AA)
    return out


REFUSED: dict[str, Way] = {
    "VOID across": stamped("VOID", high=0.4),
    "VOID across, outlined": stamped("VOID", high=0.45, hollow=True),
    "CANCELLED across": stamped("CANCELLED", high=0.2),
    "PAID stamp beside": small_stamp("PAID 12 MAR 2016"),
    "CANCELLED stamp beside": small_stamp("CANCELLED"),
    "VOID by a pen": handwritten_void,
    "crossed corner to corner": crossed,
    "words struck out": words_struck,
    "mirrored": mirrored,
    "back": back,
    "a second amount below": second("below"),
    "a second amount above": second("above"),
    "a second amount before": second("before"),
    "a second amount behind": second("behind"),
    "printed amount below": second("below", printed=True),
    "printed amount above": second("above", printed=True),
    "printed amount before": second("before", printed=True),
    "printed amount behind": second("behind", printed=True),
    "struck, another above": amount_struck_new_written,
}
"""Whose fields nobody would take as they are."""

HARMED: dict[str, Way] = {
    "PAID over the field": stamped_on_field("PAID"),
    "note over an end": covered("note"),
    "finger over an end": covered("finger"),
    "clip": covered("clip"),
    "staple": staple,
    "shadow's edge": light("shadow"),
    "glare": light("glare"),
    "folded": folded,
    "fax": fax,
    "pencil": pale(0.3),
    "red ink": pale(0.55),
    "highlighter": highlighter,
    "cut at the right": cut("right"),
    "cut at the foot": cut("foot"),
}
"""Whose fields may be read, if they are read as what is written."""
