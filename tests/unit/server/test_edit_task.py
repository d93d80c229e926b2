"""Tasks changed over HTTP: other reviewers share what is open, other rules hold from then on."""

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from asked import ask, at, make
from made import check_sums, work
from mill import rows
from world import World

from labelmill.core.role import Role
from labelmill.models.base import Model
from labelmill.store import assignments, reviews

TEXTS = [f"text {i:02}" for i in range(30)]
OPEN = "SELECT input_id, person_id FROM assignment WHERE task_id = :id AND done_at IS NULL ORDER BY input_id"
SHARES = "SELECT person_id, sum(inputs)::int, sum(done)::int FROM share WHERE task_id = :id GROUP BY 1 ORDER BY 1"
COUNTED = "SELECT person_id, count(*), count(done_at) FROM assignment WHERE task_id = :id GROUP BY 1 ORDER BY 1"


class Reviewed:
    """A task over thirty texts that all wait for reviewers, and what is changed about it."""

    def __init__(self, world: World, model: Model, *reviewers: Role, **said: Any) -> None:
        self.world, self.people = world, world.people
        ids = world.fresh()
        self.task = make(world, ids, TEXTS, reviewers=[self.people[who] for who in reviewers], **said)
        self.id = self.task["id"]
        self.path = f"{at(ids)}/{self.id}"
        work(world.database, self.id, model)

    def change(self, status: int = 200, **said: Any) -> Any:
        for name in {"reviewers", "labelers"} & said.keys():
            said[name] = [self.people[who] for who in said[name]]
        return ask(self.world, "PATCH", self.path, status, json=said)

    def finish(self, who: Role, count: int) -> list[int]:
        ids = [i for i, person in self.open() if person == self.people[who]][:count]
        with self.world.database.begin() as conn:
            assignments.finish(conn, self.id, ids)
            through = sa.text("UPDATE ledger SET work = 'reviewed' WHERE task_id = :id AND input_id = ANY(:ids)")
            conn.execute(through, {"id": self.id, "ids": ids})
        return ids

    def open(self) -> list[Any]:
        return rows(self.world.database, OPEN, id=self.id)

    def sizes(self) -> dict[int, int]:
        return Counter(person for _, person in self.open())

    def check_shares(self) -> None:
        counted = rows(self.world.database, COUNTED, id=self.id)
        assert [one for one in rows(self.world.database, SHARES, id=self.id) if one[1]] == counted


def test_who_leaves_gives_up_what_is_open_and_who_comes_takes_from_those_who_have_most(
    world: World, model: Model
) -> None:
    task = Reviewed(world, model, Role.REVIEWER, Role.ADMIN, Role.OWNER)
    a, b, c = (world.people[who] for who in (Role.REVIEWER, Role.ADMIN, Role.OWNER))
    assert task.sizes() == {a: 10, b: 10, c: 10}
    task.finish(Role.REVIEWER, 4)
    before = dict(task.open())
    task.change(reviewers=[Role.ADMIN, Role.OWNER])
    after = dict(task.open())
    assert {i for i in after if after[i] != before[i]} == {i for i in before if before[i] == a}
    assert task.sizes() == {b: 13, c: 13}
    task.check_shares()
    task.finish(Role.ADMIN, 6)
    before = dict(task.open())
    task.change(reviewers=[Role.REVIEWER, Role.ADMIN, Role.OWNER])
    assert task.sizes() == {a: 6, b: 4, c: 10}  # with what is done: ten each
    assert {person for i, person in task.open() if person != before[i]} == {a}
    task.check_shares()
    parts = {one["name"]: one for one in ask(world, "GET", f"{task.path}/people")["items"]}
    assert parts["the reviewer"] == {
        "id": a, "name": "the reviewer", "reviewer": True, "labeler": True, "given": 10, "done": 4, "open": 6,
        "labeled": 0,
    }  # fmt: skip
    task.change(reviewers=[])
    assert task.open() == []
    task.change(reviewers=[Role.OWNER])
    assert task.sizes() == {c: 20}
    task.check_shares()


def test_stacked_who_comes_gets_all_that_is_open_and_who_leaves_loses_theirs(world: World, model: Model) -> None:
    task = Reviewed(world, model, Role.REVIEWER, Role.ADMIN, review="stacked", agree=2)
    b, c = world.people[Role.ADMIN], world.people[Role.OWNER]
    assert "between 1" in task.change(422, reviewers=[Role.ADMIN])["error"]["message"]
    now = task.change(reviewers=[Role.ADMIN, Role.OWNER])
    assert ([one["id"] for one in now["reviewers"]], now["agree"]) == ([b, c], 2)
    assert task.sizes()[c] == 30
    assert world.people[Role.REVIEWER] not in task.sizes()
    task.check_shares()
    assert "needs reviewers" in task.change(422, reviewers=[])["error"]["message"]


