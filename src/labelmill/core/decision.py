"""What a person's word on one input does to its annotations: the moves, the drops, what is added. No word is half done.

A person *approves* (ticked or not), *rejects*, *requests changes*, or *submits* what they labeled; each may come with
edits, additions and deletions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from labelmill.core.annotation import UNDECIDED, Status, check_move
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Region, Span, fault
from labelmill.core.triage import Standing

Drawn = Literal["class", "box", "polygon", "span"]
"""What people say in a task that is for them: classes of whole inputs, or regions of one kind."""

_DRAWN: Mapping[str, str] = {
    "class": "classes of whole inputs: leave the region out",
    "box": "boxes: draw a box",
    "polygon": "polygons: draw a polygon",
    "span": "spans: mark a span",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Another concept, another region, or both, for one annotation."""

    annotation_id: int
    concept: str | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """An annotation that a person makes; without a region it is about the whole input."""

    concept: str
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Shaping:
    """What a person draws and redraws. Deleted: what a person made goes, what a model made becomes `rejected`."""

    edits: Sequence[Edit] = ()
    additions: Sequence[Addition] = ()
    deletions: Collection[int] = ()


NOTHING = Shaping()


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one annotation: its status and, by an edit, its concept or region. `operation` is its event's."""

    annotation_id: int
    operation: str
    status: Status
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision comes to: annotations to move, to drop (ids), and to add with their status."""

    moves: tuple[Move, ...] = ()
    drops: tuple[int, ...] = ()
    additions: tuple[tuple[Addition, Status], ...] = ()


def approve(standing: Sequence[Standing], ticked: Collection[int], shaping: Shaping = NOTHING) -> Effect:
    """Ticked, edited and added become `success`, everything else `rejected`; what stands approved and ticked stays.

    Raises BadCall for ids that are none of these annotations.
    """
    chosen = set(ticked)
    _check_ids(standing, chosen, "ticked")
    kept = [one for one in standing if one.id in chosen and one.status != Status.SUCCESS]
    left = [one for one in standing if one.id not in chosen and one.status != Status.REJECTED]
    moves = [Move(one.id, "accept", Status.SUCCESS) for one in kept]
    moves += [Move(one.id, "reject", Status.REJECTED) for one in left]
    return _shaped(standing, moves, shaping, Status.SUCCESS)


def decide(standing: Sequence[Standing], accept: Collection[int], reject: Collection[int]) -> Effect:
    """A word on some annotations; those named nowhere stay as they are. Raises BadCall for ids that do not fit."""
    _check_ids(standing, {*accept, *reject}, "decided")
    if both := set(accept) & set(reject):
        raise BadCall(f"annotation {min(both)} cannot be accepted and rejected at once")
    wanted = dict.fromkeys(accept, Status.SUCCESS) | dict.fromkeys(reject, Status.REJECTED)
    moves = [
        Move(one.id, "accept" if wanted[one.id] == Status.SUCCESS else "reject", wanted[one.id])
        for one in standing
        if one.id in wanted and one.status != wanted[one.id]
    ]
    return _shaped(standing, moves, NOTHING, Status.SUCCESS)


def reject(standing: Sequence[Standing]) -> Effect:
    """All of the task's annotations on the input become `rejected`."""
    return _all_become(standing, Status.REJECTED, "reject")


def request_changes(standing: Sequence[Standing]) -> Effect:
    """What is not rejected becomes `pending`, for whoever labels."""
    return _all_become(standing, Status.PENDING, "request_changes")


def submit(standing: Sequence[Standing], shaping: Shaping, status: Status) -> Effect:
    """What a labeler leaves: everything but what is rejected or deleted gets `status`, as do additions."""
    moves = [Move(one.id, "submit", status) for one in standing if one.status not in (Status.REJECTED, status)]
    return _shaped(standing, moves, shaping, status)


def check_shaping(
    shaping: Shaping, concepts: Collection[str], *, length: int | None, drawn: Drawn | None = None
) -> None:
    """Raise BadCall for concepts that the task has not and regions that do not fit the input or the task.

    `length`: of a text in code points; None for an image. `drawn`: what people say in a task that is for them, None
    where a model labels: there they may add what it does not say.
    """
    changes: list[Edit | Addition] = [*shaping.edits, *shaping.additions]
    for change in changes:
        if change.concept is not None and change.concept not in concepts:
            raise BadCall(f"this task has no concept {change.concept!r}")
        if drawn is not None:
            _check_drawn(change, drawn)
        if change.region is not None:
            _check_region(change.region, length)


def _check_drawn(change: Edit | Addition, drawn: Drawn) -> None:
    if isinstance(change, Edit) and change.region is None:  # its region stays as it is
        return
    kind = "class" if change.region is None else type(change.region).__name__.lower()
    if kind == drawn:
        return
    if isinstance(change, Edit):
        said = f"annotation {change.annotation_id} was redrawn as a {kind}"
    elif kind == "class":
        said = f"the new {change.concept!r} is about the whole input"
    else:
        said = f"the new {change.concept!r} is a {kind}"
    raise BadCall(f"{said}, and this task is for {_DRAWN[drawn]}")


def _check_region(region: Region, length: int | None) -> None:
    if isinstance(region, Span) != (length is not None):
        raise BadCall("a span marks a part of a text; boxes and polygons mark parts of an image")
    if wrong := fault(region):
        raise BadCall(wrong)
    if isinstance(region, Span) and length is not None and region.end > length:
        raise BadCall(f"the span ends at {region.end}, and the text has {length} characters")


def _shaped(standing: Sequence[Standing], moves: Iterable[Move], shaping: Shaping, status: Status) -> Effect:
    """Moves with a person's shaping over them: an edited annotation gets `status`, a deleted one goes."""
    edits = {edit.annotation_id: edit for edit in shaping.edits}
    deleted = set(shaping.deletions)
    if len(edits) < len(shaping.edits):
        raise BadCall("an annotation is edited twice in one decision")
    _check_ids(standing, edits.keys() | deleted, "edited or deleted")
    if both := edits.keys() & deleted:
        raise BadCall(f"annotation {min(both)} cannot be edited and deleted at once")
    by_id = {one.id: one for one in standing}
    plain = [move for move in moves if move.annotation_id not in edits and move.annotation_id not in deleted]
    edited = [Move(i, "edit", status, edit) for i, edit in sorted(edits.items())]
    drops = tuple(sorted(i for i in deleted if by_id[i].index is None))
    dropped = [
        Move(i, "delete", Status.REJECTED)
        for i in sorted(deleted.difference(drops))
        if by_id[i].status != Status.REJECTED
    ]
    every = (*plain, *edited, *dropped)
    for move in every:
        check_move(by_id[move.annotation_id].status, move.status)
    return Effect(every, drops, tuple((addition, status) for addition in shaping.additions))


def _all_become(standing: Sequence[Standing], status: Status, operation: str) -> Effect:
    moved = [one for one in standing if one.status not in (status, Status.REJECTED)]
    for one in moved:
        check_move(one.status, status)
    return Effect(tuple(Move(one.id, operation, status) for one in moved))


def _check_ids(standing: Sequence[Standing], ids: Collection[int], word: str) -> None:
    if strange := set(ids) - {one.id for one in standing}:
        raise BadCall(f"annotation {min(strange)}, which is {word}, is not one of this input's: load it again")


def undecided(standing: Iterable[Standing]) -> list[int]:
    """Ids of the annotations that wait for a decision."""
    return [one.id for one in standing if one.status in UNDECIDED]
