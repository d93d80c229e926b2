"""Worlds: see tests/world.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scratch import Scratch
from world import World, make_world

from labelmill.store.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """A world of one's own."""
    made = make_world(database, tmp_path / "home")
    with made.client:
        yield made


@pytest.fixture(scope="module")
def shared_world(_scratch: Scratch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for the tests of a file, which leave what is in it alone and make their own things."""
    with _scratch.database() as url:
        database = Database(url)
        try:
            made = make_world(database, tmp_path_factory.mktemp("world") / "home")
            with made.client:
                yield made
        finally:
            database.close()
