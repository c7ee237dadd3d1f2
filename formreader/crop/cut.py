"""Page -> crops: cut each cell, take the printed frame, watermark and guides away, keep strokes that cross the frame.

All cells of a page are worked on as one batch, see `patches`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.crop.astray import Crossing, crossings, without_astray
from formreader.crop.blurred import paler_than
from formreader.crop.captioned import without_captions
from formreader.crop.contrast import contrast_with, darkest, paper_behind
from formreader.crop.dropout import across, own_strokes, runs_on
from formreader.crop.faint import faint, without_blanks_too_bright, without_doubtful_blanks
from formreader.crop.ground import on_even_ground
from formreader.crop.guides import without_guides
from formreader.crop.minus import begins_level, stands_apart
from formreader.crop.pale import crosses_pale_lines
from formreader.crop.patches import MARGIN, Patches, cut
from formreader.crop.pieces import apart
from formreader.crop.preprinted import without_print
from formreader.crop.slashed import slashed
from formreader.crop.strokes import crowded, darker_ink, holes, struck
from formreader.crop.trailing import trailing
from formreader.crop.underlined import without_lines
from formreader.crop.upon import upon_lines
from formreader.crop.walls import thickened
from formreader.crop.writing import Writing, widened, written
from formreader.printed.placeholders import Print
from formreader.printed.tones import counted, counted_at, median, quantiles
from formreader.records import Crop, Flags, Floats, Frame, Gray, Ints, Page


def cut_cells(
    page: Page, frames: list[Frame], printed: Mapping[int, Print] = {}, captions: Mapping[int, Flags] = {}
) -> list[Crop]:
    """What was written in each cell, in the order of `frames`.

    `printed`: what pale print is in cells, by place; `captions`: what small print, as dark as any ink.
    """
    [paper] = quantiles(counted(page.scan.gray[::16, ::16])[None], 0.75).tolist()
    crops: dict[int, tuple[Crop, list[Crossing], bool]] = {}
    for places, patches in cut(page.scan.gray, frames, paper):
        own = [frames[place] for place in places.tolist()]
        even = on_even_ground(patches, [frame.shaded for frame in own])
        theirs = [(printed.get(place), captions.get(place)) for place in places.tolist()]
        written = _written(even, [frame.quality for frame in own], theirs)
        crops.update(zip(places.tolist(), written, strict=True))
    told = [crops[place] for place in range(len(frames))]
    cut_out, crossing, bare = zip(*told, strict=True) if told else ((), (), ())
    kept = without_blanks_too_bright(without_doubtful_blanks(list(cut_out), bare, frames), page.scan.gray)
    return without_astray(kept, crossing, frames)


def _written(
    patches: Patches,
    quality: list[float],
    printed: Sequence[tuple[Print | None, Flags | None]],
    *,
    least_contrast: float = 22,
    share: float = 0.42,
) -> list[tuple[Crop, list[Crossing], bool]]:
    """The writing in each patch, what crosses its walls, and whether its paper is bare.

    `printed`: the pale print in each, and the small. `least_contrast`: gray levels by which writing is darker than its
    paper at least; `share` of the darkest writing's contrast is where ink begins.
    """
    behind = paper_behind(patches)
    pale, small = [one for one, _ in printed], [one for _, one in printed]
    seen = without_captions(contrast_with(behind, patches), small, patches)
    contrast = without_guides(seen, patches)
    if any(pale):
        contrast = without_print(contrast, pale, darkest(contrast, patches).tolist(), patches)
    strongest = darkest(contrast, patches)
    level = np.maximum(np.maximum(least_contrast, 0.2 * patches.line), share * strongest)
    mask = _darker(contrast, level)
    strokes = _strokes(mask, contrast, np.maximum(strongest, level), patches)
    dim = level > 1.5 * share * strongest  # as the lines are far darker: of a pale digit a part may be left
    others = darker_ink(contrast, strokes.own) | _paler(strokes, contrast, level, dim, patches)
    strokes = _seen_otherwise(strokes, others | without_lines(strokes.own))
    counts = counted_at(strokes.own.places, contrast)
    dark, ink = quantiles(counts, 0.75), counts.sum(1) / patches.area
    faded, bare = faint(seen, contrast, np.where(ink > 0, dark, 0), patches)
    told = {
        "ink": ink,
        "contrast": np.where(ink > 0, dark, strongest) / 255,
        "touches_frame": strokes.touch | thickened(contrast, mask, ink == 0, patches),
        "quality": np.array(quality),
        "crowded": crowded(behind, patches) & (ink > 0),
        "faint": faded,
        **_shape(strokes, patches),
    }
    pictures = _pictures(contrast, strokes, dark, patches)
    paler = trailing(level, strongest, contrast, strokes.own, patches)
    trails = _trailing(contrast, strokes, paler, dark, patches)
    each = enumerate(zip(pictures, *(values.tolist() for values in told.values()), strict=True))
    cut = [
        Crop(gray, fuller=fuller, trailing=trails.get(cell, ()), **dict(zip(told, values, strict=True)))
        for cell, ((gray, fuller), *values) in each
    ]
    return [(crop, crossing, bare) for crop, crossing in zip(cut, strokes.crossing, strict=True)]


def _darker(contrast: Gray, level: Floats) -> Flags:
    """(n, height, width) where it is darker than its (n,) level; nowhere at a patch's edge, so that nothing hangs
    together across patches.
    """
    mask = contrast > np.floor(level).astype(np.uint8)[:, None, None]
    mask[:, [0, -1]] = mask[:, :, [0, -1]] = False
    return mask


@dataclass(frozen=True)
class _Strokes:
    """The ink in n cells that belongs to them."""

    own: Writing
    touch: Flags
    """(n,) whether they cross the frame so far that writing may be missing or a neighbour's."""
    pieces: Ints
    """(n,) in how many all is that stands in them, specks as well."""
    unsure: Ints
    """(k,) the cells of which nobody can tell whether all of that is writing, or more."""
    crossing: list[list[Crossing]]
    """What crosses the walls of each of the n cells."""
    fuller: Flags
    """(k, height, width) what it may be instead: with what lies on their lines or is paler, or without another ink."""


