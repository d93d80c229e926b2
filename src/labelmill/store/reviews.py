"""The ledger's side of a review: what people owe one input, under a lock."""

import sqlalchemy as sa

from labelmill.core.annotation import Work
from labelmill.store import schema as t


def lock(conn: sa.Connection, task_id: int, input_id: int) -> Work | None:
    """What people owe an input, held until the transaction ends; None when the task has no such input.

    Deciding a shard again holds its inputs the same way, so the two never interleave on one input.
    """
    row = t.ledger.c
    query = sa.select(row.work).where(row.task_id == task_id, row.input_id == input_id).with_for_update()
    found = conn.execute(query).scalar()
    return None if found is None else Work(found)


def set_work(conn: sa.Connection, task_id: int, input_id: int, work: Work) -> None:
    """Write what people owe an input from now on."""
    row = t.ledger.c
    conn.execute(sa.update(t.ledger).where(row.task_id == task_id, row.input_id == input_id).values(work=work))


def concepts(conn: sa.Connection, task_id: int) -> dict[str, int]:
    """Ids of a task's project concepts by name."""
    query = (
        sa.select(t.concept.c.name, t.concept.c.id)
        .join(t.task_concept, t.task_concept.c.concept_id == t.concept.c.id)
        .where(t.task_concept.c.task_id == task_id)
    )
    return {row.name: row.id for row in conn.execute(query)}