def test_ties_go_to_the_maker_only_while_they_may_decide_them(world: World, model: Model) -> None:
    task = Reviewed(world, model, Role.REVIEWER, Role.OWNER, review="stacked", agree=2)
    demote = sa.text("UPDATE member SET role = 'labeler' WHERE person_id = :person AND project_id = :project")
    with world.database.begin() as conn, conn.begin_nested() as attempt:
        assert reviews.rules(conn, task.id).owner_id == world.people[Role.ADMIN]
        conn.execute(demote, {"person": world.people[Role.ADMIN], "project": world.mine})
        assert reviews.rules(conn, task.id).owner_id == world.people[Role.OWNER]
        attempt.rollback()


def test_rules_and_concepts_hold_from_now_on(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, [f"text {i}" for i in range(40)], concepts=["a"], mapping={"a": "cloth"})
    path = f"{at(ids)}/{task['id']}"
    work(world.database, task["id"], model, at_most=3)
    said = {"name": "other", "priority": "low", "instructions": "Look.", "concepts": ["b"]}
    now = ask(world, "PATCH", path, json=said)
    assert {key: now[key] for key in said} == said
    assert rows(world.database, "SELECT priority FROM procrastinate_jobs") == [0]
    work(world.database, task["id"], model)
    done = ask(world, "GET", path)
    assert {name: sum(bands.values()) for name, bands in done["bands"].items()} == {"cloth": 18, "b": 68}
    check_sums(world.database, task["id"])
    assert ask(world, "PATCH", path, json={"concepts": ["cloth", "b"]})["concepts"] == ["cloth", "b"]
    assert "says nothing" in ask(world, "PATCH", path, 422, json={"concepts": ["z"]})["error"]["message"]
    ask(world, "PATCH", path, 422, json={"concepts": []})
    told = rows(world.database, "SELECT detail -> 'changed' FROM activity WHERE operation = 'edit_task' ORDER BY id")
    assert told[0] == {
        "name": [task["name"], "other"], "priority": ["medium", "low"], "instructions": [],
        "concepts": [["cloth"], ["b"]],
    }  # fmt: skip
    acts = ask(world, "GET", path)["last_act"]
    assert ask(world, "PATCH", path, json={"name": "other", "priority": "low"})["last_act"] == acts  # as it is already


def test_who_is_to_label_later_gets_what_came_out_empty_or_failed(world: World, model: Model) -> None:
    ids = world.fresh()
    task = make(world, ids, labelers=[])
    work(world.database, task["id"], model)
    turn = f"{at(ids)}/{task['id']}"
    assert not ask(world, "GET", turn, who=Role.LABELER)["can_label"]
    ask(world, "PATCH", turn, json={"labelers": [world.people[Role.LABELER]]})
    seen = ask(world, "GET", turn, who=Role.LABELER)
    assert (seen["can_label"], seen["can_review"]) == (True, False)
    assert rows(world.database, "SELECT count(*) FROM ledger WHERE work = 'label'") == [2]


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_a_member_who_goes_leaves_every_task_and_what_they_leased(world: World, model: Model, how: str) -> None:
    first = Reviewed(world, model, Role.REVIEWER, Role.ADMIN)
    stacked = Reviewed(world, model, Role.REVIEWER, Role.ADMIN, Role.OWNER, review="stacked", agree=3)
    person, admin = world.people[Role.REVIEWER], world.people[Role.ADMIN]
    rows(
        world.database, "INSERT INTO lease VALUES (:task, 1, :person, now() + interval '1 hour') RETURNING 1",
        task=first.id, person=person,
    )  # fmt: skip
    where = f"/api/v1/projects/{world.mine}/members/{person}"
    if how == "removed":
        ask(world, "DELETE", where, 204)
    else:
        ask(world, "PATCH", where, json={"role": "labeler"})
    assert first.sizes() == {admin: 30}
    first.check_shares()
    assert person not in stacked.sizes()
    now = ask(world, "GET", stacked.path)
    assert (len(now["reviewers"]), now["agree"]) == (2, 2)
    still = [] if how == "removed" else [person]
    assert rows(world.database, "SELECT person_id FROM lease") == still
    assert [one["id"] for one in now["labelers"] if one["id"] == person] == still


