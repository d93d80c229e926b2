"""A slice of a task: taken by one worker under a lock that dies with its connection, and committed whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from labelmill.core.annotation import Outcome, Work
from labelmill.store import locks, packed
from labelmill.store import schema as t

_MOMENT = "1s"


@dataclass(frozen=True, slots=True)
class Claim:
    """A shard that this connection holds; `attempts` counts this one. `outdated`: done, under older thresholds."""

    task_id: int
    no: int
    attempts: int


@dataclass(slots=True)  # not frozen, as core.triage.Decided is not
class Item:
    """One input of a shard."""

    input_id: int
    kind: str
    text: str | None
    location: str | None
    digest: bytes
    width: int | None
    height: int | None


_CLAIM = """
WITH open AS MATERIALIZED (
    SELECT s.no FROM shard s JOIN task t ON t.id = s.task_id
    WHERE s.task_id = :task AND {condition} ORDER BY s.attempts, s.no LIMIT 256
)
SELECT no FROM open WHERE pg_try_advisory_lock(:task, no) LIMIT 1
"""

# looked at again under the lock: between the list and the lock another worker may have finished it
_TAKE = """
UPDATE shard s SET attempts = attempts + 1 FROM task t
WHERE s.task_id = :task AND s.no = :no AND t.id = s.task_id AND {condition} RETURNING s.attempts
"""

_TO_DO = "NOT s.done AND t.cancelled_at IS NULL AND t.paused_at IS NULL AND t.error IS NULL"
_OUTDATED = "s.done AND s.revision < t.revision"


def claim(conn: sa.Connection, task_id: int, *, outdated: bool = False) -> Claim | None:
    """Take a shard that nobody holds; None when there is none now. Commits, so that whoever comes next knows of it.

    `outdated`: take one that is done but was decided under older thresholds. Give it back with `release`; the death
    of the connection does so too.
    """
    condition = _OUTDATED if outdated else _TO_DO
    while True:
        # the disk need not be waited for: only a machine that goes down forgets the try, and nothing was made of it
        conn.execute(sa.text("SET LOCAL synchronous_commit = off"))
        no = conn.execute(sa.text(_CLAIM.format(condition=condition)), {"task": task_id}).scalar()
        if no is None:
            conn.commit()
            return None
        taken = conn.execute(sa.text(_TAKE.format(condition=condition)), {"task": task_id, "no": no}).scalar()
        conn.commit()
        if taken is not None:
            return Claim(task_id, no, taken)
        release(conn, task_id, no)


def release(conn: sa.Connection, task_id: int, no: int) -> None:
    """Give a shard back."""
    conn.execute(sa.text("SELECT pg_advisory_unlock(:task, :no)"), {"task": task_id, "no": no})
    conn.commit()


def show_alive(conn: sa.Connection, task_id: int) -> None:
    """Hold the lock that says: somebody works on this task. It dies with the connection."""
    conn.execute(sa.text("SELECT pg_advisory_lock_shared(:task, :alive)"), {"task": task_id, "alive": locks.ALIVE})
    conn.commit()


def alive(conn: sa.Connection) -> set[int]:
    """Ids of the tasks that somebody works on now."""
    query = sa.text("""
        SELECT DISTINCT classid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND objid::bigint = 4294967295 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """)
    return {int(task_id) for task_id in conn.execute(query).scalars()}


def unfinished(conn: sa.Connection, task_id: int, *, outdated: bool = False) -> bool:
    """True while shards are to be done (or decided again) and the task may go on."""
    condition = _OUTDATED if outdated else _TO_DO
    query = sa.text(f"""
        SELECT EXISTS (SELECT FROM shard s JOIN task t ON t.id = s.task_id WHERE s.task_id = :task AND {condition})
    """)  # noqa: S608 - one of the two conditions above
    return bool(conn.execute(query, {"task": task_id}).scalar_one())


# an array leads the planner to the key's index whatever it believes of a table that was just filled
_ITEMS = sa.text("""
WITH mine AS MATERIALIZED (
    SELECT input_id FROM ledger WHERE task_id = :task AND shard = :no AND outcome = 'waiting'
)
SELECT i.id, i.kind, i.text, i.location, i.hash, i.width, i.height
FROM input i WHERE i.id = ANY(ARRAY(SELECT input_id FROM mine)) ORDER BY i.id
""")


def items(conn: sa.Connection, task_id: int, no: int) -> list[Item]:
    """The inputs of a shard that wait."""
    return [Item(*row) for row in conn.execute(_ITEMS, {"task": task_id, "no": no})]


def waiting_ids(conn: sa.Connection, task_id: int, no: int) -> set[int]:
    """Ids of the inputs of a shard that wait: those that were removed since it was taken are not among them."""
    query = sa.text("SELECT input_id FROM ledger WHERE task_id = :task AND shard = :no AND outcome = 'waiting'")
    return set(conn.execute(query, {"task": task_id, "no": no}).scalars())


@dataclass(slots=True)  # not frozen, as core.triage.Decided is not
class Settled:
    """What the engine made of one input: `work`, `annotated` and `likeness` as the ledger has them."""

    input_id: int
    annotated: bool
    work: str
    likeness: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Why one input failed."""

    input_id: int
    work: str
    stage: str
    kind: str
    message: str
    likeness: int | None = None


