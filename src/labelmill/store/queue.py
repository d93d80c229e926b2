"""What waits for a reviewer: inputs in the orders they may be reviewed in, and annotations by concept and labeler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from labelmill.core.errors import BadCall

Order = Literal["id", "uncertain", "concept", "likeness"]

_KEYS: dict[Order, tuple[str, str]] = {
    "id": ("0", "bigint"),
    "uncertain": ("s.doubt", "real"),
    "concept": ("s.concept_id", "bigint"),
    "likeness": ("s.likeness", "bigint"),
}
"""What each order goes by, before the input's id, and its type."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Inputs that have an undecided annotation of a concept, by a labeler, scored within limits (0 to 1); None: any.

    `but_not`: ids of inputs that do not fit, whatever they have.
    """

    concept: str | None = None
    labeler: str | None = None
    lowest: float | None = None
    highest: float | None = None
    but_not: Sequence[int] = ()


_MINE = "s.task_id = :task AND s.person_id = :person AND s.done_at IS NULL"

# what waits for a decision of this person: where reviewers vote, what they have not voted on
_WAITS = """
a.input_id = s.input_id AND a.task_id = s.task_id AND a.status IN ('awaiting_review', 'awaiting_consensus_review')
AND (s.arbiter OR NOT EXISTS (SELECT FROM vote v WHERE v.annotation_id = a.id AND v.person_id = :person))
"""


def _fits(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """A condition on an annotation `a`, and its parameters."""
    tests = {
        "concept": "a.concept_id = (SELECT c.id FROM concept c JOIN task t ON t.project_id = c.project_id"
        " WHERE t.id = :task AND c.name = :concept)",
        "labeler": "a.labeler_id IN (SELECT l.id FROM labeler l WHERE l.name = :labeler)",
        "lowest": "a.score >= :lowest",
        "highest": "a.score <= :highest",
        "but_not": "a.input_id <> ALL(:but_not)",
    }
    given = {name: value for name in tests if (value := getattr(wanted, name)) is not None and value != ()}
    return "".join(f" AND {tests[name]}" for name in given), given


def page(
    conn: sa.Connection,
    task_id: int,
    person_id: int,
    *,
    order: Order = "id",
    after: str | None = None,
    limit: int,
    wanted: Wanted | None = None,
) -> list[tuple[int, str]]:
    """The next inputs that wait for a reviewer, each with its place in this order, which is the next `after`.

    `uncertain`: those first whose most doubtful score lies nearest to 0.5. `likeness`: what looks or reads alike
    follows one another (core.likeness); what no model was shown comes last. Raises BadCall for an `after` of elsewhere.
    """
    key, type_ = _KEYS[order]
    first, input_id = _place(after, float if type_ == "real" else int)
    more, values = _fits(wanted or Wanted())
    fits = f"AND EXISTS (SELECT FROM annotation a WHERE {_WAITS} {more})" if values else ""
    beyond = f"({key}, s.input_id) > (CAST(:first AS {type_}), :input)" if order != "id" else "s.input_id > :input"
    by = f"{key}, s.input_id" if order != "id" else "s.input_id"
    query = sa.text(f"""
        SELECT s.input_id, CAST({key} AS text) AS first FROM assignment s
        WHERE {_MINE} AND {beyond} {fits} ORDER BY {by} LIMIT :limit
    """)  # noqa: S608 - put together from this module's own text
    values |= {"task": task_id, "person": person_id, "first": first, "input": input_id, "limit": limit}
    if order == "id":
        del values["first"]
    return [(row.input_id, f"{row.first}:{row.input_id}") for row in conn.execute(query, values)]


def _place(after: str | None, type_: type[float] = int) -> tuple[float, int]:
    """The two numbers of a place, the first of a type. Raises BadCall for what is none, or what no column holds."""
    if after is None:
        return -1, 0
    first, _, input_id = after.partition(":")
    try:
        place = type_(first), int(input_id)
    except ValueError:
        place = -1, -1
    most = 1 if type_ is float else 2**63 - 1
    if not (-1 <= place[0] <= most and 0 <= place[1] < 2**63):  # NaN fails this too
        raise BadCall("after is not the next of a page of this queue")
    return place


@dataclass(frozen=True, slots=True)
class Fact:
    """Where an input stands. `seen`: its newest event, 0 without one; `comment`: of who sent it back last."""

    input_id: int
    work: str
    outcome: str
    message: str | None
    seen: int
    comment: str | None
    arbiter: bool


def facts(conn: sa.Connection, task_id: int, person_id: int, ids: Sequence[int]) -> dict[int, Fact]:
    """What people need to know of inputs before they decide, by id; `arbiter`: this person decides alone."""
    query = sa.text("""
        SELECT l.input_id, l.work::text, l.outcome::text, l.message,
               coalesce((SELECT max(e.id) FROM annotation_event e
                         WHERE e.task_id = l.task_id AND e.input_id = l.input_id), 0),
               (SELECT y.detail ->> 'comment' FROM activity y WHERE y.task_id = l.task_id AND y.input_id = l.input_id
                AND y.operation = 'request_changes' AND y.undone_at IS NULL ORDER BY y.id DESC LIMIT 1),
               EXISTS (SELECT FROM assignment s WHERE s.task_id = l.task_id AND s.input_id = l.input_id
                       AND s.person_id = :person AND s.arbiter AND s.done_at IS NULL)
        FROM ledger l WHERE l.task_id = :task AND l.input_id = ANY(:ids)
    """)
    rows = conn.execute(query, {"task": task_id, "person": person_id, "ids": list(ids)})
    return {row.input_id: Fact(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Group:
    """Undecided annotations of one concept by one labeler, and on how many inputs they lie."""

    concept_id: int
    concept: str
    labeler: str
    annotations: int
    inputs: int


def groups(conn: sa.Connection, task_id: int, person_id: int, but_not: Sequence[int] = ()) -> list[Group]:
    """What waits for a reviewer, by concept and labeler, the most first; `but_not`: ids of inputs left out."""
    query = sa.text(f"""
        SELECT g.concept_id, c.name, l.name, g.annotations, g.inputs FROM (
            SELECT a.concept_id, a.labeler_id, count(*) AS annotations, count(DISTINCT a.input_id) AS inputs
            FROM assignment s JOIN annotation a ON {_WAITS} WHERE {_MINE} AND s.input_id <> ALL(:but_not)
            GROUP BY a.concept_id, a.labeler_id
        ) AS g JOIN concept c ON c.id = g.concept_id JOIN labeler l ON l.id = g.labeler_id
        ORDER BY g.annotations DESC, c.name, l.name
    """)  # noqa: S608 - put together from the constants above
    values = {"task": task_id, "person": person_id, "but_not": list(but_not)}
    return [Group(*row) for row in conn.execute(query, values)]


def annotations_of(conn: sa.Connection, task_id: int, person_id: int, wanted: Wanted, *, inputs: int) -> list[int]:
    """Ids of the annotations that wait for a reviewer and fit, of the first so many `inputs` that have such."""
    found = [i for i, _ in page(conn, task_id, person_id, limit=inputs, wanted=wanted)]
    more, values = _fits(wanted)
    query = sa.text(f"""
        SELECT a.id FROM assignment s JOIN annotation a ON {_WAITS} {more} WHERE {_MINE} AND s.input_id = ANY(:ids)
        ORDER BY a.id
    """)  # noqa: S608 - put together from the constants above
    return list(conn.execute(query, {**values, "task": task_id, "person": person_id, "ids": found}).scalars())


def count(conn: sa.Connection, task_id: int, person_id: int, wanted: Wanted) -> int:
    """How many inputs that wait for a reviewer have an annotation that fits."""
    more, values = _fits(wanted)
    query = sa.text(f"""
        SELECT count(*) FROM assignment s WHERE {_MINE} AND EXISTS (SELECT FROM annotation a WHERE {_WAITS} {more})
    """)  # noqa: S608 - put together from the constants above
    return int(conn.execute(query, {**values, "task": task_id, "person": person_id}).scalar_one())


_REGIONS = f"""
SELECT a.id, i.id AS input_id, i.kind, i.width, i.height, left(i.text, 2000) AS text, a.score, r.kind AS region_kind,
       r.value