def test_a_list_finds_tasks_by_what_they_say_and_by_what_is_there_for_one_to_do(world: World, model: Model) -> None:
    ids = world.fresh()
    reviewed = make(world, ids, name="Red 100%", reviewers=[world.people[Role.REVIEWER]])
    make(world, ids, [], name="blue_1")
    work(world.database, reviewed["id"], model)

    def listed(who: Role = Role.ADMIN, **query: str) -> list[str]:
        return [one["name"] for one in ask(world, "GET", at(ids), who=who, params=query)["items"]]

    assert (listed(text="RED"), listed(text="0%"), listed(text="_"), listed(text="M")) == (
        ["Red 100%"], ["Red 100%"], ["blue_1"], ["blue_1", "Red 100%"],
    )  # fmt: skip
    people = {"model": None, "makes": "class", "concepts": ["thing"], "labelers": [world.people[Role.OWNER]]}
    dataset_id = reviewed["dataset_id"]
    ask(world, "POST", at(ids), 201, json={"name": "By hand", "dataset_id": dataset_id, "reviewers": [], **people})
    assert (listed(text="People"), listed(text="Classification")) == (["By hand"], ["By hand"])
    assert listed(text="spans") == ["blue_1", "Red 100%"]
    for mine in ("assigned", "review", "label"):
        assert listed(Role.REVIEWER, mine=mine) == ["Red 100%"]
        assert listed(Role.ADMIN, mine=mine) == []
    taken = "INSERT INTO lease SELECT task_id, input_id, :person, now() + :for * interval '1 hour' FROM ledger"
    waits = f"{taken} WHERE work = 'label' RETURNING 1"
    rows(world.database, waits, person=world.people[Role.ADMIN], **{"for": 1})
    assert listed(Role.REVIEWER, mine="label") == []
    rows(world.database, "UPDATE lease SET expires_at = now() RETURNING 1")
    assert listed(Role.REVIEWER, mine="label") == ["Red 100%"]


def test_a_list_finds_tasks_by_status_and_priority(world: World, model: Model) -> None:
    ids = world.fresh()
    of: dict[str, int] = {}
    for name in ("open", "paused", "cancelled", "complete", "failed"):
        of[name] = make(world, ids, name=name, priority="high" if name in ("open", "failed") else "low")["id"]
    work(world.database, of["complete"], model)
    for name, verb in (("paused", "pause"), ("cancelled", "cancel")):
        ask(world, "POST", f"{at(ids)}/{of[name]}/{verb}")
    rows(world.database, "UPDATE task SET error = 'no weights' WHERE id = :task RETURNING 1", task=of["failed"])

    def listed(**query: str) -> list[str]:
        return [one["name"] for one in ask(world, "GET", at(ids), params=query)["items"]]

    for name in of:
        assert listed(status=name) == [name]
    shown = {one["name"]: one["status"] for one in ask(world, "GET", at(ids))["items"]}
    assert shown == {name: "waiting" if name == "open" else name for name in of}
    assert listed(priority="high") == ["failed", "open"]
    assert listed(priority="low", status="paused", text="PAU") == ["paused"]
    assert listed(priority="medium") == []
    assert world.call(Role.ADMIN, "GET", f"{at(ids)}?status=lost").status_code == 422


def test_a_page_of_tasks_takes_as_many_queries_as_one_task(world: World, model: Model) -> None:
    ids = world.fresh()
    asked: list[str] = []
    sa.event.listen(world.database._engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def queries() -> int:
        asked.clear()
        ask(world, "GET", at(ids))
        return len(asked)

    make(world, ids, reviewers=[world.people[Role.REVIEWER]])
    one = queries()
    for _ in range(4):
        make(world, ids, [], reviewers=[world.people[Role.REVIEWER], world.people[Role.ADMIN]])
    assert queries() == one


def test_a_paused_task_gives_people_nothing_more_to_label(world: World) -> None:
    ids = world.fresh()
    labelers = [world.people[who] for who in (Role.LABELER, Role.ADMIN)]
    said = {"model": None, "thresholds": None, "makes": "span", "concepts": ["a"], "labelers": labelers}
    path = f"{at(ids)}/{make(world, ids, ['one', 'two'], **said)['id']}"

    def following(who: Role) -> Any:
        return ask(world, "POST", f"{path}/label/next", who=who, json={})["input"]

    mine = following(Role.LABELER)["id"]
    assert ask(world, "POST", f"{path}/pause")["can_label"] is False
    assert following(Role.ADMIN) is None
    assert following(Role.LABELER)["id"] == mine  # who is at one may end it
    assert ask(world, "POST", f"{path}/resume")["can_label"] is True
    assert following(Role.ADMIN)["id"] != mine
