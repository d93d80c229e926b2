"""Dataset versions: rows copied as they were, which nothing that happens to inputs or tasks changes any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import NotFound
from labelmill.store import locks
from labelmill.store import schema as t
from labelmill.store.records import PAGE, Finished, concepts


@dataclass(frozen=True, slots=True)
class Version:
    """A frozen dataset. `left_out`: what its task had and it has not, annotations by status, and `inputs`."""

    id: int
    dataset_id: int
    number: int
    task_id: int | None
    inputs: int
    annotations: int
    left_out: dict[str, int]
    created_by: str
    created_at: datetime


_SHOWN = """
SELECT v.id, v.dataset_id, v.number, v.task_id, v.inputs, v.annotations, v.left_out, p.name, v.created_at
FROM dataset_version v JOIN person p ON p.id = v.created_by JOIN dataset d ON d.id = v.dataset_id
WHERE d.project_id = :project AND v.dataset_id = :dataset
"""


def page(conn: sa.Connection, project_id: int, dataset_id: int, *, before: int, limit: int) -> list[Version]:
    """A dataset's versions with ids below `before`, newest first."""
    query = sa.text(f"{_SHOWN} AND v.id < :before ORDER BY v.id DESC LIMIT :limit")
    values = {"project": project_id, "dataset": dataset_id, "before": before, "limit": limit}
    return [Version(*row) for row in conn.execute(query, values)]


def one(conn: sa.Connection, project_id: int, dataset_id: int, version_id: int) -> Version:
    """A version of a project's dataset. Raises NotFound."""
    query = sa.text(f"{_SHOWN} AND v.id = :version")
    values = {"project": project_id, "dataset": dataset_id, "version": version_id}
    row = conn.execute(query, values).one_or_none()
    if row is None:
        raise NotFound(f"There is no version {version_id} of dataset {dataset_id} in this project.")
    return Version(*row)


_NEW = sa.text("""
INSERT INTO dataset_version (dataset_id, number, task_id, created_by, concepts)
SELECT d.id, coalesce((SELECT max(number) FROM dataset_version WHERE dataset_id = d.id), 0) + 1, :task, :person,
       CAST(:concepts AS text[])
FROM dataset d WHERE d.id = :dataset RETURNING id
""")

# in one statement, so that all of it is of one moment, whatever people decide meanwhile
_FREEZE = sa.text("""
WITH whole AS MATERIALIZED (
    SELECT input_id FROM ledger WHERE task_id = :task
      AND (work IN ('reviewed', 'labeled') OR work = 'none' AND outcome = 'done')
), inputs AS (
    INSERT INTO version_input (version_id, input_id, kind, hash, width, height, text, location, sources)
    SELECT :version, i.id, i.kind, i.hash, i.width, i.height, i.text, i.location, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(s.name, s.uri) ORDER BY s.id), '[]') FROM source s
        WHERE s.input_id = i.id AND (
            EXISTS (SELECT FROM dataset_source d WHERE d.dataset_id = :dataset AND d.source_id = s.id
                                                   AND d.input_id = i.id)
            OR NOT EXISTS (SELECT FROM dataset_source d WHERE d.dataset_id = :dataset AND d.input_id = i.id)))
    FROM whole JOIN input i ON i.id = whole.input_id RETURNING 1
), annotations AS (
    INSERT INTO version_annotation (
        version_id, input_id, annotation_id, concept, present, kind, region, score, status, labeler)
    SELECT :version, a.input_id, a.id, c.name, a.present, r.kind, r.value, a.score, a.status, b.name
    FROM whole JOIN annotation a ON a.input_id = whole.input_id AND a.task_id = :task AND a.status = 'success'
    JOIN concept c ON c.id = a.concept_id JOIN labeler b ON b.id = a.labeler_id
    LEFT JOIN region r ON r.id = a.region_id RETURNING 1
), others AS (
    SELECT a.status::text AS status, count(*) AS n FROM ledger l
    JOIN annotation a ON a.input_id = l.input_id AND a.task_id = l.task_id
    WHERE l.task_id = :task AND NOT (a.status = 'success' AND l.input_id IN (SELECT input_id FROM whole))
    GROUP BY a.status
)
UPDATE dataset_version SET inputs = (SELECT count(*) FROM inputs), annotations = (SELECT count(*) FROM annotations),
    left_out = coalesce((SELECT jsonb_object_agg(status, n) FROM others), '{}') || jsonb_build_object(
        'inputs', (SELECT count(*) FROM ledger WHERE task_id = :task) - (SELECT count(*) FROM whole))
WHERE id = :version RETURNING inputs
""")


