"""What all tests share: a home, an empty prepared database, and the models and data to test with."""

import contextlib
import gc
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from scratch import Scratch, furnish

from labelmill.core.errors import StoreFault
from labelmill.store import embedded, launch, postmaster
from labelmill.store.database import Database
from labelmill.store.embedded import Embedded, where

SHARED = Path(__file__).parents[2] / "shared"

# how long an example takes says more about who else uses the machine
settings.register_profile("labelmill", deadline=None)
settings.load_profile("labelmill")

# a person's Python keeps what it compiled; without that every command of the tests would compile all of Labelmill
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_ROOM = 4 * 2**30
"""Bytes of memory that have to be free for what tests write: on a disk that costs three times as much CPU."""


def _write_to_memory() -> None:
    memory = Path("/dev/shm")
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    there = os.statvfs(memory)
    if there.f_bavail * there.f_frsize > _ROOM and not there.f_flag & os.ST_NOEXEC:  # some run what they copied
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None


_write_to_memory()

# a suite that was started in the background has SIGINT ignored, and so would every command that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` has the walks of the demo write the pictures that the documents show."""
    parser.addoption("--pictures", action="store_true", help="write docs/images anew")


_LONG = ("tests/e2e/", "tests/flows/", "tests/unit/cli/")
"""Folders of long tests: they begin first, so that no process works alone at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have each process begin with a folder of long tests of its own, so those share what is made once for a process.

    pytest-xdist gives each process as many of the tests, in their order, and what one has left to others that have not.
    """
    count = getattr(config, "workerinput", {}).get("workercount", 1)
    begin: list[list[pytest.Item]] = [[] for _ in range(count)]
    for i, folder in enumerate(_LONG):
        begin[i % count] += [item for item in items if item.nodeid.startswith(folder)]
    rest = [item for item in items if not item.nodeid.startswith(_LONG)]
    left, ordered = len(items), []
    for i, first in enumerate(begin):
        more = max(0, left // (count - i) - len(first))
        ordered += first + rest[:more]
        left -= len(first) + more
        del rest[:more]
    items[:] = ordered + rest


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end: to look through it for garbage again and again took a twentieth of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_report_header() -> list[str]:
    """Say at the top when there is nothing to test real models and data with, or no PyTorch to train with."""
    lacking = [name for name in ("models", "data") if not (SHARED / name).is_dir()]
    said = [f"NOT TESTED FOR WANT OF DATA: no {SHARED / name}; tests that need it are skipped" for name in lacking]
    if find_spec("torch") is None:
        said.append("NOT TESTED FOR WANT OF PYTORCH: that the same scenes give the same weights (the extra `train`)")
    return said


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.is_dir():
        pytest.skip(f"SKIPPED FOR WANT OF DATA: {path} is not there, so this was not tested")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data sets to test with; skips the test, saying so, where there is none."""
    return _shared("data")


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """The folder of model weights to test with; skips the test, saying so, where there is none."""
    return _shared("models")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("LABELMILL_")]:
        monkeypatch.delenv(name)


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """A home that every account can reach (as root PostgreSQL runs as another one); removed once its server is gone."""
    base = Path(tempfile.mkdtemp(prefix="lm-")).resolve()
    base.chmod(0o755)
    home = base / "home"
    try:
        yield home
    finally:
        _stop(home)
        shutil.rmtree(base, ignore_errors=True)


def _stop(home: Path) -> None:
    """See the embedded database of a home gone, and what it kept elsewhere."""
    try:
        place = where(home)
    except StoreFault:
        return  # a test broke this home on purpose; it has no server
    deadline = time.monotonic() + 30
    while server := postmaster.find(place.data):
        if time.monotonic() > deadline - 25:
            postmaster.interrupt(server.pid)  # its user was killed before it could leave
        assert time.monotonic() < deadline, f"the database of {home} does not stop"
        time.sleep(0.02)
    embedded._reap()  # the server is this process's child when this process was the first to need it
    if place.elsewhere:
        shutil.rmtree(place.folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """The path of a home that is not there yet. A server that a test starts in it is stopped and removed."""
    with _home() as path:
        yield path


@contextlib.contextmanager
def _quick(home: Path) -> Iterator[str]:
    """The database of a home, which writes nothing through to the disk: no test is about a power cut."""
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                patch.setitem(launch.SETTINGS, name, "off")
            url = stack.enter_context(Embedded(home))
        yield url


@pytest.fixture(scope="session")
def prepared_database() -> Iterator[Path]:
    """The folder of a home's database with the schema, which is stopped: made once by this process, to be copied."""
    with _home() as path:
        with _quick(path) as url, contextlib.closing(Database(url)) as database:
            database.prepare()
        _stop(path)
        yield where(path).folder


@pytest.fixture(scope="session")
def _scratch(prepared_database: Path) -> Iterator[Scratch]:
    """One PostgreSQL for all tests of this process."""
    with _home() as path:
        furnish(path, prepared_database)
        with _quick(path) as url:
            yield Scratch(url)


@pytest.fixture
def database_url(_scratch: Scratch) -> Iterator[str]:
    """The URL of an empty, prepared database, as for `LABELMILL_DATABASE_URL`."""
    with _scratch.database() as url:
        yield url


@pytest.fixture(scope="session")
def _opened() -> Callable[[str], Database]:
    """The database of a URL: who gets the same URL later gets it with the statements that it has compiled."""
    return cache(Database)


@pytest.fixture
def database(database_url: str, _opened: Callable[[str], Database]) -> Iterator[Database]:
    """An empty, prepared database."""
    opened = _opened(database_url)
    yield opened
    opened.close()
