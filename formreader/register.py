"""Scan -> page: find where the template lies on the scan.

Coarse to fine, on printed lines alone, so that it works with or without a reference picture:
1. `skew` turns a small copy of the scan upright;
2. the template's lines are slid over the small copy's lines at several scales, all places at once, by FFT;
3. the best places are refined at full resolution: each side of each cell is looked for along its normal, and a
   similarity, then an affinity, then a homography is fitted to what was found, outliers down-weighted.
The best placement must be good, and clearly better than the next: a repetitive form laid one row off fits nearly as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from formreader.errors import RegistrationError, TemplateError
from formreader.lines import Floats, line_offsets, normals_of, project, ruled, ruled_lines, sides_of, skew, thin_ink
from formreader.records import Gray, Matrix, Page, Scan, ScanRef
from formreader.scans import open_scan
from formreader.template import Template

SCALES = (1.0, 0.98, 1.02, 0.96, 1.04, 0.94, 1.06, 0.92, 1.08, 0.9, 1.1)
"""Page sizes tried, as a share of the scan's: a scan may crop the page, or show the scanner's lid around it."""


@dataclass(frozen=True)
class Form:
    """A template made ready to be found on scans; made once, used for every page."""

    template: Template

    @cached_property
    def reference(self) -> Gray | None:
        """The picture of the blank form at the template's size, where the template has one."""
        path = self.template.reference_path
        if path is None:
            return None
        size = self.template.width, self.template.height
        gray = open_scan(ScanRef(str(path), path.name), needed=size).gray
        return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    @cached_property
    def sides(self) -> Floats:
        """(n, 2, 2) the printed lines to look for, in template pixels: the sides of every cell, and the reference's lines.

        A side that the reference does not show (a form printed in a drop-out colour) is not looked for.
        """
        sides = sides_of(np.array([box.corners for _, _, box in self.template.cells()]))
        if self.reference is None:
            return sides
        ruled = ruled_lines(self.reference)
        printed = line_offsets(self.reference, sides, reach=3)[1] > 40
        both = np.concatenate([sides[printed], ruled])
        if len(both) < 8:
            raise TemplateError(
                f"{self.template.reference_path}: shows {len(both)} printed lines or cell sides, too few to register "
                "scans on. Leave `reference` out to register on the cells themselves, or give a picture of the blank form."
            )
        return both

    @cached_property
    def likeness(self) -> npt.NDArray[np.float32] | None:
        """The reference's print at coarse resolution, zero mean and unit length; None without a reference."""
        if self.reference is None:
            return None
        return _print(cv2.resize(self.reference, self.coarse_size, interpolation=cv2.INTER_AREA).astype(np.uint8))

    @cached_property
    def shrink(self) -> float:
        """Template pixels -> coarse pixels: a cell's short side becomes about 13."""
        short = np.median([min(box.width, box.height) for _, _, box in self.template.cells()])
        longest = max(self.template.width, self.template.height)
        return float(np.clip(13 / short, 400 / longest, 1000 / longest))

    @cached_property
    def coarse_size(self) -> tuple[int, int]:
        """(width, height) of the whole template in coarse pixels."""
        return round(self.template.width * self.shrink), round(self.template.height * self.shrink)

    @cached_property
    def canvas(self) -> tuple[int, int]:
        """(width, height) of the FFT's canvas: room for the page to lie a fifth off its place."""
        width, height = self.coarse_size
        return cv2.getOptimalDFTSize(round(width * 1.25)), cv2.getOptimalDFTSize(round(height * 1.25))

    @cached_property
    def spectra(self) -> dict[float, tuple[npt.NDArray[np.complex64], float]]:
        """Filled as scales are tried: the lines' spectrum and the score of a perfect match."""
        return {}

    def spectrum(self, scale: float) -> tuple[npt.NDArray[np.complex64], float]:
        """The template's lines at this scale, ready to be multiplied with a scan's."""
        if scale not in self.spectra:
            drawn = self._drawn(scale)
            perfect = float((drawn * np.conj(drawn)).real.clip(0).sum())
            self.spectra[scale] = (np.conj(np.fft.fft2(drawn)).astype(np.complex64), perfect)
        return self.spectra[scale]

    def _drawn(self, scale: float) -> npt.NDArray[np.complex64]:
        width, height = self.canvas
        flat, upright = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        for start, end in np.rint(self.sides * self.shrink * scale * 16).astype(int).tolist():
            level = abs(end[0] - start[0]) >= abs(end[1] - start[1])
            cv2.line(flat if level else upright, start, end, 1.0, 1, cv2.LINE_8, 4)
        # Less the mean across the line: so a black bar or a solid text block gains nothing.
        flat, upright = (cv2.GaussianBlur(lines, (3, 3), 0) for lines in (flat, upright))
        return np.asarray(
            (flat - cv2.blur(flat, (1, 9))) + 1j * (upright - cv2.blur(upright, (9, 1))), np.complex64
        )


