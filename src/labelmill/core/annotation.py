"""What a model says (Prediction), what the dataset says (Annotation), and the moves a status may make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Polygon, Region, iou
from labelmill.core.threshold import Band, Kept


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model said: a concept with a raw score (0 to 1) on a region, or on the whole input without one.

    `parent` is the index, in the same answer, of the prediction whose region this one lies in.
    """

    concept: str
    score: float
    region: Region | None = None
    parent: int | None = None


class Status(StrEnum):
    """Of an annotation."""

    SUCCESS = "success"
    AWAITING_REVIEW = "awaiting_review"
    AWAITING_CONSENSUS_REVIEW = "awaiting_consensus_review"
    PENDING = "pending"
    REJECTED = "rejected"


UNDECIDED = frozenset({Status.AWAITING_REVIEW, Status.AWAITING_CONSENSUS_REVIEW})

_WAITS = UNDECIDED | {Status.PENDING}

_MOVES: Mapping[Status, frozenset[Status]] = {
    Status.AWAITING_REVIEW: frozenset({Status.SUCCESS, Status.REJECTED, Status.PENDING}),
    Status.AWAITING_CONSENSUS_REVIEW: frozenset({Status.SUCCESS, Status.REJECTED, Status.PENDING}),
    Status.SUCCESS: _WAITS | {Status.REJECTED},
    Status.PENDING: UNDECIDED | {Status.SUCCESS, Status.REJECTED},
    Status.REJECTED: _WAITS | {Status.SUCCESS},
}


def check_move(before: Status, after: Status) -> None:
    """Raise BadCall unless a status may go from `before` to `after`; staying is always allowed."""
    if after != before and after not in _MOVES[before]:
        raise BadCall(f"an annotation cannot go from {before} to {after}")


class Outcome(StrEnum):
    """What the engine made of an input of a task; only the engine writes it."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Work(StrEnum):
    """What people owe an input of a task."""

    NONE = "none"
    REVIEW = "review"
    REVIEWED = "reviewed"
    LABEL = "label"
    LABELED = "labeled"
    REJECTED = "rejected"


def status_of(band: Kept, awaiting: Status = Status.AWAITING_REVIEW) -> Status:
    """The status an annotation starts with; what is discarded makes none.

    `awaiting`: of what goes to reviewers; where they vote that is `awaiting_consensus_review`.
    """
    return Status.SUCCESS if band is Band.APPROVED else awaiting


def mapped(
    predictions: Sequence[Prediction], concepts: Mapping[str, str], *, overlap: float
) -> list[tuple[int, Prediction]]:
    """Predictions as the project's concepts, with their index in the model's answer, in that order.

    `concepts` maps the model's concepts to the project's, many to one; what it lacks is left out. Where it joins
    concepts, the best score wins per region: the same region or tag, and boxes or polygons whose intersection over
    union is `overlap` (0 to 1) or more, are kept once per project concept (greedy suppression by score).
    """
    named = [
        (i, p if name == p.concept else replace(p, concept=name))
        for i, p in enumerate(predictions)
        if (name := concepts.get(p.concept)) is not None
    ]
    if len(set(concepts.values())) == len(concepts):
        return named
    joined = _joined(concepts)
    kept: list[tuple[int, Prediction]] = []
    for index, prediction in sorted(named, key=lambda pair: (-pair[1].score, pair[0])):
        rivals = (p for _, p in kept if p.concept == prediction.concept)
        if prediction.concept not in joined or not any(is_same(prediction.region, p.region, overlap) for p in rivals):
            kept.append((index, prediction))
    return sorted(kept, key=lambda pair: pair[0])


def _joined(concepts: Mapping[str, str]) -> set[str]:
    targets = list(concepts.values())
    return {target for target in targets if targets.count(target) > 1}


def is_same(a: Region | None, b: Region | None, overlap: float) -> bool:
    """True for one place: the same region or none, or boxes and polygons whose IoU is `overlap` (0 to 1) or more."""
    if isinstance(a, Box | Polygon) and isinstance(b, Box | Polygon):
        return iou(a, b) >= overlap
    return a == b


def settled(statuses: Iterable[Status]) -> bool:
    """True when none of an input's annotations waits for a decision."""
    return not any(status in UNDECIDED for status in statuses)
