"""Which concept of a project a model's concept was taken for, as last chosen."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.store import schema as t


def remember(conn: sa.Connection, project_id: int, model: str, names: Mapping[str, str]) -> None:
    """Keep what a model's concepts (by name) are in a project, over what was chosen before."""
    rows = [{"model_concept": said, "concept": name} for said, name in sorted(names.items())]
    if not rows:
        return
    row = insert(t.mapped_concept).values([{"project_id": project_id, "model": model, **one} for one in rows])
    key = ["project_id", "model", "model_concept"]
    conn.execute(row.on_conflict_do_update(index_elements=key, set_={"concept": row.excluded.concept}))


def of(conn: sa.Connection, project_id: int, model: str) -> dict[str, str]:
    """What a model's concepts were taken for in a project: by the model's name of each, the project's."""
    c = t.mapped_concept.c
    query = sa.select(c.model_concept, c.concept).where(c.project_id == project_id, c.model == model)
    return {row.model_concept: row.concept for row in conn.execute(query.order_by(c.model_concept))}
