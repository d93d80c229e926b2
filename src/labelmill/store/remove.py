"""Taking inputs out of a project with all that hangs on them; what counts them stays true.

A frozen version of a dataset has its own copy of what it holds; only the files stay, as long as a version needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from labelmill.store import locks


@dataclass(frozen=True, slots=True)
class Counted:
    """An input that a task counts: the shard that counts it."""

    task_id: int
    shard: int
    input_id: int


def hold(conn: sa.Connection, project_id: int, ids: Sequence[int]) -> list[int]:
    """Those of the ids that are inputs of the project, held against everybody until the transaction ends."""
    locks.remove_inputs(conn, project_id)
    query = sa.text("SELECT id FROM input WHERE project_id = :project AND id = ANY(:ids) ORDER BY id FOR UPDATE")
    return list(conn.execute(query, {"project": project_id, "ids": list(ids)}).scalars())


def counted(conn: sa.Connection, project_id: int, ids: Sequence[int]) -> list[Counted]:
    """Where tasks of the project count inputs as done."""
    query = sa.text("""
        SELECT t.id, l.shard, l.input_id FROM task t
        JOIN ledger l ON l.task_id = t.id AND l.input_id = ANY(:ids) AND l.outcome = 'done'
        WHERE t.project_id = :project AND t.run_id IS NOT NULL ORDER BY t.id, l.shard, l.input_id
    """)
    return [Counted(*row) for row in conn.execute(query, {"project": project_id, "ids": list(ids)})]


def histograms(conn: sa.Connection, task_id: int, no: int) -> dict[int, tuple[bytes, int, int, int]]:
    """A shard's histograms by concept id: packed counts, approved, review, discarded."""
    query = sa.text("""
        SELECT concept_id, counts, approved, review, discarded FROM score_histogram WHERE task_id = :task AND no = :no
    """)
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in conn.execute(query, {"task": task_id, "no": no})}


def take_predictions(conn: sa.Connection, task_id: int, no: int, count: int) -> None:
    """A shard counts so many predictions less."""
    query = sa.text("UPDATE shard SET predictions = predictions - :count WHERE task_id = :task AND no = :no")
    conn.execute(query, {"task": task_id, "no": no, "count": count})


_ASSIGNMENTS = """
WITH gone AS (
    DELETE FROM assignment a USING ledger l
    WHERE a.task_id = ANY(:tasks) AND a.input_id = ANY(:ids) AND l.task_id = a.task_id AND l.input_id = a.input_id
    RETURNING a.task_id, l.shard, a.person_id
), per AS (SELECT task_id, shard, person_id, count(*) AS n FROM gone GROUP BY 1, 2, 3)
UPDATE share s SET inputs = s.inputs - per.n FROM per
WHERE s.task_id = per.task_id AND s.no = per.shard AND s.person_id = per.person_id
"""

# a shard that has nothing left is done: nobody would find work in it
_LEDGER = """
WITH gone AS (
    DELETE FROM ledger WHERE task_id = ANY(:tasks) AND input_id = ANY(:ids) RETURNING task_id, shard, outcome, annotated
), per AS (
    SELECT task_id, shard, count(*) AS n, count(*) FILTER (WHERE outcome = 'done' AND annotated) AS annotated,
           count(*) FILTER (WHERE outcome = 'done' AND NOT annotated) AS empty,
           count(*) FILTER (WHERE outcome = 'failed') AS failed
    FROM gone GROUP BY task_id, shard
)
UPDATE shard s SET inputs = s.inputs - per.n, annotated = s.annotated - per.annotated, empty = s.empty - per.empty,
    failed = s.failed - per.failed, done = s.done OR s.inputs = per.n,
    revision = CASE WHEN s.done OR s.inputs > per.n THEN s.revision ELSE t.revision END
FROM per JOIN task t ON t.id = per.task_id WHERE s.task_id = per.task_id AND s.no = per.shard
"""

_REST = (
    "DELETE FROM annotation_event WHERE task_id = ANY(:tasks) AND input_id = ANY(:ids)",
    "DELETE FROM annotation WHERE input_id = ANY(:ids)",
    "DELETE FROM region WHERE input_id = ANY(:ids)",
    "DELETE FROM prediction WHERE run_id = ANY(:runs) AND input_id = ANY(:ids)",
    "DELETE FROM dataset_source WHERE dataset_id = ANY(:datasets) AND input_id = ANY(:ids)",
    "DELETE FROM source WHERE input_id = ANY(:ids)",
)

_INPUTS = """
WITH gone AS (DELETE FROM input WHERE id = ANY(:ids) RETURNING hash)
INSERT INTO leftover (hash) SELECT hash FROM gone ON CONFLICT DO NOTHING
"""


def remove(conn: sa.Connection, project_id: int, ids: Sequence[int]) -> None:
    """Delete held inputs with their sources, ledger rows, predictions, annotations; their files are leftovers then."""
    of_project = {"project": project_id}
    tasks = conn.execute(sa.text("SELECT id, run_id FROM task WHERE project_id = :project"), of_project).all()
    datasets = conn.execute(sa.text("SELECT id FROM dataset WHERE project_id = :project"), of_project).scalars()
    values: dict[str, Any] = {
        "ids": list(ids),
        "tasks": [row.id for row in tasks],
        "runs": [row.run_id for row in tasks if row.run_id is not None],
        "datasets": list(datasets),
    }
    for statement in (_ASSIGNMENTS, _LEDGER, *_REST, _INPUTS):
        conn.execute(sa.text(statement), values)


def leftovers(conn: sa.Connection, *, most: int = 1000) -> list[bytes]:
    """Hashes of contents that no input and no dataset version has any more, and whose files nobody stores now.

    Holds whoever stores files off until the transaction ends. Empty while somebody stores: the next call finds them.
    """
    if not locks.remove_files_if_free(conn):
        return []
    taken_up = sa.text("""
        DELETE FROM leftover o USING input i, project p WHERE i.project_id = p.id AND i.hash = o.hash
    """)
    conn.execute(taken_up)
    unheld = sa.text("""
        SELECT hash FROM leftover o WHERE NOT EXISTS (SELECT FROM version_input v WHERE v.hash = o.hash) LIMIT :most
    """)
    return list(conn.execute(unheld, {"most": most}).scalars())


def forget(conn: sa.Connection, hashes: Iterable[bytes]) -> None:
    """The files of these leftovers are gone."""
    conn.execute(sa.text("DELETE FROM leftover WHERE hash = ANY(:hashes)"), {"hashes": list(hashes)})
