"""How far a digit slants, beside others of its kind.

Slant is a shear, as in `normalize`: how far a stroke goes to the right for each pixel that it rises, by second moments.
"""

import cv2
import numpy as np

from formreader.records import Gray

USUAL = {
    "0": 0.22,
    "1": 0.22,
    "2": 0.09,
    "3": 0.06,
    "4": 0.04,
    "5": 0.21,
    "6": 0.03,
    "7": 0.03,
    "8": 0.17,
    "9": 0.0,
}
"""What each digit's moments say where nobody slants more than others: the median of the first 20,000 of MNIST."""


def slant_of(picture: Gray, digit: str, *, written: float = 0.2) -> float:
    """How much more this digit slants than it usually does; positive to the right.

    `picture`: uint8, 0 ink, 255 paper, with writing on it.
    """
    ink = cv2.bitwise_not(picture)
    moments = cv2.moments((ink > int(written * ink.max())).view(np.uint8))  # binaryImage takes twice as long
    return float(-moments["mu11"] / max(moments["mu02"], 1.0)) - USUAL[digit]


def unslanted(picture: Gray, slant: float) -> Gray:
    """The picture with so much slant taken back, its rows as they were."""
    height, width = picture.shape
    room = abs(slant) * height / 2
    shear = np.array([[1.0, slant, room - slant * height / 2], [0.0, 1.0, 0.0]])
    size = (width + round(2 * room), height)
    return np.asarray(cv2.warpAffine(picture, shear, size, borderValue=255), np.uint8)
