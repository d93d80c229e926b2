"""Datasets: named sets of a project's inputs."""

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel, Field

from labelmill.server.access import Admin, Membership, Viewer
from labelmill.server.page import After, Body, Limit, Name, Named, Page, PathId, Text
from labelmill.server.site import Here, Site
from labelmill.store import activity, datasets, inputs, projects

router = APIRouter(prefix="/projects/{project_id}/datasets", tags=["datasets"])


class NewDataset(Body):
    """A new dataset; `all_inputs` puts every input of the project into it.

    `origin`: the place that its inputs will come from. Then the answer is the dataset of that place, if there is one; a
    new one gets a number after its name where that is taken.
    """

    name: Name
    all_inputs: bool = False
    origin: Annotated[Text, Field(min_length=1, max_length=4000)] | None = None


class Dataset(BaseModel):
    """A dataset with what it holds; `rejected`: sources that could not be read."""

    id: int
    name: str
    created_at: datetime
    inputs: int
    images: int
    texts: int
    rejected: int
    tasks: int
    versions: int


@router.get("")
def list_datasets(member: Viewer, site: Here, after: After = None, limit: Limit = 100) -> Page[Dataset]:
    """The datasets of a project, by id."""
    with site.database.begin() as conn:
        rows = datasets.page(conn, member.project_id, after=after or 0, limit=limit + 1)
    return Page[Dataset].of([Dataset(**_facts(row)) for row in rows], limit)


@router.post("", status_code=201)
def create_dataset(said: NewDataset, member: Admin, site: Here) -> Dataset:
    """Make a dataset, empty or with all inputs."""
    with site.database.begin() as conn:
        if said.origin is None:
            dataset_id = projects.new_dataset(conn, member.project_id, said.name)
        else:
            dataset_id = projects.dataset_of(conn, member.project_id, said.origin, said.name)
        if said.all_inputs:
            inputs.put_all_into(conn, member.project_id, dataset_id)
        _record(conn, member, "create_dataset", dataset_id, said.name)
    return _alone(site, member.project_id, dataset_id)


@router.patch("/{dataset_id}")
def rename_dataset(dataset_id: PathId, said: Named, member: Admin, site: Here) -> Dataset:
    """Give a dataset another name."""
    with site.database.begin() as conn:
        datasets.rename(conn, member.project_id, dataset_id, said.name)
        _record(conn, member, "rename_dataset", dataset_id, said.name)
    return _alone(site, member.project_id, dataset_id)


@router.delete("/{dataset_id}", status_code=204)
def delete_dataset(dataset_id: PathId, member: Admin, site: Here) -> None:
    """Delete a dataset that no task uses; its inputs stay."""
    with site.database.begin() as conn:
        name = datasets.delete(conn, member.project_id, dataset_id)
        _record(conn, member, "delete_dataset", dataset_id, name)


def _record(conn: sa.Connection, member: Membership, operation: str, dataset_id: int, name: str) -> None:
    told = {"name": name, "dataset_id": dataset_id}
    activity.record(conn, member.project_id, member.person.id, operation, detail=told)


def _alone(site: Site, project_id: int, dataset_id: int) -> Dataset:
    with site.database.begin() as conn:
        return Dataset(**_facts(datasets.one(conn, project_id, dataset_id)))


def _facts(row: Any) -> dict[str, Any]:
    return dict(row._mapping)
