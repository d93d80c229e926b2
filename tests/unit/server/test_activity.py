"""Who did what when, the story of an annotation, and what persons are told of."""

from typing import Any

import pytest
from asked import ask, at, make
from made import work
from mill import rows
from world import STRANGER, World

from labelmill.core.errors import BadCard
from labelmill.core.role import Role
from labelmill.engine import local
from labelmill.models.base import Model
from labelmill.store import notifications, partition

NOTES = "/api/v1/notifications"


def told(world: World, who: str) -> list[tuple[str, str, bool]]:
    return [(one["kind"], one["task"], one["read"]) for one in ask(world, "GET", NOTES, who=who)["items"]]


def test_acts_are_listed_by_project_task_person_and_input(world: World, model: Model) -> None:
    ids = world.fresh()
    home = at(ids).removesuffix("/tasks")
    dataset = ask(world, "POST", f"{home}/datasets", 201, json={"name": "shirts"})["id"]
    ask(world, "PATCH", f"{home}/datasets/{dataset}", json={"name": "skirts"})
    ask(world, "DELETE", f"{home}/datasets/{dataset}", 204)
    concept = ask(world, "POST", f"{home}/concepts", 201, json={"name": "red"})["id"]
    ask(world, "PATCH", f"{home}/concepts/{concept}", json={"name": "blue"})
    ask(world, "DELETE", f"{home}/concepts/{concept}", 204)
    person = ask(world, "POST", f"{home}/members", 201, json={"name": "new", "role": "labeler"})["id"]
    ask(world, "PATCH", f"{home}/members/{person}", json={"role": "reviewer"})
    ask(world, "DELETE", f"{home}/members/{person}", 204)
    ask(world, "PATCH", home, who=Role.OWNER, json={"name": f"shop {ids['project_id']}"})
    for verb in ("archive", "archive", "restore", "restore"):  # what is so already is not done again
        ask(world, "POST", f"{home}/{verb}", who=Role.OWNER)
    pasted = {"text": "a shirt", "dataset": "texts"}
    ask(world, "POST", f"{home}/texts", 201, json=pasted)
    ask(world, "POST", f"{home}/texts", 201, json=pasted | {"text": "a skirt"})
    last = [one["id"] for one in ask(world, "GET", f"{home}/inputs")["items"]][-2:]
    ask(world, "DELETE", f"{home}/inputs/{last[0]}", 204)
    ask(world, "POST", f"{home}/inputs/delete", json={"ids": last})
    ask(world, "POST", f"{home}/inputs/delete", json={"ids": last})
    task = make(world, ids, reviewers=[world.people[Role.REVIEWER]], name="the task")
    work(world.database, task["id"], model)
    (first, *_) = ask(world, "GET", f"{at(ids)}/{task['id']}/review", who=Role.REVIEWER)["items"]
    decided = {"key": "5e0c9bd6-9a3b-4b7a-9b0e-4d6ab2a3a5b1", "seen": first["seen"], "action": "reject", "ticked": []}
    ask(world, "POST", f"{at(ids)}/{task['id']}/review/{first['id']}", who=Role.REVIEWER, json=decided)

    def acts(**query: Any) -> list[str]:
        return [
            one["operation"] for one in ask(world, "GET", f"{home}/activity", who=Role.VIEWER, params=query)["items"]
        ]

    nouns = [f"{verb}_{noun}" for noun in ("dataset", "concept") for verb in ("create", "rename", "delete")]
    members = [f"{verb}_member" for verb in ("invite", "change", "remove")]
    of_project = [f"{verb}_project" for verb in ("rename", "archive", "restore")]
    of_inputs = ["add_inputs", "delete_inputs", "add_inputs"]  # of which `make` did the last
    made = [*nouns, *members, *of_project, *of_inputs, "create_task", "reject"]
    assert acts() == made[::-1]
    (changed,) = rows(world.database, "SELECT detail FROM activity WHERE operation = 'change_member'")
    assert changed == {"name": "new", "person_id": person, "role": "reviewer", "was": "labeler"}
    told = "SELECT detail - '{dataset_id,until}'::text[] FROM activity WHERE operation = :operation ORDER BY id"
    assert rows(world.database, told, operation="rename_project") == [{"name": f"shop {ids['project_id']}"}]
    assert rows(world.database, told, operation="add_inputs")[0] == {"dataset": "texts", "inputs": 2}
    assert rows(world.database, told, operation="delete_inputs") == [{"inputs": 2}]
    assert acts(task_id=task["id"]) == ["reject", "create_task"]
    assert acts(person_id=world.people[Role.REVIEWER]) == ["reject"]
    assert acts(input_id=first["id"]) == ["reject"]
    page = ask(world, "GET", f"{home}/activity?limit=16")
    assert page["items"][0] | {"at": "", "id": 0} == {
        "id": 0, "at": "", "person": "the reviewer", "operation": "reject", "task_id": task["id"], "task": "the task",
        "input_id": first["id"], "input": first["name"], "detail": page["items"][0]["detail"], "undone": False,
    }  # fmt: skip
    assert page["items"][0]["detail"].get("inputs", 1) == 1
    assert [one["operation"] for one in ask(world, "GET", f"{home}/activity?before={page['next']}")["items"]] == made[
        :1
    ]
    ask(world, "GET", f"{home}/activity", 404, who=STRANGER)


