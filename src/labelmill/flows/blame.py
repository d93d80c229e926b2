"""A worker's process died or hung: find the input that did it, and let the rest go on."""

from collections.abc import Sequence

import sqlalchemy as sa

from labelmill.core.annotation import Work
from labelmill.store import locks, shards, tasks
from labelmill.store.shards import Failed

TRIES = {"hung": 2}
"""How often one input may kill its process before it fails, by kind; others DEFAULT_TRIES."""

DEFAULT_TRIES = 3


def blame(conn: sa.Connection, task_id: int, no: int, suspects: Sequence[int], kind: str, message: str) -> None:
    """Narrow a death down to one input of an open shard.

    Several suspects are put into two shards of their own, one into one; an input that is alone in its shard is tried
    again until its tries are used up, then it fails with `kind` and `message`. A shard that turns out to be done (its
    worker died after the commit) is left as it is.
    """
    with conn.begin():
        locks.keep_inputs_of(conn, task_id)
        claim = shards.hold_open(conn, task_id, no)
        if claim is None:
            return
        waiting = [item.input_id for item in shards.items(conn, task_id, no)]
        suspects = [i for i in suspects if i in set(waiting)]
        if len(suspects) == 1 and len(waiting) == 1:
            if claim.attempts >= TRIES.get(kind, DEFAULT_TRIES):
                _fail(conn, task_id, no, suspects[0], kind, message)
        elif len(suspects) == 1:
            shards.isolate(conn, task_id, no, suspects, attempts=1)
        elif suspects:
            middle = len(suspects) // 2
            shards.isolate(conn, task_id, no, suspects[:middle], attempts=0)
            if len(suspects) < len(waiting):
                shards.isolate(conn, task_id, no, suspects[middle:], attempts=0)


def _fail(conn: sa.Connection, task_id: int, no: int, input_id: int, kind: str, message: str) -> None:
    terms = tasks.terms(conn, task_id, hold=True)
    work = Work.LABEL if terms.has_labelers else Work.NONE
    failed = [Failed(input_id, work, "predict", kind, message)]
    shards.close(conn, task_id, no, revision=terms.revision, settled=[], failed=failed, predictions=0)
