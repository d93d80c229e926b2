"""People review, vote, label, come, go and take back: no sequence of moves reaches a state that the words forbid."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelmill.core.annotation import UNDECIDED, Prediction, Status, Work
from labelmill.core.decision import Addition, Edit, Shaping
from labelmill.core.errors import BadCall, Conflict, NotAllowed
from labelmill.core.geometry import Span
from labelmill.core.input import NewInput
from labelmill.core.role import Role
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import apply, edit_task, label, membership, review, undo
from labelmill.flows.annotate import Answers, save
from labelmill.flows.start_task import Plan, start_task
from labelmill.models.catalog import BUILTIN
from labelmill.store import annotations, assignments, inputs, members, partition, projects, reviews, shards, tasks
from labelmill.store.database import Database

CARD = BUILTIN["null"]
NAMES = list(CARD.concepts)[:3]
ANSWERS = [
    [Prediction(NAMES[0], 0.6), Prediction(NAMES[1], 0.7, Span(0, 3))],
    [Prediction(NAMES[0], 0.95), Prediction(NAMES[2], 0.55)],
    [],
    [Prediction(NAMES[1], 0.99)],
]
KINDS = ["approve", "approve", "approve", "edit", "add", "delete", "reject", "send_back", "some", "submit", "submit"]
OF_ALL = ["apply", "staff", "staff", "role", "role", "take_back", "take_back"]
move = st.tuples(
    st.sampled_from([*KINDS, *OF_ALL]), st.integers(0, 3), st.integers(0, 3), st.integers(0, 7), st.booleans()
)
ROLES = [None, Role.VIEWER, Role.LABELER, Role.VIEWER, Role.REVIEWER, Role.REVIEWER, Role.ADMIN, Role.OWNER]
REFUSED = (Conflict, NotAllowed, BadCall)


class Team:
    """A task over four texts with three people who review and label it."""

    def __init__(self, conn: sa.Connection, *, stacked: bool, checked: bool) -> None:
        self.conn, self.stacked = conn, stacked
        self.people = [projects.owner(conn, f"person {i}") for i in range(3)]
        self.project = projects.project(conn, "p", self.people[0])
        for person in self.people[1:]:
            members.put(conn, self.project, person, Role.REVIEWER)
        self.acts: list[tuple[int, int]] = []
        """Whose act, and its id, as they came."""
        dataset = projects.dataset(conn, self.project, "d")
        texts = [NewInput(f"{i}", f"t#row={i}", bytes([i]) * 32, "text", text=f"text {i}") for i in range(len(ANSWERS))]
        inputs.add(conn, self.project, dataset, texts, fresh=True)
        thresholds = Thresholds(Limits(0.5, 0.9))
        plan = Plan("t", self.project, dataset, self.people[0], thresholds, 0.05, concepts=NAMES, reviewers=self.people)
        self.task = start_task(conn, CARD, "builtin:null", plan, lambda _conn, _task: None)
        rules = {"review": "stacked" if stacked else "even", "agree": 2 if stacked else None, "checked": checked}
        conn.execute(sa.text("UPDATE task SET review = :review, agree = :agree, checked = :checked"), rules)
        self.ids = list(conn.execute(sa.text("SELECT input_id FROM ledger ORDER BY input_id")).scalars())
        said = dict(zip(self.ids, ANSWERS, strict=True))
        for no in self.shards():
            done = [(item.input_id, said[item.input_id]) for item in shards.items(conn, self.task, no)]
            save(conn, shards.Claim(self.task, no, 1), tasks.terms(conn, self.task), NAMES, 0.5, Answers(done))

    def shards(self) -> list[int]:
        return list(self.conn.execute(sa.text("SELECT no FROM shard ORDER BY no")).scalars())

    def standing(self, at: int) -> list[annotations.Standing]:
        return annotations.standing(self.conn, self.task, [self.ids[at]]).get(self.ids[at], [])

    def place(self, kind: str, who: int, at: int) -> tuple[int, int]:
        """Where a move is made, and by whom: mostly on an input that waits for such a one, by one who may."""
        waiting = "SELECT input_id FROM ledger WHERE work = CAST(:work AS work) ORDER BY 1"
        work = "label" if kind == "submit" else "review"
        ids = list(self.conn.execute(sa.text(waiting), {"work": work}).scalars())
        if who == len(self.people) or not ids:  # whoever it is, wherever they are
            return self.ids[at], self.people[at % len(self.people)]
        input_id = ids[at % len(ids)]
        holders = assignments.holders(self.conn, self.task, [input_id]).get(input_id, [])
        able = [one.person_id for one in holders if not one.done]
        if kind == "submit":
            able = sorted(partition.labelers(self.conn, self.task))
        return input_id, able[who % len(able)] if able else self.people[who]

    def chosen(self, bits: int) -> list[int]:
        return [person for i, person in enumerate(self.people) if bits >> i & 1]

    def of_all(self, kind: str, who: int, at: int, bits: int) -> None:
        """Carry out a move that is of no input alone: of thresholds, of people, or something taken back later."""
        person, role = self.people[(who + 1) % len(self.people)], ROLES[bits]
        owner = (self.people[0], Role.OWNER)
        match kind:
            case "apply":
                limits = [Limits(0.5, 0.9), Limits(0.65, 0.8), Limits(0.05, None), Limits(0.98, 0.98)][bits % 4]
                apply.set_thresholds(self.conn, self.task, Thresholds(limits), self.people[0])
                for no in self.shards():
                    apply.redecide(self.conn, shards.Claim(self.task, no, 1), 0.5)
            case "staff":
                reviewers, labelers = self.chosen(bits), self.chosen(bits | 1 << at % 3)
                agree = min(2, len(reviewers)) if self.stacked else None
                change = edit_task.Change(reviewers=reviewers, labelers=labelers, agree=agree)
                edit_task.edit(self.conn, self.task, self.people[0], change, lambda *_: None)
            case "role" if role is None:
                membership.remove(self.conn, self.project, owner, person)
            case "role" if person in members.roles(self.conn, self.project):
                membership.change(self.conn, self.project, owner, person, role)
            case "role":
                members.put(self.conn, self.project, person, role)
            case "take_back" if self.acts:
                whose, act = self.acts[(8 * at + bits) % len(self.acts)]
                undo.undo(self.conn, self.project, act, whose)

    def act(self, kind: str, input_id: int, person: int, bits: int) -> int:
        """Carry out a move on an input; the id of the act. Raises Conflict where the person may not do that now."""
        ones = annotations.standing(self.conn, self.task, [input_id]).get(input_id, [])
        chosen = [one.id for i, one in enumerate(ones) if bits >> i & 1]
        shaping = {
            "edit": Shaping(edits=[Edit(i, NAMES[2], Span(0, 4)) for i in chosen[:1]]),
            "add": Shaping(additions=[Addition(NAMES[bits % 3], Span(0, bits % 3 + 1))]),
            "delete": Shaping(deletions=chosen[:1]),
        }.get(kind, Shaping())
        if kind == "some":
            done = review.decide_some(self.conn, self.task, person, chosen[:1], chosen[1:2])
            if done.activity_id is None:
                raise Conflict("nothing to do")
            return done.activity_id
        if kind == "submit":
            new = Shaping(additions=[Addition(NAMES[0], Span(0, 2))]) if bits % 2 else Shaping()
            return label.submit(self.conn, self.task, input_id, person, new).activity_id
        actions: dict[str, review.Action] = {"reject": "reject", "send_back": "request_changes"}
        word = review.Word(actions.get(kind, "approve"), chosen, shaping)
        return review.decide(self.conn, self.task, input_id, person, word).activity_id

    def state(self) -> dict[str, Any]:
        """All that a person could see of the task, but for events."""
        touched = "" if self.stacked else "a.touched,"  # a vote touches for good
        queries = {
            "annotation": f"SELECT a.id, a.input_id, a.status, a.concept_id, {touched} a.labeler_id, a.score,"
            " a.prediction, r.value FROM annotation a LEFT JOIN region r ON r.id = a.region_id ORDER BY a.id",
            "ledger": "SELECT input_id, work, outcome, annotated, entered FROM ledger ORDER BY input_id",
            "assignment": "SELECT input_id, person_id, done_at IS NULL, arbiter FROM assignment ORDER BY 1, 2",
            "share": "SELECT no, person_id, inputs, done FROM share WHERE inputs <> 0 OR done <> 0 ORDER BY 1, 2",
            "shard": "SELECT no, annotated, empty, entered, reviewed FROM shard ORDER BY no",
            "vote": "SELECT annotation_id, person_id, accepts FROM vote ORDER BY 1, 2",
        }
        return {name: [tuple(row) for row in self.conn.execute(sa.text(query))] for name, query in queries.items()}


@contextmanager
def undone(database: Database) -> Iterator[sa.Connection]:
    """A transaction that is never committed: each example starts from the empty database."""
    with database.session() as conn:
        transaction = conn.begin()
        yield conn
        transaction.rollback()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stacked=st.booleans(), checked=st.booleans(), moves=st.lists(move, min_size=4, max_size=16))
def test_no_sequence_of_moves_reaches_a_forbidden_state(
    database: Database, stacked: bool, checked: bool, moves: list[tuple[str, int, int, int, bool]]
) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=stacked, checked=checked)
        check(team)
        for kind, who, at, bits, at_once in moves:
            before, (input_id, person) = team.state(), team.place(kind, who, at)
            try:
                with conn.begin_nested():
                    if kind in OF_ALL:
                        team.of_all(kind, who, at, bits)
                    else:
                        team.acts.append((person, team.act(kind, input_id, person, bits)))
            except REFUSED:
                assert team.state() == before
                continue
            check(team)
            if kind in ("staff", "role"):  # what was decided stays, whoever comes and goes
                assert all(team.state()[one] == before[one] for one in ("annotation", "vote"))
            if kind in KINDS and at_once:
                undo.undo(conn, team.project, team.acts.pop()[1], person)
                assert team.state() == before
                check(team)


def check(team: Team) -> None:
    """What DESIGN says holds in every state."""
    conn, task = team.conn, team.task
    places = reviews.lock(conn, task, team.ids)
    statuses = {i: [one.status for one in ones] for i, ones in annotations.standing(conn, task, team.ids).items()}
    reviewers, roles = partition.reviewers(conn, task), members.roles(conn, team.project)
    assert all(roles[person].includes(Role.REVIEWER) for person in reviewers)
    for i, place in places.items():
        now = statuses.get(i, [])
        assert (place.work == Work.REVIEW) == any(status in UNDECIDED for status in now), (place, now)
        if Status.PENDING in now:
            assert place.work == Work.LABEL
        if place.work == Work.REJECTED:
            assert set(now) <= {Status.REJECTED}
        if place.work in (Work.REVIEW, Work.REVIEWED, Work.REJECTED):
            assert place.entered
        open_ = [one for one in assignments.holders(conn, task, [i]).get(i, []) if not one.done]
        assert not open_ or place.work == Work.REVIEW, place
        assert all(roles[one.person_id].includes(Role.REVIEWER) for one in open_), open_
        assert {one.person_id for one in open_ if not one.arbiter} <= reviewers, open_
        if place.work == Work.REVIEW and (reviewers or team.stacked):
            assert open_, place
        if not team.stacked:
            assert len(open_) <= 1
    _counts_add_up(conn)


def _counts_add_up(conn: sa.Connection) -> None:
    through = "entered AND work IN ('reviewed', 'rejected', 'labeled')"
    done = "outcome = 'done'"
    said = f"""
        SELECT shard, count(*) FILTER (WHERE {done} AND annotated), count(*) FILTER (WHERE {done} AND NOT annotated),
               count(*) FILTER (WHERE entered), count(*) FILTER (WHERE {through}) FROM ledger GROUP BY shard ORDER BY 1
    """
    kept = "SELECT no, annotated, empty, entered, reviewed FROM shard ORDER BY no"
    assert list(conn.execute(sa.text(said))) == list(conn.execute(sa.text(kept)))
    given_ = """
        SELECT l.shard, s.person_id, count(*), count(s.done_at) FROM assignment s
        JOIN ledger l USING (task_id, input_id) GROUP BY 1, 2 ORDER BY 1, 2
    """
    shares = "SELECT no, person_id, inputs, done FROM share WHERE inputs > 0 OR done <> 0 ORDER BY 1, 2"
    assert list(conn.execute(sa.text(given_))) == list(conn.execute(sa.text(shares)))


def test_a_decision_that_is_sent_twice_is_done_once(database: Database) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=False, checked=False)
        word = review.Word("approve", [one.id for one in team.standing(0)], key="a-key-of-mine")
        who = conn.execute(sa.text("SELECT person_id FROM assignment WHERE input_id = :i"), {"i": team.ids[0]})
        person = who.scalar_one()
        first = review.decide(conn, team.task, team.ids[0], person, word)
        state = team.state()
        assert review.decide(conn, team.task, team.ids[0], person, word) == first
        assert team.state() == state
        with pytest.raises(Conflict, match="belongs to another request"):
            review.decide(conn, team.task, team.ids[1], person, word)


def test_two_of_three_decide_and_a_tie_goes_to_the_owner(database: Database) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=True, checked=False)
        conn.execute(sa.text("UPDATE task SET agree = 3"))
        one, other = (annotation.id for annotation in team.standing(0))
        input_id = team.ids[0]
        for person, ticked in zip(team.people, ([one], [one], [one, other]), strict=True):
            review.decide(conn, team.task, input_id, person, review.Word("approve", ticked))
        statuses = {a.id: a.status for a in team.standing(0)}
        assert statuses == {one: Status.SUCCESS, other: Status.AWAITING_CONSENSUS_REVIEW}
        holder = conn.execute(
            sa.text("SELECT person_id FROM assignment WHERE arbiter AND done_at IS NULL")
        ).scalar_one()
        assert holder == team.people[0]
        done = review.decide(conn, team.task, input_id, holder, review.Word("approve", [one]))
        assert done.work == Work.REVIEWED
        assert {a.id: a.status for a in team.standing(0)} == {one: Status.SUCCESS, other: Status.REJECTED}


def test_what_was_drawn_and_agreed_on_by_one_word_is_gone_when_it_is_taken_back(database: Database) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=True, checked=False)
        conn.execute(sa.text("UPDATE task SET agree = 1"))
        input_id, ones, state = team.ids[0], team.standing(0), team.state()
        changed = Edit(ones[0].id, NAMES[2], Span(0, 4))
        word = review.Word(
            "approve", [one.id for one in ones], Shaping(edits=[changed], additions=[Addition(NAMES[1])])
        )
        done = review.decide(conn, team.task, input_id, team.people[0], word)
        assert len(team.standing(0)) > len(ones)
        undo.undo(conn, team.project, done.activity_id, team.people[0])
        assert team.state() == state


def test_what_is_submitted_stays_when_somebody_has_begun_to_vote_on_it(database: Database) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=True, checked=True)
        labeler, reviewer, other = team.people
        drawn = Shaping(additions=[Addition(NAMES[0], Span(0, 2)), Addition(NAMES[1], Span(3, 5))])
        edit_task.edit(conn, team.task, labeler, edit_task.Change(labelers=[labeler]), lambda *_: None)
        submitted = label.submit(conn, team.task, team.ids[2], labeler, drawn).activity_id
        one, _ = (annotation.id for annotation in team.standing(2))
        first = review.decide_some(conn, team.task, reviewer, [one], []).activity_id
        state = team.state()
        with pytest.raises(Conflict, match="Something came after it"):
            undo.undo(conn, team.project, submitted, labeler)
        second = review.decide_some(conn, team.task, reviewer, [], [one]).activity_id
        assert first is not None
        assert second is not None
        with pytest.raises(Conflict, match="Something came after it"):
            undo.undo(conn, team.project, first, reviewer)
        sent_back = review.decide(conn, team.task, team.ids[2], other, review.Word("request_changes"))
        for act, person in ((sent_back.activity_id, other), (second, reviewer)):
            undo.undo(conn, team.project, act, person)
        assert team.state() == state
        for act, person in ((first, reviewer), (submitted, labeler)):
            undo.undo(conn, team.project, act, person)
        assert team.standing(2) == []


def test_what_two_draw_alike_counts_as_one(database: Database) -> None:
    with undone(database) as conn:
        team = Team(conn, stacked=True, checked=False)
        drawn = Shaping(additions=[Addition(NAMES[0], Span(1, 3))])
        every = [annotation.id for annotation in team.standing(0)]
        for person in team.people[:2]:
            review.decide(conn, team.task, team.ids[0], person, review.Word("approve", every, drawn))
        kept = [annotation for annotation in team.standing(0) if annotation.id not in every]
        assert [annotation.status for annotation in kept] == [Status.SUCCESS]
