"""A task's reviewers and labelers, and what becomes of their open inputs when they change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from labelmill.core.likeness import LAST
from labelmill.core.partition import repartition
from labelmill.store import locks, reviews
from labelmill.store import schema as t
from labelmill.store.assignments import LEDGERS_LIKENESS


def reviewers(conn: sa.Connection, task_id: int) -> set[int]:
    """Ids of the persons who review a task."""
    return set(conn.execute(sa.select(t.reviewer.c.person_id).filter_by(task_id=task_id)).scalars())


def labelers(conn: sa.Connection, task_id: int) -> set[int]:
    """Ids of the persons who label in a task."""
    return set(conn.execute(sa.select(t.task_labeler.c.person_id).filter_by(task_id=task_id)).scalars())


def set_reviewers(conn: sa.Connection, task_id: int, persons: Collection[int]) -> set[int]:
    """Give a task these reviewers and no others; who got inputs that they had not.

    Each input to one reviewer: only open inputs move, see core.partition.repartition. Stacked: who reviews no more
    loses their open inputs, who is new gets all that are open, and what then waits for nobody goes to the arbiter.
    What reviewers are through with stays theirs. The caller holds the task (store.edits), and nobody else assigns until
    the transaction ends.
    """
    locks.hold(conn, task_id, locks.ASSIGNING)
    before = reviewers(conn, task_id)
    added = set(persons) - before
    _replace(conn, t.reviewer, task_id, before, persons)
    rules = reviews.rules(conn, task_id)
    values = {"task": task_id, "persons": sorted(persons), "added": sorted(added), "owner": rules.owner_id}
    if rules.stacked:
        got = set(conn.execute(_STACK, values).scalars()) if added else set()
        conn.execute(_DROP_STRANGERS, values)
        got |= set(conn.execute(_TO_ARBITER, values).scalars())
    elif persons:
        got = _move(conn, task_id, persons, added)
    else:
        conn.execute(_DROP_STRANGERS, values)
        got = set()
    _count_shares(conn, task_id)
    return got


def set_labelers(conn: sa.Connection, task_id: int, persons: Collection[int]) -> None:
    """Give a task these labelers and no others; what the others have leased is free.

    Where there were none, what came out empty or failed waits for them from now on.
    """
    before = labelers(conn, task_id)
    _replace(conn, t.task_labeler, task_id, before, persons)
    freed = sa.text("DELETE FROM lease WHERE task_id = :task AND NOT person_id = ANY(:persons)")
    conn.execute(freed, {"task": task_id, "persons": sorted(persons)})
    if persons and not before:
        owed = sa.text("""
            UPDATE ledger SET work = 'label'
            WHERE task_id = :task AND work = 'none' AND (outcome = 'failed' OR outcome = 'done' AND NOT annotated)
        """)
        conn.execute(owed, {"task": task_id})


def tasks_of(conn: sa.Connection, project_id: int, person_id: int) -> list[int]:
    """Ids of a project's tasks in which a person reviews, labels, or is to decide alone."""
    query = sa.text("""
        SELECT t.id FROM task t WHERE t.project_id = :project AND t.deleted_at IS NULL AND (
            EXISTS (SELECT FROM reviewer r WHERE r.task_id = t.id AND r.person_id = :person)
            OR EXISTS (SELECT FROM task_labeler w WHERE w.task_id = t.id AND w.person_id = :person)
            OR EXISTS (SELECT FROM assignment a WHERE a.task_id = t.id AND a.person_id = :person AND a.done_at IS NULL))
        ORDER BY t.id
    """)
    return list(conn.execute(query, {"project": project_id, "person": person_id}).scalars())


def lower_votes(conn: sa.Connection, task_id: int) -> None:
    """Have no more votes decide than a stacked task has reviewers."""
    query = sa.text("""
        UPDATE task SET agree = greatest(1, least(agree, (SELECT count(*) FROM reviewer WHERE task_id = :task)))
        WHERE id = :task AND review = 'stacked'
    """)
    conn.execute(query, {"task": task_id})


