"""PNG chunks: size, orientation, and the check sums that decoders skip.

Layout: PNG specification, third edition: a signature, then chunks of length, type, data, CRC.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from labelmill.core.errors import Unreadable
from labelmill.formats.exif import orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class PngHeader(NamedTuple):
    """Sides as stored (not turned), and the EXIF orientation."""

    width: int
    height: int
    orientation: int


class _Chunk(NamedTuple):
    """A chunk: its type, where its type stands, and where its data ends (its CRC follows)."""

    kind: bytes
    at: int
    end: int


def read_header(data: bytes) -> PngHeader:
    """Read sides and orientation from all chunks but the pixels. Raises Unreadable: `truncated`, `damaged`."""
    if data[12:16] != b"IHDR" and len(data) >= 16:
        raise Unreadable("damaged", "the PNG does not begin with its header")
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    held = 1
    for chunk in _chunks(data):
        if chunk.kind == b"eXIf" and held == 1:
            held = orientation(data[chunk.at + 4 : chunk.end])
    if not width or not height:
        raise Unreadable("damaged", "the PNG header gives a side of 0 pixels")
    return PngHeader(width, height, held)


def bits(data: bytes) -> int:
    """Bits a channel of a PNG whose header could be read."""
    return data[24]


def check_sums(data: bytes) -> None:
    """Check each chunk's CRC; Pillow leaves out those of the pixels. Raises Unreadable: `damaged`, `truncated`."""
    view = memoryview(data)
    for chunk in _chunks(data):
        if zlib.crc32(view[chunk.at : chunk.end]) != int.from_bytes(view[chunk.end : chunk.end + 4], "big"):
            name = chunk.kind.decode("ascii", "replace")
            raise Unreadable("damaged", f"the PNG is damaged: the check sum of its {name} chunk is wrong")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at, length = len(SIGNATURE), len(data)
    while at + 12 <= length:
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > length:
            break
        kind = data[at + 4 : at + 8]
        yield _Chunk(kind, at + 4, end)
        if kind == b"IEND":
            return
        at = end + 4
    raise Unreadable("truncated", "the PNG is cut off: it ends before its last chunk")
