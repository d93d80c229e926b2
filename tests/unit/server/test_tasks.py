"""Tasks over HTTP: made, shown, decided again, stopped, exported, deleted."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from asked import LIMITS, ask, at, make, put_texts
from made import check_sums, work
from mill import rows
from world import World

from labelmill.core.role import Role
from labelmill.flows import apply
from labelmill.models.base import Model


def queued(world: World) -> list[dict[str, int]]:
    return rows(world.database, "SELECT args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")


def test_a_task_is_made_queued_and_tells_all_its_numbers(world: World, model: Model) -> None:
    ids = world.fresh()
    made = make(world, ids)
    assert queued(world) == [{"task_id": made["id"]}]
    assert (made["status"], made["inputs"], made["waiting"], made["concepts"]) == ("waiting", 4, 4, ["a", "b"])
    assert made["name"].endswith(" · m")
    assert (made["thresholds"], made["floor"]) == ({**LIMITS, "by_concept": {}}, 0.05)
    work(world.database, made["id"], model)
    done = ask(world, "GET", f"{at(ids)}/{made['id']}")
    ledger = {name: done[name] for name in ("status", "waiting", "annotated", "empty", "failed", "failures_total")}
    assert ledger == {"status": "complete", "waiting": 0, "annotated": 2, "empty": 1, "failed": 1, "failures_total": 1}
    assert done["annotations"] == {"success": 4, "awaiting_review": 4}
    assert done["bands"] == {
        "a": {"approved": 4, "review": 2, "discarded": 0}, "b": {"approved": 0, "review": 2, "discarded": 2},
    }  # fmt: skip
    said = ask(world, "GET", f"{at(ids)}/{made['id']}/report")
    assert "error" not in said
    assert said["failures"] == [
        {"source": "bad", "stage": "predict", "kind": "raised", "message": "m raised ScriptedError: the script says so"}
    ]
    heads = ask(world, "GET", at(ids))["items"]
    assert heads == [{name: done[name] for name in heads[0]}]


def test_all_inputs_mapping_reviewers_and_floor(world: World, model: Model) -> None:
    ids = world.fresh()
    put_texts(world, ids, ["one"])
    ask(world, "POST", f"{at(ids).removesuffix('/tasks')}/texts", 201, json={"text": "in no dataset"})
    asked = {
        "model": "m", "all_inputs_as": "everything", "concepts": ["a"], "mapping": {"a": "cloth"}, "name": "mine",
        "thresholds": {"lower": 0.02, "upper": None, "by_concept": {"cloth": {"lower": 0.4, "upper": 0.8}}},
        "reviewers": [world.people[Role.REVIEWER]],
    }  # fmt: skip
    made = ask(world, "POST", at(ids), 201, json=asked)
    assert (made["inputs"], made["dataset"], made["concepts"]) == (2, "everything", ["cloth"])
    assert (made["name"], made["floor"]) == ("mine", 0.02)
    assert rows(world.database, "SELECT person_id FROM reviewer") == [world.people[Role.REVIEWER]]
    assert "already" in ask(world, "POST", at(ids), 409, json=asked)["error"]["message"]


@pytest.mark.parametrize(
    "wrong, word",
    [
        ({"dataset_id": None}, "dataset_id"),
        ({"all_inputs_as": "x"}, "one of them"),
        ({"concepts": ["z"]}, "no concept 'z'"),
        ({"thresholds": {"lower": 0.9, "upper": 0.5}}, "0 <= lower <= upper"),
        ({"thresholds": {"lower": 0.5, "upper": True}}, "upper"),
        ({"thresholds": {**LIMITS, "by_concept": {"z": LIMITS}}}, "'z'"),
        ({"floor": 0.6}, "floor"),
        ({"mapping": {"z": "y"}}, "'z'"),
        ({"reviewers": [10**9]}, "no member"),
        ({"more": 1}, "more"),
    ],
)
def test_a_task_that_cannot_be_is_refused_whole(world: World, model: Model, wrong: Any, word: str) -> None:
    ids = world.fresh()
    put_texts(world, ids, ["one"])
    asked = {"model": "m", "dataset_id": ids["dataset_id"], "thresholds": LIMITS, **wrong}
    assert word in ask(world, "POST", at(ids), 422, json=asked)["error"]["message"]
    assert rows(world.database, "SELECT count(*) FROM task") == [0]
    assert rows(world.database, "SELECT count(*) FROM dataset") == [1]


def test_a_model_is_named_and_never_a_path_of_the_server(world: World, model: Model, tmp_path: Path) -> None:
    ids = world.fresh()
    put_texts(world, ids, ["one"])
    asked = {"model": str(tmp_path / "m.yaml"), "dataset_id": ids["dataset_id"], "thresholds": LIMITS}
    assert "There is no model" in ask(world, "POST", at(ids), 404, json=asked)["error"]["message"]


def test_sliders_are_answered_from_scores_and_apply_decides_so(world: World, model: Model) -> None:
    ids = world.fresh()
    task = f"{at(ids)}/{make(world, ids, [f'text {i}' for i in range(9)])['id']}"
    number = int(task.rpartition("/")[2])
    other = {"lower": 0.3, "upper": 0.7, "by_concept": {"b": {"lower": 0.5, "upper": None}}}
    nothing = ask(world, "POST", f"{task}/preview", json=other)
    assert nothing["total"] == {"approved": 0, "review": 0, "discarded": 0}
    work(world.database, number, model, at_most=4)
    assert ask(world, "POST", f"{task}/preview", json=other)["total"]["approved"] == 12
    work(world.database, number, model)
    said = ask(world, "POST", f"{task}/preview", json=other)
    assert said["concepts"] == {
        "a": {"approved": 27, "review": 0, "discarded": 0}, "b": {"approved": 0, "review": 9, "discarded": 9},
    }  # fmt: skip
    bins = ask(world, "GET", f"{task}/histograms")["concepts"]
    assert bins == {"a": [[700, 9], [900, 9], [950, 9]], "b": [[300, 9], [500, 9]]}
    before = len(queued(world))
    applied = ask(world, "POST", f"{task}/apply", json=other)
    assert (applied["left_alone"], applied["task"]["status"], applied["task"]["deciding"]) == (0, "waiting", 9)
    assert len(queued(world)) == before  # it waits in the queue since it was made
    with world.database.session() as conn:
        apply.redecide_all(conn, number, 0.5)
    done = ask(world, "GET", task)
    assert (done["bands"], done["status"], done["thresholds"]) == (said["concepts"], "complete", other)
    for wrong in ({"lower": 0.01, "upper": 0.5}, {**LIMITS, "by_concept": {"z": LIMITS}}):
        assert ask(world, "POST", f"{task}/preview", 422, json=wrong)["error"]["kind"] == "bad-call"
        assert ask(world, "POST", f"{task}/apply", 422, json=wrong)["error"]["kind"] == "bad-call"


def test_samples_are_the_nearest_and_tell_their_band(world: World, model: Model) -> None:
    ids = world.fresh()
    made = make(world, ids, [f"text {i}" for i in range(5)])
    work(world.database, made["id"], model)
    path = f"{at(ids)}/{made['id']}/samples"
    found = ask(world, "GET", f"{path}?concept=a&near=0.88&limit=7")["items"]
    assert [one["score"] for one in found] == [0.9] * 5 + [0.95] * 2
    assert found[0] | {"input_id": 0, "text": ""} == {
        "input_id": 0, "kind": "text", "width": None, "height": None, "text": "", "concept": "a", "score": 0.9,
        "region": {"kind": "span", "value": [0, 2]}, "band": "approved",
    }  # fmt: skip
    bands = [one["band"] for one in ask(world, "GET", f"{path}?concept=b&near=0.45")["items"]]
    assert bands == ["review"] * 5 + ["discarded"] * 5
    assert ask(world, "GET", f"{path}?concept=z&near=0.4", 422)
    assert len(ask(world, "GET", f"{path}?concept=a&near=0&limit=50")["items"]) == 15


def test_failures_come_in_pages_sources_first(world: World, model: Model) -> None:
    ids = world.fresh()
    files = [("files", (f"{i}.png", b"")) for i in range(3)]
    address = at(ids).removesuffix("/tasks")
    ask(world, "POST", f"{address}/inputs", 201, files=files, data={"dataset_id": str(ids["dataset_id"])})
    made = make(world, ids, ["bad 1", "good", "bad 2", "bad 3"])
    work(world.database, made["id"], model)
    found, after = [], ""
    while after is not None:
        page = ask(world, "GET", f"{at(ids)}/{made['id']}/failures", params={"limit": 2, "after": after})
        found, after = found + page["items"], page["next"]
    assert [one["source"] for one in found] == ["0.png", "1.png", "2.png", "bad 1", "bad 2", "bad 3"]
    assert [one["input_id"] is None for one in found] == [True] * 3 + [False] * 3
    for wrong in ("x", "i", "i1", "i1.x", "i99999999999999999999.1", "s\0"):
        ask(world, "GET", f"{at(ids)}/{made['id']}/failures", 422, params={"after": wrong})


def test_one_failure_alone_is_tried_again(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, ["bad 1", "bad 2", "good"])
    path = f"{at(ids)}/{task['id']}"
    work(world.database, task["id"], model)
    first, other = (one["input_id"] for one in ask(world, "GET", f"{path}/failures")["items"])
    again = ask(world, "POST", f"{path}/retry", json={"inputs": [first]})
    assert (again["failed"], again["waiting"]) == (1, 1)
    assert [one["input_id"] for one in ask(world, "GET", f"{path}/failures")["items"]] == [other]
    said = ask(world, "POST", f"{path}/retry", 409, json={"inputs": [first]})  # it waits by now
    assert said["error"]["message"].startswith("Nothing runs again")
    for wrong in ({"inputs": []}, {"inputs": ["x"]}, {"input": [first]}):
        ask(world, "POST", f"{path}/retry", 422, json=wrong)


def test_retrying_a_paused_task_leaves_it_paused(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, ["bad", *(f"text {i}" for i in range(19))])
    path = f"{at(ids)}/{task['id']}"
    assert work(world.database, task["id"], model, at_most=1) == 1
    assert ask(world, "POST", f"{path}/pause")["failed"] == 1
    again = ask(world, "POST", f"{path}/retry")
    assert (again["status"], again["paused"], again["failed"], again["waiting"]) == ("paused", True, 0, 20)
    assert work(world.database, task["id"], model) == 0
    ask(world, "POST", f"{path}/resume")
    work(world.database, task["id"], model)
    assert ask(world, "GET", path)["failed"] == 1


def test_retry_pause_cancel_resume_rename(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids)
    path = f"{at(ids)}/{task['id']}"
    assert ask(world, "PATCH", path, json={"name": "other"})["name"] == "other"
    for _ in range(2):
        now = ask(world, "POST", f"{path}/pause")
        assert (now["status"], now["paused"]) == ("paused", True)
    assert work(world.database, task["id"], model) == 0
    assert ask(world, "POST", f"{path}/resume")["status"] == "waiting"
    assert ask(world, "POST", f"{path}/cancel")["status"] == "cancelled"
    assert work(world.database, task["id"], model) == 0
    assert ask(world, "POST", f"{path}/retry", 409)["error"]["kind"] == "conflict"
    assert ask(world, "POST", f"{path}/resume")["status"] == "waiting"
    work(world.database, task["id"], model)
    again = ask(world, "POST", f"{path}/retry")
    assert (again["failed"], again["waiting"], again["status"]) == (0, 1, "waiting")
    told = rows(world.database, "SELECT operation FROM activity WHERE task_id IS NOT NULL ORDER BY id")
    assert [one.removesuffix("_task") for one in told] == [
        "create", "edit", "pause", "resume", "cancel", "resume", "retry"
    ]  # fmt: skip
    check_sums(world.database, task["id"])


@pytest.mark.parametrize("what", ["keep", "delete"])
def test_a_deleted_task_leaves_its_annotations_or_takes_them(world: World, model: Model, what: str) -> None:
    ids = world.fresh()
    task = make(world, ids)
    path = f"{at(ids)}/{task['id']}"
    work(world.database, task["id"], model)
    ask(world, "DELETE", path, 422)
    ask(world, "DELETE", f"{path}?annotations={what}", 204)
    ask(world, "GET", path, 404)
    ask(world, "DELETE", f"{path}?annotations={what}", 404)
    assert ask(world, "GET", at(ids))["items"] == []
    ask(world, "GET", f"{at(ids).removesuffix('/tasks')}/inputs?task_id={task['id']}", 404)
    inputs = ask(world, "GET", f"{at(ids).removesuffix('/tasks')}/inputs")["items"]
    left = [one for item in inputs for one in item["annotations"]]
    assert len(left) == (8 if what == "keep" else 0)
    assert rows(world.database, "SELECT count(*) FROM ledger") == [0]
    assert rows(world.database, "SELECT count(*) FROM shard") == [0]
    assert rows(world.database, "SELECT count(*) FROM region") == [len(left)]
    assert rows(world.database, "SELECT count(*) FROM run") == [0]
    with world.database.begin() as conn:
        assert conn.execute(sa.text("SELECT to_regclass('prediction_1')")).scalar() is None


def test_an_export_is_what_the_command_writes(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids)
    work(world.database, task["id"], model)
    path = f"{at(ids)}/{task['id']}/export"
    said = world.call(Role.VIEWER, "GET", f"{path}?format=jsonl&status=success,awaiting_review")
    assert f"task-{task['id']}.jsonl" in said.headers["content-disposition"]
    lines = [json.loads(line) for line in said.text.splitlines()]
    assert {line["source"]: len(line["annotations"]) for line in lines} == {"one": 4, "two": 4, "nothing": 0}
    assert "texts" in ask(world, "GET", f"{path}?format=coco", 422)["error"]["message"]
    assert "no status" in ask(world, "GET", f"{path}?format=jsonl&status=best", 422)["error"]["message"]
    ask(world, "GET", f"{path}?format=jsonl&status=,", 422)


def test_pages_of_tasks(world: World, model: Model) -> None:
    ids = world.fresh()
    made = [make(world, ids, name=f"task {i}")["id"] for i in range(5)]
    first = ask(world, "GET", f"{at(ids)}?limit=3")
    assert [one["id"] for one in first["items"]] == made[:1:-1]
    rest = ask(world, "GET", f"{at(ids)}?limit=3&after={first['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (made[1::-1], None)
