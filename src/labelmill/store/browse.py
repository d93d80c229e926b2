"""Inputs as people look through them: pages by id with what is said of each, one alone with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from labelmill.core.errors import NotFound

Kind = Literal["image", "text"]

BEGINNING = 600
"""Characters of a long text that a page shows."""

MOST_OF_ONE = 300
"""Annotations of one input that a page shows: more cannot be told apart on a thumbnail."""

MOST_ALONE = 100_000

BEYOND = 2**63 - 1
"""Above all ids."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which inputs of a project: all, or those of a dataset, of a task, of a kind. With a task only what it said."""

    project_id: int
    dataset_id: int | None = None
    task_id: int | None = None
    kind: Kind | None = None


@dataclass(slots=True)
class Shown:
    """An input as pages show it. `name`: of its first source; `length`: of the text in code points."""

    id: int
    kind: Kind
    width: int | None
    height: int | None
    text: str | None
    length: int | None
    created_at: Any
    name: str
    annotations: list[sa.Row[Any]] = field(default_factory=list)


# A filter walks the key of its own table, in the order of input ids. What else is asked of an input is a subquery that
# the planner cannot turn into a join: whatever it believes of the tables, a page costs what it shows.
_IN_DATASET = "(SELECT true FROM dataset_source d WHERE d.dataset_id = :dataset AND d.input_id = {id} LIMIT 1)"
_OF_KIND = "(SELECT i.kind = :kind FROM input i WHERE i.id = {id})"


def _chosen(wanted: Filter) -> tuple[str, str, dict[str, Any]]:
    """The id's column, FROM and WHERE of the inputs that a filter leaves, and its parameters."""
    values = {"project": wanted.project_id, "dataset": wanted.dataset_id, "task": wanted.task_id, "kind": wanted.kind}
    if wanted.task_id is not None:
        column, rest = "l.input_id", "FROM ledger l WHERE l.task_id = :task"
        if wanted.dataset_id is not None:
            rest += f" AND {_IN_DATASET.format(id=column)}"
    elif wanted.dataset_id is not None:
        column, rest = "d.input_id", "FROM dataset_source d WHERE d.dataset_id = :dataset"
    else:
        kind = "" if wanted.kind is None else " AND i.kind = :kind"
        return "i.id", f"FROM input i WHERE i.project_id = :project{kind}", values
    if wanted.kind is not None:
        rest += f" AND {_OF_KIND.format(id=column)}"
    return column, rest, values


def _ids(conn: sa.Connection, wanted: Filter, *, after: int, limit: int, back: bool = False) -> list[int]:
    column, rest, values = _chosen(wanted)
    beyond, order = ("<", "DESC") if back else (">", "ASC")
    # distinct: an input may have several places in a dataset
    key = f"{column} {beyond} :after ORDER BY {column} {order}"
    query = f"SELECT DISTINCT {column} AS id {rest} AND {key} LIMIT :limit"
    return list(conn.execute(sa.text(query), {**values, "after": after, "limit": limit}).scalars())


def check_dataset(conn: sa.Connection, project_id: int, dataset_id: int) -> None:
    """Raise NotFound unless a dataset is the project's."""
    query = sa.text("SELECT project_id FROM dataset WHERE id = :dataset")
    if conn.execute(query, {"dataset": dataset_id}).scalar() != project_id:
        raise NotFound(f"There is no dataset {dataset_id} in this project.")


def count(conn: sa.Connection, wanted: Filter) -> int:
    """How many inputs a filter leaves."""
    column, rest, values = _chosen(wanted)
    what = f"DISTINCT {column}" if column.startswith("d.") else "*"
    return int(conn.execute(sa.text(f"SELECT count({what}) {rest}"), values).scalar_one())


def page(conn: sa.Connection, wanted: Filter, *, after: int = 0, limit: int) -> list[Shown]:
    """The inputs of a filter with ids above `after`, at most `limit`, in the order of ids: three queries in all."""
    found = _rows(conn, _ids(conn, wanted, after=after, limit=limit), beginning=BEGINNING)
    _add_annotations(conn, found, wanted.task_id, most=MOST_OF_ONE)
    return list(found.values())


_STRIDES = """
WITH RECURSIVE walk (id) AS (
    SELECT CAST(:first AS bigint)
    UNION ALL
    SELECT (SELECT {column} {rest} AND {column} >= walk.id + :step ORDER BY {column} LIMIT 1)
    FROM walk WHERE walk.id IS NOT NULL
) SELECT id FROM walk WHERE id IS NOT NULL
"""

_FINER = 10
"""Strides for each input wanted: ids have gaps, as other projects have inputs, too."""


