"""Tasks as a project's pages list them: each with its ledger, and how fast it goes; a page in one query."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from labelmill.core.errors import BadCall, NotFound
from labelmill.core.priority import Priority

NEWEST = 2**31 - 1
"""Above every task's id."""


@dataclass(frozen=True, slots=True)
class Head:
    """A task with its ledger: waiting + annotated + empty + failed = inputs.

    `thresholds`: as core.triage.limits_json; `deciding`: shards to be decided under newer thresholds; `rate`: inputs a
    second, of those done within the last minute, None where too little was done to tell. `model` None: people label,
    and `makes` says what they draw. `entered`: inputs that entered review, `reviewed` of them people are through with.
    `reviewers`, `labelers`: each with `id` and `name`, by name. `last_act`: the id of the newest in its activity.
    """

    id: int
    project_id: int
    project: str
    name: str
    error: str | None
    cancelled_at: datetime | None
    paused_at: datetime | None
    created_at: datetime
    dataset_id: int
    dataset: str
    model: str | None
    makes: str | None
    annotation_types: list[str]
    instructions: str
    review: str
    agree: int | None
    checked: bool
    priority: int
    reviewers: list[dict[str, Any]]
    labelers: list[dict[str, Any]]
    thresholds: dict[str, Any]
    standing: bool
    created_by: str
    floor: float
    concepts: list[str]
    inputs: int
    annotated: int
    empty: int
    failed: int
    predictions: int
    entered: int
    reviewed: int
    deciding: int
    rate: float | None
    last_act: int | None

    @property
    def waiting(self) -> int:
        """Inputs that the engine has not finished."""
        return self.inputs - self.annotated - self.empty - self.failed


