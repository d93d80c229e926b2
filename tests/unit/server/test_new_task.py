"""Tasks made for a team: who reviews and labels, by which rules, and tasks that people label from the start."""

from typing import Any

import pytest
from asked import LIMITS, ask, at, make, put_texts
from made import add_texts, check_sums, work
from mill import rows
from world import World

from labelmill.core.role import Role
from labelmill.engine import jobs
from labelmill.flows.ingest import extend_standing
from labelmill.models.base import Model

PEOPLE = {"model": None, "thresholds": None, "makes": "span", "concepts": ["nice", "not nice"]}


def queued(world: World) -> list[Any]:
    return rows(
        world.database, "SELECT args -> 'task_id', priority FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    )


def people(world: World, *roles: Role) -> list[int]:
    return [world.people[role] for role in roles]


def test_who_reviews_and_labels_by_which_rules(world: World, model: Model) -> None:
    reviewers = people(world, Role.REVIEWER, Role.ADMIN, Role.OWNER)
    plain = make(world, world.fresh(), reviewers=reviewers)
    assert [one["name"] for one in plain["reviewers"]] == ["the admin", "the owner", "the reviewer"]
    assert (plain["labelers"], plain["review"], plain["agree"]) == (plain["reviewers"], "even", None)
    assert (plain["checked"], plain["priority"], plain["paused"], plain["instructions"]) == (False, "medium", False, "")
    assert (plain["annotation_types"], plain["makes"], plain["entered"], plain["reviewed"]) == (["span"], None, 0, 0)
    said = {
        "labelers": people(world, Role.LABELER),
        "review": "stacked",
        "checked": True,
        "instructions": "Look\nwell.",
    }
    stacked = make(world, world.fresh(), reviewers=reviewers, priority="high", **said)
    assert stacked["labelers"] == [{"id": world.people[Role.LABELER], "name": "the labeler"}]
    assert (stacked["review"], stacked["agree"], stacked["checked"]) == ("stacked", 2, True)
    assert (stacked["priority"], stacked["instructions"]) == ("high", "Look\nwell.")
    assert queued(world) == [(plain["id"], 1), (stacked["id"], 2)]
    nobody = make(world, world.fresh(), review="none", labelers=[])
    assert (nobody["reviewers"], nobody["labelers"], nobody["review"]) == ([], [], "none")


def test_a_task_for_people_waits_for_them_and_runs_nothing(world: World) -> None:
    ids = world.fresh()
    made = make(world, ids, **PEOPLE, reviewers=people(world, Role.REVIEWER), standing=True)
    assert (made["model"], made["makes"], made["annotation_types"]) == (None, "span", ["span"])
    assert (made["status"], made["inputs"], made["waiting"], made["concepts"]) == ("running", 4, 4, PEOPLE["concepts"])
    assert made["name"].endswith(" · people")
    add_texts(world.database, ids["project_id"], ids["dataset_id"], ["one more"])
    assert extend_standing(world.database, ids["dataset_id"], jobs.enqueue) == {made["id"]: 1}
    assert queued(world) == []
    assert rows(world.database, "SELECT outcome, work, count(*) FROM ledger GROUP BY 1, 2") == [("waiting", "label", 5)]
    check_sums(world.database, made["id"])
    task = f"{at(ids)}/{made['id']}"
    for path in ("preview", "apply"):
        assert "People label" in ask(world, "POST", f"{task}/{path}", 422, json=LIMITS)["error"]["message"]
    assert ask(world, "GET", f"{task}/histograms") == {"concepts": {}}
    assert ask(world, "GET", f"{task}/report")["waiting"] == 5
    assert ask(world, "POST", f"{task}/cancel")["status"] == "cancelled"
    assert ask(world, "POST", f"{task}/resume")["status"] == "running"
    assert queued(world) == []
    ask(world, "DELETE", f"{task}?annotations=delete", 204)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"labelers": [10**9]}, "no member"),
        ({"labelers": ["viewer"]}, "have to be labeler"),
        ({"reviewers": ["labeler"]}, "have to be reviewer"),
        ({"agree": 2}, "stacked"),
        ({"review": "stacked"}, "needs reviewers"),
        ({"review": "stacked", "reviewers": ["reviewer"], "agree": 2}, "between 1"),
        ({"review": "none", "reviewers": ["reviewer"]}, "name no reviewers"),
        ({"checked": True, "reviewers": ["reviewer"]}, "Nobody else"),
        ({"checked": True, "labelers": ["labeler"]}, "Nobody else"),
        ({"makes": "box"}, "leave it out"),
        ({"thresholds": None}, "needs thresholds"),
        ({"model": None, "makes": "span", "concepts": ["a"], "reviewers": ["reviewer"]}, "for a model"),
        ({**PEOPLE}, "who labels"),
        ({**PEOPLE, "concepts": [], "labelers": ["labeler"]}, "Name the concepts"),
        ({**PEOPLE, "concepts": ["a\nb"], "labelers": ["labeler"]}, "line breaks"),
        ({**PEOPLE, "makes": None, "labelers": ["labeler"]}, "Name a model"),
        ({**PEOPLE, "makes": "box", "labelers": ["labeler"]}, "only texts"),
        ({**PEOPLE, "delete_earlier": True, "labelers": ["labeler"]}, "for a model"),
    ],
)
def test_a_team_that_cannot_be_is_refused(world: World, model: Model, wrong: Any, word: str) -> None:
    ids = world.fresh()
    put_texts(world, ids, ["one"])
    asked = {"model": "m", "dataset_id": ids["dataset_id"], "thresholds": LIMITS, **wrong}
    for who in ("reviewers", "labelers"):
        if who in asked:
            asked[who] = [world.people.get(one, one) for one in asked[who]]
    assert word in ask(world, "POST", at(ids), 422, json=asked)["error"]["message"]
    assert rows(world.database, "SELECT count(*) FROM task") == [0]


