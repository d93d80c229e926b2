"""A task's annotations as a file: read as a stream, written as a stream, moved into place when whole."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
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
    with _snapshot(database) as conn:
        check(conn, task_id, form)
        try:
            return _replace(conn, task_id, form, to, statuses)
        except OSError as error:
            raise BadCall(f"Cannot write {to}: {error.strerror}.") from error


def check(conn: sa.Connection, task_id: int, form: Format) -> None:
    """Raise BadCall when a format cannot hold a task."""
    if form == "coco" and (texts := records.count_texts(conn, task_id)):
        raise BadCall(f"COCO holds images, this task has {texts:,} texts: use the format jsonl.")


def stream(
    database: Database, task_id: int, form: Format, statuses: Sequence[Status] = (Status.SUCCESS,)
) -> tuple[int, Iterator[bytes]]:
    """How many records the file has that `export` writes, and the file piece by piece, for a task that passed `check`.

    It is written by a thread into a pipe, so it is never in memory or on disk as a whole; who stops reading stops it.
    What goes wrong on the way is raised by the pieces, so that a file which is not whole is not taken for one.
    """
    reading, writing = os.pipe()
    counted: Future[int] = Future()

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as out, _snapshot(database) as conn:
            counted.set_result(records.count(conn, task_id))
            _write(conn, task_id, form, cast(BinaryIO, out), statuses)

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


@contextmanager
def _snapshot(database: Database) -> Iterator[sa.Connection]:
    """One state of the database for all pages, whatever happens in the meantime."""
    with database.session() as conn, conn.begin():
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield conn


def _replace(conn: sa.Connection, task_id: int, form: Format, to: Path, statuses: Sequence[Status]) -> int:
    to = to.resolve()  # a link stays one
    if to.exists() and not to.is_file():
        with to.open("wb") as pipe:  # a pipe or a device cannot be replaced
            return _write(conn, task_id, form, cast(BinaryIO, pipe), statuses)
    mode = 0o666 & ~_umask()  # what open() would have given; a temporary file is private
    with tempfile.NamedTemporaryFile("wb", dir=to.parent, prefix=f".{to.name}.", delete=False) as file:
        draft = Path(file.name)
        try:
            count = _write(conn, task_id, form, cast(BinaryIO, file), statuses)
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(mode)
            draft.replace(to)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return count


def _write(conn: sa.Connection, task_id: int, form: Format, out: BinaryIO, statuses: Sequence[Status]) -> int:
    stream = _records(conn, task_id, statuses)
    if form == "coco":
        return coco.write(stream, records.concepts(conn, task_id), out)
    return jsonl.write(stream, out)


def _records(conn: sa.Connection, task_id: int, statuses: Sequence[Status]) -> Iterator[Record]:
    for item in records.finished(conn, task_id, statuses):
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
