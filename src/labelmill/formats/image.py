"""Image files: what they are, how large, and their pixels. The format is told by content, never by the file's name."""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelmill.core.errors import Unreadable
from labelmill.formats import jpeg, png
from labelmill.formats.exif import orientation, turned, upright

MAX_PIXELS = 200_000_000
"""Default limit of width x height: 600 MB of RGB."""

# Pillow's own limit is a warning that depends on a global; the limit here is `max_pixels`, checked before pixels are.
Image.MAX_IMAGE_PIXELS = None

_MAGIC = ((b"\xff\xd8\xff", "JPEG"), (png.SIGNATURE, "PNG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"))
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})  # "BM" alone also begins many a text

PREFIX = 32
"""Bytes that are enough to tell the format."""


class ImageHeader(NamedTuple):
    """Format (`JPEG`, `PNG`, `WebP`, `BMP`, `TIFF`, `GIF`) and the sides in pixels of the upright image."""

    format: str
    width: int
    height: int


class Stored(NamedTuple):
    """As stored: format, sides before turning, orientation that is still to be applied; `jpeg` for its decoder."""

    format: str
    width: int
    height: int
    orientation: int
    jpeg: jpeg.JpegHeader | None = None


def is_image(prefix: bytes) -> bool:
    """True when a file that begins with these bytes (PREFIX of them are enough) is an image of a known format."""
    return _format_of(prefix) is not None


def read_header(data: bytes | memoryview, *, max_pixels: int = MAX_PIXELS) -> ImageHeader:
    """Read format and upright size without decoding pixels.

    Raises Unreadable: `empty`, `unsupported`, `truncated`, `damaged`, `too-large`.
    """
    stored = read_stored(bytes(data), max_pixels)
    if turned(stored.orientation):
        return ImageHeader(stored.format, stored.height, stored.width)
    return ImageHeader(stored.format, stored.width, stored.height)


def decode(
    data: bytes | memoryview, *, at_least: tuple[int, int] | None = None, max_pixels: int = MAX_PIXELS
) -> NDArray[np.uint8]:
    """Decode to RGB: uint8 (h, w, 3), upright, contiguous; the first frame of an animation.

    `at_least` is (width, height) in upright pixels: a JPEG may then come back at 1/2, 1/4 or 1/8 of its size as long
    as both sides stay at least that long, which is several times faster; other formats come back whole. Transparent
    pixels lie over white, 16-bit channels keep their high byte.

    Raises Unreadable: `empty`, `unsupported`, `truncated`, `damaged`, `too-large`.
    """
    data = bytes(data)
    stored = read_stored(data, max_pixels)
    if stored.jpeg is not None:
        return jpeg.decode(data, stored.jpeg, at_least)
    if stored.format == "PNG":
        png.check_sums(data)
    return upright(_decode_by_pillow(data, stored.format), stored.orientation)


def _format_of(data: bytes) -> str | None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[:4] in _TIFF:
        return "TIFF"
    return "BMP" if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS else None


def read_stored(data: bytes, max_pixels: int) -> Stored:
    """Read what the header says of the image as stored. Raises Unreadable as `read_header` does."""
    name = _format_of(data)
    if name is None:
        raise _no_format(data)
    if name == "JPEG":
        head = jpeg.read_header(data)
        stored = Stored(name, head.width, head.height, head.orientation, head)
    elif name == "PNG":
        stored = Stored(name, *png.read_header(data))
    elif name == "WebP":
        stored = _read_webp(data)
    else:
        stored = _read_by_pillow(data, name)
    if stored.width * stored.height > max_pixels:
        size = f"{stored.width} x {stored.height} pixels"
        raise Unreadable("too-large", f"the image has {size}, more than the limit of {max_pixels:,}")
    return stored


def _no_format(data: bytes) -> Unreadable:
    if not data:
        return Unreadable("empty", "the file is empty (0 bytes)")
    if len(data) < 16 and any(magic.startswith(data) for magic, _ in _MAGIC):
        return Unreadable("truncated", f"the file ends after {len(data)} bytes")
    return Unreadable("unsupported", "the file is no JPEG, PNG, WebP, BMP, TIFF or GIF; convert it to one of them")


def _read_webp(data: bytes) -> Stored:
    """Sides from the first chunk (WebP container specification); Pillow would allocate the whole canvas to tell."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data) or len(data) < 30:
        raise Unreadable("truncated", "the WebP is cut off: it is shorter than its header says")
    kind, held = data[12:16], 1
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        held = _webp_orientation(data)
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        raise Unreadable("damaged", "the WebP does not begin with an image")
    if not width or not height:
        raise Unreadable("damaged", "the WebP header gives a side of 0 pixels")
    return Stored("WebP", width, height, held)


def _webp_orientation(data: bytes) -> int:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"EXIF":
            return orientation(data[at + 8 : at + 8 + size].removeprefix(b"Exif\0\0"))
        at += 8 + size + size % 2
    return 1


def _read_by_pillow(data: bytes, name: str) -> Stored:
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            return Stored(name, *image.size, 1)  # Pillow turns TIFFs itself; BMP and GIF know no orientation
    except MemoryError:
        raise
    except Exception as error:
        raise _from_pillow(name, error) from error


def _decode_by_pillow(data: bytes, name: str) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            image.load()
            return _rgb(image)
    except MemoryError:
        raise
    except Exception as error:
        raise _from_pillow(name, error) from error


def _from_pillow(name: str, error: Exception) -> Unreadable:
    """Pillow's parsers raise nearly every built-in exception on damaged files; all of them say the same thing here."""
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return Unreadable("truncated", f"the {name} is cut off: its data ends before the image does")
    if "conversion" in str(error) or isinstance(error, NotImplementedError):
        return Unreadable("unsupported", f"this kind of {name} cannot be read ({error}); save it as 8-bit RGB")
    told = "" if " at 0x" in str(error) else f": {error}"  # a place in memory helps nobody
    return Unreadable("damaged", f"the {name} is damaged ({type(error).__name__}{told})")


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16"):
        return _grey((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return _grey(_to_bytes(np.asarray(image, dtype=np.float64)))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _to_bytes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Numbers (h, w) without a declared range as 0 to 255: of 0..1, 0..255 or 0..65535 the first that holds them all.

    Others (negative ones, say) are stretched from the least to the largest. What is no number becomes 0.
    """
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    top = next((top for top in (1.0, 255.0, 65535.0) if low >= 0 and high <= top), None)
    if top is None:
        values, top = values - low, (high - low) or 1.0
    return np.round(values * (255 / top)).astype(np.uint8)


def _grey(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(values[:, :, np.newaxis], 3, axis=2)
