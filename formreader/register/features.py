"""Where a blank form's picture lies on a scan by the look of its print alone: any way up, at any size, aslant.

Scale-invariant features of both are matched (Lowe, Distinctive Image Features from Scale-Invariant Keypoints, 2004),
and the homography is taken that most matches agree on (RANSAC).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed import project
from formreader.records import Floats, Floats32, Gray, Matrix
from formreader.register.reduced import reduced


@dataclass(frozen=True)
class Features:
    """What stands out on a picture."""

    points: Floats
    """(n, 2) pixels of it."""
    looks: Floats32
    """(n, 128) how each of them looks."""


def features_of(gray: Gray, *, longest: int = 1000, most: int = 1500) -> Features:
    """The strongest features of a picture, seen no larger than `longest` pixels."""
    small, to_small = reduced(gray, longest)
    found, looks = cv2.SIFT.create(nfeatures=most, contrastThreshold=0.03).detectAndCompute(small, None)
    points = np.array([point.pt for point in found], np.float64).reshape(-1, 2)
    looks = np.zeros((0, 128)) if looks is None else looks
    return Features(project(np.asarray(np.linalg.inv(to_small), np.float64), points), np.asarray(looks, np.float32))


def laid_by(
    own: Features, seen: Features, corners: Floats, *, unlike: float = 0.8, near: float = 0.005, least: int = 12
) -> Matrix | None:
    """Pixels of the blank form -> those of the scan; None where fewer than `least` features agree.

    `corners`: (4, 2) of the form's page. `unlike`: how much nearer the best match must be than the next. `near`: as a
    share of what the scan's features cover, how far off one may be.
    """
    if min(len(own.points), len(seen.points)) < least:
        return None
    pairs = cv2.BFMatcher().knnMatch(own.looks, seen.looks, k=2)
    sure = [one for one, other in pairs if one.distance < unlike * other.distance]
    if len(sure) < least:
        return None
    here, there = own.points[[one.queryIdx for one in sure]], seen.points[[one.trainIdx for one in sure]]
    far = near * float(np.ptp(seen.points, axis=0).max())
    matrix, agree = cv2.findHomography(here, there, cv2.RANSAC, far, maxIters=2000)
    if (
        matrix is None
        or np.count_nonzero(agree) < least
        or not _as_paper(project(np.asarray(matrix, np.float64), corners))
    ):
        return None
    return np.asarray(matrix, np.float64)


def _as_paper(corners: Floats, *, least: float = 0.2) -> bool:
    """Whether (4, 2) corners are those of a page seen from its front: convex, clockwise, none far sharper than the
    others.
    """
    sides = np.roll(corners, -1, axis=0) - corners
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    return bool(turns.min() > least * turns.max() > 0)
