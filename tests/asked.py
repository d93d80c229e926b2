"""What tests of tasks over HTTP share: to ask as an admin, a model of the catalog, a task over texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mill import write_card
from world import Ids, World

from labelmill.core.role import Role
from labelmill.flows import catalog
from labelmill.models.base import Model
from labelmill.models.cards import read_card
from labelmill.models.catalog import load

LIMITS = {"lower": 0.5, "upper": 0.9}
SCORES = (0.95, 0.9, 0.7, 0.5, 0.3)


def at(ids: Ids) -> str:
    return f"/api/v1/projects/{ids['project_id']}/tasks"


def ask(world: World, method: str, path: str, status: int = 200, who: str = Role.ADMIN, **sent: Any) -> Any:
    """What is answered, which has to be of this status."""
    said = world.call(who, method, path, **sent)
    assert said.status_code == status, said.text
    return said.json() if said.content and "json" in said.headers["content-type"] else said


@pytest.fixture
def model(world: World, tmp_path: Path) -> Model:
    """A model of the catalog that says five spans of each text, and raises on those that say so."""
    said = [{"concept": "a" if i < 3 else "b", "score": s, "span": [0, i + 1]} for i, s in enumerate(SCORES)]
    rules = [{"text": "bad", "do": "raise"}, {"text": "nothing", "predictions": []}]
    path = write_card(tmp_path / "m.yaml", *rules, concepts=["a", "b"], makes="span", predictions=said)
    catalog.add(world.database, world.site.home, path)
    return load(read_card(path), floor=0.05)


def put_texts(world: World, ids: Ids, texts: Sequence[str]) -> None:
    for text in texts:
        said = {"text": f"{text}, a text", "name": text, "dataset_id": ids["dataset_id"]}
        ask(world, "POST", f"{at(ids).removesuffix('/tasks')}/texts", 201, json=said)


def make(world: World, ids: Ids, texts: Sequence[str] = ("one", "two", "nothing", "bad"), **said: Any) -> Any:
    """A task over texts."""
    put_texts(world, ids, texts)
    asked = {"model": "m", "dataset_id": ids["dataset_id"], "thresholds": LIMITS, **said}
    return ask(world, "POST", at(ids), 201, json=asked)
