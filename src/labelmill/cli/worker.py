"""labelmill worker: what the server runs beside itself; by hand, for tasks that were left in the queue."""

from collections.abc import Callable
from typing import Annotated

import typer

from labelmill.cli import shared
from labelmill.cli.home import import_roots, machine, media, opened
from labelmill.core.errors import ModelUnusable, NotFound
from labelmill.engine import jobs, local
from labelmill.flows.import_folder import run_import
from labelmill.settings import Settings


class _Stopped(Exception):
    """The worker shall stop: what is not committed is done again."""


def command(
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when the queue is empty.")] = False,
    home: shared.Home = None,
) -> int:
    """Work through the tasks and imports that wait, one after another."""
    settings = Settings.from_environment(home=home)
    given = machine(settings)
    with opened(settings) as database:

        def run(task_id: int, stopping: Callable[[], bool]) -> None:
            shared.tell(f"Task {task_id} ...")

            def tick() -> None:
                if stopping():
                    raise _Stopped

            try:
                local.run_task(database, given, task_id, tick)
            except _Stopped:
                with database.begin() as conn:
                    jobs.enqueue(conn, task_id)  # for whoever comes next
            except NotFound:
                shared.tell(f"Task {task_id} was deleted.")
            except ModelUnusable as error:
                shared.tell(f"Task {task_id} failed: {error}")  # it stands on the task; trying again would not help
            else:
                shared.tell(f"Task {task_id} done.")

        def import_(import_id: int) -> None:
            shared.tell(f"Import {import_id} ...")
            run_import(database, media(settings), import_roots(settings), import_id, jobs.enqueue)
            shared.tell(f"Import {import_id} done.")

        jobs.serve(database.url, run, import_, until_idle=until_idle)
    return 0
