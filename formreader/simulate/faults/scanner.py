"""Faults of scanner, fax and camera: what happens to the picture of a page.

Each takes the scan (0 ink, 255 paper), its usual cell height in pixels and a strength, and gives the scan back at the
same size.
"""

import cv2
import numpy as np

from formreader.printed.sampled import shrunk
from formreader.records import Gray
from formreader.simulate.faults.texture import clouds, darkened

Rng = np.random.Generator


def low_resolution(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Scanned with cells 18 to 24 pixels high, and enlarged."""
    small = shrunk(gray, rng.uniform(18, 24) / max(strength, 0.3) / unit)
    return np.asarray(cv2.resize(small, gray.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def fax(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Black and white, half as fine down as across, with rows lost and repeated."""
    height, width = gray.shape
    share = min(1.0, 34 / max(strength, 0.3) / unit)
    rows, columns = max(2, round(height * share * 0.6)), max(2, round(width * share))
    small = cv2.resize(gray, (columns, rows), interpolation=cv2.INTER_AREA)
    lost = rng.random(rows) < 0.012 * strength
    small[lost] = np.roll(small, 1, 0)[lost]
    bits = np.where(small < 168, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(bits, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def jpeg(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Compressed far too much."""
    quality = round(float(np.clip(rng.uniform(12, 22) / max(strength, 0.2), 3, 95)))
    coded = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def moire(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """The beat of a printed screen with the scanner's own."""
    rows, columns = (np.asarray(n, np.float32) for n in np.indices(gray.shape))
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(0.09, 0.2) * unit
    across = columns * np.cos(angle) + rows * np.sin(angle)
    along = rows * np.cos(angle) - columns * np.sin(angle)
    bend = 2.5 * clouds(gray.shape, 9 * unit, rng)
    beat = np.sin(2 * np.pi * across / pitch + bend) * np.sin(2 * np.pi * along / (1.13 * pitch) + bend)
    return darkened(gray, np.asarray(0.5 + 0.5 * beat, np.float32), 0.22 * strength)


def shadow(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """A hand, a phone or a book's spine between lamp and page: a soft edge, dark beyond it."""
    rows, columns = (np.asarray(n, np.float32) for n in np.indices(gray.shape))
    angle = rng.uniform(0, 2 * np.pi)
    off = (columns - rng.uniform(0.3, 0.7) * gray.shape[1]) * np.cos(angle)
    off += (rows - rng.uniform(0.3, 0.7) * gray.shape[0]) * np.sin(angle)
    layer = 1 / (1 + np.exp(-off / (rng.uniform(0.3, 1.5) * unit)))
    return darkened(gray, np.asarray(layer, np.float32), 0.55 * strength)


def streaks(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Dirt on a feeder's glass: thin lines down the whole page."""
    layer = np.zeros(gray.shape, np.float32)
    for _ in range(round(4 * strength)):
        at = int(rng.integers(gray.shape[1]))
        layer[:, at : at + int(rng.integers(1, max(2, round(0.05 * unit)) + 1))] = rng.uniform(0.3, 1)
    return darkened(gray, layer * (0.7 + 0.3 * clouds(gray.shape, 40, rng)), 0.6)


def lost_columns(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Elements of the sensor that see white: lines down the whole page in which there is no ink."""
    seen = gray.copy()
    for _ in range(round(6 * strength)):
        at = int(rng.integers(gray.shape[1]))
        seen[:, at : at + int(rng.integers(1, max(2, round(0.06 * unit)) + 1))] = rng.integers(240, 256)
    return seen


def faded_bands(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Thermal paper: bands across the page, and streaks along it, that the head printed pale."""
    rows = np.arange(len(gray), dtype=np.float32)[:, None]
    pale = 0.5 + 0.5 * np.sin(rows / (rng.uniform(0.5, 1.5) * unit) + rng.uniform(0, 6))
    pale = pale * (0.5 + 0.5 * clouds((1, gray.shape[1]), 0.3 * unit, rng))
    paper = float(np.median(gray))
    faded = gray + (paper - gray) * np.clip(0.85 * strength * pale, 0, 0.95)
    return np.asarray(np.clip(faded, 0, 255), np.uint8)


def photocopied(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """A copy of a copy: harder each time, strokes eaten or filled by toner, specks, a little larger."""
    copy = np.asarray(gray, np.float32)
    fatter = rng.normal(0, 0.012) * unit
    for _ in range(round(2 * strength) or 1):
        blurred = cv2.GaussianBlur(copy, (0, 0), 0.016 * unit)
        middle = 185 + 6 * fatter + 26 * (clouds(gray.shape, 0.9 * unit, rng) - 0.5) * strength
        copy = np.asarray(255 / (1 + np.exp(-(blurred - middle) / 14)), np.float32)
        specks = cv2.GaussianBlur(rng.random(gray.shape, np.float32), (0, 0), 0.7)
        copy[specks < np.quantile(specks, 0.0006 * strength)] = 30
    return np.asarray(copy, np.uint8)


def motion_blur(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    size = max(3, round(0.13 * strength * unit)) | 1
    kernel = np.zeros((size, size), np.float32)
    kernel[size // 2] = 1
    turn = cv2.getRotationMatrix2D((size / 2 - 0.5, size / 2 - 0.5), rng.uniform(0, 180), 1)
    turned = np.asarray(cv2.warpAffine(kernel, turn, (size, size)), np.float32)
    return np.asarray(cv2.filter2D(gray, -1, turned / turned.sum()), np.uint8)


def out_of_focus(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.035, 0.055) * strength * unit), np.uint8)


def overexposed(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Too bright: pale strokes wash out."""
    gain = 1 + rng.uniform(0.4, 0.8) * strength
    return np.asarray(np.clip(gray * gain + 20 * strength, 0, 255), np.uint8)


def underexposed(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Too dark, with the noise that comes with it."""
    dark = gray * (1 - rng.uniform(0.45, 0.6) * strength) + rng.normal(0, 5 * strength, gray.shape)
    return np.asarray(np.clip(dark, 0, 255), np.uint8)


def noisy(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """A poor sensor: grain, and single pixels black or white."""
    grain = gray + rng.normal(0, rng.uniform(14, 22) * strength, gray.shape)
    wrong = rng.random(gray.shape)
    grain[wrong < 0.002 * strength] = 0
    grain[wrong > 1 - 0.002 * strength] = 255
    return np.asarray(np.clip(grain, 0, 255), np.uint8)


def dithered(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Black and white by a screen of dots (ordered dither, Bayer 1973)."""
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    screen = np.tile((bayer + 0.5) * 16, [n // 4 + 1 for n in gray.shape])[: gray.shape[0], : gray.shape[1]]
    spread = 0.35 + 0.5 * min(strength, 1.0)
    return np.where(gray > 128 + (screen - 128) * spread, 255, 0).astype(np.uint8)


def black_and_white(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """One threshold for the page, a little too low or too high."""
    ink, paper = np.percentile(gray, [1, 60])
    cut = ink + (0.55 + rng.uniform(-0.25, 0.25) * strength) * (paper - ink)
    return np.where(gray > cut, 255, 0).astype(np.uint8)


def stretched(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """The feeder slipped: the page is longer here and shorter there."""
    knots = 1 + rng.uniform(-0.012, 0.012, 12) * strength
    pace = np.interp(np.linspace(0, 11, gray.shape[0]), np.arange(12), knots)
    rows = np.cumsum(pace)
    rows = (rows - rows[0]) / (rows[-1] - rows[0]) * (gray.shape[0] - 1)
    across = np.tile(np.arange(gray.shape[1], dtype=np.float32), (gray.shape[0], 1))
    down = np.repeat(rows.astype(np.float32)[:, None], gray.shape[1], 1)
    return np.asarray(cv2.remap(gray, across, down, cv2.INTER_LINEAR), np.uint8)


def curled(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Paper that does not lie flat: lines bend by a tenth of a cell."""
    rows, columns = (np.asarray(n, np.float32) for n in np.indices(gray.shape))
    wave = 2 * np.pi * rng.uniform(0.7, 1.3) * columns / gray.shape[1] + rng.uniform(0, 2 * np.pi)
    bend = 0.12 * strength * unit * np.sin(wave)
    bent = cv2.remap(gray, columns, rows + bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return darkened(np.asarray(bent, np.uint8), np.asarray(0.5 + 0.5 * np.cos(wave), np.float32), 0.15 * strength)


def askew(gray: Gray, unit: float, rng: Rng, strength: float) -> Gray:
    """Fed at an angle of three to six degrees."""
    angle = rng.choice([-1, 1]) * rng.uniform(3, 6) * strength
    turn = cv2.getRotationMatrix2D((gray.shape[1] / 2, gray.shape[0] / 2), angle, 1)
    return np.asarray(cv2.warpAffine(gray, turn, gray.shape[::-1], borderValue=(250,)), np.uint8)
