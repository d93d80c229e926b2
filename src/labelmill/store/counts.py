"""What a task stands at: summed from its shards and ledger, never kept in a counter of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from labelmill.core.threshold import unpack
from labelmill.store.tasks import ROW, TaskRow

_PROGRESS = sa.text("""
SELECT sum(inputs), sum(annotated), sum(empty), sum(failed), sum(predictions),
       count(*) FILTER (WHERE done AND revision < (SELECT revision FROM task WHERE id = :task))
FROM shard WHERE task_id = :task
""")

_BANDS = sa.text("""
SELECT c.name, coalesce(sum(h.approved), 0), coalesce(sum(h.review), 0), coalesce(sum(h.discarded), 0)
FROM (SELECT DISTINCT concept_id FROM task_concept WHERE task_id = :task) AS asked
JOIN concept c ON c.id = asked.concept_id
LEFT JOIN score_histogram h ON h.task_id = :task AND h.concept_id = c.id
GROUP BY c.id ORDER BY c.name
""")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Inputs by outcome: waiting + annotated + empty + failed = inputs. `outdated` counts shards to decide again."""

    inputs: int
    annotated: int
    empty: int
    failed: int
    predictions: int
    outdated: int

    @property
    def waiting(self) -> int:
        """Inputs that the engine has not finished."""
        return self.inputs - self.annotated - self.empty - self.failed


def ledger(conn: sa.Connection, task_id: int) -> Ledger:
    """A task's ledger, from its shards."""
    return Ledger(*(int(n or 0) for n in conn.execute(_PROGRESS, {"task": task_id}).one()))


def all_ledgers(conn: sa.Connection) -> Iterator[tuple[TaskRow, Ledger]]:
    """Every task with its ledger, newest first, in one query."""
    query = sa.text(f"""
        SELECT r.*, n.* FROM ({ROW}) AS r CROSS JOIN LATERAL (
            SELECT sum(s.inputs), sum(s.annotated), sum(s.empty), sum(s.failed), sum(s.predictions),
                   count(*) FILTER (WHERE s.done AND s.revision < t.revision)
            FROM shard s JOIN task t ON t.id = s.task_id WHERE s.task_id = r.id
        ) AS n ORDER BY r.id DESC
    """)  # noqa: S608 - the text put in is the store's own
    width = len(fields(TaskRow))
    for found in conn.execute(query):
        yield TaskRow(*found[:width]), Ledger(*(int(n or 0) for n in found[width:]))


def bands(conn: sa.Connection, task_id: int) -> dict[str, dict[str, int]]:
    """Predictions by project concept and band."""
    rows = conn.execute(_BANDS, {"task": task_id})
    return {name: {"approved": a, "review": r, "discarded": d} for name, a, r, d in rows}


def band_totals(conn: sa.Connection, task_id: int) -> dict[str, int]:
    """Predictions by band, over all concepts."""
    query = sa.text("""
        SELECT coalesce(sum(approved), 0) AS approved, coalesce(sum(review), 0) AS review,
               coalesce(sum(discarded), 0) AS discarded FROM score_histogram WHERE task_id = :task
    """)
    return {band: int(count) for band, count in conn.execute(query, {"task": task_id}).one()._mapping.items()}


def histograms(conn: sa.Connection, task_id: int) -> dict[str, NDArray[np.int64]]:
    """Score histograms by project concept; core.threshold.bands answers any slider from them."""
    query = sa.text("""
        SELECT c.name, array_agg(h.counts) FROM score_histogram h JOIN concept c ON c.id = h.concept_id
        WHERE h.task_id = :task GROUP BY c.id ORDER BY c.name
    """)
    return {name: unpack(packed) for name, packed in conn.execute(query, {"task": task_id})}


def annotations(conn: sa.Connection, task_id: int) -> dict[str, int]:
    """Annotations by status."""
    query = sa.text("""
        SELECT status::text, n FROM (
            SELECT a.status, count(*) AS n FROM ledger l JOIN annotation a USING (input_id, task_id)
            WHERE l.task_id = :task GROUP BY a.status
        ) AS per ORDER BY 1
    """)  # grouped as the enum they are: as text it takes half as long again
    return {row.status: row.n for row in conn.execute(query, {"task": task_id})}


_BY_CONCEPT = sa.text("""
SELECT c.name, n.status::text, n.n
FROM (SELECT DISTINCT concept_id FROM task_concept WHERE task_id = :task) AS asked
JOIN concept c ON c.id = asked.concept_id
LEFT JOIN (
    SELECT a.concept_id, a.status, count(*) AS n FROM ledger l JOIN annotation a USING (input_id, task_id)
    WHERE l.task_id = :task GROUP BY a.concept_id, a.status
) AS n ON n.concept_id = c.id
ORDER BY c.id, n.status
""")


def annotations_by_concept(conn: sa.Connection, task_id: int) -> dict[str, dict[str, int]]:
    """Annotations by project concept and status; a concept without any is there, too."""
    found: dict[str, dict[str, int]] = {}
    for name, status, count in conn.execute(_BY_CONCEPT, {"task": task_id}):
        of_concept = found.setdefault(name, {})
        if status is not None:
            of_concept[status] = count
    return found


def sources(conn: sa.Connection, task_id: int) -> int:
    """Sources of a task's inputs; one for an input whose source has left the dataset."""
    query = sa.text("""
        SELECT count(*) FROM task t JOIN ledger l ON l.task_id = t.id
        LEFT JOIN dataset_source d ON d.dataset_id = t.dataset_id AND d.input_id = l.input_id WHERE t.id = :task
    """)
    return int(conn.execute(query, {"task": task_id}).scalar_one())


# what was refused after a task was made is none of its business, unless it stands
_REJECTED = """
FROM task t JOIN rejection r ON r.dataset_id = t.dataset_id AND (t.standing OR r.seen_at <= t.created_at)
WHERE t.id = :task
"""


def rejected(conn: sa.Connection, task_id: int) -> int:
    """Sources that were refused when the task's dataset was read."""
    return int(conn.execute(sa.text(f"SELECT count(*) {_REJECTED}"), {"task": task_id}).scalar_one())


def failures(conn: sa.Connection, task_id: int, *, limit: int) -> Iterator[dict[str, str]]:
    """The first failures of a task: refused sources, then failed inputs, as source, stage, kind, message."""
    query = sa.text(f"""
        SELECT source, stage, kind, message FROM (
            (SELECT r.name AS source, 'ingest' AS stage, r.kind, r.message, r.uri, 0 AS input_id {_REJECTED}
             ORDER BY r.uri LIMIT :limit)
            UNION ALL
            (SELECT coalesce((SELECT min(s.name) FROM task t JOIN dataset_source d USING (dataset_id)
                              JOIN source s ON s.id = d.source_id WHERE t.id = :task AND d.input_id = l.input_id),
                             (SELECT min(s.name) FROM source s WHERE s.input_id = l.input_id), l.input_id::text),
                    l.stage, l.kind, l.message, '', l.input_id
             FROM ledger l WHERE l.task_id = :task AND l.outcome = 'failed'
               AND l.shard = ANY(ARRAY(SELECT no FROM shard WHERE task_id = :task AND failed > 0))
             ORDER BY l.input_id LIMIT :limit)
        ) AS found ORDER BY input_id, uri LIMIT :limit
    """)  # noqa: S608 - the text put in is this module's own
    for row in conn.execute(query, {"task": task_id, "limit": limit}):
        yield dict(row._mapping)