@dataclass(frozen=True)
class Placement:
    """One guess of where the page lies."""

    to_scan: Matrix
    score: float


def register(scan: Scan, form: Form, *, least_quality: float = 0.6, least_lead: float = 0.06) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where no placement has `least_quality`, or none leads the next by `least_lead`.
    """
    copy = _upright_copy(scan.gray, form)
    found = _refined(scan, form, copy, _placements(copy, form, SCALES[:3], turns=(0,)))
    if found[0].score < 0.85:
        found = _refined(scan, form, copy, [*_placements(copy, form, SCALES, turns=(0, 2)), *found])
    best = found[0].score
    if best < least_quality:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: does not fit the template {form.template.name!r}: "
            f"{best:.0%} of its printed cells were found, {least_quality:.0%} are needed. Is it another form, or a poor "
            f"scan? To see what was found: formreader template check TEMPLATE {scan.ref.file} -o overlay.png"
        )
    if len(found) > 1 and found[0].score - found[1].score < least_lead:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: fits the template {form.template.name!r} in two places equally well "
            f"({found[0].score:.0%} and {found[1].score:.0%} of its printed cells). Give the template a reference picture."
        )
    return Page(scan, found[0].to_scan, found[0].score)


def _placements(
    copy: tuple[Gray, Matrix], form: Form, scales: tuple[float, ...], turns: tuple[int, ...], *, count: int = 6
) -> list[Placement]:
    """The best `count` places at coarse resolution; those half a cell apart or less count once."""
    small, to_small = copy
    found = []
    for turn in turns:
        turned, to_turned = _turned(small, turn)
        spectrum = _lines_spectrum(turned, form)
        back = np.linalg.inv(to_turned @ to_small)
        for scale in scales:
            lines, perfect = form.spectrum(scale)
            scores = np.fft.ifft2(spectrum * lines).real / perfect
            grow = form.shrink * scale
            for score, (right, down) in _peaks(scores):
                found.append(Placement(back @ np.array([[grow, 0, right], [0, grow, down], [0, 0, 1]]), score))
    return _different(form, sorted(found, key=lambda placement: -placement.score)[:count])


def _upright_copy(gray: Gray, form: Form) -> tuple[Gray, Matrix]:
    """A small copy of the scan, turned so that its lines are level, and the way there: scan -> copy."""
    height, width = gray.shape
    if (width > height) != (form.template.width > form.template.height):
        gray = np.ascontiguousarray(np.rot90(gray))
        quarter = np.array([[0, 1, 0], [-1, 0, width - 1], [0, 0, 1]], np.float64)
        height, width = width, height
    else:
        quarter = np.eye(3)
    shrink = float(np.sqrt(np.prod(form.coarse_size) / (width * height)))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = gray
    while min(small.shape[1] / size[0], small.shape[0] / size[1]) >= 4 and not (small.shape[0] | small.shape[1]) & 1:
        # Halving is many times faster than any other shrinking by area.
        small = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    # INTER_AREA maps pixel centres: x' + 0.5 = (x + 0.5) * scale.
    across, down = size[0] / width, size[1] / height
    resized = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
    level = np.eye(3)
    level[:2] = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), skew(thin_ink(small)), 1)
    turned = cv2.warpAffine(small, level[:2], size, flags=cv2.INTER_LINEAR, borderValue=255)
    return turned.astype(np.uint8, copy=False), level @ resized @ quarter


def _turned(gray: Gray, quarters: int) -> tuple[Gray, Matrix]:
    """The image upside-down (quarters 2) or as it is (0), and the way there."""
    if quarters == 0:
        return gray, np.eye(3)
    height, width = gray.shape
    return np.ascontiguousarray(gray[::-1, ::-1]), np.array([[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1.0]])


def _lines_spectrum(gray: Gray, form: Form) -> npt.NDArray[np.complex64]:
    """Level lines as the real, upright lines as the imaginary part: one FFT correlates both."""
    flat, upright = (lines.astype(np.float32) for lines in ruled(thin_ink(gray), length=10))
    strong = max(20.0, float(np.percentile(np.maximum(flat, upright), 98)))
    flat, upright = (cv2.GaussianBlur(np.minimum(lines / strong, 1), (3, 3), 0) for lines in (flat, upright))
    width, height = form.canvas
    canvas = np.zeros((height, width), np.complex64)
    rows, columns = min(height, gray.shape[0]), min(width, gray.shape[1])
    canvas[:rows, :columns] = (flat + 1j * upright)[:rows, :columns]
    return np.fft.fft2(canvas).astype(np.complex64)


def _peaks(scores: npt.NDArray[np.floating], *, count: int = 3, apart: int = 5) -> Iterator[tuple[float, tuple[int, int]]]:
    """The `count` highest scores and their shifts (x, y), at least `apart` pixels from each other."""
    left = scores.copy()
    height, width = left.shape
    for _ in range(count):
        y, x = np.unravel_index(int(np.argmax(left)), left.shape)
        yield float(left[y, x]), (int(x) - width * (x > width // 2), int(y) - height * (y > height // 2))
        left[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -np.inf


def _refined(
    scan: Scan, form: Form, copy: tuple[Gray, Matrix], placements: list[Placement], *, alike: float = 0.35
) -> list[Placement]:
    """Each place fitted to the printed sides at full resolution; different places only, best first.

    `alike`: the correlation with the reference's print below which a place counts as less good than its lines say. The
    lines of a table fit one row off, or upside-down, nearly as well; the print around them does not.
    """
    fitted = []
    for place in placements:
        fit = _fit(scan.gray, form, place.to_scan)
        if form.likeness is not None:
            fit = Placement(fit.to_scan, fit.score * float(np.clip(_likeness(form, copy, fit) / alike, 0, 1)))
        fitted.append(fit)
    return _different(form, sorted(fitted, key=lambda place: -place.score))


def _likeness(form: Form, copy: tuple[Gray, Matrix], place: Placement) -> float:
    """Correlation, -1..1, of the page's print with the reference's, at coarse resolution."""
    small, to_small = copy
    to_coarse = np.diag([form.shrink, form.shrink, 1.0]) @ np.linalg.inv(to_small @ place.to_scan)
    page = cv2.warpPerspective(small, to_coarse, form.coarse_size, borderMode=cv2.BORDER_REPLICATE)
    return float((_print(page.astype(np.uint8, copy=False)) * form.likeness).sum())


def _print(gray: Gray) -> npt.NDArray[np.float32]:
    """Thin ink, blurred so that a pixel or two do not matter, zero mean and unit length."""
    soft = cv2.GaussianBlur(thin_ink(gray).astype(np.float32), (0, 0), 1.5)
    centred = np.minimum(soft, np.float32(np.percentile(soft, 98))) - soft.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-9), np.float32)


def _different(form: Form, placements: list[Placement]) -> list[Placement]:
    """Of placements that amount to the same place, the first."""
    kept: list[Placement] = []
    for place in placements:
        if not any(_same_place(form, place, other) for other in kept):
            kept.append(place)
    return kept


def _same_place(form: Form, one: Placement, other: Placement) -> bool:
    """Whether two placements put most cells within half a cell of each other."""
    middles = form.sides.mean(1)
    apart = np.linalg.norm(project(np.linalg.inv(other.to_scan) @ one.to_scan, middles) - middles, axis=1)
    return float(np.median(apart)) < 8 / form.shrink


def _fit(gray: Gray, form: Form, to_scan: Matrix) -> Placement:
    """Look for each side near where it should be, move the placement there, and again with less reach."""
    pixel = float(np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))) / form.shrink
    for freedom, coarse_pixels in ((4, 3.0), (6, 2.0), (8, 1.2), (8, 0.7)):
        sides = project(to_scan, form.sides)
        reach = max(2.0, coarse_pixels * pixel)
        offset, height = line_offsets(gray, sides, reach=reach, step=max(0.5, reach / 12), samples=12)
        to_scan = _moved(form.sides, to_scan, sides, offset, height, freedom)
    return Placement(to_scan, _support(gray, project(to_scan, form.sides), tolerance=max(1.0, 0.6 * pixel)))


def _moved(model: Floats, to_scan: Matrix, sides: Floats, offset: Floats, height: Floats, freedom: int) -> Matrix:
    """The placement moved by the small similarity (4), affinity (6) or homography (8) that brings sides to lines.

    Each side tells only how far it is off along its normal: point-to-line least squares, reweighted (Tukey).
    """
    middles, normals = sides.mean(1), normals_of(sides)
    centre, spread = middles.mean(0), float(np.abs(middles - middles.mean(0)).max()) + 1
    x, y = ((middles - centre) / spread).T
    nx, ny = normals.T
    columns = [nx, ny, nx * x + ny * y, ny * x - nx * y]
    if freedom >= 6:
        columns += [nx * x - ny * y, nx * y + ny * x]
    if freedom >= 8:
        columns += [nx * x * x + ny * x * y, nx * x * y + ny * y * y]
    design = np.stack(columns, 1)
    weight = np.minimum(height, np.percentile(height, 90)) + 1e-6
    solution = np.zeros(design.shape[1])
    for _ in range(5):
        residual = offset - design @ solution
        scale = max(0.5, 3 * float(np.median(np.abs(residual[weight > np.median(weight) / 2]))))
        robust = weight * np.square(np.clip(1 - np.square(residual / scale), 0, None))
        ridge = 1e-3 * float(robust.sum()) / len(robust)
        gram = design.T @ (design * robust[:, None]) + ridge * np.eye(design.shape[1])
        solution = np.linalg.solve(gram, design.T @ (robust * offset))
    return _small_homography(solution, centre, spread) @ to_scan


def _small_homography(solution: Floats, centre: Floats, spread: float) -> Matrix:
    """The motion x -> x + A(x) as a matrix on scan pixels, from its coefficients around `centre`."""
    tx, ty, grow, turn, stretch, shear, px, py = np.pad(solution, (0, 8 - len(solution)))
    local = np.array(
        [
            [1 + (grow + stretch) / spread, (shear - turn) / spread, tx / spread],
            [(shear + turn) / spread, 1 + (grow - stretch) / spread, ty / spread],
            [-px / spread, -py / spread, 1],
        ]
    )
    frame = np.array([[1 / spread, 0, -centre[0] / spread], [0, 1 / spread, -centre[1] / spread], [0, 0, 1]])
    return np.asarray(np.linalg.inv(frame) @ local @ frame, np.float64)


def _support(gray: Gray, sides: Floats, *, tolerance: float) -> float:
    """Share of the sides that have a printed line within `tolerance` pixels of their place, 0..1."""
    _, height = line_offsets(gray, sides, reach=tolerance)
    strong = max(50.0, float(np.percentile(height, 75)))
    return float(np.clip(height / (0.35 * strong), 0, 1).mean())
