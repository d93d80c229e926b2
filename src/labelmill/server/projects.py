"""Projects."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from labelmill.core.role import Role
from labelmill.server.access import Membership, Needs, Owner, SignedIn, Viewer
from labelmill.server.page import After, Limit, Named, Page
from labelmill.server.site import Here, Site
from labelmill.store import activity, projects

router = APIRouter(prefix="/projects", tags=["projects"])

OwnerEvenArchived = Annotated[Membership, Depends(Needs(Role.OWNER, archived=True))]


class Project(BaseModel):
    """A project; `role` is that of who asks."""

    id: int
    name: str
    role: Role
    created_at: datetime
    archived_at: datetime | None
    inputs: int
    tasks: int


@router.get("")
def list_projects(
    who: SignedIn,
    site: Here,
    archived: Annotated[bool, Query(description="The archived ones instead of the others.")] = False,
    after: After = None,
    limit: Limit = 100,
) -> Page[Project]:
    """One's projects, by id."""
    with site.database.begin() as conn:
        rows = projects.of_person(conn, who.person.id, archived=archived, after=after or 0, limit=limit + 1)
    return Page[Project].of([Project(**_facts(row)) for row in rows], limit)


@router.post("", status_code=201)
def create_project(said: Named, who: SignedIn, site: Here) -> Project:
    """Make a project; who makes it owns it."""
    with site.database.begin() as conn:
        project_id = projects.make(conn, said.name, who.person.id)
    return _alone(site, project_id, who.person.id)


@router.get("/{project_id}")
def get_project(member: Viewer, site: Here) -> Project:
    """One project."""
    return _alone(site, member.project_id, member.person.id)


@router.patch("/{project_id}")
def rename_project(said: Named, member: Owner, site: Here) -> Project:
    """Give a project another name."""
    with site.database.begin() as conn:
        projects.rename(conn, member.project_id, said.name)
        activity.record(conn, member.project_id, member.person.id, "rename_project", detail={"name": said.name})
    return _alone(site, member.project_id, member.person.id)


@router.post("/{project_id}/archive")
def archive_project(member: OwnerEvenArchived, site: Here) -> Project:
    """Take a project out of the list; nothing in it can be changed until it is restored."""
    return _set_archived(site, member, "archive_project")


@router.post("/{project_id}/restore")
def restore_project(member: OwnerEvenArchived, site: Here) -> Project:
    """Bring an archived project back."""
    return _set_archived(site, member, "restore_project")


def _set_archived(site: Site, member: Membership, operation: Literal["archive_project", "restore_project"]) -> Project:
    with site.database.begin() as conn:
        if projects.set_archived(conn, member.project_id, operation == "archive_project"):
            activity.record(conn, member.project_id, member.person.id, operation)
    return _alone(site, member.project_id, member.person.id)


def _alone(site: Site, project_id: int, person_id: int) -> Project:
    with site.database.begin() as conn:
        return Project(**_facts(projects.of_member(conn, project_id, person_id)))


def _facts(row: Any) -> dict[str, Any]:
    return dict(row._mapping)
