"""One model on one file or text, nothing stored: to see whether a card is right."""

from pathlib import Path

from labelmill.core.errors import BadCall, Unreadable
from labelmill.flows.annotate import ask
from labelmill.flows.catalog import load_model
from labelmill.formats import image
from labelmill.formats.found import read_item
from labelmill.models.base import Checked, Input, Picture
from labelmill.models.cards import Card
from labelmill.store.media import digest_of, read_file
from labelmill.store.shards import Item


def try_on(card: Card, subject: str, *, max_bytes: int) -> Checked:
    """The checked predictions of a card's model on a file, or on `subject` itself where no such file exists.

    Raises BadCall when the file cannot be read or is of a kind that the model does not read.
    """
    read = _read(subject, max_bytes)
    kind = "text" if isinstance(read, str) else "image"
    if kind not in card.reads:
        hint = "" if kind == "image" or "image" not in card.reads else " (there is no file of this name)"
        raise BadCall(f"{card.name} reads {' and '.join(card.reads)}, this is {kind}{hint}")
    return ask(load_model(card), [read])[0]


def text_item(text: str) -> Item:
    """A text as the engine takes inputs; its id is 0."""
    return Item(0, "text", text, None, digest_of(text.encode()), None, None)


def file_item(name: str, path: Path, data: bytes, *, max_pixels: int) -> Item:
    """A file's content, which lies at `path`, as the engine takes inputs; its id is 0. Raises Unreadable."""
    found = read_item(name, name, data)
    if found.text is not None:
        return text_item(found.text)
    header = image.read_header(data, max_pixels=max_pixels)
    return Item(0, "image", None, f"file:{path}", digest_of(data), header.width, header.height)


def _read(subject: str, max_bytes: int) -> Input:
    try:
        path = Path(subject)
        if not path.is_file():
            return subject
    except OSError:
        return subject  # a text longer than a file name may be
    try:
        item = read_item(path.name, str(path), read_file(path, max_bytes=max_bytes))
        if item.text is not None:
            return item.text
        pixels = image.decode(item.data or b"")
    except Unreadable as error:
        raise BadCall(f"{path}: {error}") from error
    return Picture(pixels, pixels.shape[1], pixels.shape[0])
