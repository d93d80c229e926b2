"""Which mill a command talks to: what is typed goes before what the environment says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelmill.cli.home import machine, opened
from labelmill.cli.local import Local
from labelmill.cli.mill import Mill
from labelmill.core.errors import BadCall
from labelmill.engine import nursery
from labelmill.settings import Settings


@contextmanager
def chosen(home: Path | None, server: str | None, token: str | None, *, works: bool = False) -> Iterator[Mill]:
    """The server that is named, or else the home. Raises BadCall for both, or for a server without a token.

    `works`: a model is going to run, on this machine if there is no server.
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
    if works:
        nursery.fork(machine(settings).workers)
    with opened(settings) as database:
        yield Local(settings, database)
