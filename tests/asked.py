"""What tests of tasks over HTTP share: to ask as an admin, a task over texts by the model of the fixture `model`."""

from collections.abc import Sequence
from typing import Any

from world import Ids, World

from labelmill.core.role import Role

LIMITS = {"lower": 0.5, "upper": 0.9}


def at(ids: Ids) -> str:
    return f"/api/v1/projects/{ids['project_id']}/tasks"


def ask(world: World, method: str, path: str, status: int = 200, who: str = Role.ADMIN, **sent: Any) -> Any:
    """What is answered, which has to be of this status."""
    said = world.call(who, method, path, **sent)
    assert said.status_code == status, said.text
    return said.json() if said.content and "json" in said.headers["content-type"] else said


def put_texts(world: World, ids: Ids, texts: Sequence[str]) -> None:
    for text in texts:
        said = {"text": f"{text}, a text", "name": text, "dataset_id": ids["dataset_id"]}
        ask(world, "POST", f"{at(ids).removesuffix('/tasks')}/texts", 201, json=said)


def make(world: World, ids: Ids, texts: Sequence[str] = ("one", "two", "nothing", "bad"), **said: Any) -> Any:
    """A task over texts."""
    put_texts(world, ids, texts)
    asked = {"model": "m", "dataset_id": ids["dataset_id"], "thresholds": LIMITS, **said}
    return ask(world, "POST", at(ids), 201, json=asked)
