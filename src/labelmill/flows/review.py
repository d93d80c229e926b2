"""What a reviewer does: approve, reject, send back one input, or decide some annotations of many; one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from labelmill.core import decision
from labelmill.core.annotation import Work
from labelmill.core.decision import NOTHING, Effect, Shaping
from labelmill.core.errors import Conflict
from labelmill.flows import act, vote
from labelmill.flows.act import Done, Scene, Trace
from labelmill.store import activity, annotations, assignments, projects, reviews, votes
from labelmill.store.votes import Vote

Action = Literal["approve", "reject", "request_changes"]


@dataclass(frozen=True, slots=True)
class Word:
    """A reviewer's word on one input. `ticked`: ids of what is to stand (for `approve`).

    `seen`: the newest event that the reviewer saw, None when it does not matter; `key`: of the request.
    """

    action: Action
    ticked: Collection[int] = ()
    shaping: Shaping = NOTHING
    comment: str = ""
    seen: int | None = None
    key: str | None = None


def decide(conn: sa.Connection, task_id: int, input_id: int, person_id: int, word: Word) -> Done:
    """Carry out a reviewer's word on an input that waits for them; sent again, it answers the same and does nothing.

    Approve: ticked, edited and added annotations become `success`, the others `rejected`; where reviewers vote, these
    are their votes. Reject: all become `rejected`. Request changes: they become `pending` and the input goes to whoever
    labels. Raises Conflict when the input waits for this reviewer no more or was changed in between, BadCall for ids,
    concepts or regions that do not fit it.
    """
    at = act.scene(conn, task_id, input_id, person_id)
    if before := act.done_before(at, word.key):
        return before
    alone = _check_mine(at)
    concepts = act.check_fits(at, word.shaping)
    if alone:
        act.check_seen(at, word.seen)
    detail = {"comment": word.comment} if word.comment else {}
    project_id = at.rules.project_id
    act_id = activity.record(
        conn, project_id, person_id, word.action, task_id=task_id, input_id=input_id, detail=detail, key=word.key
    )
    if word.action != "request_changes" and not alone:
        trace = vote.cast(at, word.ticked if word.action == "approve" else (), word.shaping, concepts, act_id)
    else:
        trace = _alone(at, word, concepts, act_id)
    act.remember(conn, task_id, act_id, [trace])
    return Done(act_id, trace.after.work)


def _alone(at: Scene, word: Word, concepts: Mapping[str, int], act_id: int) -> Trace:
    replaced: Sequence[Vote] = ()
    match word.action:
        case "approve":
            effect, work = decision.approve(at.standing, word.ticked, word.shaping), Work.REVIEWED
        case "reject":
            effect, work = decision.reject(at.standing), Work.REJECTED
        case "request_changes":
            effect, work = decision.request_changes(at.standing), Work.LABEL
            replaced = votes.forget(at.conn, at.task_id, at.input_id)
    act.carry_out(at, effect, concepts, act_id)
    assignments.finish(at.conn, at.task_id, [at.input_id], at.person_id)
    assignments.unassign(at.conn, at.task_id, [at.input_id])
    return Trace(at.place, replace(at.place, work=work), at.holders, replaced=replaced)


def check_waits(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> None:
    """Raise Conflict unless an input waits for this reviewer, NotFound when the task has none such."""
    _check_mine(act.scene(conn, task_id, input_id, person_id))


def _check_mine(at: Scene) -> bool:
    """Raise Conflict unless the input waits for the person; whether they decide it alone."""
    open_ = assignments.lock_open(at.conn, at.task_id, [at.input_id], at.person_id)
    if at.place.work != Work.REVIEW or at.input_id not in open_:
        raise Conflict(
            f"Input {at.input_id} does not wait for your review any more: it was decided, or given to others."
        )
    return open_[at.input_id] or not at.rules.stacked


@dataclass(frozen=True, slots=True)
class Many:
    """What came of a word on annotations of many inputs; no act where there was nothing to do.

    `stale`: ids of those that waited no more.
    """

    activity_id: int | None
    annotations: int = 0
    inputs: int = 0
    reviewed: int = 0
    stale: Sequence[int] = ()


def decide_some(
    conn: sa.Connection,
    task_id: int,
    person_id: int,
    accept: Collection[int],
    reject: Collection[int],
    *,
    operation: str = "decide",
    key: str | None = None,
) -> Many:
    """Accept and reject annotations (ids) that wait for a person, over as many inputs as they lie on.

    An input is reviewed when its last undecided annotation is decided. Those that wait no more are left alone and told.
    Raises BadCall for an id that is in both.
    """
    places = reviews.lock(conn, task_id, annotations.inputs_of(conn, task_id, [*accept, *reject]))
    if again := _done_before(conn, task_id, person_id, key):
        return again
    mine = assignments.lock_open(conn, task_id, sorted(places), person_id)
    standing = annotations.standing(conn, task_id, list(mine))
    holders = assignments.holders(conn, task_id, list(mine))
    rules, actor = reviews.rules(conn, task_id), projects.person_labeler(conn, person_id)
    scenes = [
        Scene(conn, task_id, person_id, actor, rules, places[i], standing.get(i, []), holders[i])
        for i in sorted(mine)
        if places[i].work == Work.REVIEW
    ]
    if not scenes:
        return Many(None, stale=sorted({*accept, *reject}))
    act_id = activity.record(conn, rules.project_id, person_id, operation, task_id=task_id, key=key)
    yes, no = _waiting(scenes, accept), _waiting(scenes, reject)
    alone = [at for at in scenes if mine[at.input_id] or not rules.stacked]
    traces = _alone_some(alone, yes, no, act_id)
    for at in scenes:
        if not mine[at.input_id] and rules.stacked:
            here = {one.id for one in at.standing}
            traces.append(vote.cast_some(at, sorted(here & yes), sorted(here & no), act_id))
    act.remember(conn, task_id, act_id, traces)
    reviewed = sum(one.after.work != Work.REVIEW for one in traces)
    counts = {"annotations": len(yes) + len(no), "inputs": len(traces), "reviewed": reviewed}
    activity.tell(conn, act_id, {"counts": counts})
    return Many(act_id, **counts, stale=sorted({*accept, *reject} - yes - no))


def _done_before(conn: sa.Connection, task_id: int, person_id: int, key: str | None) -> Many | None:
    """What a request with this key came to, if it was here before. Raises Conflict for a key of another act."""
    found = activity.by_key(conn, person_id, key, task_id=task_id)
    return None if found is None else Many(found.id, **found.detail["counts"])


def _waiting(scenes: Sequence[Scene], ids: Collection[int]) -> set[int]:
    """Which of some annotations wait for a decision."""
    return set(ids).intersection(i for at in scenes for i in decision.undecided(at.standing))


def _alone_some(scenes: Sequence[Scene], yes: set[int], no: set[int], act_id: int) -> list[Trace]:
    """Decide annotations on inputs that a person decides alone: as many queries for all inputs as for one."""
    if not scenes:
        return []
    conn, task_id, person_id = scenes[0].conn, scenes[0].task_id, scenes[0].person_id
    moves: list[decision.Move] = []
    for at in scenes:
        here = {one.id for one in at.standing}
        moves += decision.decide(at.standing, here & yes, here & no).moves
    act.carry_out(scenes[0], Effect(tuple(moves)), {}, act_id)
    now = annotations.standing(conn, task_id, [at.input_id for at in scenes])
    works = {i: act.reviewed_or_not(one.status for one in ones) for i, ones in now.items()}
    closed = [i for i, work in works.items() if work != Work.REVIEW]
    assignments.finish(conn, task_id, closed, person_id)
    return [Trace(at.place, replace(at.place, work=works[at.input_id]), at.holders) for at in scenes]


def decide_all(
    conn: sa.Connection,
    task_id: int,
    person_id: int,
    action: Literal["approve", "reject"],
    chosen: Callable[[], Sequence[int]],
    *,
    key: str | None = None,
) -> Many:
    """Approve or reject what `chosen` gives (annotation ids), as one act."""
    if again := _done_before(conn, task_id, person_id, key):
        return again
    ids = chosen()
    accept, reject = (ids, ()) if action == "approve" else ((), ids)
    return decide_some(conn, task_id, person_id, accept, reject, operation=f"{action}_all", key=key)
