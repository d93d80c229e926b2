"""What exports read: a task's finished inputs with their sources and annotations, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from labelmill.core.annotation import Status

PAGE = 1000
"""Inputs in memory at a time."""


@dataclass(slots=True)
class Finished:
    """One input that the engine has done. `sources`: (name, uri); `annotations`: rows of _ANNOTATIONS."""

    id: int
    kind: str
    width: int | None
    height: int | None
    text: str | None
    sources: list[tuple[str, str]] = field(default_factory=list)
    annotations: list[sa.Row[Any]] = field(default_factory=list)


_INPUTS = sa.text("""
SELECT i.id, i.kind, i.width, i.height, i.text FROM ledger l JOIN input i ON i.id = l.input_id
WHERE l.task_id = :task AND l.outcome = 'done' AND l.input_id > :after ORDER BY l.input_id LIMIT :page
""")

# an input whose place has left the dataset still leaves under the names it came with
_LEAVES = """(
    EXISTS (SELECT FROM dataset_source d WHERE d.dataset_id = :dataset AND d.source_id = s.id)
    OR NOT EXISTS (SELECT FROM dataset_source d WHERE d.dataset_id = :dataset AND d.input_id = s.input_id))"""
_SOURCES = sa.text(f"""
SELECT s.input_id, s.name, s.uri FROM source s WHERE s.input_id = ANY(:ids) AND {_LEAVES} ORDER BY s.id
""")  # noqa: S608 - the text put in is this module's own
_COUNT = sa.text(f"""
SELECT count(*) FROM ledger l JOIN source s ON s.input_id = l.input_id
WHERE l.task_id = :task AND l.outcome = 'done' AND {_LEAVES}
""")  # noqa: S608

_ANNOTATIONS = sa.text("""
SELECT a.input_id, c.name AS concept, a.present, r.kind, r.value, a.score, a.status, l.name AS labeler
FROM annotation a JOIN concept c ON c.id = a.concept_id JOIN labeler l ON l.id = a.labeler_id
LEFT JOIN region r ON r.id = a.region_id
WHERE a.task_id = :task AND a.input_id = ANY(:ids) AND a.status = ANY(CAST(:statuses AS status[]))
ORDER BY a.input_id, a.prediction NULLS LAST, a.id
""")


def finished(conn: sa.Connection, task_id: int, statuses: Sequence[Status]) -> Iterator[Finished]:
    """A task's finished inputs in the order they were imported, with their annotations of these statuses."""
    dataset_id = _dataset(conn, task_id)
    after = 0
    while True:
        found = conn.execute(_INPUTS, {"task": task_id, "after": after, "page": PAGE})
        page = {row.id: Finished(*row) for row in found}
        if not page:
            return
        ids = list(page)
        for row in conn.execute(_SOURCES, {"ids": ids, "dataset": dataset_id}):
            page[row.input_id].sources.append((row.name, row.uri))
        wanted = {"task": task_id, "ids": ids, "statuses": [status.value for status in statuses]}
        for row in conn.execute(_ANNOTATIONS, wanted):
            page[row.input_id].annotations.append(row)
        yield from page.values()
        after = ids[-1]


def count(conn: sa.Connection, task_id: int) -> int:
    """How many sources the finished inputs of a task leave under."""
    return int(conn.execute(_COUNT, {"task": task_id, "dataset": _dataset(conn, task_id)}).scalar_one())


def concepts(conn: sa.Connection, task_id: int) -> list[str]:
    """A task's project concepts in the order they were made, which is the model's for a first task."""
    query = sa.text("""
        SELECT c.name FROM concept c
        WHERE c.id IN (SELECT concept_id FROM task_concept WHERE task_id = :task) ORDER BY c.id
    """)
    return list(conn.execute(query, {"task": task_id}).scalars())


def count_texts(conn: sa.Connection, task_id: int) -> int:
    """How many of a task's finished inputs are texts."""
    query = sa.text("""
        SELECT count(*) FROM ledger l JOIN input i ON i.id = l.input_id
        WHERE l.task_id = :task AND l.outcome = 'done' AND i.kind = 'text'
    """)
    return int(conn.execute(query, {"task": task_id}).scalar_one())


def _dataset(conn: sa.Connection, task_id: int) -> int | None:
    query = sa.text("SELECT dataset_id FROM task WHERE id = :task")
    dataset_id: int | None = conn.execute(query, {"task": task_id}).scalar_one()
    return dataset_id
