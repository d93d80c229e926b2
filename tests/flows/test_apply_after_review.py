"""Moving thresholds after people have decided: what they decided stays, the rest says what the thresholds say."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelmill.core.annotation import Outcome, Prediction, Status, Work
from labelmill.core.decision import NOTHING, Addition, Edit, Shaping
from labelmill.core.errors import BadCall, Conflict
from labelmill.core.geometry import Span
from labelmill.core.input import NewInput
from labelmill.core.threshold import Band, Limits, Thresholds, decide
from labelmill.flows import apply, review
from labelmill.flows.annotate import Answers, save
from labelmill.flows.start_task import Plan, start_task
from labelmill.models.catalog import BUILTIN
from labelmill.store import annotations, counts, inputs, projects, queue, shards, tasks
from labelmill.store.database import Database

CARD = BUILTIN["null"]
NAMES = list(CARD.concepts)
WHERE = Span(0, 3)

scores = st.sampled_from([0.05, 0.2, 0.3, 0.499, 0.5, 0.65, 0.8, 0.9, 1.0])
answer = st.lists(
    st.builds(Prediction, st.sampled_from(NAMES), scores, st.sampled_from([None, WHERE])), min_size=1, max_size=4
)
limits = st.tuples(scores, scores | st.none()).filter(lambda p: p[1] is None or p[0] <= p[1]).map(lambda p: Limits(*p))
step = st.one_of(
    st.tuples(st.just("apply"), limits),
    st.tuples(st.just("apply"), limits),
    st.tuples(st.just("one"), st.integers(0, 3), st.sampled_from([1, 2, 3, 6])),
    st.tuples(st.just("one"), st.integers(0, 3), st.sampled_from([1, 2, 3, 6])),
    st.tuples(st.just("approve"), st.integers(0, 3), st.integers(0, 15)),
    st.tuples(st.just("one"), st.integers(0, 3), st.integers(0, 15)),
    st.tuples(st.just("edit"), st.integers(0, 3), st.integers(0, 15)),
    st.tuples(st.just("add"), st.integers(0, 3), st.sampled_from(NAMES)),
    st.tuples(st.just("reject"), st.integers(0, 3)),
    st.tuples(st.just("send_back"), st.integers(0, 3)),
)


class World:
    """One task over a few texts with given predictions, and the moves people make on it."""

    def __init__(self, conn: sa.Connection, answers: list[list[Prediction]], thresholds: Limits) -> None:
        self.conn = conn
        self.answers = answers
        self.limits = thresholds
        self.person = projects.owner(conn)
        project = projects.project(conn, "p", self.person)
        dataset = projects.dataset(conn, project, "d")
        texts = [NewInput(f"{i}", f"t#row={i}", bytes([i]) * 32, "text", text=f"text {i}") for i in range(len(answers))]
        inputs.add(conn, project, dataset, texts, fresh=True)
        plan = Plan("t", project, dataset, self.person, Thresholds(thresholds), 0.05, reviewers=[self.person])
        self.task = start_task(conn, CARD, "builtin:null", plan, lambda _conn, _task: None)
        self.ids = [item.input_id for no in range(self.shards()) for item in shards.items(conn, self.task, no)]
        said = dict(zip(self.ids, answers, strict=True))
        for no in range(self.shards()):
            done = [(item.input_id, said[item.input_id]) for item in shards.items(conn, self.task, no)]
            save(conn, shards.Claim(self.task, no, 1), tasks.terms(conn, self.task), NAMES, 0.5, Answers(done))

    def shards(self) -> int:
        return int(self.conn.execute(sa.text("SELECT count(*) FROM shard")).scalar_one())

    def standing(self, at: int) -> list[annotations.Standing]:
        return annotations.standing(self.conn, self.task, [self.ids[at]]).get(self.ids[at], [])

    def works(self) -> dict[int, Work]:
        found: dict[int, Work] = {}
        for no in range(self.shards()):
            found |= shards.works(self.conn, self.task, no, Outcome.DONE)
        return found

    def touched(self) -> dict[int, tuple[object, ...]]:
        query = sa.text("SELECT id, status, concept_id, region_id, prediction FROM annotation WHERE touched")
        return {row.id: tuple(row) for row in self.conn.execute(query)}

    def apply(self, thresholds: Limits) -> None:
        self.limits = thresholds
        apply.set_thresholds(self.conn, self.task, Thresholds(thresholds), self.person)
        for no in range(self.shards()):
            apply.redecide(self.conn, shards.Claim(self.task, no, 1), 0.5)

    def act(self, move: tuple[object, ...]) -> None:
        kind, at, *rest = move
        assert isinstance(at, int)
        at %= len(self.ids)
        ones = self.standing(at)
        chosen = [one.id for i, one in enumerate(ones) if rest and isinstance(rest[0], int) and rest[0] >> i & 1]
        every, shaping = [one.id for one in ones if one.status != Status.REJECTED], NOTHING
        if kind == "one":
            review.decide_some(self.conn, self.task, self.person, chosen[:1], chosen[1:2])
            return
        if kind == "edit":
            shaping = Shaping(edits=[Edit(i, NAMES[0], WHERE) for i in chosen])
        elif kind == "add":
            shaping = Shaping(additions=[Addition(str(rest[0]), WHERE)])
        ticked = chosen if kind == "approve" else every
        action: review.Action = (
            "reject" if kind == "reject" else "request_changes" if kind == "send_back" else "approve"
        )
        review.decide(self.conn, self.task, self.ids[at], self.person, review.Word(action, ticked, shaping))


@contextmanager
def undone(database: Database) -> Iterator[sa.Connection]:
    """A transaction that is never committed: each example starts from the empty database."""
    with database.session() as conn:
        transaction = conn.begin()
        yield conn
        transaction.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(answer, min_size=1, max_size=2), moves=st.lists(step, min_size=2, max_size=8))
def test_every_human_decision_outlives_every_threshold(
    database: Database, answers: list[list[Prediction]], moves: list[tuple[object, ...]]
) -> None:
    with undone(database) as conn:
        world = World(conn, answers, Limits(0.05, None))  # all to review: people have something to decide
        for move in moves:
            before = world.touched()
            if move[0] == "apply":
                assert isinstance(move[1], Limits)
                world.apply(move[1])
                assert world.touched() == before
            else:
                work = world.works()[world.ids[int(str(move[1])) % len(world.ids)]]
                if work == Work.REVIEW or move[0] == "one":
                    world.act(move)
                else:
                    with pytest.raises(Conflict):
                        world.act(move)
        _untouched_inputs_say_what_the_thresholds_say(world)
        _numbers_add_up(world)


def _untouched_inputs_say_what_the_thresholds_say(world: World) -> None:
    bands = {Band.APPROVED: Status.SUCCESS, Band.REVIEW: Status.AWAITING_REVIEW}
    works = world.works()
    for at, said in enumerate(world.answers):
        ones = world.standing(at)
        if any(one.touched for one in ones) or works[world.ids[at]] in (Work.REJECTED, Work.REVIEWED):
            continue
        wanted = {i: bands[b] for i, p in enumerate(said) if (b := decide(p.score, world.limits)) in bands}
        assert {one.index: one.status for one in ones} == wanted
        waits = Status.AWAITING_REVIEW in wanted.values()
        assert works[world.ids[at]] == (Work.REVIEW if waits else Work.NONE if wanted else Work.LABEL)


def _numbers_add_up(world: World) -> None:
    works = world.works()
    ledger = counts.ledger(world.conn, world.task)
    assert ledger.waiting == 0
    assert ledger.annotated + ledger.empty == len(world.answers) == ledger.inputs
    held = [i for i, _ in queue.page(world.conn, world.task, world.person, limit=100)]
    assert held == sorted(i for i, work in works.items() if work == Work.REVIEW)
    told = world.conn.execute(sa.text("SELECT sum(inputs), sum(done) FROM share")).one()
    there = world.conn.execute(sa.text("SELECT count(*), count(done_at) FROM assignment")).one()
    assert [n or 0 for n in told] == list(there)
    through = "count(*) FILTER (WHERE entered AND work IN ('reviewed', 'rejected', 'labeled'))"
    seen = world.conn.execute(sa.text(f"SELECT count(*) FILTER (WHERE entered), {through} FROM ledger")).one()
    assert world.conn.execute(sa.text("SELECT sum(entered), sum(reviewed) FROM shard")).one() == seen
    totals = counts.band_totals(world.conn, world.task)
    every = [decide(p.score, world.limits) for said in world.answers for p in said]
    assert totals == {band.value: every.count(band) for band in Band}


def test_a_lower_limit_below_the_floor_is_refused(database: Database) -> None:
    with undone(database) as conn:
        world = World(conn, [[Prediction("null-1", 0.5)]], Limits(0.5, 0.9))
        with pytest.raises(BadCall, match="floor"):
            world.apply(Limits(0.01, 0.9))


def test_each_change_is_an_event_that_tells_before_and_after(database: Database) -> None:
    with undone(database) as conn:
        world = World(conn, [[Prediction("null-1", 0.6), Prediction("null-2", 0.7)]], Limits(0.5, 0.9))
        world.apply(Limits(0.5, 0.65))
        world.act(("approve", 0, 0b01))
        events = conn.execute(
            sa.text("SELECT operation, before->>'status', after->>'status' FROM annotation_event ORDER BY id")
        )
        assert [tuple(row) for row in events] == [
            ("apply", "awaiting_review", "success"),
            ("accept", "awaiting_review", "success"),
            ("reject", "success", "rejected"),
        ]


def test_one_who_comes_late_is_told(database: Database) -> None:
    with undone(database) as conn:
        world = World(conn, [[Prediction("null-1", 0.6)]], Limits(0.5, 0.9))
        world.act(("approve", 0, 1))
        with pytest.raises(Conflict, match="does not wait for your review any more"):
            world.act(("reject", 0))
