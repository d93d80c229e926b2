"""EXIF: the one tag that matters here, how the camera was held."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ORIENTATION = 0x0112
_FORMS = {3: "H", 4: "L"}  # TIFF 6.0 field types SHORT and LONG


def orientation(exif: bytes) -> int:
    """The orientation, 1 to 8, of an EXIF block (TIFF 6.0 layout, from its byte-order mark on); 1 where it says none.

    A damaged block counts as saying none: it is a note beside the image, the pixels do not depend on it.
    """
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return 1
    (first,) = struct.unpack_from(order + "L", exif, 4)
    if first + 2 > len(exif):
        return 1
    (count,) = struct.unpack_from(order + "H", exif, first)
    for at in range(first + 2, min(first + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind = struct.unpack_from(order + "HH", exif, at)
        if tag == _ORIENTATION:
            value = struct.unpack_from(order + _FORMS[kind], exif, at + 8)[0] if kind in _FORMS else 1
            return value if 1 <= value <= 8 else 1
    return 1


def turned(value: int) -> bool:
    """True when the orientation swaps width and height."""
    return value >= 5


def upright(pixels: NDArray[Any], value: int) -> NDArray[Any]:
    """Pixels (h, w, ...) as stored -> the view that stands upright, (h, w, ...) or (w, h, ...)."""
    if turned(value):
        pixels = pixels.swapaxes(0, 1)
    if value in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if value in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
