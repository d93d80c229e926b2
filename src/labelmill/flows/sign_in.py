"""Who comes in: passwords, one-time tokens, sessions, access tokens; and how often one may try."""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import argon2
import sqlalchemy as sa

from labelmill.core.errors import BadCall, Conflict, NotSignedIn, TooOften
from labelmill.store import persons
from labelmill.store.database import Database
from labelmill.store.persons import Person

SESSION_LASTS = timedelta(days=30)
INVITATION_LASTS = timedelta(days=7)
WINDOW = timedelta(minutes=15)
"""How far back failed attempts count."""

TRIES = 5
"""Failed attempts for one name from one address; then both wait for the window to pass."""

TRIES_A_NAME = 50
"""From all addresses together: a person is not shut out by one who guesses, and yet cannot be guessed by many."""

TRIES_AN_ADDRESS = 50
SHORTEST_PASSWORD = 10
_ACCESS = "lm_"

_hasher = argon2.PasswordHasher()
_one_at_a_time = threading.Semaphore(2)  # each takes 64 MiB and a core: a flood of attempts shall not take all of them


@dataclass(frozen=True, slots=True)
class Known:
    """A person who is signed in. `secret` is that of the session; None for an access token."""

    person: Person
    secret: str | None = None

    @property
    def csrf(self) -> str | None:
        """What pages send along with changes: nobody who lacks the session's secret can know it."""
        return None if self.secret is None else _digest(f"csrf:{self.secret}").hex()


def with_password(database: Database, name: str, password: str, address: str) -> Known:
    """Sign in with a password. Raises NotSignedIn when it is wrong, TooOften after too many that were."""
    with database.begin() as conn:
        _not_too_often(conn, name, address)
        found = persons.by_name(conn, name)
    hashed = found.password if found else None
    right = _verified(hashed or _nobodys(), password)
    if found is None or hashed is None or found.disabled or not right:
        with database.begin() as conn:
            persons.note_failure(conn, name, address)
        raise NotSignedIn("Name and password do not match: try again.")
    with database.begin() as conn:
        persons.forget_failures(conn, name, address)
        return _opened(conn, found)


def with_token(database: Database, token: str, address: str) -> Known:
    """Sign in with a one-time token, which is void afterwards. Raises NotSignedIn, TooOften."""
    with database.begin() as conn:
        _not_too_often(conn, "", address)
        found = persons.take_one_time_token(conn, _digest(token))
        if found:
            return _opened(conn, found)
        persons.note_failure(conn, "", address)
    # a link that was used left no trace: so one sentence is for the owner's printed one and for invitations
    raise NotSignedIn(
        f"This link was used already, or is too old: a link lets in once, an invitation within {INVITATION_LASTS.days} "
        "days. Sign in by password if you have one, or ask who invited you for a new link; on the server's own machine "
        "'labelmill up' prints one."
    )


def by_session(conn: sa.Connection, secret: str) -> Known | None:
    """Whose session it is."""
    found = persons.of_session(conn, _digest(secret))
    return Known(found, secret) if found else None


def by_access_token(conn: sa.Connection, token: str) -> Known | None:
    """Whose access token it is."""
    found = persons.of_access_token(conn, _digest(token)) if token.startswith(_ACCESS) else None
    return Known(found) if found else None


def sign_out(conn: sa.Connection, secret: str) -> None:
    """End a session."""
    persons.close_session(conn, _digest(secret))


def change_password(database: Database, person: Person, new: str, current: str | None, address: str) -> Known:
    """Set a password; every session ends, and a new one begins. `current` is needed where there is one."""
    if person.password is not None:
        with database.begin() as conn:
            _not_too_often(conn, person.name, address)
        if not _verified(person.password, current or ""):
            with database.begin() as conn:
                persons.note_failure(conn, person.name, address)
            raise BadCall("The current password is not right.")
    hashed = hashed_password(new)
    with database.begin() as conn:
        persons.set_password(conn, person.id, hashed)
        return _opened(conn, person)


def hashed_password(password: str) -> str:
    """The argon2 hash of a password. Raises BadCall for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadCall(f"A password has at least {SHORTEST_PASSWORD} characters.")
    with _one_at_a_time:
        return _hasher.hash(password)


def one_time_token(conn: sa.Connection, person_id: int, lasts: timedelta) -> str:
    """A token that lets a person in once; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    persons.put_one_time_token(conn, _digest(token), person_id, lasts)
    return token


def rename(conn: sa.Connection, person: Person, name: str) -> None:
    """Give a person another name. Raises Conflict when it is taken, or stands for who works on the server's machine."""
    if persons.OWNER in (person.name, name) and person.name != name:
        raise Conflict(f"{persons.OWNER!r} is who works on this machine without signing in: that name is not changed.")
    persons.rename(conn, person.id, name)


def is_awaited(conn: sa.Connection, person_id: int) -> bool:
    """Whether a person has a one-time token that still lets them in: false once they came, or it is too late."""
    return persons.has_one_time_token(conn, person_id)


def access_token(
    conn: sa.Connection, person_id: int, name: str, lasts: timedelta | None
) -> tuple[str, sa.Row[tuple[object, ...]]]:
    """A new access token and its row; only its hash is kept."""
    token = _ACCESS + secrets.token_urlsafe(32)
    return token, persons.put_access_token(conn, _digest(token), person_id, name, lasts)


def _opened(conn: sa.Connection, person: Person) -> Known:
    secret = secrets.token_urlsafe(32)
    persons.open_session(conn, _digest(secret), person.id, SESSION_LASTS)
    return Known(person, secret)


def _not_too_often(conn: sa.Connection, name: str, address: str) -> None:
    seen = persons.failures(conn, name, address, WINDOW)
    if seen.both >= TRIES or seen.name >= TRIES_A_NAME or seen.address >= TRIES_AN_ADDRESS:
        raise TooOften("Too many failed attempts: wait a quarter of an hour.", int(WINDOW.total_seconds()))


@cache
def _nobodys() -> str:
    """A hash to check for names that nobody has, so that the time of an answer does not tell who is there."""
    return _hasher.hash(secrets.token_urlsafe())


def _verified(hashed: str, password: str) -> bool:
    try:
        with _one_at_a_time:
            return _hasher.verify(hashed, password)
    except argon2.exceptions.VerifyMismatchError:
        return False


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
