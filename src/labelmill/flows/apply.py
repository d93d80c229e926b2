"""Other thresholds for a task: its shards are decided again from the stored scores, without the model."""

import sqlalchemy as sa

from labelmill.core.annotation import Outcome, Status, Work
from labelmill.core.threshold import Thresholds
from labelmill.core.triage import Changes, Decided, reconcile
from labelmill.flows import triage
from labelmill.flows.preview import check
from labelmill.store import annotations, assignments, locks, models, projects, shards, tasks
from labelmill.store.annotations import Update
from labelmill.store.shards import Claim, Settled
from labelmill.store.tasks import Terms


def set_thresholds(conn: sa.Connection, task_id: int, thresholds: Thresholds, person_id: int) -> int:
    """Give a task other thresholds, to be applied by `redecide_all`; how many inputs stay as people left them.

    Raises BadCall for a lower limit below the run's floor: what lies below it was not kept.
    """
    terms = tasks.terms(conn, task_id)
    check(terms, thresholds)
    tasks.set_thresholds(conn, task_id, thresholds, person_id)
    return shards.count_settled_by_people(conn, task_id)


def redecide_all(conn: sa.Connection, task_id: int, overlap: float) -> None:
    """Decide every shard again that was decided under older thresholds. Stopped anywhere, a next call goes on.

    `overlap`: the model's, see core.annotation.mapped.
    """
    shards.show_alive(conn, task_id)
    while True:
        claim = shards.claim(conn, task_id, outdated=True)
        if claim is not None:
            with conn.begin():
                redecide(conn, claim, overlap)
            shards.release(conn, task_id, claim.no)
        elif shards.unfinished(conn, task_id, outdated=True):
            conn.commit()
            shards.wait_for_outdated(conn, task_id)
        else:
            conn.commit()
            return


def redecide(conn: sa.Connection, claim: Claim, overlap: float) -> None:
    """Decide a done shard again, in the caller's transaction."""
    locks.keep_inputs_of(conn, claim.task_id)
    terms = tasks.terms(conn, claim.task_id, hold=True)
    names = models.by_id(conn, terms.model_version_id).concepts
    work = shards.works(conn, claim.task_id, claim.no, Outcome.DONE)
    said = annotations.predictions(conn, terms.run_id, names, list(work))
    triaged = {i: triage.decide_input(terms, overlap, said.get(i, [])) for i in work}
    shards.put_histograms(conn, claim.task_id, claim.no, triage.histogram_rows(terms, triaged.values()))
    decided = {i: one.decided for i, one in triaged.items()}
    open_ids = [i for i, owed in work.items() if owed in (Work.NONE, Work.REVIEW, Work.LABEL)]
    standing = annotations.standing(conn, claim.task_id, open_ids)
    sent_back = {i for i, ones in standing.items() if any(s.status == Status.PENDING for s in ones)}
    changes = {i: reconcile(decided[i], standing.get(i, []), terms.awaiting) for i in open_ids if i not in sent_back}
    _write(conn, terms, changes)
    _settle(conn, claim, terms, {i: work[i] for i in changes}, decided)


def _write(conn: sa.Connection, terms: Terms, changes: dict[int, Changes]) -> None:
    assert terms.revised_by is not None  # noqa: S101 - only changed thresholds make a shard outdated
    actor = projects.person_labeler(conn, terms.revised_by)
    new = [row for i, change in changes.items() for row in triage.annotation_rows(terms, i, change.make)]
    annotations.record_new(conn, actor, annotations.put(conn, terms.task_id, new), "apply")
    moves = [(one.id, status) for change in changes.values() for one, status in change.move]
    annotations.change(conn, actor, [Update(i, "apply", status=status, touched=False) for i, status in moves])
    annotations.drop(conn, actor, [one.id for change in changes.values() for one in change.drop], "apply")


def _settle(
    conn: sa.Connection, claim: Claim, terms: Terms, before: dict[int, Work], decided: dict[int, list[Decided]]
) -> None:
    standing = annotations.standing(conn, claim.task_id, list(before))
    settled = []
    for input_id in before:
        ones = standing.get(input_id, [])
        work = triage.work_owed(terms, [s.status for s in ones], touched=any(s.touched for s in ones))
        settled.append(Settled(input_id, bool(ones), work))
    after = {s.input_id: s.work for s in settled}
    left = [i for i, work in before.items() if work == Work.REVIEW and after[i] != Work.REVIEW]
    reviewed = [i for i in left if after[i] == Work.REVIEWED]  # what was undecided has gone, people decided the rest
    gone = [i for i in left if after[i] != Work.REVIEWED]
    new = [i for i, work in before.items() if work != Work.REVIEW and after[i] == Work.REVIEW]
    # first, as whoever shares out anew does: the two never wait for each other
    locks.hold(conn, claim.task_id, locks.ASSIGNING)
    assignments.finish(conn, claim.task_id, reviewed)
    assignments.unassign(conn, claim.task_id, gone)
    waiting = [triage.waiting(terms, i, decided[i]) for i in new]
    assignments.assign(conn, claim.task_id, claim.no, waiting, to_all=terms.stacked)
    shards.resettle(conn, claim.task_id, claim.no, revision=terms.revision, settled=settled)
