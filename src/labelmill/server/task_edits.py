"""Tasks that are there: changed, paused, stopped, gone on with, decided again, deleted; and who works on them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from labelmill.core.priority import Priority
from labelmill.engine import jobs
from labelmill.flows import edit_task
from labelmill.server.access import Admin
from labelmill.server.page import Body, Id, Name
from labelmill.server.site import Here
from labelmill.server.task_shapes import Applied, Bands, Instructions, Persons, Task, Votes
from labelmill.server.tasks import Changed, Seen, alone
from labelmill.store import partition

router = APIRouter(prefix="/projects/{project_id}/tasks/{task_id}", tags=["tasks"])


class ChangedTask(Body):
    """What is to be different; what is not said stays as it is.

    Other `reviewers`: open inputs are shared out anew, what is done stays. `concepts`: the project's, for the inputs
    that are not done yet. `agree`: votes that decide, where the review is stacked.
    """

    name: Name | None = None
    reviewers: Persons | None = None
    labelers: Persons | None = None
    priority: Priority | None = None
    instructions: Instructions | None = None
    checked: bool | None = None
    agree: Votes | None = None
    concepts: Annotated[list[Name], Field(min_length=1, max_length=20_000)] | None = None


class Retried(Body):
    """Which of the failed inputs are to run again; null: all."""

    inputs: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None


class Part(BaseModel):
    """A person's part in a task: inputs `given` to them to review, of those `done` and `open`; inputs they `labeled`.

    `reviewer`, `labeler`: they are that now.
    """

    id: int
    name: str
    reviewer: bool
    labeler: bool
    given: int
    done: int
    open: int
    labeled: int


class Parts(BaseModel):
    """Everybody who works or worked on a task, by name."""

    items: list[Part]
    next: None = None


@router.patch("")
def change_task(said: ChangedTask, task: Changed, member: Admin, site: Here) -> Task:
    """Change a task: its name, its people, its rules, and what it asks for from now on."""
    told = {name: getattr(said, name) for name in ChangedTask.model_fields}
    with site.database.begin() as conn:
        edit_task.edit(conn, task, member.person.id, edit_task.Change(**told), jobs.set_priority)
    return alone(site, task, member)


@router.delete("", status_code=204)
def delete_task(
    task: Changed,
    member: Admin,
    site: Here,
    annotations: Annotated[Literal["keep", "delete"], Query(description="What becomes of its annotations.")],
) -> None:
    """Delete a task; its annotations stay on the inputs or go with it."""
    with site.database.begin() as conn:
        edit_task.delete(conn, task, member.person.id, keep_annotations=annotations == "keep")


@router.post("/retry")
def retry_task(task: Changed, member: Admin, site: Here, said: Retried | None = None) -> Task:
    """Run the failed inputs again, and only those; a task that is paused stays so until it is resumed."""
    with site.database.begin() as conn:
        edit_task.retry(conn, task, member.person.id, None if said is None else said.inputs)
        jobs.enqueue(conn, task)
    return alone(site, task, member)


@router.post("/pause")
def pause_task(task: Changed, member: Admin, site: Here) -> Task:
    """Let a task rest once what is under way is done, until it is resumed; what is complete stays so."""
    with site.database.begin() as conn:
        edit_task.pause(conn, task, member.person.id)
    return alone(site, task, member)


@router.post("/resume")
def resume_task(task: Changed, member: Admin, site: Here) -> Task:
    """Go on with a task that was paused or cancelled, or whose model could not run."""
    with site.database.begin() as conn:
        edit_task.resume(conn, task, member.person.id)
        jobs.enqueue(conn, task)
    return alone(site, task, member)


@router.post("/cancel")
def cancel_task(task: Changed, member: Admin, site: Here) -> Task:
    """Stop a task; what it made so far stays."""
    with site.database.begin() as conn:
        edit_task.cancel(conn, task, member.person.id)
    return alone(site, task, member)


@router.post("/apply")
def apply_task(said: Bands, task: Changed, member: Admin, site: Here) -> Applied:
    """Give a task other thresholds; a worker decides its inputs again, without the model."""
    with site.database.begin() as conn:
        left = edit_task.set_thresholds(conn, task, member.person.id, said.thresholds())
        jobs.enqueue(conn, task)
    return Applied(left_alone=left, task=alone(site, task, member))


@router.get("/people")
def list_task_people(task: Seen, site: Here) -> Parts:
    """How far each person of a task is."""
    with site.database.begin() as conn:
        parts = partition.parts(conn, task)
    names = Part.model_fields
    return Parts(items=[Part(**{name: getattr(one, name) for name in names}) for one in parts])
