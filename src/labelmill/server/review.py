"""Reviewing: what waits for one, one's word on an input, on many, on regions in a grid; and taking it back."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from labelmill.flows import review, undo
from labelmill.server.access import Labeler, Reviewer
from labelmill.server.inputs import Region
from labelmill.server.page import Id, PathId
from labelmill.server.site import Here
from labelmill.server.task_shapes import Score
from labelmill.server.tasks import ReviewedTask
from labelmill.server.work_shapes import (
    Decided,
    Progress,
    Word,
    WordOnAll,
    WordOnSome,
    WorkInput,
    inputs_of,
    progress_of,
)
from labelmill.store import queue
from labelmill.store.browse import Kind
from labelmill.store.queue import Order, Wanted

router = APIRouter(prefix="/projects/{project_id}", tags=["review"])
TASK = "/tasks/{task_id}/review"

AT_ONCE = 500
"""Inputs that one word on all decides; who asks goes on until none is left, and sees how far it is."""

Place = Annotated[str | None, Query(max_length=60, description="The `next` of the page before.")]
Named = Annotated[str | None, Query(max_length=1000)]


class Queue(BaseModel):
    """The next inputs that wait for one's review, `next` for those behind them, and how far one is."""

    items: list[WorkInput]
    next: str | None
    progress: Progress


@router.get(TASK)
def list_review(
    task: ReviewedTask,
    member: Reviewer,
    site: Here,
    after: Place = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    order: Order = "id",
    concept: Named = None,
    labeler: Named = None,
    lowest: Annotated[Score | None, Query()] = None,
    highest: Annotated[Score | None, Query()] = None,
) -> Queue:
    """Inputs that wait for one's review.

    `uncertain` order: those with a score near to 0.5 first; `likeness`: what looks or reads alike follows one another.
    """
    wanted, person_id = Wanted(concept, labeler, lowest, highest), member.person.id
    with site.database.begin() as conn:
        found = queue.page(conn, task, person_id, order=order, after=after, limit=limit + 1, wanted=wanted)
        items = inputs_of(conn, task, person_id, [i for i, _ in found[:limit]])
        more = found[limit - 1][1] if len(found) > limit else None
        return Queue(items=items, next=more, progress=progress_of(conn, task, person_id))


class Group(BaseModel):
    """Annotations of one concept by one labeler that wait for one, and on how many inputs."""

    concept_id: int
    concept: str
    labeler: str
    annotations: int
    inputs: int


class Groups(BaseModel):
    """What waits, the most first."""

    items: list[Group]


@router.get(f"{TASK}/groups")
def list_review_groups(
    task: ReviewedTask, member: Reviewer, site: Here, but_not: Annotated[list[Id] | None, Query(max_length=500)] = None
) -> Groups:
    """What waits for one's review, by concept and labeler; `but_not`: ids of inputs that are left out."""
    names = Group.model_fields
    with site.database.begin() as conn:
        found = queue.groups(conn, task, member.person.id, but_not or ())
    return Groups(items=[Group(**{name: getattr(one, name) for name in names}) for one in found])


class DecidedMany(BaseModel):
    """What came of a word on many: how many annotations on how many inputs, inputs that are reviewed by it.

    `stale`: ids of annotations that waited no more, and were left alone. `left`: inputs where there is more to decide.
    `activity_id` null: there was nothing to do.
    """

    activity_id: int | None
    annotations: int
    inputs: int
    reviewed: int
    stale: list[int]
    left: int
    progress: Progress


@router.post(f"{TASK}/bulk")
def decide_all(said: WordOnAll, task: ReviewedTask, member: Reviewer, site: Here) -> DecidedMany:
    """Approve or reject all that waits for one and fits, up to 500 inputs a call: call again until `left` is 0."""
    person_id = member.person.id
    wanted = Wanted(said.concept, said.labeler, said.lowest, said.highest, said.but_not or ())
    with site.database.begin() as conn:
        done = review.decide_all(
            conn,
            task,
            person_id,
            said.action,
            lambda: queue.annotations_of(conn, task, person_id, wanted, inputs=AT_ONCE),
            key=said.key,
        )
        left = queue.count(conn, task, person_id, wanted)
        return _some(done, left, progress_of(conn, task, person_id))


