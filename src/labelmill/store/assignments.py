"""Which reviewer has which input. The number that each has is summed from shares, one row per shard and reviewer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from labelmill.core.likeness import LAST
from labelmill.core.partition import spread
from labelmill.store import locks

SURE = 0.5
"""The doubt of what no model scored: it comes last where the most doubtful come first."""


@dataclass(slots=True)  # not frozen, as core.triage.Decided is not
class Waiting:
    """An input for reviewers. `doubt`: how far its most doubtful undecided score lies from 0.5; and its concept.

    `likeness` None: as the ledger has it.
    """

    input_id: int
    doubt: float = SURE
    concept_id: int = 0
    likeness: int | None = None


LEDGERS_LIKENESS = f"""
coalesce((SELECT l.likeness FROM ledger l WHERE l.task_id = :task AND l.input_id = {{id}}), {LAST})
"""  # noqa: S608 - a number
"""The likeness of an input by its ledger: what no model was shown comes last."""


_LOADS = sa.text("""
SELECT r.person_id, coalesce(sum(s.inputs), 0)
FROM reviewer r LEFT JOIN share s ON s.task_id = r.task_id AND s.person_id = r.person_id
WHERE r.task_id = :task GROUP BY r.person_id ORDER BY r.person_id
""")


def assign(
    conn: sa.Connection,
    task_id: int,
    no: int,
    waiting: Sequence[Waiting],
    *,
    to_all: bool = False,
    but_not: int | None = None,
) -> set[int]:
    """Give inputs of a shard to the reviewers who have the fewest, under a lock held until the transaction ends.

    `to_all`: each reviewer gets each. `but_not`: a person who reviews none of them. Returns who got any.
    """
    if not waiting:
        return set()
    locks.hold(conn, task_id, locks.ASSIGNING)
    loads = {person: int(n) for person, n in conn.execute(_LOADS, {"task": task_id}) if person != but_not}
    if to_all:
        pairs = [(one, person) for one in waiting for person in loads]
    else:
        pairs = list(zip(waiting, spread(len(waiting), loads), strict=False))
    _give(conn, task_id, no, pairs)
    return {person for _, person in pairs}


def assign_arbiter(conn: sa.Connection, task_id: int, no: int, input_id: int, person_id: int) -> None:
    """Give an input that reviewers disagree on to who decides alone; it may be one of them."""
    _give(conn, task_id, no, [(Waiting(input_id, 0.0), person_id)], arbiter=True)


# who was through with an input before, and gets it again, has one input less behind them and none more in all
_GIVE = sa.text(f"""
INSERT INTO assignment (task_id, input_id, person_id, doubt, concept_id, arbiter, likeness)
SELECT :task, v.input_id, v.person_id, v.doubt, v.concept_id, :arbiter,
       coalesce(v.likeness, {LEDGERS_LIKENESS.format(id="v.input_id")})
FROM unnest(CAST(:inputs AS bigint[]), CAST(:persons AS bigint[]), CAST(:doubts AS real[]), CAST(:concepts AS bigint[]),
            CAST(:likeness AS bigint[])) AS v (input_id, person_id, doubt, concept_id, likeness)
ON CONFLICT (task_id, input_id, person_id)
    DO UPDATE SET done_at = NULL, doubt = excluded.doubt, concept_id = excluded.concept_id, arbiter = excluded.arbiter,
                  likeness = excluded.likeness
RETURNING person_id, xmax = 0 AS new
""")  # noqa: S608 - put together from the constant above

_SHARE = sa.text("""
INSERT INTO share (task_id, no, person_id, inputs) VALUES (:task, :no, :person, :new)
ON CONFLICT (task_id, no, person_id)
    DO UPDATE SET inputs = share.inputs + excluded.inputs, done = share.done - :again
