"""What a labeler does: takes the next input that needs a person, draws, submits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from labelmill.core import decision
from labelmill.core.annotation import Outcome, Status, Work
from labelmill.core.decision import Shaping
from labelmill.core.errors import Conflict, NotAllowed
from labelmill.flows import act
from labelmill.flows.act import Done, Scene, Trace
from labelmill.store import activity, assignments, leases, locks, notifications, partition, reviews
from labelmill.store.assignments import Waiting


@dataclass(frozen=True, slots=True)
class Taken:
    """An input that a labeler has, and until when."""

    input_id: int
    expires_at: datetime


def take_next(conn: sa.Connection, task_id: int, person_id: int, *, after: int | None = None) -> Taken | None:
    """Give a labeler the next input that needs a person and that nobody has; None when there is none.

    Without `after` what they have already comes first. With it, inputs with greater ids, then from the start again.
    Raises NotAllowed for who is no labeler of the task.
    """
    check_labeler(conn, task_id, person_id)
    chosen = leases.held(conn, task_id, person_id) if after is None else None
    if chosen is None:
        chosen = leases.next_free(conn, task_id, person_id, after=after or 0)
    if chosen is None and after is not None:
        chosen = leases.next_free(conn, task_id, person_id)
    if chosen is None:
        return None
    return Taken(chosen, _lease(conn, task_id, chosen, person_id))


def renew(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> Taken:
    """Hold an input some minutes more. Raises Conflict when somebody else took it, or it needs nobody any more."""
    at = act.scene(conn, task_id, input_id, person_id)
    check_labeler(conn, task_id, person_id)
    if at.place.work != Work.LABEL:
        raise Conflict(f"Input {input_id} needs no labeler any more.")
    return Taken(input_id, _lease(conn, task_id, input_id, person_id))


def submit(
    conn: sa.Connection,
    task_id: int,
    input_id: int,
    person_id: int,
    shaping: Shaping,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Take a labeler's work on an input; with nothing on it this confirms "nothing here".

    What stands after it is `success`, or waits for a reviewer other than the labeler where the task says so and there
    is one. The labeler may submit again while nobody decided on it. Raises Conflict when somebody else has the input or
    changed it in between, BadCall for a shaping that does not fit.
    """
    at = act.scene(conn, task_id, input_id, person_id)
    if before := act.done_before(at, key):
        return before
    check_labeler(conn, task_id, person_id)
    check_open(at)
    concepts = act.check_fits(at, shaping)
    act.check_seen(at, seen)
    if at.place.work == Work.LABEL:
        _lease(conn, task_id, input_id, person_id)
    act_id = activity.record(
        conn, at.rules.project_id, person_id, "submit", task_id=task_id, input_id=input_id, key=key
    )
    trace = _carry_out(at, shaping, concepts, act_id)
    act.remember(conn, task_id, act_id, [trace])
    leases.give_back(conn, task_id, input_id, person_id)
    if trace.before.outcome != trace.after.outcome:
        notifications.finished(conn, task_id)
    return Done(act_id, trace.after.work)


def _carry_out(at: Scene, shaping: Shaping, concepts: Mapping[str, int], act_id: int) -> Trace:
    if (
        at.rules.checked
    ):  # first, as whoever shares out anew does: reviewers stay, and the two never wait for each other
        locks.hold(at.conn, at.task_id, locks.ASSIGNING)
    awaiting = Status.AWAITING_CONSENSUS_REVIEW if at.rules.stacked else Status.AWAITING_REVIEW
    reviewers = _reviewers(at) if at.rules.checked else []
    effect = decision.submit(at.standing, shaping, awaiting if reviewers else Status.SUCCESS)
    act.carry_out(at, effect, concepts, act_id)
    now = act.statuses(at)
    checked = bool(reviewers) and awaiting in now
    assignments.unassign(at.conn, at.task_id, [at.input_id])
    if checked:
        _put_before(at, reviewers)
    outcome = Outcome.DONE if at.rules.run_id is None else at.place.outcome
    after = replace(
        at.place,
        work=Work.REVIEW if checked else Work.LABELED,
        outcome=outcome,
        annotated=outcome == Outcome.DONE and any(status != Status.REJECTED for status in now),
        entered=at.place.entered or checked,
    )
    return Trace(at.place, after, at.holders)


def _reviewers(at: Scene) -> list[int]:
    """Who may look at what this labeler submits: the other reviewers or, without any, the task's owner."""
    others = sorted(partition.reviewers(at.conn, at.task_id) - {at.person_id})
    return others or [one for one in [at.rules.owner_id] if one != at.person_id]


def _put_before(at: Scene, reviewers: list[int]) -> None:
    waiting = [Waiting(at.input_id)]
    stacked, no = at.rules.stacked, at.place.shard
    if not assignments.assign(at.conn, at.task_id, no, waiting, to_all=stacked, but_not=at.person_id):
        assignments.assign_arbiter(at.conn, at.task_id, no, at.input_id, reviewers[0])


def check_open(at: Scene) -> None:
    """Raise Conflict unless the input waits for a labeler, or this one submitted it and nobody decided on it since."""
    if at.place.work == Work.LABEL:
        return
    last = activity.last_on(at.conn, at.task_id, at.input_id)
    mine = last is not None and (last.person_id, last.operation) == (at.person_id, "submit")
    if last is None or not mine or _decided_since(at, last.detail["inputs"][str(at.input_id)]):
        raise Conflict(f"Input {at.input_id} needs no labeler any more: somebody decided on it.")


def _decided_since(at: Scene, told: Mapping[str, Any]) -> bool:
    """Whether something came after a submission; what decides on many inputs at once is no act on this one."""
    newest = reviews.newest_lasting(at.conn, at.task_id, [at.input_id]).get(at.input_id, 0)
    through = {holder["person_id"] for holder in told["holds"] if holder["done"]}
    return newest != told["seen"] or any(holder.done and holder.person_id not in through for holder in at.holders)


def check_may_label(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> None:
    """Raise what `submit` would, but for what is drawn: NotFound, NotAllowed, Conflict."""
    at = act.scene(conn, task_id, input_id, person_id)
    check_labeler(conn, task_id, person_id)
    check_open(at)


def leave(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> None:
    """Leave an input to others. Raises NotFound."""
    act.scene(conn, task_id, input_id, person_id)
    leases.give_back(conn, task_id, input_id, person_id)


def check_labeler(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Raise NotAllowed unless a person is a labeler of the task."""
    if not leases.labels(conn, task_id, person_id):
        raise NotAllowed("You are no labeler of this task: who made it can add you.")


def _lease(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> datetime:
    expires = leases.take(conn, task_id, input_id, person_id)
    if expires is None:
        raise Conflict(f"Somebody else labels input {input_id} now: take another one.")
    return expires
