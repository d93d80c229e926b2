"""Tasks: made with their ledger and shards in one transaction, listed, counted, stopped, deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall, Conflict, NotFound
from labelmill.core.threshold import Limits, Thresholds
from labelmill.core.triage import limits_json
from labelmill.store import locks
from labelmill.store import schema as t

SHARD_LIMIT = 256
SHARDS_WANTED = 16
"""A task is cut into about this many shards, so that few inputs show progress too and workers end together."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a shard is decided by; `concepts` maps the model's concepts to the project's names, `ids` those to ids.

    `asked`: the model's concepts that are still asked for; what was done before may have others, too.
    """

    task_id: int
    run_id: int
    model_version_id: int
    labeler_id: int
    floor: float
    revision: int
    revised_by: int | None
    thresholds: Thresholds
    concepts: Mapping[str, str]
    ids: Mapping[str, int]
    asked: frozenset[str]
    has_labelers: bool
    stacked: bool

    @property
    def awaiting(self) -> Status:
        """The status of what reviewers are to decide: alone, or by votes."""
        return Status.AWAITING_CONSENSUS_REVIEW if self.stacked else Status.AWAITING_REVIEW


def new_run(conn: sa.Connection, model_version_id: int, floor: float) -> int:
    """A run with a partition of its own for its predictions."""
    row = sa.insert(t.run).values(model_version_id=model_version_id, floor=floor).returning(t.run.c.id)
    run_id = int(conn.execute(row).scalar_one())
    # made apart and attached: CREATE ... PARTITION OF would lock out every other run for a moment
    conn.execute(sa.text(f"CREATE TABLE prediction_{run_id} (LIKE prediction INCLUDING ALL)"))
    conn.execute(sa.text(f"ALTER TABLE prediction ATTACH PARTITION prediction_{run_id} FOR VALUES IN ({run_id})"))
    return run_id


def new_task(
    conn: sa.Connection,
    *,
    concepts: Mapping[str, int],
    reviewers: Sequence[int],
    labelers: Sequence[int],
    thresholds: Thresholds,
    **columns: Any,
) -> int:
    """A task over its dataset, with its ledger and shards. `concepts`: model concept -> project concept id.

    `reviewers` and `labelers` are ids of persons.
    """
    row = sa.insert(t.task).values(thresholds=limits_json(thresholds), **columns).returning(t.task.c.id)
    task_id = int(conn.execute(row).scalar_one())
    if concepts:
        pairs = [{"task_id": task_id, "model_concept": name, "concept_id": i} for name, i in concepts.items()]
        conn.execute(sa.insert(t.task_concept), pairs)
    for table, persons in ((t.reviewer, reviewers), (t.task_labeler, labelers)):
        if persons:
            conn.execute(sa.insert(table), [{"task_id": task_id, "person_id": person} for person in persons])
    extend(conn, task_id)
    return task_id


# Cuts the rows of `missing` into shards; the last ones are small, so that no worker waits long for another at the end.
_CUT = """
cut AS (
    SELECT inputs, size, greatest(0, inputs - size) / size * size AS body, greatest(1, size / 4) AS small,
           (SELECT coalesce(max(no) + 1, 0) FROM shard WHERE task_id = :task) AS first
    FROM (SELECT count(*) AS inputs, least(:limit, greatest(1, count(*) / :wanted)) AS size FROM missing) AS counted
), numbered AS MATERIALIZED (
    SELECT input_id, first + CASE WHEN r < body THEN r / size ELSE body / size + (r - body) / small END AS no
    FROM (SELECT input_id, row_number() OVER (ORDER BY input_id) - 1 AS r FROM missing) AS ranked, cut
), put AS (
    INSERT INTO shard (task_id, no, inputs) SELECT :task, no, count(*) FROM numbered GROUP BY no
)
"""

_EXTEND = sa.text(f"""
WITH missing AS MATERIALIZED (
    SELECT DISTINCT d.input_id
    FROM task JOIN dataset_source d USING (dataset_id)
    WHERE task.id = :task
      AND NOT EXISTS (SELECT FROM ledger l WHERE l.task_id = :task AND l.input_id = d.input_id)
), {_CUT}
INSERT INTO ledger (task_id, input_id, shard, work)
SELECT task.id, input_id, no, CAST(CASE WHEN task.run_id IS NULL THEN 'label' ELSE 'none' END AS work)
FROM numbered, task WHERE task.id = :task
""")  # noqa: S608 - put together from the constant above


_THERE = t.task.c.deleted_at.is_(None)


def extend(conn: sa.Connection, task_id: int) -> int:
    """Give a task the inputs of its dataset that it lacks; how many there were. Where no model runs, people label."""
    locks.keep_inputs_of(conn, task_id)
    locks.hold(conn, task_id, locks.NUMBERING)
    wanted = {"task": task_id, "limit": SHARD_LIMIT, "wanted": SHARDS_WANTED}
    added = conn.execute(_EXTEND, wanted).rowcount
    if added >= SHARDS_WANTED * SHARD_LIMIT:
        # the planner must know before the run, not when autovacuum comes by; a small sample tells enough
        conn.execute(sa.text("SET LOCAL default_statistics_target = 10"))
        conn.execute(sa.text("ANALYZE ledger, input"))
    return added


def standing_on(conn: sa.Connection, dataset_id: int) -> list[int]:
    """Ids of the tasks that take what is added to a dataset."""
    query = sa.select(t.task.c.id).where(
        t.task.c.dataset_id == dataset_id, t.task.c.standing, t.task.c.cancelled_at.is_(None), _THERE
    )
    return list(conn.execute(query).scalars())


def exists(conn: sa.Connection, task_id: int) -> bool:
    """False for a task that was deleted."""
    return bool(conn.execute(sa.select(sa.exists().where(t.task.c.id == task_id, _THERE))).scalar_one())


def priority(conn: sa.Connection, task_id: int) -> int | None:
    """How soon a task's run comes, the higher the sooner; None for one that has no run: it is gone, or people label."""
    query = sa.select(t.task.c.priority).where(t.task.c.id == task_id, t.task.c.run_id.is_not(None), _THERE)
    return conn.execute(query).scalar()


