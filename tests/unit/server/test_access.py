"""Every route with every role, nobody, a stranger, and another project's ids: see tests/routes.py."""

import re
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from routes import ROUTES, Row
from world import OPERATOR, STRANGER, Ids, World

from labelmill.core.role import Role
from labelmill.server.access import needed
from labelmill.server.app import API

PEOPLE = [*Role, STRANGER, OPERATOR]


def declared(world: World) -> dict[str, str]:
    """What each route of the application says it needs."""
    return {
        f"{method} {context.path}": needed(context)
        for context in iter_route_contexts(world.app.routes)
        if isinstance(context.original_route, APIRoute) and (context.path or "").startswith(API)
        for method in context.methods or ()
    }


def test_every_route_is_in_the_table_with_what_it_declares(shared_world: World) -> None:
    assert len(ROUTES) > 10
    assert declared(shared_world) == {key: row.needs for key, row in ROUTES.items()}


def send(world: World, who: str | None, key: str, ids: Ids, body: Any = None) -> httpx2.Response:
    row, (method, _, path) = ROUTES[key], key.partition(" ")
    names = re.findall(r"{(\w+)}", path)
    address = path.format(**{name: ids[name] for name in names}) + row.query
    sent: dict[str, Any] = {}
    if body is not None or row.body:
        sent["json"] = body if body is not None else row.body(ids) if row.body else None
    if row.files:
        sent["files"] = row.files(ids)
    return world.call(who, method, address, **sent)


def may(row: Row, who: str) -> bool:
    if row.needs == "operator":
        return who == OPERATOR
    return row.needs in ("signed in", "nothing") or (who in list(Role) and Role(who).includes(Role(row.needs)))


@pytest.mark.parametrize("key", ROUTES)
def test_nobody_is_asked_to_sign_in(shared_world: World, key: str) -> None:
    said = send(shared_world, None, key, shared_world.fresh())
    assert said.status_code == (ROUTES[key].answer if ROUTES[key].needs == "nothing" else 401), said.text


@pytest.mark.parametrize("key", ROUTES)
def test_each_role_may_what_the_table_says(shared_world: World, key: str) -> None:
    row = ROUTES[key]
    in_project = "{project_id}" in key
    for who in PEOPLE:
        if may(row, who):
            if row.answer is None:
                continue
            expected = row.answer
        else:
            expected = 403 if who in list(Role) or not in_project else 404
        said = send(shared_world, who, key, shared_world.fresh())
        assert said.status_code == expected, f"{who}: {said.text}"
        if expected >= 400:
            assert set(said.json()["error"]) == {"kind", "message"}
    if in_project:
        restore(shared_world)


@pytest.mark.parametrize("key", [key for key in ROUTES if "{project_id}" in key])
def test_another_projects_ids_are_not_found(shared_world: World, key: str) -> None:
    row, theirs = ROUTES[key], shared_world.fresh("theirs")
    names = [name for name in re.findall(r"{(\w+)}", key) if name.endswith("_id")]
    for name in names:
        mixed = shared_world.fresh()
        mixed[name] = theirs[name]
        said = send(shared_world, Role.OWNER, key, mixed)
        assert said.status_code == 404, f"{name}: {said.text}"
    if row.foreign:
        said = send(shared_world, Role.OWNER, key, shared_world.fresh(), row.foreign(theirs))
        assert said.status_code == 404, said.text


def restore(world: World) -> None:
    """Undo an archive: the project is everybody's."""
    assert world.call(Role.OWNER, "POST", f"{API}/projects/{world.mine}/restore").status_code == 200
