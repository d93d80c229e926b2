"""What persons did and what happened to runs, one row an act: what its story tells, and what undoing it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from labelmill.core.errors import Conflict, NotFound
from labelmill.store import schema as t
from labelmill.store.tasks import as_json

Happening = Literal["start_run", "finish_run", "fail_run"]
"""What happens to a task's run: a worker takes it up, nothing waits any more, its model cannot run."""


_RECORD = sa.text("""
INSERT INTO activity (project_id, task_id, input_id, person_id, operation, detail, key)
VALUES (:project, :task, :input, :person, :operation, CAST(:detail AS jsonb), :key)
ON CONFLICT DO NOTHING RETURNING id
""")


def record(
    conn: sa.Connection,
    project_id: int,
    person_id: int,
    operation: str,
    *,
    task_id: int | None = None,
    input_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> int:
    """Write down an act; its id. `key`: the request's. Raises Conflict when another act of the person has it."""
    values = {"project": project_id, "task": task_id, "input": input_id, "person": person_id, "operation": operation}
    made = conn.execute(_RECORD, {**values, "detail": as_json(dict(detail or {})), "key": key}).scalar()
    if made is None:
        raise _of_another()
    return int(made)


# a run that had nothing left to do has not finished again
_HAPPENED = sa.text("""
INSERT INTO activity (project_id, task_id, operation, detail)
SELECT t.project_id, t.id, CAST(:operation AS text), jsonb_build_object('model', l.name) || CAST(:detail AS jsonb)
FROM task t JOIN labeler l ON l.id = t.labeler_id WHERE t.id = :task AND t.deleted_at IS NULL
  AND (:operation <> 'finish_run' OR 'finish_run' IS DISTINCT FROM (
      SELECT a.operation FROM activity a
      WHERE a.task_id = t.id AND a.operation IN ('start_run', 'finish_run', 'fail_run') ORDER BY a.id DESC LIMIT 1))
""")


def happened(conn: sa.Connection, task_id: int, operation: Happening, detail: Mapping[str, Any]) -> None:
    """Write down what happened to a task's run, which is no person's act; nothing for a task that is gone."""
    conn.execute(_HAPPENED, {"task": task_id, "operation": operation, "detail": as_json(detail)})


# how far back is looked is bounded, because a project has an act for each decision of its reviewers
_COUNT_ON = sa.text("""
UPDATE activity SET detail = detail || jsonb_build_object(
    'inputs', CAST(detail ->> 'inputs' AS bigint) + :inputs, 'until', clock_timestamp())
WHERE id = (
    SELECT max(id) FROM (SELECT * FROM activity WHERE project_id = :project ORDER BY id DESC LIMIT 200) AS late
    WHERE person_id = :person AND operation = :operation
      AND detail - CAST('{inputs,until}' AS text[]) = CAST(:detail AS jsonb)
      AND coalesce(CAST(detail ->> 'until' AS timestamptz), at) > clock_timestamp() - interval '10 minutes')
""")


def count(
    conn: sa.Connection, project_id: int, person_id: int, operation: str, inputs: int, detail: Mapping[str, Any]
) -> None:
    """Write down an act on so many inputs; one that goes on with what the person just did is counted to that.

    What a client sends in many requests so is one act, whose `until` says when the last came. It goes on when no more
    than ten minutes passed and `detail` is the same. The caller holds off others who count in the project.
    """
    same = {"project": project_id, "person": person_id, "operation": operation, "detail": as_json(detail)}
    if conn.execute(_COUNT_ON, {**same, "inputs": inputs}).rowcount == 0:
        record(conn, project_id, person_id, operation, detail={**detail, "inputs": inputs})


def tell(conn: sa.Connection, activity_id: int, detail: Mapping[str, Any]) -> None:
    """Add to what an act tells."""
    more = sa.text("UPDATE activity SET detail = detail || CAST(:detail AS jsonb) WHERE id = :id")
    conn.execute(more, {"id": activity_id, "detail": as_json(detail)})


def by_key(
    conn: sa.Connection, person_id: int, key: str | None, *, task_id: int, input_id: int | None = None
) -> sa.Row[Any] | None:
    """A person's act in a task, on one input or on many, that a request with this key made before.

    Asked again, it is not done again. Raises Conflict when the key is that of another act.
    """
    if key is None:
        return None
    query = sa.text("SELECT id, task_id, input_id, detail FROM activity WHERE person_id = :person AND key = :key")
    found = conn.execute(query, {"person": person_id, "key": key}).one_or_none()
    if found is not None and (found.task_id, found.input_id) != (task_id, input_id):
        raise _of_another()
    return found


def _of_another() -> Conflict:
    return Conflict("This key belongs to another request: make a new one for each decision.")


def one(conn: sa.Connection, project_id: int, activity_id: int) -> sa.Row[Any]:
    """An act of a project, held until the transaction ends. Raises NotFound."""
    query = sa.select(t.activity).filter_by(id=activity_id, project_id=project_id).with_for_update()
    found = conn.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"There is no act {activity_id} in this project.")
    return found


def undone(conn: sa.Connection, activity_id: int) -> None:
    """Mark an act as undone."""
    row = sa.update(t.activity).where(t.activity.c.id == activity_id)
    conn.execute(row.values(undone_at=sa.func.clock_timestamp()))


def submitted(
    conn: sa.Connection, task_id: int, person_id: int, *, before: int, limit: int
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """What a person submitted in a task, newest first: id (of the act), input_id, at. Undone ones lack."""
    a = t.activity.c
    query = sa.select(a.id, a.input_id, a.at).where(
        a.task_id == task_id, a.person_id == person_id, a.operation == "submit", a.undone_at.is_(None), a.id < before
    )
    return conn.execute(query.order_by(a.id.desc()).limit(limit)).all()


def last_on(conn: sa.Connection, task_id: int, input_id: int) -> sa.Row[Any] | None:
    """The newest act on one input of a task that was not undone and undoes nothing; None without any."""
    a = t.activity.c
    query = sa.select(t.activity).where(a.task_id == task_id, a.input_id == input_id, a.undone_at.is_(None))
    return conn.execute(query.where(a.operation != "undo").order_by(a.id.desc()).limit(1)).one_or_none()
