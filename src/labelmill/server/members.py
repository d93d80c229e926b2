"""Members of a project and what they may do in it."""

from typing import Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel

from labelmill.core.role import Role
from labelmill.flows import membership
from labelmill.server.access import Admin, Membership, Viewer
from labelmill.server.page import Body, Name, PathId
from labelmill.server.site import Here
from labelmill.store import members

router = APIRouter(prefix="/projects/{project_id}/members", tags=["projects"])


class Member(BaseModel):
    """A person with a role in the project.

    `invitation`: how the link of one who has no password yet stands; null for those who have one, and for the owner of
    the machine. `renewable`: whether who asks would get a new link for them, by adding them again in the same role.
    """

    id: int
    name: str
    role: Role
    invitation: Literal["open", "expired", "used"] | None
    renewable: bool


class Members(BaseModel):
    """All members of a project."""

    items: list[Member]
    next: None = None


class NewMember(Body):
    """Who shall be a member, by name, and as what; somebody who is not known yet is made known."""

    name: Name
    role: Role


class NewRole(Body):
    """Another role."""

    role: Role


class Invited(BaseModel):
    """A new member. `token`, where there is one, lets them in once: send them /sign-in#token=... of this server."""

    id: int
    name: str
    role: Role
    token: str | None


@router.get("")
def list_members(member: Viewer, site: Here) -> Members:
    """All members, by name."""
    with site.database.begin() as conn:
        return _all(conn, member)


@router.post("", status_code=201)
def add_member(said: NewMember, member: Admin, site: Here) -> Invited:
    """Add a person. One who has no password yet gets a token that lets them in once, within a week.

    Adding a member who is `renewable` again gives a new token, and the one before is void.
    """
    actor = (member.person.id, member.role)
    with site.database.begin() as conn:
        person_id, token = membership.invite(conn, member.project_id, actor, said.name, said.role)
    return Invited(id=person_id, name=said.name, role=said.role, token=token)


@router.patch("/{person_id}")
def change_member(person_id: PathId, said: NewRole, member: Admin, site: Here) -> Members:
    """Give a member another role; only owners make and unmake owners and admins."""
    actor = (member.person.id, member.role)
    with site.database.begin() as conn:
        membership.change(conn, member.project_id, actor, person_id, said.role)
        return _all(conn, member)


@router.delete("/{person_id}", status_code=204)
def remove_member(person_id: PathId, member: Viewer, site: Here) -> None:
    """Take a member out of the project, or leave it; what they did stays."""
    actor = (member.person.id, member.role)
    with site.database.begin() as conn:
        membership.remove(conn, member.project_id, actor, person_id)


def _all(conn: sa.Connection, member: Membership) -> Members:
    found = members.of_project(conn, member.project_id, member.person.id)
    return Members(items=[Member(**row._mapping) for row in found])
