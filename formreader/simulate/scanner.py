"""A scanner: what it does to a page, and the files it leaves."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from formreader.atomic import written_whole
from formreader.errors import UsageError
from formreader.records import Box, Gray, Matrix

Light: TypeAlias = npt.NDArray[np.float32]

FORMATS = ("jpg", "png", "tif", "pdf")
"""The files that `save_pages` writes; `tif` and `pdf` hold many pages."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad a scanner is at its worst: each page suffers a random part of each. 0 turns a fault off."""

    skew: float = 2.5
    """Degrees either way."""
    shift: float = 0.015
    """Share of the page's longer side."""
    scale: float = 0.03
    """Share larger or smaller."""
    perspective: float = 0.004
    """How far a corner moves, share of the longer side."""
    upside_down: float = 0.08
    """Probability."""
    margin: float = 0.02
    """Scanner glass around the page, share of the longer side."""
    blur: float = 0.8
    """Standard deviation in pixels."""
    noise: float = 7.0
    """Standard deviation in gray levels."""
    shade: float = 0.3
    """Light lost at the darkest edge, share."""
    fade: float = 0.4
    """Contrast lost, share."""
    gain: float = 0.5
    """Lines made bolder or thinner, gray levels moved at an edge: exponent of the gray curve either way."""
    one_bit: float = 0.08
    """Probability that the scan is black and white."""


PERFECT = Faults(**dict.fromkeys(Faults.__slots__, 0.0))
"""A scanner without faults: the page as it is."""


def scan_page(page: Gray, rng: np.random.Generator, faults: Faults) -> Gray:
    """The page as this scanner sees it, on its glass: uint8, 0 ink, 255 paper."""
    longer = max(page.shape)
    glass = round(faults.margin * longer)
    height, width = page.shape[0] + 2 * glass, page.shape[1] + 2 * glass
    paper = int(rng.integers(244, 256)) if glass else 255
    onto = _placement(page, rng, faults, glass)
    seen = cv2.warpPerspective(page, onto, (width, height), flags=cv2.INTER_LINEAR, borderValue=(paper,) * 4)
    gray = _developed(np.asarray(seen, np.float32) / np.float32(255), rng, faults)
    if rng.random() < faults.one_bit:
        ink, ground = np.percentile(gray, [1, 60])
        gray = np.where(gray < ink + rng.uniform(0.5, 0.75) * (ground - ink), np.float32(0), np.float32(1))
    return np.asarray(np.rint(np.clip(gray, 0, 1) * 255), np.uint8)


def _placement(page: Gray, rng: np.random.Generator, faults: Faults, glass: int) -> Matrix:
    """(3, 3) page pixels -> scan pixels: turned, shifted, scaled, a little askew in depth, perhaps upside down."""
    height, width = page.shape
    longer, middle = max(height, width), np.array([width, height]) / 2
    angle = np.radians(rng.uniform(-faults.skew, faults.skew)) + (np.pi if rng.random() < faults.upside_down else 0)
    scale = 1 + rng.uniform(-faults.scale, faults.scale)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = Box(0, 0, width, height).corners
    moved = (corners - middle) @ turn + middle + glass + rng.uniform(-faults.shift, faults.shift, 2) * longer
    moved += rng.uniform(-faults.perspective, faults.perspective, (4, 2)) * longer
    # OpenCV counts from the middle of the first pixel, not from its corner.
    source, target = (np.asarray(points - 0.5, np.float32) for points in (corners, moved))
    return np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)


def _developed(light: Light, rng: np.random.Generator, faults: Faults) -> Light:
    """Light 0..1 after blur, bolder or thinner lines, fading, shade towards one edge, and noise."""
    height, width = light.shape
    sigma = rng.uniform(0.0, faults.blur)
    if sigma > 0.2:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float32)
    light = light ** np.exp(rng.uniform(-faults.gain, faults.gain))
    light = 1 - (1 - light) * (1 - rng.uniform(0, faults.fade))
    direction = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, width) * np.cos(direction) + np.linspace(-1, 1, height)[:, None] * np.sin(direction)
    shade = rng.uniform(0, faults.shade) * np.clip(across / np.abs(across).max(), 0, 1) ** rng.uniform(1, 4)
    noise = rng.standard_normal(light.shape, np.float32) * (rng.uniform(0, faults.noise) / 255)
    return np.asarray(light * (1 - shade) + noise, np.float32)


