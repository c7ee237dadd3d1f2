"""What a pen writes besides digits: fill marks, scribbles, what is struck out or written over. See `allographs`."""

import numpy as np
import numpy.typing as npt

from formreader.pen.allographs import Arc, Skeleton, Stroke, allograph, digit, letter


def cross(rng: np.random.Generator) -> Skeleton:
    """A cross that fills a cell: X in many styles, uneven arms, a plus a little turned, the two arcs of a script x."""
    wide, style = rng.uniform(0.45, 1.15), rng.random()
    if style < 0.12:
        return _turned([_line((0.0, 0.5), (1.0, 0.5)), _line((0.5, 0.0), (0.5, 1.0))], rng.uniform(-0.45, 0.45))
    if style < 0.2:
        bow = rng.uniform(0.52, 0.6) * wide
        return [[np.array([[0, 0], [bow, 0.5], [0, 1]])], [np.array([[wide, 0], [wide - bow, 0.5], [wide, 1]])]]
    ends = rng.normal(0, 0.07, (4, 2)) + np.array([[0, 0], [wide, 1], [wide, 0], [0, 1]])
    shorter = rng.uniform(0.0, 0.3) if rng.random() < 0.4 else 0.0
    ends[3] += (ends[2] - ends[3]) * shorter
    return [_bent(ends[0], ends[1], rng.normal(0, 0.06)), _bent(ends[2], ends[3], rng.normal(0, 0.06))]


def dash(rng: np.random.Generator) -> Skeleton:
    """A dash that fills a cell: level or a little inclined, straight, bent or wavy; now and then doubled."""
    length, rise = rng.uniform(0.4, 1.1), rng.normal(0, 0.12)
    waves = rng.normal(0, 0.035, 5) if rng.random() < 0.6 else rng.uniform(0.04, 0.1) * np.array([0, 1, 0, -1, 0])
    along = np.linspace(0, 1, 5)
    line = np.stack([along * length, 0.5 - rise * length * along + waves], -1)
    if rng.random() < 0.08:
        return [[line], [line + np.array([rng.normal(0, 0.05), rng.uniform(0.1, 0.22)])]]
    return [[line]]


def point(rng: np.random.Generator) -> Skeleton:
    """A decimal point at a digit's foot: a dot, or a short stroke down."""
    x, y, long = rng.uniform(0.24, 0.36), rng.uniform(0.9, 0.97), rng.uniform(0.02, 0.08)
    return [_line((x, y), (x - rng.uniform(0.0, 0.4) * long, y + long))]


def junk(rng: np.random.Generator) -> Skeleton:
    """What is neither a digit nor a fill mark: scribbles, cross-outs, overwriting, letters, two digits, ticks."""
    makers = (_zigzag, _spiral, _crossed_out, _overwritten, letter, _pair, tick)
    return makers[rng.choice(len(makers), p=(0.09, 0.09, 0.18, 0.09, 0.27, 0.18, 0.10))](rng)


def scribble(rng: np.random.Generator) -> Skeleton:
    """A scribble that nobody takes for anything else, also where it is drawn small (a spiral is a bold 0 then)."""
    return _zigzag(rng, least=8)


def crossed_out(label: str, rng: np.random.Generator) -> Skeleton:
    """The digit `label`, struck so often that nobody takes it for one."""
    strikes: Skeleton
    if rng.random() < 0.5:
        strikes = _zigzag(rng)
    else:
        rise, gap = rng.normal(0, 0.2), rng.uniform(0.16, 0.24)
        strikes = [_line((-0.1, y + rise), (0.75, y - rise)) for y in 0.5 + gap * np.arange(-1, 2)]
    return digit(label, allograph(label, rng)) + strikes


def _crossed_out(rng: np.random.Generator) -> Skeleton:
    return crossed_out(str(rng.integers(10)), rng)


# A 1 over another digit often makes a third one, so it is not written over; nor does one hide in the other here.
_OVERWRITES = ("20", "26", "42", "43", "45", "48", "52", "54", "64", "73", "75", "76")


def _overwritten(rng: np.random.Generator) -> Skeleton:
    first, second = list(_OVERWRITES[rng.integers(len(_OVERWRITES))])
    over = _moved(digit(second, allograph(second, rng)), rng.normal(0, 0.09, 2))
    return digit(first, allograph(first, rng)) + over


def _pair(rng: np.random.Generator) -> Skeleton:
    """Two digits side by side in the room of one, touching or nearly."""
    first, second = (str(rng.integers(10)) for _ in range(2))
    step = [rng.uniform(0.5, 0.68), rng.normal(0, 0.05)]
    return digit(first, allograph(first, rng)) + _moved(digit(second, allograph(second, rng)), step)


def tick(rng: np.random.Generator) -> Skeleton:
    """A check mark."""
    start, low = [0, rng.uniform(0.45, 0.65)], [rng.uniform(0.2, 0.4), 1]
    return [[np.array([start, low]), np.array([low, [0.7, 0.4], [rng.uniform(0.8, 1.2), 0]])]]


def _zigzag(rng: np.random.Generator, *, least: int = 5) -> Skeleton:
    """A scribble to and fro, in whatever direction, sharp or rounded at its turns."""
    legs = int(rng.integers(least, 13))
    across = np.linspace(0, 1, legs + 1) + rng.normal(0, 0.03, legs + 1)
    height = np.where(np.arange(legs + 1) % 2, 0.92, 0.08) + rng.normal(0, 0.1, legs + 1)
    points = np.stack([across * rng.uniform(0.6, 1.0), height], -1)
    stroke = [points] if rng.random() < 0.5 else [points[i : i + 2] for i in range(legs)]
    return _turned([stroke], rng.uniform(-np.pi / 2, np.pi / 2))


def _spiral(rng: np.random.Generator) -> Skeleton:
    """A scribble round and round, wandering."""
    turns = rng.uniform(2.5, 5)
    angle = np.linspace(0, turns * 2 * np.pi, int(turns * 8)) + rng.uniform(0, 6)
    radius = 0.5 - rng.uniform(0.25, 0.42) * np.linspace(0, 1, len(angle)) + rng.normal(0, 0.04, len(angle))
    drift = rng.uniform(-0.5, 0.5, 2) * np.linspace(0, 1, len(angle))[:, None]
    return [[np.stack([0.5 + radius * np.cos(angle) * 0.8, 0.5 + radius * np.sin(angle)], -1) + drift]]


def _line(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
    return [np.array([start, end], np.float64)]


def _bent(start: Arc, end: Arc, bend: float) -> Stroke:
    """A bow from start to end whose middle lies `bend` lengths to the side."""
    across = np.array([-(end - start)[1], (end - start)[0]])
    return [np.stack([start, (start + end) / 2 + bend * across, end])]


def _moved(skeleton: Skeleton, by: npt.ArrayLike) -> Skeleton:
    return [[arc + np.asarray(by) for arc in stroke] for stroke in skeleton]


def _turned(skeleton: Skeleton, angle: float) -> Skeleton:
    """Turned by `angle` radians about the middle of the unit square."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [[(arc - 0.5) @ turn + 0.5 for arc in stroke] for stroke in skeleton]