def find(conn: sa.Connection, key: str) -> int:
    """The id of the task with this id or, when just one has it, this name. Raises NotFound, BadCall."""
    if key.isdecimal() and len(key) < 10:
        found = conn.execute(sa.select(t.task.c.id).where(t.task.c.id == int(key), _THERE)).scalar()
        if found is not None:
            return int(found)
    named = sa.select(t.task.c.id).where(t.task.c.name == key, _THERE).order_by(t.task.c.id)
    ids = list(conn.execute(named).scalars())
    if not ids:
        raise NotFound(f"There is no task {key!r}: 'labelmill tasks list' shows those there are.")
    if len(ids) > 1:
        raise BadCall(f"{len(ids)} tasks are named {key!r}: use an id ({', '.join(map(str, ids))}).")
    return int(ids[0])


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as people see it; `model` None: people label."""

    id: int
    name: str
    error: str | None
    cancelled_at: datetime | None
    paused_at: datetime | None
    created_at: datetime
    ingest_seconds: float
    annotate_seconds: float
    project: str
    dataset: str
    model: str | None


ROW = """
SELECT t.id, t.name, t.error, t.cancelled_at, t.paused_at, t.created_at, t.ingest_seconds, t.annotate_seconds,
       p.name AS project, d.name AS dataset, l.name AS model
FROM task t JOIN project p ON p.id = t.project_id AND t.deleted_at IS NULL JOIN dataset d ON d.id = t.dataset_id
LEFT JOIN labeler l ON l.id = t.labeler_id
"""


def row(conn: sa.Connection, task_id: int) -> TaskRow:
    """A task as people see it. Raises NotFound."""
    found = conn.execute(sa.text(ROW + "WHERE t.id = :task"), {"task": task_id}).one_or_none()
    if found is None:
        raise NotFound(f"Task {task_id} was deleted.")
    return TaskRow(*found)


_TERMS = """
SELECT t.run_id, r.model_version_id, t.labeler_id, r.floor, t.revision, t.revised_by, t.thresholds,
       EXISTS (SELECT FROM task_labeler w WHERE w.task_id = t.id) AS has_labelers,
       t.review = 'stacked' AS stacked
