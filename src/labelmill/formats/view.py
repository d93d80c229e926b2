"""Pictures for browsers: which files they show as they are, and others as JPEG; small ones for grids."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from labelmill.formats import image, png
from labelmill.formats.image import MAX_PIXELS

_QUALITY = 85
_QUALITY_WHOLE = 95
_LONGEST = 65_500
"""Pixels of the longest side that a JPEG may have."""

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp", "WebP": "image/webp"}


def shown_as(data: bytes) -> str | None:
    """The media type of an image that every browser shows upright, as regions expect it; None: `whole` is needed.

    Browsers turn a JPEG as its camera noted, but not all of them other formats. TIFF none shows; 16-bit PNG and CMYK
    each shows in its own way.
    """
    stored = image.read_stored(data, MAX_PIXELS)
    if stored.format == "JPEG":
        return _TYPES["JPEG"] if stored.jpeg is not None and stored.jpeg.components != 4 else None
    if stored.orientation != 1 or (stored.format == "PNG" and png.bits(data) == 16):
        return None
    return _TYPES.get(stored.format)


def whole(data: bytes, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """An image of any kind as an upright JPEG of its size (of at most _LONGEST). Raises Unreadable."""
    return _encoded(_at_most(image.decode(data, max_pixels=max_pixels), _LONGEST), _QUALITY_WHOLE)


def small(data: bytes, longer: int, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """An image as an upright JPEG whose longer side has `longer` pixels, or its own where it has fewer.

    Raises Unreadable as image.decode does.
    """
    header = image.read_header(data, max_pixels=max_pixels)
    wanted = _size(header.width, header.height, longer)
    return _encoded(_at_most(image.decode(data, at_least=wanted, max_pixels=max_pixels), longer), _QUALITY)


def _size(width: int, height: int, longer: int) -> tuple[int, int]:
    share = min(1.0, longer / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _at_most(pixels: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if max(width, height) <= longer:
        return pixels
    return np.asarray(cv2.resize(pixels, _size(width, height, longer), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _encoded(pixels: NDArray[np.uint8], quality: int) -> bytes:
    colours = "444" if quality == _QUALITY_WHOLE else "420"
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", colours))
