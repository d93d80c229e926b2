"""Worlds: see tests/world.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mill import write_card
from scratch import Scratch
from world import World, make_world

from labelmill.flows import catalog
from labelmill.models.base import Model
from labelmill.models.cards import read_card
from labelmill.models.catalog import load
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


@pytest.fixture
def model(world: World, tmp_path: Path) -> Model:
    """A model of the catalog that says five spans of each text, and raises on those that say so."""
    said = [
        {"concept": "a" if i < 3 else "b", "score": s, "span": [0, i + 1]}
        for i, s in enumerate((0.95, 0.9, 0.7, 0.5, 0.3))
    ]
    rules = [{"text": "bad", "do": "raise"}, {"text": "nothing", "predictions": []}]
    path = write_card(tmp_path / "m.yaml", *rules, concepts=["a", "b"], makes="span", predictions=said)
    catalog.add(world.database, world.site.home, read_card(path))
    return load(read_card(path), floor=0.05)
