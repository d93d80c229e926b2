"""What people do in a task, by program: review what waits for one, label what needs a person, take back."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from labelmill.client.answers import Region
from labelmill.client.wire import Wire
from labelmill.client.work_answers import (
    Decided,
    DecidedMany,
    Group,
    ModelHints,
    NextToLabel,
    ReviewRegion,
    Submitted,
    WorkInput,
)


class Review:
    """The inputs of a task that wait for one's review."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(
        self,
        project_id: int,
        task_id: int,
        *,
        order: Literal["id", "uncertain", "concept", "likeness"] = "id",
        concept: str | None = None,
        labeler: str | None = None,
        lowest: float | None = None,
        highest: float | None = None,
    ) -> Iterator[WorkInput]:
        """What waits, page after page; decided ones do not come again.

        `uncertain`: with a score near to 0.5 first. `likeness`: what looks or reads alike follows one another.
        """
        wanted = {"concept": concept, "labeler": labeler, "lowest": lowest, "highest": highest}
        return self._wire.pages(_at(project_id, task_id, "review"), order=order, limit=50, **wanted)

    def get(self, project_id: int, task_id: int, input_id: int) -> WorkInput:
        """One input that waits, as it is now. Raises Conflict when it waits for one no more."""
        said: WorkInput = self._wire.get(_at(project_id, task_id, f"review/{input_id}"))
        return said

    def groups(self, project_id: int, task_id: int, *, but_not: Sequence[int] = ()) -> Sequence[Group]:
        """What waits, by concept and labeler; `but_not`: ids of inputs that are left out."""
        path = _at(project_id, task_id, "review/groups")
        items: list[Group] = self._wire.get(path, but_not=[*but_not])["items"]
        return items

    def decide(
        self,
        project_id: int,
        task_id: int,
        one: WorkInput,
        action: Literal["approve", "reject", "request_changes"],
        *,
        ticked: Sequence[int] | None = None,
        edits: Sequence[Mapping[str, Any]] = (),
        additions: Sequence[Mapping[str, Any]] = (),
        deletions: Sequence[int] = (),
        comment: str = "",
        key: str | None = None,
    ) -> Decided:
        """One's word on an input that `list` gave. Approve: `ticked` (ids; None: all that are not rejected) stand.

        Edits: `{"id", "concept"?, "region"?}`; additions: `{"concept", "region"?}`. `comment`: what should be
        different, which a request for changes has to say. `key`: the same when a call is repeated. Raises Conflict when
        somebody changed the input in between.
        """
        every = [a["id"] for a in one["annotations"] if a["status"] != "rejected"]
        body = _shaping(one, edits, additions, deletions, key)
        body |= {"action": action, "ticked": list(every if ticked is None else ticked), "comment": comment}
        said: Decided = self._wire.post(_at(project_id, task_id, f"review/{one['id']}"), body)
        return said

    def decide_all(
        self,
        project_id: int,
        task_id: int,
        action: Literal["approve", "reject"],
        *,
        concept: str | None = None,
        labeler: str | None = None,
        lowest: float | None = None,
        highest: float | None = None,
        but_not: Sequence[int] = (),
    ) -> Iterator[DecidedMany]:
        """Decide all that waits and fits, some hundred inputs a step; each step tells how many are `left`.

        `but_not`: ids of inputs that are left alone.
        """
        wanted = {"concept": concept, "labeler": labeler, "lowest": lowest, "highest": highest, "but_not": [*but_not]}
        while True:
            body = {"key": _key(), "action": action, **wanted}
            said: DecidedMany = self._wire.post(_at(project_id, task_id, "review/bulk"), body)
            yield said
            if not said["left"] or not said["inputs"]:
                return

    def regions(self, project_id: int, task_id: int, concept: str) -> Iterator[ReviewRegion]:
        """Annotations of one concept that wait, input by input."""
        return self._wire.pages(_at(project_id, task_id, "review/regions"), concept=concept, limit=200)

    def decide_regions(
        self, project_id: int, task_id: int, *, accept: Sequence[int] = (), reject: Sequence[int] = ()
    ) -> DecidedMany:
        """Accept and reject annotations (ids) of any inputs that wait; those that wait no more are told as `stale`."""
        body = {"key": _key(), "accept": list(accept), "reject": list(reject)}
        said: DecidedMany = self._wire.post(_at(project_id, task_id, "review/regions"), body)
        return said

    def undo(self, project_id: int, activity_id: int) -> Sequence[int]:
        """Take back one's own decision or submission; ids of its inputs. Raises Conflict when more came after it."""
        ids: list[int] = self._wire.post(f"/projects/{project_id}/activity/{activity_id}/undo")["input_ids"]
        return ids


class Label:
    """The inputs of a task that need a person."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def next(self, project_id: int, task_id: int, *, after: int | None = None) -> NextToLabel:
        """The next input, which nobody else gets for some minutes; `after`: the one that was just left."""
        said: NextToLabel = self._wire.post(_at(project_id, task_id, "label/next"), {"after": after})
        return said

    def submit(
        self,
        project_id: int,
        task_id: int,
        one: WorkInput,
        *,
        edits: Sequence[Mapping[str, Any]] = (),
        additions: Sequence[Mapping[str, Any]] = (),
        deletions: Sequence[int] = (),
        key: str | None = None,
    ) -> Decided:
        """Submit what was drawn, as `Review.decide` takes it; with nothing, confirm that nothing is there."""
        body = _shaping(one, edits, additions, deletions, key)
        said: Decided = self._wire.post(_at(project_id, task_id, f"label/{one['id']}"), body)
        return said

    def submitted(self, project_id: int, task_id: int) -> Iterator[Submitted]:
        """What one submitted, newest first."""
        return self._wire.pages(_at(project_id, task_id, "label/submitted"), limit=200)

    def get(self, project_id: int, task_id: int, input_id: int) -> WorkInput:
        """An input that needs a person, or that one submitted and nobody decided on since."""
        said: WorkInput = self._wire.get(_at(project_id, task_id, f"label/{input_id}"))
        return said

    def renew(self, project_id: int, task_id: int, input_id: int) -> str:
        """Hold an input some minutes more; until when."""
        until: str = self._wire.post(_at(project_id, task_id, f"label/{input_id}/lease"))["expires_at"]
        return until

    def leave(self, project_id: int, task_id: int, input_id: int) -> None:
        """Leave an input to others."""
        self._wire.delete(_at(project_id, task_id, f"label/{input_id}/lease"))

    def hints(self, project_id: int, task_id: int, input_id: int) -> Sequence[ModelHints]:
        """What the project's models said of an input, raw."""
        items: list[ModelHints] = self._wire.get(_at(project_id, task_id, f"label/{input_id}/help"))["items"]
        return items


def region(kind: Literal["box", "polygon", "span"], value: Sequence[Any]) -> Region:
    """A region as edits and additions take it; coordinates are shares of the image, offsets code points."""
    return {"kind": kind, "value": list(value)}


def _shaping(
    one: WorkInput,
    edits: Sequence[Mapping[str, Any]],
    additions: Sequence[Mapping[str, Any]],
    deletions: Sequence[int],
    key: str | None,
) -> dict[str, Any]:
    return {
        "key": key or _key(),
        "seen": one["seen"],
        "edits": [dict(edit) for edit in edits],
        "additions": [dict(addition) for addition in additions],
        "deletions": list(deletions),
    }


def _key() -> str:
    return str(uuid.uuid4())


def _at(project_id: int, task_id: int, rest: str) -> str:
    return f"/projects/{project_id}/tasks/{task_id}/{rest}"
