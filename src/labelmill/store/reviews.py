"""The ledger's side of what people do to inputs: what they owe each, under a lock, and the counts of their shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import sqlalchemy as sa

from labelmill.core.annotation import Outcome, Work
from labelmill.core.decision import Drawn

THROUGH = frozenset({Work.REVIEWED, Work.REJECTED, Work.LABELED})
"""What an input that entered review is, once people are through with it."""


@dataclass(frozen=True, slots=True)
class Place:
    """An input in a task's ledger."""

    input_id: int
    shard: int
    work: Work
    outcome: Outcome
    annotated: bool
    entered: bool

    def told(self) -> dict[str, Any]:
        """As JSON, for the act that changes it."""
        return {name: value for name, value in asdict(self).items() if name not in ("input_id", "shard")}

    def like(self, told: Mapping[str, Any]) -> Self:
        """The same place with what was told of it once."""
        return replace(
            self,
            work=Work(told["work"]),
            outcome=Outcome(told["outcome"]),
            annotated=told["annotated"],
            entered=told["entered"],
        )


def lock(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, Place]:
    """Where inputs of a task stand, by id, held until the transaction ends; the task lacks those that lack.

    Deciding a shard again holds its inputs the same way, so the two never interleave on one input.
    """
    query = sa.text("""
        SELECT input_id, shard, work, outcome, annotated, entered FROM ledger
        WHERE task_id = :task AND input_id = ANY(:ids) ORDER BY input_id FOR UPDATE
    """)
    rows = conn.execute(query, {"task": task_id, "ids": list(input_ids)})
    return {i: Place(i, shard, Work(work), Outcome(outcome), *rest) for i, shard, work, outcome, *rest in rows}


_WRITE = sa.text("""
UPDATE ledger l SET work = v.work, outcome = v.outcome, annotated = v.annotated, entered = v.entered
FROM unnest(CAST(:ids AS bigint[]), CAST(:work AS work[]), CAST(:outcome AS outcome[]), CAST(:annotated AS bool[]),
            CAST(:entered AS bool[])) AS v (id, work, outcome, annotated, entered)
WHERE l.task_id = :task AND l.input_id = v.id
""")

_COUNT = sa.text("""
UPDATE shard SET annotated = annotated + :annotated, empty = empty + :empty, entered = entered + :entered,
                 reviewed = reviewed + :reviewed
WHERE task_id = :task AND no = :no
""")


def write(conn: sa.Connection, task_id: int, moves: Iterable[tuple[Place, Place]]) -> None:
    """Put inputs, which are locked, from one place of the ledger (before, after) to another, and count it in shards.

    Counts are changed by differences: whoever counts a shard anew holds its row first, see store.shards.
    """
    changed = [(before, after) for before, after in moves if before != after]
    if not changed:
        return
    columns = {name: [getattr(after, name) for _, after in changed] for name in ("work", "outcome", "annotated")}
    entered = [after.entered for _, after in changed]
    conn.execute(
        _WRITE, {"task": task_id, "ids": [after.input_id for _, after in changed], **columns, "entered": entered}
    )
    by_shard: dict[int, Counter[str]] = {}
    for before, after in changed:
        counts = by_shard.setdefault(after.shard, Counter())
        counts.update(_counted(after))
        counts.subtract(_counted(before))
    names = ("annotated", "empty", "entered", "reviewed")
    for no, counts in sorted(by_shard.items()):
        if any(counts.values()):
            conn.execute(_COUNT, {"task": task_id, "no": no, **{name: counts[name] for name in names}})


def _counted(place: Place) -> dict[str, int]:
    done = place.outcome == Outcome.DONE
    return {
        "annotated": int(done and place.annotated),
        "empty": int(done and not place.annotated),
        "entered": int(place.entered),
        "reviewed": int(place.entered and place.work in THROUGH),
    }


def newest_events(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, int]:
    """The id of the newest event of a task's annotations on each input; inputs without one lack."""
    query = sa.text("""
        SELECT wanted.id, (SELECT max(e.id) FROM annotation_event e WHERE e.task_id = :task AND e.input_id = wanted.id)
        FROM unnest(CAST(:ids AS bigint[])) AS wanted (id)
    """)
    return _by_input(conn, query, task_id, input_ids)


def newest_lasting(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, int]:
    """As `newest_events`, leaving out what was taken back since and the taking back: all is as it was without both."""
    query = sa.text("""
        SELECT wanted.id, (
            SELECT max(e.id) FROM annotation_event e LEFT JOIN activity a ON a.id = e.activity_id
            WHERE e.task_id = :task AND e.input_id = wanted.id AND a.undone_at IS NULL
                  AND a.operation IS DISTINCT FROM 'undo')
        FROM unnest(CAST(:ids AS bigint[])) AS wanted (id)
    """)
    return _by_input(conn, query, task_id, input_ids)


def _by_input(conn: sa.Connection, query: sa.TextClause, task_id: int, input_ids: Sequence[int]) -> dict[int, int]:
    rows = conn.execute(query, {"task": task_id, "ids": list(input_ids)})
    return {input_id: newest for input_id, newest in rows if newest is not None}


def concepts(conn: sa.Connection, task_id: int) -> dict[str, int]:
    """Ids of a task's project concepts by name."""
    query = sa.text("""
        SELECT c.name, c.id FROM concept c JOIN task_concept k ON k.concept_id = c.id WHERE k.task_id = :task
    """)
    return {row.name: row.id for row in conn.execute(query, {"task": task_id})}


@dataclass(frozen=True, slots=True)
class Rules:
    """How people work on a task. `agree`: votes that decide where it is stacked; `owner`: who decides ties.

    `drawn`: what people say where they label from the start, None where a model labels.
    """

    project_id: int
    owner_id: int
    run_id: int | None
    stacked: bool
    agree: int
    checked: bool
    drawn: Drawn | None


def rules(conn: sa.Connection, task_id: int) -> Rules:
    """How people review a task; the owner is who made it while they may review, else the project's first."""
    query = sa.text("""
        SELECT t.project_id,
               coalesce((SELECT m.person_id FROM member m WHERE m.project_id = t.project_id
                         AND (m.role = 'owner' OR m.person_id = t.created_by AND m.role IN ('admin', 'reviewer'))
                         ORDER BY m.person_id <> t.created_by, m.person_id LIMIT 1), t.created_by),
               t.run_id, t.review = 'stacked', coalesce(t.agree, 1), t.checked, t.makes
        FROM task t WHERE t.id = :task
    """)
    return Rules(*conn.execute(query, {"task": task_id}).one())
