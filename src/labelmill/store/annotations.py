"""Predictions as a model gave them, and the annotations that stand."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from labelmill.core.annotation import Prediction, Status
from labelmill.core.geometry import Box, Region, decode, encode, kind_of
from labelmill.core.triage import Standing
from labelmill.store import packed
from labelmill.store import schema as t
from labelmill.store.database import copy_lines
from labelmill.store.tasks import as_json


def put_predictions(
    conn: sa.Connection, run_id: int, concepts: dict[str, int], answers: Iterable[tuple[int, Sequence[Prediction]]]
) -> None:
    """Store answers, one row per input: (input id, predictions). `concepts`: name -> index in the model's list."""
    into = f"prediction_{run_id} (run_id, input_id, concepts, scores, regions, parents)"
    run = packed.bigint(run_id)
    rows = (
        packed.row(
            run,
            packed.bigint(input_id),
            packed.shorts([concepts[p.concept] for p in said]),
            packed.doubles([p.score for p in said]),
            _packed_regions(said),
            _parents(said),
        )
        for input_id, said in answers
    )
    packed.copy(conn, into, rows)


def predictions(
    conn: sa.Connection, run_id: int, names: Sequence[str], input_ids: Sequence[int]
) -> dict[int, list[Prediction]]:
    """What a run said of inputs, by input id; `names` is the model's list of concepts."""
    table = t.prediction
    wanted = table.c.input_id == sa.any_(sa.cast(list(input_ids), sa.ARRAY(sa.BigInteger)))
    query = sa.select(table.c.input_id, table.c.concepts, table.c.scores, table.c.regions, table.c.parents)
    found: dict[int, list[Prediction]] = {}
    for input_id, concepts, scores, regions, parents in conn.execute(query.where(table.c.run_id == run_id, wanted)):
        parents = parents or [None] * len(concepts)
        rows = zip(concepts, scores, _unpacked_regions(regions, len(concepts)), parents, strict=True)
        found[input_id] = [Prediction(names[c], s, r, p) for c, s, r, p in rows]
    return found


def runs_on(conn: sa.Connection, project_id: int, input_id: int) -> list[sa.Row[Any]]:
    """The runs of a project's tasks that said something of an input, newest first: run_id, model, concepts."""
    query = sa.text("""
        SELECT DISTINCT ON (p.run_id) p.run_id, l.name AS model, v.concepts
        FROM prediction p JOIN task t ON t.run_id = p.run_id JOIN labeler l ON l.id = t.labeler_id
        JOIN run r ON r.id = p.run_id JOIN model_version v ON v.id = r.model_version_id
        WHERE p.input_id = :input AND t.project_id = :project AND p.run_id = ANY(
            ARRAY(SELECT run_id FROM task WHERE project_id = :project AND run_id IS NOT NULL ORDER BY id DESC LIMIT 50))
        ORDER BY p.run_id DESC
    """)
    return list(conn.execute(query, {"project": project_id, "input": input_id}))


@dataclass(slots=True)  # not frozen, as core.triage.Decided is not
class NewAnnotation:
    """An annotation to insert. `prediction`: its index in the run's answer; None for what a person made."""

    input_id: int
    concept_id: int
    labeler_id: int
    status: Status
    region: Region | None = None
    score: float | None = None
    prediction: int | None = None
    touched: bool = False


_NULL = "\\N"  # of COPY's text format


def put(conn: sa.Connection, task_id: int, new: Sequence[NewAnnotation]) -> list[int]:
    """Insert annotations with their regions; their ids, in order."""
    if not new:
        return []
    ids, regions = _new_ids(conn, len(new), sum(a.region is not None for a in new))
    region_lines: list[str] = []
    lines: list[str] = []
    for annotation_id, a in zip(ids, new, strict=True):
        region_id: int | str = _NULL
        if a.region is not None:
            region_id = regions[len(region_lines)]
            region_lines.append(f"{region_id}\t{a.input_id}\t{kind_of(a.region)}\t{as_json(encode(a.region))}\n")
        score = _NULL if a.score is None else repr(a.score)
        index = _NULL if a.prediction is None else a.prediction
        lines.append(
            f"{annotation_id}\t{task_id}\t{a.input_id}\t{region_id}\t{a.concept_id}\t{a.labeler_id}\t"
            f"{a.status.value}\t{score}\t{index}\t{a.touched}\n"
        )
    if region_lines:
        copy_lines(conn, "region (id, input_id, kind, value)", region_lines)
    into = "annotation (id, task_id, input_id, region_id, concept_id, labeler_id, status, score, prediction, touched)"
    copy_lines(conn, into, lines)
    return ids


