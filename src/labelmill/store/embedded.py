"""The PostgreSQL that comes with Labelmill: started by the first who needs it, stopped by the last to leave.

Three files are locked with `flock`, which the kernel takes back from whoever is killed:

    users   shared by every process between `enter` and `leave`; the one that gets it alone in `leave` is the last
    start   held while making, repairing or starting; the others wait and then find a running server
    alive   inherited by every PostgreSQL process (see `launch`); free means that none is left
"""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import util
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from labelmill.core.errors import BadCall, StoreFault
from labelmill.store import postmaster
from labelmill.store.place import Account, Place, open_safely, prepare, where
from labelmill.store.postmaster import DATABASE, ROLE, Postmaster

if TYPE_CHECKING:
    import subprocess

__all__ = ["Account", "Embedded", "Place", "where"]

PATIENCE = 900.0
"""Seconds to wait for a recovery, a shutdown or another starter before giving up; nothing is stopped by giving up."""
_ORPHANS_MAY_TAKE = 5.0
_MARK = 32  # bytes; written when the file is made, so that a full disk cannot keep the last process from leaving
_children: dict["subprocess.Popen[bytes]", Path] = {}
"""The servers that this process started and their data folders: kept to be reaped, and stopped before they tell their
pids. One that has just stopped may not be reaped before the next one of its folder is started."""


class Embedded:
    """The embedded database of one home, used between `enter` and `leave` or as a context manager.

    `on_wait` is called about once a second with a line for people while something takes long (recovery after a crash).
    """

    def __init__(
        self, home: Path, *, on_wait: Callable[[str], None] = lambda _: None, patience: float = PATIENCE
    ) -> None:
        self._home = home
        self._on_wait = on_wait
        self._patience = patience
        self._users: int | None = None
        self._pid = 0
        self._guard = threading.Lock()
        util.register_after_fork(self, Embedded._forget)  # a worker that outlives its command is no user

    def begin(self) -> None:
        """Become one of the server's users, and start it without waiting for it: whoever enters then does.

        One that is not there yet, or that crashed, is left to `enter`. Raises what that does.
        """
        with self._guard, self._faults(), self._joined() as place:
            if place.data.exists() and postmaster.read_pid_file(place.data) is None:
                self._start_unless_others_do(place)

    def enter(self) -> str:
        """Start the server if nobody has, become one of its users, and return its libpq URL.

        Safe to call again: it starts a server that has died since. Raises BadCall for a home that cannot be made.
        """
        with self._guard, self._faults(), self._joined() as place:
            return self._ready(place)

    def leave(self) -> None:
        """Stop being a user; the last one asks the server to stop and does not wait for it."""
        with self._guard, self._faults():
            _reap()
            if self._users is None or self._pid != os.getpid():
                return  # never entered, or a fork of the process that did: the lock is the parent's to give back
            self._give_back(where(self._home))

    def __enter__(self) -> str:
        return self.enter()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.leave()

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            if not os.path.isdir(self._home):  # noqa: PTH112 - Path.is_dir() raises where the home cannot be reached
                raise BadCall(
                    f"The home {self._home} cannot be made ({fault.filename}: {fault.strerror}): name another with "
                    "--home or LABELMILL_HOME."
                ) from fault
            raise StoreFault(
                f"The embedded database of {self._home} cannot be used: {fault}. Put that right and start again; "
                "nothing that was committed is lost."
            ) from fault

    @contextlib.contextmanager
    def _joined(self) -> Iterator[Place]:
        """As one of the users; no longer when what is done fails and it was none before."""
        place = where(self._home)
        prepare(place)
        fresh = self._users is None or self._pid != os.getpid()
        if fresh:
            self._forget()
            self._users, self._pid = self._join(place), os.getpid()
        try:
            yield place
        except Exception:
            if fresh:
                self._forget()
            raise
        except BaseException:  # interrupted: nobody else may know of the server that was just started
            if fresh:
                self._give_back(place)
            raise

    def _give_back(self, place: Place) -> None:
        if self._users is None:
            return
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # others are still there
        else:
            self._stop(place, self._users)
        finally:
            self._forget()

    def _forget(self) -> None:
        if self._users is not None:
            os.close(self._users)
        self._users = None

    def _join(self, place: Place) -> int:
        users = open_safely(place.folder / "users.lock", os.O_RDWR, place.account)
        try:
            if os.fstat(users).st_size < _MARK:
                os.pwrite(users, b" " * _MARK, 0)
            fcntl.flock(users, fcntl.LOCK_SH)  # waits at most for one who is just leaving as the last
        except BaseException:
            os.close(users)
            raise
        return users

    def _stop(self, place: Place, users: int) -> None:
        """Stop the server; who comes next reads the mark and knows, before the server itself has noticed."""
        server = postmaster.ready(place.data) or postmaster.find(place.data)
        if server:
            os.pwrite(users, _mark(server), 0)
            postmaster.interrupt(server.pid)
        else:
            for child in _running(place.data):
                postmaster.interrupt(child.pid)

    def _leaving(self, server: Postmaster) -> bool:
        return self._users is not None and os.pread(self._users, _MARK, 0) == _mark(server)

    def _ready(self, place: Place) -> str:
        _limit_log(place)
        server = postmaster.ready(place.data)
        if server and not self._leaving(server):
            return _url(place, server)
        start = open_safely(place.folder / "start.lock", os.O_RDWR, place.account)
        try:
            wait = _Wait(self._on_wait, self._patience)
            while not _locked(start):
                wait.for_("another process that starts the database")
            return _url(place, self._started(place, wait))
        finally:
            os.close(start)

    def _started(self, place: Place, wait: "_Wait") -> Postmaster:
        """Bring the server up, whatever state it is in; under the start lock."""
        child: subprocess.Popen[bytes] | None = None
        since = 0
        while True:
            server = postmaster.ready(place.data)
            if server and not self._leaving(server):
                return server
            if child is not None and child.poll() is None:
                wait.for_("the database, which is starting (after a crash it recovers first)")
            elif server := postmaster.find(place.data):
                self._await_other(server, wait)
            elif child is not None:
                from labelmill.store import launch

                raise launch.failure(place, since)
            else:
                since = place.log.stat().st_size if place.log.exists() else 0
                child = self._start_if_alone(place, wait)
                if child is not None:
                    wait = _Wait(self._on_wait, self._patience)  # what came before is no part of the start

    def _start_unless_others_do(self, place: Place) -> None:
        start = open_safely(place.folder / "start.lock", os.O_RDWR, place.account)
        try:
            if not _locked(start) or postmaster.read_pid_file(place.data) is not None:
                return
            wait = _Wait(self._on_wait, self._patience)
            child = self._start_if_alone(place, wait)
            # until it has told its pid nobody else could stop it, or tell it from what a killed one left
            while child and child.poll() is None and postmaster.read_pid_file(place.data) is None:
                wait.for_("the database, which is starting")
        finally:
            os.close(start)

    def _await_other(self, server: Postmaster, wait: "_Wait") -> None:
        if self._leaving(server) or postmaster.is_deaf(server):
            if server.status != "stopping":
                postmaster.interrupt(server.pid)  # again, should the one who left have been killed in between
            wait.for_("the database to finish stopping")
        else:
            wait.for_("the database, which is starting (after a crash it recovers first)")

    def _start_if_alone(self, place: Place, wait: "_Wait") -> "subprocess.Popen[bytes] | None":
        alive = open_safely(place.folder / "alive.lock", os.O_RDWR, place.account)
        try:
            folders = (place.data, place.folder / "data.new")
            crashed = postmaster.read_pid_file(place.data) is not None
            if _locked(alive) and not (crashed and any(postmaster.survivors(*folders))):
                return self._start(place, alive)
            if wait.since() > _ORPHANS_MAY_TAKE:
                for pid in postmaster.survivors(*folders):
                    postmaster.quit_now(pid)
            wait.for_("what is left of a database that was killed (or for one that runs in another container)")
            return None
        finally:
            os.close(alive)

    def _start(self, place: Place, alive: int) -> "subprocess.Popen[bytes]":
        from labelmill.store import launch  # here, because a warm start does without

        _reap()
        programs = launch.binaries(place.account)
        if not place.data.exists():
            self._on_wait("Making the database (once).")
            launch.initialise(place, programs, alive, self._patience)
        elif (seen := postmaster.read_pid_file(place.data)) is not None:
            postmaster.remove_pid_file(place.data, seen)
        child = launch.start(place, programs, alive)
        _children[child] = place.data
        return child


