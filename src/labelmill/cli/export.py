"""labelmill export: a task's annotations as a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from labelmill.cli import shared
from labelmill.cli.choose import chosen
from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall


def command(
    task: Annotated[str, typer.Argument(help="A task's id or name.")],
    form: Annotated[Literal["coco", "jsonl"], typer.Option("--format", help="coco for images, jsonl for all.")],
    to: Annotated[Path, typer.Option(help="The file to write.")],
    status: Annotated[str, typer.Option(help="Annotations of these statuses, separated by commas.")] = "success",
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Write the annotations of TASK to a file, one record per source."""
    statuses = [_status(word.strip()) for word in status.split(",")]
    with chosen(home, server, token) as mill:
        count = mill.export(task, form, to, statuses)
    shared.tell(f"{count:,} records written to {to}")
    return 0


def _status(word: str) -> Status:
    if word not in {status.value for status in Status}:
        raise BadCall(f"there is no status {word!r}; there are {', '.join(Status)}")
    return Status(word)
