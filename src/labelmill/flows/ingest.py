"""What was read of a source into a dataset."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from labelmill.core.errors import BadCall
from labelmill.core.input import Batch, NewInput, Rejection
from labelmill.core.rejection import nothing_in
from labelmill.store import activity, inputs, locks, projects, tasks
from labelmill.store.database import Database


@dataclass(slots=True)
class Taken:
    """How many items of a source were read so far, and how many of them refused."""

    read: int = 0
    refused: int = 0


def ingest(
    database: Database,
    source: Path,
    batches: Iterable[Batch],
    *,
    project_id: int,
    dataset_id: int,
    on_batch: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Take what a source holds (flows.read) into a dataset; `on_batch` hears how far it is.

    Its batches do not wait for the disk: with whatever the caller commits next they are there for good, and a source
    can be read again. Raises BadCall when the source is none, or holds nothing.
    """
    taken = take_in(database, batches, project_id=project_id, dataset_id=dataset_id, on_batch=on_batch, lasting=False)
    if not taken.read:
        raise BadCall(nothing_in(source))
    return taken


def take_in(
    database: Database,
    batches: Iterable[Batch],
    *,
    project_id: int,
    dataset_id: int | None,
    on_batch: Callable[[Taken], None] = lambda _: None,
    on_refused: Callable[[Rejection], None] = lambda _: None,
    on_kept: Callable[[sa.Connection, int], None] = lambda _conn, _count: None,
    lasting: bool = True,
) -> Taken:
    """Put what was read into a project and a dataset, or none; each batch in a transaction, while the next is read.

    `on_refused` hears of each refusal; where there is a dataset, they are recorded in it, too. `on_kept` hears, in the
    transaction of each batch, how many items it keeps. `lasting`: a batch that is told of outlives a power cut.
    """
    with database.begin() as conn:
        fresh = dataset_id is not None and inputs.is_fresh(conn, dataset_id)

    def save(batch: Batch) -> Batch:
        good = [item for item in batch if isinstance(item, NewInput)]
        bad = [item for item in batch if isinstance(item, Rejection)]
        with database.begin() as conn:
            if not lasting:
                conn.execute(sa.text("SET LOCAL synchronous_commit = off"))
            if good:
                inputs.add(conn, project_id, dataset_id, good, fresh=fresh)
                on_kept(conn, len(good))
            if bad and dataset_id is not None:
                inputs.reject(conn, project_id, dataset_id, bad)
        return batch

    taken = Taken()
    with locks.storing(database):
        for saved in _one_behind(save, batches):
            refused = [item for item in saved if isinstance(item, Rejection)]
            taken.read, taken.refused = taken.read + len(saved), taken.refused + len(refused)
            for one in refused:
                on_refused(one)
            on_batch(taken)
    return taken


def tell(
    conn: sa.Connection, project_id: int, person_id: int, source: Path, dataset_id: int, taken: Taken, *, failed: bool
) -> None:
    """Tell an import in the activity of its project; where the source lies is not for all who see that.

    `failed`: it ended before all was read.
    """
    told = {
        "name": source.name, "dataset": projects.dataset_name(conn, dataset_id), "dataset_id": dataset_id,
        "inputs": taken.read - taken.refused, "refused": taken.refused, "failed": failed,
    }  # fmt: skip
    activity.record(conn, project_id, person_id, "import_inputs", detail=told)


def extend_standing(database: Database, dataset_id: int, enqueue: Callable[..., None]) -> dict[int, int]:
    """Give the tasks that stand on a dataset its new inputs and queue them: how many, by task."""
    with database.begin() as conn:
        grown = {task_id: tasks.extend(conn, task_id) for task_id in tasks.standing_on(conn, dataset_id)}
        for task_id, count in grown.items():
            if count:
                enqueue(conn, task_id)
    return {task_id: count for task_id, count in grown.items() if count}


def _one_behind(save: Callable[[Batch], Batch], batches: Iterable[Batch]) -> Iterator[Batch]:
    """Save each batch while the next one is read, and hand it on; at most two are in memory."""
    with ThreadPoolExecutor(1) as thread:
        under_way: Future[Batch] | None = None
        for batch in batches:
            if under_way is not None:
                yield under_way.result()
            under_way = thread.submit(save, batch)
        if under_way is not None:
            yield under_way.result()