def test_the_story_of_an_annotation_from_prediction_to_approval(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, ["one"], reviewers=[world.people[Role.REVIEWER]])
    work(world.database, task["id"], model)
    home, path = at(ids).removesuffix("/tasks"), f"{at(ids)}/{task['id']}"
    (waiting,) = ask(world, "GET", f"{path}/review", who=Role.REVIEWER)["items"]
    one, other = [said["id"] for said in waiting["annotations"] if said["status"] == "awaiting_review"][:2]
    region = {"kind": "span", "value": [0, 2]}
    decided = {
        "key": "5e0c9bd6-9a3b-4b7a-9b0e-4d6ab2a3a5b2", "seen": waiting["seen"], "action": "approve", "ticked": [one],
        "edits": [{"id": one, "concept": "b", "region": region}], "additions": [{"concept": "a", "region": region}],
    }  # fmt: skip
    ask(world, "POST", f"{path}/review/{waiting['id']}", who=Role.REVIEWER, json=decided)

    def story(annotation_id: int) -> list[tuple[Any, ...]]:
        items = ask(world, "GET", f"{home}/annotations/{annotation_id}/story", who=Role.VIEWER)["items"]
        stands = [
            [one[key] and (one[key]["status"], one[key]["concept"]) for key in ("before", "after")] for one in items
        ]
        return [(item["who"], item["operation"], *stand) for item, stand in zip(items, stands, strict=True)]

    waits = ("awaiting_review", "a")
    assert story(one) == [("m", "predict", None, waits), ("the reviewer", "edit", waits, ("success", "b"))]
    told = ask(world, "GET", f"{home}/annotations/{one}/story")["items"]
    assert (told[0]["after"]["score"], told[1]["after"]["moved"]) == (0.7, True)
    assert [chapter[1] for chapter in story(other)] == ["predict", "reject"]
    (added,) = rows(world.database, "SELECT id FROM annotation WHERE prediction IS NULL")
    assert story(added) == [("the reviewer", "add", None, ("success", "a"))]
    ask(world, "GET", f"{home}/annotations/{10**9}/story", 404)


def test_who_is_assigned_is_told_but_not_of_what_they_did_themselves(world: World, model: Model) -> None:
    ids = world.fresh()
    everybody = [world.people[who] for who in (Role.REVIEWER, Role.ADMIN)]
    task = make(world, ids, reviewers=everybody, labelers=[world.people[Role.LABELER]], name="one")
    assert (told(world, Role.REVIEWER), told(world, Role.LABELER)) == ([("assigned", "one", False)],) * 2
    assert told(world, Role.ADMIN) == []
    parts = [ask(world, "GET", NOTES, who=who)["items"][0] for who in (Role.REVIEWER, Role.LABELER)]
    assert [(one["reviewer"], one["labeler"]) for one in parts] == [(True, False), (False, True)]
    assert ask(world, "GET", f"{NOTES}/count", who=Role.REVIEWER) == {"count": 1}
    assert ask(world, "POST", f"{NOTES}/read", who=Role.REVIEWER, json={"ids": [10**9]}) == {"count": 1}
    assert ask(world, "POST", f"{NOTES}/read", who=Role.REVIEWER, json={}) == {"count": 0}
    assert told(world, Role.REVIEWER) == [("assigned", "one", True)]
    work(world.database, task["id"], model)
    path = f"{at(ids)}/{task['id']}"
    ask(world, "PATCH", path, json={"reviewers": [world.people[Role.REVIEWER]]})  # who gets what the other had is told
    assert told(world, Role.REVIEWER) == [("assigned", "one", False), ("assigned", "one", True)]
    ask(world, "PUT", "/api/v1/session/muted", who=Role.OWNER, json={"muted": ["assigned"]})
    ask(world, "PATCH", path, json={"reviewers": [world.people[Role.OWNER]]})
    assert told(world, Role.OWNER) == []
    assert ask(world, "GET", "/api/v1/session", who=Role.OWNER)["muted"] == ["assigned"]
    ask(world, "PUT", "/api/v1/session/muted", 422, json={"muted": ["all"]})
    ask(world, "DELETE", f"{path.partition('/tasks')[0]}/members/{world.people[Role.LABELER]}", 204)
    assert told(world, Role.LABELER) == []


def test_who_made_a_task_is_told_its_end(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, name="one")
    with world.database.begin() as conn:
        notifications.finished(conn, task["id"])
    assert told(world, Role.ADMIN) == []
    work(world.database, task["id"], model)
    for _ in range(2):
        with world.database.begin() as conn:
            notifications.finished(conn, task["id"])
    assert told(world, Role.ADMIN) == [("finished", "one", False)]
    (card,) = (world.site.home / "models").rglob("card.yaml")
    card.write_text("no card")
    with pytest.raises(Exception, match="card") as raised:
        local.redecide(world.database, world.site.home, task["id"])
    assert isinstance(raised.value.__cause__, BadCard)
    assert told(world, Role.ADMIN)[0] == ("failed", "one", False)
    ask(world, "DELETE", f"{at(ids)}/{task['id']}?annotations=delete", 204)
    assert rows(world.database, "SELECT count(*) FROM notification") == [0]


def test_one_names_oneself_anew(world: World, model: Model) -> None:
    ids = world.fresh()
    make(world, ids)
    me = ask(world, "PATCH", "/api/v1/session", json={"name": "Ada"})
    assert (me["name"], ask(world, "GET", "/api/v1/session")["name"]) == ("Ada", "Ada")
    assert "already" in ask(world, "PATCH", "/api/v1/session", 409, json={"name": "the owner"})["error"]["message"]
    assert "this machine" in ask(world, "PATCH", "/api/v1/session", 409, json={"name": "owner"})["error"]["message"]
    ask(world, "PATCH", "/api/v1/session", 409, who="operator", json={"name": "root"})
    with world.database.begin() as conn:
        assert partition.parts(conn, 1) == []