def save_pages(pages: Sequence[Gray], path: Path, *, dpi: float, quality: int = 80) -> None:
    """Write the pages to one file, as its suffix says (`FORMATS`), with its resolution noted in it.

    JPEG and PNG hold one page. `quality` is JPEG's, in a PDF as well. A TIFF is compressed by LZW.
    Raises UsageError for another suffix or too many pages; OSError where the file cannot be written.
    """
    kind = path.suffix[1:]
    if kind not in FORMATS:
        raise UsageError(f"{path}: cannot write the format {kind!r}. Choose one of {', '.join(FORMATS)}")
    if kind in ("jpg", "png") and len(pages) != 1:
        raise UsageError(f"{path}: {kind} holds one page, not {len(pages)}. Choose tif or pdf for many")
    if kind == "tif":
        data = _tiff(pages, dpi)
    elif kind == "pdf":
        data = _pdf([_jpeg(page, dpi, quality) for page in pages], [page.shape for page in pages], dpi)
    else:
        data = _jpeg(pages[0], dpi, quality) if kind == "jpg" else _png(pages[0], dpi)
    with written_whole(path) as unfinished:
        unfinished.write_bytes(data)


def _jpeg(page: Gray, dpi: float, quality: int) -> bytes:
    data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    # The JFIF header starts at byte 2; at byte 13 stand the unit (1 is the inch) and both densities.
    return data[:13] + struct.pack(">BHH", 1, round(dpi), round(dpi)) + data[18:]


def _png(page: Gray, dpi: float) -> bytes:
    data = cv2.imencode(".png", page, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
    density = b"pHYs" + struct.pack(">IIB", round(dpi / 0.0254), round(dpi / 0.0254), 1)
    chunk = struct.pack(">I", 9) + density + struct.pack(">I", zlib.crc32(density))
    return data[:33] + chunk + data[33:]  # after the signature (8 bytes) and the header chunk (25)


def _tiff(pages: Sequence[Gray], dpi: float) -> bytes:
    settings = [cv2.IMWRITE_TIFF_RESUNIT, 2, cv2.IMWRITE_TIFF_XDPI, round(dpi), cv2.IMWRITE_TIFF_YDPI, round(dpi)]
    return cv2.imencodemulti(".tiff", list(pages), [*settings, cv2.IMWRITE_TIFF_COMPRESSION, 5])[1].tobytes()


def _pdf(pictures: Sequence[bytes], shapes: Sequence[tuple[int, ...]], dpi: float) -> bytes:
    """One JPEG picture a page, nothing else: the smallest PDF (ISO 32000-1) that scanners write."""
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(pictures)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pictures)}>>".encode()]
    for i, (picture, (height, width)) in enumerate(zip(pictures, shapes, strict=True)):
        w, h, at = width * 72 / dpi, height * 72 / dpi, 3 + 3 * i
        box = f"/MediaBox[0 0 {w:.3f} {h:.3f}]/Resources<</XObject<</Scan {at + 2} 0 R>>>>"
        drawing = f"q {w:.3f} 0 0 {h:.3f} 0 0 cm /Scan Do Q".encode()
        size = f"/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"
        objects.append(f"<</Type/Page/Parent 2 0 R{box}/Contents {at + 1} 0 R>>".encode())
        objects.append(_stream("", drawing))
        objects.append(_stream(f"/Type/XObject/Subtype/Image{size}/Filter/DCTDecode", picture))
    return _pdf_file(objects)


def _stream(head: str, data: bytes) -> bytes:
    return f"<<{head}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """The objects, numbered from 1, with the table of where each starts."""
    data, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(data))
        data += f"{number} 0 obj".encode() + body + b"\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + head.encode() + tail.encode()
