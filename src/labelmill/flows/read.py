"""The items of a source: each is read once, hashed, looked at, and kept or refused with its reason.

Imports no database: what reads ahead while others import that does without (engine.ahead).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from labelmill.core.errors import Unreadable
from labelmill.core.input import Batch, NewInput, Rejection
from labelmill.formats import image
from labelmill.formats.source import Found, Limits, Refused, open_source
from labelmill.store.media import Media, digest_of

BATCH = 1000
"""Items in one transaction. A crash between two loses nothing: reading the source again finds the first ones there."""

BATCH_CHARACTERS = 16_000_000
"""Characters of text after which a batch ends before it is full."""


def read(source: Path, media: Media, *, limit: int | None = None, within: Path | None = None) -> Iterator[Batch]:
    """What a source holds, in batches. `limit`: only the first so many. `within`: a folder that no link leads out of.

    Raises BadCall when the source is none, with the first batch.
    """
    items = open_source(source, limits=Limits(max_bytes=media.max_bytes), within=within)
    yield from in_batches(islice(items, limit), media)


def in_batches(items: Iterable[Found | Refused], media: Media) -> Iterator[Batch]:
    """Items that are opened already, looked at. What lies nowhere else is stored in `media`."""
    batch: Batch = []
    characters = 0
    for found in items:
        item = _looked(found, media)
        batch.append(item)
        characters += len(item.text or "") if isinstance(item, NewInput) else 0
        if len(batch) == BATCH or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _looked(item: Found | Refused, media: Media) -> NewInput | Rejection:
    if isinstance(item, Refused):
        return Rejection(item.name, item.uri, item.kind, item.message)
    try:
        return _new_input(item, media)
    except Unreadable as error:
        return Rejection(item.name, item.uri, error.kind, str(error))


def _new_input(item: Found, media: Media) -> NewInput:
    if item.text is not None:
        digest = digest_of(item.text.encode())
        return NewInput(item.name, item.uri, digest, "text", text=item.text)
    data = item.data or b""
    header = image.read_header(data, max_pixels=media.max_pixels)
    digest = digest_of(data)
    location = f"file:{item.path}" if item.path is not None else media.put(data, digest)
    return NewInput(item.name, item.uri, digest, "image", header.width, header.height, location=location)
