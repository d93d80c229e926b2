"""JPEG: a header read in microseconds, and a decoder that refuses damage but not harmless oddities.

Layout: ITU-T T.81, annex B. Decoding is libjpeg-turbo's by simplejpeg in strict mode, which refuses every warning. The
few that do not touch the pixels are mended in a copy of the bytes and decoded strictly again, so that damage further
on is still seen (decoding without strictness would hide it).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from labelmill.core.errors import Unreadable
from labelmill.formats.exif import orientation, turned, upright

_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF markers; DHT, JPG and DAC lie among them
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a segment: TEM, RST0 to RST7, SOI

PADDING = 16
"""Leftover bytes (any values) before the end marker that still count as padding.

Hardware encoders fill up a word of 4 to 16 bytes with whatever lies in the buffer. Damage leaves bytes over, too: of
322 trials (161 photos, 400 bytes zeroed at random, twice) 38 ended with 10 to 250 bytes over, three with fewer than 16.
"""


class JpegHeader(NamedTuple):
    """What stands before the pixels: sides as stored (not turned), number of colour components, EXIF orientation."""

    width: int
    height: int
    components: int
    orientation: int


class _Segment(NamedTuple):
    """A marker segment: its code, where the marker stands, where its payload begins and ends."""

    code: int
    at: int
    begin: int
    end: int


def read_header(data: bytes) -> JpegHeader:
    """Read the header of a JPEG. Raises Unreadable: `truncated`, `damaged`."""
    held = 1
    for segment in _segments(data):
        if segment.code in _FRAMES:
            frame = data[segment.begin : min(segment.end, segment.begin + 6)]
            if len(frame) < 6 or segment.end > len(data):
                break
            height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
            if not height or not width:
                raise Unreadable("damaged", "the JPEG header gives a side of 0 pixels")
            return JpegHeader(width, height, frame[5], held)
        if segment.code == _APP1 and held == 1 and data[segment.begin : segment.begin + 6] == b"Exif\0\0":
            held = orientation(data[segment.begin + 6 : segment.end])
        if segment.code in (_SOS, _EOI):
            raise Unreadable("damaged", "the JPEG has no frame header before its image data")
    raise Unreadable("truncated", "the JPEG ends within its header")


def decode(data: bytes, header: JpegHeader, at_least: tuple[int, int] | None) -> NDArray[np.uint8]:
    """Decode to RGB, upright, (h, w, 3).

    With `at_least` (width, height of the upright image) the decoder may shrink by 2, 4 or 8 as long as both sides
    stay at least that long. Raises Unreadable: `truncated`, `damaged`, `unsupported`.
    """
    arguments = {"colorspace": "CMYK"} if header.components == 4 else {}
    pixels = _strictly(data, arguments | _smaller(header, at_least))
    if header.components == 4:
        # Adobe stores CMYK inverted, and nobody else writes it (Pillow assumes the same)
        height, width = pixels.shape[:2]
        inks = Image.frombytes("CMYK", (width, height), (255 - pixels).tobytes())
        pixels = np.asarray(inks.convert("RGB"))
    return upright(pixels, header.orientation)


def _smaller(header: JpegHeader, at_least: tuple[int, int] | None) -> dict[str, Any]:
    """Arguments that make simplejpeg shrink by the largest of 8, 4, 2 that leaves both sides long enough."""
    if at_least is None:
        return {}
    width, height = at_least[::-1] if turned(header.orientation) else at_least
    for factor in (8, 4, 2):
        shrunk = -(-header.width // factor), -(-header.height // factor)
        if shrunk[0] >= width and shrunk[1] >= height:
            return {"min_width": shrunk[0], "min_height": shrunk[1]}
    return {}


def _strictly(data: bytes, arguments: dict[str, Any]) -> NDArray[np.uint8]:
    complaint = ""
    for _ in range(4):  # at most three oddities in one file; more is damage
        try:
            pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(data, strict=True, **arguments)
        except ValueError as error:
            complaint = str(error)
            mended = _mend(data, complaint)
            if mended is None or mended == data:
                break
            data = mended
        else:
            return pixels
    raise _unreadable(complaint)


def _unreadable(complaint: str) -> Unreadable:
    if complaint.startswith("Premature end"):
        return Unreadable("truncated", "the JPEG is cut off: its data ends before the image does")
    if "Unsupported JPEG" in complaint or "precision" in complaint or "color conversion" in complaint:
        return Unreadable("unsupported", f"this kind of JPEG cannot be read ({complaint}); save it as 8-bit RGB")
    return Unreadable("damaged", f"the JPEG is damaged ({complaint})")


def _mend(data: bytes, complaint: str) -> bytes | None:
    """The bytes without the harmless oddity that the decoder complains about; None when it is not a harmless one."""
    if found := re.search(r"(\d+) extraneous bytes before marker 0x(..)", complaint):
        return _without_extra(data, int(found[1]), int(found[2], 16))
    if "unknown JFIF revision" in complaint:
        return _with_byte(data, _APP0, b"JFIF\0", 5, 1)
    if "Unknown Adobe color transform" in complaint:
        return _with_byte(data, _APP14, b"Adobe", 11, 1)  # what libjpeg assumes: YCbCr
    return None


def _without_extra(data: bytes, count: int, code: int) -> bytes | None:
    """Without bytes that stand between header segments, or pad the image data before the end marker.

    Elsewhere (before a restart marker, between scans) leftover bytes mean that image data went wrong: None.
    """
    segments = list(_segments(data))
    if code != _EOI:
        kept = b"".join(data[s.at : s.end] for s in segments[:-1])
        return data[:2] + kept + data[segments[-1].at :] if segments and segments[-1].code == _SOS else None
    end = data.find(bytes((0xFF, _EOI)), segments[-1].end) if segments else -1
    extra = data[max(end - count, 0) : max(end, 0)]
    padding = count < PADDING or len(set(extra)) == 1
    return data[: end - count] + data[end:] if end > count and padding else None


def _with_byte(data: bytes, code: int, signature: bytes, offset: int, value: int) -> bytes | None:
    for segment in _segments(data):
        at = segment.begin + offset
        if segment.code == code and data.startswith(signature, segment.begin) and at < segment.end:
            return data[:at] + bytes((value,)) + data[at + 1 :]
    return None


def _segments(data: bytes) -> list[_Segment]:
    """The segments of the header, up to and with the first start of scan; bytes between segments are passed over."""
    found: list[_Segment] = []
    at, length = 2, len(data)
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > length:
            return found
        code = data[at + 1]
        if code in (0x00, 0xFF) or code in _ALONE:  # stuffing, a fill byte, or no segment
            at += 1 if code == 0xFF else 2
            continue
        if code == _EOI:
            return [*found, _Segment(code, at, at + 2, at + 2)]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(_Segment(code, at, at + 4, end))
        if code == _SOS:
            return found
        at = max(end, at + 4)
