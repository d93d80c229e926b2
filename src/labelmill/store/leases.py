"""Who labels which input just now: a lease runs out by itself when its holder's page is closed."""

from datetime import datetime

import sqlalchemy as sa

LASTS = "5 minutes"

# a task that people label from the start rests when it is paused; one with a model pauses the model alone
_NEXT = sa.text("""
SELECT l.input_id FROM ledger l
JOIN task t ON t.id = l.task_id AND (t.run_id IS NOT NULL OR t.paused_at IS NULL AND t.cancelled_at IS NULL)
WHERE l.task_id = :task AND l.work = 'label' AND l.input_id > :after
  AND NOT EXISTS (SELECT FROM lease x WHERE x.task_id = l.task_id AND x.input_id = l.input_id
                  AND x.expires_at > clock_timestamp() AND x.person_id <> :person)
ORDER BY l.input_id LIMIT 1 FOR UPDATE OF l SKIP LOCKED
""")

_TAKE = sa.text(f"""
INSERT INTO lease (task_id, input_id, person_id, expires_at)
VALUES (:task, :input, :person, clock_timestamp() + interval '{LASTS}')
ON CONFLICT (task_id, input_id) DO UPDATE SET person_id = :person, expires_at = excluded.expires_at
    WHERE lease.person_id = :person OR lease.expires_at <= clock_timestamp()
RETURNING expires_at
""")  # noqa: S608 - the constant above


def next_free(conn: sa.Connection, task_id: int, person_id: int, *, after: int = 0) -> int | None:
    """The next input of a task that waits for a labeler and that nobody else has; its ledger row is held.

    None while the task rests. Those whose rows others hold at this moment are passed over: no two get the same.
    """
    return conn.execute(_NEXT, {"task": task_id, "person": person_id, "after": after}).scalar()


def held(conn: sa.Connection, task_id: int, person_id: int) -> int | None:
    """The input that a person has a lease on and that waits for a labeler still, the first if there are several."""
    query = sa.text("""
        SELECT min(x.input_id) FROM lease x JOIN ledger l USING (task_id, input_id)
        WHERE x.task_id = :task AND x.person_id = :person AND x.expires_at > clock_timestamp() AND l.work = 'label'
    """)
    return conn.execute(query, {"task": task_id, "person": person_id}).scalar()


def take(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> datetime | None:
    """Take or renew a lease; until when it holds, or None when somebody else has it."""
    values = {"task": task_id, "input": input_id, "person": person_id}
    expires: datetime | None = conn.execute(_TAKE, values).scalar()
    return expires


def give_back(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> None:
    """End a person's lease, if they have it."""
    query = sa.text("DELETE FROM lease WHERE task_id = :task AND input_id = :input AND person_id = :person")
    conn.execute(query, {"task": task_id, "input": input_id, "person": person_id})


def somebodys(conn: sa.Connection, task_id: int, input_id: int) -> bool:
    """Whether somebody has an input now."""
    query = sa.text("""
        SELECT EXISTS (SELECT FROM lease
                       WHERE task_id = :task AND input_id = :input AND expires_at > clock_timestamp())
    """)
    return bool(conn.execute(query, {"task": task_id, "input": input_id}).scalar_one())


def waiting(conn: sa.Connection, task_id: int) -> int:
    """How many inputs of a task wait for a labeler."""
    query = sa.text("SELECT count(*) FROM ledger WHERE task_id = :task AND work = 'label'")
    return int(conn.execute(query, {"task": task_id}).scalar_one())


def labels(conn: sa.Connection, task_id: int, person_id: int) -> bool:
    """Whether a person is a labeler of a task."""
    query = sa.text("SELECT EXISTS (SELECT FROM task_labeler WHERE task_id = :task AND person_id = :person)")
    return bool(conn.execute(query, {"task": task_id, "person": person_id}).scalar_one())