FROM task t JOIN run r ON r.id = t.run_id WHERE t.id = :task
"""


def terms(conn: sa.Connection, task_id: int, *, hold: bool = False) -> Terms:
    """A task's terms; `hold` keeps its thresholds from changing until the transaction ends.

    Raises NotFound, BadCall for one that people label: it has neither scores nor thresholds.
    """
    row = conn.execute(sa.text(_TERMS + ("FOR SHARE OF t" if hold else "")), {"task": task_id}).one_or_none()
    if row is None:
        if exists(conn, task_id):
            raise BadCall(f"People label task {task_id}, so it has neither scores nor thresholds.")
        raise NotFound(f"Task {task_id} was deleted.")
    pairs = conn.execute(
        sa.select(t.task_concept.c.model_concept, t.concept.c.name, t.concept.c.id, t.task_concept.c.asked)
        .join(t.concept, t.concept.c.id == t.task_concept.c.concept_id)
        .where(t.task_concept.c.task_id == task_id)
    ).all()
    return Terms(
        task_id=task_id,
        run_id=row.run_id,
        model_version_id=row.model_version_id,
        labeler_id=row.labeler_id,
        floor=row.floor,
        revision=row.revision,
        revised_by=row.revised_by,
        thresholds=thresholds_from(row.thresholds),
        concepts={model: name for model, name, _, _ in pairs},
        ids={name: concept_id for _, name, concept_id, _ in pairs},
        asked=frozenset(model for model, _, _, asked in pairs if asked),
        has_labelers=row.has_labelers,
        stacked=row.stacked,
    )


def current(conn: sa.Connection, terms: Terms) -> Terms:
    """The same terms with the thresholds of now, which stay until the transaction ends."""
    query = sa.text("SELECT revision, thresholds FROM task WHERE id = :task FOR SHARE")
    revision, thresholds = conn.execute(query, {"task": terms.task_id}).one()
    if revision == terms.revision:
        return terms
    return replace(terms, revision=revision, thresholds=thresholds_from(thresholds))


def thresholds_from(value: Mapping[str, Any]) -> Thresholds:
    """The inverse of core.triage.limits_json."""
    by_concept = {name: Limits(v["lower"], v["upper"]) for name, v in value["by_concept"].items()}
    return Thresholds(Limits(value["lower"], value["upper"]), by_concept)


def set_thresholds(conn: sa.Connection, task_id: int, thresholds: Thresholds, person_id: int) -> None:
    """Give a task other thresholds under the next revision; its shards are to be decided again."""
    row = sa.update(t.task).where(t.task.c.id == task_id)
    changed = {"thresholds": limits_json(thresholds), "revision": t.task.c.revision + 1, "revised_by": person_id}
    conn.execute(row.values(changed))


def cancel(conn: sa.Connection, task_id: int) -> bool:
    """Stop a task: workers take no more of its shards. What it made stays.

    False for one that stays as it is: it was cancelled before, or is complete.
    """
    row = sa.update(t.task).where(t.task.c.id == task_id, t.task.c.cancelled_at.is_(None), _waits(task_id))
    return conn.execute(row.values(cancelled_at=sa.func.now())).rowcount > 0


def pause(conn: sa.Connection, task_id: int) -> bool:
    """Let a task rest: workers take no more of its shards until it is reopened.

    False for one that stays as it is: it rests already, was cancelled, or is complete.
    """
    c = t.task.c
    row = sa.update(t.task).where(c.id == task_id, c.cancelled_at.is_(None), c.paused_at.is_(None), _waits(task_id))
    return conn.execute(row.values(paused_at=sa.func.now())).rowcount > 0


def _waits(task_id: int) -> sa.ColumnElement[bool]:
    """Whether inputs of a task wait for its model, or for people where they label."""
    c = t.shard.c
    return sa.exists().where(c.task_id == task_id, c.inputs > c.annotated + c.empty + c.failed)


def reopen(conn: sa.Connection, task_id: int) -> None:
    """Let a cancelled, paused, failed or interrupted task go on; shards that were under way count as never tried."""
    again = {"cancelled_at": None, "paused_at": None}
    conn.execute(sa.update(t.task).where(t.task.c.id == task_id).values(again))
    forget_faults(conn, task_id)


def forget_faults(conn: sa.Connection, task_id: int) -> None:
    """Let workers try a task whose model could not run, and shards that were under way, as if for the first time.

    An input alone in its shard is tried for the second time: with it a model that dies of many comes to an end.
    """
    conn.execute(sa.update(t.task).where(t.task.c.id == task_id).values(error=None))
    tried = sa.case((t.shard.c.inputs == 1, sa.func.least(t.shard.c.attempts, 1)), else_=0)
    conn.execute(sa.update(t.shard).where(t.shard.c.task_id == task_id, ~t.shard.c.done).values(attempts=tried))


def set_error(conn: sa.Connection, task_id: int, message: str) -> None:
    """Record why a task's model cannot run."""
    conn.execute(sa.update(t.task).where(t.task.c.id == task_id).values(error=message))


