"""Dataset versions: what is approved stays as it was, whatever happens to tasks and inputs afterwards."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from asked import ask, at, make
from made import work
from mill import rows
from world import Ids, World

from labelmill.core.role import Role
from labelmill.formats import jsonl
from labelmill.models.base import Model

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def versions(ids: Ids) -> str:
    return f"/api/v1/projects/{ids['project_id']}/datasets/{ids['dataset_id']}/versions"


def exported(world: World, ids: Ids, version: Any) -> dict[str, int]:
    """Approved annotations by source."""
    said = world.call(Role.VIEWER, "GET", f"{versions(ids)}/{version['id']}/export?format=jsonl")
    records = list(jsonl.read(said.content.splitlines()))
    assert said.headers["x-labelmill-records"] == str(len(records))
    assert {one.status for record in records for one in record.annotations} <= {"success"}
    return {record.source: len(record.annotations) for record in records}


def test_a_version_holds_what_is_through_and_tells_what_it_leaves_out(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, thresholds={"lower": 0.9, "upper": 0.9}, labelers=[])
    path = f"{at(ids)}/{task['id']}/versions"
    assert "Nothing" in ask(world, "POST", path, 409, json={})["error"]["message"]
    work(world.database, task["id"], model)
    first = ask(world, "POST", path, 201, json={})
    assert (first["number"], first["inputs"], first["annotations"]) == (1, 3, 4)
    assert (first["left_out"], first["task_id"], first["created_by"]) == ({"inputs": 1}, task["id"], "the admin")
    assert exported(world, ids, first) == {"one": 2, "two": 2, "nothing": 0}
    with world.database.begin() as conn:
        one = "(SELECT min(input_id) FROM annotation)"
        conn.execute(sa.text(f"UPDATE annotation SET status = 'rejected' WHERE input_id = {one}"))
        conn.execute(sa.text(f"UPDATE ledger SET work = 'review' WHERE input_id <> {one} AND annotated"))
        conn.execute(sa.text("UPDATE ledger SET work = 'labeled' WHERE outcome = 'failed'"))
    second = ask(world, "POST", path, 201, json={})
    assert (second["number"], second["inputs"], second["annotations"]) == (2, 3, 0)
    assert second["left_out"] == {"rejected": 2, "success": 2, "inputs": 1}
    assert exported(world, ids, first) == {"one": 2, "two": 2, "nothing": 0}
    assert exported(world, ids, second) == {"one": 0, "nothing": 0, "bad": 0}
    (dataset,) = ask(world, "GET", f"{at(ids).removesuffix('/tasks')}/datasets", who=Role.VIEWER)["items"]
    assert (dataset["id"], dataset["tasks"], dataset["versions"]) == (ids["dataset_id"], 1, 2)
    listed = ask(world, "GET", f"{versions(ids)}?limit=1", who=Role.VIEWER)
    assert (listed["items"], listed["next"]) == ([second], str(second["id"]))
    assert ask(world, "GET", f"{versions(ids)}?after={listed['next']}")["items"] == [first]
    assert "texts" in ask(world, "GET", f"{versions(ids)}/{first['id']}/export?format=coco", 422)["error"]["message"]
    ask(world, "POST", path, 403, who=Role.REVIEWER, json={})


def test_a_version_outlives_its_task_and_its_inputs(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, ["one", "two"], thresholds={"lower": 0.4, "upper": 0.4}, mapping={"a": "cloth"})
    work(world.database, task["id"], model)
    version = ask(world, "POST", f"{at(ids)}/{task['id']}/versions", 201, json={})
    before = exported(world, ids, version)
    assert before == {"one": 4, "two": 4}
    home = f"/api/v1/projects/{ids['project_id']}"
    ask(world, "DELETE", f"{at(ids)}/{task['id']}?annotations=delete", 204)
    every = [one["id"] for one in ask(world, "GET", f"{home}/inputs")["items"]]
    ask(world, "POST", f"{home}/inputs/delete", json={"ids": every})
    assert exported(world, ids, version) == before
    assert rows(world.database, "SELECT count(*) FROM leftover") == [2]
    assert "a version" in ask(world, "DELETE", versions(ids).removesuffix("/versions"), 409)["error"]["message"]
    ask(world, "DELETE", f"{versions(ids)}/{version['id']}", 204)
    for table in ("leftover", "version_input", "version_annotation"):
        assert rows(world.database, f"SELECT count(*) FROM {table}") == [0]
    ask(world, "DELETE", versions(ids).removesuffix("/versions"), 204)
    told = rows(world.database, "SELECT operation FROM activity ORDER BY id")
    assert [one for one in told if "version" in one] == ["create_version", "delete_version"]


@pytest.mark.parametrize("kept", [True, False])
def test_the_bytes_of_a_picture_stay_as_long_as_a_version_needs_them(world: World, kept: bool) -> None:
    ids = world.fresh()
    home = f"/api/v1/projects/{ids['project_id']}"
    sent = {"files": [("files", ("a.png", PNG))], "data": {"dataset_id": str(ids["dataset_id"])}}
    ask(world, "POST", f"{home}/inputs", 201, **sent)
    asked = {"model": "null", "dataset_id": ids["dataset_id"], "thresholds": {"lower": 0.0, "upper": 0.0}}
    task = ask(world, "POST", at(ids), 201, json=asked)
    rows(world.database, "UPDATE ledger SET outcome = 'done' RETURNING 1")
    version = ask(world, "POST", f"{at(ids)}/{task['id']}/versions", 201, json={})
    (digest,) = rows(world.database, "SELECT hash FROM version_input")
    (location,) = rows(world.database, "SELECT location FROM input")
    rows(world.database, "UPDATE ledger SET outcome = 'waiting' RETURNING 1")
    if not kept:
        ask(world, "DELETE", f"{versions(ids)}/{version['id']}", 204)
    (input_id,) = rows(world.database, "SELECT id FROM input")
    ask(world, "DELETE", f"{home}/inputs/{input_id}", 204)
    found = [path for path in (world.site.home / "media").rglob("*") if path.is_file()]
    assert bool(found) is kept
    if kept:
        assert world.site.media.get(location, bytes(digest)) == PNG
        said = json.loads(world.call(Role.ADMIN, "GET", f"{versions(ids)}/{version['id']}/export?format=coco").content)
        assert [one["file_name"] for one in said["images"]] == ["a.png"]
        assert [one["name"] for one in said["categories"]] == task["concepts"]
        ask(world, "DELETE", f"{versions(ids)}/{version['id']}", 204)
        assert not [path for path in (world.site.home / "media").rglob("*") if path.is_file()]
