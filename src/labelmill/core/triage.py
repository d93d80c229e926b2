"""From predictions and thresholds to annotations, the first time and every time the thresholds move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labelmill.core.annotation import UNDECIDED, Prediction, Status, Work, status_of
from labelmill.core.threshold import Band, Kept, Thresholds, decide


@dataclass(slots=True)  # not frozen: a detector makes a hundred for each photo, and that takes four times as long
class Decided:
    """A prediction (its index in the model's answer, its project concept) and the band it falls in: not discarded."""

    index: int
    prediction: Prediction
    band: Kept


@dataclass(frozen=True, slots=True)
class Standing:
    """An annotation that exists already: made from prediction `index`, or by a person (None)."""

    id: int
    index: int | None
    status: Status
    touched: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What moving the thresholds does to one input: annotations to make, to give another status, to drop."""

    make: tuple[Decided, ...]
    move: tuple[tuple[Standing, Status], ...]
    drop: tuple[Standing, ...]


def triage(predictions: Iterable[tuple[int, Prediction]], thresholds: Thresholds) -> list[Decided]:
    """Decide every prediction of one input; `predictions` as `mapped` gives them. What is discarded is left out."""
    of, default, lowest = thresholds.by_concept.get, thresholds.default, thresholds.lowest
    found = []
    for index, said in predictions:
        if said.score < lowest:  # nearly all of what a detector says
            continue
        band = decide(said.score, of(said.concept, default))
        if band is not Band.DISCARDED:
            found.append(Decided(index, said, band))
    return found


def reconcile(
    decided: Sequence[Decided], standing: Iterable[Standing], awaiting: Status = Status.AWAITING_REVIEW
) -> Changes:
    """What must change so that untouched annotations say what the thresholds say.

    An annotation that a person decided, changed or made is never moved, dropped or made again. `awaiting` as
    `status_of` has it.
    """
    have = {s.index: s for s in standing if s.index is not None}
    make, move = [], []
    wanted: set[int] = set()
    for one in decided:
        status = status_of(one.band, awaiting)
        wanted.add(one.index)
        existing = have.get(one.index)
        if existing is None:
            make.append(one)
        elif not existing.touched and existing.status != status:
            move.append((existing, status))
    drop = tuple(s for index, s in have.items() if index not in wanted and not s.touched)
    return Changes(tuple(make), tuple(move), drop)


def owed(statuses: Sequence[Status], *, touched: bool) -> Work:
    """What people owe an input that the engine has done, given its annotations' statuses.

    `touched`: a person decided or changed something on it.
    """
    if any(status in UNDECIDED for status in statuses):
        return Work.REVIEW
    if touched:
        return Work.REVIEWED
    return Work.NONE if statuses else Work.LABEL


def limits_json(thresholds: Thresholds) -> dict[str, object]:
    """Thresholds as JSON: `{"lower", "upper", "by_concept": {NAME: {"lower", "upper"}}}`; upper null means never."""
    return {
        "lower": thresholds.default.lower,
        "upper": thresholds.default.upper,
        "by_concept": {n: {"lower": t.lower, "upper": t.upper} for n, t in thresholds.by_concept.items()},
    }