""")


def _give(
    conn: sa.Connection, task_id: int, no: int, pairs: Sequence[tuple[Waiting, int]], *, arbiter: bool = False
) -> None:
    columns = {
        "inputs": [one.input_id for one, _ in pairs],
        "persons": [person for _, person in pairs],
        "doubts": [one.doubt for one, _ in pairs],
        "concepts": [one.concept_id for one, _ in pairs],
        "likeness": [one.likeness for one, _ in pairs],
    }
    given = Counter(
        (row.person_id, row.new) for row in conn.execute(_GIVE, {"task": task_id, "arbiter": arbiter, **columns})
    )
    rows = [
        {"task": task_id, "no": no, "person": person, "new": given[person, True], "again": given[person, False]}
        for person in sorted({person for person, _ in given})
    ]
    if rows:
        conn.execute(_SHARE, rows)


# shares are held in their order before they change: two who count in several never wait for each other
_COUNTED = """
per AS (
    SELECT l.shard AS no, c.person_id, count(*) AS n FROM changed c
    JOIN ledger l ON l.task_id = :task AND l.input_id = c.input_id GROUP BY l.shard, c.person_id
), held AS (
    SELECT s.no, s.person_id, per.n FROM share s JOIN per USING (no, person_id)
    WHERE s.task_id = :task ORDER BY s.no, s.person_id FOR UPDATE OF s
)
UPDATE share s SET {change} FROM held h WHERE s.task_id = :task AND s.no = h.no AND s.person_id = h.person_id
"""

_WHOSE = "task_id = :task AND input_id = ANY(:ids) AND (CAST(:person AS bigint) IS NULL OR person_id = :person)"

_FINISH = sa.text(f"""
WITH changed AS (
    UPDATE assignment SET done_at = now() WHERE {_WHOSE} AND done_at IS NULL RETURNING person_id, input_id
), {_COUNTED.format(change="done = s.done + h.n")}
""")  # noqa: S608 - put together from the constants above

_UNASSIGN = sa.text(f"""
WITH changed AS (
    DELETE FROM assignment WHERE {_WHOSE} AND done_at IS NULL RETURNING person_id, input_id
), {_COUNTED.format(change="inputs = s.inputs - h.n")}
""")  # noqa: S608 - put together from the constants above


def finish(conn: sa.Connection, task_id: int, input_ids: Sequence[int], person_id: int | None = None) -> None:
    """Mark open inputs as done by their reviewers, or by one of them."""
    conn.execute(_FINISH, {"task": task_id, "ids": list(input_ids), "person": person_id})


def unassign(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> None:
    """Take open inputs back from their reviewers."""
    conn.execute(_UNASSIGN, {"task": task_id, "ids": list(input_ids), "person": None})


def lock_open(conn: sa.Connection, task_id: int, input_ids: Sequence[int], person_id: int) -> dict[int, bool]:
    """Which of these inputs wait for a person, each with whether they decide it alone as arbiter; held."""
    query = sa.text("""
        SELECT input_id, arbiter FROM assignment
        WHERE task_id = :task AND input_id = ANY(:ids) AND person_id = :person AND done_at IS NULL
        ORDER BY input_id FOR UPDATE
    """)
    values = {"task": task_id, "ids": list(input_ids), "person": person_id}
    return {row.input_id: row.arbiter for row in conn.execute(query, values)}


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """A reviewer of an input: whether they are through with it, and whether they decide it alone as arbiter."""

    person_id: int
    done: bool
    arbiter: bool


def holders(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> dict[int, list[Holder]]:
    """Everybody who reviews each of some inputs, by input id."""
    query = sa.text("""
        SELECT input_id, person_id, done_at IS NOT NULL, arbiter FROM assignment
        WHERE task_id = :task AND input_id = ANY(:ids) ORDER BY input_id, person_id
    """)
    found: dict[int, list[Holder]] = {}
    for input_id, *holder in conn.execute(query, {"task": task_id, "ids": list(input_ids)}):
        found.setdefault(input_id, []).append(Holder(*holder))
    return found


_HOLD = sa.text(f"""
INSERT INTO assignment (task_id, input_id, person_id, doubt, done_at, arbiter, likeness)
VALUES (:task, :input, :person, :doubt, CASE WHEN :done THEN now() END, :arbiter,
        {LEDGERS_LIKENESS.format(id=":input")})
ON CONFLICT (task_id, input_id, person_id) DO UPDATE SET done_at = excluded.done_at, arbiter = excluded.arbiter
""")  # noqa: S608 - put together from the constant above

_DIFFER = sa.text("""
INSERT INTO share (task_id, no, person_id, inputs, done) VALUES (:task, :no, :person, :inputs, :done)
ON CONFLICT (task_id, no, person_id)
    DO UPDATE SET inputs = share.inputs + excluded.inputs, done = share.done + excluded.done
""")


def restore(
    conn: sa.Connection, task_id: int, no: int, input_id: int, now: Sequence[Holder], then: Sequence[Holder]
) -> None:
    """Give an input of a shard from those who review it `now` back to those who did `then`."""
    gone = {one.person_id for one in now} - {one.person_id for one in then}
    remove = sa.text("DELETE FROM assignment WHERE task_id = :task AND input_id = :input AND person_id = ANY(:gone)")
    conn.execute(remove, {"task": task_id, "input": input_id, "gone": sorted(gone)})
    for one in then:
        row = {"task": task_id, "input": input_id, "person": one.person_id, "doubt": SURE}
        conn.execute(_HOLD, {**row, "done": one.done, "arbiter": one.arbiter})
    for person in sorted({one.person_id for one in (*now, *then)}):
        inputs = sum(one.person_id == person for one in then) - sum(one.person_id == person for one in now)
        done = sum(one.done for one in then if one.person_id == person)
        done -= sum(one.done for one in now if one.person_id == person)
        if inputs or done:
            conn.execute(_DIFFER, {"task": task_id, "no": no, "person": person, "inputs": inputs, "done": done})


def progress(conn: sa.Connection, task_id: int, person_id: int) -> tuple[int, int, int, int]:
    """Inputs that wait for a person, and that they are through with; inputs that entered review, and are through."""
    query = sa.text("""
        SELECT coalesce(sum(inputs - done), 0)::bigint, coalesce(sum(done), 0)::bigint,
               (SELECT coalesce(sum(entered), 0)::bigint FROM shard WHERE task_id = :task),
               (SELECT coalesce(sum(reviewed), 0)::bigint FROM shard WHERE task_id = :task)
        FROM share WHERE task_id = :task AND person_id = :person
    """)
    mine_open, mine_done, entered, reviewed = conn.execute(query, {"task": task_id, "person": person_id}).one()
    return mine_open, mine_done, entered, reviewed
