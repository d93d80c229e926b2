"""Concepts as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.errors import Conflict, NotFound
from labelmill.store import schema as t

_SHOWN = [t.concept.c.id, t.concept.c.name, t.concept.c.created_at]


def page(conn: sa.Connection, project_id: int, *, after: int, limit: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Concepts by id: id, name, created_at."""
    query = sa.select(*_SHOWN).where(t.concept.c.project_id == project_id, t.concept.c.id > after)
    return conn.execute(query.order_by(t.concept.c.id).limit(limit)).all()


def make(conn: sa.Connection, project_id: int, name: str) -> sa.Row[*tuple[Any, ...]]:
    """A new concept, as `page` gives it. Raises Conflict when the name is taken."""
    row = insert(t.concept).values(project_id=project_id, name=name).on_conflict_do_nothing().returning(*_SHOWN)
    made = conn.execute(row).first()
    if made is None:
        raise Conflict(f"There is a concept called {name!r} already: choose another name.")
    return made


# a task's own limits of a concept are kept under its name
_MOVE_LIMITS = sa.text("""
UPDATE task SET thresholds = jsonb_set(thresholds, '{by_concept}',
    (thresholds -> 'by_concept') - CAST(:before AS text)
        || jsonb_build_object(CAST(:after AS text), thresholds -> 'by_concept' -> :before))
WHERE project_id = :project AND jsonb_exists(thresholds -> 'by_concept', :before)
""")


def rename(conn: sa.Connection, project_id: int, concept_id: int, name: str) -> sa.Row[*tuple[Any, ...]]:
    """Give a concept another name, everywhere at once. Raises NotFound, Conflict when the name is taken."""
    mine = {"id": concept_id, "project_id": project_id}
    before = conn.execute(sa.select(t.concept.c.name).filter_by(**mine).with_for_update()).scalar()
    if before is None:
        raise _gone(concept_id)
    row = sa.update(t.concept).filter_by(**mine).values(name=name).returning(*_SHOWN)
    renamed = conn.execute(row).one()
    conn.execute(_MOVE_LIMITS, {"project": project_id, "before": before, "after": name})
    return renamed


def delete(conn: sa.Connection, project_id: int, concept_id: int) -> str:
    """Delete a concept; its name. Raises NotFound, Conflict while a task or an annotation uses it."""
    mine = sa.select(t.concept.c.name).filter_by(id=concept_id, project_id=project_id).with_for_update()
    name = conn.execute(mine).scalar()
    if name is None:
        raise _gone(concept_id)
    of_tasks = sa.exists().where(t.task_concept.c.concept_id == concept_id)
    of_annotations = sa.exists().where(t.annotation.c.concept_id == concept_id)
    if conn.execute(sa.select(of_tasks | of_annotations)).scalar_one():
        raise Conflict(f"The concept {name!r} stays: tasks or annotations use it. Delete those tasks first.")
    conn.execute(sa.delete(t.concept).where(t.concept.c.id == concept_id))
    return str(name)


def _gone(concept_id: int) -> NotFound:
    return NotFound(f"There is no concept {concept_id} in this project.")
