"""Who one is, one's tokens, projects: against the real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live, listening, tokens

from labelmill import Client
from labelmill.core import errors
from labelmill.store.database import Database


@pytest.fixture
def live(tmp_path: Path, database: Database) -> Iterator[Live]:
    """A server without a worker."""
    with listening(database, tmp_path / "server") as address:
        yield Live(address, *tokens(database), tmp_path / "server")


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with live.client() as client:
        yield client


def test_whose_token_it_is(client: Client, live: Live) -> None:
    assert client.me()["name"] == "owner"
    with Client(live.address, live.other) as other:
        assert other.me()["name"] == "somebody else"
    with Client(live.address, "lm_nonsense") as nobody, pytest.raises(errors.NotSignedIn, match="token"):
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


def test_somebody_elses_project_is_none(client: Client, live: Live) -> None:
    made = client.projects.create("mine")
    with Client(live.address, live.other) as other:
        assert list(other.projects.list()) == []
        with pytest.raises(errors.NotFound):
            other.projects.get(made["id"])
        with pytest.raises(errors.Conflict):
            other.projects.named("mine")  # the name is taken, and it is not one's own
