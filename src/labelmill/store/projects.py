"""Persons, projects, datasets, concepts: found by name or made."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.errors import NotFound
from labelmill.store import schema as t


def owner(conn: sa.Connection, name: str = "owner") -> int:
    """The id of the person who works on this machine without signing in."""
    return _get_or_make(conn, t.person, name=name)


def project(conn: sa.Connection, name: str, person_id: int) -> int:
    """The id of a project; a new one belongs to `person_id`."""
    project_id = _get_or_make(conn, t.project, name=name)
    role = insert(t.member).values(project_id=project_id, person_id=person_id, role="owner")
    conn.execute(role.on_conflict_do_nothing())
    return project_id


def dataset(conn: sa.Connection, project_id: int, name: str) -> int:
    """The id of a dataset of a project."""
    return _get_or_make(conn, t.dataset, project_id=project_id, name=name)


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
    name = sa.select(t.person.c.name).where(t.person.c.id == person_id).scalar_subquery()
    conn.execute(insert(t.labeler).values(name=name, person_id=person_id).on_conflict_do_nothing())
    return int(conn.execute(sa.select(t.labeler.c.id).where(t.labeler.c.person_id == person_id)).scalar_one())


def _get_or_make(conn: sa.Connection, table: sa.Table, **key: object) -> int:
    query = sa.select(table.c.id).filter_by(**key)
    found = conn.execute(query).scalar()
    if found is None:
        conn.execute(insert(table).values(**key).on_conflict_do_nothing())
        found = conn.execute(query).scalar_one()
    return int(found)


def find_project(conn: sa.Connection, name: str) -> int:
    """The id of an existing project. Raises NotFound."""
    found = conn.execute(sa.select(t.project.c.id).where(t.project.c.name == name)).scalar()
    if found is None:
        raise NotFound(f"There is no project {name!r}.")
    return int(found)
