"""Who one is, one's tokens, projects: against the real server."""

import pytest
from live import Live

from labelmill import Client
from labelmill.core import errors
from labelmill.store.database import Database


def test_whose_token_it_is(client: Client, served: Live) -> None:
    assert client.me()["name"] == "owner"
    with Client(served.address, served.other) as other:
        assert other.me()["name"] == "somebody else"
    with Client(served.address, "lm_nonsense") as nobody, pytest.raises(errors.NotSignedIn, match="token"):
        nobody.me()


def test_a_token_is_void_once_it_is_deleted(client: Client) -> None:
    (token,) = client.tokens.list()
    assert token["name"] == "tests"
    client.tokens.delete(token["id"])
    with pytest.raises(errors.NotSignedIn):
        client.me()


def test_projects_come_go_and_come_back(client: Client) -> None:
    made = client.projects.create("garden")
    assert (made["name"], made["role"], made["inputs"]) == ("garden", "owner", 0)
    with pytest.raises(errors.Conflict):
        client.projects.create("garden")
    assert client.projects.named("garden") == client.projects.get(made["id"]) == made
    other = client.projects.named("ü/?#")
    assert [one["name"] for one in client.projects.list()] == ["garden", "ü/?#"]
    assert client.projects.rename(other["id"], "other")["name"] == "other"
    assert client.projects.archive(made["id"])["archived_at"]
    assert [one["name"] for one in client.projects.list()] == ["other"]
    assert [one["name"] for one in client.projects.list(archived=True)] == ["garden"]
    assert client.projects.restore(made["id"])["archived_at"] is None
    with pytest.raises(errors.NotFound, match="'none'"):
        client.projects.named("none", make=False)


def test_pages_follow_each_other(client: Client, database: Database) -> None:
    for number in range(7):
        client.projects.create(f"p{number}")
    wire = client._wire
    assert [one["name"] for one in wire.pages("/projects", limit=3)] == [f"p{number}" for number in range(7)]


def test_somebody_elses_project_is_none(client: Client, served: Live) -> None:
    made = client.projects.create("mine")
    with Client(served.address, served.other) as other:
        assert list(other.projects.list()) == []
        with pytest.raises(errors.NotFound):
            other.projects.get(made["id"])
        with pytest.raises(errors.Conflict):
            other.projects.named("mine")  # the name is taken, and it is not one's own


def test_datasets_and_concepts(client: Client, project: int) -> None:
    made = client.datasets.create(project, "first")
    assert client.datasets.named(project, "first") == made
    with pytest.raises(errors.Conflict):
        client.datasets.create(project, "first")
    placed = client.datasets.create(project, "first", origin="here:/first")
    assert placed["name"] == "first (2)"
    assert client.datasets.create(project, "first", origin="here:/first")["id"] == placed["id"]
    assert client.datasets.rename(project, made["id"], "other")["name"] == "other"
    client.datasets.delete(project, placed["id"])
    assert [one["name"] for one in client.datasets.list(project)] == ["other"]
    concept = client.concepts.create(project, "pants")
    assert client.concepts.rename(project, concept["id"], "trousers")["name"] == "trousers"
    assert [one["name"] for one in client.concepts.list(project)] == ["trousers"]
    client.concepts.delete(project, concept["id"])
    assert list(client.concepts.list(project)) == []


def test_members(client: Client, project: int, served: Live) -> None:
    invited = client.members.add(project, "a new one", "viewer")
    assert invited["role"] == "viewer"
    assert invited["token"]
    assert {one["name"]: one["invitation"] for one in client.members.list(project)} == {
        "owner": None, "a new one": "open",
    }  # fmt: skip
    assert client.members.add(project, "a new one", "viewer")["token"] not in (None, invited["token"])
    client.members.change(project, invited["id"], "reviewer")
    assert {(one["name"], one["role"]) for one in client.members.list(project)} == {
        ("owner", "owner"), ("a new one", "reviewer"),
    }  # fmt: skip
    client.members.remove(project, invited["id"])
    assert [one["name"] for one in client.members.list(project)] == ["owner"]
