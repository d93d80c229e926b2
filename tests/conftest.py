"""What all tests share: a home, an empty prepared database, and the models and data to test with."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from scratch import Scratch

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

# a suite that was started in the background has SIGINT ignored, and so would every command that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` has the walks of the demo write the pictures that the documents show; `--count-in`: see below."""
    parser.addoption("--pictures", action="store_true", help="write docs/images anew")
    counted = "have --cov count lines in tests of this folder alone; more than once for several"
    parser.addoption("--count-in", metavar="FOLDER", action="append", default=[], help=counted)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count lines only where that is wanted: all Python that runs while they are counted takes half as long again."""
    counted = tuple(item.config.getoption("--count-in"))
    counter = getattr(item.config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
    if counted and counter and counter.started != item.nodeid.startswith(counted):
        (counter.pause if counter.started else counter.resume)()
    return (yield)


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


@pytest.fixture(scope="session")
def _scratch() -> Iterator[Scratch]:
    """One PostgreSQL for all tests of this process.

    It writes nothing through to the disk: what a power cut would do to it does not matter, and it is quicker.
    """
    with _home() as path, contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                patch.setitem(launch.SETTINGS, name, "off")
            url = stack.enter_context(Embedded(path))
        yield Scratch(url)


@pytest.fixture
def database_url(_scratch: Scratch) -> Iterator[str]:
    """The URL of an empty, prepared database, as for `LABELMILL_DATABASE_URL`."""
    with _scratch.database() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, prepared database."""
    made = Database(database_url)
    yield made
    made.close()
