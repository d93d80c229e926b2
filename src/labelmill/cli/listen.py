"""Where the server listens, and whether it may: who can reach an address decides what it takes to get in."""

import ipaddress
import socket
from typing import Annotated

import typer

from labelmill.core.errors import BadCall
from labelmill.settings import Settings
from labelmill.store import persons, projects
from labelmill.store.database import Database

PORT = 8347

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port; 0: any that is free.", min=0, max=65535)]


def is_private(host: str, settings: Settings) -> bool:
    """Whether only this machine can reach the server: a loopback address, and no proxy that passes others on."""
    return _is_loopback(host) and not settings.hosts


def hosts(host: str, settings: Settings) -> frozenset[str] | None:
    """The names by which the server may be called besides those of this machine; None: any."""
    if settings.hosts:
        return frozenset(name.strip().lower() for name in settings.hosts.split(",") if name.strip())
    return frozenset() if _is_loopback(host) else None


def check_password(database: Database, host: str, settings: Settings) -> None:
    """Raise BadCall where others than this machine can reach the server and nobody has a password yet."""
    if is_private(host, settings):
        return
    with database.begin() as conn:
        projects.owner(conn)
        if not persons.anybody_has_password(conn):
            raise BadCall(
                f"Others can reach a server on {host}, and its owner has no password: set one with 'labelmill "
                "password', then start again."
            )


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises BadCall when the address cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), int(address[1])), family=family, backlog=2048)
    except OSError as error:
        raise BadCall(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}. Choose another with --host and --port."
        ) from error


def address(host: str, listener: socket.socket) -> str:
    """What to open in a browser."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104 - told, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
