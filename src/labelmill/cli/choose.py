"""Which mill a command talks to: what is typed goes before what the environment says."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from labelmill.cli.home import begun, media, opened, workers
from labelmill.cli.mill import Asked, Mill
from labelmill.core.errors import BadCall
from labelmill.core.input import Batch
from labelmill.engine import ahead
from labelmill.settings import Settings


@contextmanager
def chosen(home: Path | None, server: str | None, token: str | None, *, asked: Asked | None = None) -> Iterator[Mill]:
    """The server that is named, or else the home. Raises BadCall for both, or for a server without a token.

    `asked`: what is going to be annotated. Where that is on this machine, its source is read from now on.
    """
    if home is not None and server is not None:
        raise BadCall("--home and --server exclude each other: a server has a home of its own")
    settings = Settings.from_environment(home=home, server=server, token=token)
    if settings.server and home is None:
        # here, because they bring httpx2: time that work on this machine need not pay
        from labelmill.cli.remote import Remote
        from labelmill.client import Client

        with Client(settings.server, settings.token) as client:
            yield Remote(client)
        return
    with _read(asked, settings) as batches, begun(settings):
        # here, because they bring all that work takes: the source is read and the database starts meanwhile
        gc.disable()  # as for what was imported before (labelmill.__main__)
        from labelmill.engine import nursery

        gc.freeze()
        with nursery.forked(0 if asked is None else workers(settings)):
            from labelmill.cli.local import Local

            gc.freeze()
            gc.enable()
            with opened(settings) as database:
                yield Local(settings, database, batches)


@contextmanager
def _read(asked: Asked | None, settings: Settings) -> Iterator[Iterable[Batch]]:
    if asked is None:
        yield ()
        return
    with ahead.read(asked.source, media(settings), limit=asked.limit) as batches:
        yield batches
