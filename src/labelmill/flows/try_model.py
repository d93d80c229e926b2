"""What a model is tried on, as the engine takes inputs; nothing of it is stored."""

from pathlib import Path

from labelmill.core.errors import BadCall, Unreadable
from labelmill.formats import image
from labelmill.formats.found import read_item
from labelmill.store.media import digest_of, read_file
from labelmill.store.shards import Item


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


def subject_item(subject: str, *, max_bytes: int, max_pixels: int) -> Item:
    """A file, or `subject` itself as a text where no such file is. Raises BadCall for a file that cannot be read."""
    try:
        if not (path := Path(subject)).is_file():
            return text_item(subject)
    except OSError:
        return text_item(subject)  # a text longer than a file name may be
    try:
        return file_item(path.name, path.resolve(), read_file(path, max_bytes=max_bytes), max_pixels=max_pixels)
    except Unreadable as error:
        raise BadCall(f"{subject}: {error}") from error
