"""What can be known of a PostgreSQL server from outside: its pid file, its process, and whether it answers.

Cheap to import and to ask: every command asks it first.
"""

import contextlib
import os
import signal
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelmill.core.errors import StoreFault

if TYPE_CHECKING:
    import psutil

DATABASE = "labelmill"
ROLE = "labelmill"
PORT = 5432
LOG_LIMIT = 10 * 1024 * 1024
_PROTOCOL = 196608  # 3.0
_CANNOT_CONNECT_NOW = b"C57P03\0"
_CLOCK_SLACK = 5.0  # seconds; the kernel's start times and the wall clock round differently


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    started: int
    sockets: Path
    status: str


def read_pid_file(data: Path) -> bytes | None:
    """The bytes of the pid file, None if there is none."""
    try:
        return (data / "postmaster.pid").read_bytes()
    except FileNotFoundError:
        return None


def parse(text: bytes) -> Postmaster | None:
    """Read a pid file: pid, data folder, start, port, socket folder, address, key, status; None if it is incomplete."""
    lines = text.decode(errors="replace").splitlines()
    if len(lines) < 5 or not (lines[0].isdecimal() and lines[2].isdecimal()):
        return None
    return Postmaster(int(lines[0]), int(lines[2]), Path(lines[4]), lines[7].strip() if len(lines) > 7 else "starting")


def said(data: Path) -> Postmaster | None:
    """What the pid file says, whether it is true or not."""
    text = read_pid_file(data)
    return parse(text) if text else None


def find(data: Path) -> Postmaster | None:
    """The postmaster that runs on this data folder.

    The pid may have gone to another process since, even to one of the same account: it has to be a postgres in our data
    folder that is not younger than its pid file. Where the clock was set in between, an answer settles it.
    """
    import psutil  # here, because a warm start does without and it takes 20 ms to import

    server = said(data)
    if server is None:
        return None
    try:
        process = psutil.Process(server.pid)
        if not _is_postgres_in(process, data) or process.cmdline()[0].startswith("postgres: "):
            return None  # the second: a backend that outlived its postmaster
        created = process.create_time()
    except (psutil.NoSuchProcess, psutil.AccessDenied, IndexError):
        return None  # gone, a zombie, or another account's: not the server of a folder that only its account can enter
    return server if created <= server.started + _CLOCK_SLACK or answers(server.sockets) else None


def ready(data: Path) -> Postmaster | None:
    """The postmaster of this data folder if it takes connections now."""
    server = said(data)
    # Asked only when it says so: every question that comes too early is a line in the log.
    return server if server and server.status == "ready" and answers(server.sockets) else None


def _is_postgres_in(process: "psutil.Process", *folders: Path) -> bool:
    return process.name().startswith("postgres") and process.cwd() in {os.path.realpath(folder) for folder in folders}


def survivors(*folders: Path) -> Iterator[int]:
    """The ids of all postgres processes that work in these folders."""
    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # ended meanwhile, or not of our account
            if _is_postgres_in(process, *folders):
                yield process.pid


def answers(sockets: Path, timeout: float = 1.0) -> bool:
    """Whether a server behind this socket folder takes connections now (what `pg_isready` asks).

    It is asked as a client would, up to the question for the password; a server that is starting or stopping answers
    SQLSTATE 57P03. A server that is full says so too: it runs.
    """
    hello = f"user\0{ROLE}\0database\0{DATABASE}\0\0".encode()
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(timeout)
        try:
            line.connect(str(sockets / f".s.PGSQL.{PORT}"))
            line.sendall(struct.pack("!ii", len(hello) + 8, _PROTOCOL) + hello)
            reply = line.recv(4096)
        except OSError:
            return False  # nobody listens, or nobody is able to answer: the caller asks why
    return reply[:1] == b"R" or (reply[:1] == b"E" and _CANNOT_CONNECT_NOW not in reply)


def is_deaf(server: Postmaster) -> bool:
    """Whether its socket was deleted (a cleaner of temporary folders): it runs, but nobody can reach it any more."""
    path = server.sockets / f".s.PGSQL.{PORT}"
    if server.status != "ready" or path.exists():
        return False
    if Path(f"/proc/{server.pid}/root{path}").exists():
        raise StoreFault(
            f"The database runs (process {server.pid}), but with a temporary folder of its own, where {path} cannot be "
            "reached from here: a service with PrivateTmp, or a container. Work from there, or stop that first."
        )
    return True


def interrupt(pid: int) -> None:
    """Ask for a fast shutdown: sessions end, what is committed is written, the server goes."""
    with contextlib.suppress(ProcessLookupError):  # it went by itself
        os.kill(pid, signal.SIGINT)


def quit_now(pid: int) -> None:
    """End a server process that lost its postmaster, as the postmaster does after a crash; recovery follows."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)


def remove_pid_file(data: Path, seen: bytes) -> None:
    """Remove the pid file of a server that is gone, unless it was replaced since it was read.

    PostgreSQL does this itself unless the pid now belongs to another process of the account or the file is incomplete.
    """
    path, aside = data / "postmaster.pid", data / "postmaster.pid.stale"
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    if aside.read_bytes() != seen:
        aside.rename(path)
    else:
        aside.unlink()
