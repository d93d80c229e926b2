"""Files that were sent into a project: read as those of a folder are, stored under the hash of their content."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

from labelmill.core.errors import BadCall, Unreadable
from labelmill.core.rejection import is_hidden
from labelmill.flows.ingest import Taken, take_in
from labelmill.formats import table
from labelmill.formats.found import (
    Found,
    Limits,
    Refused,
    check_text,
    is_plain,
    read_item,
    storable,
    too_large,
)
from labelmill.formats.source import open_source
from labelmill.store import inputs
from labelmill.store.database import Database
from labelmill.store.inputs import Rejection
from labelmill.store.media import Media, digest_of

MOST_FAILURES = 1_000
"""Failures of one upload that are told one by one."""

_SOURCES = frozenset({".zip", *table.SUFFIXES})
"""Suffixes of files that hold many inputs."""


class Sent(NamedTuple):
    """A file as it was sent: its name, with the folders it was in, and its bytes."""

    name: str
    file: BinaryIO


@dataclass(slots=True)
class Received:
    """What came of it: items read, and the first of those that were refused."""

    taken: Taken
    failures: list[Rejection] = field(default_factory=list)


def receive(
    database: Database,
    media: Media,
    sent: Iterable[Sent],
    *,
    project_id: int,
    dataset_id: int | None,
    folder: Path,
) -> Received:
    """Take files into a project and a dataset, or none. `folder`: for archives and tables while they are read."""
    failures: list[Rejection] = []

    def refused(one: Rejection) -> None:
        if len(failures) < MOST_FAILURES:
            failures.append(one)

    folder.mkdir(parents=True, exist_ok=True)
    limits = Limits(max_bytes=media.max_bytes)
    names: list[str] = []
    with TemporaryDirectory(dir=folder, prefix="upload-") as place:
        items = storable(_items(sent, Path(place), limits, names))
        taken = take_in(
            database, media, items, project_id=project_id, dataset_id=dataset_id, on_refused=refused
        )  # fmt: skip
    if dataset_id is not None and names:
        with database.begin() as conn:
            inputs.forgive(conn, dataset_id, [_refusal_uri(name) for name in names])
    return Received(taken, failures)


def paste(
    database: Database, media: Media, text: str, name: str, *, project_id: int, dataset_id: int | None
) -> Received:
    """Take one text into a project. Its refusal, if it is none, is told as that of a file is."""
    failures: list[Rejection] = []
    try:
        check_text(text)
        item: Found | Refused = Found(name, _uri(text.encode(), name), "text", None, text)
    except Unreadable as error:
        item = Refused(name, _refusal_uri(name), error.kind, str(error))
    taken = take_in(
        database, media, [item], project_id=project_id, dataset_id=dataset_id, on_refused=failures.append
    )  # fmt: skip
    return Received(taken, failures)


def _items(sent: Iterable[Sent], place: Path, limits: Limits, good: list[str]) -> Iterator[Found | Refused]:
    """The items of all files; the names of those that could be read are added to `good`."""
    for number, one in enumerate(sent):
        name = one.name.replace("\\", "/").removeprefix("./")
        if any(is_hidden(part) for part in name.split("/") if part not in ("", ".", "..")):
            continue
        try:
            _check_name(name)
            if Path(name).suffix.lower() in _SOURCES:
                yield from _of_source(name, one.file, place / str(number), limits)
            else:
                yield _of_file(name, one.file, limits)
            good.append(name)
        except Unreadable as error:
            yield Refused(name or "?", _refusal_uri(name), error.kind, str(error))


def _check_name(name: str) -> None:
    """Raise Unreadable for a name that no file below a folder has."""
    if not name.strip("/"):
        raise Unreadable("unsafe", "the file has no name")
    if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts:
        raise Unreadable("unsafe", "the file's name leads out of its folder; send it with a plain relative name")
    if not is_plain(name):
        raise Unreadable("encoding", "the file's name has control characters; rename the file")


def _of_file(name: str, file: BinaryIO, limits: Limits) -> Found:
    data = file.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise too_large(len(data), limits)
    return read_item(name, _uri(data, name), data)


def _of_source(name: str, file: BinaryIO, folder: Path, limits: Limits) -> Iterator[Found | Refused]:
    """The items of an archive or table, which is opened under its own name in a folder of its own."""
    folder.mkdir()
    copy = folder / PurePosixPath(name).name
    with copy.open("wb") as out:
        shutil.copyfileobj(file, out, 2**20)
    try:
        with copy.open("rb") as whole:
            place = _uri_of(_digest(whole), name)
        for item in open_source(copy, limits=limits):
            yield item._replace(uri=place + item.uri.removeprefix(str(copy)))
    except BadCall as error:
        raise Unreadable("unsupported", str(error).replace(str(copy), name)) from error
    finally:
        copy.unlink()


def _digest(file: BinaryIO) -> bytes:
    whole = b"".join(digest_of(piece) for piece in iter(lambda: file.read(2**24), b""))
    return digest_of(whole)


# the same content under the same name is one source, however often it is sent; other content is another
def _uri(data: bytes, name: str) -> str:
    return _uri_of(digest_of(data), name)


def _uri_of(digest: bytes, name: str) -> str:
    return f"upload:{digest.hex()[:32]}/{name}"


def _refusal_uri(name: str) -> str:
    return f"upload:{name}"
