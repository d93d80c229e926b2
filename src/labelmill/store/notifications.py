"""What persons are told of: that they were assigned to a task, that theirs is finished, or failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

Kind = Literal["assigned", "finished", "failed"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that a person is told; `read`: they have seen it. `reviewer`, `labeler`: they are that now."""

    id: int
    kind: Kind
    task_id: int
    task: str
    project_id: int
    at: datetime
    read: bool
    reviewer: bool
    labeler: bool


# what was told before and not read yet would be told twice
_MAKE = sa.text("""
WITH told AS (
    DELETE FROM notification WHERE task_id = :task AND kind = :kind AND person_id = ANY(:persons) AND read_at IS NULL
)
INSERT INTO notification (person_id, task_id, kind)
SELECT p.id, :task, :kind FROM person p
WHERE p.id = ANY(:persons) AND p.disabled_at IS NULL AND NOT CAST(:kind AS text) = ANY(p.muted)
""")


def make(conn: sa.Connection, task_id: int, kind: Kind, persons: Collection[int]) -> None:
    """Tell persons something of a task, but for those who do not want to hear of such things."""
    if persons:
        conn.execute(_MAKE, {"task": task_id, "kind": kind, "persons": sorted(persons)})


def finished(conn: sa.Connection, task_id: int) -> None:
    """Tell who made a task that it is complete, if it is."""
    maker = sa.text("""
        SELECT created_by FROM task t WHERE t.id = :task AND t.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM shard s WHERE s.task_id = t.id AND s.inputs > s.annotated + s.empty + s.failed)
    """)
    make(conn, task_id, "finished", set(conn.execute(maker, {"task": task_id}).scalars()))


def failed(conn: sa.Connection, task_id: int) -> None:
    """Tell who made a task that its model cannot run."""
    maker = sa.text("SELECT created_by FROM task WHERE id = :task AND deleted_at IS NULL")
    make(conn, task_id, "failed", set(conn.execute(maker, {"task": task_id}).scalars()))


# of tasks that are there, in projects that the person is still in
_OF_PERSON = """
FROM notification n JOIN task t ON t.id = n.task_id AND t.deleted_at IS NULL
JOIN member m ON m.project_id = t.project_id AND m.person_id = n.person_id
WHERE n.person_id = :person
"""


def page(conn: sa.Connection, person_id: int, *, before: int, limit: int) -> list[Notification]:
    """A person's notifications with ids below `before`, newest first."""
    query = sa.text(f"""
        SELECT n.id, n.kind, n.task_id, t.name, t.project_id, n.at, n.read_at IS NOT NULL,
               EXISTS (SELECT FROM reviewer w WHERE w.task_id = n.task_id AND w.person_id = n.person_id),
               EXISTS (SELECT FROM task_labeler w WHERE w.task_id = n.task_id AND w.person_id = n.person_id)
        {_OF_PERSON} AND n.id < :before ORDER BY n.id DESC LIMIT :limit
    """)  # noqa: S608 - the text put in is the constant above
    rows = conn.execute(query, {"person": person_id, "before": before, "limit": limit})
    return [Notification(*row) for row in rows]


def unread(conn: sa.Connection, person_id: int) -> int:
    """How many notifications a person has not read."""
    query = sa.text(f"SELECT count(*) {_OF_PERSON} AND n.read_at IS NULL")
    return int(conn.execute(query, {"person": person_id}).scalar_one())


def read(conn: sa.Connection, person_id: int, ids: Sequence[int] | None) -> None:
    """Mark notifications of a person as read: those of some ids, or all."""
    query = sa.text("""
        UPDATE notification SET read_at = now() WHERE person_id = :person AND read_at IS NULL
          AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(:ids))
    """)
    conn.execute(query, {"person": person_id, "ids": None if ids is None else list(ids)})
