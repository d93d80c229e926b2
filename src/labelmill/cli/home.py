"""What lies in a home and what this machine gives: the open database, the bytes, the workers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from labelmill.cli.shared import tell
from labelmill.settings import Settings
from labelmill.store.embedded import Embedded
from labelmill.store.media import Media

if TYPE_CHECKING:  # imported where they are used: what reads a source ahead does without
    from labelmill.engine.local import Machine
    from labelmill.engine.trial import Bounds
    from labelmill.store.database import Database

MIB = 2**20


@contextmanager
def begun(settings: Settings) -> Iterator[None]:
    """The embedded database of a home is started while the caller imports what works with it."""
    if settings.database_url:
        yield
        return
    embedded = Embedded(settings.home, on_wait=tell)
    embedded.begin()
    try:
        yield
    finally:
        embedded.leave()


@contextmanager
def opened(settings: Settings) -> Iterator["Database"]:
    """The database of a home, started if need be and left to others or stopped at the end."""
    if settings.database_url:
        with _prepared(settings.database_url) as database:
            yield database
        return
    with Embedded(settings.home, on_wait=tell) as url, _prepared(url) as database:
        yield database


@contextmanager
def _prepared(url: str) -> Iterator["Database"]:
    from labelmill.store.database import Database

    database = Database(url)
    try:
        database.prepare()
        yield database
    finally:
        database.close()


def media(settings: Settings) -> Media:
    """The bytes of a home."""
    most = {"max_bytes": settings.max_file_mb * MIB, "max_pixels": settings.max_megapixels * 1_000_000}
    return Media(settings.home / "media", **most)


def import_roots(settings: Settings) -> tuple[Path, ...]:
    """The folders below which pages may import."""
    return tuple(Path(root).expanduser() for root in settings.import_roots.split(os.pathsep) if root)


def machine(settings: Settings) -> "Machine":
    """What this machine gives to a run."""
    from labelmill.engine import local

    return local.Machine(
        home=settings.home,
        workers=workers(settings),
        limits=local.Limits(settings.batch_seconds, settings.load_seconds, settings.worker_memory_mb * MIB),
        max_bytes=settings.max_file_mb * MIB,
        max_pixels=settings.max_megapixels * 1_000_000,
    )


def trial_bounds(settings: Settings) -> "Bounds":
    """What a model may take that the command tries: as much as a worker for one batch."""
    from labelmill.engine.trial import Bounds

    limits = machine(settings).limits
    return Bounds(limits.load_seconds + limits.batch_seconds, limits.most_memory)


def workers(settings: Settings) -> int:
    """How many worker processes a run has: one a core unless the settings say otherwise."""
    return settings.workers or cores()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
