"""Persons, projects, datasets, concepts: found by name or made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.errors import Conflict
from labelmill.core.role import Role
from labelmill.store import schema as t
from labelmill.store.persons import OWNER


def owner(conn: sa.Connection, name: str = OWNER) -> int:
    """The id of the person who works on this machine without signing in; the owner is an operator of its server."""
    conn.execute(insert(t.person).values(name=name, operator=name == OWNER).on_conflict_do_nothing())
    return int(conn.execute(sa.select(t.person.c.id).where(t.person.c.name == name)).scalar_one())


def project(conn: sa.Connection, name: str, person_id: int) -> int:
    """The id of a project; a new one belongs to `person_id`."""
    project_id = _get_or_make(conn, t.project, name=name)
    role = insert(t.member).values(project_id=project_id, person_id=person_id, role=Role.OWNER.value)
    conn.execute(role.on_conflict_do_nothing())
    return project_id


def dataset(conn: sa.Connection, project_id: int, name: str) -> int:
    """The id of a dataset of a project."""
    return _get_or_make(conn, t.dataset, project_id=project_id, name=name)


def new_dataset(conn: sa.Connection, project_id: int, name: str) -> int:
    """The id of a new dataset. Raises Conflict when the name is taken."""
    row = insert(t.dataset).values(project_id=project_id, name=name).on_conflict_do_nothing()
    made = conn.execute(row.returning(t.dataset.c.id)).scalar()
    if made is None:
        raise Conflict(f"There is a dataset called {name!r} already: choose another name.")
    return int(made)


def dataset_of(conn: sa.Connection, project_id: int, origin: str, name: str) -> int:
    """The id of the dataset that holds what lies at a place; a new one gets `name`, with a number if that is taken."""
    query = sa.select(t.dataset.c.id).filter_by(project_id=project_id, origin=origin)
    number = 1
    while (found := conn.execute(query).scalar()) is None:
        free = name if number == 1 else f"{name} ({number})"
        row = insert(t.dataset).values(project_id=project_id, name=free, origin=origin)
        conn.execute(row.on_conflict_do_nothing())
        number += 1
    return int(found)


def dataset_name(conn: sa.Connection, dataset_id: int) -> str:
    """What a dataset is called."""
    return str(conn.execute(sa.select(t.dataset.c.name).where(t.dataset.c.id == dataset_id)).scalar_one())


def concepts(conn: sa.Connection, project_id: int, names: Sequence[str]) -> dict[str, int]:
    """Ids of a project's concepts by name; those that it lacks are made."""
    rows = [{"project_id": project_id, "name": name} for name in names]
    if rows:
        conn.execute(insert(t.concept).on_conflict_do_nothing(), rows)
    found = conn.execute(sa.select(t.concept.c.name, t.concept.c.id).where(t.concept.c.project_id == project_id))
    known = {row.name: row.id for row in found}
    return {name: known[name] for name in names}


def person_labeler(conn: sa.Connection, person_id: int) -> int:
    """The labeler id under which a person's annotations stand."""
    query, values = sa.text("SELECT id FROM labeler WHERE person_id = :person"), {"person": person_id}
    found = conn.execute(query, values).scalar()
    if found is None:
        name = sa.select(t.person.c.name).where(t.person.c.id == person_id).scalar_subquery()
        conn.execute(insert(t.labeler).values(name=name, person_id=person_id).on_conflict_do_nothing())
        found = conn.execute(query, values).scalar_one()
    return int(found)


def _get_or_make(conn: sa.Connection, table: sa.Table, **key: object) -> int:
    query = sa.select(table.c.id).filter_by(**key)
    found = conn.execute(query).scalar()
    if found is None:
        conn.execute(insert(table).values(**key).on_conflict_do_nothing())
        found = conn.execute(query).scalar_one()
    return int(found)


def make(conn: sa.Connection, name: str, person_id: int) -> int:
    """The id of a new project, owned by a person. Raises Conflict when the name is taken."""
    row = insert(t.project).values(name=name).on_conflict_do_nothing().returning(t.project.c.id)
    project_id = conn.execute(row).scalar()
    if project_id is None:
        raise _taken(name)
    conn.execute(insert(t.member).values(project_id=project_id, person_id=person_id, role=Role.OWNER.value))
    return int(project_id)


def rename(conn: sa.Connection, project_id: int, name: str) -> None:
    """Give a project another name. Raises Conflict when it is taken."""
    taken = sa.select(t.project.c.id).where(t.project.c.name == name, t.project.c.id != project_id)
    if conn.execute(taken).first():
        raise _taken(name)
    conn.execute(sa.update(t.project).where(t.project.c.id == project_id).values(name=name))


def set_archived(conn: sa.Connection, project_id: int, archived: bool) -> bool:
    """Archive a project or restore it; False when it was so already, and the time of that stays."""
    was_archived = t.project.c.archived_at.is_not(None)
    row = sa.update(t.project).where(t.project.c.id == project_id, was_archived != archived)
    return conn.execute(row.values(archived_at=sa.func.now() if archived else None)).rowcount == 1


def of_person(conn: sa.Connection, person_id: int, *, archived: bool, after: int, limit: int) -> Sequence[sa.Row[Any]]:
    """Projects that a person is in, by id: id, name, role, created_at, archived_at, inputs, tasks."""
    is_archived = t.project.c.archived_at.is_not(None)
    query = _seen_by(person_id).where(is_archived == archived, t.project.c.id > after)
    return conn.execute(query.order_by(t.project.c.id).limit(limit)).all()


def of_member(conn: sa.Connection, project_id: int, person_id: int) -> sa.Row[Any]:
    """One project that a person is in, as `of_person` gives it."""
    return conn.execute(_seen_by(person_id).where(t.project.c.id == project_id)).one()


def _seen_by(person_id: int) -> sa.Select[Any]:
    c = t.project.c
    inputs = sa.select(sa.func.count()).where(t.input_.c.project_id == c.id).scalar_subquery()
    tasks = sa.select(sa.func.count()).where(t.task.c.project_id == c.id, t.task.c.deleted_at.is_(None))
    query = sa.select(
        c.id, c.name, t.member.c.role, c.created_at, c.archived_at, inputs.label("inputs"),
        tasks.scalar_subquery().label("tasks"),
    )  # fmt: skip
    return query.join(t.member, t.member.c.project_id == c.id).where(t.member.c.person_id == person_id)


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a project called {name!r} already: choose another name.")
