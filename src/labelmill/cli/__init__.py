"""The command `labelmill`. Exit status 0: all done; 1: some sources or inputs failed; 2: the call was wrong."""

import sys
from collections.abc import Sequence

import typer

from labelmill.cli import annotate, doctor, export, models, tasks, worker
from labelmill.core.errors import BadCall, LabelmillError, ModelUnusable

INTERRUPTED = 130
"""What typer makes of Ctrl-C, without a word."""

app = typer.Typer(
    name="labelmill",
    help="Labels whole datasets of images and text, and asks people only about what it is not sure of.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("annotate")(annotate.command)
app.command("export")(export.command)
app.command("doctor")(doctor.command)
app.command("worker")(worker.command)
app.add_typer(models.app, name="models")
app.add_typer(tasks.app, name="tasks")


def run(args: Sequence[str]) -> int:
    """Run the command with its arguments; its exit status. Errors become one line on stderr."""
    command = typer.main.get_command(app)
    try:
        status = int(command.main(list(args), prog_name="labelmill", standalone_mode=False) or 0)
    except (BadCall, ModelUnusable) as error:
        return _say(str(error), 2)
    except LabelmillError as error:
        return _say(f"{error} Nothing is lost: 'labelmill tasks resume TASK' goes on.", 1)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return _say(error.format_message(), 2)
    if status == INTERRUPTED:
        return _say("stopped; nothing is lost: 'labelmill tasks list' shows what to resume.", status)
    return status


def _say(sentence: str, status: int) -> int:
    print(f"labelmill: {sentence}", file=sys.stderr)
    return status
