"""A folder, archive or table of the server's machine into a dataset; only below the roots that an admin named."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from labelmill.core.errors import BadCall, NotFound
from labelmill.core.rejection import is_hidden
from labelmill.flows.ingest import Taken, extend_standing, ingest, tell
from labelmill.flows.read import read
from labelmill.formats import table
from labelmill.formats.found import is_plain
from labelmill.store import imports, projects
from labelmill.store.database import Database
from labelmill.store.media import Media

MOST_LISTED = 2_000
_SOURCES = frozenset({".zip", *table.SUFFIXES})


def allowed(folder: str, roots: Sequence[Path]) -> tuple[Path, Path]:
    """The real path of what may be imported, and the real path of its root. Raises NotFound for anything else.

    What lies outside the roots is not told apart from what is not there.
    """
    try:
        real = Path(os.path.realpath(folder, strict=True))
    except (OSError, ValueError):
        raise _not_there(folder) from None
    for root in map(_real, roots):
        if Path(folder).is_absolute() and real.is_relative_to(root):
            return real, root
    raise _not_there(folder)


def listing(folder: str | None, roots: Sequence[Path]) -> list[str]:
    """The folders, archives and tables in a folder, by name; the roots without one. Raises NotFound."""
    if folder is None:
        return [str(root) for root in map(_real, roots) if root.is_dir()]
    real, root = allowed(folder, roots)
    try:
        entries = [entry for entry in islice(os.scandir(real), 50 * MOST_LISTED) if _is_shown(entry, root)]
    except OSError as error:
        raise BadCall(f"{folder} cannot be listed: {error.strerror}.") from error
    return sorted(entry.path for entry in entries)[:MOST_LISTED]


def start_import(
    conn: sa.Connection,
    folder: str,
    roots: Sequence[Path],
    *,
    project_id: int,
    dataset_id: int | None,
    person_id: int,
    enqueue: Callable[[sa.Connection, int], None],
) -> int:
    """Record an import and queue it in the caller's transaction; its id. Without a dataset it is that of the place.

    Raises NotFound for a place that may not be imported.
    """
    real, _ = allowed(folder, roots)
    if dataset_id is None:
        dataset_id = projects.dataset_of(conn, project_id, str(real), real.name)
    import_id = imports.make(
        conn, project_id=project_id, dataset_id=dataset_id, folder=str(real), person_id=person_id
    )  # fmt: skip
    enqueue(conn, import_id)
    return import_id


def run_import(
    database: Database,
    media: Media,
    roots: Sequence[Path],
    import_id: int,
    enqueue_task: Callable[[sa.Connection, int], None],
) -> None:
    """Do an import; one that was interrupted is read from its start again, which adds only what is new.

    Why it could not be done is recorded on it. Tasks that stand on its dataset get what is new.
    """
    with database.begin() as conn:
        wanted = imports.by_id(conn, import_id)
    if wanted is None or wanted.ended_at is not None or wanted.dataset_id is None:
        return

    def advance(taken: Taken) -> None:
        with database.begin() as conn:
            imports.advance(conn, import_id, read=taken.read, accepted=taken.read - taken.refused)

    error = None
    try:
        real, root = allowed(wanted.folder, roots)
        where = {"project_id": wanted.project_id, "dataset_id": wanted.dataset_id}
        ingest(database, real, read(real, media, within=root), **where, on_batch=advance)
    except BadCall as wrong:
        error = str(wrong)
    with database.begin() as conn:
        ended = imports.end(conn, import_id, error=error)
        taken = Taken(ended.read, ended.read - ended.accepted)
        source, failed = Path(ended.folder), error is not None
        tell(conn, wanted.project_id, wanted.created_by, source, wanted.dataset_id, taken, failed=failed)
    extend_standing(database, wanted.dataset_id, enqueue_task)


def _real(root: Path) -> Path:
    return Path(os.path.realpath(root))


def _is_shown(entry: os.DirEntry[str], root: Path) -> bool:
    if is_hidden(entry.name) or not is_plain(entry.name):
        return False
    try:
        if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(root):
            return False
        return entry.is_dir() or Path(entry.name).suffix.lower() in _SOURCES
    except OSError:
        return False  # gone in between, or a link in a circle


def _not_there(folder: str) -> NotFound:
    shown = folder.encode("utf-8", "backslashreplace").decode().replace("\0", "?")
    return NotFound(f"{shown} is not there, or not below a folder that may be imported from (LABELMILL_IMPORT_ROOTS).")
