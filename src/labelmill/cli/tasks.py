"""labelmill tasks: look at tasks, and let them go on, stop, or be decided again."""

from typing import Annotated

import typer

from labelmill.cli import shared
from labelmill.cli.choose import chosen
from labelmill.cli.mill import Report
from labelmill.cli.progress import summary
from labelmill.core.threshold import Thresholds

app = typer.Typer(help="Look at tasks; apply, retry, pause, resume, cancel, delete them.", no_args_is_help=True)

Task = Annotated[str, typer.Argument(help="A task's id or name.")]


@app.command("list")
def list_(
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """All tasks, newest first."""
    with chosen(home, server, token) as mill:
        said = mill.tasks()
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
def show(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """One task: its ledger, concepts and failures."""
    with chosen(home, server, token) as mill:
        return _told(mill.show(task), as_json)


@app.command("apply")
def apply_(
    task: Task,
    upper: shared.Upper = None,
    lower: shared.Lower = None,
    threshold: shared.PerConcept = None,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Move the thresholds and decide again, without running the model; what people decided stays."""

    def move(now: Thresholds) -> Thresholds:
        return shared.thresholds(now.default, upper, lower, threshold or [], now.by_concept)

    with chosen(home, server, token) as mill:
        return _told(mill.apply(task, move), as_json)


@app.command()
def retry(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Run the failed inputs again, and only those."""
    with chosen(home, server, token) as mill:
        return _told(mill.retry(task), as_json)


@app.command()
def resume(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Go on with a task that was stopped, paused, cancelled, or could not run."""
    with chosen(home, server, token) as mill:
        return _told(mill.resume(task), as_json)


@app.command()
def pause(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Let a task rest once what is under way is done, until it is resumed."""
    with chosen(home, server, token) as mill:
        _told(mill.pause(task), as_json)
    return 0


@app.command()
def cancel(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Stop a task; what it made so far stays."""
    with chosen(home, server, token) as mill:
        _told(mill.cancel(task), as_json)
    return 0


@app.command()
def delete(
    task: Task,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Delete a task with its predictions and annotations; inputs and datasets stay."""
    with chosen(home, server, token) as mill:
        task_id, name = mill.delete(task)
    shared.put_json({"deleted": task_id, "name": name}) if as_json else print(f"Task {task_id} ({name}) is deleted.")
    return 0


def _told(said: Report, as_json: bool) -> int:
    shared.put_json(said) if as_json else summary(said)
    return shared.status_of(said)
