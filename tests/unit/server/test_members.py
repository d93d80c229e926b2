"""Who comes in, changes, and leaves; who may choose whom."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from world import STRANGER, World

from labelmill.core.role import Role
from labelmill.store import schema as t

API = "/api/v1"


def place(world: World, who: str = "") -> str:
    return f"{API}/projects/{world.mine}/members" + (f"/{world.people[who]}" if who else "")


def invite(world: World, actor: str, name: str, role: Role) -> tuple[int, str | None]:
    said = world.call(actor, "POST", place(world), json={"name": name, "role": role})
    return said.status_code, said.json().get("token")


def test_somebody_new_comes_in_by_a_token_that_works_once(world: World) -> None:
    status, token = invite(world, Role.ADMIN, "new here", Role.LABELER)
    assert status == 201
    assert world.client.post(f"{API}/session", json={"token": token}).json()["name"] == "new here"
    assert [one["role"] for one in world.client.get(f"{API}/projects").json()["items"]] == ["labeler"]
    assert world.client.post(f"{API}/session", json={"token": token}).status_code == 401
    status, again = invite(world, Role.ADMIN, "new here", Role.LABELER)  # the first was lost
    assert (status, again is None) == (201, False)


def days_pass(world: World, person_id: int, days: int) -> None:
    """What was given to a person is that much older."""
    one = t.one_time_token
    older = sa.update(one).where(one.c.person_id == person_id)
    with world.database.begin() as conn:
        assert conn.execute(older.values(expires_at=one.c.expires_at - timedelta(days=days))).rowcount == 1


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 401)])
def test_an_invitation_lasts_a_week(world: World, days: int, status: int) -> None:
    made = world.call(Role.ADMIN, "POST", place(world), json={"name": "late", "role": Role.LABELER}).json()
    days_pass(world, made["id"], days)
    assert world.client.post(f"{API}/session", json={"token": made["token"]}).status_code == status


@pytest.mark.parametrize("why", ["used", "too old", "made up"])
def test_who_comes_by_a_link_that_lets_in_no_more_is_told_what_to_do(world: World, why: str) -> None:
    made = world.call(Role.ADMIN, "POST", place(world), json={"name": "late", "role": Role.LABELER}).json()
    if why == "used":
        world.client.post(f"{API}/session", json={"token": made["token"]})
    elif why == "too old":
        days_pass(world, made["id"], 8)
    token = "x" * 43 if why == "made up" else made["token"]
    said = world.client.post(f"{API}/session", json={"token": token})
    assert said.status_code == 401
    assert said.json()["error"]["message"] == (
        "This link was used already, or is too old: a link lets in once, an invitation within 7 days. Sign in by "
        "password if you have one, or ask who invited you for a new link; on the server's own machine 'labelmill up' "
        "prints one."
    )


def listed(world: World, actor: str, person_id: int) -> tuple[str | None, bool]:
    """How a member's link stands, and whether the actor may give them a new one."""
    found = {one["id"]: one for one in world.call(actor, "GET", place(world)).json()["items"]}[person_id]
    return found["invitation"], found["renewable"]


def test_the_members_tell_how_each_link_stands(world: World) -> None:
    def link() -> dict[str, Any]:
        made: dict[str, Any] = world.call(Role.ADMIN, "POST", place(world), json=late).json()
        return made

    late = {"name": "late", "role": Role.LABELER}
    made = link()
    assert listed(world, Role.ADMIN, made["id"]) == ("open", True)
    days_pass(world, made["id"], 8)
    world.client.post(f"{API}/session", json={"token": made["token"]})
    assert listed(world, Role.ADMIN, made["id"]) == ("expired", True)  # that they tried does not mean that they came
    again = link()
    assert listed(world, Role.ADMIN, made["id"]) == ("open", True)
    me = world.client.post(f"{API}/session", json={"token": again["token"]}).json()
    assert listed(world, Role.ADMIN, made["id"]) == ("used", True)
    headers = {"X-Labelmill-CSRF": me["csrf"]}
    world.client.put(f"{API}/session/password", json={"new": "correct horse"}, headers=headers)
    assert listed(world, Role.ADMIN, made["id"]) == (None, False)
    assert world.call(Role.ADMIN, "POST", place(world), json=late).status_code == 409


@pytest.mark.parametrize("actor", [Role.VIEWER, Role.REVIEWER, Role.ADMIN, Role.OWNER])
def test_a_new_link_is_promised_to_whom_it_is_given(world: World, actor: Role) -> None:
    invite(world, Role.OWNER, "an equal", Role.ADMIN)
    invite(world, Role.ADMIN, "a newcomer", Role.VIEWER)
    invite(world, Role.ADMIN, "owner", Role.VIEWER)  # the operator of the server
    everybody = world.call(actor, "GET", place(world)).json()["items"]
    for one in everybody:
        if one["id"] != world.people[actor]:
            token = invite(world, actor, one["name"], one["role"])[1]
            assert one["renewable"] == (token is not None), one
    promised = {one["name"] for one in everybody if one["renewable"]}
    below = {"a newcomer", "the viewer", "the labeler", "the reviewer"}
    assert promised == {Role.ADMIN: below, Role.OWNER: below | {"an equal", "the admin"}}.get(actor, set())
    assert {one["invitation"] for one in everybody if one["name"] == "owner"} == {None}


def test_a_token_lets_nobody_in_as_somebody_above_them(world: World) -> None:
    assert invite(world, Role.ADMIN, "the stranger", Role.VIEWER) == (201, None)  # owns a project elsewhere
    assert invite(world, Role.ADMIN, "owner", Role.VIEWER) == (201, None)  # the operator of the server
    assert invite(world, Role.ADMIN, "the owner", Role.VIEWER)[0] == 409
    assert invite(world, Role.ADMIN, "one more", Role.ADMIN)[0] == 403
    assert invite(world, Role.OWNER, "one more", Role.ADMIN)[0] == 201


@pytest.mark.parametrize(
    ("actor", "whose", "role", "status"),
    [
        (Role.ADMIN, Role.VIEWER, Role.REVIEWER, 200),
        (Role.ADMIN, Role.VIEWER, Role.ADMIN, 403),
        (Role.ADMIN, Role.OWNER, Role.VIEWER, 403),
        (Role.OWNER, Role.ADMIN, Role.OWNER, 200),
        (Role.OWNER, Role.OWNER, Role.ADMIN, 422),
        (Role.OWNER, STRANGER, Role.ADMIN, 404),
    ],
)
def test_who_may_give_which_role(world: World, actor: Role, whose: str, role: Role, status: int) -> None:
    said = world.call(actor, "PATCH", place(world, whose), json={"role": role})
    assert said.status_code == status
    if status == 200:
        assert {one["id"]: one["role"] for one in said.json()["items"]}[world.people[whose]] == role


@pytest.mark.parametrize(
    ("actor", "whose", "status"),
    [
        (Role.VIEWER, Role.VIEWER, 204),
        (Role.VIEWER, Role.LABELER, 403),
        (Role.ADMIN, Role.REVIEWER, 204),
        (Role.ADMIN, Role.OWNER, 403),
        (Role.OWNER, Role.ADMIN, 204),
        (Role.OWNER, Role.OWNER, 422),
    ],
)
def test_who_may_send_whom_away(world: World, actor: Role, whose: Role, status: int) -> None:
    assert world.call(actor, "DELETE", place(world, whose)).status_code == status
    expected = 404 if status == 204 else 200
    assert world.call(whose, "GET", place(world)).status_code == expected
