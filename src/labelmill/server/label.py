"""Labeling: the next input that needs a person, its lease, what is submitted, what models said of it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from labelmill.flows import label
from labelmill.server.access import Labeler
from labelmill.server.page import BIGGEST, Body, Id, Limit, Page, PathId
from labelmill.server.site import Here
from labelmill.server.tasks import LabeledTask
from labelmill.server.trials import Prediction
from labelmill.server.work_shapes import Decided, Leased, Shaping, WorkInput, inputs_of, progress_of
from labelmill.store import activity, annotations, leases

router = APIRouter(prefix="/projects/{project_id}/tasks/{task_id}/label", tags=["label"])


class Where(Body):
    """`after`: the input that one has just left; null: what one has already comes first."""

    after: Id | None = None


class NextToLabel(BaseModel):
    """The input that is one's own to label until `expires_at`, null when none waits; `left`: how many wait in all."""

    input: WorkInput | None
    expires_at: datetime | None
    left: int


@router.post("/next")
def take_next(said: Where, task: LabeledTask, member: Labeler, site: Here) -> NextToLabel:
    """Take the next input that needs a person: nobody else gets it while the lease holds."""
    with site.database.begin() as conn:
        taken = label.take_next(conn, task, member.person.id, after=said.after)
        found = [] if taken is None else inputs_of(conn, task, member.person.id, [taken.input_id])
        left = leases.waiting(conn, task)
    return NextToLabel(input=found[0] if found else None, expires_at=taken.expires_at if taken else None, left=left)


class Submitted(BaseModel):
    """An input that one submitted, and when; `id`: of the act."""

    id: int
    input_id: int
    at: datetime


@router.get("/submitted")
def list_submitted(
    task: LabeledTask,
    member: Labeler,
    site: Here,
    after: Annotated[int | None, Query(ge=1, le=BIGGEST, description="The `next` of the page before.")] = None,
    limit: Limit = 20,
) -> Page[Submitted]:
    """What one submitted, newest first."""
    with site.database.begin() as conn:
        found = activity.submitted(conn, task, member.person.id, before=after or BIGGEST, limit=limit + 1)
    return Page[Submitted].of([Submitted(id=row.id, input_id=row.input_id, at=row.at) for row in found], limit)


@router.get("/{input_id}")
def get_labeled(input_id: PathId, task: LabeledTask, member: Labeler, site: Here) -> WorkInput:
    """An input that waits for a labeler, or that one has submitted and nobody decided on since."""
    with site.database.begin() as conn:
        label.check_may_label(conn, task, input_id, member.person.id)
        return inputs_of(conn, task, member.person.id, [input_id])[0]


@router.post("/{input_id}")
def submit(said: Shaping, input_id: PathId, task: LabeledTask, member: Labeler, site: Here) -> Decided:
    """Submit one's work on an input; with nothing drawn it confirms that nothing is there."""
    person_id = member.person.id
    with site.database.begin() as conn:
        done = label.submit(conn, task, input_id, person_id, said.shaping(), seen=said.seen, key=said.key)
        progress = progress_of(conn, task, person_id)
    return Decided(activity_id=done.activity_id, work=done.work, progress=progress)


@router.post("/{input_id}/lease")
def renew_lease(input_id: PathId, task: LabeledTask, member: Labeler, site: Here) -> Leased:
    """Hold an input some minutes more."""
    with site.database.begin() as conn:
        return Leased(expires_at=label.renew(conn, task, input_id, member.person.id).expires_at)


@router.delete("/{input_id}/lease", status_code=204)
def end_lease(input_id: PathId, task: LabeledTask, member: Labeler, site: Here) -> None:
    """Leave an input to others."""
    with site.database.begin() as conn:
        label.leave(conn, task, input_id, member.person.id)


class ModelHints(BaseModel):
    """What one run of a model said, the best score first."""

    model: str
    predictions: list[Prediction]


class Hints(BaseModel):
    """What models said, the newest run first."""

    items: list[ModelHints]


@router.get("/{input_id}/help")
def get_help(input_id: PathId, task: LabeledTask, member: Labeler, site: Here) -> Hints:
    """What the project's models said of an input, down to the floor of their runs."""
    items = []
    with site.database.begin() as conn:
        label.check_may_label(conn, task, input_id, member.person.id)
        for run in annotations.runs_on(conn, member.project_id, input_id):
            said = annotations.predictions(conn, run.run_id, run.concepts, [input_id]).get(input_id, [])
            told = [Prediction.of(one) for one in sorted(said, key=lambda one: -one.score)]
            items.append(ModelHints(model=run.model, predictions=told))
    return Hints(items=items)
