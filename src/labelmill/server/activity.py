"""Who did what when: in a project, in a task, on an input; and the story of one annotation."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from labelmill.server.access import Viewer
from labelmill.server.page import BIGGEST, Id, Limit, Page, PathId
from labelmill.server.site import Here
from labelmill.store import heads, story

router = APIRouter(prefix="/projects/{project_id}", tags=["projects"])


class Act(BaseModel):
    """What a person did or, with `person` null, what happened to a task's run: it started, finished, or failed.

    `task` null: none, or one that is gone; `input`: the name of one that is there. `detail`: what the operation tells
    beside. Of an act on several inputs `detail.inputs` counts them. `detail.until`: when the last of the requests came
    that are this one act, as those of an upload are.
    """

    id: int
    at: datetime
    person: str | None
    operation: str
    task_id: int | None
    task: str | None
    input_id: int | None
    input: str | None
    detail: dict[str, Any]
    undone: bool


class Stand(BaseModel):
    """What an annotation says at a time. `status` null: no threshold had made it one yet; `moved`: to a new region."""

    status: str | None
    concept: str | None
    score: float | None = None
    moved: bool = False


class Chapter(BaseModel):
    """One thing that happened to an annotation; `before` and `after` are null where it was not there, or for a vote."""

    at: datetime
    who: str
    operation: str
    before: Stand | None
    after: Stand | None


class Story(BaseModel):
    """All that happened to an annotation, oldest first."""

    items: list[Chapter]
    next: None = None


@router.get("/activity")
def list_activity(
    member: Viewer,
    site: Here,
    task_id: Annotated[int | None, Query(ge=1, le=heads.NEWEST)] = None,
    person_id: Annotated[Id | None, Query()] = None,
    input_id: Annotated[Id | None, Query()] = None,
    before: Annotated[int | None, Query(ge=0, le=BIGGEST, description="The `next` of the page before.")] = None,
    limit: Limit = 50,
) -> Page[Act]:
    """What people did in a project, newest first: in a task, by a person, on an input, or all."""
    only = {"task_id": task_id, "person_id": person_id, "input_id": input_id}
    with site.database.begin() as conn:
        found = story.acts(conn, member.project_id, **only, before=before or BIGGEST, limit=limit + 1)
    return Page[Act].of([Act(**{n: getattr(one, n) for n in Act.model_fields}) for one in found], limit)


@router.get("/annotations/{annotation_id}/story")
def get_annotation_story(annotation_id: PathId, member: Viewer, site: Here) -> Story:
    """The story of an annotation from prediction to approval, also of one that is gone."""
    with site.database.begin() as conn:
        told = story.of_annotation(conn, member.project_id, annotation_id)
    return Story(items=[Chapter(**{n: getattr(one, n) for n in Chapter.model_fields}) for one in told])
