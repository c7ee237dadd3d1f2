"""Scan files of every kind, drawn with known pixels, whole and broken."""

import contextlib
import io
import re
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from damage import mended
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from formreader.errors import ScanError, UsageError
from formreader.records import Gray, Scan, ScanRef
from formreader.scans import left_out, list_scans, open_scan


def drawn(width: int = 240, height: int = 340) -> Gray:
    """A sheet that looks different however it is turned: black, gray and white, nothing in between."""
    page = np.full((height, width), 255, np.uint8)
    cv2.rectangle(page, (20, 20), (90, 60), 0, -1)
    cv2.rectangle(page, (150, 40), (170, 200), 120, -1)
    cv2.line(page, (20, 300), (200, 250), 0, 5)
    return page


PAGE = drawn()
BLACK_AND_WHITE = np.where(PAGE > 60, 255, 0).astype(np.uint8)


def saved(path: Path, image: Image.Image, **options: object) -> ScanRef:
    image.save(path, **options)
    return ScanRef(str(path), path.name)


def opened(path: Path, image: Image.Image, **options: object) -> Scan:
    return open_scan(saved(path, image, **options))


def difference(scan: Scan, truth: Gray) -> float:
    assert scan.gray.dtype == np.uint8
    assert scan.gray.shape == truth.shape
    return float(np.abs(scan.gray.astype(int) - truth).mean())


GRAY = Image.fromarray(PAGE)
COLOUR = GRAY.convert("RGB")
BITS = Image.fromarray(BLACK_AND_WHITE).convert("1")
PALETTE = COLOUR.quantize(8)
DEEP = Image.fromarray(PAGE.astype(np.uint16) * 257)
SEE_THROUGH = Image.fromarray(np.dstack([np.zeros_like(PAGE)] * 3 + [255 - PAGE]))


@pytest.mark.parametrize(
    ("name", "image", "options"),
    [
        ("gray.png", GRAY, {}),
        ("colour.png", COLOUR, {}),
        ("palette.png", PALETTE, {}),
        ("deep.png", DEEP, {}),
        ("gray.bmp", GRAY, {}),
        ("colour.bmp", COLOUR, {}),
        ("palette.bmp", PALETTE, {}),
        ("lossless.webp", COLOUR, {"lossless": True}),
        ("gray.tif", GRAY, {}),
        ("lzw.tif", GRAY, {"compression": "tiff_lzw"}),
        ("colour-lzw.tif", COLOUR, {"compression": "tiff_lzw"}),
        ("deflate.tiff", GRAY, {"compression": "tiff_adobe_deflate"}),
        ("white-is-zero.tif", GRAY, {"tiffinfo": {262: 0}}),
        ("palette.tif", PALETTE, {}),
        ("deep.tif", DEEP, {}),
        ("big.tif", GRAY, {"big_tiff": True}),
        ("UPPER.PNG", GRAY, {}),
        ("png-named.jpg", GRAY, {"format": "PNG"}),
    ],
)
def test_lossless_files_open_as_drawn(
    tmp_path: Path, name: str, image: Image.Image, options: dict[str, object]
) -> None:
    assert difference(opened(tmp_path / name, image, **options), PAGE) < 0.5


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
@pytest.mark.parametrize("name", ["few.png", "few.tif", "colour.png", "colour.tif", "white-is-zero.tif", "turned.tif"])
def test_fewer_bits_than_a_deep_file_has_room_for_are_no_darkness(tmp_path: Path, name: str, bits: int) -> None:
    levels = np.round(PAGE * ((2**bits - 1) / 255)).astype(np.uint16)
    if name.startswith("colour"):
        cv2.imwrite(str(tmp_path / name), cv2.cvtColor(levels, cv2.COLOR_GRAY2BGR))
    else:
        inverted = 2**bits - 1 - levels
        image = Image.fromarray(inverted if name.startswith("white") else levels)
        tags = {"white-is-zero.tif": {262: 0}, "turned.tif": {274: 3}}.get(name)
        image.save(tmp_path / name, **({"tiffinfo": tags} if tags else {}))
    truth = cv2.flip(PAGE, -1) if name == "turned.tif" else PAGE
    assert difference(open_scan(ScanRef(str(tmp_path / name), name)), truth) < 1


