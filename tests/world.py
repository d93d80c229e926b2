"""A server to test with: its application on a scratch database, persons of every role, a stranger, another project.

Requests go through Starlette's test client: the whole application with its middleware, without a socket.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from labelmill.core.role import Role
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import catalog, sign_in
from labelmill.flows.start_task import Plan, start_task
from labelmill.models.catalog import BUILTIN
from labelmill.server.app import make_app
from labelmill.server.site import Site
from labelmill.store import activity, members, persons, projects
from labelmill.store import schema as t
from labelmill.store.database import Database
from labelmill.store.media import Media, digest_of

STRANGER = "stranger"
OPERATOR = "operator"
_numbers = itertools.count(1)


class Ids(dict[str, Any]):
    """Ids of things in one project, each made when it is first asked for: `ids["dataset_id"]`."""

    def __init__(self, world: "World", project_id: int, owner_id: int) -> None:
        super().__init__(project_id=project_id)
        self._world = world
        self._owner = owner_id

    def __missing__(self, name: str) -> Any:
        with self._world.database.begin() as conn:
            made = MAKERS[name](conn, self, self._owner)
        return self.setdefault(name, made)


@dataclass
class World:
    """The application, who may call it, and two projects: `mine`, with a person of each role, and `theirs`."""

    site: Site
    app: FastAPI
    client: TestClient
    people: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    mine: int = 0
    theirs: int = 0

    @property
    def database(self) -> Database:
        return self.site.database

    def call(self, who: str | None, method: str, path: str, **sent: Any) -> httpx2.Response:
        """A request with the access token of a role of `mine`, STRANGER, OPERATOR, or (None) of nobody."""
        headers = dict(sent.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.request(method, path, headers=headers, **sent)

    def fresh(self, project: str = "mine") -> Ids:
        """New things in one of the projects."""
        owner = Role.OWNER if project == "mine" else STRANGER
        return Ids(self, getattr(self, project), self.people[owner])

    def session(self, who: str) -> tuple[dict[str, str], str]:
        """A signed-in browser's headers for changes, and the session's cookie is in the client; and its csrf."""
        with self.database.begin() as conn:
            token = sign_in.one_time_token(conn, self.people[who], sign_in.SESSION_LASTS)
        said = self.client.post("/api/v1/session", json={"token": token}).json()
        return {"X-Labelmill-CSRF": said["csrf"]}, said["csrf"]


def make_world(database: Database, home: Path, **settings: Any) -> World:
    """A world on an empty database; `settings` go to the Site."""
    home.mkdir(parents=True, exist_ok=True)
    site = Site(database, home, Media(home / "media", max_bytes=10_000_000), **settings)
    app = make_app(site)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    world = World(site, app, client)
    with database.begin() as conn:
        world.people[OPERATOR] = projects.owner(conn)
        for name in (*Role, STRANGER):
            world.people[name] = persons.make(conn, f"the {name}") or 0
        world.mine = projects.make(conn, "mine", world.people[Role.OWNER])
        world.theirs = projects.make(conn, "theirs", world.people[STRANGER])
        for role in Role:
            members.put(conn, world.mine, world.people[role], role)
        for name, person_id in world.people.items():
            world.tokens[name], _ = sign_in.access_token(conn, person_id, "tests", None)
    return world


def _dataset(conn: sa.Connection, ids: Ids, owner: int) -> int:
    return projects.dataset(conn, ids["project_id"], f"dataset {next(_numbers)}")


def _concept(conn: sa.Connection, ids: Ids, owner: int) -> int:
    name = f"concept {next(_numbers)}"
    return projects.concepts(conn, ids["project_id"], [name])[name]


def _input(conn: sa.Connection, ids: Ids, owner: int) -> int:
    text = f"text {next(_numbers)}"
    row = {"project_id": ids["project_id"], "kind": "text", "text": text, "hash": digest_of(text.encode())}
    input_id = conn.execute(sa.insert(t.input_).values(**row).returning(t.input_.c.id)).scalar_one()
    source = {"project_id": ids["project_id"], "input_id": input_id, "name": text, "uri": text}
    source_id = conn.execute(sa.insert(t.source).values(**source).returning(t.source.c.id)).scalar_one()
    dataset_id = ids.setdefault("dataset_id", _dataset(conn, ids, owner))
    conn.execute(sa.insert(t.dataset_source).values(dataset_id=dataset_id, input_id=input_id, source_id=source_id))
    return int(input_id)


def _task(conn: sa.Connection, ids: Ids, owner: int) -> int:
    ids.setdefault("input_id", _input(conn, ids, owner))
    card = BUILTIN["null"]
    plan = Plan(
        project_id=ids["project_id"], dataset_id=ids["dataset_id"], person_id=owner, name=f"task {next(_numbers)}",
        thresholds=Thresholds(Limits(0.5, 0.9)), floor=0.05, concepts=[], standing=False, reviewers=[owner],
        labelers=[], ingest_seconds=0.0,
    )  # fmt: skip
    return start_task(conn, card, catalog.keep(card, ids._world.site.home), plan, lambda _conn, _task_id: None)


def _import(conn: sa.Connection, ids: Ids, owner: int) -> int:
    row = sa.insert(t.import_).values(project_id=ids["project_id"], created_by=owner, folder="/nowhere")
    return int(conn.execute(row.returning(t.import_.c.id)).scalar_one())


def _token(conn: sa.Connection, ids: Ids, owner: int) -> int:
    """Of somebody who is none of those who ask."""
    return int(sign_in.access_token(conn, ids["person_id"], "another", None)[1].id)


def _person(conn: sa.Connection, ids: Ids, owner: int) -> int:
    person_id = persons.make(conn, f"person {next(_numbers)}") or 0
    members.put(conn, ids["project_id"], person_id, Role.VIEWER)
    return person_id


def _version(conn: sa.Connection, ids: Ids, owner: int) -> int:
    row = sa.insert(t.dataset_version).values(dataset_id=ids["dataset_id"], number=next(_numbers), created_by=owner)
    return int(conn.execute(row.returning(t.dataset_version.c.id)).scalar_one())


def _activity(conn: sa.Connection, ids: Ids, owner: int) -> int:
    """Of somebody who is none of those who ask."""
    return activity.record(conn, ids["project_id"], ids["person_id"], "approve")


MAKERS: dict[str, Callable[[sa.Connection, Ids, int], Any]] = {
    "dataset_id": _dataset,
    "concept_id": _concept,
    "input_id": _input,
    "task_id": _task,
    "import_id": _import,
    "token_id": _token,
    "person_id": _person,
    "activity_id": _activity,
    "version_id": _version,
    "name": lambda _conn, _ids, _owner: "null",
}
"""How each id of a path is made."""