def standing(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """A task's annotations on inputs, by input id."""
    query = sa.text("""
        SELECT input_id, id, prediction, status, touched FROM annotation
        WHERE task_id = :task AND input_id = ANY(:ids) ORDER BY id
    """)
    rows = conn.execute(query, {"task": task_id, "ids": list(input_ids)})
    found: dict[int, list[Standing]] = {}
    for input_id, annotation_id, index, status, touched in rows:
        found.setdefault(input_id, []).append(Standing(annotation_id, index, Status(status), touched))
    return found


def inputs_of(conn: sa.Connection, task_id: int, ids: Sequence[int]) -> list[int]:
    """Ids of the inputs on which some annotations of a task lie."""
    query = sa.text("SELECT DISTINCT input_id FROM annotation WHERE id = ANY(:ids) AND task_id = :task ORDER BY 1")
    return list(conn.execute(query, {"ids": list(ids), "task": task_id}).scalars())


@dataclass(frozen=True, slots=True)
class Update:
    """A change of one annotation: what is not None becomes so; `touched` by a person or not."""

    id: int
    operation: str
    status: Status | None = None
    concept_id: int | None = None
    region: Region | None = None
    touched: bool = True


# what an annotation says, as an event keeps it; what dropped, all of it, so that it can be put back
_SAYS = """jsonb_build_object('status', {a}.status, 'concept', {a}.concept_id, 'region', {a}.region_id,
    'touched', {a}.touched)"""

_SAYS_ALL = """jsonb_build_object('status', status, 'concept', concept_id, 'region', region_id, 'touched', touched,
    'score', score, 'prediction', prediction, 'labeler', labeler_id, 'present', present)"""

_MOVE = sa.text(f"""
WITH v AS (
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:statuses AS status[]), CAST(:concepts AS bigint[]),
        CAST(:regions AS bigint[]), CAST(:touched AS bool[]), CAST(:operations AS text[]))
        WITH ORDINALITY AS v (id, status, concept_id, region_id, touched, operation, place)
), was AS (
    SELECT a.* FROM annotation a JOIN v USING (id) FOR UPDATE OF a
), now AS (
    UPDATE annotation a SET status = coalesce(v.status, a.status), concept_id = coalesce(v.concept_id, a.concept_id),
        region_id = coalesce(v.region_id, a.region_id), touched = a.touched OR v.touched
    FROM v JOIN was USING (id) WHERE a.id = v.id RETURNING a.*
)
INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, before, after)
SELECT now.id, now.task_id, now.input_id, :actor, v.operation, :act, {_SAYS.format(a="was")}, {_SAYS.format(a="now")}
FROM now JOIN was USING (id) JOIN v USING (id) ORDER BY v.place
""")  # noqa: S608 - put together from the constants above


def change(conn: sa.Connection, actor: int, updates: Sequence[Update], *, act: int | None = None) -> None:
    """Change annotations, each at most once, and record each change as an event by labeler `actor`.

    `act`: the activity that it is part of. A moved region is a new row, so that the event's `before` still finds the
    old one.
    """
    if not updates:
        return
    moved = [u for u in updates if u.region is not None]
    regions = dict(zip((u.id for u in moved), _new_regions(conn, moved), strict=True))
    columns = {
        "ids": [u.id for u in updates],
        "statuses": [u.status and u.status.value for u in updates],
        "concepts": [u.concept_id for u in updates],
        "regions": [regions.get(u.id) for u in updates],
        "touched": [u.touched for u in updates],
        "operations": [u.operation for u in updates],
    }
    conn.execute(_MOVE, {"actor": actor, "act": act, **columns})


_DROP = sa.text(f"""
WITH gone AS (DELETE FROM annotation WHERE id = ANY(:ids) RETURNING *)
INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, before)
SELECT id, task_id, input_id, :actor, :operation, :act, {_SAYS_ALL} FROM gone
""")  # noqa: S608 - put together from the constants above


def drop(conn: sa.Connection, actor: int, ids: Sequence[int], operation: str, *, act: int | None = None) -> None:
    """Delete annotations; their events keep what they said."""
    if ids:
        conn.execute(_DROP, {"ids": list(ids), "actor": actor, "operation": operation, "act": act})


_DROP_EARLIER = sa.text(f"""
WITH gone AS (
    DELETE FROM annotation a USING ledger l
    WHERE l.task_id = :task AND a.input_id = l.input_id AND a.task_id <> :task AND NOT a.touched
      AND a.labeler_id = ANY(ARRAY(
          SELECT b.id FROM labeler b JOIN model_version v ON v.id = b.model_version_id WHERE v.name = :model))
      AND a.concept_id = ANY(ARRAY(SELECT concept_id FROM task_concept WHERE task_id = :task))
      AND NOT EXISTS (SELECT FROM vote WHERE annotation_id = a.id)
    RETURNING a.*
)
INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, before)
SELECT id, task_id, input_id, :actor, 'delete_earlier', :act, {_SAYS_ALL} FROM gone
""")  # noqa: S608 - put together from the constants above


def drop_earlier(conn: sa.Connection, task_id: int, model: str, actor: int, *, act: int) -> int:
    """Delete what other tasks have by versions of a model on a task's inputs for its concepts; how many there were.

    What a person touched or voted on stays. The ledgers of those tasks stay as they are: who opens such an input for
    review finds nothing left to decide on it and is through with one word, and applying other thresholds to such a task
    makes anew what these say. Events keep what the annotations said, as part of an act of `actor`.
    """
    values = {"task": task_id, "model": model, "actor": actor, "act": act}
    return conn.execute(_DROP_EARLIER, values).rowcount


_CREATED = sa.text(f"""
INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, after)
SELECT id, task_id, input_id, :actor, :operation, :act, {_SAYS.format(a="a")} FROM annotation a WHERE id = ANY(:ids)
""")  # noqa: S608 - put together from the constants above


def record_new(conn: sa.Connection, actor: int, ids: Sequence[int], operation: str, *, act: int | None = None) -> None:
    """Record that annotations were made, by a person or by moving thresholds (what a run makes, its row tells)."""
    if ids:
        conn.execute(_CREATED, {"ids": list(ids), "actor": actor, "operation": operation, "act": act})


_SHAPED = "(p.before ->> 'concept')::bigint, (p.before ->> 'region')::bigint, (p.before ->> 'touched')::boolean"

# an act may do several things to one annotation, draw it and agree on it: what counts is how it was found and left
_PUT_BACK = sa.text(f"""
WITH e AS (
    SELECT annotation_id AS id, input_id,
           array_agg(before ORDER BY id) AS befores, array_agg(after ORDER BY id) AS afters
    FROM annotation_event WHERE task_id = :task AND input_id = ANY(:ids) AND activity_id = :undone
    GROUP BY annotation_id, input_id
), p AS MATERIALIZED (
    SELECT id, input_id, befores[cardinality(befores)] || befores[1] AS before, afters[cardinality(afters)] AS after
    FROM e WHERE befores[1] IS NOT NULL OR afters[cardinality(afters)] IS NOT NULL
), gone AS (
    DELETE FROM annotation a USING p WHERE a.id = p.id AND p.before IS NULL RETURNING a.*
), dropped AS (
    INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, before)
    SELECT id, task_id, input_id, :actor, 'undo', :act, {_SAYS_ALL} FROM gone
), back AS (
    INSERT INTO annotation (id, task_id, input_id, status, concept_id, region_id, touched, score, prediction,
                            labeler_id, present)
    SELECT p.id, :task, p.input_id, (p.before ->> 'status')::status, {_SHAPED}, (p.before ->> 'score')::float8,
           (p.before ->> 'prediction')::smallint, (p.before ->> 'labeler')::bigint, (p.before ->> 'present')::boolean
    FROM p WHERE p.after IS NULL RETURNING *
), made AS (
    INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, after)
    SELECT id, task_id, input_id, :actor, 'undo', :act, {_SAYS.format(a="back")} FROM back
), was AS (
    UPDATE annotation a SET (status, concept_id, region_id, touched) = (
        (p.before ->> 'status')::status, {_SHAPED})
    FROM p WHERE a.id = p.id AND p.before IS NOT NULL AND p.after IS NOT NULL RETURNING p.*
)
INSERT INTO annotation_event (annotation_id, task_id, input_id, labeler_id, operation, activity_id, before, after)
SELECT id, :task, input_id, :actor, 'undo', :act, after, before FROM was
""")  # noqa: S608 - put together from the constants above


def put_back(conn: sa.Connection, actor: int, task_id: int, input_ids: Sequence[int], undone: int, *, act: int) -> None:
    """Undo what an act (`undone`) did to annotations on inputs, nothing having come after it; by events again."""
    conn.execute(_PUT_BACK, {"actor": actor, "task": task_id, "ids": list(input_ids), "undone": undone, "act": act})


def _new_regions(conn: sa.Connection, moved: Sequence[Update]) -> list[int]:
    put_one = sa.text("""
        INSERT INTO region (input_id, kind, value)
        SELECT input_id, :kind, CAST(:value AS jsonb) FROM annotation WHERE id = :id RETURNING id
    """)
    made = []
    for u in moved:
        assert u.region is not None  # noqa: S101 - the caller chose those with one
        row = {"id": u.id, "kind": kind_of(u.region), "value": as_json(encode(u.region))}
        made.append(int(conn.execute(put_one, row).scalar_one()))
    return made


def _new_ids(conn: sa.Connection, count: int, regions: int) -> tuple[list[int], list[int]]:
    """So many ids for annotations and for regions, in one round trip."""
    query = sa.text("""
        SELECT ARRAY(SELECT nextval('annotation_id_seq') FROM generate_series(1, :count)),
               ARRAY(SELECT nextval('region_id_seq') FROM generate_series(1, :regions))
    """)
    row = conn.execute(query, {"count": count, "regions": regions}).one()
    return list(row[0]), list(row[1])


def _parents(said: Sequence[Prediction]) -> bytes | None:
    return None if all(p.parent is None for p in said) else packed.shorts([p.parent for p in said])


def _packed_regions(said: Sequence[Prediction]) -> bytes | None:
    """Boxes alone: `B` and four little-endian float64 each. Anything else: `Z` and, compressed by zlib, JSON: null or
    {kind: value} each; without compression, as it was before, `J`."""
    if all(p.region is None for p in said):
        return None
    boxes = [p.region for p in said if type(p.region) is Box]
    if len(boxes) < len(said):
        mixed = [None if p.region is None else {kind_of(p.region): encode(p.region)} for p in said]
        return b"Z" + zlib.compress(as_json(mixed).encode(), 1)
    numbers = [n for box in boxes for n in (box.x1, box.y1, box.x2, box.y2)]
    return struct.pack(f"<c{len(numbers)}d", b"B", *numbers)


def _unpacked_regions(stored: bytes | None, count: int) -> list[Region | None]:
    if stored is None:
        return [None] * count
    if stored[:1] == b"B":
        return [Box(*four) for four in struct.iter_unpack("<4d", stored[1:])]
    told = zlib.decompress(stored[1:]) if stored[:1] == b"Z" else stored[1:]
    return [_region(value) for value in json.loads(told)]


def _region(value: dict[str, list[Any]] | None) -> Region | None:
    if value is None:
        return None
    ((kind, numbers),) = value.items()
    return decode(kind, numbers)
