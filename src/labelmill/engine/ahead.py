"""A source that is read in a process of its own, on another core, while the command imports what the rest needs.

Imports little itself: it is at work before the command has imported SQLAlchemy (docs/adr/0014).
"""

import fcntl
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from labelmill.core.errors import BadCall, LabelmillError
from labelmill.core.input import Batch
from labelmill.flows import read as reading
from labelmill.store.media import Media

_ROOM = 2**20
"""Bytes that the line takes before anybody listens: what is found of some thousand photos."""


@contextmanager
def read(source: Path, media: Media, *, limit: int | None) -> Iterator[Iterable[Batch]]:
    """`flows.read.read`, in a process of its own from now on; it ends with the context.

    An archive is read by the caller, and later: its members are stored, which takes a lock in the database. So is
    everything where forking a process that has loaded libraries is not safe (macOS).
    """
    if sys.platform != "linux" or source.suffix.lower() == ".zip":
        yield reading.read(source, media, limit=limit)
        return
    context = multiprocessing.get_context("fork")
    line, theirs = context.Pipe(duplex=False)
    with suppress(PermissionError):  # a user has so much of it: then less is read ahead
        fcntl.fcntl(theirs.fileno(), fcntl.F_SETPIPE_SZ, _ROOM)
    process = context.Process(target=_work, args=(source, media, limit, line, theirs), daemon=True)
    try:
        process.start()
        theirs.close()
        yield _heard(line, process)
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        line.close()


def _heard(line: Connection, process: BaseProcess) -> Iterator[Batch]:
    while True:
        try:
            said: Batch | Exception | None = line.recv()
        except (EOFError, OSError):  # the second: in the middle of what it said
            raise BadCall("What read the source was killed, most often for lack of memory: start again.") from None
        if said is None:
            process.join()
            return
        if isinstance(said, Exception):
            raise said
        yield said


def _work(source: Path, media: Media, limit: int | None, not_mine: Connection, line: Connection) -> None:
    """The process's main function. It ends with its caller: then nobody listens."""
    not_mine.close()
    for number in (signal.SIGINT, signal.SIGTERM):  # the caller's to hear, also when the whole group is told
        signal.signal(number, signal.SIG_IGN)
    try:
        for batch in reading.read(source, media, limit=limit):
            line.send(batch)
        line.send(None)
    except BrokenPipeError:
        return
    except (LabelmillError, OSError) as error:
        line.send(error)
    except Exception as error:  # noqa: BLE001 - a bug must reach the caller, whatever it is
        line.send(LabelmillError(f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
