"""What sliders are answered from: the shards' histograms, end to end; and single predictions near a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa


def stamp(conn: sa.Connection, task_id: int) -> tuple[int, int]:
    """What changes whenever a task's histograms do: shards that are done, and predictions in them.

    Moving thresholds changes neither: a histogram is of raw scores.
    """
    query = sa.text("SELECT count(*), coalesce(sum(predictions), 0) FROM shard WHERE task_id = :task AND done")
    done, predictions = conn.execute(query, {"task": task_id}).one()
    return int(done), int(predictions)


def packed(conn: sa.Connection, task_id: int) -> dict[str, bytes]:
    """By project concept the histograms of all shards, end to end, as core.scores.Scores takes them."""
    query = sa.text("""
        SELECT c.name, h.counts FROM (
            SELECT concept_id, string_agg(counts, ''::bytea) AS counts FROM score_histogram
            WHERE task_id = :task GROUP BY concept_id
        ) AS h JOIN concept c ON c.id = h.concept_id ORDER BY c.id
    """)
    return {row.name: row.counts for row in conn.execute(query, {"task": task_id})}


def of_concept(conn: sa.Connection, task_id: int, concept_id: int) -> list[tuple[int, bytes]]:
    """A concept's histogram in each shard that has one, packed, with the shard."""
    query = sa.text(
        "SELECT no, counts FROM score_histogram WHERE task_id = :task AND concept_id = :concept ORDER BY no"
    )
    return [(row.no, row.counts) for row in conn.execute(query, {"task": task_id, "concept": concept_id})]


@dataclass(frozen=True, slots=True)
class Near:
    """A prediction, by input and index in the run's answer."""

    input_id: int
    index: int


_NEAREST = sa.text("""
SELECT p.input_id, said.index - 1
FROM prediction p CROSS JOIN LATERAL unnest(p.concepts, p.scores) WITH ORDINALITY AS said (concept, score, index)
WHERE p.run_id = :run AND said.concept = ANY(:concepts) AND p.input_id = ANY(ARRAY(
    SELECT input_id FROM ledger WHERE task_id = :task AND shard = ANY(:shards) AND outcome = 'done'))
ORDER BY abs(said.score - :near), p.input_id, said.index LIMIT :limit
""")


def nearest(
    conn: sa.Connection,
    task_id: int,
    run_id: int,
    shards: Sequence[int],
    concepts: Sequence[int],
    *,
    near: float,
    limit: int,
) -> list[Near]:
    """Predictions of a model's concepts (indexes) in some shards whose scores lie nearest to `near`, nearest first."""
    values = {"task": task_id, "run": run_id, "shards": list(shards), "concepts": list(concepts)}
    return [Near(*row) for row in conn.execute(_NEAREST, {**values, "near": near, "limit": limit})]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sample shows of its input; `text`: its beginning."""

    id: int
    kind: str
    width: int | None
    height: int | None
    text: str | None


def subjects(conn: sa.Connection, ids: Sequence[int], *, beginning: int) -> dict[int, Subject]:
    """Inputs by id, texts as far as `beginning` characters."""
    query = sa.text("SELECT id, kind, width, height, left(text, :beginning) FROM input WHERE id = ANY(:ids)")
    found = conn.execute(query, {"ids": list(ids), "beginning": beginning})
    return {row.id: Subject(*row) for row in found}
