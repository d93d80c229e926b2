"""The command `labelmill`. Exit status 0: all done; 1: some sources or inputs failed; 2: the call was wrong."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer

from labelmill.cli import faults
from labelmill.core.errors import BadCall, LabelmillError, ModelUnusable, Unreachable

INTERRUPTED = 130
"""What typer makes of Ctrl-C, without a word."""

TERMINATED = 143
STOPPED = "stopped; nothing is lost: 'labelmill tasks list' shows what to resume."

SERVING = frozenset({"up", "demo", "server", "worker"})
"""Commands that run until they are stopped: what was under way goes on when they start again."""

COMMANDS = ("annotate", "export", "doctor", "worker", "up", "demo", "server", "password")
GROUPS = ("models", "tasks")


def app(words: Sequence[str] = ()) -> typer.Typer:
    """The command that these words call, or all: what a command works with takes long to import."""
    made = typer.Typer(
        name="labelmill",
        help="Labels whole datasets of images and text, and asks people only about what it is not sure of.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    made.callback()(lambda: None)  # without it, one command alone would be called without its name
    called = [name for name in (*COMMANDS, *GROUPS) if [name] == [*words[:1]]]
    for name in called or (*COMMANDS, *GROUPS):
        module = import_module(f"labelmill.cli.{name}")
        if name in COMMANDS:
            made.command(name)(module.command)
        else:
            made.add_typer(module.app, name=name)
    return made


def run(args: Sequence[str]) -> int:
    """Run the command with its arguments; its exit status. Errors become one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends no run
    for word in args:
        if not _is_text(word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            return _say(f"the argument {shown} is no UTF-8: give the file or name another name.", 2)
    with _terminable() as stopped:
        try:
            status = _run(args)
        except KeyboardInterrupt:
            status = INTERRUPTED
    if status == INTERRUPTED:
        status = TERMINATED if stopped else INTERRUPTED
        return _say("stopped." if args[0] in SERVING else STOPPED, status)
    return status


def _run(args: Sequence[str]) -> int:
    try:
        command = typer.main.get_command(app(args))
        status = int(command.main(list(args), prog_name="labelmill", standalone_mode=False) or 0)
        sys.stdout.flush()  # here, where what the machine refuses becomes a sentence
        return status
    except (BadCall, ModelUnusable) as error:
        return _say(str(error), 2)
    except LabelmillError as error:
        if type(error) is LabelmillError:  # only a fault of ours has no kind; a worker's trace is in it
            return _say(faults.record(error, args), 1)
        resumable = not isinstance(error, Unreachable)  # what a server works on goes on without us
        return _say(f"{error} Nothing is lost: 'labelmill tasks resume TASK' goes on." if resumable else str(error), 1)
    except BrokenPipeError:
        return 1  # whoever read it went away, as `| head` does: nothing to say to them
    except (OSError, UnicodeError) as error:
        return _say(faults.sentence(error), 2)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody should have to read a traceback
        if not hasattr(error, "format_message"):
            return _say(faults.record(error, args), 1)
        said = error.format_message()  # typer printed the help already when a group was named without a command
        return _say(said, 2) if said else 2


@contextmanager
def _terminable() -> Iterator[list[int]]:
    """Make SIGTERM stop the command as Ctrl-C does, once; the list is empty until then."""
    stopped: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        if not stopped:
            stopped.append(number)
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield stopped
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say(sentence: str, status: int) -> int:
    print(f"labelmill: {sentence}", file=sys.stderr)
    return status
