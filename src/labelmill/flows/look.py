"""An input's picture for a browser: made when somebody first looks, kept with the content."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Literal, NamedTuple

from labelmill.core.errors import NotFound
from labelmill.formats import view
from labelmill.store import browse, locks
from labelmill.store.browse import Bytes
from labelmill.store.database import Database
from labelmill.store.media import Media

Size = Literal[160, 320, 640, 1280, 2560]

LARGE = 40_000_000
"""Pixels from which on pictures are decoded one at a time: each may take ten bytes of memory a pixel."""

_WHOLE = "whole.jpg"
_one_large = threading.Lock()


class Content(NamedTuple):
    """What is sent for an input: a file that nobody changes, or bytes; and their media type."""

    held: Path | bytes
    media_type: str


def kept_thumbnail(media: Media, item: Bytes, size: Size) -> Path | None:
    """A thumbnail that was made before. Raises NotFound for a text."""
    if item.kind != "image":
        raise NotFound(f"Input {item.id} is a text: it has no thumbnail.")
    path = media.view(item.digest, f"{size}.jpg")
    return path if path.is_file() else None


def make_thumbnail(database: Database, media: Media, project_id: int, item: Bytes, size: Size) -> Path:
    """Make a thumbnail and keep it. Raises Unreadable when the content is gone, has changed, or is damaged."""
    data = _read(media, item)
    with _one_large if _is_large(item) else nullcontext():
        made = view.small(data, size, max_pixels=media.max_pixels)
    return _keep(database, media, project_id, item, f"{size}.jpg", made)


def content(database: Database, media: Media, project_id: int, item: Bytes) -> Content:
    """An input's bytes as they came; an image that not every browser shows upright as a JPEG. Raises as above."""
    if item.kind == "text":
        return Content((item.text or "").encode(), "text/plain; charset=utf-8")
    if (kept := media.view(item.digest, _WHOLE)).is_file():
        return Content(kept, "image/jpeg")
    data = _read(media, item)
    if media_type := view.shown_as(data):
        stored = item.location is not None and item.location.startswith("media:")
        return Content(media.path(item.location) if stored and item.location else data, media_type)
    with _one_large if _is_large(item) else nullcontext():
        made = view.whole(data, max_pixels=media.max_pixels)
    return Content(_keep(database, media, project_id, item, _WHOLE, made), "image/jpeg")


def _is_large(item: Bytes) -> bool:
    return (item.width or 0) * (item.height or 0) > LARGE


def _read(media: Media, item: Bytes) -> bytes:
    if item.location is None:
        raise NotFound(f"Nothing is stored for input {item.id}: import it again.")
    return media.get(item.location, item.digest)


def _keep(database: Database, media: Media, project_id: int, item: Bytes, name: str, data: bytes) -> Path:
    with locks.storing(database):
        with database.begin() as conn:
            browse.content(conn, project_id, item.id)  # of an input that was removed in between nothing is kept
        return media.put_view(item.digest, name, data)
