"""The durable queues: a job says "work on this task", or "do this import"; what there is to do stands with these.

A job that comes late, twice, or after somebody else did the work finds nothing to do and ends.
"""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from psycopg.errors import UniqueViolation

from labelmill.core.errors import StoreFault
from labelmill.store import tasks

if TYPE_CHECKING:
    import procrastinate  # imported where it is used: 0.2 s that only a worker need pay

_RUN_TASK = "run_task"
_RUN_IMPORT = "run_import"
_TASKS, _IMPORTS = "tasks", "imports"
_LOOK = 1.0
"""Seconds between looks into the queue: Procrastinate misses a notice that comes while it looks."""

_HEARTBEAT = 3
"""Seconds between heartbeats of a worker, and between looks for those that have none."""

_SILENT_FOR = 15
"""Seconds without a heartbeat after which a job's worker counts as dead."""


def enqueue(conn: sa.Connection, task_id: int) -> None:
    """Put a task into the queue in the caller's transaction, by its priority.

    One that waits there already is not put in twice, one that people label not at all.
    """
    priority = tasks.priority(conn, task_id)
    if priority is not None:
        _defer(conn, _RUN_TASK, _TASKS, f"task-{task_id}", priority, task_id=task_id)


def set_priority(conn: sa.Connection, task_id: int, priority: int) -> None:
    """Have a task that waits in the queue wait by another priority, in the caller's transaction."""
    query = sa.text(
        "UPDATE procrastinate_jobs SET priority = :priority WHERE status = 'todo' AND queueing_lock = :lock"
    )
    conn.execute(query, {"priority": priority, "lock": f"task-{task_id}"})


def enqueue_import(conn: sa.Connection, import_id: int) -> None:
    """Put an import into its queue in the caller's transaction."""
    _defer(conn, _RUN_IMPORT, _IMPORTS, f"import-{import_id}", 0, import_id=import_id)


# the function that Procrastinate calls, too: to import it takes 0.2 s that who queues something need not wait
_DEFER = sa.text("""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    CAST(:queue AS text), CAST(:job AS text), CAST(:priority AS int), CAST(:lock AS text), CAST(:lock AS text),
    CAST(:arguments AS jsonb), NULL
)::procrastinate_job_to_defer_v1])
""")


def _defer(conn: sa.Connection, job: str, queue: str, lock: str, priority: int, **arguments: int) -> None:
    try:
        with conn.begin_nested():
            values = {"job": job, "queue": queue, "priority": priority, "lock": lock}
            conn.execute(_DEFER, {**values, "arguments": json.dumps(arguments)})
    except sa.exc.IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        # one waits there already, and will find this work too


def serve(
    url: str,
    run: Callable[[int, Callable[[], bool]], None],
    import_: Callable[[int], None],
    *,
    until_idle: bool = False,
) -> None:
    """Work through the queues, one task and one import at a time, for ever or until both are empty.

    `run` gets a task's id and a function that says whether it shall stop: then it puts the task back and returns. Jobs
    whose worker died are taken up again. A job that the database failed is tried again later; one whose model cannot
    run is not (its task says why). Raises StoreFault when the database goes away.
    """
    import asyncio

    import procrastinate

    _log_in_one_line("procrastinate", "psycopg.pool")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    again = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions=[StoreFault])

    @app.task(name=_RUN_TASK, queue=_TASKS, retry=again, pass_context=True)
    def run_task(context: procrastinate.JobContext, task_id: int) -> None:
        run(task_id, context.should_abort)

    @app.task(name=_RUN_IMPORT, queue=_IMPORTS, retry=again)
    def run_import(import_id: int) -> None:
        import_(import_id)

    async def work() -> None:
        me = asyncio.current_task()
        if me is not None and threading.current_thread() is threading.main_thread():
            # from the first step to the last, also before and after Procrastinate hears signals itself: what is raised
            # in the middle of the loop leaves its tasks in pieces
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
        async with app.open_async():
            await _take_up_the_dead(app)
            dead = asyncio.create_task(_watch_for_the_dead(app))
            try:
                await _both(app, wait=not until_idle)
            finally:
                dead.cancel()
                with suppress(asyncio.CancelledError):
                    await dead

    try:
        with _as_before(signal.SIGTERM):
            asyncio.run(work())
    except asyncio.CancelledError:
        signal.raise_signal(signal.SIGTERM)  # outside of the loop it stops the process as it always does
    except procrastinate.exceptions.ConnectorException as error:
        raise StoreFault("The database went away while the worker served its queue.") from error


@contextmanager
def _as_before(number: int) -> Iterator[None]:
    """Have a signal mean afterwards what it meant: a loop that ends leaves it at what the system does."""
    meant = signal.getsignal(number)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(number, meant)


def _log_in_one_line(*names: str) -> None:
    """Have libraries log what went wrong without tracebacks: who reads the terminal is no developer of theirs."""

    def shorten(record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.msg, record.args, record.exc_info = f"{record.getMessage()} ({record.exc_info[1]})", (), None
        record.msg, record.args = " ".join(record.getMessage().split()), ()
        return True

    handler = logging.StreamHandler()
    handler.addFilter(shorten)
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False


async def _both(app: procrastinate.App, *, wait: bool) -> None:
    """Imports beside tasks: neither waits for the other. The signal that stops the tasks' worker stops both."""
    import asyncio

    how: dict[str, Any] = {
        "concurrency": 1,
        "wait": wait,
        "delete_jobs": "successful",
        "fetch_job_polling_interval": _LOOK,
        "update_heartbeat_interval": _HEARTBEAT,
        "stalled_worker_timeout": _SILENT_FOR,
        "shutdown_graceful_timeout": 0,  # a task is asked to stop at once: what it has not committed is done again
    }
    imports = asyncio.create_task(app.run_worker_async(queues=[_IMPORTS], install_signal_handlers=False, **how))
    try:
        await app.run_worker_async(queues=[_TASKS], **how)
    finally:
        if wait:
            imports.cancel()
        with suppress(asyncio.CancelledError):
            await imports


async def _watch_for_the_dead(app: procrastinate.App) -> None:
    """Take up now and again what the dead left: one may have died just before this worker began."""
    import asyncio

    while True:
        await asyncio.sleep(_HEARTBEAT)
        await _take_up_the_dead(app)


async def _take_up_the_dead(app: procrastinate.App) -> None:
    import procrastinate

    for queue in (_TASKS, _IMPORTS):
        for job in await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=_SILENT_FOR):
            try:
                await app.job_manager.retry_job(job)
            except procrastinate.exceptions.UniqueViolation:  # it waits there already, behind its dead self
                await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
