"""labelmill tasks: look at tasks, and let them go on, stop, or be decided again."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from labelmill.cli import shared
from labelmill.cli.progress import Progress, summary
from labelmill.core.errors import BadCall
from labelmill.engine import local
from labelmill.flows import apply
from labelmill.flows.report import listing, report
from labelmill.settings import Settings
from labelmill.store import projects, tasks
from labelmill.store.database import Database

app = typer.Typer(help="Look at tasks; apply, retry, resume, cancel, delete them.", no_args_is_help=True)

Task = Annotated[str, typer.Argument(help="A task's id or name.")]


@app.command("list")
def list_(as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """All tasks, newest first."""
    with shared.opened(Settings.from_environment(home=home)) as database, database.begin() as conn:
        said = listing(conn)
    if as_json:
        shared.put_json(said)
        return 0
    for one in said:
        done = one["inputs"] - one["waiting"]
        numbers = f"{done:,} of {one['inputs']:,} done, {one['failed']:,} failed"
        print(f"{one['id']:>4}  {one['status']:<9} {numbers}  {one['name']}")
    if not said:
        print("No tasks yet. Make one: labelmill annotate SOURCE --model MODEL")
    return 0


@app.command()
def show(task: Task, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """One task: its ledger, concepts and failures."""
    return _on(task, as_json, home, lambda _settings, _database, _task_id: None)


@app.command("apply")
def apply_(
    task: Task,
    upper: shared.Upper = None,
    lower: shared.Lower = None,
    threshold: shared.PerConcept = None,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
) -> int:
    """Move the thresholds and decide again, without running the model; what people decided stays."""

    def act(settings: Settings, database: Database, task_id: int) -> None:
        with database.begin() as conn:
            now = tasks.terms(conn, task_id, hold=True).thresholds
            moved = shared.thresholds(now.default, upper, lower, threshold or [], now.by_concept)
            left = apply.set_thresholds(conn, task_id, moved, projects.owner(conn))
        if left:
            shared.tell(f"{left:,} inputs that people have dealt with are left as they are.")
        local.redecide(database, settings.home, task_id)

    return _on(task, as_json, home, act)


@app.command()
def retry(task: Task, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """Run the failed inputs again, and only those."""

    def act(settings: Settings, database: Database, task_id: int) -> None:
        with database.begin() as conn:
            if tasks.row(conn, task_id).cancelled_at is not None:
                raise BadCall(f"Task {task_id} is cancelled: 'labelmill tasks resume {task_id}' lets it go on.")
            tasks.retry(conn, task_id)
        _go_on(settings, database, task_id)

    return _on(task, as_json, home, act)


@app.command()
def resume(task: Task, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """Go on with a task that was stopped, cancelled, or could not run."""
    return _on(task, as_json, home, _go_on)


@app.command()
def cancel(task: Task, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """Stop a task; what it made so far stays."""

    def act(_settings: Settings, database: Database, task_id: int) -> None:
        with database.begin() as conn:
            tasks.cancel(conn, task_id)

    _on(task, as_json, home, act)
    return 0


@app.command()
def delete(task: Task, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """Delete a task with its predictions and annotations; inputs and datasets stay."""
    with shared.opened(Settings.from_environment(home=home)) as database, database.begin() as conn:
        task_id = tasks.find(conn, task)
        name = tasks.row(conn, task_id).name
        tasks.delete(conn, task_id)
    shared.put_json({"deleted": task_id, "name": name}) if as_json else print(f"Task {task_id} ({name}) is deleted.")
    return 0


def _on(task: str, as_json: bool, home: Any, act: Callable[[Settings, Database, int], None]) -> int:
    settings = Settings.from_environment(home=home)
    with shared.opened(settings) as database:
        with database.begin() as conn:
            task_id = tasks.find(conn, task)
        act(settings, database, task_id)
        with database.begin() as conn:
            said = report(conn, task_id)
    shared.put_json(said) if as_json else summary(said)
    return shared.status_of(said)


def _go_on(settings: Settings, database: Database, task_id: int) -> None:
    with database.begin() as conn:
        tasks.reopen(conn, task_id)
    progress = Progress()
    with progress:
        progress.task(database, task_id)
        local.run_task(database, shared.machine(settings), task_id, progress.tick)
