"""A source into a dataset: every item is read once, hashed, looked at, and kept or refused with its reason."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa

from labelmill.core.errors import BadCall, Unreadable
from labelmill.core.rejection import nothing_in
from labelmill.formats import image
from labelmill.formats.source import Found, Limits, Refused, open_source
from labelmill.store import inputs, locks, tasks
from labelmill.store.database import Database
from labelmill.store.inputs import NewInput, Rejection
from labelmill.store.media import Media, digest_of

BATCH = 1000
"""Items in one transaction. A crash between two loses nothing: reading the source again finds the first ones there."""


BATCH_CHARACTERS = 16_000_000
"""Characters of text after which a batch ends before it is full."""


@dataclass(slots=True)
class Taken:
    """How many items of a source were read so far, and how many of them refused."""

    read: int = 0
    refused: int = 0


def ingest(
    database: Database,
    media: Media,
    source: Path,
    *,
    project_id: int,
    dataset_id: int,
    max_bytes: int,
    limit: int | None = None,
    within: Path | None = None,
    on_batch: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Read what a source holds into a dataset.

    `limit`: only the first so many. `within`: a folder that no link leads out of. `on_batch` hears how far it is.
    Raises BadCall when the source is none, or holds nothing.
    """
    items = islice(open_source(source, limits=Limits(max_bytes=max_bytes), within=within), limit)
    taken = take_in(database, media, items, project_id=project_id, dataset_id=dataset_id, on_batch=on_batch)
    if not taken.read:
        raise BadCall(nothing_in(source))
    return taken


def take_in(
    database: Database,
    media: Media,
    items: Iterable[Found | Refused],
    *,
    project_id: int,
    dataset_id: int | None,
    on_batch: Callable[[Taken], None] = lambda _: None,
    on_refused: Callable[[Rejection], None] = lambda _: None,
    on_kept: Callable[[sa.Connection, int], None] = lambda _conn, _count: None,
) -> Taken:
    """Put items into a project and a dataset, or none: kept in batches, or refused with their reasons.

    `on_refused` hears of each refusal; where there is a dataset, they are recorded in it, too. `on_kept` hears, in the
    transaction of each batch, how many items it keeps.
    """
    with database.begin() as conn:
        fresh = dataset_id is not None and inputs.is_fresh(conn, dataset_id)

    def save(batch: list[NewInput | Rejection]) -> list[NewInput | Rejection]:
        good = [item for item in batch if isinstance(item, NewInput)]
        bad = [item for item in batch if isinstance(item, Rejection)]
        with database.begin() as conn:
            if good:
                inputs.add(conn, project_id, dataset_id, good, fresh=fresh)
                on_kept(conn, len(good))
            if bad and dataset_id is not None:
                inputs.reject(conn, project_id, dataset_id, bad)
        return batch

    taken = Taken()
    with locks.storing(database):
        for saved in _one_behind(save, _in_batches(_looked_at(items, media))):
            refused = [item for item in saved if isinstance(item, Rejection)]
            taken.read, taken.refused = taken.read + len(saved), taken.refused + len(refused)
            for one in refused:
                on_refused(one)
            on_batch(taken)
    return taken


def extend_standing(database: Database, dataset_id: int, enqueue: Callable[..., None]) -> dict[int, int]:
    """Give the tasks that stand on a dataset its new inputs and queue them: how many, by task."""
    with database.begin() as conn:
        grown = {task_id: tasks.extend(conn, task_id) for task_id in tasks.standing_on(conn, dataset_id)}
        for task_id, count in grown.items():
            if count:
                enqueue(conn, task_id)
    return {task_id: count for task_id, count in grown.items() if count}


AHEAD = 4
"""Images that are looked at while the next is read; so many are in memory."""


def _looked_at(items: Iterable[Found | Refused], media: Media) -> Iterator[NewInput | Rejection]:
    """In order. Images are hashed on a thread of their own, which leaves this one free to read."""
    with ThreadPoolExecutor(1) as thread:
        ahead: deque[Future[NewInput | Rejection]] = deque()
        for item in items:
            if isinstance(item, Found) and item.data is not None:
                ahead.append(thread.submit(_looked, item, media))
                if len(ahead) == AHEAD:
                    yield ahead.popleft().result()
                continue
            while ahead:
                yield ahead.popleft().result()
            yield _looked(item, media)
        while ahead:
            yield ahead.popleft().result()


def _looked(item: Found | Refused, media: Media) -> NewInput | Rejection:
    if isinstance(item, Refused):
        return Rejection(item.name, item.uri, item.kind, item.message)
    try:
        return _new_input(item, media)
    except Unreadable as error:
        return Rejection(item.name, item.uri, error.kind, str(error))


def _new_input(item: Found, media: Media) -> NewInput:
    if item.text is not None:
        digest = digest_of(item.text.encode())
        return NewInput(item.name, item.uri, digest, "text", text=item.text)
    data = item.data or b""
    header = image.read_header(data, max_pixels=media.max_pixels)
    digest = digest_of(data)
    location = f"file:{item.path}" if item.path is not None else media.put(data, digest)
    return NewInput(item.name, item.uri, digest, "image", header.width, header.height, location=location)


_Batch: TypeAlias = list[NewInput | Rejection]


def _one_behind(save: Callable[[_Batch], _Batch], batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """Save each batch while the next one is read, and hand it on; at most two are in memory."""
    with ThreadPoolExecutor(1) as thread:
        under_way: Future[_Batch] | None = None
        for batch in batches:
            if under_way is not None:
                yield under_way.result()
            under_way = thread.submit(save, batch)
        if under_way is not None:
            yield under_way.result()


def _in_batches(items: Iterator[NewInput | Rejection]) -> Iterator[list[NewInput | Rejection]]:
    batch: list[NewInput | Rejection] = []
    characters = 0
    for item in items:
        batch.append(item)
        characters += len(item.text or "") if isinstance(item, NewInput) else 0
        if len(batch) == BATCH or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