def test_samples_of_twelve_packed_bits_are_read(tmp_path: Path) -> None:
    levels = ((PAGE.astype(np.uint16) << 4) | (PAGE >> 4)).astype(">u2")
    bits = np.unpackbits(levels.view(np.uint8).reshape(*PAGE.shape, 2), axis=2)[:, :, 4:]
    packed = np.packbits(bits.reshape(len(PAGE), -1), axis=1).tobytes()
    height, width = PAGE.shape
    tags = {256: width, 257: height, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(packed)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    file = tmp_path / "packed.tif"
    file.write_bytes(struct.pack("<2sHI", b"II", 42, 8 + len(packed)) + packed + directory)
    assert difference(open_scan(ScanRef(str(file), file.name)), PAGE) < 1


def test_a_deep_page_that_is_black_stays_so(tmp_path: Path) -> None:
    black = Image.fromarray(np.zeros((340, 240), np.uint16))
    assert opened(tmp_path / "black.png", black).gray.max() == 0


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("compression", ["group4", "group3", "tiff_lzw", "packbits", None])
def test_one_bit_tiff_opens_as_drawn(tmp_path: Path, compression: str | None, photometric: int) -> None:
    scan = opened(tmp_path / "bits.tif", BITS, compression=compression, tiffinfo={262: photometric})
    assert difference(scan, BLACK_AND_WHITE) == 0


@pytest.mark.parametrize(
    ("name", "options"),
    [("q.jpg", {}), ("q.JPEG", {"progressive": True}), ("q.webp", {"quality": 95}), ("q.tif", {"compression": "jpeg"})],
)
@pytest.mark.parametrize("image", [GRAY, COLOUR])
def test_lossy_files_open_nearly_as_drawn(
    tmp_path: Path, name: str, options: dict[str, object], image: Image.Image
) -> None:
    assert difference(opened(tmp_path / name, image, **options), PAGE) < 2


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_transparent_is_paper(tmp_path: Path, suffix: str) -> None:
    options = {"lossless": True, "exact": True} if suffix == "webp" else {}
    assert difference(opened(tmp_path / f"clear.{suffix}", SEE_THROUGH, **options), PAGE) < 1


def test_gray_png_with_alpha_is_laid_on_paper(tmp_path: Path) -> None:
    assert difference(opened(tmp_path / "clear.png", SEE_THROUGH.convert("LA")), PAGE) < 1


def test_gray_tiff_with_alpha_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"clear\.tif: gray with transparency .* PNG"):
        opened(tmp_path / "clear.tif", SEE_THROUGH.convert("LA"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_orientation_is_applied(tmp_path: Path, suffix: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    stored = ImageOps.exif_transpose(_tagged(GRAY, {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, 1)))
    scan = opened(tmp_path / f"turned.{suffix}", stored.convert("RGB"), exif=exif)
    assert difference(scan, PAGE) < 2


def _tagged(image: Image.Image, orientation: int) -> Image.Image:
    tagged = image.copy()
    tagged.getexif()[274] = orientation
    return tagged


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("d.jpg", {"dpi": (200, 200)}),
        ("d.png", {"dpi": (200, 200)}),
        ("d.bmp", {"dpi": (200, 200)}),
        ("d.tif", {"dpi": (200, 200)}),
        ("cm.tif", {"resolution_unit": 3, "x_resolution": 78.74, "y_resolution": 78.74}),
    ],
)
def test_resolution_is_read(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    assert opened(tmp_path / name, GRAY, **options).dpi == pytest.approx(200, abs=0.5)


def test_resolution_from_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.update({282: 250.0, 283: 250.0, 296: 2})
    assert opened(tmp_path / "camera.webp", COLOUR, exif=exif).dpi == pytest.approx(250)


@pytest.mark.parametrize("dpi", [1, 72, 96, 20_000])
def test_resolution_that_programs_make_up_is_not_believed(tmp_path: Path, dpi: int) -> None:
    assert opened(tmp_path / "made-up.png", GRAY, dpi=(dpi, dpi)).dpi is None


def test_fax_pixels_are_made_square(tmp_path: Path) -> None:
    squeezed = BITS.resize((240, 170))
    scan = opened(tmp_path / "fax.tif", squeezed, compression="group3", dpi=(204, 102))
    assert scan.dpi == 204
    assert difference(scan, BLACK_AND_WHITE) < 5


@pytest.mark.parametrize("name", ["plän 表 №1.png", "emoji 📄.jpg", "Ω.tif", "ñ.pdf"])
def test_any_name_opens(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "フォルダ"
    folder.mkdir()
    GRAY.save(folder / name)
    (ref,) = list_scans([folder])
    assert ref.file == name
    assert open_scan(ref).gray.min() < 10


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_reduced_while_both_sides_stay_at_or_above_what_is_needed(tmp_path: Path, suffix: str) -> None:
    ref = saved(tmp_path / f"large.{suffix}", GRAY.resize((960, 1360), Image.Resampling.NEAREST), dpi=(400, 400))
    for needed, shape, dpi in [
        ((240, 340), (340, 240), 100),
        ((340, 240), (340, 240), 100),
        ((241, 340), (680, 480), 200),
        ((481, 681), (1360, 960), 400),
        ((5000, 5000), (1360, 960), 400),
        ((30, 30), (170, 120), 50),
    ]:
        scan = open_scan(ref, needed=needed)
        assert scan.gray.shape == shape
        assert scan.dpi == pytest.approx(dpi, abs=0.1)
        truth = cv2.resize(PAGE, shape[::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(scan.gray.astype(int) - truth).mean() < 3


def test_reduced_and_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    sideways = GRAY.resize((960, 1360)).transpose(Image.Transpose.ROTATE_90)
    scan = open_scan(saved(tmp_path / "side.jpg", sideways, exif=exif), needed=(240, 340))
    assert difference(scan, PAGE) < 3


def test_pages_of_a_tiff_in_any_order(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.roll(BLACK_AND_WHITE, 10 * k, axis=1)).convert("1") for k in range(12)]
    pages[0].save(tmp_path / "many.tif", save_all=True, append_images=pages[1:], compression="group4")
    refs = list_scans([tmp_path])
    assert [ref.page for ref in refs] == list(range(1, 13))
    for ref in [*refs, *refs[::-3]]:
        assert difference(open_scan(ref), np.roll(BLACK_AND_WHITE, 10 * (ref.page - 1), axis=1)) == 0


def test_thumbnails_in_a_tiff_are_no_pages(tmp_path: Path) -> None:
    thumbnail = GRAY.resize((24, 34))
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    GRAY.save(tmp_path / "with-thumbnail.tif", save_all=True, append_images=[thumbnail, BITS])
    first, second = list_scans([tmp_path])
    assert difference(open_scan(first), PAGE) == 0
    assert difference(open_scan(second), BLACK_AND_WHITE) == 0


def test_scanned_pages_of_a_pdf_are_taken_pixel_for_pixel(tmp_path: Path) -> None:
    GRAY.save(tmp_path / "two.pdf", save_all=True, append_images=[ImageOps.flip(GRAY)], resolution=170)
    first, second = list_scans([tmp_path])
    for ref, truth in [(first, PAGE), (second, np.flipud(PAGE))]:
        scan = open_scan(ref)
        assert difference(scan, truth) < 2
        assert scan.dpi == pytest.approx(170, rel=0.001)
    halved = open_scan(first, needed=(170, 120))
    assert halved.gray.shape == (170, 120)
    assert halved.dpi == pytest.approx(85, rel=0.001)


def test_bits_in_a_pdf_are_not_smoothed(tmp_path: Path) -> None:
    BITS.save(tmp_path / "bits.pdf", resolution=203)
    (ref,) = list_scans([tmp_path])
    assert difference(open_scan(ref), BLACK_AND_WHITE) == 0


def test_drawn_pages_of_a_pdf_are_as_large_as_needed(tmp_path: Path) -> None:
    (tmp_path / "drawn.pdf").write_bytes(pdf(drawing="0 g 18 36 36 72 re f"))
    (ref,) = list_scans([tmp_path])
    for needed, shape, dpi in [(None, (600, 300), 300), ((100, 100), (200, 100), 100), ((440, 150), (440, 220), 220)]:
        scan = open_scan(ref, needed=needed)
        truth = np.full(shape, 255, np.uint8)
        truth[shape[0] // 4 : shape[0] * 3 // 4, shape[1] // 4 : shape[1] * 3 // 4] = 0
        assert difference(scan, truth) < 1
        assert scan.dpi == pytest.approx(dpi)


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    ref = saved(tmp_path / "again.png", GRAY)
    open_scan(ref)
    saved(tmp_path / "again.png", BITS)
    assert difference(open_scan(ref), BLACK_AND_WHITE) == 0


# --- files that cannot be read


def refused(path: Path, content: bytes, *, page: int = 1) -> str:
    path.write_bytes(content)
    with pytest.raises(ScanError) as caught:
        open_scan(ScanRef(str(path), f"in/{path.name}", page))
    message = str(caught.value)
    assert message.startswith(f"in/{path.name}")
    return message


def content(suffix: str, image: Image.Image = GRAY, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix), **options)
    return stream.getvalue()


def pdf(*, trailer: str = "", pages: int = 1, drawing: str = "") -> bytes:
    """A PDF written by hand: pages of 72 x 144 points, blank or all with one drawing."""
    kids = " ".join(f"{3 + k} 0 R" for k in range(pages))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {pages}/Kids[{kids}]>>"]
    objects += [f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 144]/Contents {3 + pages} 0 R>>"] * pages
    objects += [f"<</Length {len(drawing)}>>\nstream\n{drawing}\nendstream"]
    body, starts = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    count = len(objects) + 1
    end = f"trailer\n<</Size {count}/Root 1 0 R{trailer}>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"gone\.png: cannot be opened \(No such file"):
        open_scan(ScanRef(str(tmp_path / "gone.png"), "gone.png"))


def test_empty_file(tmp_path: Path) -> None:
    assert "is empty" in refused(tmp_path / "empty.jpg", b"")


def test_text_renamed(tmp_path: Path) -> None:
    assert "begins with 'Dear Sir, '" in refused(tmp_path / "letter.jpg", b"Dear Sir, ")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "webp", "tif", "pdf"])
def test_file_cut_short(tmp_path: Path, suffix: str, share: float) -> None:
    whole = content(suffix)
    assert refused(tmp_path / f"cut.{suffix}", whole[: int(len(whole) * share)])


def test_jpeg_cut_short_and_filled_up(tmp_path: Path) -> None:
    """As a download leaves it that reserved the space first; decoders fill the missing part with gray."""
    whole = content("jpg")
    assert "ends before its image" in refused(tmp_path / "cut.jpg", whole[: len(whole) // 2] + bytes(len(whole) // 2))


def test_what_stands_after_a_jpeg_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "trailer.jpg"
    path.write_bytes(content("jpg") + b"phone maker's notes")
    assert difference(open_scan(ScanRef(str(path), path.name)), PAGE) < 2


def test_damaged_png(tmp_path: Path) -> None:
    whole = bytearray(content("png"))
    whole[len(whole) // 2] ^= 0x10
    assert "b'IDAT' at byte" in refused(tmp_path / "bad.png", bytes(whole))


def test_tiff_cut_short_in_its_second_page_still_gives_the_first(tmp_path: Path) -> None:
    whole = content("tif", save_all=True, append_images=[ImageOps.flip(GRAY)])
    assert "page 2: the file ends before its image" in refused(tmp_path / "cut.tif", whole[:-1000], page=2)
    first, _ = list_scans([tmp_path])
    assert difference(open_scan(first), PAGE) == 0


def test_page_beyond(tmp_path: Path) -> None:
    for suffix, number in [("tif", 2), ("png", 2), ("pdf", 3), ("tif", 0)]:
        message = refused(tmp_path / f"one.{suffix}", content(suffix), page=number)
        assert f"page {number}: there is no page {number}: the file has 1" in message


def test_locked_pdf(tmp_path: Path) -> None:
    owner = "41" * 32
    lock = f"/ID[<{owner}><{owner}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{owner}>/U<{owner}>>>"
    assert "password" in refused(tmp_path / "locked.pdf", pdf(trailer=lock))
    without_pages = refused(tmp_path / "none.pdf", pdf(pages=0))  # of which PDFium says what it said last
    assert "holds no page" in without_pages
    assert "password" not in without_pages


def test_the_hand_written_pdf_opens_unlocked(tmp_path: Path) -> None:
    (tmp_path / "open.pdf").write_bytes(pdf(pages=2))
    refs = list_scans([tmp_path])
    assert len(refs) == 2
    assert open_scan(refs[1]).gray.min() == 255


def bomb(side: int) -> bytes:
    """A PNG of side x side that is a few bytes long."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_image_too_large_is_refused_unseen(tmp_path: Path) -> None:
    message = refused(tmp_path / "huge.png", bomb(30_000))
    assert "30000 x 30000 are 900 million pixels, the limit is 200 million" in message
    assert "fewer dots per inch" in message


def test_limit_of_pixels_can_be_set(tmp_path: Path) -> None:
    ref = saved(tmp_path / "page.png", GRAY)
    assert open_scan(ref, max_pixels=PAGE.size).gray.size == PAGE.size
    with pytest.raises(ScanError, match="the limit is"):
        open_scan(ref, max_pixels=PAGE.size - 1)


def test_a_small_tiff_that_its_resolution_makes_too_large_is_refused(tmp_path: Path) -> None:
    ref = saved(tmp_path / "fax.tif", GRAY, dpi=(1, 60_000))
    with pytest.raises(ScanError, match="the limit is"):
        open_scan(ref)


def test_pdf_page_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wide.pdf").write_bytes(pdf())
    with pytest.raises(ScanError, match=r"wide\.pdf: 100000 x 200000 are"):
        open_scan(ScanRef(str(tmp_path / "wide.pdf"), "wide.pdf"), needed=(100_000, 200_000))


def test_pdf_with_a_huge_picture_shown_small_is_refused(tmp_path: Path) -> None:
    page = content("pdf", GRAY.resize((1000, 1400)))
    start, end = page.index(b"q "), page.index(b"cm /image")
    small = b"q 9 0 0 9 0 0 ".ljust(end - start)  # as long as what it stands for, so that the offsets hold
    (tmp_path / "small.pdf").write_bytes(page[:start] + small + page[end:])
    ref = ScanRef(str(tmp_path / "small.pdf"), "small.pdf")
    assert open_scan(ref, needed=(100, 140)).gray.min() < 255
    with pytest.raises(ScanError, match=r"1000 x 1400 are"):
        open_scan(ref, needed=(100, 140), max_pixels=1_000_000)


def test_decoders_say_nothing_themselves(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = bytearray(content("tif", GRAY, compression="tiff_lzw"))
    whole[2000:2100] = bytes(100)
    path = tmp_path / "noisy.tif"
    path.write_bytes(whole)
    open_scan(ScanRef(str(path), path.name))
    assert capfd.readouterr().err == ""


SMALL = GRAY.resize((60, 85))
WHOLE = {
    "jpg": content("jpg", SMALL, exif=_tagged(SMALL, 6).getexif()),
    "png": content("png", SMALL, dpi=(300, 300)),
    "bmp": content("bmp", SMALL),
    "webp": content("webp", SMALL.convert("RGB")),
    "tif": content(
        "tif", BITS.resize((60, 85)), compression="group4", save_all=True, append_images=[BITS.resize((85, 60))]
    ),
    "pdf": content("pdf", SMALL),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(sorted(WHOLE)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=4),
    share=st.floats(0.05, 1) | st.just(1.0),
)
def test_damaged_files_open_or_say_why(
    tmp_path: Path, suffix: str, flips: list[tuple[float, int]], share: float
) -> None:
    damaged = bytearray(WHOLE[suffix])
    for place, bits in flips:
        damaged[int(place**2 * len(damaged))] ^= bits  # squared: rather in the headers than in the pixels
    path = tmp_path / f"damaged.{suffix}"
    path.unlink(missing_ok=True)
    path.write_bytes(damaged[: int(len(damaged) * share)])
    for ref in list_scans([path])[:3]:
        try:
            scan = open_scan(ref, needed=(30, 40), max_pixels=4_000_000)
        except ScanError as error:
            assert path.name in str(error)
        else:
            assert scan.gray.ndim == 2
            assert scan.gray.dtype == np.uint8


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_what_decoders_say_of_damage_without_a_name_is_not_heard(
    suffix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    damaged = np.frombuffer(WHOLE[suffix], np.uint8).copy()
    damaged[len(damaged) // 2 : -60] = 0xAA
    path = tmp_path / f"damaged.{suffix}"
    path.write_bytes(mended(damaged.tobytes()))
    with contextlib.suppress(ScanError):
        open_scan(ScanRef(str(path), path.name))
    assert capfd.readouterr().err == ""


# --- lists of scans


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def names(*inputs: str | Path) -> list[str]:
    return [ref.file for ref in list_scans(inputs)]


def test_folder_is_listed_with_its_subfolders_as_people_count(tmp_path: Path) -> None:
    touched(
        tmp_path,
        "slip-10.jpg",
        "slip-9.JPG",
        "b/2.tiff",
        "b/1.pdf",
        "a/x.webp",
        "truth.csv",
        ".hidden.png",
        "results.corrections/corrections.csv",
        "results.corrections/crops/0a1b.png",
        ".git/y.png",
    )
    assert names(tmp_path) == ["a/x.webp", "b/1.pdf", "b/2.tiff", "slip-9.JPG", "slip-10.jpg"]


def test_file_given_by_name_is_taken_whatever_its_suffix(tmp_path: Path) -> None:
    touched(tmp_path, "scan.dat", ".hidden.png")
    assert names(tmp_path / "scan.dat", tmp_path / ".hidden.png") == [".hidden.png", "scan.dat"]


def test_glob_is_relative_to_its_fixed_part(tmp_path: Path) -> None:
    touched(tmp_path, "a/1.jpg", "a/2.png", "b/1.jpg", "b/notes.txt", "c.jpg")
    assert names(f"{tmp_path}/*/1.*") == ["a/1.jpg", "b/1.jpg"]
    assert names(f"{tmp_path}/**/*.jpg") == ["a/1.jpg", "b/1.jpg", "c.jpg"]
    assert names(f"{tmp_path}/?") == ["a/1.jpg", "a/2.png", "b/1.jpg"]


def test_name_with_glob_characters_is_a_name(tmp_path: Path) -> None:
    touched(tmp_path, "[1].jpg", "1.jpg")
    assert names(tmp_path / "[1].jpg") == ["[1].jpg"]


def test_file_reached_twice_is_taken_once(tmp_path: Path) -> None:
    touched(tmp_path, "in/1.jpg")
    assert names(tmp_path / "in", tmp_path / "in/1.jpg", tmp_path / "in/../in") == ["1.jpg"]


def test_names_that_clash_are_told_apart(tmp_path: Path) -> None:
    touched(tmp_path, "mon/am/1.jpg", "tue/am/1.jpg", "tue/am/2.jpg")
    assert names(tmp_path / "mon/am", tmp_path / "tue/am") == ["2.jpg", "mon/am/1.jpg", "tue/am/1.jpg"]


def test_links_that_lead_round_end(tmp_path: Path) -> None:
    touched(tmp_path, "in/1.jpg", "other/2.jpg")
    (tmp_path / "in/again").symlink_to(tmp_path / "in")
    (tmp_path / "in/linked").symlink_to(tmp_path / "other")
    assert names(tmp_path / "in") == ["1.jpg", "linked/2.jpg"]


def test_dangling_link_is_listed_and_fails_when_opened(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    (ref,) = list_scans([tmp_path])
    with pytest.raises(ScanError, match=r"link\.jpg: cannot be opened"):
        open_scan(ref)


def test_file_whose_pages_cannot_be_counted_is_one_page_that_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.tif").write_bytes(b"II*\0\xff\xff\xff\x7f")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    refs = list_scans([tmp_path])
    assert [(ref.file, ref.page) for ref in refs] == [("bad.pdf", 1), ("bad.tif", 1)]
    for ref in refs:
        with pytest.raises(ScanError, match=ref.file):
            open_scan(ref)


@pytest.mark.parametrize("given", ["nowhere", "nowhere/*.jpg", "nowhere.jpg"])
def test_input_that_does_not_exist(tmp_path: Path, given: str) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        list_scans([tmp_path / given])


def test_folder_without_scans(tmp_path: Path) -> None:
    touched(tmp_path, "in/truth.csv")
    with pytest.raises(UsageError, match=r"in: holds no scan \(\.jpg .*name the folder"):
        list_scans([tmp_path / "in"])


def test_what_may_be_a_scan_and_is_not_read_is_not_passed_over(tmp_path: Path) -> None:
    touched(tmp_path, "in/a.jpg", "in/IMG 1.avif", "in/sub/page.docx", "in/noname", "in/truth.csv", "in/.hidden.heic")
    assert left_out([tmp_path / "in", tmp_path / "in" / "noname"]) == ["IMG 1.avif", "noname", "sub/page.docx"]
    with pytest.raises(UsageError, match=r"sub: holds no scan \(.*\); save what it holds in one of these \(page\.docx"):
        list_scans([tmp_path / "in" / "sub"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\0\0\0\x18ftypqt  \0\0\0\0", "a film, .*; save it as JPEG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture; save it as JPEG"),
        (b"PK\x03\x04\x14\0\6\0\0\0\0\0", r"\(ZIP\), Word or Excel file; unpack it, or export its pages as PDF"),
        (b"GIF89a\1\0\1\0\0\0", "a GIF picture; save it as PNG"),
    ],
)
def test_what_people_take_for_a_scan_is_named_with_the_remedy(tmp_path: Path, data: bytes, said: str) -> None:
    assert re.search(said, refused(tmp_path / "scan.jpg", data))


def test_no_input_at_all() -> None:
    with pytest.raises(UsageError, match="no scans are given"):
        list_scans([])
