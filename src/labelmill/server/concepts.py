"""Concepts: what can be said in a project."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel

from labelmill.server.access import Admin, Membership, Viewer
from labelmill.server.page import After, Limit, Named, Page, PathId
from labelmill.server.site import Here
from labelmill.store import activity, concepts

router = APIRouter(prefix="/projects/{project_id}/concepts", tags=["datasets"])


class Concept(BaseModel):
    """What can be said of an input or a region."""

    id: int
    name: str
    created_at: datetime


@router.get("")
def list_concepts(member: Viewer, site: Here, after: After = None, limit: Limit = 100) -> Page[Concept]:
    """The concepts of a project, by id."""
    with site.database.begin() as conn:
        rows = concepts.page(conn, member.project_id, after=after or 0, limit=limit + 1)
    return Page[Concept].of([_shown(row) for row in rows], limit)


@router.post("", status_code=201)
def create_concept(said: Named, member: Admin, site: Here) -> Concept:
    """Make a concept."""
    with site.database.begin() as conn:
        made = _shown(concepts.make(conn, member.project_id, said.name))
        _record(conn, member, "create_concept", made.id, said.name)
        return made


@router.patch("/{concept_id}")
def rename_concept(concept_id: PathId, said: Named, member: Admin, site: Here) -> Concept:
    """Give a concept another name, everywhere at once."""
    with site.database.begin() as conn:
        renamed = _shown(concepts.rename(conn, member.project_id, concept_id, said.name))
        _record(conn, member, "rename_concept", concept_id, said.name)
        return renamed


@router.delete("/{concept_id}", status_code=204)
def delete_concept(concept_id: PathId, member: Admin, site: Here) -> None:
    """Delete a concept that no task and no annotation uses."""
    with site.database.begin() as conn:
        name = concepts.delete(conn, member.project_id, concept_id)
        _record(conn, member, "delete_concept", concept_id, name)


def _record(conn: sa.Connection, member: Membership, operation: str, concept_id: int, name: str) -> None:
    told = {"name": name, "concept_id": concept_id}
    activity.record(conn, member.project_id, member.person.id, operation, detail=told)


def _shown(row: Any) -> Concept:
    return Concept(**row._mapping)
