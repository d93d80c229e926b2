"""Who is in a project, as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.role import Role
from labelmill.store import schema as t


def of(conn: sa.Connection, project_id: int, person_id: int) -> tuple[Role, bool] | None:
    """A person's role in a project and whether that is archived; None when they have none, or it is not there."""
    query = sa.text("""
        SELECT m.role, p.archived_at IS NOT NULL FROM member m JOIN project p ON p.id = m.project_id
        WHERE m.project_id = :project AND m.person_id = :person
    """)
    row = conn.execute(query, {"project": project_id, "person": person_id}).first()
    return (Role(row[0]), row[1]) if row else None


def roles(conn: sa.Connection, project_id: int) -> dict[int, Role]:
    """The roles of a project's members, by id."""
    query = sa.select(t.member.c.person_id, t.member.c.role).where(t.member.c.project_id == project_id)
    return {person_id: Role(role) for person_id, role in conn.execute(query)}


def of_project(conn: sa.Connection, project_id: int, asker_id: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """All members by name: id, name, role, invitation, renewable.

    `invitation`: how the link of one who has no password stands: "open", "expired", or "used"; None for others.
    `renewable`: whether `asker_id` may give them a new link, see `only_of`.
    """
    person, one = t.person.c, t.one_time_token.c
    links_only = person.password.is_(None) & ~person.operator
    link = sa.select(one.expires_at > sa.func.now()).where(one.person_id == person.id).scalar_subquery()
    stands = sa.case((link.is_(None), "used"), (link, "open"), else_="expired")
    others = (person.id != asker_id) & ~sa.exists(_beyond(person.id, asker_id))
    query = (
        sa.select(
            person.id,
            person.name,
            t.member.c.role,
            sa.case((links_only, stands)).label("invitation"),
            (links_only & others).label("renewable"),
        )
        .join(t.member, t.member.c.person_id == t.person.c.id)
        .where(t.member.c.project_id == project_id)
        .order_by(t.person.c.name)
    )
    return conn.execute(query).all()


def put(conn: sa.Connection, project_id: int, person_id: int, role: Role) -> None:
    """Make a person a member, or a member something else."""
    row = insert(t.member).values(project_id=project_id, person_id=person_id, role=role.value)
    conn.execute(row.on_conflict_do_update(index_elements=["project_id", "person_id"], set_={"role": role.value}))


def remove(conn: sa.Connection, project_id: int, person_id: int) -> None:
    """Take a member out of a project."""
    conn.execute(sa.delete(t.member).filter_by(project_id=project_id, person_id=person_id))


def hold(conn: sa.Connection, project_id: int) -> list[int]:
    """The ids of a project's owners; nobody else changes members until the transaction ends."""
    # not the key: whoever writes down an act refers to the project, and need not wait
    row = sa.select(t.project.c.id).where(t.project.c.id == project_id)
    conn.execute(row.with_for_update(key_share=True)).all()
    query = sa.select(t.member.c.person_id).filter_by(project_id=project_id, role=Role.OWNER.value)
    return list(conn.execute(query).scalars())


def only_of(conn: sa.Connection, person_id: int, actor_id: int) -> bool:
    """Whether one of two could choose the other's role in every project that the other is in."""
    return conn.execute(_beyond(person_id, actor_id).limit(1)).first() is None


def _beyond(person_id: int | sa.ColumnElement[int], actor_id: int) -> sa.Select[int]:
    """The projects of a person in which an actor could not choose their role."""
    theirs, ours = t.member.alias(), t.member.alias()
    above = [Role.ADMIN.value, Role.OWNER.value]
    higher = (ours.c.role == Role.OWNER.value) | (ours.c.role.in_(above) & theirs.c.role.not_in(above))
    could = sa.exists().where(ours.c.project_id == theirs.c.project_id, ours.c.person_id == actor_id, higher)
    return sa.select(theirs.c.project_id).where(theirs.c.person_id == person_id, ~could)