def test_a_mapping_is_remembered_and_speed_is_measured(world: World, model: Model) -> None:
    ids = world.fresh()
    where = f"{at(ids).removesuffix('/tasks')}/models/m"
    assert ask(world, "GET", f"{where}/mapping") == {"mapping": {}}
    assert ask(world, "GET", f"{where}/speed") == {"inputs_per_second": None}
    make(world, ids, mapping={"a": "cloth", "b": "cloth"})
    task = make(world, ids, concepts=["a"], mapping={"a": "thing"})
    assert ask(world, "GET", f"{where}/mapping") == {"mapping": {"a": "thing", "b": "cloth"}}
    assert ask(world, "GET", f"/api/v1/projects/{world.theirs}/models/m/mapping", who="stranger") == {"mapping": {}}
    work(world.database, task["id"], model)
    rows(world.database, "UPDATE task SET annotate_seconds = 2 WHERE id = :id RETURNING id", id=task["id"])
    assert ask(world, "GET", f"{where}/speed") == {"inputs_per_second": 2.0}
    ask(world, "GET", f"{where}s/mapping", 404)


def test_what_a_model_said_earlier_goes_but_for_what_people_touched(world: World, model: Model) -> None:
    ids = world.fresh()
    texts = ["one", "two"]
    old = make(world, ids, texts, concepts=["a"])
    both = make(world, ids, [])
    for task in (old, both):
        work(world.database, task["id"], model)
    (touched,) = rows(world.database, "SELECT min(id) FROM annotation WHERE task_id = :id", id=old["id"])
    rows(world.database, "UPDATE annotation SET touched = true WHERE id = :id RETURNING id", id=touched)
    make(world, ids, [], concepts=["a"], delete_earlier=True)
    left = "SELECT a.task_id, c.name, a.touched FROM annotation a JOIN concept c ON c.id = a.concept_id ORDER BY a.id"
    assert rows(world.database, left) == [(old["id"], "a", True)] + [(both["id"], "b", False)] * 2
    deleted = "SELECT (detail ->> 'deleted_earlier')::int FROM activity WHERE operation = 'create_task' ORDER BY id"
    assert rows(world.database, deleted) == [None, None, 11]
    gone = "SELECT count(*), count(activity_id), min(before ->> 'status') FROM annotation_event"
    assert rows(world.database, gone) == [(11, 11, "awaiting_review")]
    for task in (old, both):
        check_sums(world.database, task["id"])


def test_people_draw_what_their_task_is_for(world: World) -> None:
    ids = world.fresh()
    labelers = people(world, Role.LABELER)
    said = {**PEOPLE, "labelers": labelers, "reviewers": people(world, Role.REVIEWER), "checked": True}
    path = f"{at(ids)}/{make(world, ids, ['one'], **said)['id']}"
    taken = ask(world, "POST", f"{path}/label/next", who=Role.LABELER, json={})["input"]
    where, more = f"label/{taken['id']}", {"key": "drawn-first", "seen": taken["seen"]}

    def sent(route: str, who: Role, status: int, **shaped: Any) -> Any:
        return ask(world, "POST", f"{path}/{route}", status, who=who, json={**more, **shaped})

    span, box = {"kind": "span", "value": [0, 3]}, {"kind": "box", "value": [0.1, 0.1, 0.5, 0.5]}
    for wrong, what in (({}, "is about the whole input"), ({"region": box}, "is a box")):
        refused = sent(where, Role.LABELER, 422, additions=[{"concept": "nice", **wrong}])
        assert refused["error"]["message"] == f"the new 'nice' {what}, and this task is for spans: mark a span"
    sent(where, Role.LABELER, 200, additions=[{"concept": "nice", "region": span}])
    (waiting,) = ask(world, "GET", f"{path}/review", who=Role.REVIEWER)["items"]
    (annotation,) = (one["id"] for one in waiting["annotations"])
    more = {"key": "drawn-second", "seen": waiting["seen"], "action": "approve"}
    redrawn = sent(f"review/{waiting['id']}", Role.REVIEWER, 422, edits=[{"id": annotation, "region": box}])
    assert redrawn["error"]["message"].startswith(f"annotation {annotation} was redrawn as a box")
    counted = ask(world, "GET", f"{path}/concepts", who=Role.VIEWER)["concepts"]
    assert counted == {"nice": {"awaiting_review": 1}, "not nice": {}}
    sent(f"review/{waiting['id']}", Role.REVIEWER, 200, edits=[{"id": annotation, "concept": "not nice"}])
    assert ask(world, "GET", f"{path}/concepts")["concepts"] == {"nice": {}, "not nice": {"success": 1}}
