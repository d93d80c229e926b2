"""labelmill doctor: what works here, what does not, and what to do about it."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from labelmill import __version__
from labelmill.cli import shared
from labelmill.cli.home import cores, media, opened, trial_bounds
from labelmill.core.errors import BadCard, LabelmillError
from labelmill.engine import trial
from labelmill.flows import catalog
from labelmill.settings import Settings
from labelmill.store.database import lacks
from labelmill.store.embedded import where

LITTLE_DISK = 2**30


class Finding(NamedTuple):
    """One line of the doctor's: `advice` is set when something should be done."""

    what: str
    said: str
    advice: str = ""


def command(as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """Look at everything Labelmill needs on this machine."""
    settings = Settings.from_environment(home=home)
    findings = [
        finding
        for what, look in (("Machine", _machine), ("Home", _home), ("Database", _database), ("Models", _models))
        for finding in _looked(what, look, settings)
    ]
    if as_json:
        shared.put_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            print(f"{'!!' if finding.advice else 'ok'}  {finding.what}: {finding.said}")
            if finding.advice:
                print(f"    -> {finding.advice}")
    return 1 if any(finding.advice for finding in findings) else 0


def _looked(what: str, look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (LabelmillError, OSError) as error:
        yield Finding(what, "does not work", str(error))


def _machine(_settings: Settings) -> Iterator[Finding]:
    yield Finding("Labelmill", f"{__version__} on Python {platform.python_version()}, {sys.platform}, {cores()} cores")


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass  # permissions alone do not tell: what the home lies on may be read-only
    except OSError as error:
        advice = f"{error.strerror}: let this account write to it, or name another with --home or LABELMILL_HOME."
        yield Finding("Home", f"{settings.home} cannot be written to", advice)
        return
    free = shutil.disk_usage(settings.home).free
    advice = "Free some space: runs stop, resumable, when the disk is full." if free < LITTLE_DISK else ""
    yield Finding("Home", f"{settings.home}, {free / 2**30:.1f} GiB free", advice)


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url:
        place = where(settings.home)
        account = f", run by {place.account.name}" if place.account else ""
        yield Finding("Embedded database", f"in {place.data}{account}")
    with opened(settings) as database, database.begin() as conn:
        version = conn.execute(sa.text("SHOW server_version")).scalar_one()
        vector = conn.execute(sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")).scalar_one()
        missing = "; ".join(lacks(conn))
        yield Finding("Database", f"PostgreSQL {version} with pgvector {vector}", missing)


def _models(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as database:
        cards = catalog.listed(database, settings.home)
    for name, card, _ in cards:
        if isinstance(card, BadCard):
            yield Finding(f"Model {name}", "is broken", str(card))
            continue
        try:
            trial.try_to_load(card, media(settings), trial_bounds(settings))
        except LabelmillError as error:
            yield Finding(f"Model {card.name}", "cannot be loaded", str(error))
        else:
            yield Finding(f"Model {card.name}", f"loads ({card.makes}, {len(card.offered)} concepts)")