def _shape(strokes: _Strokes, patches: Patches) -> dict[str, npt.NDArray[Any]]:
    """What the strokes themselves say of each cell, by its name in `Crop`."""
    own, kept, pieces = strokes.own, strokes.own.mask, strokes.pieces
    ringed, beside, dotted = apart(kept, pieces)
    return {
        "runs_on": runs_on(kept, patches),
        "pieces": pieces,
        "height": own.tall / patches.scale,
        "foot": (patches.bottom - own.bottom) / patches.scale,
        "holes": holes(kept),
        "begins_level": begins_level(own, patches),
        "stroke_before": stands_apart(kept, pieces, patches),
        "struck": struck(own, patches.right),
        "ringed": ringed,
        "dotted": dotted,
        "beside": beside,
        "slashed": slashed(own),
    }


def _strokes(mask: Flags, contrast: Gray, dark: Floats, patches: Patches, *, least_added: int = 5) -> _Strokes:
    """What of the ink, `mask`, belongs to each cell. `dark`: (n,) contrast of the writing.

    `least_added`: pixels by which ink upon a line must change the writing to matter.
    """
    bands = patches.bands
    free = across(mask, bands, patches)
    own, touch, pieces = own_strokes(free, patches)
    pen = median(dark[own.bottom >= 0]) if (own.bottom >= 0).any() else 0.0
    touch = touch | crosses_pale_lines(free, mask, contrast, patches, pen=pen)
    kept, crossing = own.mask, crossings(free, own, patches)
    near = np.flatnonzero((own.soft & bands).any((1, 2)))
    if len(near):
        more = free[near] | upon_lines(patches, contrast, mask, dark, near)
        added = (more > free[near]).any((1, 2))
        near, more = near[added], more[added]
    if not len(near):
        return _Strokes(own, touch, pieces, near, crossing, kept[near])
    fuller = own_strokes(more, patches.of(near))[0].mask
    matters = np.count_nonzero(fuller & ~kept[near], axis=(1, 2)) > least_added
    return _Strokes(own, touch, pieces, near[matters], crossing, fuller[matters])


