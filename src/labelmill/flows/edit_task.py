"""Changing a task that is there: who works on it and by which rules, whether it goes on, what its thresholds are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from labelmill.core.errors import BadCall, Conflict
from labelmill.core.priority import Priority
from labelmill.core.threshold import Thresholds
from labelmill.core.triage import limits_json
from labelmill.flows import apply, team
from labelmill.flows.start_task import Review
from labelmill.store import activity, edits, heads, mappings, members, models, notifications, partition, projects, tasks
from labelmill.store.heads import Head


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None stays as it is. `concepts`: the project's, for the inputs that are not done yet."""

    name: str | None = None
    reviewers: Sequence[int] | None = None
    labelers: Sequence[int] | None = None
    priority: Priority | None = None
    instructions: str | None = None
    checked: bool | None = None
    agree: int | None = None
    concepts: Sequence[str] | None = None


def edit(
    conn: sa.Connection,
    task_id: int,
    person_id: int,
    change: Change,
    requeue: Callable[[sa.Connection, int, int], None],
) -> None:
    """Change a task; what leaves it as it is is no act. Raises BadCall for what cannot be, NotFound.

    With other reviewers open inputs are shared out anew, see store.partition. `requeue` hears of another priority.
    """
    edits.hold(conn, task_id)
    before = heads.one(conn, task_id)
    reviewers = _ids(before.reviewers) if change.reviewers is None else list(dict.fromkeys(change.reviewers))
    labelers = _ids(before.labelers) if change.labelers is None else list(dict.fromkeys(change.labelers))
    checked = before.checked if change.checked is None else change.checked
    team.check(members.roles(conn, before.project_id), reviewers, labelers, checked=checked)
    columns: dict[str, Any] = {"checked": checked}
    if change.reviewers is not None or change.agree is not None:
        agree = before.agree if change.agree is None else change.agree
        columns["agree"] = team.votes(cast(Review, before.review), agree, reviewers)
    if change.priority is not None:
        columns["priority"] = change.priority.number
        requeue(conn, task_id, change.priority.number)
    columns |= {name: value for name in ("name", "instructions") if (value := getattr(change, name)) is not None}
    edits.update(conn, task_id, **columns)
    if change.concepts is not None:
        _ask_for(conn, before, change.concepts)
    got = {*reviewers, *labelers} - {*_ids(before.reviewers), *_ids(before.labelers)}
    if change.reviewers is not None:
        got |= partition.set_reviewers(conn, task_id, reviewers)
    if change.labelers is not None:
        partition.set_labelers(conn, task_id, labelers)
    notifications.make(conn, task_id, "assigned", got - {person_id})
    told = _told(before, heads.one(conn, task_id))
    if told["changed"]:
        activity.record(conn, before.project_id, person_id, "edit_task", task_id=task_id, detail=told)


def pause(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Have workers take no more of a task until it is resumed. Raises NotFound."""
    if tasks.pause(conn, task_id):
        _record(conn, task_id, person_id, "pause_task")


def cancel(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Stop a task; what it made stays. Raises NotFound."""
    if tasks.cancel(conn, task_id):
        _record(conn, task_id, person_id, "cancel_task")


def resume(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Let a task go on that was paused or cancelled, or whose model could not run. Raises NotFound."""
    tasks.reopen(conn, task_id)
    _record(conn, task_id, person_id, "resume_task")


def retry(conn: sa.Connection, task_id: int, person_id: int, inputs: Sequence[int] | None = None) -> None:
    """Make a task's failed inputs wait again, all or those of these; paused, it stays so.

    Raises NotFound, Conflict for a cancelled one, and when none of these is one that failed and nobody labeled since.
    """
    count = tasks.retry(conn, task_id, inputs)
    if inputs is not None and count == 0:
        raise Conflict("Nothing runs again: none of these inputs is failed any more, or somebody labeled it since.")
    tasks.forget_faults(conn, task_id)
    _record(conn, task_id, person_id, "retry_task", inputs=count)


def set_thresholds(conn: sa.Connection, task_id: int, person_id: int, thresholds: Thresholds) -> int:
    """Give a task other thresholds, for flows.apply.redecide_all; how many inputs stay as people left them.

    Raises BadCall for thresholds that it cannot have, NotFound.
    """
    left = apply.set_thresholds(conn, task_id, thresholds, person_id)
    _record(conn, task_id, person_id, "apply_thresholds", thresholds=limits_json(thresholds), left_alone=left)
    return left


def delete(conn: sa.Connection, task_id: int, person_id: int, *, keep_annotations: bool) -> None:
    """Delete a task; its annotations stay or go. Raises NotFound, Conflict while somebody works on it."""
    _record(conn, task_id, person_id, "delete_task", annotations="keep" if keep_annotations else "delete")
    tasks.delete(conn, task_id, keep_annotations=keep_annotations)


def _record(conn: sa.Connection, task_id: int, person_id: int, operation: str, **detail: Any) -> None:
    head = heads.one(conn, task_id)
    told = {"name": head.name, **detail}
    activity.record(conn, head.project_id, person_id, operation, task_id=task_id, detail=told)


def _ids(colleagues: Sequence[dict[str, Any]]) -> list[int]:
    return [one["id"] for one in colleagues]


def _ask_for(conn: sa.Connection, head: Head, wanted: Sequence[str]) -> None:
    """Have a task ask for other concepts of the project from now on. Raises BadCall for what its model cannot say."""
    if not wanted:
        raise BadCall("A task asks for one concept or more: name some.")
    if head.model is None:
        pairs = {name: name for name in wanted}
    else:
        known = mappings.of(conn, head.project_id, head.model) | edits.asked_concepts(conn, head.id)
        version = models.by_id(conn, tasks.terms(conn, head.id).model_version_id)
        offered = {said: known.get(said, said) for said in version.concepts}
        if unknown := [name for name in wanted if name not in offered.values()]:
            raise BadCall(f"{head.model} says nothing that is {unknown[0]!r} in this project.")
        pairs = {said: name for said, name in offered.items() if name in wanted}
    ids = projects.concepts(conn, head.project_id, list(pairs.values()))
    edits.ask_for(conn, head.id, {said: ids[name] for said, name in pairs.items()})


def _told(before: Head, after: Head) -> dict[str, Any]:
    """What became different: each with what it was and what it is; of instructions only that they did."""
    names = ("name", "checked", "agree", "concepts")
    changed = {name: [getattr(before, name), getattr(after, name)] for name in names}
    changed["priority"] = [str(Priority.of(head.priority)) for head in (before, after)]
    for name in ("reviewers", "labelers"):
        changed[name] = [[one["name"] for one in getattr(head, name)] for head in (before, after)]
    told = {name: [was, now] for name, (was, now) in changed.items() if was != now}
    if before.instructions != after.instructions:
        told["instructions"] = []
    return {"name": after.name, "changed": told}
