"""What a task stands at, in the words and shape that the command, the API and the pages share."""

from typing import Any, Literal

import sqlalchemy as sa

from labelmill.store import counts, shards, tasks
from labelmill.store.heads import Head
from labelmill.store.tasks import TaskRow

FAILURES_SHOWN = 100


Status = Literal["waiting", "running", "paused", "complete", "cancelled", "failed"]


def status(row: TaskRow, ledger: counts.Ledger, *, alive: bool) -> Status:
    """`failed` (the model cannot run), `cancelled`, `complete`, `paused`, `running`, or `waiting` for a worker.

    What people label runs until nothing of it waits.
    """
    return _status(row, ledger.waiting + ledger.outdated, alive=alive)


def status_of(head: Head, *, alive: bool) -> Status:
    """The same of a task's head."""
    return _status(head, head.waiting + head.deciding, alive=alive)


def _status(row: TaskRow | Head, left: int, *, alive: bool) -> Status:
    if row.error is not None:
        return "failed"
    if row.cancelled_at is not None:
        return "cancelled"
    if not left:
        return "complete"
    if row.paused_at is not None:
        return "paused"
    return "running" if alive or row.model is None else "waiting"


def report(conn: sa.Connection, task_id: int) -> dict[str, Any]:
    """A task's numbers with its first failures, and why its model cannot run where that is so."""
    row = tasks.row(conn, task_id)
    said = numbers(conn, task_id) | {"failures": list(counts.failures(conn, task_id, limit=FAILURES_SHOWN))}
    return said if row.error is None else said | {"error": row.error}


def numbers(conn: sa.Connection, task_id: int) -> dict[str, Any]:
    """A task's numbers: sources = inputs + duplicates + rejected, inputs = waiting + annotated + empty + failed."""
    row = tasks.row(conn, task_id)
    ledger = counts.ledger(conn, task_id)
    rejected = counts.rejected(conn, task_id)
    sources = counts.sources(conn, task_id) + rejected
    return {
        "task": task_id,
        "name": row.name,
        "status": status(row, ledger, alive=task_id in shards.alive(conn)),
        "sources": sources,
        "duplicates": sources - rejected - ledger.inputs,
        "rejected": rejected,
        "inputs": ledger.inputs,
        "waiting": ledger.waiting,
        "annotated": ledger.annotated,
        "empty": ledger.empty,
        "failed": ledger.failed,
        "predictions": ledger.predictions,
        "annotations": {"success": 0, "awaiting_review": 0, **counts.annotations(conn, task_id)},
        "concepts": counts.bands(conn, task_id),
        "seconds": round(row.ingest_seconds + row.annotate_seconds, 3),
        "ingest_seconds": round(row.ingest_seconds, 3),
        "annotate_seconds": round(row.annotate_seconds, 3),
        "failures_total": rejected + ledger.failed,
    }


def listing(conn: sa.Connection) -> list[dict[str, Any]]:
    """All tasks, newest first, with their ledgers."""
    alive = shards.alive(conn)
    said = []
    for row, ledger in counts.all_ledgers(conn):
        numbers = {name: getattr(ledger, name) for name in ("inputs", "waiting", "annotated", "empty", "failed")}
        head = {"id": row.id, "name": row.name, "status": status(row, ledger, alive=row.id in alive)}
        made = {"project": row.project, "dataset": row.dataset, "model": row.model}
        said.append({**head, **numbers, **made, "created_at": row.created_at.isoformat()})
    return said
