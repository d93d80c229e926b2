"""What happened: who did what when, the story of an annotation, and what one is told of."""

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from labelmill.client.answers import NotificationKind
from labelmill.client.wire import Wire


class Act(TypedDict):
    """What a person did or, with `person` None, what happened to a task's run: `start_run`, `finish_run`, `fail_run`.

    `input`: the name of one that is there; `detail.inputs` of an act on several inputs counts them. `detail.until`:
    when the last of the requests came that are this one act, as those of an upload are.
    """

    id: int
    at: str
    person: str | None
    operation: str
    task_id: int | None
    task: str | None
    input_id: int | None
    input: str | None
    detail: dict[str, Any]
    undone: bool


class Stand(TypedDict):
    """What an annotation says at a time; `moved`: to a new region."""

    status: str | None
    concept: str | None
    score: float | None
    moved: bool


class Chapter(TypedDict):
    """One thing that happened to an annotation; `before` and `after` are None where it was not there, or for a vote."""

    at: str
    who: str
    operation: str
    before: Stand | None
    after: Stand | None


class Notification(TypedDict):
    """`assigned` to a task; a task that one made is `finished`, or has `failed`: its model cannot run.

    `reviewer`, `labeler`: what one is in the task now.
    """

    id: int
    kind: NotificationKind
    task_id: int
    task: str
    project_id: int
    at: str
    read: bool
    reviewer: bool
    labeler: bool


class Activity:
    """Who did what when."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(
        self,
        project_id: int,
        *,
        task_id: int | None = None,
        person_id: int | None = None,
        input_id: int | None = None,
    ) -> Iterator[Act]:
        """What people did in a project, newest first: in a task, by a person, on an input, or all."""
        before = None
        only = {"task_id": task_id, "person_id": person_id, "input_id": input_id, "limit": 200}
        while True:
            page = self._wire.get(f"/projects/{project_id}/activity", **only, before=before)
            yield from page["items"]
            before = page["next"]
            if before is None:
                return

    def story(self, project_id: int, annotation_id: int) -> Iterator[Chapter]:
        """The story of an annotation from prediction to approval, oldest first."""
        return self._wire.pages(f"/projects/{project_id}/annotations/{annotation_id}/story")


class Notifications:
    """What one is told of."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> Iterator[Notification]:
        """Newest first."""
        return self._wire.pages("/notifications", limit=200)

    def unread(self) -> int:
        """How many one has not read."""
        said: int = self._wire.get("/notifications/count")["count"]
        return said

    def read(self, ids: Sequence[int] | None = None) -> None:
        """Mark notifications as read: some, or all."""
        self._wire.post("/notifications/read", {"ids": None if ids is None else [*ids]})

    def mute(self, kinds: Sequence[NotificationKind]) -> None:
        """Say which kinds one does not want; they are made no more."""
        self._wire.put("/session/muted", {"muted": [*kinds]})
