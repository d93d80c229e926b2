"""The durable queues: a job says "work on this task", or "do this import"; what there is to do stands with these.

A job that comes late, twice, or after somebody else did the work finds nothing to do and ends.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from labelmill.core.errors import StoreFault
from labelmill.store.database import driver

if TYPE_CHECKING:
    import procrastinate  # imported where it is used: 0.2 s that a command which queues nothing need not pay

_RUN_TASK = "run_task"
_RUN_IMPORT = "run_import"
_TASKS, _IMPORTS = "tasks", "imports"
_SILENT_FOR = 60
"""Seconds without a heartbeat after which a job's worker counts as dead."""


def enqueue(conn: sa.Connection, task_id: int) -> None:
    """Put a task into the queue in the caller's transaction; one that waits there already is not put in twice."""
    _defer(conn, _RUN_TASK, _TASKS, f"task-{task_id}", task_id=task_id)


def enqueue_import(conn: sa.Connection, import_id: int) -> None:
    """Put an import into its queue in the caller's transaction."""
    _defer(conn, _RUN_IMPORT, _IMPORTS, f"import-{import_id}", import_id=import_id)


def _defer(conn: sa.Connection, job: str, queue: str, lock: str, **arguments: int) -> None:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    deferrer = app.configure_task(job, queue=queue, lock=lock, queueing_lock=lock, connection=driver(conn))
    try:
        with conn.begin_nested():
            deferrer.defer(**arguments)
    except procrastinate.exceptions.AlreadyEnqueued:
        return  # it waits there, and will find this work too


def serve(url: str, run: Callable[[int], None], import_: Callable[[int], None], *, until_idle: bool = False) -> None:
    """Work through the queues, one task and one import at a time, for ever or until both are empty.

    Jobs whose worker died are taken up again. A job that the database failed is tried again later; one whose model
    cannot run is not (its task says why).
    """
    import asyncio

    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    again = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions=[StoreFault])

    @app.task(name=_RUN_TASK, queue=_TASKS, retry=again)
    def run_task(task_id: int) -> None:
        run(task_id)

    @app.task(name=_RUN_IMPORT, queue=_IMPORTS, retry=again)
    def run_import(import_id: int) -> None:
        import_(import_id)

    async def work() -> None:
        async with app.open_async():
            await _take_up_the_dead(app)
            await _both(app, wait=not until_idle)

    asyncio.run(work())


async def _both(app: procrastinate.App, *, wait: bool) -> None:
    """Imports beside tasks: neither waits for the other. The signal that stops the tasks' worker stops both."""
    import asyncio

    imports = asyncio.create_task(
        app.run_worker_async(
            queues=[_IMPORTS], concurrency=1, wait=wait, delete_jobs="successful", install_signal_handlers=False
        )
    )
    try:
        await app.run_worker_async(queues=[_TASKS], concurrency=1, wait=wait, delete_jobs="successful")
    finally:
        if wait:
            imports.cancel()
        with suppress(asyncio.CancelledError):
            await imports


async def _take_up_the_dead(app: procrastinate.App) -> None:
    for queue in (_TASKS, _IMPORTS):
        for job in await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=_SILENT_FOR):
            await app.job_manager.retry_job(job)
