"""labelmill up: database, server and worker, started together, watched, and stopped together."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from labelmill.cli import shared
from labelmill.cli.home import opened
from labelmill.cli.listen import PORT, Host, Port, is_private
from labelmill.core.errors import StoreFault
from labelmill.flows import sign_in
from labelmill.settings import Settings
from labelmill.store import postmaster, projects
from labelmill.store.database import Database
from labelmill.store.embedded import Embedded, where

TOKEN_LASTS = timedelta(minutes=15)

_STOPPING = 15.0
"""Seconds that a process gets to stop by itself."""

_LOOK = 1.0
"""Seconds between looks for the database, and for who comes in."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_STEADY = 60.0
"""Seconds after which a process that ends is no longer one that cannot start."""

_ENDS_IN_A_ROW = 5


def command(host: Host = "127.0.0.1", port: Port = PORT, home: shared.Home = None) -> int:
    """Start all of Labelmill, print where it is, and run until Ctrl-C or SIGTERM."""
    return run(Settings.from_environment(home=home), host, port)


def run(settings: Settings, host: str, port: int, prepare: Callable[[Database], str] = lambda _: "") -> int:
    """As the command does; `prepare` has the database before anybody is told where to go. The exit status.

    When `prepare` names a page, signing in leads there, and work begins only then: one sees all of it.
    """
    ends: queue.Queue[tuple[_Child, int]] = queue.Queue()
    told = {"LABELMILL_HOME": str(settings.home), "LABELMILL_DATABASE_URL": settings.database_url}
    server = _Child("server", ["--host", host, "--port", str(port)], told, ends)
    worker = _Child("worker", [], told, ends)
    with _stopping(server, worker):
        server.start()  # imports while the database starts here
        # stopped before the database is left: one that has to be killed does not ask it to stop, and this one then does
        with opened(settings) as database, _stopping(server, worker):
            place = server.line()
            if not place:
                return server.status()  # it has said why
            server.args = ["--host", host, "--port", str(urlsplit(place).port)]
            page = prepare(database)
            door = _Door(database, worker)
            if not page:
                door.open()
            print(f"Labelmill is at {place}", flush=True)
            if is_private(host, settings):
                to = f"?to={page}" if page else ""
                print(f"Sign in once, within 15 minutes: {place}/sign-in{to}#token={_token(database)}", flush=True)
            elif urlsplit(place).scheme == "http" and not settings.hosts:
                shared.tell("Passwords travel unencrypted to this address: put a proxy with TLS before it.")
            return _watch(ends, _Keeper(settings), door)


@contextmanager
def _stopping(*children: "_Child") -> Iterator[None]:
    try:
        yield
    finally:
        for child in children:
            child.stop()


class _Keeper:
    """Has the embedded database started again when it died; one's own is somebody else's to keep."""

    def __init__(self, settings: Settings) -> None:
        self._database = None if settings.database_url else Embedded(settings.home, on_wait=shared.tell)
        self._data = where(settings.home).data
        self._told = ""

    def look(self) -> None:
        """Start it if it is not there; what hinders that is told once."""
        if self._database is None or postmaster.ready(self._data) is not None:
            return
        try:
            self._database.enter()
            self._database.leave()  # who opened it is still its user
            self._told = ""
        except StoreFault as fault:
            if str(fault) != self._told:
                self._told = str(fault)
                shared.tell(self._told)


class _Door:
    """Keeps the worker from starting until somebody came in by the address that was printed, or can no longer."""

    def __init__(self, database: Database, worker: "_Child") -> None:
        self._database = database
        self._worker = worker
        self._is_open = False

    def look(self) -> None:
        """Open it if they have come."""
        if self._is_open:
            return
        try:
            with self._database.begin() as conn:
                awaited = sign_in.is_awaited(conn, projects.owner(conn))
        except StoreFault:
            return  # the database is being started again: the next look will tell
        if not awaited:
            self.open()

    def open(self) -> None:
        """Have the worker start."""
        self._is_open = True
        self._worker.start()


def _watch(ends: "queue.Queue[tuple[_Child, int]]", database: _Keeper, door: _Door) -> int:
    """Start again what ends, until the server cannot be kept up; the exit status then."""
    while True:
        try:
            child, status = ends.get(timeout=_LOOK)
        except queue.Empty:
            database.look()
            door.look()
            continue
        pause = child.pause()
        if child.name == "server" and child.failures >= _ENDS_IN_A_ROW:
            shared.tell(f"The server ended {child.failures} times in a row, at last with status {status}: giving up.")
            return 1
        shared.tell(f"The {child.name} ended with status {status}: it is started again in {pause:g} s.")
        threading.Timer(pause, child.start).start()


def _token(database: Database) -> str:
    with database.begin() as conn:
        return sign_in.one_time_token(conn, projects.owner(conn), TOKEN_LASTS)


class _Child:
    """A process that is started again when it ends; `told` is its environment beside ours, `ends` hears of each end."""

    def __init__(
        self, name: str, args: Sequence[str], told: Mapping[str, str], ends: "queue.Queue[tuple[_Child, int]]"
    ) -> None:
        self.name = name
        self.args = args
        self._told = told
        self.failures = 0
        self._ends = ends
        self._process: subprocess.Popen[str] | None = None
        self._since = 0.0
        self._stopped = False
        self._guard = threading.Lock()

    def start(self) -> None:
        """Start it, unless it shall stop by now."""
        with self._guard:
            if self._stopped:
                return
            self._since = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "labelmill.tied", self.name, *self.args],
                env={**os.environ, **self._told},
                stdin=subprocess.PIPE,  # closes when this process ends: then it ends, too
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C is for this process, which then stops it
            )
            threading.Thread(target=self._await, args=(self._process,), daemon=True).start()

    def line(self) -> str:
        """The first line it prints, without its end; empty when it ends without one."""
        assert self._process is not None and self._process.stdout is not None  # noqa: S101 - it was started
        return self._process.stdout.readline().strip()

    def status(self) -> int:
        """The exit status of one that ends by itself."""
        assert self._process is not None  # noqa: S101 - it was started
        return self._process.wait()

    def pause(self) -> float:
        """Seconds to wait before it is started again: more after each end that came soon."""
        self.failures = 1 if time.monotonic() - self._since > _STEADY else self.failures + 1
        return min(_FIRST_PAUSE * 2.0 ** (self.failures - 1), _LONGEST_PAUSE)

    def stop(self) -> None:
        """Have it stop, and see it gone; to be told again does no harm."""
        with self._guard:
            self._stopped = True
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _await(self, process: "subprocess.Popen[str]") -> None:
        status = process.wait()
        if not self._stopped:
            self._ends.put((self, status))
