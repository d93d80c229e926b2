"""Tasks: listed, made, looked at from all sides, exported. What changes them is in server/task_edits.py."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.core.priority import Priority
from labelmill.core.threshold import Band
from labelmill.engine import jobs
from labelmill.flows import export, new_task, preview, report
from labelmill.server.access import Admin, Labeler, Membership, Reviewer, Viewer
from labelmill.server.inputs import shown
from labelmill.server.page import Limit, Page, Text
from labelmill.server.site import Here, Site
from labelmill.server.task_shapes import (
    Bands,
    ConceptAnnotations,
    Counts,
    Histograms,
    NewTask,
    Preview,
    Report,
    Sample,
    Samples,
    Task,
    TaskFailure,
    TaskHead,
)
from labelmill.store import counts, heads, shards

router = APIRouter(prefix="/projects/{project_id}/tasks", tags=["tasks"])

TaskId = Annotated[int, Path(ge=1, le=heads.NEWEST)]
_SAYS = "What a name, dataset, model (or: people), reviewer, concept or annotation type (boxes, polygons, ...) says."
After = Annotated[int | None, Query(ge=0, le=heads.NEWEST, description="The `next` of the page before.")]


def _looked_at(task_id: TaskId, member: Viewer, site: Here) -> int:
    return _of_project(site, member, task_id)


def _changed(task_id: TaskId, member: Admin, site: Here) -> int:
    return _of_project(site, member, task_id)


def _of_project(site: Site, member: Membership, task_id: int) -> int:
    with site.database.begin() as conn:
        heads.check(conn, member.project_id, task_id)
    return task_id


def _reviewed(task_id: TaskId, member: Reviewer, site: Here) -> int:
    return _of_project(site, member, task_id)


def _labeled(task_id: TaskId, member: Labeler, site: Here) -> int:
    return _of_project(site, member, task_id)


Seen = Annotated[int, Depends(_looked_at)]
"""A task of the project, for whoever may look."""

Changed = Annotated[int, Depends(_changed)]
"""A task of the project, for whoever may change it."""

ReviewedTask = Annotated[int, Depends(_reviewed)]
"""A task of the project, for whoever may review."""

LabeledTask = Annotated[int, Depends(_labeled)]
"""A task of the project, for whoever may label."""


@router.get("")
def list_tasks(
    member: Viewer,
    site: Here,
    after: After = None,
    limit: Limit = 50,
    text: Annotated[Text | None, Query(max_length=200, description=_SAYS)] = None,
    mine: Annotated[
        heads.Mine | None,
        Query(description="One reviews or labels in it; has something to review, or to label, in it now."),
    ] = None,
    status: Annotated[heads.Stands | None, Query(description="`open`: it waits, runs, or people label.")] = None,
    priority: Priority | None = None,
) -> Page[TaskHead]:
    """The tasks of a project, newest first."""
    only = heads.Only(member.person.id, text, mine, status, priority)
    with site.database.begin() as conn:
        found = heads.page(conn, member.project_id, only, before=after or heads.NEWEST, limit=limit + 1)
        return Page[TaskHead].of(listed(conn, found, member.person.id), limit)


def listed(conn: sa.Connection, found: Sequence[heads.Head], person_id: int) -> list[TaskHead]:
    """Tasks as they are listed for a person."""
    alive = shards.alive(conn)
    turns = heads.turns(conn, person_id, [head.id for head in found])
    return [TaskHead.of(head, turns.get(head.id, heads.Turn()), alive=head.id in alive) for head in found]


@router.post("", status_code=201)
def create_task(said: NewTask, member: Admin, site: Here) -> Task:
    """Make a task; a worker takes it at once, or people label it."""
    told = {name: getattr(said, name) for name in NewTask.model_fields}
    told["thresholds"] = None if said.thresholds is None else said.thresholds.thresholds()
    who = {"project_id": member.project_id, "person_id": member.person.id}
    task = new_task.create(site.database, site.home, new_task.Wish(**told), **who, enqueue=jobs.enqueue)
    return alone(site, task, member)


@router.get("/{task_id}")
def get_task(task: Seen, member: Viewer, site: Here) -> Task:
    """One task with all its numbers."""
    return alone(site, task, member)


@router.get("/{task_id}/report", response_model_exclude_unset=True)
def get_task_report(task: Seen, site: Here) -> Report:
    """A task's report, as the command prints it."""
    with site.database.snapshot() as conn:
        return Report(**report.report(conn, task))


@router.get("/{task_id}/histograms")
def get_task_histograms(task: Seen, site: Here) -> Histograms:
    """Score histograms by concept: enough to answer any slider without asking again."""
    with site.database.begin() as conn:
        return Histograms(concepts=site.scores.of(conn, task).filled())


