"""Whole image files of every kind, templates and models, and what a disk, a network or an attacker makes of them."""

import io
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw

Rng = np.random.Generator

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1)
"""Where programs are wont to go wrong."""


def drawn(width: int = 85, height: int = 60) -> Image.Image:
    """A page with a box and strokes in it."""
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    pen.rectangle((10, 10, width - 10, height - 10), outline=0, width=2)
    pen.line((20, 20, width - 20, height - 20), fill=40, width=3)
    return page


def saved(kind: str, page: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    page.save(file, kind, **options)
    return file.getvalue()


def whole_files() -> dict[str, bytes]:
    """By name, a small sound file of each kind and coding that is read."""
    page, turned = drawn(), drawn(60, 85)
    bits = page.convert("1")
    colour = page.convert("RGBA")
    return {
        "gray.jpg": saved("JPEG", page, dpi=(300, 300)),
        "progressive.jpg": saved("JPEG", page.convert("RGB"), progressive=True),
        "gray.png": saved("PNG", page),
        "alpha.png": saved("PNG", colour, dpi=(200, 200)),
        "bits.png": saved("PNG", bits),
        "gray.bmp": saved("BMP", page),
        "lossy.webp": saved("WEBP", page.convert("RGB"), quality=80),
        "lossless.webp": saved("WEBP", colour, lossless=True),
        "lzw.tif": saved("TIFF", page, compression="tiff_lzw"),
        "fax.tif": saved("TIFF", bits, compression="group4", save_all=True, append_images=[turned.convert("1")]),
        "plain.tif": saved("TIFF", page),
        "deflated.tif": saved("TIFF", page.convert("RGB"), compression="tiff_adobe_deflate"),
        "scanned.pdf": saved("PDF", page, save_all=True, append_images=[turned]),
    }


def damaged(whole: bytes, rng: Rng, others: Mapping[str, bytes]) -> bytes:
    """`whole` after one to three mishaps."""
    data = bytearray(whole)
    for _ in range(int(rng.integers(1, 4))):
        if data:
            MISHAPS[int(rng.integers(len(MISHAPS)))](data, rng, others)
    return mended(bytes(data)) if rng.random() < 0.5 else bytes(data)


def mended(data: bytes) -> bytes:
    """A PNG with checksums that fit what its parts now hold, so that the damage gets further; others as they are."""
    if not data.startswith(b"\x89PNG"):
        return data
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        parts += [data[at:end], zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")]
        at = end + 4
    return b"".join(parts)


def _place(data: bytearray, rng: Rng) -> int:
    """Rather near the beginning, where headers are."""
    return int(rng.random() ** 2 * len(data))


def _flip(data: bytearray, rng: Rng, _: object) -> None:
    for _ in range(int(rng.integers(1, 9))):
        data[_place(data, rng)] ^= 1 << int(rng.integers(8))


def _overwrite(data: bytearray, rng: Rng, _: object) -> None:
    at, size = _place(data, rng), int(rng.integers(1, 65))
    data[at : at + size] = rng.bytes(min(size, len(data) - at))


def _number(data: bytearray, rng: Rng, _: object) -> None:
    at, number = _place(data, rng), NUMBERS[int(rng.integers(len(NUMBERS)))]
    order, size = ("big", "little")[int(rng.integers(2))], (2, 4)[int(rng.integers(2))]
    coded = (number % 256**size).to_bytes(size, "big" if order == "big" else "little")
    data[at : at + len(coded)] = coded[: len(data) - at]


def _cut(data: bytearray, rng: Rng, _: object) -> None:
    del data[int(rng.random() * len(data)) :]


def _drop(data: bytearray, rng: Rng, _: object) -> None:
    at = _place(data, rng)
    del data[at : at + int(rng.integers(1, 200))]


def _repeat(data: bytearray, rng: Rng, _: object) -> None:
    at, size = _place(data, rng), int(rng.integers(1, 200))
    data[at:at] = data[at : at + size] * int(rng.integers(1, 20))


def _splice(data: bytearray, rng: Rng, others: Mapping[str, bytes]) -> None:
    other = list(others.values())[int(rng.integers(len(others)))]
    at, size = _place(data, rng), int(rng.integers(4, 400))
    start = int(rng.random() ** 2 * len(other))
    data[at : at + size] = other[start : start + size]


MISHAPS: tuple[Callable[[bytearray, Rng, Mapping[str, bytes]], None], ...] = (
    _flip,
    _overwrite,
    _number,
    _cut,
    _drop,
    _repeat,
    _splice,
)
