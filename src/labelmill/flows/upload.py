"""Files that were sent into a project: read as those of a folder are, stored under the hash of their content."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

import sqlalchemy as sa

from labelmill.core.errors import BadCall, Unreadable
from labelmill.core.input import Rejection
from labelmill.core.rejection import is_hidden
from labelmill.flows.ingest import Taken, take_in
from labelmill.flows.read import in_batches
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
from labelmill.store import activity, inputs, projects
from labelmill.store.database import Database
from labelmill.store.media import Media, digest_of

MOST_FAILURES = 1_000
"""Failures of one upload that are told one by one."""

_SOURCES = frozenset({".zip", *table.SUFFIXES})
"""Suffixes of files that hold many inputs."""


class Sent(NamedTuple):
    """A file as it was sent: its name, with the folders it was in, and its bytes.

    `exact`: the name is just what a program found, nothing that a browser made of it.
    """

    name: str
    file: BinaryIO
    exact: bool = False


class Unsent(NamedTuple):
    """A file that its sender could not read: its name, a kind (see Unreadable) and a sentence."""

    name: str
    kind: str
    message: str


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
    person_id: int,
    folder: Path,
    unsent: Iterable[Unsent] = (),
    place: str | None = None,
    limit: int | None = None,
) -> Received:
    """Take files of a person into a project and a dataset, or none. `folder`: for archives and tables while read.

    `unsent` are refused as what cannot be read here is. `place`: where the files lie at whoever sends them; what comes
    from there again under the same name replaces what came before. `limit`: only the first so many items.
    """
    failures: list[Rejection] = []

    def refused(one: Rejection) -> None:
        if len(failures) < MOST_FAILURES:
            failures.append(one)

    folder.mkdir(parents=True, exist_ok=True)
    limits = Limits(max_bytes=media.max_bytes)
    names: list[str] = []
    with (
        TemporaryDirectory(dir=folder, prefix="upload-") as drafts,
        closing(_items(sent, place, Path(drafts), limits, names)) as read,  # a limit may end it before its end
    ):
        not_read = (Refused(one.name, _place_of(one.name, place), one.kind, one.message) for one in unsent)
        items = storable(islice(chain(read, not_read), limit))
        taken = take_in(
            database,
            in_batches(items, media),
            project_id=project_id,
            dataset_id=dataset_id,
            on_refused=refused,
            on_kept=_told(project_id, dataset_id, person_id),
        )
    if dataset_id is not None and names:
        with database.begin() as conn:
            inputs.forgive(conn, dataset_id, [_place_of(name, place) for name in names])
    return Received(taken, failures)


def paste(
    database: Database,
    media: Media,
    text: str,
    name: str,
    *,
    project_id: int,
    dataset_id: int | None,
    person_id: int,
) -> Received:
    """Take one text of a person into a project. Its refusal, if it is none, is told as that of a file is."""
    failures: list[Rejection] = []
    try:
        check_text(text)
        item: Found | Refused = Found(name, _uri(text.encode(), name), "text", None, text)
    except Unreadable as error:
        item = Refused(name, _place_of(name, None), error.kind, str(error))
    taken = take_in(
        database,
        in_batches([item], media),
        project_id=project_id,
        dataset_id=dataset_id,
        on_refused=failures.append,
        on_kept=_told(project_id, dataset_id, person_id),
    )
    return Received(taken, failures)


def _told(project_id: int, dataset_id: int | None, person_id: int) -> Callable[[sa.Connection, int], None]:
    """Tells what is kept in the activity of the project."""

    def tell(conn: sa.Connection, kept: int) -> None:
        into = {}
        if dataset_id is not None:
            into = {"dataset": projects.dataset_name(conn, dataset_id), "dataset_id": dataset_id}
        activity.count(conn, project_id, person_id, "add_inputs", kept, into)

    return tell


def _items(
    sent: Iterable[Sent], place: str | None, drafts: Path, limits: Limits, good: list[str]
) -> Generator[Found | Refused]:
    """The items of all files; the names of those that could be read are added to `good`."""
    for number, one in enumerate(sent):
        name = one.name if one.exact else one.name.replace("\\", "/").removeprefix("./")
        if not one.exact and any(is_hidden(part) for part in name.split("/") if part not in ("", ".", "..")):
            continue
        try:
            _check_name(name, exact=one.exact)
            if Path(name).suffix.lower() in _SOURCES:
                yield from _of_source(name, one.file, place, drafts / str(number), limits)
            else:
                yield _of_file(name, one.file, place, limits)
            good.append(name)
        except Unreadable as error:
            yield Refused(name or "?", _place_of(name, place), error.kind, str(error))


def _check_name(name: str, *, exact: bool) -> None:
    """Raise Unreadable for a name that no file below a folder has."""
    if not PurePosixPath(name.strip("/")).parts:  # `.` has none either
        raise Unreadable("unsafe", "the file has no name")
    if name.startswith("/") or ".." in PurePosixPath(name).parts or (not exact and name[1:2] == ":"):
        raise Unreadable("unsafe", "the file's name leads out of its folder; send it with a plain relative name")
    if not exact and not is_plain(name):
        raise Unreadable("encoding", "the file's name has control characters; rename the file")


def _of_file(name: str, file: BinaryIO, place: str | None, limits: Limits) -> Found:
    data = file.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise too_large(len(data), limits)
    return read_item(name, _uri(data, name) if place is None else _place_of(name, place), data)


def _of_source(name: str, file: BinaryIO, place: str | None, folder: Path, limits: Limits) -> Iterator[Found | Refused]:
    """The items of an archive or table, which is opened under its own name in a folder of its own."""
    folder.mkdir()
    copy = folder / PurePosixPath(name).name
    with copy.open("wb") as out:
        shutil.copyfileobj(file, out, 2**20)
    try:
        with copy.open("rb") as whole:
            uri = _uri_of(_digest(whole), name) if place is None else _place_of(name, place)
        for item in open_source(copy, limits=limits):
            yield item._replace(uri=uri + item.uri.removeprefix(str(copy)))
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


def _place_of(name: str, place: str | None) -> str:
    return f"upload:{name}" if place is None else f"upload:{place}/{name}"