class _Wait:
    """Waiting with a line for people about once a second, and an end to it."""

    def __init__(self, on_wait: Callable[[str], None], patience: float) -> None:
        self._on_wait, self._patience = on_wait, patience
        self._began = time.monotonic()
        self._told = 0

    def since(self) -> float:
        return time.monotonic() - self._began

    def for_(self, what: str) -> None:
        if self.since() > self._patience:
            raise StoreFault(
                f"Waited {self.since():.0f} s for {what}. Nothing was stopped and nothing is lost: try again later."
            )
        if int(self.since()) > self._told:
            self._told = int(self.since())
            self._on_wait(f"Waiting for {what}: {self._told} s.")
        time.sleep(0.005 if self.since() < 1 else 0.05)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _mark(server: Postmaster) -> bytes:
    return f"{server.pid} {server.started}".encode().ljust(_MARK)


def _url(place: Place, server: Postmaster) -> str:
    try:
        password = place.password.read_text(encoding="ascii")
    except FileNotFoundError:
        raise StoreFault(
            f"{place.password} is gone, and with it the password of the database in {place.data}. Bring it back."
        ) from None
    return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={server.sockets}"


def _limit_log(place: Place) -> None:
    if place.log.exists() and place.log.stat().st_size > postmaster.LOG_LIMIT:
        from labelmill.store import launch

        os.close(launch.open_log(place))


def _running(data: Path) -> "list[subprocess.Popen[bytes]]":
    return [child for child, folder in _children.items() if folder == data and child.poll() is None]


def _reap() -> None:
    for child in [child for child in _children if child.poll() is not None]:
        del _children[child]
