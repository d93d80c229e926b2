"""Advisory locks of a task. Numbers from 0 on are its shards, held by whoever works on them."""

import sqlalchemy as sa

ALIVE = -1
"""Shared by everybody who works on the task, for as long as their connection lives."""

ASSIGNING = -2
"""Held while reviewers are chosen."""

NUMBERING = -3
"""Held while new shards get their numbers."""


def hold(conn: sa.Connection, task_id: int, key: int) -> None:
    """Wait for a lock and hold it until the transaction ends."""
    conn.execute(sa.text("SELECT pg_advisory_xact_lock(:task, :key)"), {"task": task_id, "key": key})


def hold_if_free(conn: sa.Connection, task_id: int, key: int) -> bool:
    """Hold a lock until the transaction ends, if nobody holds it now."""
    query = sa.text("SELECT pg_try_advisory_xact_lock(:task, :key)")
    return bool(conn.execute(query, {"task": task_id, "key": key}).scalar_one())