def add_seconds(conn: sa.Connection, task_id: int, *, annotate: float) -> None:
    """Add to the seconds that a task was worked on."""
    row = sa.update(t.task).where(t.task.c.id == task_id)
    conn.execute(row.values(annotate_seconds=t.task.c.annotate_seconds + annotate))


# into shards of their own: what the old shards counted stays true of what stays in them
_RETRY = sa.text(f"""
WITH missing AS MATERIALIZED (
    SELECT input_id, shard FROM ledger WHERE task_id = :task AND outcome = 'failed' AND work IN ('none', 'label')
      AND NOT entered AND (CAST(:inputs AS bigint[]) IS NULL OR input_id = ANY(:inputs))
), {_CUT}, took AS (
    UPDATE shard s SET inputs = s.inputs - per.n, failed = s.failed - per.n
    FROM (SELECT shard, count(*) AS n FROM missing GROUP BY shard) AS per WHERE s.task_id = :task AND s.no = per.shard
)
UPDATE ledger l SET shard = n.no, outcome = 'waiting', work = 'none', stage = NULL, kind = NULL, message = NULL
FROM numbered n WHERE l.task_id = :task AND l.input_id = n.input_id
""")  # noqa: S608 - put together from the constant above


def retry(conn: sa.Connection, task_id: int, inputs: Sequence[int] | None = None) -> int:
    """Make a task's failed inputs wait again, all or those of these; how many there were.

    Those that a person labeled since stay.

    Raises Conflict for a cancelled task.
    """
    if row(conn, task_id).cancelled_at is not None:
        raise Conflict(f"Task {task_id} is cancelled: resume it first.")
    locks.keep_inputs_of(conn, task_id)
    locks.hold(conn, task_id, locks.NUMBERING)
    chosen = None if inputs is None else list(inputs)
    wanted = {"task": task_id, "limit": SHARD_LIMIT, "wanted": SHARDS_WANTED, "inputs": chosen}
    return conn.execute(_RETRY, wanted).rowcount


_LETTING_GO = "5s"


def delete(conn: sa.Connection, task_id: int, *, keep_annotations: bool = False) -> None:
    """Delete a task with its run and predictions; its annotations go too, or stay on their inputs.

    Inputs, sources and datasets stay. Raises Conflict while somebody works on it: the tables would go from under the
    worker's hands. Who has done the last of it needs a moment to let go, and that long is waited. Raises NotFound when
    it was deleted meanwhile.
    """
    if not locks.hold_soon(conn, task_id, locks.ALIVE, within=_LETTING_GO):
        raise Conflict(f"Task {task_id} is being worked on: cancel it first, then delete it.")
    of_task = t.task.c.id == task_id
    there = conn.execute(sa.select(t.task.c.run_id).where(of_task, t.task.c.deleted_at.is_(None))).one_or_none()
    if there is None:  # somebody else was quicker
        raise NotFound(f"Task {task_id} was deleted.")
    if not keep_annotations:
        _delete_annotations(conn, task_id)
    for table in (t.assignment, t.share, t.vote, t.lease, t.notification, t.score_histogram, t.ledger, t.shard):
        conn.execute(sa.delete(table).where(table.c.task_id == task_id))
    if keep_annotations:  # they say which task made them: its row stays, and is shown no more
        conn.execute(sa.update(t.task).where(of_task).values(deleted_at=sa.func.now(), run_id=None))
    else:
        conn.execute(sa.delete(t.task).where(of_task))
    if there.run_id is not None:
        conn.execute(sa.text(f"DROP TABLE prediction_{int(there.run_id)}"))
        conn.execute(sa.delete(t.run).where(t.run.c.id == there.run_id))


def _delete_annotations(conn: sa.Connection, task_id: int) -> None:
    # what was moved or dropped left its region to its event
    gone = sa.text("""
        WITH gone AS (
            DELETE FROM annotation a USING ledger l
            WHERE l.task_id = :task AND a.input_id = l.input_id AND a.task_id = l.task_id RETURNING a.region_id
        ),
             told AS (DELETE FROM annotation_event WHERE task_id = :task RETURNING before, after)
        DELETE FROM region WHERE id IN (
            SELECT region_id FROM gone
            UNION SELECT (before ->> 'region')::bigint FROM told
            UNION SELECT (after ->> 'region')::bigint FROM told)
    """)
    conn.execute(gone, {"task": task_id})


def as_json(value: object) -> str:
    """JSON for a jsonb column or parameter."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