def hand_over(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Give what a person was to decide alone, but is through with no more, to whoever decides ties now."""
    locks.hold(conn, task_id, locks.ASSIGNING)
    values = {"task": task_id, "person": person_id, "owner": reviews.rules(conn, task_id).owner_id}
    left = sa.text(
        "DELETE FROM assignment WHERE task_id = :task AND person_id = :person AND done_at IS NULL AND arbiter"
    )
    if conn.execute(left, values).rowcount:
        conn.execute(_TO_ARBITER, values)
        _count_shares(conn, task_id)


_HELD = sa.text("""
SELECT input_id, person_id FROM assignment WHERE task_id = :task AND done_at IS NULL AND NOT arbiter
ORDER BY input_id, person_id FOR UPDATE
""")

_HELD_BY_NOBODY = sa.text("""
SELECT l.input_id FROM ledger l WHERE l.task_id = :task AND l.work = 'review'
  AND NOT EXISTS (SELECT FROM assignment a WHERE a.task_id = :task AND a.input_id = l.input_id AND a.done_at IS NULL)
""")

_DONE = sa.text("""
SELECT person_id, count(*) AS n FROM assignment WHERE task_id = :task AND done_at IS NOT NULL GROUP BY person_id
""")

# how doubtful an input is that nobody had yet, and of which concept its most doubtful score is
_DOUBT = """
LEFT JOIN LATERAL (
    SELECT abs(a.score - 0.5) AS doubt, a.concept_id FROM annotation a
    WHERE a.input_id = {id} AND a.task_id = :task AND a.score IS NOT NULL
      AND a.status IN ('awaiting_review', 'awaiting_consensus_review') ORDER BY 1 LIMIT 1
) AS d ON true
"""

_GIVE = sa.text(f"""
WITH v AS (
    SELECT * FROM unnest(CAST(:inputs AS bigint[]), CAST(:to AS bigint[])) AS v (input_id, person_id)
), gone AS (
    DELETE FROM assignment a USING v WHERE a.task_id = :task AND a.input_id = v.input_id AND a.done_at IS NULL
    RETURNING a.input_id
)
INSERT INTO assignment (task_id, input_id, person_id, doubt, concept_id, likeness)
SELECT :task, v.input_id, v.person_id, coalesce(d.doubt, 0.5), coalesce(d.concept_id, 0),
       {LEDGERS_LIKENESS.format(id="v.input_id")}
FROM v {_DOUBT.format(id="v.input_id")}
ON CONFLICT (task_id, input_id, person_id)
    DO UPDATE SET done_at = NULL, doubt = excluded.doubt, concept_id = excluded.concept_id, likeness = excluded.likeness
""")  # noqa: S608 - put together from the constants above


def _move(conn: sa.Connection, task_id: int, persons: Collection[int], added: Collection[int]) -> set[int]:
    of_task = {"task": task_id}
    holders: dict[int, int | None] = dict.fromkeys(conn.execute(_HELD_BY_NOBODY, of_task).scalars())
    holders |= {row.input_id: row.person_id for row in conn.execute(_HELD, of_task)}
    done = {row.person_id: row.n for row in conn.execute(_DONE, of_task)}
    moved = repartition(holders, done, persons, added)
    if moved:
        conn.execute(_GIVE, {"task": task_id, "inputs": list(moved), "to": list(moved.values())})
    return set(moved.values())


_STACK = sa.text(f"""
WITH given AS (
    INSERT INTO assignment (task_id, input_id, person_id, doubt, concept_id, likeness)
    SELECT :task, l.input_id, p.id, coalesce(d.doubt, 0.5), coalesce(d.concept_id, 0), coalesce(l.likeness, {LAST})
    FROM ledger l CROSS JOIN unnest(CAST(:added AS bigint[])) AS p (id) {_DOUBT.format(id="l.input_id")}
    WHERE l.task_id = :task AND l.work = 'review' AND NOT EXISTS (
        SELECT FROM assignment a
        WHERE a.task_id = :task AND a.input_id = l.input_id AND a.done_at IS NULL AND a.arbiter)
    ON CONFLICT (task_id, input_id, person_id) DO NOTHING
    RETURNING person_id
)
SELECT DISTINCT person_id FROM given
""")  # noqa: S608 - put together from the constants above

_DROP_STRANGERS = sa.text("""
DELETE FROM assignment WHERE task_id = :task AND done_at IS NULL AND NOT arbiter AND NOT person_id = ANY(:persons)
""")

_TO_ARBITER = sa.text(f"""
WITH given AS (
    INSERT INTO assignment (task_id, input_id, person_id, doubt, concept_id, arbiter, likeness)
    SELECT :task, l.input_id, CAST(:owner AS bigint), 0, 0, true, coalesce(l.likeness, {LAST}) FROM ledger l
    WHERE l.task_id = :task AND l.work = 'review' AND NOT EXISTS (
        SELECT FROM assignment a WHERE a.task_id = :task AND a.input_id = l.input_id AND a.done_at IS NULL)
    ON CONFLICT (task_id, input_id, person_id) DO UPDATE SET done_at = NULL, doubt = 0, arbiter = true
    RETURNING person_id
)
SELECT DISTINCT person_id FROM given
""")  # noqa: S608 - put together from the constant above


def _replace(
    conn: sa.Connection, table: sa.Table, task_id: int, before: Collection[int], after: Collection[int]
) -> None:
    gone = sa.delete(table).where(table.c.task_id == task_id, table.c.person_id.in_(set(before) - set(after)))
    conn.execute(gone)
    if new := sorted(set(after) - set(before)):
        conn.execute(sa.insert(table), [{"task_id": task_id, "person_id": person} for person in new])


_SHARES = sa.text("""
INSERT INTO share (task_id, no, person_id, inputs, done)
SELECT :task, l.shard, a.person_id, count(*), count(a.done_at) FROM assignment a
JOIN ledger l ON l.task_id = a.task_id AND l.input_id = a.input_id
WHERE a.task_id = :task GROUP BY l.shard, a.person_id
""")


def _count_shares(conn: sa.Connection, task_id: int) -> None:
    """Count anew what each reviewer was given of each shard; who decides now waits for the rows that are held here."""
    conn.execute(sa.text("DELETE FROM share WHERE task_id = :task"), {"task": task_id})
    conn.execute(_SHARES, {"task": task_id})


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in a task: inputs given to them for review, of those done and open; inputs that they labeled."""

    id: int
    name: str
    reviewer: bool
    labeler: bool
    given: int
    done: int
    open: int
    labeled: int


_PARTS = sa.text("""
WITH shares AS (
    SELECT person_id, sum(inputs) AS given, sum(done) AS done FROM share WHERE task_id = :task GROUP BY person_id
), submitted AS (
    SELECT person_id, count(DISTINCT input_id) AS labeled FROM activity
    WHERE task_id = :task AND operation = 'submit' AND undone_at IS NULL GROUP BY person_id
), persons AS (
    SELECT person_id FROM shares UNION SELECT person_id FROM submitted
    UNION SELECT person_id FROM reviewer WHERE task_id = :task
    UNION SELECT person_id FROM task_labeler WHERE task_id = :task
)
SELECT p.id, p.name, EXISTS (SELECT FROM reviewer r WHERE r.task_id = :task AND r.person_id = p.id),
       EXISTS (SELECT FROM task_labeler w WHERE w.task_id = :task AND w.person_id = p.id),
       coalesce(s.given, 0), coalesce(s.done, 0), coalesce(s.given - s.done, 0), coalesce(w.labeled, 0)
FROM persons JOIN person p ON p.id = persons.person_id
LEFT JOIN shares s ON s.person_id = p.id LEFT JOIN submitted w ON w.person_id = p.id ORDER BY p.name
""")


def parts(conn: sa.Connection, task_id: int) -> Sequence[Part]:
    """What everybody has done in a task, by name: its people, and those who were."""
    return [Part(*row) for row in conn.execute(_PARTS, {"task": task_id})]
