"""Reviewers come and go while all of them decide: nothing is missed, nothing is done twice, nobody waits for ever."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from made import check_sums, make_task, work
from mill import rows

from labelmill.core.errors import Conflict
from labelmill.core.role import Role
from labelmill.core.threshold import Limits
from labelmill.flows import edit_task, membership, review
from labelmill.flows.edit_task import Change
from labelmill.flows.review import Word
from labelmill.store import members
from labelmill.store.database import Database

OPEN = "SELECT input_id FROM assignment WHERE task_id = :task AND person_id = :person AND done_at IS NULL ORDER BY 1"
WRONG_SHARES = """
SELECT coalesce(s.person_id, n.person_id) FROM (
    SELECT person_id, sum(inputs) AS inputs, sum(done) AS done FROM share WHERE task_id = :task GROUP BY 1
) AS s FULL JOIN (
    SELECT person_id, count(*) AS inputs, count(done_at) AS done FROM assignment WHERE task_id = :task GROUP BY 1
) AS n USING (person_id)
WHERE coalesce(s.inputs, 0) <> coalesce(n.inputs, 0) OR coalesce(s.done, 0) <> coalesce(n.done, 0)
"""


class Crowd:
    """A task whose inputs all wait for reviewers, and who decides them while it changes."""

    def __init__(self, database: Database, reviewers: int) -> None:
        self.database = database
        self.task = make_task(database, 160, reviewers=reviewers, limits=Limits(0.0, None))
        self.people = list(self.task.reviewers)
        self.decided: Counter[int] = Counter()
        self.changed = threading.Event()
        with database.begin() as conn:
            for person in self.people[1:]:
                members.put(conn, self.task.project_id, person, Role.ADMIN)
        work(database, self.task.id)

    def review_on(self, person: int) -> None:
        """Decide what one has until nobody changes anything any more and nothing is left."""
        while True:
            over = self.changed.is_set()
            mine = rows(self.database, OPEN, task=self.task.id, person=person)
            if over and not mine:
                return
            for input_id in mine[:5]:
                self.decide(input_id, person)

    def decide(self, input_id: int, person: int) -> None:
        with suppress(Conflict), self.database.begin() as conn:  # it may have been given to somebody else in between
            review.decide(conn, self.task.id, input_id, person, Word("reject"))
            self.decided[input_id] += 1

    def change_on(self) -> None:
        """Take reviewers out and in again, and at last one out of the project."""
        people, task = self.people, self.task
        try:
            for now in (people[:2], people, people[1:], people[:3], people):
                with self.database.begin() as conn:
                    edit_task.edit(conn, task.id, people[0], Change(reviewers=now), lambda *_: None)
            with self.database.begin() as conn:
                membership.remove(conn, task.project_id, (people[0], Role.OWNER), people[3])
        finally:
            self.changed.set()


def test_four_reviewers_decide_while_some_leave_and_come_back(database: Database) -> None:
    crowd = Crowd(database, 4)
    with ThreadPoolExecutor(5) as threads:
        jobs = [threads.submit(crowd.review_on, person) for person in crowd.people]
        jobs.append(threads.submit(crowd.change_on))
        for job in jobs:
            job.result(timeout=120)
    task_id = crowd.task.id
    entered = rows(database, "SELECT input_id FROM ledger WHERE task_id = :task AND entered", task=task_id)
    assert len(entered) > 100
    assert crowd.decided == Counter(entered)
    assert rows(database, "SELECT DISTINCT work::text FROM ledger WHERE entered") == ["rejected"]
    assert rows(database, WRONG_SHARES, task=task_id) == []
    check_sums(database, task_id)
