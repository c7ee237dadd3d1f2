"""A picture with its outlines drawn: an edge between two grays becomes a line, as a printed line is.

White boxes on a coloured ground, and shaded ones on white paper, have no lines around them: what looks for lines finds
none. The gradient of a blurred picture (Canny, 1986), drawn upon it, shows where they end.
"""

import cv2
import numpy as np

from formreader.records import Floats32, Gray


def outlined(gray: Gray, *, step: float = 0.06, dark: float = 0.5) -> Gray:
    """(h, w) uint8 the picture, darker along edges by a share of its gray there; what is even stays as it is.

    An edge across which the gray changes by the share `step`, or more, is `dark` darker: a pale ground's edge stands
    out as a stroke's does, and is as wide.
    """
    edges = _edges(gray)
    edges = np.maximum(edges - 2 * _grain(edges), 0)
    ridge = cv2.dilate(edges, np.ones((5, 5), np.uint8))
    line = np.minimum(2 * edges / np.maximum(ridge, np.float32(1e-6)), 1) * np.minimum(ridge / step, 1)
    return np.asarray(gray * (1 - dark * line), np.uint8)


def _edges(gray: Gray, *, blur: float = 1.0, black: float = 40) -> Floats32:
    """(h, w) by which share the gray changes across an edge, where it is steepest; less beside it.

    A blurred edge is as steep as its step / (blur sqrt(2 pi)); a Sobel's weights make eight of that. `blur`: sigma, in
    pixels; narrow gaps lie between boxes. `black`: what is darker counts as that.
    """
    soft = cv2.GaussianBlur(gray, (0, 0), blur).astype(np.float32)
    steep = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    share = cv2.divide(steep, np.maximum(soft, np.float32(black)), scale=blur * np.sqrt(2 * np.pi) / 8)
    return np.asarray(share, np.float32)


def _grain(edges: Floats32, *, block: int = 8) -> Floats32:
    """(h, w) how steep an even area is thereabouts, by its noise: most blocks of pixels have no edge."""
    small = cv2.resize(edges, None, fx=1 / block, fy=1 / block, interpolation=cv2.INTER_AREA)
    even = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.resize(even, edges.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