# between the first and the last shard of the last minute went as many inputs as all of them but one shard hold
_HEADS = """
SELECT t.id, t.project_id, o.name, t.name, t.error, t.cancelled_at, t.paused_at, t.created_at, t.dataset_id, d.name,
       l.name, t.makes, ARRAY[coalesce(t.makes, v.makes)], t.instructions, t.review, t.agree, t.checked, t.priority,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name) ORDER BY w.name), '[]')
        FROM reviewer g JOIN person w ON w.id = g.person_id WHERE g.task_id = t.id),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name) ORDER BY w.name), '[]')
        FROM task_labeler g JOIN person w ON w.id = g.person_id WHERE g.task_id = t.id),
       t.thresholds, t.standing, p.name, coalesce(r.floor, 0),
       ARRAY(SELECT c.name FROM concept c
             WHERE c.id IN (SELECT k.concept_id FROM task_concept k WHERE k.task_id = t.id AND k.asked)
             ORDER BY c.id),
       coalesce(n.inputs, 0), coalesce(n.annotated, 0), coalesce(n.empty, 0), coalesce(n.failed, 0),
       coalesce(n.predictions, 0), coalesce(n.entered, 0), coalesce(n.reviewed, 0), n.deciding,
       CASE WHEN n.seconds > 0 THEN n.recent::float8 * (n.shards - 1) / n.shards / n.seconds END,
       (SELECT max(a.id) FROM activity a WHERE a.task_id = t.id)
FROM task t JOIN project o ON o.id = t.project_id JOIN dataset d ON d.id = t.dataset_id
JOIN person p ON p.id = t.created_by LEFT JOIN run r ON r.id = t.run_id
LEFT JOIN labeler l ON l.id = t.labeler_id LEFT JOIN model_version v ON v.id = l.model_version_id
CROSS JOIN LATERAL (
    SELECT sum(s.inputs) AS inputs, sum(s.annotated) AS annotated, sum(s.empty) AS empty, sum(s.failed) AS failed,
           sum(s.predictions) AS predictions, sum(s.entered) AS entered, sum(s.reviewed) AS reviewed,
           count(*) FILTER (WHERE s.done AND s.revision < t.revision) AS deciding,
           sum(s.inputs) FILTER (WHERE s.done_at > now() - interval '1 minute') AS recent,
           count(*) FILTER (WHERE s.done_at > now() - interval '1 minute') AS shards,
           extract(epoch FROM max(s.done_at) - min(s.done_at) FILTER (
               WHERE s.done_at > now() - interval '1 minute')) AS seconds
    FROM shard s WHERE s.task_id = t.id
) AS n
WHERE t.deleted_at IS NULL
"""
_REVIEW = """
EXISTS (SELECT FROM assignment a WHERE a.task_id = t.id AND a.person_id = :person AND a.done_at IS NULL)
"""
_LABEL = """
((t.run_id IS NOT NULL OR t.paused_at IS NULL AND t.cancelled_at IS NULL)
 AND EXISTS (SELECT FROM task_labeler w WHERE w.task_id = t.id AND w.person_id = :person)
 AND EXISTS (SELECT FROM ledger l WHERE l.task_id = t.id AND l.work = 'label' AND NOT EXISTS (
     SELECT FROM lease s WHERE s.task_id = l.task_id AND s.input_id = l.input_id AND s.person_id <> :person
                           AND s.expires_at > now())))
"""
_ASSIGNED = """
(EXISTS (SELECT FROM reviewer w WHERE w.task_id = t.id AND w.person_id = :person)
 OR EXISTS (SELECT FROM task_labeler w WHERE w.task_id = t.id AND w.person_id = :person))
"""
_FOR = {"assigned": _ASSIGNED, "review": _REVIEW, "label": _LABEL}
_SAYS = """
EXISTS (
    SELECT FROM unnest(ARRAY[t.name, d.name, coalesce(l.name, 'people'), CASE coalesce(t.makes, v.makes)
            WHEN 'class' THEN 'classification' WHEN 'box' THEN 'boxes' ELSE coalesce(t.makes, v.makes) || 's' END]
        || ARRAY(SELECT w.name FROM reviewer g JOIN person w ON w.id = g.person_id WHERE g.task_id = t.id)
        || ARRAY(SELECT c.name FROM task_concept k JOIN concept c ON c.id = k.concept_id WHERE k.task_id = t.id)
    ) AS said WHERE strpos(lower(said), lower(:text)) > 0)
"""
# as flows.report tells it, but for whether a worker is at it
_STATUS = """
CASE WHEN t.error IS NOT NULL THEN 'failed' WHEN t.cancelled_at IS NOT NULL THEN 'cancelled'
     WHEN coalesce(n.inputs - n.annotated - n.empty - n.failed, 0) + n.deciding = 0 THEN 'complete'
     WHEN t.paused_at IS NOT NULL THEN 'paused' ELSE 'open' END = :status
"""
_MINE = "t.project_id IN (SELECT m.project_id FROM member m WHERE m.person_id = :person)"
_KEYED = "(CAST(:key AS text) IS NULL OR t.name = :key OR t.id = CAST(:id AS bigint))"
_OF_PERSON = sa.text(f"{_HEADS} AND {_MINE} AND {_KEYED} AND t.id < :before ORDER BY t.id DESC LIMIT :limit")
_ONE = sa.text(f"{_HEADS} AND t.id = :task")


