"""The items of a SOURCE, and the rules that hold wherever they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from labelmill.core.errors import Unreadable
from labelmill.core.rejection import own_source
from labelmill.formats.image import PREFIX, is_image

MIB = 2**20
MOST_NAME = 1_000
MOST_URI = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one source may hold, in bytes unless said otherwise.

    `max_bytes`: a file or an archive member. `max_text`: a row of a table. `max_total`: all members of an archive
    together. `max_ratio`: how many times a member of more than 1 MiB may grow when it is unpacked, and all members
    together once they are more than `max_bytes`.
    """

    max_bytes: int = 100 * MIB
    max_text: int = 10 * MIB
    max_total: int = 1024 * 1024 * MIB
    max_ratio: int = 200


class Found(NamedTuple):
    """One image or text, already read; a NamedTuple because tables hold millions of them.

    `name`: relative file name with `/`, or a row's id. `uri`: its place, unique in the source (`/photos/a.jpg`,
    `/photos.zip!/a.jpg`, `/texts.csv#row=12`). An image has its file's `data`, a text its `text`. `path`: the file
    itself where it can be read again (not for members and rows).
    """

    name: str
    uri: str
    kind: Literal["image", "text"]
    data: bytes | None = None
    text: str | None = None
    path: Path | None = None


class Refused(NamedTuple):
    """What cannot be read: its place, a kind (see Unreadable) and a sentence that says what to do."""

    name: str
    uri: str
    kind: str
    message: str


def storable(items: Iterator[Found | Refused]) -> Iterator[Found | Refused]:
    """The items, of which those with a name or place too long to be kept and sorted by are refused."""
    for item in items:
        # no character has more than 4 bytes: most need not be counted
        if len(item.name) <= MOST_NAME // 4 and len(item.uri) <= MOST_URI // 4:
            yield item
        else:
            yield _judged(item)
        del item  # the next one is read while nobody needs this one


def _judged(item: Found | Refused) -> Found | Refused:
    name, uri = _short(item.name, MOST_NAME), _short(item.uri, MOST_URI)
    if (name, uri) == (item.name, item.uri):
        return item
    if isinstance(item, Refused):
        return Refused(name, uri, item.kind, item.message)
    reason = f"its name is longer than {MOST_NAME:,} bytes, or its whole place than {MOST_URI:,}; give it a shorter one"
    return Refused(name, uri, "unsupported", reason)


def _short(text: str, most: int) -> str:
    """The text, or its start with a hash of all of it: what differs stays different."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) <= most:
        return text
    return f"{data[: most - 40].decode('utf-8', 'ignore')}...{hashlib.sha256(data).hexdigest()[:32]}"


def is_plain(name: str) -> bool:
    """True for a name without control characters and of UTF-8 alone: spaces of every kind are plain."""
    codes = map(ord, name)
    return all(32 <= code < 127 or 160 <= code < 0xD800 or code >= 0xE000 for code in codes)


def read_item(name: str, uri: str, data: bytes, *, path: Path | None = None) -> Found:
    """Tell image from text by content and name. Raises Unreadable: `empty`, `encoding`, `unsupported`."""
    if not data:
        raise Unreadable("empty", "the file is empty (0 bytes)")
    if is_image(data[:PREFIX]):
        return Found(name, uri, "image", data, None, path)
    if name.lower().endswith(".txt"):
        return Found(name, uri, "text", None, read_text(data), path)
    raise Unreadable("unsupported", _advice(name))


def read_text(data: bytes) -> str:
    """UTF-8 bytes as text, exactly, without a byte-order mark. Raises Unreadable: `encoding`, `empty`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", f"byte {error.start} is no UTF-8; save the text as UTF-8") from error
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Raise Unreadable for what is no text: `empty`, or `encoding` for NUL and lone surrogates."""
    if not text:
        raise Unreadable("empty", "the text is empty")
    if "\0" in text:
        raise Unreadable("encoding", f"character {text.index(chr(0))} is NUL; remove it")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            reason = f"character {error.start} is half of a surrogate pair or no UTF-8; save the text as UTF-8"
            raise Unreadable("encoding", reason) from error


def too_large(size: int, limits: Limits) -> Unreadable:
    """The refusal of a file of `size` bytes."""
    return Unreadable("too-large", f"it has {size:,} bytes or more, the limit is {limits.max_bytes:,}")


def _advice(name: str) -> str:
    if (advice := own_source(name)) is not None:
        return advice
    if name.lower().rpartition(".")[2] in ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif"):
        return "its name says image, but its content is none; save it again as JPEG or PNG"
    return "it is neither an image (JPEG, PNG, WebP, BMP, TIFF, GIF) nor a .txt file; convert it or leave it out"
