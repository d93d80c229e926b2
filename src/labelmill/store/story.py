"""What happened, told: acts of persons in a project, and one annotation from prediction to approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did or, with `person` None, what happened to a task's run.

    `task` None: of none, or of one that is gone; `input`: the name of one that is there; `detail` of an act on inputs
    counts them.
    """

    id: int
    at: datetime
    person: str | None
    operation: str
    task_id: int | None
    task: str | None
    input_id: int | None
    input: str | None
    detail: dict[str, Any]
    undone: bool


# what undoing an act needs is no part of its story: where inputs stood, by their ids
_ACTS = """
SELECT a.id, a.at, p.name, a.operation, a.task_id, t.name, a.input_id,
       (SELECT min(s.name) FROM source s WHERE s.input_id = a.input_id),
       CASE WHEN jsonb_typeof(a.detail -> 'inputs') = 'object'
            THEN a.detail || jsonb_build_object(
                'inputs', (SELECT count(*) FROM jsonb_object_keys(a.detail -> 'inputs')))
            ELSE a.detail END,
       a.undone_at IS NOT NULL
FROM activity a LEFT JOIN person p ON p.id = a.person_id LEFT JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
WHERE a.project_id = :project AND a.id < :before
"""
_OF = {
    "task": "AND a.task_id = :task",
    "person": "AND a.person_id = :person",
    "input": "AND (a.input_id = :input OR jsonb_exists(a.detail -> 'inputs', CAST(:input AS text)))",
}


def acts(
    conn: sa.Connection,
    project_id: int,
    *,
    task_id: int | None = None,
    person_id: int | None = None,
    input_id: int | None = None,
    before: int,
    limit: int,
) -> list[Act]:
    """Acts in a project with ids below `before`, newest first: of a task, of a person, on an input, or all."""
    asked = {"task": task_id, "person": person_id, "input": input_id}
    only = " ".join(_OF[name] for name, value in asked.items() if value is not None)
    query = sa.text(f"{_ACTS} {only} ORDER BY a.id DESC LIMIT :limit")
    return [
        Act(*row) for row in conn.execute(query, {**asked, "project": project_id, "before": before, "limit": limit})
    ]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened to an annotation; `before`, `after`: what it said, None where it was not there.

    Each has `status`, `concept`, and where known `score`; `moved` of `after`: its region became another one.
    """

    at: datetime
    who: str
    operation: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_FOUND = sa.text("""
SELECT t.project_id FROM task t WHERE t.id IN (
    SELECT task_id FROM annotation WHERE id = :id UNION SELECT task_id FROM annotation_event WHERE annotation_id = :id)
""")

_EVENTS = sa.text("""
SELECT e.at, l.name AS who, e.operation, e.before, e.after,
       (SELECT name FROM concept WHERE id = (e.before ->> 'concept')::bigint) AS was,
       (SELECT name FROM concept WHERE id = (e.after ->> 'concept')::bigint) AS "is"
FROM annotation_event e JOIN labeler l ON l.id = e.labeler_id WHERE e.annotation_id = :id ORDER BY e.id
""")

_VOTES = sa.text("""
SELECT a.at, p.name AS who, CASE WHEN v.accepts THEN 'vote_accept' ELSE 'vote_reject' END AS operation
FROM vote v JOIN person p ON p.id = v.person_id JOIN activity a ON a.id = v.activity_id WHERE v.annotation_id = :id
""")

# a model's annotation has its place in the answer, here or with the event that dropped it
_PREDICTED = sa.text("""
SELECT coalesce(s.done_at, r.created_at, t.created_at) AS at, l.name AS who, a.score, c.name AS concept, a.status
FROM (
    SELECT task_id, input_id, score, concept_id, status::text FROM annotation
    WHERE id = :id AND prediction IS NOT NULL
    UNION ALL
    (SELECT task_id, input_id, (before ->> 'score')::float8, (before ->> 'concept')::bigint, before ->> 'status'
     FROM annotation_event WHERE annotation_id = :id AND (before ->> 'prediction') IS NOT NULL ORDER BY id DESC LIMIT 1)
    LIMIT 1
) AS a JOIN task t ON t.id = a.task_id JOIN labeler l ON l.id = t.labeler_id
LEFT JOIN concept c ON c.id = a.concept_id LEFT JOIN run r ON r.id = t.run_id
LEFT JOIN ledger g ON g.task_id = a.task_id AND g.input_id = a.input_id
LEFT JOIN shard s ON s.task_id = g.task_id AND s.no = g.shard
""")


def of_annotation(conn: sa.Connection, project_id: int, annotation_id: int) -> list[Chapter]:
    """The story of an annotation of a project, also of one that is gone, oldest first. Raises NotFound."""
    this = {"id": annotation_id}
    if conn.execute(_FOUND, this).scalar() != project_id:
        raise NotFound(f"There is no annotation {annotation_id} in this project.")
    events = conn.execute(_EVENTS, this).all()
    told = [_chapter(event) for event in events]
    told += [Chapter(vote.at, vote.who, vote.operation, None, None) for vote in conn.execute(_VOTES, this)]
    told.sort(key=lambda one: one.at)
    predicted = conn.execute(_PREDICTED, this).one_or_none()
    if predicted is None:
        return told
    first = events[0] if events else None
    said = {"score": predicted.score, "concept": predicted.concept, "status": predicted.status}
    if first is not None:  # what it said then is what the first change found; thresholds may have made it only later
        said |= {"status": first.before["status"], "concept": first.was} if first.before else {"status": None}
    return [Chapter(predicted.at, predicted.who, "predict", None, said), *told]


def _chapter(event: sa.Row[Any]) -> Chapter:
    before, after = event.before, event.after
    was = before and {"status": before["status"], "concept": event.was, "score": before.get("score")}
    now = after and {"status": after["status"], "concept": event._mapping["is"], "score": after.get("score")}
    if before and after:
        now["moved"] = before["region"] != after["region"]
    return Chapter(event.at, event.who, event.operation, was, now)
