"""A task that is there, changed: held while it changes, its columns, what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.errors import NotFound
from labelmill.store import locks
from labelmill.store import schema as t


def hold(conn: sa.Connection, task_id: int) -> None:
    """Keep a task from changing, and from going, until the transaction ends, and its inputs too. Raises NotFound."""
    locks.keep_inputs_of(conn, task_id)  # before the task, as everybody does
    query = (
        sa.select(t.task.c.id)
        .where(t.task.c.id == task_id, t.task.c.deleted_at.is_(None))
        .with_for_update(key_share=True)
    )
    if conn.execute(query).first() is None:
        raise NotFound(f"Task {task_id} was deleted.")


def update(conn: sa.Connection, task_id: int, **columns: Any) -> None:
    """Give columns of a task other values."""
    conn.execute(sa.update(t.task).where(t.task.c.id == task_id).values(**columns))


def asked_concepts(conn: sa.Connection, task_id: int) -> dict[str, str]:
    """What a task asks for now: the project's concept by the model's, or by itself where people label."""
    c = t.task_concept.c
    query = sa.select(c.model_concept, t.concept.c.name).join(t.concept, t.concept.c.id == c.concept_id)
    rows = conn.execute(query.where(c.task_id == task_id, c.asked).order_by(t.concept.c.id))
    return {row.model_concept: row.name for row in rows}


def ask_for(conn: sa.Connection, task_id: int, concepts: Mapping[str, int]) -> None:
    """Have a task ask for these concepts (model concept -> project concept id) from its next inputs on.

    What it asked for before it keeps, for the inputs that were done so.
    """
    conn.execute(sa.update(t.task_concept).where(t.task_concept.c.task_id == task_id).values(asked=False))
    rows = [{"task_id": task_id, "model_concept": name, "concept_id": i} for name, i in concepts.items()]
    row = insert(t.task_concept).on_conflict_do_update(
        index_elements=["task_id", "model_concept"], set_={"asked": True}
    )
    conn.execute(row, rows)
