"""Reviewing and labeling over HTTP, as pages and programs do it: through the SDK against the whole application."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from made import check_sums, work
from mill import rows
from world import Ids, World

from labelmill.core.role import Role
from labelmill.models.base import Model

LIMITS = {"lower": 0.5, "upper": 0.9}


@pytest.fixture
def task(world: World, model: Model) -> Iterator["Task"]:
    """A task over ten texts with five spans each, of which three await two reviewers; one is empty, one failed."""
    ids = world.fresh()
    where = f"/api/v1/projects/{world.mine}"
    texts = [*(f"text {i}" for i in range(8)), "nothing", "bad"]
    for text in texts:
        said = {"text": f"{text}, a text", "name": text, "dataset_id": ids["dataset_id"]}
        assert world.call(Role.ADMIN, "POST", f"{where}/texts", json=said).status_code == 201
    reviewers = [world.people[Role.REVIEWER], world.people[Role.ADMIN]]
    asked = {"model": "m", "dataset_id": ids["dataset_id"], "thresholds": LIMITS, "reviewers": reviewers}
    said = world.call(Role.ADMIN, "POST", f"{where}/tasks", json=asked)
    assert said.status_code == 201, said.text
    made = Task(world, ids, said.json()["id"])
    work(world.database, made.id, model)
    yield made
    check_sums(world.database, made.id)


class Task:
    """A task and calls on it as one of its people."""

    def __init__(self, world: World, ids: Ids, task_id: int) -> None:
        self.world, self.ids, self.id = world, ids, task_id
        self.path = f"/api/v1/projects/{world.mine}/tasks/{task_id}"

    def ask(self, who: str, method: str, rest: str, status: int = 200, **body: Any) -> Any:
        sent = {"json": body} if method == "POST" else {"params": body}
        said = self.world.call(who, method, f"{self.path}{rest}", **sent)
        assert said.status_code == status, said.text
        return said.json() if said.content else None

    def queue(self, who: str = Role.REVIEWER, **wanted: Any) -> Any:
        return self.ask(who, "GET", "/review", **wanted)

    def decide(
        self, one: Any, action: str = "approve", who: str = Role.REVIEWER, status: int = 200, **more: Any
    ) -> Any:
        every = [annotation["id"] for annotation in one["annotations"]]
        body = {"key": f"key-of-{one['id']}-{action}", "seen": one["seen"], "action": action, "ticked": every, **more}
        return self.ask(who, "POST", f"/review/{one['id']}", status, **body)

    def undo(self, activity_id: int, status: int = 200, who: str = Role.REVIEWER) -> Any:
        said = self.world.call(who, "POST", f"/api/v1/projects/{self.world.mine}/activity/{activity_id}/undo")
        assert said.status_code == status, said.text
        return said.json()


def test_two_reviewers_share_the_queue_without_overlap(task: Task) -> None:
    mine, others = task.queue(limit=3), task.queue(Role.ADMIN)
    rest = task.queue(after=mine["next"])
    ids = [one["id"] for one in (*mine["items"], *rest["items"])]
    assert len(ids) == len(others["items"]) == 4
    assert not set(ids) & {one["id"] for one in others["items"]}
    assert mine["progress"] == {"mine_open": 4, "mine_done": 0, "entered": 8, "reviewed": 0}
    statuses = [annotation["status"] for annotation in mine["items"][0]["annotations"]]
    assert sorted(statuses) == ["awaiting_review"] * 2 + ["success"] * 2


def test_a_decision_is_done_once_and_taken_back_whole(task: Task) -> None:
    one = task.queue()["items"][0]
    done = task.decide(one)
    assert (done["work"], done["progress"]["mine_done"], done["progress"]["reviewed"]) == ("reviewed", 1, 1)
    assert task.decide(one) == done  # a double click
    task.decide(one, "reject", status=409)
    assert task.undo(done["activity_id"]) == {"input_ids": [one["id"]]}
    again = task.queue()["items"][0]
    same = [{**annotation, "id": 0} for annotation in again["annotations"]]
    assert same == [{**annotation, "id": 0} for annotation in one["annotations"]]
    assert again["seen"] > one["seen"]
    assert task.queue()["progress"] == {"mine_open": 4, "mine_done": 0, "entered": 8, "reviewed": 0}
    assert task.undo(done["activity_id"]) == {"input_ids": [one["id"]]}  # undone once, it stays so
    task.decide(again, key="another-key")
    task.undo(task.decide(again, key="another-key")["activity_id"], 403, who=Role.ADMIN)


def test_one_decision_after_the_other_is_taken_back(task: Task) -> None:
    one = task.queue()["items"][0]
    waiting = [a["id"] for a in one["annotations"] if a["status"] == "awaiting_review"]
    acts = [
        task.ask(Role.REVIEWER, "POST", "/review/regions", key=f"screen-{i}", accept=[i])["activity_id"]
        for i in waiting
    ]
    assert len(acts) == 2
    task.undo(acts[0], 409)  # the other came after it
    for act in reversed(acts):
        assert task.undo(act) == {"input_ids": [one["id"]]}
    again = task.queue()["items"][0]
    assert again["annotations"] == one["annotations"]
    task.undo(task.decide(again)["activity_id"])


def test_edits_additions_and_deletions(task: Task) -> None:
    one = task.queue()["items"][0]
    first, second, *_ = (annotation["id"] for annotation in one["annotations"])
    span = {"kind": "span", "value": [1, 3]}
    shaped = {
        "edits": [{"id": first, "concept": "b", "region": span}],
        "additions": [{"concept": "a", "region": {"kind": "span", "value": [2, 5]}}, {"concept": "b"}],
        "deletions": [second],
    }
    done = task.decide(one, **shaped)
    shown = task.world.call(Role.VIEWER, "GET", f"/api/v1/projects/{task.world.mine}/inputs/{one['id']}").json()
    by_id = {annotation["id"]: annotation for annotation in shown["annotations"]}
    assert (by_id[first]["concept"], by_id[first]["region"]) == ("b", span)
    assert by_id[second]["status"] == "rejected"  # a model made it: moving thresholds does not bring it back
    assert [a["region"] for i, a in by_id.items() if i not in {x["id"] for x in one["annotations"]}] == [
        {"kind": "span", "value": [2, 5]},
        None,
    ]
    task.undo(done["activity_id"])
    assert len(task.queue()["items"][0]["annotations"]) == len(one["annotations"])


@pytest.mark.parametrize(
    ("shaped", "message"),
    [
        ({"edits": [{"id": 99_999, "concept": "a"}]}, "annotation 99999"),
        ({"ticked": [99_999]}, "annotation 99999"),
        ({"additions": [{"concept": "z"}]}, "no concept 'z'"),
        ({"additions": [{"concept": "a", "region": {"kind": "span", "value": [3, 999]}}]}, "ends at 999"),
        ({"additions": [{"concept": "a", "region": {"kind": "span", "value": [5, 3]}}]}, "span"),
        ({"additions": [{"concept": "a", "region": {"kind": "span", "value": ["x", {}]}}]}, "span"),
        ({"additions": [{"concept": "a", "region": {"kind": "polygon", "value": [[]]}}]}, "polygon"),
        ({"additions": [{"concept": "a", "region": {"kind": "box", "value": [0, 0, 1, 1]}}]}, "boxes and polygons"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(task: Task, shaped: Any, message: str) -> None:
    before = task.queue()
    said = task.decide(before["items"][0], status=422, **shaped)
    assert message in said["error"]["message"]
    assert task.queue() == before


def test_a_change_in_between_is_told(task: Task) -> None:
    one = task.queue()["items"][0]
    waiting = [a["id"] for a in one["annotations"] if a["status"] == "awaiting_review"]
    task.ask(Role.REVIEWER, "POST", "/review/regions", key="grid-key", accept=waiting[:1])
    said = task.decide(one, status=409)
    assert "changed this input in between" in said["error"]["message"]
    task.decide(task.queue()["items"][0])


def test_reject_and_request_changes(task: Task) -> None:
    one, other, *_ = task.queue()["items"]
    assert task.decide(one, "reject")["work"] == "rejected"
    for nothing in ("", " \n"):
        said = task.decide(other, "request_changes", comment=nothing, status=422)
        assert "say in `comment` what should be different" in said["error"]["message"]
    done = task.decide(other, "request_changes", comment="The span is too long.")
    assert done["work"] == "label"
    taken = task.ask(Role.REVIEWER, "POST", "/label/next")
    assert taken["left"] == 3
    assert taken["input"]["comment"] == "The span is too long."
    assert {a["status"] for a in taken["input"]["annotations"]} == {"pending"}
    task.undo(done["activity_id"], 409)  # somebody is at it
    task.ask(Role.REVIEWER, "DELETE", f"/label/{other['id']}/lease", 204)
    task.undo(done["activity_id"])


def test_orders_and_filters(task: Task) -> None:
    every = [one["id"] for one in task.queue()["items"]]
    for order in ("uncertain", "concept", "likeness"):
        first = task.queue(order=order, limit=1)
        rest = task.queue(order=order, after=first["next"])
        assert sorted(one["id"] for one in (*first["items"], *rest["items"])) == every
    assert [one["id"] for one in task.queue(concept="b")["items"]] == every
    assert task.queue(concept="nobody's")["items"] == []
    assert [one["id"] for one in task.queue(labeler="m", lowest=0.6)["items"]] == every
    assert task.queue(lowest=0.75)["items"] == task.queue(labeler="x")["items"] == []
    for order, after in [
        ("uncertain", "nonsense"),
        ("uncertain", "9:1"),
        ("likeness", "0.5:1"),
        ("likeness", f"{2**63}:1"),
    ]:
        task.ask(Role.REVIEWER, "GET", "/review", 422, order=order, after=after)


def test_all_of_a_concept(task: Task) -> None:
    groups = task.ask(Role.REVIEWER, "GET", "/review/groups")["items"]
    assert {(group["concept"], group["labeler"], group["annotations"]) for group in groups} == {
        ("a", "m", 4),
        ("b", "m", 4),
    }
    said = task.ask(Role.REVIEWER, "POST", "/review/bulk", key="all-of-a", action="approve", concept="a")
    assert (said["annotations"], said["inputs"], said["reviewed"], said["left"]) == (4, 4, 0, 0)
    assert task.ask(Role.REVIEWER, "POST", "/review/bulk", key="all-of-a", action="approve", concept="a") == said
    rest = task.ask(Role.REVIEWER, "POST", "/review/bulk", key="the-rest", action="reject")
    assert (rest["annotations"], rest["reviewed"], rest["progress"]["mine_open"]) == (4, 4, 0)
    assert len(task.queue(Role.ADMIN)["items"]) == 4  # those of others stay theirs
    task.undo(rest["activity_id"])
    assert task.queue()["progress"]["mine_open"] == 4


def test_all_of_a_labeler(task: Task) -> None:
    none = task.ask(Role.REVIEWER, "POST", "/review/bulk", key="of-nobody", action="reject", labeler="nobody")
    assert (none["activity_id"], none["annotations"]) == (None, 0)
    said = task.ask(Role.REVIEWER, "POST", "/review/bulk", key="all-of-m", action="reject", labeler="m")
    assert (said["annotations"], said["inputs"], said["reviewed"]) == (8, 4, 4)
    assert task.queue()["items"] == []
    assert len(task.queue(Role.ADMIN)["items"]) == 4


def test_all_at_once_but_for_some(task: Task) -> None:
    begun, *others = [one["id"] for one in task.queue()["items"]]
    groups = task.ask(Role.REVIEWER, "GET", "/review/groups", but_not=[begun])["items"]
    assert {group["inputs"] for group in groups} == {len(others)}
    said = task.ask(Role.REVIEWER, "POST", "/review/bulk", key="all-but-one", action="approve", but_not=[begun])
    assert (said["inputs"], said["reviewed"], said["left"]) == (len(others), len(others), 0)
    assert [one["id"] for one in task.queue()["items"]] == [begun]


def test_a_grid_of_regions(task: Task) -> None:
    found = task.ask(Role.REVIEWER, "GET", "/review/regions", concept="a", limit=3)
    more = task.ask(Role.REVIEWER, "GET", "/review/regions", concept="a", after=found["next"])
    every = [*found["items"], *more["items"]]
    assert len(every) == len({one["annotation_id"] for one in every}) == 4
    others = task.ask(Role.ADMIN, "GET", "/review/regions", concept="a")["items"]
    ids = [one["annotation_id"] for one in every]
    asked = {"accept": ids[1:], "reject": ids[:1], "key": "screen-of-a"}
    said = task.ask(Role.REVIEWER, "POST", "/review/regions", **asked)
    assert (said["annotations"], said["reviewed"], said["stale"]) == (4, 0, [])
    stale = task.ask(
        Role.REVIEWER, "POST", "/review/regions", key="key-again", accept=[others[0]["annotation_id"], ids[0]]
    )
    assert (stale["annotations"], stale["stale"]) == (0, sorted([others[0]["annotation_id"], ids[0]]))


def test_labelers_never_get_the_same_input(task: Task) -> None:
    mine = task.ask(Role.REVIEWER, "POST", "/label/next")
    assert mine["left"] == 2
    assert mine["input"]["outcome"] == "done"
    theirs = task.ask(Role.ADMIN, "POST", "/label/next")
    assert theirs["input"]["id"] != mine["input"]["id"]
    assert (theirs["input"]["outcome"], "raised" in theirs["input"]["message"]) == ("failed", True)
    assert task.ask(Role.REVIEWER, "POST", "/label/next")["input"]["id"] == mine["input"]["id"]
    assert (
        task.ask(Role.REVIEWER, "POST", "/label/next", after=mine["input"]["id"])["input"]["id"] == mine["input"]["id"]
    )
    said = task.ask(Role.REVIEWER, "POST", f"/label/{theirs['input']['id']}", 409, key="stolen-key", seen=0)
    assert "Somebody else labels" in said["error"]["message"]
    rows(task.world.database, "UPDATE lease SET expires_at = now() RETURNING 1")  # both closed their browsers
    assert task.ask(Role.ADMIN, "POST", "/label/next")["input"]["id"] == mine["input"]["id"]


def test_what_is_submitted_stands_and_can_be_submitted_again(task: Task) -> None:
    one = task.ask(Role.REVIEWER, "POST", "/label/next")["input"]
    assert one["annotations"] == []
    drawn = [{"concept": "a", "region": {"kind": "span", "value": [0, 7]}}]
    body = {"key": "first-key", "seen": one["seen"], "additions": drawn}
    done = task.ask(Role.REVIEWER, "POST", f"/label/{one['id']}", **body)
    assert done["work"] == "labeled"
    assert task.ask(Role.REVIEWER, "POST", f"/label/{one['id']}", **body)["activity_id"] == done["activity_id"]
    (submitted,) = task.ask(Role.REVIEWER, "GET", "/label/submitted")["items"]
    assert (submitted["id"], submitted["input_id"]) == (done["activity_id"], one["id"])
    now = task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}")
    (annotation,) = now["annotations"]
    assert (annotation["status"], annotation["mine"], annotation["labeler"]) == ("success", True, "the reviewer")
    task.ask(Role.ADMIN, "GET", f"/label/{one['id']}", 409)
    again = {"key": "second-key", "seen": now["seen"], "deletions": [annotation["id"]]}
    task.ask(Role.REVIEWER, "POST", f"/label/{one['id']}", **again)
    assert task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}")["annotations"] == []
    ledger = task.world.call(Role.VIEWER, "GET", task.path).json()
    assert (ledger["annotated"], ledger["empty"], ledger["failed"]) == (8, 1, 1)


def test_a_labeler_does_not_overrule_who_decided_on_many(task: Task) -> None:
    change = {"checked": True, "labelers": [task.world.people[Role.REVIEWER]]}
    assert task.world.call(Role.ADMIN, "PATCH", task.path, json=change).status_code == 200
    one = task.ask(Role.REVIEWER, "POST", "/label/next")["input"]
    span = {"kind": "span", "value": [1, 3]}
    body = {"key": "first-key", "seen": one["seen"], "additions": [{"concept": "a", "region": span}]}
    task.ask(Role.REVIEWER, "POST", f"/label/{one['id']}", **body)
    task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}")
    found = task.ask(Role.ADMIN, "GET", "/review/regions", concept="a", limit=200)["items"]
    (mine,) = [region["annotation_id"] for region in found if region["input_id"] == one["id"]]
    done = task.ask(Role.ADMIN, "POST", "/review/regions", key="a-screen", reject=[mine])
    assert "somebody decided on it" in task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}", 409)["error"]["message"]
    task.undo(done["activity_id"], who=Role.ADMIN)
    task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}")


def test_nothing_is_put_back_before_who_reviews_no_more(task: Task) -> None:
    done = task.decide(task.queue()["items"][0])
    left = {"reviewers": [task.world.people[Role.ADMIN]]}
    assert task.world.call(Role.ADMIN, "PATCH", task.path, json=left).status_code == 200
    assert "reviews this task no more" in task.undo(done["activity_id"], 409)["error"]["message"]


def test_help_is_what_the_model_said(task: Task) -> None:
    one = task.queue()["items"][0]
    task.decide(one, "request_changes", comment="Look again.")
    (said,) = task.ask(Role.REVIEWER, "GET", f"/label/{one['id']}/help")["items"]
    assert (said["model"], [hint["score"] for hint in said["predictions"]]) == ("m", [0.95, 0.9, 0.7, 0.5, 0.3])
    assert said["predictions"][0]["region"] == {"kind": "span", "value": [0, 1]}


def test_ten_at_once_decide_an_input_once(task: Task) -> None:
    one = task.queue()["items"][0]
    codes: list[int] = []

    def click(number: int) -> None:
        body = {"key": f"click-{number:04}", "seen": one["seen"], "action": "approve", "ticked": []}
        codes.append(task.world.call(Role.REVIEWER, "POST", f"{task.path}/review/{one['id']}", json=body).status_code)

    threads = [threading.Thread(target=click, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [409] * 9
    query = "SELECT count(*) FROM annotation_event WHERE input_id = :i AND operation = 'reject'"
    assert rows(task.world.database, query, i=one["id"]) == [4]


def test_a_key_of_another_request_is_refused(task: Task) -> None:
    one, other, *_ = task.queue()["items"]
    task.decide(one, key="the-same-key")
    said = task.decide(other, key="the-same-key", status=409)
    assert "belongs to another request" in said["error"]["message"]
    waiting = [a["id"] for a in other["annotations"] if a["status"] == "awaiting_review"]
    for rest, body in (("regions", {"accept": waiting}), ("bulk", {"action": "approve"})):
        task.ask(Role.REVIEWER, "POST", f"/review/{rest}", 409, key="the-same-key", **body)
    assert task.queue()["progress"]["mine_open"] == 3
