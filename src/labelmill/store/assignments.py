"""Which reviewer has which input. The number that each has is summed from shares, one row per shard and reviewer."""

from collections.abc import Sequence

import sqlalchemy as sa

from labelmill.core.partition import spread
from labelmill.store import locks
from labelmill.store.database import copy_rows

_LOADS = sa.text("""
SELECT r.person_id, coalesce(sum(s.inputs), 0)
FROM reviewer r LEFT JOIN share s ON s.task_id = r.task_id AND s.person_id = r.person_id
WHERE r.task_id = :task GROUP BY r.person_id ORDER BY r.person_id
""")

_SHARE = sa.text("""
INSERT INTO share (task_id, no, person_id, inputs) VALUES (:task, :no, :person, :n)
ON CONFLICT (task_id, no, person_id) DO UPDATE SET inputs = share.inputs + excluded.inputs
""")


def assign(conn: sa.Connection, task_id: int, no: int, input_ids: Sequence[int]) -> None:
    """Give inputs of a shard to the reviewers who have the fewest, under a lock held until the transaction ends."""
    if not input_ids:
        return
    locks.hold(conn, task_id, locks.ASSIGNING)
    loads = {person: int(n) for person, n in conn.execute(_LOADS, {"task": task_id})}
    chosen = spread(len(input_ids), loads)
    pairs = [(task_id, i, person) for i, person in zip(input_ids, chosen, strict=False)]
    copy_rows(conn, "assignment (task_id, input_id, person_id)", pairs, ("int4", "int8", "int8"))
    given = [{"task": task_id, "no": no, "person": p, "n": chosen.count(p)} for p in sorted(set(chosen))]
    if given:
        conn.execute(_SHARE, given)


_UNASSIGN = sa.text("""
WITH gone AS (
    DELETE FROM assignment WHERE task_id = :task AND input_id = ANY(:ids) AND done_at IS NULL RETURNING person_id
), per AS (SELECT person_id, count(*) AS n FROM gone GROUP BY person_id)
UPDATE share SET inputs = inputs - per.n FROM per
WHERE task_id = :task AND no = :no AND share.person_id = per.person_id
""")


def unassign(conn: sa.Connection, task_id: int, no: int, input_ids: Sequence[int]) -> None:
    """Take open inputs of a shard back from their reviewers."""
    locks.hold(conn, task_id, locks.ASSIGNING)
    conn.execute(_UNASSIGN, {"task": task_id, "no": no, "ids": list(input_ids)})


def finish(conn: sa.Connection, task_id: int, input_ids: Sequence[int]) -> None:
    """Mark inputs as done by their reviewers."""
    done = sa.text("""
        UPDATE assignment SET done_at = now() WHERE task_id = :task AND input_id = ANY(:ids) AND done_at IS NULL
    """)
    conn.execute(done, {"task": task_id, "ids": list(input_ids)})


def next_inputs(conn: sa.Connection, task_id: int, person_id: int, *, after: int = 0, limit: int = 10) -> list[int]:
    """The next inputs that wait for a reviewer, by id; a keyset page of at most `limit`."""
    query = sa.text("""
        SELECT input_id FROM assignment
        WHERE task_id = :task AND person_id = :person AND done_at IS NULL AND input_id > :after
        ORDER BY input_id LIMIT :limit
    """)
    wanted = {"task": task_id, "person": person_id, "after": after, "limit": limit}
    return list(conn.execute(query, wanted).scalars())
