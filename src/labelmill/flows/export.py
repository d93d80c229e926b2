"""A task's annotations as a file: read as a stream, written as a stream, moved into place when whole."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import sqlalchemy as sa

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.core.geometry import decode
from labelmill.formats import coco, jsonl
from labelmill.formats.record import Record, RecordAnnotation
from labelmill.store import records
from labelmill.store.database import Database

Format = Literal["coco", "jsonl"]

PIECE = 65_536
"""Bytes of a stream that are handed on at once."""


def export(
    database: Database, task_id: int, form: Format, to: Path, statuses: Sequence[Status] = (Status.SUCCESS,)
) -> int:
    """Write a task's finished inputs with their annotations of the given statuses, one record per source; how many.

    Inputs that wait or failed are left out: without annotations they would read as "nothing here". The file appears
    when it is complete; one that was there stays until then. Raises BadCall when it cannot be written, or when the
    format cannot hold the task (COCO holds images only).
    """
    content = of_task(task_id, statuses)
    with database.snapshot() as conn:
        check(conn, task_id, form)
        try:
            return _replace(conn, content, form, to)
        except OSError as error:
            raise BadCall(f"Cannot write {to}: {error.strerror}.") from error


def check(conn: sa.Connection, task_id: int, form: Format) -> None:
    """Raise BadCall when a format cannot hold a task."""
    if form == "coco" and (texts := records.count_texts(conn, task_id)):
        raise BadCall(f"COCO holds images, this task has {texts:,} texts: use the format jsonl.")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is made of: how many records there will be, the concepts, and the inputs."""

    count: Callable[[sa.Connection], int]
    concepts: Callable[[sa.Connection], list[str]]
    inputs: Callable[[sa.Connection], Iterator[records.Finished]]


def of_task(task_id: int, statuses: Sequence[Status] = (Status.SUCCESS,)) -> Content:
    """A task's finished inputs with their annotations of some statuses."""
    return Content(
        lambda conn: records.count(conn, task_id),
        lambda conn: records.concepts(conn, task_id),
        lambda conn: records.finished(conn, task_id, statuses),
    )


def stream(database: Database, content: Content, form: Format) -> tuple[int, Iterator[bytes]]:
    """How many records a file has, and the file piece by piece; the caller knows that the format can hold it.

    It is written by a thread into a pipe, so it is never in memory or on disk as a whole; who stops reading stops it.
    What goes wrong on the way is raised by the pieces, so that a file which is not whole is not taken for one.
    """
    reading, writing = os.pipe()
    counted: Future[int] = Future()

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as out, database.snapshot() as conn:
            counted.set_result(content.count(conn))
            _write(conn, content, form, cast(BinaryIO, out))

    def pieces(pipe: BinaryIO) -> Iterator[bytes]:
        with pipe:
            while piece := pipe.read(PIECE):
                yield piece
            written.result()

    pipe = os.fdopen(reading, "rb", buffering=0)
    thread = ThreadPoolExecutor(1)
    written = thread.submit(write)
    thread.shutdown(wait=False)
    begun: list[Future[Any]] = [counted, written]
    wait(begun, return_when=FIRST_COMPLETED)
    if not counted.done():
        written.result()
    return counted.result(), pieces(cast(BinaryIO, pipe))


def _replace(conn: sa.Connection, content: Content, form: Format, to: Path) -> int:
    to = to.resolve()  # a link stays one
    if to.exists() and not to.is_file():
        with to.open("wb") as pipe:  # a pipe or a device cannot be replaced
            return _write(conn, content, form, cast(BinaryIO, pipe))
    mode = 0o666 & ~_umask()  # what open() would have given; a temporary file is private
    with tempfile.NamedTemporaryFile("wb", dir=to.parent, prefix=f".{to.name}.", delete=False) as file:
        draft = Path(file.name)
        try:
            count = _write(conn, content, form, cast(BinaryIO, file))
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(mode)
            draft.replace(to)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return count


def _write(conn: sa.Connection, content: Content, form: Format, out: BinaryIO) -> int:
    stream = _records(content.inputs(conn))
    if form == "coco":
        return coco.write(stream, content.concepts(conn), out)
    return jsonl.write(stream, out)


def _records(inputs: Iterable[records.Finished]) -> Iterator[Record]:
    for item in inputs:
        annotations = tuple(_annotation(row) for row in item.annotations)
        kind: Literal["image", "text"] = "text" if item.kind == "text" else "image"
        for name, uri in item.sources:
            row_id = name if "#row=" in uri and "#row=" not in name else None
            yield Record(name, kind, item.width, item.height, row_id, item.text, annotations)


def _annotation(row: sa.Row[Any]) -> RecordAnnotation:
    region = None if row.kind is None else decode(row.kind, row.value)
    return RecordAnnotation(row.concept, region, row.score, Status(row.status), row.labeler, row.present)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
