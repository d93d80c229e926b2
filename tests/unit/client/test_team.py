"""What a team does, through the client: a task for people, changed, frozen; who did what, and who is told."""

import io
import json
from pathlib import Path

import pytest
from live import Live
from mill import write_texts

from labelmill import Client
from labelmill.core import errors


def test_a_task_for_people_and_what_comes_of_it(client: Client, served: Live, project: int, tmp_path: Path) -> None:
    got = client.inputs.upload(project, write_texts(tmp_path / "t", ["good", "bad"]), dataset="d")
    me = client.me()["id"]
    other = client.members.add(project, "somebody else", "reviewer")["id"]
    dataset = got["dataset_id"]
    assert dataset is not None
    task = client.tasks.create(
        project, None, makes="class", concepts=["good", "bad"], dataset_id=dataset, labelers=[me], reviewers=[other],
        checked=True, priority="high", instructions="Say what it is.",
    )  # fmt: skip
    assert (task["model"], task["status"], task["can_label"], task["waiting"]) == (None, "running", True, 2)
    assert [one["id"] for one in client.tasks.list(project, mine="label")] == [task["id"]]
    assert list(client.tasks.list(project, text="nothing like it")) == []
    changed = client.tasks.change(project, task["id"], {"checked": False, "reviewers": [other, me], "name": "said"})
    assert (changed["name"], changed["checked"], len(changed["reviewers"])) == ("said", False, 2)
    assert client.tasks.pause(project, task["id"])["status"] == "paused"
    assert client.tasks.resume(project, task["id"])["status"] == "running"

    with pytest.raises(errors.Conflict, match="Nothing"):
        client.versions.create(project, task["id"])
    first = client.label.next(project, task["id"])["input"]
    assert first is not None
    client.label.submit(project, task["id"], first, additions=[{"concept": "good"}])
    version = client.versions.create(project, task["id"])
    assert (version["inputs"], version["annotations"], version["left_out"]) == (1, 1, {"inputs": 1})
    assert [one["id"] for one in client.versions.list(project, dataset)] == [version["id"]]
    out = io.BytesIO()
    assert client.versions.export(project, dataset, version["id"], out) == 1
    assert client.versions.export(project, dataset, version["id"], tmp_path / "v.jsonl") == 1
    assert (tmp_path / "v.jsonl").read_bytes() == out.getvalue()
    (said,) = json.loads(out.getvalue())["annotations"]
    assert (said["concept"], said["labeler"]) == ("good", client.me()["name"])
    with pytest.raises(errors.BadCall, match="jsonl"):
        client.versions.export(project, dataset, version["id"], tmp_path / "v.json", "coco")
    client.versions.delete(project, dataset, version["id"])

    labeled = {one["name"]: one["labeled"] for one in client.tasks.people(project, task["id"])}
    assert labeled == {client.me()["name"]: 1, "somebody else": 0}
    acts = [one["operation"] for one in client.activity.list(project, task_id=task["id"])]
    assert acts == [
        "delete_version",
        "create_version",
        "submit",
        "resume_task",
        "pause_task",
        "edit_task",
        "create_task",
    ]
    (annotation,) = client.inputs.get(project, first["id"])["annotations"]
    assert [one["operation"] for one in client.activity.story(project, annotation["id"])] == ["add"]

    with Client(served.address, served.other) as theirs:
        assert theirs.notifications.unread() == 1
        assert [one["kind"] for one in theirs.notifications.list()] == ["assigned"]
        theirs.notifications.read()
        assert theirs.notifications.unread() == 0
        theirs.notifications.mute(["assigned"])
        assert theirs.rename("Ada")["name"] == "Ada"
    assert client.tasks.concepts(project, task["id"]).keys() == {"good", "bad"}
    rest = client.label.next(project, task["id"])["input"]
    assert rest is not None
    client.label.submit(project, task["id"], rest)
    assert client.tasks.wait(project, task["id"])["status"] == "complete"
    assert [one["kind"] for one in client.notifications.list()] == ["finished"]


def test_what_is_known_of_a_model(client: Client, project: int) -> None:
    assert client.models.mapping(project, "null") == {}
    assert client.models.speed(project, "null") is None
