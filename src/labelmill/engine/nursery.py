"""Where worker processes come from: forked early from the command itself, later from a fork server.

A command that is about to need workers has imported most of what they need: forked from it, before it has threads or a
connection, they cost nothing more. Whoever needs one later gets it from a server that has imported it once, too.
"""

import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, forkserver, util
from typing import Any

from labelmill.engine.worker import RUNTIME, Place, work

_LONGEST_TEMP_DIR = 60
"""Characters that leave room for a socket's name within the 107 that one may have."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A worker process that waits for its order, as its supervisor holds it; it ends when `life` is closed."""

    process: Any
    line: connection.Connection
    life: connection.Connection
    place: Place


_waiting: list[Hand] = []


@contextmanager
def forked(count: int) -> Iterator[None]:
    """Fork so many workers now; who is not hired meanwhile is dismissed.

    The caller has no threads, no connections and nothing else that is not to be shared. The runtime of a model each
    worker imports by itself: it has the time while the caller opens the database.
    Where forking a process that has loaded libraries is not safe (macOS), the server is started instead.
    """
    try:
        if count and sys.platform != "linux":
            prepare()
        else:
            context = multiprocessing.get_context("fork")
            for _ in range(count):
                _waiting.append(_made(context, *(end for hand in _waiting for end in (hand.line, hand.life))))
        yield
    finally:
        while _waiting:
            _waiting.pop().process.kill()


def hire() -> Hand:
    """A worker: one that was forked early, or a new one of the server's."""
    if _waiting:
        return _waiting.pop()
    prepare()
    return _made(multiprocessing.get_context("forkserver"))


def prepare() -> None:
    """Start the server, once for a process; it imports while the caller goes on."""
    if len(tempfile.gettempdir()) > _LONGEST_TEMP_DIR:
        usual, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108 - multiprocessing makes a private folder in it
        try:
            util.get_temp_dir()  # chosen now, once for the process
        finally:
            tempfile.tempdir = usual
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["labelmill.engine.worker", RUNTIME])
    forkserver.ensure_running()


def _made(context: Any, *also_ours: connection.Connection) -> Hand:
    ours, theirs = context.Pipe()
    life, watched = context.Pipe()
    place = Place()
    forked = context.get_start_method() == "fork"
    args = ([ours, life, *also_ours], theirs, watched, place) if forked else (theirs, watched, place)
    process = context.Process(target=_work_forked if forked else work, args=args, daemon=True)
    process.start()
    theirs.close()
    watched.close()
    return Hand(process, ours, life, place)


def _work_forked(not_mine: Sequence[connection.Connection], *mine: Any) -> None:
    """A forked process has the ends of all lines: while it holds one of its supervisor's, no end of a line is heard."""
    for end in not_mine:
        end.close()
    work(*mine)
