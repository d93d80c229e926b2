"""Reviewers who all see an input vote on its annotations; who disagree leave it to the owner of the task."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from labelmill.core import consensus
from labelmill.core.annotation import Status, Work
from labelmill.core.consensus import Said, Verdict
from labelmill.core.decision import Addition, Effect, Move, Shaping, approve
from labelmill.flows import act
from labelmill.flows.act import Scene, Trace
from labelmill.store import assignments, votes


def cast(at: Scene, ticked: Collection[int], shaping: Shaping, concepts: Mapping[str, int], act_id: int) -> Trace:
    """A reviewer's word on the whole input: what they leave unticked, and what only others drew, they reject.

    What they draw or redraw is a vote for what somebody said before, where it agrees with it; else it is put to the
    vote itself, and those who are through with the input have voted against it. Approved annotations are no matter of
    votes: unticked or edited they change at once.
    """
    proposals = votes.proposals(at.conn, at.task_id, at.input_id)
    act.carry_out(at, _direct(at, proposals, ticked, shaping), concepts, act_id)
    shaped = {edit.annotation_id for edit in shaping.edits} | set(shaping.deletions)
    accepted = {i for i in proposals if i in set(ticked) - shaped}
    said = [
        Said(edit.concept or proposals[edit.annotation_id].concept, edit.region or proposals[edit.annotation_id].region)
        for edit in shaping.edits
        if edit.annotation_id in proposals
    ]
    said += [Said(one.concept, one.region) for one in shaping.additions]
    same = consensus.match({i: one for i, one in proposals.items() if i not in accepted}, said)
    accepted |= set(same.values())
    new = [Addition(one.concept, one.region) for i, one in enumerate(said) if i not in same]
    effect = Effect(additions=tuple((one, Status.AWAITING_CONSENSUS_REVIEW) for one in new))
    made = act.carry_out(at, effect, concepts, act_id)
    through = [one.person_id for one in at.holders if one.done and not one.arbiter and one.person_id != at.person_id]
    cast_ = [(i, at.person_id, i in accepted) for i in proposals]
    cast_ += [(i, at.person_id, True) for i in made] + [(i, person, False) for i in made for person in through]
    replaced = votes.put(at.conn, at.task_id, at.input_id, cast_, act=act_id)
    assignments.finish(at.conn, at.task_id, [at.input_id], at.person_id)
    return replace(tally(at, [*proposals, *made], act_id), voted=len(cast_), replaced=replaced)


def cast_some(at: Scene, accept: Sequence[int], reject: Sequence[int], act_id: int) -> Trace:
    """A reviewer's votes on some annotations; they are through with the input when none is left for them."""
    proposals = votes.proposals(at.conn, at.task_id, at.input_id)
    said = dict.fromkeys(accept, True) | dict.fromkeys(reject, False)
    cast_ = [(i, at.person_id, yes) for i, yes in said.items()]
    replaced = votes.put(at.conn, at.task_id, at.input_id, cast_, act=act_id)
    voted = votes.of_person(at.conn, at.task_id, [at.input_id], at.person_id)
    if not proposals.keys() - voted.keys():
        assignments.finish(at.conn, at.task_id, [at.input_id], at.person_id)
    return replace(tally(at, list(proposals), act_id), voted=len(cast_), replaced=replaced)


def _direct(at: Scene, proposals: Mapping[int, Said], ticked: Collection[int], shaping: Shaping) -> Effect:
    """What changes at once: approved annotations that are unticked, edited or deleted.

    Raises BadCall as approving does: for ids that are not there, and what is shaped twice.
    """
    whole = approve(at.standing, ticked, shaping)
    stood = {one.id for one in at.standing if one.status == Status.SUCCESS}
    return Effect(
        tuple(move for move in whole.moves if move.annotation_id in stood),
        tuple(i for i in whole.drops if i not in proposals),
    )


def tally(at: Scene, asked: Sequence[int], act_id: int) -> Trace:
    """Count votes on annotations: decide what enough agree on. Nobody left to vote, or only ties: the owner does."""
    now = assignments.holders(at.conn, at.task_id, [at.input_id]).get(at.input_id, [])
    voters = [one for one in now if not one.arbiter]
    agree = max(1, min(at.rules.agree, len(voters)))
    cast_ = votes.on_input(at.conn, at.task_id, at.input_id)
    found = {}
    for i in asked:
        yes = sum(cast_.get(i, {}).values())
        no = len(cast_.get(i, {})) - yes
        found[i] = consensus.verdict(yes, no, voters=len(voters), agree=agree)
    moves = [Move(i, "agree", Status.SUCCESS) for i, one in found.items() if one is Verdict.ACCEPTED]
    moves += [Move(i, "agree", Status.REJECTED) for i, one in found.items() if one is Verdict.REJECTED]
    act.carry_out(at, Effect(tuple(moves)), {}, act_id)
    work = act.reviewed_or_not(act.statuses(at))
    tied = Verdict.OPEN not in found.values() or all(one.done for one in voters)
    if work != Work.REVIEW or tied:
        assignments.unassign(at.conn, at.task_id, [at.input_id])
    if work == Work.REVIEW and tied:
        assignments.assign_arbiter(at.conn, at.task_id, at.place.shard, at.input_id, at.rules.owner_id)
    return Trace(at.place, replace(at.place, work=work), at.holders)
