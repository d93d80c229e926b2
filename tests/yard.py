"""What the tests of the embedded PostgreSQL share: a home that every account can reach, and processes that use it."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from scratch import furnish

import labelmill
from labelmill.store import launch, place, postmaster
from labelmill.store.database import HEAD
from labelmill.store.embedded import Embedded, where

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="needs root, to have a second account")

PRELUDE = """
import sys, pathlib
from labelmill.store import place
place.SHARED = pathlib.Path(sys.argv[2])
place.TEMPORARY = (pathlib.Path(sys.argv[3]),)
from labelmill.store.embedded import Embedded, where
home = pathlib.Path(sys.argv[1])
def say(*words): print(*words, flush=True)
say("go")
"""
USER = "base = Embedded(home); say(base.enter()); sys.stdin.readline(); base.leave(); say('left'); sys.stdin.readline()"
STRESS = """
import psycopg, random
for _ in range(12):
    with Embedded(home) as url, psycopg.connect(url) as line:
        line.execute("SELECT 1")
say("done")
"""


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return value


def ask(url: str, sql: str = "SELECT 1") -> Any:
    with psycopg.connect(url, autocommit=True) as line:
        found = line.execute(sql)
        return found.fetchone()[0] if found.description else None


def python_for_all() -> str:
    """A Python of this version that any account can run."""
    nobody = place.Account("nobody", 65534, 65534, switch=True)
    here = Path(sys.executable).resolve()
    there = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if place.reaches(here, nobody):
        return sys.executable
    if there is None or not place.reaches(Path(psutil.__file__).parent, nobody):
        pytest.skip("NOT TESTED as another account: it can reach neither this Python nor these packages")
    return there


@dataclass
class Yard:
    """A home to test with, which every account can reach, and all that was started in it."""

    base: Path
    prepared: Path
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.base / "home"

    def stopped(self) -> place.Place:
        """The home with a prepared database that does not run."""
        furnish(self.home, self.prepared)
        return where(self.home)

    def spawn(self, code: str = USER, account: str | None = None, wrap: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        paths = [str(Path(module.__file__ or "").parents[1]) for module in (labelmill, psycopg)]
        python = python_for_all() if account else sys.executable
        switch = {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []} if account else {}
        child = subprocess.Popen(
            [*wrap, python, "-c", PRELUDE + code, str(self.home), self.shared, str(self.temporary)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join(paths), "HOME": str(self.base), "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
            **switch,
        )
        self.children.append(child)
        assert hear(child) == "go"
        return child

    @property
    def temporary(self) -> Path:
        return self.base / "s"

    @property
    def shared(self) -> str:
        return str(self.base / "shared")

    def processes(self) -> list[psutil.Process]:
        """Everything of PostgreSQL that works in this yard, initdb too."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() in ("postgres", "initdb") and process.cwd().startswith(str(self.base)):
                    found.append(process)
        return found

    def kill(self) -> None:
        """Kill all that works here and wait until it is gone; what ends by itself meanwhile is as good."""
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        until(lambda: not self.processes())

    def clear(self) -> None:
        for child in self.children:
            child.kill()
            child.communicate()
        self.kill()
        shutil.rmtree(self.base)


def hear(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def tell(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("\n")
    child.stdin.flush()


@pytest.fixture
def yard(monkeypatch: pytest.MonkeyPatch, prepared_database: Path) -> Iterator[Yard]:
    base = Path(tempfile.mkdtemp(prefix="lm-")).resolve()
    base.chmod(0o755)
    yard = Yard(base, prepared_database)
    for folder in (yard.temporary, base / "t"):
        folder.mkdir()
        folder.chmod(0o1777)
    monkeypatch.setattr(place, "TEMPORARY", (yard.temporary,))
    monkeypatch.setattr(place, "SHARED", Path(yard.shared))
    monkeypatch.setenv("TMPDIR", str(base / "t"))
    yield yard
    yard.clear()


def pid_of(home: Path) -> int:
    server = postmaster.find(where(home).data)
    assert server
    return server.pid


def gone(home: Path) -> bool:
    return postmaster.find(where(home).data) is None


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def keeps(home: Path) -> bool:
    """Whether a database that was prepared once still is."""
    with Embedded(home) as url:
        return ask(url, "SELECT version_num FROM alembic_version") == HEAD


def as_account(command: list[str], lies: place.Place, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=lies.data, **launch._as(lies.account), **more)