FROM assignment s CROSS JOIN LATERAL (
    SELECT * FROM annotation a WHERE {_WAITS} AND a.concept_id = (
        SELECT c.id FROM concept c JOIN task t ON t.project_id = c.project_id WHERE t.id = :task AND c.name = :concept
    ) ORDER BY a.id + 0
) AS a JOIN input i ON i.id = a.input_id LEFT JOIN region r ON r.id = a.region_id
WHERE {_MINE} AND (s.input_id, a.id) > (:input, :annotation) AND s.input_id >= :input
ORDER BY s.input_id, a.id LIMIT :limit
"""  # noqa: S608 - put together from the constants above


def regions(
    conn: sa.Connection, task_id: int, person_id: int, concept: str, *, after: str | None = None, limit: int
) -> Sequence[sa.Row[Any]]:
    """Annotations of a concept that wait for a reviewer, with what showing them needs, input by input.

    `after`: "input:annotation", the ids of the last one shown. Raises BadCall for an `after` of elsewhere.
    """
    input_id, annotation_id = _place(after) if after else (0, 0)
    values = {"task": task_id, "person": person_id, "concept": concept, "limit": limit}
    found = conn.execute(sa.text(_REGIONS), {**values, "input": input_id, "annotation": annotation_id})
    return found.all()