def freeze(conn: sa.Connection, task_id: int, dataset_id: int, person_id: int) -> tuple[int, int]:
    """Make a task's dataset a version: its id, and how many inputs it holds.

    An input is in it when nobody owes it anything: the engine has done it or a person labeled it, and no review waits.
    One that was rejected as a whole is not. Of its annotations those that are approved are in it.
    """
    locks.keep_inputs_of(conn, task_id)
    conn.execute(sa.text("SELECT FROM dataset WHERE id = :dataset FOR UPDATE"), {"dataset": dataset_id})
    values = {"task": task_id, "dataset": dataset_id, "person": person_id}
    version_id = int(conn.execute(_NEW, {**values, "concepts": concepts(conn, task_id)}).scalar_one())
    return version_id, int(conn.execute(_FREEZE, {**values, "version": version_id}).scalar_one())


def delete(conn: sa.Connection, version_id: int) -> None:
    """Delete a version; files that only it needed are leftovers then, as store.remove has them."""
    for table in (t.version_annotation, t.version_input):
        conn.execute(sa.delete(table).where(table.c.version_id == version_id))
    conn.execute(sa.delete(t.dataset_version).where(t.dataset_version.c.id == version_id))


def count(conn: sa.Connection, version_id: int) -> int:
    """How many records a version leaves as: one for each source."""
    query = sa.text("""
        SELECT coalesce(sum(jsonb_array_length(sources)), 0) FROM version_input WHERE version_id = :version
    """)
    return int(conn.execute(query, {"version": version_id}).scalar_one())


def count_texts(conn: sa.Connection, version_id: int) -> int:
    """How many texts a version holds."""
    query = sa.text("SELECT count(*) FROM version_input WHERE version_id = :version AND kind = 'text'")
    return int(conn.execute(query, {"version": version_id}).scalar_one())


def concepts_of(conn: sa.Connection, version_id: int) -> list[str]:
    """The concepts that were asked for, by the names that they had."""
    query = sa.text("SELECT concepts FROM dataset_version WHERE id = :version")
    return list(conn.execute(query, {"version": version_id}).scalar_one())


_INPUTS = sa.text("""
SELECT input_id, kind, width, height, text, sources FROM version_input
WHERE version_id = :version AND input_id > :after ORDER BY input_id LIMIT :page
""")

_ANNOTATIONS = sa.text("""
SELECT input_id, concept, present, kind, region AS value, score, status, labeler FROM version_annotation
WHERE version_id = :version AND input_id = ANY(:ids) ORDER BY input_id, annotation_id
""")


def finished(conn: sa.Connection, version_id: int) -> Iterator[Finished]:
    """A version's inputs with their annotations, page by page, as store.records.finished gives a task's."""
    after = 0
    while True:
        values: dict[str, Any] = {"version": version_id, "after": after, "page": PAGE}
        held: Sequence[sa.Row[Any]] = conn.execute(_INPUTS, values).all()
        if not held:
            return
        found = {row.input_id: _finished(row) for row in held}
        for row in conn.execute(_ANNOTATIONS, {"version": version_id, "ids": list(found)}):
            found[row.input_id].annotations.append(row)
        yield from found.values()
        after = held[-1].input_id


def _finished(row: sa.Row[Any]) -> Finished:
    sources = [(name, uri) for name, uri in row.sources]
    return Finished(row.input_id, row.kind, row.width, row.height, row.text, sources)
