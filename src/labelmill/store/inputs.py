"""Inputs, the sources they came from, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from labelmill.core.input import NewInput, Rejection
from labelmill.store import locks
from labelmill.store import schema as t

# DISTINCT ON keeps the first source of equal content; an input that exists takes the newest place of its bytes,
# because that place was just read; what is stored stays stored
_ADD = sa.text("""
WITH item AS (
    SELECT * FROM unnest(
        CAST(:names AS text[]), CAST(:uris AS text[]), CAST(:digests AS bytea[]), CAST(:kinds AS text[]),
        CAST(:widths AS int[]), CAST(:heights AS int[]), CAST(:texts AS text[]), CAST(:locations AS text[])
    ) WITH ORDINALITY AS item (name, uri, hash, kind, width, height, text, location, ord)
), put AS (
    INSERT INTO input (project_id, hash, kind, width, height, text, location)
    SELECT :project, hash, kind, width, height, text, location
    FROM (SELECT DISTINCT ON (hash) * FROM item ORDER BY hash, ord) AS once ORDER BY ord
    ON CONFLICT (project_id, hash) DO UPDATE SET location =
        CASE WHEN input.location LIKE 'media:%' THEN input.location ELSE excluded.location END
    RETURNING id, hash
), seen AS (
    INSERT INTO source (project_id, input_id, name, uri)
    SELECT :project, put.id, item.name, item.uri FROM item JOIN put USING (hash) ORDER BY ord
    ON CONFLICT (project_id, uri, input_id) DO UPDATE SET name = excluded.name
    RETURNING id, input_id
)
INSERT INTO dataset_source (dataset_id, source_id, input_id)
SELECT :dataset, id, input_id FROM seen WHERE :dataset IS NOT NULL ON CONFLICT DO NOTHING
""").bindparams(sa.bindparam("dataset", type_=sa.BigInteger))

# a place that now holds other content, or none, no longer speaks for its old content in this dataset
_REPLACE = sa.text("""
DELETE FROM dataset_source d USING source s
WHERE s.project_id = :project AND s.uri = ANY(:uris)
  AND d.dataset_id = :dataset AND d.input_id = s.input_id AND d.source_id = s.id
""")

_REJECT = sa.text("""
INSERT INTO rejection (dataset_id, uri, name, kind, message)
SELECT :dataset, * FROM unnest(
    CAST(:uris AS text[]), CAST(:names AS text[]), CAST(:kinds AS text[]), CAST(:messages AS text[]))
ON CONFLICT (dataset_id, uri) DO UPDATE SET kind = excluded.kind, message = excluded.message
""")


def add(
    conn: sa.Connection, project_id: int, dataset_id: int | None, items: Sequence[NewInput], *, fresh: bool
) -> None:
    """Insert inputs with their sources into a dataset, or none; equal content becomes one input with several sources.

    `fresh`: the dataset is new, so nothing in it can be replaced. Uris within `items` differ.
    """
    # one import of a project at a time: two with common content would otherwise wait for each other's rows
    conn.execute(sa.text("SELECT pg_advisory_xact_lock(:project)"), {"project": project_id})
    uris = [item.uri for item in items]
    if dataset_id is not None and not fresh:
        conn.execute(_REPLACE, {"dataset": dataset_id, "project": project_id, "uris": uris})
        readable = sa.any_(sa.cast(uris, sa.ARRAY(sa.Text)))
        conn.execute(
            sa.delete(t.rejection).where(t.rejection.c.dataset_id == dataset_id, t.rejection.c.uri == readable)
        )
    conn.execute(
        _ADD,
        {
            "project": project_id,
            "dataset": dataset_id,
            "names": [item.name for item in items],
            "uris": uris,
            "digests": [item.digest for item in items],
            "kinds": [item.kind for item in items],
            "widths": [item.width for item in items],
            "heights": [item.height for item in items],
            "texts": [item.text for item in items],
            "locations": [item.location for item in items],
        },
    )


def reject(conn: sa.Connection, project_id: int, dataset_id: int, items: Sequence[Rejection]) -> None:
    """Record sources that could not be read."""
    uris = [item.uri for item in items]
    conn.execute(_REPLACE, {"dataset": dataset_id, "project": project_id, "uris": uris})
    columns = {f"{name}s": [getattr(item, name) for item in items] for name in ("name", "kind", "message")}
    conn.execute(_REJECT, {"dataset": dataset_id, "uris": uris, **columns})


def is_fresh(conn: sa.Connection, dataset_id: int) -> bool:
    """True when nothing was ever read into the dataset."""
    held = sa.select(sa.literal(1)).where(t.dataset_source.c.dataset_id == dataset_id).exists()
    refused = sa.select(sa.literal(1)).where(t.rejection.c.dataset_id == dataset_id).exists()
    return not conn.execute(sa.select(held | refused)).scalar_one()


def forgive(conn: sa.Connection, dataset_id: int, uris: Sequence[str]) -> None:
    """Forget what was refused at places whose content could be read since, from another place."""
    refused = t.rejection.c
    again = sa.any_(sa.cast(list(uris), sa.ARRAY(sa.Text)))
    conn.execute(sa.delete(t.rejection).where(refused.dataset_id == dataset_id, refused.uri == again))


def refused_below(conn: sa.Connection, dataset_id: int, place: str, *, most: int) -> list[Rejection]:
    """The first sources at a place, or below it, that were refused when they were read into a dataset."""
    query = sa.text("""
        SELECT name, uri, kind, message FROM rejection
        WHERE dataset_id = :dataset AND starts_with(uri, :place) ORDER BY uri LIMIT :most
    """)
    found = conn.execute(query, {"dataset": dataset_id, "place": place, "most": most})
    return [Rejection(*row) for row in found]


def put_all_into(conn: sa.Connection, project_id: int, dataset_id: int) -> None:
    """Put every input of a project, from each of its places, into a dataset of the project."""
    locks.keep_inputs(conn, project_id)
    query = sa.text("""
        INSERT INTO dataset_source (dataset_id, input_id, source_id)
        SELECT :dataset, input_id, id FROM source WHERE project_id = :project ON CONFLICT DO NOTHING
    """)
    conn.execute(query, {"dataset": dataset_id, "project": project_id})


def kinds(conn: sa.Connection, dataset_id: int) -> set[str]:
    """The kinds of inputs that a dataset holds."""
    query = sa.text("""
        SELECT kind FROM unnest(ARRAY['image', 'text']) AS kind WHERE EXISTS (
            SELECT FROM dataset_source d JOIN input i ON i.id = d.input_id
            WHERE d.dataset_id = :dataset AND i.kind = kind.kind)
    """)
    return set(conn.execute(query, {"dataset": dataset_id}).scalars())


def text_length(conn: sa.Connection, input_id: int) -> int | None:
    """How many code points a text has; None for an image."""
    length: int | None = conn.execute(
        sa.text("SELECT length(text) FROM input WHERE id = :id"), {"id": input_id}
    ).scalar()
    return length
