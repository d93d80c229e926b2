"""A person takes back what they decided or submitted, while nothing came after it."""

from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import Conflict, NotAllowed
from labelmill.store import activity, annotations, assignments, leases, partition, projects, reviews, votes
from labelmill.store.assignments import Holder
from labelmill.store.votes import Vote

UNDOABLE = frozenset({"approve", "reject", "request_changes", "submit", "decide", "approve_all", "reject_all"})


def undo(conn: sa.Connection, project_id: int, activity_id: int, person_id: int) -> list[int]:
    """Put annotations, ledger, votes and assignments back to where they were before an act; ids of its inputs.

    Undone once, it stays undone; what came after it and was undone does not count. Raises NotFound; NotAllowed for
    somebody else's act; Conflict when something came after it on one of its inputs, when it is no decision, or when it
    would wait for somebody who reviews the task no more.
    """
    found = activity.one(conn, project_id, activity_id)
    if found.person_id != person_id:
        raise NotAllowed("Only who decided can take it back.")
    if found.operation not in UNDOABLE or found.task_id is None:
        raise Conflict("That cannot be undone: it is no decision on inputs.")
    told = {int(i): one for i, one in found.detail.get("inputs", {}).items()}
    ids = sorted(told)
    if found.undone_at is not None:
        return ids
    places = reviews.lock(conn, found.task_id, ids)
    holders = assignments.holders(conn, found.task_id, ids)
    _check(conn, found, told, places, holders)
    act = activity.record(conn, project_id, person_id, "undo", task_id=found.task_id, input_id=found.input_id,
                          detail={"undone": activity_id})  # fmt: skip
    actor = projects.person_labeler(conn, person_id)
    annotations.put_back(conn, actor, found.task_id, ids, activity_id, act=act)
    votes.withdraw(conn, found.task_id, ids, activity_id)
    votes.restore(conn, found.task_id, [Vote(**vote) for one in told.values() for vote in one.get("replaced", ())])
    for i, one in told.items():
        then = [Holder(**holder) for holder in one["held"]]
        assignments.restore(conn, found.task_id, places[i].shard, i, holders.get(i, []), then)
    reviews.write(conn, found.task_id, [(places[i], places[i].like(one["before"])) for i, one in told.items()])
    activity.undone(conn, activity_id)
    return ids


def _check(
    conn: sa.Connection,
    found: sa.Row[Any],
    told: dict[int, Any],
    places: dict[int, reviews.Place],
    holders: dict[int, list[Holder]],
) -> None:
    newest = reviews.newest_lasting(conn, found.task_id, list(told))
    reviewers, cast = partition.reviewers(conn, found.task_id), votes.of_act(conn, found.task_id, list(told), found.id)
    # what was submitted stays when somebody has begun to vote on it; of other acts others' votes are independent
    newest_vote = votes.newest(conn, found.task_id, list(told)) if found.operation == "submit" else {}
    for i, one in told.items():
        if i not in places:
            raise Conflict(f"Input {i} was removed since.")
        now = [Holder(**holder) for holder in one["holds"]]
        gone = [h for h in one["held"] if not (h["done"] or h["arbiter"] or h["person_id"] in reviewers)]
        if gone:
            raise Conflict("That cannot be undone: it would wait for somebody who reviews this task no more.")
        same = places[i] == places[i].like(one["after"]) and newest.get(i, 0) == one["seen"]
        same &= now == holders.get(i, []) and one.get("voted", cast.get(i, 0)) == cast.get(i, 0)
        same &= newest_vote.get(i, 0) <= found.id
        if not same or leases.somebodys(conn, found.task_id, i):
            raise Conflict(f"Something came after it on input {i}, so it cannot be undone: look at the input again.")
