"""Tasks of all of one's projects: a list, and a way to find one by its name."""

from typing import Annotated

from fastapi import APIRouter, Query

from labelmill.server.access import SignedIn
from labelmill.server.page import Limit, Page, Text
from labelmill.server.site import Here
from labelmill.server.task_shapes import TaskHead
from labelmill.server.tasks import After, listed
from labelmill.store import heads

router = APIRouter(prefix="/tasks", tags=["tasks"])

Key = Annotated[Text | None, Query(max_length=1000, description="Only those with this id or this name.")]


@router.get("")
def list_own_tasks(
    who: SignedIn, site: Here, task: Key = None, after: After = None, limit: Limit = 50
) -> Page[TaskHead]:
    """The tasks of all projects that one is in, newest first."""
    with site.database.begin() as conn:
        before = after or heads.NEWEST
        found = heads.of_person(conn, who.person.id, key=task, before=before, limit=limit + 1)
        return Page[TaskHead].of(listed(conn, found, who.person.id), limit)
