"""HEIC, the photos of an iPhone: upright, no larger than allowed; damaged ones, and what to do without the extra."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from formreader.errors import ScanError
from formreader.records import Gray, ScanRef
from formreader.scans import heif, list_scans, open_scan

pillow_heif = pytest.importorskip("pillow_heif")


def page() -> Gray:
    """White with a black corner at the upper left and a gray one at the lower right."""
    sheet = np.full((240, 160), 255, np.uint8)
    sheet[:60, :80] = 0
    sheet[200:, 120:] = 120
    return sheet


@pytest.fixture(scope="module")
def photo() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(page()).convert("RGB")).save(file, quality=90)
    return file.getvalue()


def written(folder: Path, data: bytes, name: str = "IMG_0001.HEIC") -> ScanRef:
    (folder / name).write_bytes(data)
    (ref,) = list_scans([folder])
    return ref


def test_a_photo_in_a_folder_is_read(photo: bytes, tmp_path: Path) -> None:
    scan = open_scan(written(tmp_path, photo))
    assert scan.gray.shape == (240, 160)
    assert np.abs(scan.gray.astype(int) - page()).mean() < 3
    assert open_scan(written(tmp_path, photo), needed=(60, 100)).gray.shape == (120, 80)


def test_a_turned_photo_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # as an iPhone held upright writes it
    file = io.BytesIO()
    pillow_heif.register_heif_opener()
    Image.fromarray(np.rot90(page())).convert("RGB").save(file, "HEIF", quality=90, exif=exif.tobytes())
    scan = open_scan(written(tmp_path, file.getvalue()))
    assert scan.gray.shape == (240, 160)
    assert np.abs(scan.gray.astype(int) - page()).mean() < 3


def test_see_through_parts_are_paper(tmp_path: Path) -> None:
    file = io.BytesIO()
    clear = np.dstack([np.zeros((64, 64, 3), np.uint8), np.full((64, 64), 0, np.uint8)])
    pillow_heif.from_pillow(Image.fromarray(clear)).save(file, quality=-1)
    assert open_scan(written(tmp_path, file.getvalue())).gray.min() > 240


def test_the_limit_on_pixels_holds_before_decoding(
    photo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heif, "pixels", lambda _: pytest.fail("decoded"))
    with pytest.raises(ScanError, match=r"160 x 240 are .* the limit is"):
        open_scan(written(tmp_path, photo), max_pixels=160 * 240 - 1)


def test_a_damaged_photo_is_refused(photo: bytes, tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"IMG_0001\.HEIC: this HEIC photo cannot be decoded"):
        open_scan(written(tmp_path, photo[: len(photo) // 2]))
    rng = np.random.default_rng(5)
    for _ in range(60):
        data = bytearray(photo)
        for place in rng.integers(0, len(data), int(rng.integers(1, 12))):
            data[place] = int(rng.integers(0, 256))
        try:
            assert open_scan(written(tmp_path, bytes(data))).gray.dtype == np.uint8
        except ScanError as error:
            assert len(str(error)) < 300


def test_without_the_extra_its_remedy_is_said(photo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heif, "find_spec", lambda _: None)
    with pytest.raises(ScanError, match=r"HEIC photo.*pip install 'formreader\[heic\]'.*save it as JPEG"):
        open_scan(written(tmp_path, photo))
