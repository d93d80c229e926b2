"""What a reviewer does to one input: accept, reject, edit, add, send back. Each call is one transaction's worth."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from labelmill.core.annotation import UNDECIDED, Status, Work, check_move, settled
from labelmill.core.errors import BadCall, Conflict
from labelmill.core.geometry import Region, fault
from labelmill.core.triage import Standing
from labelmill.store import annotations, assignments, projects, reviews
from labelmill.store.annotations import NewAnnotation, Update


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
class Decision:
    """A reviewer's word on one input. Ids are of its annotations; the ones named nowhere stay as they are."""

    accept: Collection[int] = ()
    reject: Collection[int] = ()
    edits: Sequence[Edit] = ()
    additions: Sequence[Addition] = field(default=())


def decide(conn: sa.Connection, task_id: int, input_id: int, person_id: int, decision: Decision) -> Work:
    """Carry out a decision; what people owe the input afterwards.

    What was accepted, edited or added is `success`. A rejected annotation keeps its row, so that moving the
    thresholds does not bring it back. The input is reviewed when none of its annotations waits any more.
    Raises Conflict when the input is not up for review, BadCall for ids, concepts or regions that do not fit it.
    """
    standing = _open(conn, task_id, input_id)
    concepts = reviews.concepts(conn, task_id)
    _check(standing, concepts, decision)
    actor = projects.person_labeler(conn, person_id)
    edited = {edit.annotation_id for edit in decision.edits}
    updates = [Update(i, "reject", status=Status.REJECTED) for i in sorted(set(decision.reject))]
    updates += [Update(i, "accept", status=Status.SUCCESS) for i in sorted(set(decision.accept) - edited)]
    for edit in decision.edits:
        concept_id = None if edit.concept is None else concepts[edit.concept]
        updates.append(Update(edit.annotation_id, "edit", Status.SUCCESS, concept_id, edit.region))
    annotations.change(conn, actor, updates)
    new = [NewAnnotation(input_id, concepts[a.concept], actor, Status.SUCCESS, a.region, touched=True)
           for a in decision.additions]  # fmt: skip
    annotations.record_new(conn, actor, annotations.put(conn, task_id, new), "add")
    statuses = [one.status for one in annotations.standing(conn, task_id, [input_id]).get(input_id, [])]
    work = Work.REVIEWED if settled(statuses) else Work.REVIEW
    _close(conn, task_id, input_id, work)
    return work


def approve(conn: sa.Connection, task_id: int, input_id: int, person_id: int, ticked: Collection[int]) -> Work:
    """Ticked annotations that waited become `success`, unticked ones `rejected`; what stood approved stays so."""
    standing = _open(conn, task_id, input_id)
    accept = [one.id for one in standing if one.id in ticked and one.status in UNDECIDED]
    reject = [one.id for one in standing if one.id not in ticked and one.status != Status.REJECTED]
    return decide(conn, task_id, input_id, person_id, Decision(accept, reject))


def reject(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> Work:
    """All of the task's annotations on the input become `rejected`."""
    _all_become(conn, task_id, input_id, person_id, Status.REJECTED, "reject")
    _close(conn, task_id, input_id, Work.REJECTED)
    return Work.REJECTED


def request_changes(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> Work:
    """The annotations become `pending` and the input goes to whoever labels."""
    _all_become(conn, task_id, input_id, person_id, Status.PENDING, "request_changes")
    _close(conn, task_id, input_id, Work.LABEL)
    return Work.LABEL


def _open(conn: sa.Connection, task_id: int, input_id: int) -> list[Standing]:
    work = reviews.lock(conn, task_id, input_id)
    if work != Work.REVIEW:
        raise Conflict(f"input {input_id} is not up for review in task {task_id} any more (it is: {work or 'gone'})")
    return annotations.standing(conn, task_id, [input_id]).get(input_id, [])


def _check(standing: Sequence[Standing], concepts: Mapping[str, int], decision: Decision) -> None:
    statuses = {one.id: one.status for one in standing}
    named = [*decision.accept, *decision.reject, *(edit.annotation_id for edit in decision.edits)]
    if strange := [i for i in named if i not in statuses]:
        raise BadCall(f"annotation {strange[0]} is not one of this input's")
    if both := set(decision.reject) & {*decision.accept, *(edit.annotation_id for edit in decision.edits)}:
        raise BadCall(f"annotation {min(both)} cannot be accepted and rejected at once")
    if len({edit.annotation_id for edit in decision.edits}) < len(decision.edits):
        raise BadCall("an annotation is edited twice in one decision")
    for i in named:
        check_move(statuses[i], Status.REJECTED if i in decision.reject else Status.SUCCESS)
    changes: list[Edit | Addition] = [*decision.edits, *decision.additions]
    for change in changes:
        if change.concept is not None and change.concept not in concepts:
            raise BadCall(f"this task has no concept {change.concept!r}")
        if change.region is not None and (wrong := fault(change.region)):
            raise BadCall(wrong)


def _all_become(
    conn: sa.Connection, task_id: int, input_id: int, person_id: int, status: Status, operation: str
) -> None:
    standing = _open(conn, task_id, input_id)
    actor = projects.person_labeler(conn, person_id)
    moved = [one for one in standing if one.status not in (status, Status.REJECTED)]
    for one in moved:
        check_move(one.status, status)
    annotations.change(conn, actor, [Update(one.id, operation, status=status) for one in moved])


def _close(conn: sa.Connection, task_id: int, input_id: int, work: Work) -> None:
    reviews.set_work(conn, task_id, input_id, work)
    if work != Work.REVIEW:
        assignments.finish(conn, task_id, [input_id])