def _paler(
    strokes: _Strokes, contrast: Gray, level: Floats, dim: Flags, patches: Patches, *, least: int = 5
) -> dict[int, Flags]:
    """Of blurred cells, and of `dim` ones where `least` pixels more are seen so, the strokes at half the `level`."""
    blurred = paler_than(level, contrast, strokes.own, patches)
    pale = np.union1d(blurred, np.flatnonzero(dim & (strokes.own.bottom >= 0)))
    if not len(pale):
        return {}
    some = patches.of(pale)
    paler = own_strokes(across(_darker(contrast[pale], level[pale] / 2), some.bands, some), some)[0].mask
    more = np.count_nonzero(paler & ~widened(strokes.own.soft[pale], by=2), axis=(1, 2)) > least
    matters = more | np.isin(pale, blurred)
    return dict(zip(pale[matters].tolist(), paler[matters], strict=True))


def _seen_otherwise(strokes: _Strokes, others: dict[int, Flags]) -> _Strokes:
    """The strokes, with these for what the cells may hold instead."""
    if not others:
        return strokes
    cells = np.array(sorted(others), int)
    left = ~np.isin(strokes.unsure, cells)
    return replace(
        strokes,
        unsure=np.concatenate([strokes.unsure[left], cells]),
        fuller=np.concatenate([strokes.fuller[left], [others[cell] for cell in cells.tolist()]]),
    )


def _pictures(contrast: Gray, strokes: _Strokes, dark: Floats, patches: Patches) -> list[tuple[Gray, Gray | None]]:
    """What each cell's strokes look like, and what the fuller ones do, if nobody can tell."""
    which, others = strokes.unsure, {}
    if len(which):
        fuller = _stretched(contrast[which], widened(strokes.fuller), dark[which])
        others = dict(zip(which.tolist(), fuller, strict=True))
    pictures: list[tuple[Gray, Gray | None]] = []
    ends = zip((patches.right + MARGIN).tolist(), (patches.bottom + MARGIN).tolist(), strict=True)
    for cell, (gray, (right, bottom)) in enumerate(
        zip(_stretched(contrast, strokes.own.soft, dark), ends, strict=True)
    ):
        other = others.get(cell)
        pictures.append((gray[:bottom, :right], None if other is None else other[:bottom, :right]))
    return pictures


def _trailing(
    contrast: Gray, strokes: _Strokes, paler: dict[int, Flags], dark: Floats, patches: Patches
) -> dict[int, tuple[Gray, ...]]:
    """The same pictures of the cells whose strokes go on in `paler` ones, with these, by cell."""
    if not paler:
        return {}
    mask, fuller = strokes.own.mask.copy(), strokes.fuller.copy()
    for cell, more in paler.items():
        mask[cell] |= more
    for place, cell in enumerate(strokes.unsure.tolist()):
        fuller[place] |= paler.get(cell, False)
    pictures = _pictures(contrast, replace(strokes, own=written(mask), fuller=fuller), dark, patches)
    return {cell: tuple(one for one in pictures[cell] if one is not None) for cell in paler}


def _stretched(contrast: Gray, where: Flags, dark: Floats) -> Gray:
    """The strokes with their soft edges, `dark` made black; all but `where` they are is paper."""
    tones = np.rint(255 * (1 - np.minimum(np.arange(256) / np.maximum(dark, 1)[:, None], 1))).astype(np.uint8)
    gray = np.empty_like(contrast)
    for out, one, table in zip(gray, contrast, tones, strict=True):
        cv2.LUT(one, table, dst=out)
    return gray | (where.view(np.uint8) - 1)  # paper is 255, as 0 - 1 is