class ReviewRegion(BaseModel):
    """An annotation that waits for one, with what showing it needs; `text`: the beginning of a text."""

    annotation_id: int
    input_id: int
    kind: Kind
    width: int | None
    height: int | None
    text: str | None
    score: float | None
    region: Region | None


class ReviewRegions(BaseModel):
    """Annotations, and `next` for those behind them."""

    items: list[ReviewRegion]
    next: str | None


@router.get(f"{TASK}/regions")
def list_review_regions(
    task: ReviewedTask,
    member: Reviewer,
    site: Here,
    concept: Annotated[str, Query(max_length=1000)],
    after: Place = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 60,
) -> ReviewRegions:
    """Annotations of one concept that wait for one, input by input."""
    with site.database.begin() as conn:
        found = queue.regions(conn, task, member.person.id, concept, after=after, limit=limit + 1)
    items = [
        ReviewRegion(
            annotation_id=row.id,
            region=None if row.region_kind is None else Region(kind=row.region_kind, value=row.value),
            **{name: getattr(row, name) for name in ("input_id", "kind", "width", "height", "text", "score")},
        )
        for row in found[:limit]
    ]
    last = items[-1] if len(found) > limit else None
    return ReviewRegions(items=items, next=f"{last.input_id}:{last.annotation_id}" if last else None)


@router.post(f"{TASK}/regions")
def decide_regions(said: WordOnSome, task: ReviewedTask, member: Reviewer, site: Here) -> DecidedMany:
    """Accept and reject annotations; an input is reviewed when its last undecided one is decided."""
    with site.database.begin() as conn:
        done = review.decide_some(conn, task, member.person.id, said.accept, said.reject, key=said.key)
        return _some(done, 0, progress_of(conn, task, member.person.id))


@router.get(f"{TASK}/{{input_id}}")
def get_reviewed(input_id: PathId, task: ReviewedTask, member: Reviewer, site: Here) -> WorkInput:
    """An input that waits for one's review, as it is now."""
    with site.database.begin() as conn:
        review.check_waits(conn, task, input_id, member.person.id)
        return inputs_of(conn, task, member.person.id, [input_id])[0]


@router.post(f"{TASK}/{{input_id}}")
def decide_input(said: Word, input_id: PathId, task: ReviewedTask, member: Reviewer, site: Here) -> Decided:
    """One's word on an input that waits for one; sent again with the same key it does nothing twice."""
    word = review.Word(said.action, said.ticked, said.shaping(), said.comment, said.seen, said.key)
    with site.database.begin() as conn:
        done = review.decide(conn, task, input_id, member.person.id, word)
    with site.database.begin() as conn:  # when nobody waits for this decision any more
        progress = progress_of(conn, task, member.person.id)
    return Decided(activity_id=done.activity_id, work=done.work, progress=progress)


class Undone(BaseModel):
    """Inputs that are as they were before."""

    input_ids: list[int]


@router.post("/activity/{activity_id}/undo")
def undo_act(activity_id: PathId, member: Labeler, site: Here) -> Undone:
    """Take back one's own decision or submission, while nothing came after it on its inputs."""
    with site.database.begin() as conn:
        return Undone(input_ids=undo.undo(conn, member.project_id, activity_id, member.person.id))


def _some(done: review.Many, left: int, progress: Progress) -> DecidedMany:
    names = ("activity_id", "annotations", "inputs", "reviewed")
    facts = {name: getattr(done, name) for name in names}
    return DecidedMany(**facts, stale=list(done.stale), left=left, progress=progress)
