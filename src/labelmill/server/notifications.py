"""What one is told of: assigned to a task, one's task finished, or failed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from labelmill.server.access import SignedIn
from labelmill.server.page import BIGGEST, After, Body, Count, Id, Limit, Page
from labelmill.server.site import Here
from labelmill.store import notifications
from labelmill.store.notifications import Kind

router = APIRouter(prefix="/notifications", tags=["session"])


class Notification(BaseModel):
    """`assigned` to a task; a task that one made is `finished`, or has `failed`: its model cannot run.

    `reviewer`, `labeler`: what one is in the task now.
    """

    id: int
    kind: Kind
    task_id: int
    task: str
    project_id: int
    at: datetime
    read: bool
    reviewer: bool
    labeler: bool


class Read(Body):
    """Which were read; null: all."""

    ids: Annotated[list[Id], Field(max_length=1000)] | None = None


@router.get("")
def list_notifications(who: SignedIn, site: Here, after: After = None, limit: Limit = 50) -> Page[Notification]:
    """One's notifications, newest first, of tasks that are there in projects that one is in."""
    with site.database.begin() as conn:
        found = notifications.page(conn, who.person.id, before=after or BIGGEST, limit=limit + 1)
    names = Notification.model_fields
    return Page[Notification].of([Notification(**{n: getattr(one, n) for n in names}) for one in found], limit)


@router.get("/count")
def count_notifications(who: SignedIn, site: Here) -> Count:
    """How many one has not read."""
    with site.database.begin() as conn:
        return Count(count=notifications.unread(conn, who.person.id))


@router.post("/read")
def read_notifications(said: Read, who: SignedIn, site: Here) -> Count:
    """Mark notifications as read; how many are left unread."""
    with site.database.begin() as conn:
        notifications.read(conn, who.person.id, said.ids)
        return Count(count=notifications.unread(conn, who.person.id))
