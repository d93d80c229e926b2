"""The durable queue: a job says "work on this task"; what there is to do stands in the task's ledger.

A job that comes late, twice, or after somebody else did the work finds nothing to do and ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from labelmill.core.errors import StoreFault
from labelmill.store.database import driver

if TYPE_CHECKING:
    import procrastinate  # imported where it is used: 0.2 s that a command which queues nothing need not pay

_RUN_TASK = "run_task"
_QUEUE = "tasks"
_SILENT_FOR = 60
"""Seconds without a heartbeat after which a job's worker counts as dead."""


def enqueue(conn: sa.Connection, task_id: int) -> None:
    """Put a task into the queue in the caller's transaction; one that waits there already is not put in twice."""
    import procrastinate

    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    name = f"task-{task_id}"
    job = app.configure_task(_RUN_TASK, queue=_QUEUE, lock=name, queueing_lock=name, connection=driver(conn))
    try:
        with conn.begin_nested():
            job.defer(task_id=task_id)
    except procrastinate.exceptions.AlreadyEnqueued:
        return  # it waits there, and will find this work too


def serve(url: str, run: Callable[[int], None], *, until_idle: bool = False) -> None:
    """Work through the queue, one task at a time: with `run`, for ever or until it is empty.

    Jobs whose worker died are taken up again. A job that the database failed is tried again later; one whose model
    cannot run is not (its task says why).
    """
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    again = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions=[StoreFault])

    @app.task(name=_RUN_TASK, queue=_QUEUE, retry=again)
    def run_task(task_id: int) -> None:
        run(task_id)

    async def work() -> None:
        async with app.open_async():
            await _take_up_the_dead(app)
            await app.run_worker_async(queues=[_QUEUE], concurrency=1, wait=not until_idle, delete_jobs="successful")

    import asyncio

    asyncio.run(work())


async def _take_up_the_dead(app: procrastinate.App) -> None:
    for job in await app.job_manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=_SILENT_FOR):
        await app.job_manager.retry_job(job)
