"""Who works on a task: whether those who are named can, and by which rules they review."""

from collections.abc import Collection, Mapping, Sequence

from labelmill.core.errors import BadCall
from labelmill.core.role import Role
from labelmill.flows.start_task import Review


def check(roles: Mapping[int, Role], reviewers: Collection[int], labelers: Collection[int], *, checked: bool) -> None:
    """Raise BadCall for persons who cannot review or label in a project; `roles`: of its members, by id.

    `checked`: what one submits another has to be there to review.
    """
    for persons, needed, verb in ((reviewers, Role.REVIEWER, "review"), (labelers, Role.LABELER, "label")):
        for person in persons:
            role = roles.get(person)
            if role is None:
                raise BadCall(f"Person {person} is no member of this project, so they cannot {verb} in it.")
            if not role.includes(needed):
                raise BadCall(f"Person {person} is {role} in this project; to {verb} they have to be {needed}.")
    if checked and (alone := [one for one in labelers if not set(reviewers) - {one}]):
        raise BadCall(f"Nobody else reviews what person {alone[0]} submits: name another reviewer.")


def votes(review: Review, agree: int | None, reviewers: Sequence[int]) -> int | None:
    """How many votes decide: what was asked for, or more than half; None where reviewers do not vote.

    Raises BadCall for rules that cannot be.
    """
    if review == "none" and reviewers:
        raise BadCall("Nobody reviews this task (review is none): name no reviewers.")
    if review != "stacked":
        if agree is not None:
            raise BadCall("agree counts votes, which there are only where the review is stacked.")
        return None
    if not reviewers:
        raise BadCall("A stacked review needs reviewers: name them.")
    if agree is not None and not 1 <= agree <= len(reviewers):
        raise BadCall(f"agree is {agree}: it has to lie between 1 and the number of reviewers, {len(reviewers)}.")
    return len(reviewers) // 2 + 1 if agree is None else agree
