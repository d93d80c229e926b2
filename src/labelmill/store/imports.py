"""Imports of folders: asked for by a person, done by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from labelmill.core.errors import NotFound
from labelmill.store import schema as t

NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Import:
    """An import; `created_by`: the person who asked for it.

    `read` items so far, `accepted` of them; `ended_at` None while it goes on, `error` tells why it failed.
    """

    id: int
    project_id: int
    dataset_id: int | None
    created_by: int
    folder: str
    read: int
    accepted: int
    error: str | None
    created_at: datetime
    ended_at: datetime | None


_COLUMNS = [t.import_.c[name] for name in Import.__dataclass_fields__]


def make(conn: sa.Connection, *, project_id: int, dataset_id: int, folder: str, person_id: int) -> int:
    """The id of a new import."""
    row = sa.insert(t.import_).values(
        project_id=project_id, dataset_id=dataset_id, folder=folder, created_by=person_id
    )  # fmt: skip
    return int(conn.execute(row.returning(t.import_.c.id)).scalar_one())


def by_id(conn: sa.Connection, import_id: int) -> Import | None:
    """An import, if it is there."""
    row = conn.execute(sa.select(*_COLUMNS).where(t.import_.c.id == import_id)).one_or_none()
    return None if row is None else Import(*row)


def of_project(conn: sa.Connection, project_id: int, import_id: int) -> Import:
    """An import of a project. Raises NotFound."""
    found = by_id(conn, import_id)
    if found is None or found.project_id != project_id:
        raise NotFound(f"There is no import {import_id} in this project.")
    return found


def page(conn: sa.Connection, project_id: int, *, before: int = NEWEST, limit: int) -> list[Import]:
    """A project's imports with ids below `before`, newest first."""
    query = sa.select(*_COLUMNS).where(t.import_.c.project_id == project_id, t.import_.c.id < before)
    return [Import(*row) for row in conn.execute(query.order_by(t.import_.c.id.desc()).limit(limit))]


def advance(conn: sa.Connection, import_id: int, *, read: int, accepted: int) -> None:
    """Write how far an import is."""
    conn.execute(sa.update(t.import_).where(t.import_.c.id == import_id).values(read=read, accepted=accepted))


def end(conn: sa.Connection, import_id: int, *, error: str | None = None) -> Import:
    """An import is over; how it ended."""
    row = sa.update(t.import_).where(t.import_.c.id == import_id).values(ended_at=sa.func.now(), error=error)
    return Import(*conn.execute(row.returning(*_COLUMNS)).one())
