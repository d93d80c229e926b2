"""Commands without the time that importing takes: forked from a process that has imported Labelmill once.

What is forked is a process like any other that runs `python -m labelmill`: its own session, environment and streams.
It is a child of a keeper, which tells how it ended, and not of the tests. `python forge.py FD` is that first process.
"""

import atexit
import fcntl
import importlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import util
from pathlib import Path
from select import select
from typing import IO

_IMPORTED = (
    "labelmill.cli.local",
    "labelmill.cli.remote",
    "labelmill.cli.server",
    "labelmill.cli.up",
    "labelmill.client",
    "labelmill.models.onnx",
    "procrastinate",
    "rich.progress",
)
_HIRING = ("annotate", "tasks", "worker")
"""Commands that may need worker processes beside those that they forked early."""

_BORN_WITH = dict(os.environ)
_MOST = 2**18
"""Bytes of a request: arguments and environment."""


class Process:
    """A command, with what tests need of `subprocess.Popen`; its streams are pipes of text."""

    def __init__(self, args: Sequence[str], env: Mapping[str, str]) -> None:
        self.args = [*args]
        self.returncode: int | None = None
        (its_in, to_in), (from_out, its_out), (from_err, its_err) = os.pipe(), os.pipe(), os.pipe()
        self._line, kept = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = json.dumps({"args": self.args, "env": dict(env), "cwd": str(Path.cwd())}).encode()
        socket.send_fds(_forge(), [request], [its_in, its_out, its_err, kept.fileno()])
        kept.close()
        for end in (its_in, its_out, its_err):
            os.close(end)
        self.stdin: IO[str] = os.fdopen(to_in, "w")
        self.stdout: IO[str] = os.fdopen(from_out)
        self.stderr: IO[str] = os.fdopen(from_err)
        self._said: dict[str, str] = {}
        self._readers: list[threading.Thread] = []
        self.pid = int(self._line.recv(16))

    def poll(self) -> int | None:
        """The exit status, minus the signal that killed it; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end."""
        if self.returncode is None:
            if not select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._line.recv(16))
            self._line.close()  # from now on its number may be another's
        return self.returncode

    def communicate(self, said: str | None = None, timeout: float | None = None) -> tuple[str, str]:
        """Type something, and wait for the end; all that it wrote and that was not read yet."""
        if not self._readers:
            self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in _OUT]
            for reader in self._readers:
                reader.start()
        with suppress(BrokenPipeError, ValueError):  # it did not wait for that, or was told before
            self.stdin.write(said or "")
            self.stdin.close()
        for reader in self._readers:
            reader.join(timeout)
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(timeout)
        return self._said["stdout"], self._said["stderr"]

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read(self, name: str) -> None:
        with getattr(self, name) as stream:
            self._said[name] = stream.read()


_OUT = ("stdout", "stderr")


def fits(env: Mapping[str, str]) -> bool:
    """Whether a command with this environment may be forked: what Python reads at its start is as it is here."""
    start = [{k: v for k, v in one.items() if k.startswith(("PYTHON", "LC_", "LANG"))} for one in (env, _BORN_WITH)]
    return sys.platform == "linux" and start[0] == start[1]


@cache
def _forge() -> socket.socket:
    """The line to the first process, which ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, __file__, str(theirs.fileno())]
        first = subprocess.Popen(command, env=_BORN_WITH, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    atexit.register(first.wait)
    atexit.register(ours.close)  # before that: it ends when nobody can ask any more
    return ours


def _serve(line: socket.socket) -> None:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as labelmill.__main__, before ONNX Runtime is imported
    for name in _IMPORTED:
        importlib.import_module(name)
    while True:
        request, streams, _, _ = socket.recv_fds(line, _MOST, 4)
        _bury()
        if not request:
            return
        if os.fork() == 0:
            line.close()
            _keep(request, *streams)
        for stream in streams:
            os.close(stream)


def _bury() -> None:
    """Take leave of the keepers that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(request: bytes, its_in: int, its_out: int, its_err: int, to: int) -> None:
    """Fork the command, tell its number, and how it ends; its number stays its own until that was heard."""
    pid = os.fork()
    if pid == 0:
        _command(json.loads(request), its_in, its_out, its_err)
    for stream in (its_in, its_out, its_err):
        os.close(stream)
    told = socket.socket(fileno=to)
    told.send(str(pid).encode())
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    with suppress(OSError):  # the tests are gone
        told.send(str(status).encode())
        told.recv(1)
    os._exit(0)


def _command(request: dict[str, object], *streams: int) -> None:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.closerange(3, 256)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    sys.argv = request["args"]  # type: ignore[assignment]
    random.seed()
    if sys.argv[1:2] and sys.argv[1] in _HIRING:
        _lend_a_server()
    from labelmill.__main__ import main

    main()


def _lend_a_server() -> None:
    """Fork what may become the fork server of this command's workers, as what is started anew imports all again.

    It is a child of the command, as one that was started would be, and called `forkserver`; it ends with the command.
    """
    line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        line.close()
        _serve_workers(theirs)
    theirs.close()
    usual = util.spawnv_passfds

    def start(path: bytes, args: list[str], fds: Sequence[int]) -> int:
        if line.fileno() < 0 or "forkserver" not in args[-1]:
            return usual(path, args, fds)
        socket.send_fds(line, [json.dumps([args[-1], *fds]).encode()], fds)
        line.close()
        return pid

    util.spawnv_passfds = start


def _serve_workers(line: socket.socket) -> None:
    Path("/proc/self/comm").write_text("forkserver")
    try:
        request, given, _, _ = socket.recv_fds(line, _MOST, 16)
        if request:
            line.close()
            program, *numbers = json.loads(request)
            aside = [fcntl.fcntl(fd, fcntl.F_DUPFD, 256) for fd in given]
            os.closerange(3, 256)
            for fd, number in zip(aside, numbers, strict=True):  # the program knows them by these
                os.dup2(fd, number)
                os.close(fd)
            exec(program, {})  # what would have come after `python -c`
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
