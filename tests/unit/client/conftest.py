"""A client of a real server; with `live` instead of `served` a worker runs its tasks, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live, listening, tokens
from live import live as live

from labelmill import Client
from labelmill.store.database import Database


@pytest.fixture
def served(tmp_path: Path, database: Database) -> Iterator[Live]:
    """A server without a worker."""
    with listening(database, tmp_path / "server") as address:
        yield Live(address, *tokens(database), tmp_path / "server")


@pytest.fixture
def client(served: Live) -> Iterator[Client]:
    """Its owner's client."""
    with served.client() as client:
        yield client


@pytest.fixture
def project(client: Client) -> int:
    """The id of a project of the owner's."""
    return client.projects.create("mine")["id"]