def spread(conn: sa.Connection, wanted: Filter, *, limit: int) -> list[Shown]:
    """Up to `limit` inputs from all over those of a filter, the same ones each time: a few looks at the key."""
    ids = set(_strides(conn, wanted, limit * _FINER))
    if len(ids) < limit:
        ids.update(_ids(conn, wanted, after=0, limit=limit))
    seen = sorted(ids)
    many = min(limit, len(seen))
    found = _rows(conn, [seen[at * len(seen) // many] for at in range(many)], beginning=BEGINNING)
    _add_annotations(conn, found, wanted.task_id, most=MOST_OF_ONE)
    return list(found.values())


def _strides(conn: sa.Connection, wanted: Filter, many: int) -> list[int]:
    """About `many` ids, or fewer, no two of them nearer than an equal share of the way from the first to the last."""
    first = _ids(conn, wanted, after=0, limit=1)
    if not first:
        return []
    (last,) = _ids(conn, wanted, after=BEYOND, limit=1, back=True)
    column, rest, values = _chosen(wanted)
    query = sa.text(_STRIDES.format(column=column, rest=rest))
    step = max(1, (last - first[0]) // many)
    return list(conn.execute(query, {**values, "first": first[0], "step": step}).scalars())


def one(conn: sa.Connection, wanted: Filter, input_id: int) -> Shown:
    """An input of the filter's project with all of its text and annotations; NotFound where it has none of this id."""
    found = _rows(conn, [input_id], beginning=None)
    project = sa.text("SELECT project_id FROM input WHERE id = :id")
    if not found or conn.execute(project, {"id": input_id}).scalar() != wanted.project_id:
        raise NotFound(f"There is no input {input_id} in this project.")
    _add_annotations(conn, found, wanted.task_id, most=MOST_ALONE)
    return found[input_id]


def some(conn: sa.Connection, task_id: int, ids: Sequence[int]) -> list[Shown]:
    """Inputs of a task by id, in the order asked for, with all of their text and of what the task says of them."""
    found = _rows(conn, ids, beginning=None)
    _add_annotations(conn, found, task_id, most=MOST_ALONE)
    return [found[i] for i in ids if i in found]


def neighbours(conn: sa.Connection, wanted: Filter, input_id: int) -> tuple[int | None, int | None]:
    """Ids of the inputs before and after one, among those that a filter leaves."""
    before = _ids(conn, wanted, after=input_id, limit=1, back=True)
    behind = _ids(conn, wanted, after=input_id, limit=1)
    return (before[0] if before else None), (behind[0] if behind else None)


def sources(conn: sa.Connection, input_id: int, *, most: int = 1000) -> list[tuple[str, Any]]:
    """Names under which an input came, oldest first, each with when."""
    query = sa.text("SELECT name, created_at FROM source WHERE input_id = :id ORDER BY id + 0 LIMIT :most")
    return [(row.name, row.created_at) for row in conn.execute(query, {"id": input_id, "most": most})]


@dataclass(frozen=True, slots=True)
class Bytes:
    """What is needed to read an input's content again."""

    id: int
    kind: Kind
    digest: bytes
    location: str | None
    text: str | None
    width: int | None
    height: int | None


def content(conn: sa.Connection, project_id: int, input_id: int) -> Bytes:
    """Where an input's content lies. Raises NotFound."""
    query = sa.text("""
        SELECT id, kind, hash, location, text, width, height FROM input WHERE id = :id AND project_id = :project
    """)
    row = conn.execute(query, {"id": input_id, "project": project_id}).one_or_none()
    if row is None:
        raise NotFound(f"There is no input {input_id} in this project.")
    return Bytes(*row)


# ORDER BY id + 0: by the id itself the planner might walk the key of the whole table to the first that fits
_ROWS = sa.text("""
SELECT i.id, i.kind, i.width, i.height, CASE WHEN :beginning IS NULL THEN i.text ELSE left(i.text, :beginning) END,
       length(i.text), i.created_at,
       coalesce((SELECT s.name FROM source s WHERE s.input_id = i.id ORDER BY s.id + 0 LIMIT 1), i.id::text)
FROM input i WHERE i.id = ANY(:ids) ORDER BY i.id
""").bindparams(sa.bindparam("beginning", type_=sa.Integer))

_ANNOTATIONS = """
SELECT a.input_id, a.id, a.task_id, a.concept_id, a.labeler_id, a.present, a.score, a.status::text AS status,
       r.kind, r.value,
       (SELECT c.name FROM concept c WHERE c.id = a.concept_id) AS concept,
       (SELECT l.name FROM labeler l WHERE l.id = a.labeler_id) AS labeler
FROM unnest(CAST(:ids AS bigint[])) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM annotation a WHERE a.input_id = wanted.id {of_task} ORDER BY a.id + 0 LIMIT :most
) AS a LEFT JOIN region r ON r.id = a.region_id
"""


def _rows(conn: sa.Connection, ids: Sequence[int], *, beginning: int | None) -> dict[int, Shown]:
    if not ids:
        return {}
    return {row.id: Shown(*row) for row in conn.execute(_ROWS, {"ids": list(ids), "beginning": beginning})}


def _add_annotations(conn: sa.Connection, found: dict[int, Shown], task_id: int | None, *, most: int) -> None:
    if not found:
        return
    query = _ANNOTATIONS.format(of_task="" if task_id is None else "AND a.task_id = :task")
    for row in conn.execute(sa.text(query), {"ids": list(found), "task": task_id, "most": most}):
        found[row.input_id].annotations.append(row)
    for one in found.values():  # joining the regions may have mixed them
        one.annotations.sort(key=lambda row: row.id)
