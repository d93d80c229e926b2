"""What other thresholds would do, answered from histograms that are kept in memory, and samples near a limit."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from labelmill.core.annotation import Prediction
from labelmill.core.errors import BadCall
from labelmill.core.scores import Scores
from labelmill.core.threshold import Band, Thresholds, bin_of, decide
from labelmill.store import annotations, models, reviews, scores, tasks
from labelmill.store.scores import Near, Subject
from labelmill.store.tasks import Terms

MOST_KEPT = 2_000_000
"""Bins that are not empty, over all kept tasks: about 50 MB."""

BEGINNING = 2_000
"""Characters of a text that a sample shows."""


class KeptScores:
    """Scores of the tasks that were asked for last; made anew when a task has got further. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[tuple[int, int], Scores]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, conn: sa.Connection, task_id: int) -> Scores:
        """The scores of a task as they stand now."""
        stamp = scores.stamp(conn, task_id)
        with self._lock:
            kept = self._kept.get(task_id)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(task_id)
                return kept[1]
        made = Scores(scores.packed(conn, task_id))
        with self._lock:
            self._kept[task_id] = (stamp, made)
            self._kept.move_to_end(task_id)
            while len(self._kept) > 1 and sum(one.size for _, one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
        return made


def preview(conn: sa.Connection, kept: KeptScores, task_id: int, thresholds: Thresholds) -> dict[str, dict[Band, int]]:
    """By concept of a task how many predictions other thresholds would put into each band.

    Raises BadCall for thresholds below the run's floor or of a concept that the task does not have.
    """
    terms = tasks.terms(conn, task_id)
    check(terms, thresholds)
    none = dict.fromkeys((Band.APPROVED, Band.REVIEW, Band.DISCARDED), 0)
    return {name: dict(none) for name in terms.ids} | kept.of(conn, task_id).bands(thresholds)


def check(terms: Terms, thresholds: Thresholds) -> None:
    """Raise BadCall for thresholds that a task cannot have."""
    if thresholds.lowest < terms.floor:
        raise BadCall(
            f"lower {thresholds.lowest:g} is below the floor of this run: scores under {terms.floor:g} were not kept. "
            f"Start a new task with floor {thresholds.lowest:g}."
        )
    if unknown := sorted(set(thresholds.by_concept) - set(terms.ids)):
        raise BadCall(f"this task has no concept {unknown[0]!r}; it has {', '.join(sorted(terms.ids))}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A prediction near a limit, as the project's concept, and the band it is in now."""

    subject: Subject
    prediction: Prediction
    band: Band


def samples(conn: sa.Connection, task_id: int, concept: str, *, near: float, limit: int) -> list[Sample]:
    """The predictions of a project concept whose scores lie nearest to `near`, nearest first.

    Only shards that hold some of them are read: their histograms tell which. Raises BadCall for an unknown concept.
    """
    terms = tasks.terms(conn, task_id)
    if concept not in terms.ids:
        raise BadCall(f"this task has no concept {concept!r}")
    shards = _shards_near(scores.of_concept(conn, task_id, reviews.concepts(conn, task_id)[concept]), near, limit)
    if not shards:
        return []
    names = models.by_id(conn, terms.model_version_id).concepts
    indexes = [i for i, name in enumerate(names) if terms.concepts.get(name) == concept]
    found = scores.nearest(conn, task_id, terms.run_id, shards, indexes, near=near, limit=limit)
    return _shown(conn, terms, names, concept, found)


def _shown(conn: sa.Connection, terms: Terms, names: list[str], concept: str, found: list[Near]) -> list[Sample]:
    ids = list({one.input_id for one in found})
    said = annotations.predictions(conn, terms.run_id, names, ids)
    subjects = scores.subjects(conn, ids, beginning=BEGINNING)
    samples = []
    for one in found:
        prediction = said[one.input_id][one.index]
        renamed = Prediction(concept, prediction.score, prediction.region)
        band = decide(prediction.score, terms.thresholds.of(concept))
        samples.append(Sample(subjects[one.input_id], renamed, band))
    return samples


def _shards_near(histograms: list[tuple[int, bytes]], near: float, limit: int) -> list[int]:
    """The shards that hold the `limit` predictions nearest to a score, to within a bin."""
    place = bin_of(near)
    parts = [np.frombuffer(packed, dtype="<u4").reshape(-1, 2).astype(np.int64) for _, packed in histograms]
    if not parts:
        return []
    owners = np.repeat([no for no, _ in histograms], [len(part) for part in parts])
    pairs = np.concatenate(parts)
    order = np.argsort(np.abs(pairs[:, 0] - place), kind="stable")
    enough = int(np.searchsorted(np.cumsum(pairs[order, 1]), limit)) + 1
    return sorted({int(no) for no in owners[order[:enough]]})
