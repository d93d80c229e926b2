"""Dataset versions: frozen, listed, taken home, deleted."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from labelmill.flows import freeze
from labelmill.server.access import Admin, Viewer
from labelmill.server.page import BIGGEST, After, Body, Limit, Page, PathId
from labelmill.server.site import Here
from labelmill.server.tasks import Changed, sent
from labelmill.store import browse, versions

router = APIRouter(prefix="/projects/{project_id}", tags=["datasets"])


class NewVersion(Body):
    """Nothing is chosen: a version holds what is approved."""


class Version(BaseModel):
    """A dataset as a task left it, frozen with its approved annotations.

    `left_out`: what the task had and the version has not: annotations by status, and `inputs` that people or the model
    are not through with, or that were rejected. `task_id` may be of a task that was deleted since.
    """

    id: int
    dataset_id: int
    number: int
    task_id: int | None
    inputs: int
    annotations: int
    left_out: dict[str, int]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, found: versions.Version) -> "Version":
        """From what the store has."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


@router.post("/tasks/{task_id}/versions", status_code=201)
def create_version(said: NewVersion, task: Changed, member: Admin, site: Here) -> Version:
    """Freeze what is approved of a task as a new version of its dataset."""
    with site.database.begin() as conn:
        return Version.of(freeze.freeze(conn, task, member.person.id))


@router.get("/datasets/{dataset_id}/versions")
def list_versions(
    dataset_id: PathId, member: Viewer, site: Here, after: After = None, limit: Limit = 50
) -> Page[Version]:
    """The versions of a dataset, newest first."""
    with site.database.begin() as conn:
        browse.check_dataset(conn, member.project_id, dataset_id)
        found = versions.page(conn, member.project_id, dataset_id, before=after or BIGGEST, limit=limit + 1)
    return Page[Version].of([Version.of(one) for one in found], limit)


@router.get("/datasets/{dataset_id}/versions/{version_id}/export", response_class=StreamingResponse)
def export_version(
    dataset_id: PathId,
    version_id: PathId,
    member: Viewer,
    site: Here,
    format: Annotated[Literal["coco", "jsonl"], Query()],  # noqa: A002 - the word of the command
) -> StreamingResponse:
    """A version as a file, one record for each source. A stream that breaks off is not whole.

    `X-Labelmill-Records` says how many records it has.
    """
    with site.database.begin() as conn:
        found = versions.one(conn, member.project_id, dataset_id, version_id)
        content = freeze.content(conn, version_id, format)
    return sent(site, content, format, f"dataset-{dataset_id}-version-{found.number}")


@router.delete("/datasets/{dataset_id}/versions/{version_id}", status_code=204)
def delete_version(dataset_id: PathId, version_id: PathId, member: Admin, site: Here) -> None:
    """Delete a version; inputs, annotations and tasks stay."""
    freeze.delete(site.database, site.media, member.project_id, dataset_id, version_id, member.person.id)
