"""Inputs out of a project: what tasks count of them is taken off, then they go with all that hangs on them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from labelmill.core.annotation import Prediction
from labelmill.core.threshold import pack, unpack
from labelmill.flows import triage
from labelmill.flows.catalog import open_card
from labelmill.models.catalog import describe
from labelmill.store import activity, annotations, models, remove, shards, tasks
from labelmill.store.database import Database
from labelmill.store.media import Media
from labelmill.store.remove import Counted
from labelmill.store.tasks import Terms


def remove_inputs(
    database: Database, media: Media, home: Path, project_id: int, ids: Sequence[int], *, person_id: int
) -> int:
    """Remove inputs of a project, in one transaction; how many there were. Ids that it does not have are left out.

    `person_id`: who does it.
    """
    with database.begin() as conn:
        held = remove.hold(conn, project_id, ids)
        counted = remove.counted(conn, project_id, held)
        for task_id, of_task in groupby(counted, key=lambda one: one.task_id):
            _take_off(conn, home, tasks.terms(conn, task_id, hold=True), list(of_task))
        remove.remove(conn, project_id, held)
        if held:
            activity.count(conn, project_id, person_id, "delete_inputs", len(held), {})
    remove_leftovers(database, media)
    return len(held)


def remove_leftovers(database: Database, media: Media) -> None:
    """Delete the files of contents that no input and no dataset version has, unless somebody stores files now."""
    with database.begin() as conn:
        hashes = remove.leftovers(conn)
        for digest in hashes:
            media.remove(digest)
        remove.forget(conn, hashes)


def _take_off(conn: sa.Connection, home: Path, terms: Terms, counted: Sequence[Counted]) -> None:
    """Take the predictions of inputs off the histograms and counts of their shards."""
    version = models.by_id(conn, terms.model_version_id)
    joins = len(set(terms.concepts.values())) < len(terms.concepts)
    overlap = describe(open_card(home, version.card)).overlap if joins else 1.0  # asked for only where concepts join
    said = annotations.predictions(conn, terms.run_id, version.concepts, [one.input_id for one in counted])
    for no, of_shard in groupby(counted, key=lambda one: one.shard):
        of_inputs = [said.get(one.input_id, []) for one in of_shard]
        rows = _without(remove.histograms(conn, terms.task_id, no), _histograms(terms, overlap, of_inputs))
        shards.put_histograms(conn, terms.task_id, no, rows)
        remove.take_predictions(conn, terms.task_id, no, sum(map(len, of_inputs)))


def _histograms(terms: Terms, overlap: float, of_inputs: Iterable[Sequence[Prediction]]) -> list[tuple[Any, ...]]:
    return triage.histogram_rows(terms, (triage.decide_input(terms, overlap, said) for said in of_inputs))


def _without(had: dict[int, tuple[bytes, int, int, int]], less: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Histogram rows of a shard less others; those of a shard that waits for newer thresholds are made anew later."""
    left: dict[int, tuple[Any, ...]] = dict(had)
    for concept_id, packed, *bands in less:
        before, *counts = left.pop(concept_id, (b"", 0, 0, 0))
        rest = np.maximum(unpack([before]) - unpack([packed]), 0)
        if rest.any():
            left[concept_id] = (pack(rest), *(max(a - b, 0) for a, b in zip(counts, bands, strict=True)))
    return [(concept_id, *row) for concept_id, row in left.items()]
