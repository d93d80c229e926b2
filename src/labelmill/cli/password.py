"""labelmill password: sets a person's password, by whoever may open the home."""

import getpass
import sys
from typing import Annotated

import typer

from labelmill.cli import shared
from labelmill.cli.home import opened
from labelmill.core.errors import BadCall, NotFound
from labelmill.flows import sign_in
from labelmill.settings import Settings
from labelmill.store import persons, projects


def command(name: Annotated[str, typer.Argument(help="Whose.")] = persons.OWNER, home: shared.Home = None) -> int:
    """Set a password; it is asked for, or read as one line from standard input. All sessions of the person end."""
    settings = Settings.from_environment(home=home)
    hashed = sign_in.hashed_password(_asked(name))
    with opened(settings) as database, database.begin() as conn:
        projects.owner(conn)
        person = persons.by_name(conn, name)
        if person is None:
            raise NotFound(f"There is no person {name!r}.")
        persons.set_password(conn, person.id, hashed)
    shared.tell(f"The password of {name} is set.")
    return 0


def _asked(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"New password of {name}: ")
    if getpass.getpass("Again: ") != first:
        raise BadCall("The two are not the same: nothing was changed.")
    return first
