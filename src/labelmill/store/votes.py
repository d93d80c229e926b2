"""Votes on annotations where reviewers see all inputs, and what is voted on."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import sqlalchemy as sa

from labelmill.core.consensus import Said
from labelmill.core.geometry import decode


def proposals(conn: sa.Connection, task_id: int, input_id: int) -> dict[int, Said]:
    """What votes are asked for on an input, by annotation id, oldest first."""
    query = sa.text("""
        SELECT a.id, c.name, r.kind, r.value FROM annotation a JOIN concept c ON c.id = a.concept_id
        LEFT JOIN region r ON r.id = a.region_id
        WHERE a.input_id = :input AND a.task_id = :task AND a.status = 'awaiting_consensus_review' ORDER BY a.id
    """)
    rows = conn.execute(query, {"task": task_id, "input": input_id})
    return {row.id: Said(row.name, None if row.kind is None else decode(row.kind, row.value)) for row in rows}


@dataclass(frozen=True, slots=True)
class Vote:
    """What a person says of an annotation, and in which act they said so."""

    annotation_id: int
    person_id: int
    input_id: int
    accepts: bool
    activity_id: int


_PUT = sa.text("""
WITH v AS (
    SELECT * FROM unnest(CAST(:annotations AS bigint[]), CAST(:persons AS bigint[]), CAST(:accepts AS bool[]))
        AS v (annotation_id, person_id, accepts)
), was AS MATERIALIZED (
    SELECT o.annotation_id, o.person_id, o.input_id, o.accepts, o.activity_id
    FROM vote o JOIN v USING (annotation_id, person_id)
), now AS (
    INSERT INTO vote (annotation_id, person_id, task_id, input_id, accepts, activity_id)
    SELECT annotation_id, person_id, :task, :input, accepts, :act FROM v
    ON CONFLICT (annotation_id, person_id) DO UPDATE SET accepts = excluded.accepts, activity_id = excluded.activity_id
)
SELECT * FROM was ORDER BY annotation_id, person_id
""")

# who votes touches: moving thresholds leaves alone what people have begun to decide
_TOUCH = sa.text("UPDATE annotation SET touched = true WHERE id = ANY(:annotations) AND NOT touched")


def put(
    conn: sa.Connection, task_id: int, input_id: int, votes: Sequence[tuple[int, int, bool]], *, act: int
) -> list[Vote]:
    """Write votes (annotation id, person id, accepts), each in place of that person's earlier one; the earlier ones."""
    if not votes:
        return []
    ids, persons, accepts = ([vote[i] for vote in votes] for i in range(3))
    columns = {"annotations": ids, "persons": persons, "accepts": accepts}
    earlier = conn.execute(_PUT, {"task": task_id, "input": input_id, "act": act, **columns})
    conn.execute(_TOUCH, {"annotations": ids})
    return [Vote(*row) for row in earlier]


def on_input(conn: sa.Connection, task_id: int, input_id: int) -> dict[int, Mapping[int, bool]]:
    """By annotation id, who (person id) accepts it or not."""
    query = sa.text("SELECT annotation_id, person_id, accepts FROM vote WHERE task_id = :task AND input_id = :input")
    found: dict[int, dict[int, bool]] = {}
    for annotation_id, person_id, accepts in conn.execute(query, {"task": task_id, "input": input_id}):
        found.setdefault(annotation_id, {})[person_id] = accepts
    return dict(found)


def of_person(conn: sa.Connection, task_id: int, input_ids: Sequence[int], person_id: int) -> dict[int, bool]:
    """A person's own votes on inputs, by annotation id."""
    query = sa.text("""
        SELECT annotation_id, accepts FROM vote
        WHERE task_id = :task AND input_id = ANY(:ids) AND person_id = :person
    """)
    rows = conn.execute(query, {"task": task_id, "ids": list(input_ids), "person": person_id})
    return {row.annotation_id: row.accepts for row in rows}


def counted(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many accept an annotation and how many do not, by its id; only those that somebody voted on."""
    query = sa.text("""
        SELECT annotation_id, count(*) FILTER (WHERE accepts) AS yes, count(*) FILTER (WHERE NOT accepts) AS no
        FROM vote WHERE task_id = :task AND input_id = ANY(:ids) GROUP BY annotation_id
    """)
    rows = conn.execute(query, {"task": task_id, "ids": list(input_ids)})
    return {row.annotation_id: (row.yes, row.no) for row in rows}


_OF_ACT = "FROM vote WHERE task_id = :task AND input_id = ANY(:ids) AND activity_id = :act"


def of_act(conn: sa.Connection, task_id: int, input_ids: Sequence[int], act: int) -> dict[int, int]:
    """How many votes of an act on inputs count, by input id; not those that the same person replaced later."""
    query = sa.text(f"SELECT input_id, count(*) AS votes {_OF_ACT} GROUP BY input_id")
    found = conn.execute(query, {"task": task_id, "ids": list(input_ids), "act": act})
    return {row.input_id: row.votes for row in found}


def newest(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, int]:
    """By input id the newest act with a vote there that counts; inputs without votes lack."""
    query = sa.text("""
        SELECT input_id, max(activity_id) AS act FROM vote WHERE task_id = :task AND input_id = ANY(:ids)
        GROUP BY input_id
    """)
    found = conn.execute(query, {"task": task_id, "ids": list(input_ids)})
    return {row.input_id: row.act for row in found}


def withdraw(conn: sa.Connection, task_id: int, input_ids: Sequence[int], act: int) -> None:
    """Take back the votes of an act on inputs."""
    conn.execute(sa.text(f"DELETE {_OF_ACT}"), {"task": task_id, "ids": list(input_ids), "act": act})


def forget(conn: sa.Connection, task_id: int, input_id: int) -> list[Vote]:
    """Drop all votes on an input, which is labeled anew; those there were."""
    query = sa.text("""
        DELETE FROM vote WHERE task_id = :task AND input_id = :input
        RETURNING annotation_id, person_id, input_id, accepts, activity_id
    """)
    return [Vote(*row) for row in conn.execute(query, {"task": task_id, "input": input_id})]


_RESTORE = sa.text("""
INSERT INTO vote (annotation_id, person_id, task_id, input_id, accepts, activity_id)
SELECT annotation_id, person_id, :task, input_id, accepts, activity_id
FROM unnest(CAST(:annotations AS bigint[]), CAST(:persons AS bigint[]), CAST(:inputs AS bigint[]),
            CAST(:accepts AS bool[]), CAST(:acts AS bigint[]))
    AS v (annotation_id, person_id, input_id, accepts, activity_id)
WHERE NOT EXISTS (SELECT FROM activity WHERE id = v.activity_id AND undone_at IS NOT NULL)
ON CONFLICT DO NOTHING
""")


def restore(conn: sa.Connection, task_id: int, votes: Sequence[Vote]) -> None:
    """Put votes back that an act replaced or dropped; not those of acts undone since, nor where one has voted anew."""
    if votes:
        names = ("annotations", "persons", "inputs", "accepts", "acts")
        columns = zip(*(astuple(vote) for vote in votes), strict=True)
        conn.execute(_RESTORE, {"task": task_id, **{name: list(c) for name, c in zip(names, columns, strict=True)}})