# here and below without `input_id = ANY(:ids)` beside the join: with it the plan that is kept for whatever comes
# compared each row with each of `v`
_RESETTLE = sa.text("""
UPDATE ledger l SET annotated = v.annotated, work = v.work, entered = v.work IN ('review', 'reviewed')
FROM unnest(CAST(:ids AS bigint[]), CAST(:annotated AS bool[]), CAST(:work AS work[])) AS v (id, annotated, work)
WHERE l.task_id = :task AND l.input_id = v.id
""")

_SETTLE = sa.text("""
UPDATE ledger l SET outcome = 'done', attempts = l.attempts + 1, annotated = v.annotated, work = v.work,
                    entered = v.work IN ('review', 'reviewed'), likeness = v.likeness
FROM unnest(CAST(:ids AS bigint[]), CAST(:annotated AS bool[]), CAST(:work AS work[]), CAST(:likeness AS bigint[]))
    AS v (id, annotated, work, likeness)
WHERE l.task_id = :task AND l.input_id = v.id
""")

_FAIL = sa.text("""
UPDATE ledger l SET outcome = 'failed', work = v.work, stage = v.stage, kind = v.kind, message = v.message,
                    attempts = l.attempts + 1, likeness = v.likeness
FROM unnest(CAST(:ids AS bigint[]), CAST(:work AS work[]), CAST(:stages AS text[]), CAST(:kinds AS text[]),
            CAST(:messages AS text[]), CAST(:likeness AS bigint[])) AS v (id, work, stage, kind, message, likeness)
WHERE l.task_id = :task AND l.input_id = v.id
""")

_CLOSE = sa.text("""
UPDATE shard SET done = true, done_at = clock_timestamp(), attempts = 0, revision = :revision,
                 annotated = annotated + :annotated,
                 empty = empty + :empty, failed = failed + :failed, predictions = predictions + :predictions,
                 entered = entered + :entered
WHERE task_id = :task AND no = :no
""")


def close(
    conn: sa.Connection,
    task_id: int,
    no: int,
    *,
    revision: int,
    settled: Sequence[Settled],
    failed: Sequence[Failed],
    predictions: int,
) -> None:
    """Write what became of a shard's inputs and mark it done."""
    if settled:
        ids = {"ids": [s.input_id for s in settled], "work": [s.work for s in settled]}
        facts = {"annotated": [s.annotated for s in settled], "likeness": [s.likeness for s in settled]}
        conn.execute(_SETTLE, {"task": task_id, **facts, **ids})
    fail(conn, task_id, failed)
    annotated = sum(s.annotated for s in settled)
    entered = sum(s.work == Work.REVIEW for s in settled)
    counts = {"annotated": annotated, "empty": len(settled) - annotated, "failed": len(failed), "entered": entered}
    conn.execute(_CLOSE, {"task": task_id, "no": no, "revision": revision, "predictions": predictions, **counts})


def fail(conn: sa.Connection, task_id: int, failed: Sequence[Failed]) -> None:
    """Write failed inputs into the ledger (their shard's count is the caller's)."""
    if failed:
        columns = {f"{name}s": [getattr(f, name) for f in failed] for name in ("stage", "kind", "message")}
        ids = {"ids": [f.input_id for f in failed], "work": [f.work for f in failed]}
        columns["likeness"] = [f.likeness for f in failed]
        conn.execute(_FAIL, {"task": task_id, **ids, **columns})


