"""Model versions (immutable) and the catalog of names that point at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.store import schema as t


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """An immutable model: `card` is the path of its stored card relative to the home, or `builtin:NAME`."""

    id: int
    hash: str
    name: str
    card: str
    makes: str
    concepts: list[str]


_COLUMNS = [t.model_version.c[name] for name in ("id", "hash", "name", "card", "makes", "concepts")]


def put(conn: sa.Connection, *, version: str, name: str, card: str, makes: str, concepts: Sequence[str]) -> int:
    """The id of a model version, made when its hash is new."""
    row = {"hash": version, "name": name, "card": card, "makes": makes, "concepts": list(concepts)}
    conn.execute(insert(t.model_version).values(row).on_conflict_do_nothing())
    where = t.model_version.c.hash == version
    return int(conn.execute(sa.select(t.model_version.c.id).where(where)).scalar_one())


def labeler(conn: sa.Connection, version_id: int) -> int:
    """The labeler id under which a model version's annotations stand."""
    name = sa.select(t.model_version.c.name).where(t.model_version.c.id == version_id).scalar_subquery()
    conn.execute(insert(t.labeler).values(name=name, model_version_id=version_id).on_conflict_do_nothing())
    where = t.labeler.c.model_version_id == version_id
    return int(conn.execute(sa.select(t.labeler.c.id).where(where)).scalar_one())


_SPEED = sa.text("""
SELECT sum(n.inputs) / sum(t.annotate_seconds) FROM (
    SELECT t.id, t.annotate_seconds FROM model_version v JOIN run r ON r.model_version_id = v.id
    JOIN task t ON t.run_id = r.id WHERE v.hash = :hash AND t.annotate_seconds > 0 ORDER BY t.id DESC LIMIT 10
) AS t JOIN LATERAL (
    SELECT sum(annotated + empty + failed) AS inputs FROM shard WHERE task_id = t.id
) AS n ON n.inputs > 0
""")


def speed(conn: sa.Connection, version: str) -> float | None:
    """Inputs a second that a model version (its hash) did in its last tasks on this server; None: it did none yet."""
    return conn.execute(_SPEED, {"hash": version}).scalar()


def by_id(conn: sa.Connection, version_id: int) -> ModelVersion:
    """A model version that is known to exist."""
    row = conn.execute(sa.select(*_COLUMNS).where(t.model_version.c.id == version_id)).one()
    return ModelVersion(*row)


def publish(conn: sa.Connection, name: str, version_id: int, project_id: int | None = None) -> None:
    """Let a catalog name point at a version, for one project or for all; an older version stays with its runs."""
    row = insert(t.catalog).values(name=name, model_version_id=version_id, project_id=project_id)
    moved = row.on_conflict_do_update(
        index_elements=["project_id", "name"], set_={"model_version_id": version_id, "added_at": sa.func.now()}
    )
    conn.execute(moved)


def published(
    conn: sa.Connection, name: str | None = None, project_id: int | None = None
) -> list[tuple[ModelVersion, int | None]]:
    """The catalog by name, each with the project it is for (None: all), or only the entries of one name.

    With `project_id` that project's own come too; of one name, the project's comes first.
    """
    mine = t.catalog.c.project_id.is_(None)
    query = sa.select(*_COLUMNS, t.catalog.c.project_id)
    query = query.join(t.catalog, t.catalog.c.model_version_id == t.model_version.c.id)
    query = query.where(mine if project_id is None else mine | (t.catalog.c.project_id == project_id))
    if name is not None:
        query = query.where(t.catalog.c.name == name)
    rows = conn.execute(query.order_by(t.catalog.c.name, t.catalog.c.project_id.nulls_last()))
    return [(ModelVersion(*row[:-1]), row[-1]) for row in rows]