@router.get("/{task_id}/concepts")
def get_task_concepts(task: Seen, site: Here) -> ConceptAnnotations:
    """How many annotations there are of each of a task's concepts, by status."""
    with site.database.begin() as conn:
        return ConceptAnnotations.model_validate({"concepts": counts.annotations_by_concept(conn, task)})


@router.post("/{task_id}/preview")
def preview_task(said: Bands, task: Seen, site: Here) -> Preview:
    """How many predictions other limits would approve, put before a reviewer, discard; nothing changes."""
    with site.database.begin() as conn:
        found = preview.preview(conn, site.scores, task, said.thresholds())
    total = {str(band): sum(one[band] for one in found.values()) for band in Band}
    return Preview(total=Counts(**total), concepts={name: _counts(one) for name, one in found.items()})


@router.get("/{task_id}/samples")
def list_task_samples(
    task: Seen,
    site: Here,
    concept: Annotated[str, Query(max_length=1000)],
    near: Annotated[float, Query(ge=0, le=1, description="The score to look around.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 12,
) -> Samples:
    """Predictions of a concept whose scores lie nearest to a limit."""
    with site.database.begin() as conn:
        found = preview.samples(conn, task, concept, near=near, limit=limit)
    return Samples(items=[_sample(one) for one in found])


@router.get("/{task_id}/failures")
def list_task_failures(
    task: Seen, site: Here, after: Annotated[str, Query(max_length=10_000)] = "", limit: Limit = 50
) -> Page[TaskFailure]:
    """What failed, each with its reason: refused sources first, then inputs."""
    with site.database.begin() as conn:
        found = heads.failures(conn, task, after=after, limit=limit + 1)
    names = TaskFailure.model_fields
    items = [TaskFailure(**{name: getattr(one, name) for name in names}) for one in found[:limit]]
    return Page[TaskFailure](items=items, next=found[limit - 1].place if len(found) > limit else None)


@router.get("/{task_id}/export", response_class=StreamingResponse)
def export_task(
    task: Seen,
    site: Here,
    format: Annotated[Literal["coco", "jsonl"], Query()],  # noqa: A002 - the word of the command
    status: Annotated[str, Query(max_length=200, description="Statuses, separated by commas.")] = "success",
) -> StreamingResponse:
    """The finished inputs of a task with their annotations of these statuses, as the command writes them to a file.

    `X-Labelmill-Records` says how many records it has. A stream that breaks off is not whole.
    """
    statuses = _statuses(status)
    with site.database.begin() as conn:
        export.check(conn, task, format)
    return sent(site, export.of_task(task, statuses), format, f"task-{task}")


def sent(site: Site, content: export.Content, form: export.Format, name: str) -> StreamingResponse:
    """A file, piece by piece, as something to save."""
    suffix, media_type = ("json", "application/json") if form == "coco" else ("jsonl", "application/x-ndjson")
    count, pieces = export.stream(site.database, content, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"', "X-Labelmill-Records": str(count)}
    return StreamingResponse(pieces, headers=headers, media_type=media_type)


def _statuses(said: str) -> list[Status]:
    names = [name.strip() for name in said.split(",") if name.strip()]
    if unknown := [name for name in names if name not in list(Status)]:
        raise BadCall(f"There is no status {unknown[0]!r}: use {', '.join(Status)}.")
    if not names:
        raise BadCall(f"Name one status or more: {', '.join(Status)}.")
    return [Status(name) for name in dict.fromkeys(names)]


def alone(site: Site, task_id: int, member: Membership) -> Task:
    """A task with all its numbers, as it is shown to a member."""
    with site.database.begin() as conn:
        return _task(conn, task_id, member.person.id)


def _task(conn: sa.Connection, task_id: int, person_id: int) -> Task:
    head = heads.one(conn, task_id)  # first: what it says is decided or done, the numbers below have
    said = report.numbers(conn, task_id)
    told = ["sources", "duplicates", "rejected", "predictions", "annotations", "failures_total"]
    names = [*told, "seconds", "ingest_seconds", "annotate_seconds"]
    more = {name: said[name] for name in names}
    turn = heads.turns(conn, person_id, [task_id]).get(task_id, heads.Turn())
    return Task.of(head, turn, alive=head.id in shards.alive(conn), **more, bands=said["concepts"])


def _counts(by_band: dict[Band, int]) -> Counts:
    return Counts(**{str(band): count for band, count in by_band.items()})


def _sample(one: preview.Sample) -> Sample:
    said = one.prediction
    facts: dict[str, Any] = {name: getattr(one.subject, name) for name in ("kind", "width", "height", "text")}
    facts |= {"concept": said.concept, "score": said.score, "region": shown(said.region), "band": one.band}
    return Sample(input_id=one.subject.id, **facts)