def put_histograms(conn: sa.Connection, task_id: int, no: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Replace a shard's histograms: rows of (concept id, packed counts, approved, review, discarded)."""
    where = (t.score_histogram.c.task_id == task_id) & (t.score_histogram.c.no == no)
    conn.execute(sa.delete(t.score_histogram).where(where))
    into = "score_histogram (task_id, no, concept_id, counts, approved, review, discarded)"
    shard = packed.integer(task_id), packed.integer(no)
    rows_of_shard = (
        packed.row(*shard, packed.bigint(concept_id), counts, *(packed.integer(n) for n in bands))
        for concept_id, counts, *bands in rows
    )
    packed.copy(conn, into, rows_of_shard)


def isolate(conn: sa.Connection, task_id: int, no: int, input_ids: Sequence[int], attempts: int) -> None:
    """Put some inputs of an open shard into a new shard of their own, tried `attempts` times so far."""
    locks.hold(conn, task_id, locks.NUMBERING)
    first = sa.select(sa.func.max(t.shard.c.no) + 1).where(t.shard.c.task_id == task_id).scalar_subquery()
    row = sa.insert(t.shard).values(task_id=task_id, no=first, inputs=len(input_ids), attempts=attempts)
    new = conn.execute(row.returning(t.shard.c.no)).scalar_one()
    move = sa.text("UPDATE ledger SET shard = :new WHERE task_id = :task AND input_id = ANY(:ids)")
    conn.execute(move, {"new": new, "task": task_id, "ids": list(input_ids)})
    same = (t.shard.c.task_id == task_id) & (t.shard.c.no == no)
    conn.execute(sa.update(t.shard).where(same).values(inputs=t.shard.c.inputs - len(input_ids), attempts=0))


def hold_open(conn: sa.Connection, task_id: int, no: int) -> Claim | None:
    """Hold a shard until the transaction ends; None when it is done after all, or in somebody else's hands.

    A dead worker's connection lets go in a moment, so that long is waited. Who holds it longer is at work on it, and
    waiting for them would keep the caller from ending them when they hang.
    """
    if not locks.hold_soon(conn, task_id, no, within=_MOMENT):
        return None
    same = (t.shard.c.task_id == task_id) & (t.shard.c.no == no) & ~t.shard.c.done
    attempts = conn.execute(sa.select(t.shard.c.attempts).where(same)).scalar()
    return None if attempts is None else Claim(task_id, no, attempts)


def wait_for_outdated(conn: sa.Connection, task_id: int) -> None:
    """Wait until somebody who holds a shard that is to be decided again lets go of it; they never hold one long."""
    query = sa.text(f"""
        SELECT s.no FROM shard s JOIN task t ON t.id = s.task_id WHERE s.task_id = :task AND {_OUTDATED} LIMIT 1
    """)  # noqa: S608 - the condition above
    no = conn.execute(query, {"task": task_id}).scalar()
    if no is not None:
        locks.hold(conn, task_id, no)
    conn.commit()


def works(conn: sa.Connection, task_id: int, no: int, outcome: Outcome) -> dict[int, Work]:
    """What people owe the inputs of a shard with an outcome, by input id; held until the transaction ends."""
    row = t.ledger.c
    query = sa.select(row.input_id, row.work).where(row.task_id == task_id, row.shard == no, row.outcome == outcome)
    return {input_id: Work(work) for input_id, work in conn.execute(query.order_by(row.input_id).with_for_update())}


_RECOUNT = sa.text("""
UPDATE shard SET revision = :revision, attempts = 0, annotated = n.annotated, empty = n.done - n.annotated,
                 entered = n.entered, reviewed = n.reviewed
FROM (SELECT count(*) FILTER (WHERE outcome = 'done') AS done,
             count(*) FILTER (WHERE outcome = 'done' AND annotated) AS annotated,
             count(*) FILTER (WHERE entered) AS entered,
             count(*) FILTER (WHERE entered AND work IN ('reviewed', 'rejected', 'labeled')) AS reviewed
      FROM ledger WHERE task_id = :task AND shard = :no) AS n
WHERE task_id = :task AND no = :no
""")


def resettle(conn: sa.Connection, task_id: int, no: int, *, revision: int, settled: Sequence[Settled]) -> None:
    """Write what became of a done shard's inputs when it was decided again; what they are like stays."""
    if settled:
        ids = {"ids": [s.input_id for s in settled], "work": [s.work for s in settled]}
        conn.execute(_RESETTLE, {"task": task_id, "annotated": [s.annotated for s in settled], **ids})
    # held first: people's decisions add to these numbers, and what they added is then in the ledger that is counted
    conn.execute(
        sa.text("SELECT FROM shard WHERE task_id = :task AND no = :no FOR UPDATE"), {"task": task_id, "no": no}
    )
    conn.execute(_RECOUNT, {"task": task_id, "no": no, "revision": revision})


def count_settled_by_people(conn: sa.Connection, task_id: int) -> int:
    """Inputs of a task that people have reviewed, labeled, rejected or sent back: moving thresholds leaves them."""
    query = sa.text("""
        SELECT count(*) FROM ledger l WHERE task_id = :task AND (work IN ('reviewed', 'labeled', 'rejected')
            OR work = 'label' AND EXISTS (SELECT FROM annotation a WHERE a.task_id = l.task_id
                                          AND a.input_id = l.input_id AND a.status = 'pending'))
    """)
    return int(conn.execute(query, {"task": task_id}).scalar_one())
