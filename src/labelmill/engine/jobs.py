"""The durable queue: a job says "work on this task"; what there is to do stands in the task's ledger.

A job that comes late, twice, or after somebody else did the work finds nothing to do and ends.
"""

from __future__ import annotations

import sqlalchemy as sa

from labelmill.store.database import driver

RUN_TASK = "run_task"
QUEUE = "tasks"


def enqueue(conn: sa.Connection, task_id: int) -> None:
    """Put a task into the queue in the caller's transaction; one that waits there already is not put in twice."""
    import procrastinate  # not at the top: 0.2 s that a command which queues nothing need not pay

    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    job = app.configure_task(
        RUN_TASK, queue=QUEUE, lock=f"task-{task_id}", queueing_lock=f"task-{task_id}", connection=driver(conn)
    )
    try:
        with conn.begin_nested():
            job.defer(task_id=task_id)
    except procrastinate.exceptions.AlreadyEnqueued:
        return  # it waits there, and will find this work too
