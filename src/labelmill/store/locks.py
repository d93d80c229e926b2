"""Advisory locks: of a task (numbers from 0 on are its shards, held by whoever works on them), of a project, of media.

PostgreSQL knows locks by two integers, which are those of tasks, and by one: `store.inputs` takes a project's id while
it adds inputs, and here its negative is whoever relies on the project's inputs; 0 is the files in the home.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from psycopg.errors import LockNotAvailable

from labelmill.store.database import Database

ALIVE = -1
"""Shared by everybody who works on the task, for as long as their connection lives."""

ASSIGNING = -2
"""Held while reviewers are chosen."""

NUMBERING = -3
"""Held while new shards get their numbers."""


def hold(conn: sa.Connection, task_id: int, key: int) -> None:
    """Wait for a lock and hold it until the transaction ends."""
    conn.execute(sa.text("SELECT pg_advisory_xact_lock(:task, :key)"), {"task": task_id, "key": key})


def hold_soon(conn: sa.Connection, task_id: int, key: int, *, within: str) -> bool:
    """Hold a lock until the transaction ends, if it is free `within` a time such as '2s'."""
    try:
        with conn.begin_nested():
            conn.execute(sa.text("SELECT set_config('lock_timeout', :within, true)"), {"within": within})
            hold(conn, task_id, key)
            conn.execute(sa.text("SET LOCAL lock_timeout = DEFAULT"))
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            return False
        raise
    return True


def keep_inputs(conn: sa.Connection, project_id: int) -> None:
    """Until the transaction ends no input of the project is removed; many may rely on that at once."""
    conn.execute(sa.text("SELECT pg_advisory_xact_lock_shared(-:project)"), {"project": project_id})


def keep_inputs_of(conn: sa.Connection, task_id: int) -> None:
    """`keep_inputs` of a task's project."""
    query = sa.text("SELECT pg_advisory_xact_lock_shared(-project_id) FROM task WHERE id = :task")
    conn.execute(query, {"task": task_id})


def remove_inputs(conn: sa.Connection, project_id: int) -> None:
    """Wait for everybody who relies on a project's inputs, and hold them off until the transaction ends."""
    conn.execute(sa.text("SELECT pg_advisory_xact_lock(-:project)"), {"project": project_id})


@contextmanager
def storing(database: Database) -> Iterator[None]:
    """While it is open no file of content is removed: what is stored now gets its row only later."""
    with database.session() as conn:
        conn.execute(sa.text("SELECT pg_advisory_lock_shared(0)"))
        conn.commit()
        try:
            yield
        finally:
            conn.execute(sa.text("SELECT pg_advisory_unlock_shared(0)"))
            conn.commit()


def remove_files_if_free(conn: sa.Connection) -> bool:
    """Hold off whoever stores files until the transaction ends, if nobody does now."""
    return bool(conn.execute(sa.text("SELECT pg_try_advisory_xact_lock(0)")).scalar_one())
