"""What waits for reviewers in the order of likeness: all of it once, and in its place however often it is given."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import sqlalchemy as sa
from made import NULL, Made, make_task, work
from mill import rows

from labelmill.core.annotation import Prediction
from labelmill.core.decision import Addition, Shaping
from labelmill.core.likeness import LAST, of_text
from labelmill.core.role import Role
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import apply, edit_task, label, review, undo
from labelmill.flows.edit_task import Change
from labelmill.flows.review import Word
from labelmill.models.base import Input
from labelmill.models.catalog import load
from labelmill.store import annotations, members, queue
from labelmill.store.database import Database
from labelmill.store.queue import Wanted

ALL = Limits(0.05, None)
ABOUT = ["refund", "delivery", "invoice", "password"]
TEXTS = [f"My {about} of day {day} is late" for day in range(5) for about in ABOUT]
TEXTS += ["42", *(f"{'quite ' * day}late {about}?" for about in ABOUT for day in range(2)), "!"]
OPEN = """
SELECT i.text, a.likeness FROM assignment a JOIN input i ON i.id = a.input_id
WHERE a.task_id = :task AND a.done_at IS NULL
"""


def made(database: Database, texts: Sequence[str] = TEXTS, reviewers: int = 1, **plan: object) -> Made:
    task = make_task(database, texts, reviewers=reviewers, limits=ALL, **plan)
    with database.begin() as conn:
        for person in task.reviewers[1:]:
            members.put(conn, task.project_id, person, Role.REVIEWER)
    work(database, task.id)
    return task


def pages(database: Database, task: Made, person: int, limit: int, wanted: Wanted | None = None) -> list[str]:
    """The texts that wait for a person, a page after the other, in the order of likeness."""
    found: list[int] = []
    after = None
    with database.begin() as conn:
        while some := queue.page(conn, task.id, person, order="likeness", after=after, limit=limit, wanted=wanted):
            found += [input_id for input_id, _ in some]
            after = some[-1][1]
        texts = {row.id: row.text for row in conn.execute(sa.text("SELECT id, text FROM input"))}
    return [texts[input_id] for input_id in found]


def check_kept(database: Database, task: Made, count: int) -> None:
    """So many assignments are open, and each has the likeness of its text."""
    found = rows(database, OPEN, task=task.id)
    assert len(found) == count
    assert all(likeness == (of_text(text) or LAST) for text, likeness in found)


def expected(texts: Sequence[str]) -> list[str]:
    return sorted(texts, key=lambda text: of_text(text) or LAST)  # those of one place as they came


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_all_comes_once_and_alike_together(database: Database, limit: int) -> None:
    task = made(database)
    order = pages(database, task, task.reviewers[0], limit)
    assert order == expected(TEXTS)
    assert order[-2:] == ["42", "!"]  # nothing is known of these
    words = [next(about for about in ABOUT if about in text) for text in order[:-2]]
    assert sum(one != other for one, other in pairwise(words)) == len(ABOUT) - 1
    check_kept(database, task, len(TEXTS))


def test_a_filter_leaves_the_order_alone(database: Database) -> None:
    task = make_task(database, TEXTS, limits=ALL)
    work(database, task.id, Sparing())
    wanted = Wanted(lowest=0.5)
    some = [text for text in TEXTS if "refund" not in text]
    assert pages(database, task, task.reviewers[0], 2, wanted) == expected(some)


def test_it_is_kept_when_reviewers_change(database: Database) -> None:
    task = made(database, reviewers=3)
    first, second, third = task.reviewers
    for now in ([first], [first, second, third], [second, third], [], [second]):
        with database.begin() as conn:
            edit_task.edit(conn, task.id, first, Change(reviewers=now), lambda *_: None)
        check_kept(database, task, len(TEXTS) if now else 0)
    assert pages(database, task, second, 4) == expected(TEXTS)


def test_it_is_kept_when_thresholds_take_inputs_out_of_review_and_back(database: Database) -> None:
    task = made(database)
    for limits, count in ((Limits(0.98, 0.98), 0), (ALL, len(TEXTS))):
        with database.session() as conn:
            with conn.begin():
                apply.set_thresholds(conn, task.id, Thresholds(limits), task.reviewers[0])
            apply.redecide_all(conn, task.id, 0.5)
        check_kept(database, task, count)
    assert pages(database, task, task.reviewers[0], 7) == expected(TEXTS)


def test_it_is_kept_when_a_decision_is_taken_back(database: Database) -> None:
    task = made(database, reviewers=2, review="stacked", agree=2)
    first = task.reviewers[0]
    (input_id,) = rows(database, "SELECT min(input_id) FROM ledger")
    with database.begin() as conn:
        done = review.decide(conn, task.id, input_id, first, Word("request_changes"))
    check_kept(database, task, 2 * len(TEXTS) - 2)  # the other one has lost it, too
    with database.begin() as conn:
        undo.undo(conn, task.project_id, done.activity_id, first)
    check_kept(database, task, 2 * len(TEXTS))


def test_every_stacked_reviewer_and_the_arbiter_have_it(database: Database) -> None:
    task = made(database, reviewers=2, review="stacked", agree=2)
    first, second = task.reviewers
    assert pages(database, task, first, 5) == pages(database, task, second, 9) == expected(TEXTS)
    one, other = rows(database, "SELECT input_id FROM ledger ORDER BY 1 LIMIT 2")
    with database.begin() as conn:
        for input_id in (one, other):
            ticked = [standing.id for standing in annotations.standing(conn, task.id, [input_id])[input_id]]
            review.decide(conn, task.id, input_id, first, Word("approve", ticked))
        review.decide(conn, task.id, one, second, Word("reject"))  # they disagree
    assert rows(database, "SELECT input_id FROM assignment WHERE arbiter AND done_at IS NULL") == [one]
    check_kept(database, task, 2 * len(TEXTS) - 2)
    for now, count in (([first], len(TEXTS)), ([first, second], 2 * len(TEXTS) - 2)):
        with database.begin() as conn:
            edit_task.edit(conn, task.id, first, Change(reviewers=now, agree=len(now)), lambda *_: None)
        check_kept(database, task, count)  # nobody is left to vote on the other one: the arbiter has both
    assert pages(database, task, first, 4) == expected(TEXTS)


def test_what_the_model_failed_on_has_it_once_somebody_labeled_it(database: Database) -> None:
    task = make_task(database, TEXTS, reviewers=2, limits=ALL, checked=True)
    work(database, task.id, Sparing(fail="invoice"))
    failed = rows(database, "SELECT input_id FROM ledger WHERE outcome = 'failed' ORDER BY 1")
    assert len(failed) == 7
    (concept,) = rows(database, "SELECT min(name) FROM concept")
    with database.begin() as conn:
        for input_id in failed:
            drawn = Shaping(additions=[Addition(concept, None)])
            label.submit(conn, task.id, input_id, task.reviewers[0], drawn)
    check_kept(database, task, len(TEXTS))


def test_what_no_model_was_shown_comes_last(database: Database) -> None:
    task = make_task(database, TEXTS, reviewers=2, limits=ALL, checked=True)
    inputs = rows(database, "SELECT input_id FROM ledger ORDER BY 1")
    with database.begin() as conn:
        conn.execute(sa.text("UPDATE ledger SET work = 'label'"))  # as in a task of people
        (concept,) = conn.execute(sa.text("SELECT min(name) FROM concept")).scalars()
        for input_id in reversed(inputs):
            drawn = Shaping(additions=[Addition(concept, None)])
            label.submit(conn, task.id, input_id, task.reviewers[0], drawn)
    assert pages(database, task, task.reviewers[1], 4) == TEXTS


class Sparing:
    """Is sure of nothing on refunds, and fails on texts with a word."""

    def __init__(self, fail: str | None = None) -> None:
        self.info = replace(load(NULL, floor=0.05).info, batch=4)
        self.fail = fail

    def predict(self, batch: Sequence[Input]) -> list[list[Prediction]]:
        if self.fail is not None and any(self.fail in str(one) for one in batch):
            raise ValueError(self.fail)
        concept = self.info.concepts[0]
        return [[Prediction(concept, 0.3 if "refund" in str(one) else 0.8)] for one in batch]
