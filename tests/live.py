"""A server as one meets it from outside: the real application on a socket, a real worker beside it, a token."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from mill import Mill, until
from world import app_of

from labelmill import Client
from labelmill.flows import sign_in
from labelmill.server.serve import Server
from labelmill.server.site import Site
from labelmill.store import persons, projects
from labelmill.store.database import Database
from labelmill.store.media import Media


@dataclass(frozen=True)
class Live:
    """Where the server is, and the tokens of its owner and of somebody else."""

    address: str
    token: str
    other: str
    home: Path

    def client(self) -> Client:
        return Client(self.address, self.token)


@contextmanager
def listening(database: Database, home: Path) -> Iterator[str]:
    """The application on a free port of this machine; its address."""
    home.mkdir(parents=True, exist_ok=True)
    app = app_of(Site(database, home, Media(home / "media", max_bytes=10_000_000)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(app)
        thread = threading.Thread(target=server.run, args=([taken],))
        thread.start()
        try:
            until(lambda: server.started)
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def tokens(database: Database) -> tuple[str, str]:
    """Of the owner of this machine, and of somebody who owns nothing."""
    with database.begin() as conn:
        people = [projects.owner(conn), persons.make(conn, "somebody else") or 0]
        owner, other = (sign_in.access_token(conn, person_id, "tests", None)[0] for person_id in people)
    return owner, other


@pytest.fixture
def live(tmp_path_factory: pytest.TempPathFactory, database: Database, database_url: str) -> Iterator[Live]:
    """A server on an empty database, and a worker for its tasks."""
    home = tmp_path_factory.mktemp("server")
    worker = Mill(home, database_url)
    with listening(database, home) as address:
        worker.start("worker")
        try:
            yield Live(address, *tokens(database), home)
        finally:
            worker.clear()


@pytest.fixture(params=["here", "there"])
def either(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Mill]:
    """The command on this machine, and through a server: what it says has to be the same."""
    mill = Mill(tmp_path / "home", database_url)
    if request.param == "there":
        live: Live = request.getfixturevalue("live")
        mill = Mill(tmp_path / "home", settings={"LABELMILL_SERVER": live.address, "LABELMILL_TOKEN": live.token})
    yield mill
    mill.clear()