Mine: TypeAlias = Literal["assigned", "review", "label"]
Stands: TypeAlias = Literal["open", "paused", "complete", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Only:
    """Only those tasks that say `text`, in any case, are `mine` for a person, or have a status or a priority.

    They say the names of themselves, their dataset, model (or `people`), reviewers and concepts, and what they make:
    `classification`, `boxes`, `polygons`, `spans`.
    `assigned`: they review or label in it; `review`, `label`: there is something for them to do now.
    `open`: it waits for a worker, runs, or people label.
    """

    person_id: int
    text: str | None = None
    mine: Mine | None = None
    status: Stands | None = None
    priority: Priority | None = None


def page(
    conn: sa.Connection, project_id: int, only: Only | None = None, *, before: int = NEWEST, limit: int
) -> list[Head]:
    """A project's tasks with ids below `before`, newest first, at most `limit`."""
    query = f"{_HEADS} AND t.project_id = :project AND t.id < :before"
    values: dict[str, Any] = {"project": project_id, "before": before, "limit": limit}
    if only is not None and only.text is not None:
        query, values = f"{query} AND {_SAYS}", {**values, "text": only.text}
    if only is not None and only.mine is not None:
        query, values = f"{query} AND {_FOR[only.mine]}", {**values, "person": only.person_id}
    if only is not None and only.status is not None:
        query, values = f"{query} AND {_STATUS}", {**values, "status": only.status}
    if only is not None and only.priority is not None:
        query, values = f"{query} AND t.priority = :priority", {**values, "priority": only.priority.number}
    return [Head(*row) for row in conn.execute(sa.text(f"{query} ORDER BY t.id DESC LIMIT :limit"), values)]


def of_person(
    conn: sa.Connection, person_id: int, *, key: str | None = None, before: int = NEWEST, limit: int
) -> list[Head]:
    """The tasks of all projects that somebody is in, newest first; those whose id or name is `key`."""
    number = int(key) if key is not None and key.isdecimal() and len(key) < 10 else None
    values = {"person": person_id, "key": key, "id": number, "before": before, "limit": limit}
    return [Head(*row) for row in conn.execute(_OF_PERSON, values)]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a person has something to review, and to label, in a task now."""

    review: bool = False
    label: bool = False


_TURNS = sa.text(f"SELECT t.id, {_REVIEW}, {_LABEL} FROM task t WHERE t.id = ANY(:ids)")  # noqa: S608 - as above


def turns(conn: sa.Connection, person_id: int, task_ids: Collection[int]) -> dict[int, Turn]:
    """What a person has to do in tasks, by id. An input that another has leased to label is none of it."""
    rows = conn.execute(_TURNS, {"person": person_id, "ids": list(task_ids)})
    return {task_id: Turn(review, label) for task_id, review, label in rows}


def one(conn: sa.Connection, task_id: int) -> Head:
    """A task. Raises NotFound."""
    row = conn.execute(_ONE, {"task": task_id}).one_or_none()
    if row is None:
        raise NotFound(f"Task {task_id} was deleted.")
    return Head(*row)


def check(conn: sa.Connection, project_id: int, task_id: int) -> None:
    """Raise NotFound unless a task is there and the project's."""
    query = sa.text("SELECT project_id FROM task WHERE id = :task AND deleted_at IS NULL")
    if conn.execute(query, {"task": task_id}).scalar() != project_id:
        raise NotFound(f"There is no task {task_id} in this project.")


def rename(conn: sa.Connection, task_id: int, name: str) -> None:
    """Give a task another name."""
    conn.execute(sa.text("UPDATE task SET name = :name WHERE id = :task"), {"task": task_id, "name": name})


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that was refused (no `input_id`, stage `ingest`) or an input that failed; `place`: where a page ends."""

    place: str
    input_id: int | None
    source: str
    stage: str
    kind: str
    message: str


_REFUSED = sa.text("""
SELECT 's' || r.uri, NULL::bigint, r.name, 'ingest', r.kind, r.message
FROM task t JOIN rejection r ON r.dataset_id = t.dataset_id AND (t.standing OR r.seen_at <= t.created_at)
WHERE t.id = :task AND r.uri > :uri ORDER BY r.uri LIMIT :limit
""")

# by shard first: only those with failures are looked at, and no page sorts more than a shard of them
_FAILED = sa.text("""
SELECT 'i' || l.shard || '.' || l.input_id, l.input_id,
       coalesce((SELECT min(s.name) FROM task t JOIN dataset_source d USING (dataset_id)
                 JOIN source s ON s.id = d.source_id WHERE t.id = :task AND d.input_id = l.input_id),
                (SELECT min(s.name) FROM source s WHERE s.input_id = l.input_id), l.input_id::text),
       l.stage, l.kind, l.message
FROM shard h JOIN ledger l ON l.task_id = h.task_id AND l.shard = h.no
WHERE h.task_id = :task AND h.failed > 0 AND l.outcome = 'failed' AND (l.shard, l.input_id) > (:shard, :input)
ORDER BY l.shard, l.input_id LIMIT :limit
""")


def failures(conn: sa.Connection, task_id: int, *, after: str = "", limit: int) -> list[Failure]:
    """What failed, after a place of an earlier page: refused sources first, then inputs. BadCall: no such place."""
    found: list[Failure] = []
    shard, input_id = "-1", "0"
    if after[:1] in ("", "s") and "\0" not in after:
        rows = conn.execute(_REFUSED, {"task": task_id, "uri": after[1:], "limit": limit})
        found = [Failure(*row) for row in rows]
    elif place := re.fullmatch(r"i(\d{1,9})\.(\d{1,18})", after):
        shard, input_id = place.groups()
    else:
        raise BadCall("after is not the next of a page of failures")
    values = {"task": task_id, "shard": int(shard), "input": int(input_id), "limit": limit - len(found)}
    return found + [Failure(*row) for row in conn.execute(_FAILED, values)] if len(found) < limit else found
