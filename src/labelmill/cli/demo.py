"""labelmill demo: everything as in `labelmill up`, with a project to look at, in a home of its own."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from labelmill.cli import shared, up
from labelmill.cli.home import cores, media
from labelmill.cli.listen import PORT, Port
from labelmill.cli.progress import Progress
from labelmill.core.errors import BadCall
from labelmill.engine import jobs
from labelmill.settings import Settings
from labelmill.store import postmaster
from labelmill.store.database import Database
from labelmill.store.embedded import where


def command(
    reset: Annotated[bool, typer.Option("--reset", help="Begin again: what was done in the demo goes.")] = False,
    port: Port = PORT,
    home: shared.Home = None,
) -> int:
    """Make a project of drawn photos and messages, start Labelmill on it, and print where it is."""
    given = Settings.from_environment(home=home)
    settings = replace(given, home=given.home / "demo", database_url="")
    if reset:
        _remove(settings.home)

    def make(database: Database) -> str:
        from labelmill.flows import demo  # here, because it draws: other commands start without what that needs

        with Progress() as progress:
            demo.make(
                database,
                media(settings),
                settings.home,
                jobs.enqueue,
                processes=cores(),
                on_drawn=lambda count: progress.drawing(count, demo.PHOTOS),
            )
        ahead = demo.ahead(database)
        return "/projects/{}/tasks/{}".format(*ahead) if ahead else ""

    return up.run(settings, "127.0.0.1", port, make)


def _remove(home: Path) -> None:
    if not home.exists():
        return
    place = where(home)
    if not place.folder.exists():
        raise BadCall(f"{home} holds no demo: nothing was removed. Name another --home, or move it away.")
    if postmaster.find(place.data):
        raise BadCall("The demo is running: stop it first, then --reset.")
    shutil.rmtree(place.folder, ignore_errors=True)  # it may lie elsewhere
    shutil.rmtree(home)
