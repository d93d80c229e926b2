"""labelmill server: the HTTP server alone; `labelmill up` runs it with all that belongs to it."""

import gc
import socket
from typing import TYPE_CHECKING

from labelmill.cli import shared
from labelmill.cli.home import MIB, import_roots, machine, media, opened
from labelmill.cli.listen import PORT, Host, Port, address, check_password, hosts, listening
from labelmill.settings import Settings
from labelmill.store.database import Database

if TYPE_CHECKING:
    from labelmill.server.site import Site

_GOING_ON = 3
"""Seconds that requests which are under way get when the server stops."""


def command(host: Host = "127.0.0.1", port: Port = PORT, home: shared.Home = None) -> int:
    """Serve the pages and the API, and print the address once they answer; tasks need a worker beside it."""
    settings = Settings.from_environment(home=home)
    with opened(settings) as database:
        check_password(database, host, settings)
        with listening(host, port) as listener:
            _serve(_site(settings, database, host), listener, address(host, listener))
    return 0


def _serve(site: "Site", listener: socket.socket, place: str) -> None:
    from labelmill.server.app import make_app  # here and below: half a second that other commands need not pay
    from labelmill.server.serve import Server

    server = Server(make_app(site), place, _GOING_ON)
    gc.collect()
    gc.freeze()  # modules and routes stay to the end: a request would wait while they are looked through for garbage
    server.run(sockets=[listener])


def _site(settings: Settings, database: Database, host: str) -> "Site":
    from labelmill.server.site import Site

    given = machine(settings)
    return Site(
        database=database,
        home=settings.home,
        media=media(settings),
        hosts=hosts(host, settings),
        import_roots=import_roots(settings),
        max_file=given.max_bytes,
        max_pixels=given.max_pixels,
        max_upload=settings.max_upload_mb * MIB,
        trial_seconds=settings.trial_seconds,
        trial_memory=given.limits.most_memory,
    )
