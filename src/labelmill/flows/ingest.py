"""A source into a dataset: every item is read once, hashed, looked at, and kept or refused with its reason."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from labelmill.core.errors import BadCall, Unreadable
from labelmill.core.rejection import nothing_in
from labelmill.formats import image
from labelmill.formats.source import Found, Limits, Refused, open_source
from labelmill.store import inputs, tasks
from labelmill.store.database import Database
from labelmill.store.inputs import NewInput, Rejection
from labelmill.store.media import Media, digest_of

BATCH = 1000
"""Items in one transaction. A crash between two loses nothing: reading the source again finds the first ones there."""


BATCH_CHARACTERS = 16_000_000
"""Characters of text after which a batch ends before it is full."""


def ingest(
    database: Database,
    media: Media,
    source: Path,
    *,
    project_id: int,
    dataset_id: int,
    max_bytes: int,
    max_pixels: int,
    limit: int | None = None,
    on_batch: Callable[[int], None] = lambda _: None,
) -> int:
    """Read what a source holds into a dataset; how many items there were.

    `limit`: only the first so many. `on_batch` hears how many were read so far. Tasks that stand on the dataset get
    what is new. Raises BadCall when the source is none, or holds nothing.
    """
    items = islice(open_source(source, limits=Limits(max_bytes=max_bytes)), limit)
    with database.begin() as conn:
        fresh = inputs.is_fresh(conn, dataset_id)

    def save(batch: list[NewInput | Rejection]) -> int:
        good = [item for item in batch if isinstance(item, NewInput)]
        with database.begin() as conn:
            if good:
                inputs.add(conn, project_id, dataset_id, good, fresh=fresh)
            if bad := [item for item in batch if isinstance(item, Rejection)]:
                inputs.reject(conn, project_id, dataset_id, bad)
        return len(batch)

    read = 0
    for saved in _one_behind(save, _in_batches(_looked_at(items, media, max_pixels))):
        read += saved
        on_batch(read)
    if not read:
        raise BadCall(nothing_in(source))
    return read


def extend_standing(database: Database, dataset_id: int, enqueue: Callable[..., None]) -> dict[int, int]:
    """Give the tasks that stand on a dataset its new inputs and queue them: how many, by task."""
    with database.begin() as conn:
        grown = {task_id: tasks.extend(conn, task_id) for task_id in tasks.standing_on(conn, dataset_id)}
        for task_id, count in grown.items():
            if count:
                enqueue(conn, task_id)
    return {task_id: count for task_id, count in grown.items() if count}


def _looked_at(items: Iterable[Found | Refused], media: Media, max_pixels: int) -> Iterator[NewInput | Rejection]:
    for item in items:
        if isinstance(item, Refused):
            yield Rejection(item.name, item.uri, item.kind, item.message)
            continue
        try:
            yield _new_input(item, media, max_pixels)
        except Unreadable as error:
            yield Rejection(item.name, item.uri, error.kind, str(error))


def _new_input(item: Found, media: Media, max_pixels: int) -> NewInput:
    if item.text is not None:
        digest = digest_of(item.text.encode())
        return NewInput(item.name, item.uri, digest, "text", text=item.text)
    data = item.data or b""
    header = image.read_header(data, max_pixels=max_pixels)
    digest = digest_of(data)
    location = f"file:{item.path}" if item.path is not None else media.put(data, digest)
    return NewInput(item.name, item.uri, digest, "image", header.width, header.height, location=location)


def _one_behind(
    save: Callable[[list[NewInput | Rejection]], int], batches: Iterator[list[NewInput | Rejection]]
) -> Iterator[int]:
    """Save each batch while the next one is read; at most two are in memory."""
    with ThreadPoolExecutor(1) as thread:
        under_way: Future[int] | None = None
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
