"""Datasets as people see them: what they hold, renamed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import Conflict, NotFound
from labelmill.store import schema as t

_SHOWN = """
SELECT d.id, d.name, d.created_at, held.images + held.texts AS inputs, held.images, held.texts,
       (SELECT count(*) FROM rejection r WHERE r.dataset_id = d.id) AS rejected,
       (SELECT count(*) FROM task t WHERE t.dataset_id = d.id AND t.deleted_at IS NULL) AS tasks,
       (SELECT count(*) FROM dataset_version v WHERE v.dataset_id = d.id) AS versions
FROM dataset d, LATERAL (
    SELECT count(*) FILTER (WHERE i.kind = 'image') AS images, count(*) FILTER (WHERE i.kind = 'text') AS texts
    FROM (SELECT DISTINCT input_id FROM dataset_source WHERE dataset_id = d.id) s JOIN input i ON i.id = s.input_id
) held
WHERE d.project_id = :project
"""


def page(conn: sa.Connection, project_id: int, *, after: int, limit: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Datasets by id: id, name, created_at, inputs, images, texts, rejected, tasks, versions."""
    query = sa.text(f"{_SHOWN} AND d.id > :after ORDER BY d.id LIMIT :limit")
    return conn.execute(query, {"project": project_id, "after": after, "limit": limit}).all()


def one(conn: sa.Connection, project_id: int, dataset_id: int) -> sa.Row[*tuple[Any, ...]]:
    """One dataset, as `page` gives it. Raises NotFound."""
    row = conn.execute(sa.text(f"{_SHOWN} AND d.id = :id"), {"project": project_id, "id": dataset_id}).first()
    if row is None:
        raise _gone(dataset_id)
    return row


def rename(conn: sa.Connection, project_id: int, dataset_id: int, name: str) -> None:
    """Give a dataset another name. Raises NotFound, Conflict when the name is taken."""
    mine = sa.update(t.dataset).filter_by(id=dataset_id, project_id=project_id)
    if not conn.execute(mine.values(name=name)).rowcount:
        raise _gone(dataset_id)


def delete(conn: sa.Connection, project_id: int, dataset_id: int) -> str:
    """Delete a dataset; its inputs stay. Its name. Raises NotFound, Conflict while something uses it."""
    mine = sa.select(t.dataset.c.name).filter_by(id=dataset_id, project_id=project_id).with_for_update()
    name = conn.execute(mine).scalar()
    if name is None:
        raise _gone(dataset_id)
    tasks = sa.select(sa.func.count()).where(t.task.c.dataset_id == dataset_id, t.task.c.deleted_at.is_(None))
    if count := conn.execute(tasks).scalar_one():
        used = "a task uses it" if count == 1 else f"{count} tasks use it"
        raise Conflict(f"The dataset {name!r} stays: {used}. Delete them first.")
    versions = sa.select(sa.func.count()).where(t.dataset_version.c.dataset_id == dataset_id)
    if count := conn.execute(versions).scalar_one():
        has = "a version" if count == 1 else f"{count} versions"
        raise Conflict(f"The dataset {name!r} stays: it has {has}. Delete them first.")
    reading = sa.select(t.import_.c.id).where(t.import_.c.dataset_id == dataset_id, t.import_.c.ended_at.is_(None))
    if conn.execute(reading.limit(1)).first():
        raise Conflict(f"The dataset {name!r} stays while an import fills it: try again when that has ended.")
    conn.execute(sa.update(t.task).where(t.task.c.dataset_id == dataset_id).values(dataset_id=None))
    conn.execute(sa.delete(t.dataset_source).where(t.dataset_source.c.dataset_id == dataset_id))
    conn.execute(sa.delete(t.dataset).where(t.dataset.c.id == dataset_id))
    return str(name)


def _gone(dataset_id: int) -> NotFound:
    return NotFound(f"There is no dataset {dataset_id} in this project.")
