"""Persons and what lets them in: passwords, sessions, one-time tokens, access tokens, failed attempts.

Secrets come here as their SHA-256: they are random, so that a slow hash would add nothing. Passwords come as argon2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from labelmill.core.errors import Conflict, NotFound
from labelmill.store import schema as t

OWNER = "owner"
"""The person who works on this machine without signing in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the server knows them; `password` is the hash, None where there is none.

    `muted`: kinds of notifications that they do not want.
    """

    id: int
    name: str
    operator: bool
    password: str | None
    disabled: bool
    muted: Sequence[str] = ()


_COLUMNS = [
    t.person.c.id, t.person.c.name, t.person.c.operator, t.person.c.password, t.person.c.disabled_at.is_not(None),
    t.person.c.muted,
]  # fmt: skip


def by_name(conn: sa.Connection, name: str) -> Person | None:
    """The person of a name."""
    return _one(conn, sa.select(*_COLUMNS).where(t.person.c.name == name))


def by_id(conn: sa.Connection, person_id: int) -> Person | None:
    """The person of an id."""
    return _one(conn, sa.select(*_COLUMNS).where(t.person.c.id == person_id))


def make(conn: sa.Connection, name: str) -> int | None:
    """The id of a new person; None when the name is taken."""
    row = insert(t.person).values(name=name).on_conflict_do_nothing().returning(t.person.c.id)
    return conn.execute(row).scalar()


def rename(conn: sa.Connection, person_id: int, name: str) -> None:
    """Give a person another name, also as the labeler of what they labeled. Raises Conflict when it is taken."""
    taken = sa.select(t.person.c.id).where(t.person.c.name == name, t.person.c.id != person_id)
    if conn.execute(taken).first():
        raise Conflict(f"There is somebody called {name!r} already: choose another name.")
    conn.execute(sa.update(t.person).where(t.person.c.id == person_id).values(name=name))
    conn.execute(sa.update(t.labeler).where(t.labeler.c.person_id == person_id).values(name=name))


def set_muted(conn: sa.Connection, person_id: int, kinds: Sequence[str]) -> None:
    """Keep which kinds of notifications a person does not want."""
    conn.execute(sa.update(t.person).where(t.person.c.id == person_id).values(muted=list(kinds)))


def set_password(conn: sa.Connection, person_id: int, password: str) -> None:
    """Keep another password's hash; all sessions and one-time tokens of the person end."""
    conn.execute(sa.update(t.person).where(t.person.c.id == person_id).values(password=password))
    for table in (t.session, t.one_time_token):
        conn.execute(sa.delete(table).where(table.c.person_id == person_id))


def set_disabled(conn: sa.Connection, person_id: int, disabled: bool) -> None:
    """Shut a person out, or let them in again; sessions and one-time tokens end, access tokens rest."""
    when = sa.func.now() if disabled else None
    found = conn.execute(sa.update(t.person).where(t.person.c.id == person_id).values(disabled_at=when))
    if not found.rowcount:
        raise NotFound(f"There is no person {person_id}.")
    for table in (t.session, t.one_time_token):
        conn.execute(sa.delete(table).where(table.c.person_id == person_id))


def anybody_has_password(conn: sa.Connection) -> bool:
    """Whether an operator can sign in with a password."""
    query = sa.select(t.person.c.id).where(t.person.c.operator, t.person.c.password.is_not(None))
    return conn.execute(query.limit(1)).first() is not None


def open_session(conn: sa.Connection, digest: bytes, person_id: int, lasts: timedelta) -> None:
    """Begin a session; sessions that are over are cleared away."""
    conn.execute(sa.delete(t.session).where(t.session.c.expires_at < sa.func.now()))
    row = insert(t.session).values(hash=digest, person_id=person_id, expires_at=sa.func.now() + lasts)
    conn.execute(row)


def of_session(conn: sa.Connection, digest: bytes) -> Person | None:
    """Whose session it is, while it lasts and they may come in."""
    query = sa.select(*_COLUMNS).join(t.session, t.session.c.person_id == t.person.c.id)
    return _one(conn, query.where(t.session.c.hash == digest, t.session.c.expires_at > sa.func.now(), _welcome()))


def close_session(conn: sa.Connection, digest: bytes) -> None:
    """End a session."""
    conn.execute(sa.delete(t.session).where(t.session.c.hash == digest))


def put_one_time_token(conn: sa.Connection, digest: bytes, person_id: int, lasts: timedelta) -> None:
    """Keep a token that lets somebody in once; an older one of the person is void."""
    conn.execute(sa.delete(t.one_time_token).where(t.one_time_token.c.person_id == person_id))
    row = insert(t.one_time_token).values(hash=digest, person_id=person_id, expires_at=sa.func.now() + lasts)
    conn.execute(row)


def has_one_time_token(conn: sa.Connection, person_id: int) -> bool:
    """Whether a token that lets a person in has still not been used, and can be."""
    one = t.one_time_token.c
    return bool(
        conn.execute(
            sa.select(sa.exists().where(one.person_id == person_id, one.expires_at > sa.func.now()))
        ).scalar_one()
    )


def take_one_time_token(conn: sa.Connection, digest: bytes) -> Person | None:
    """Whom a one-time token lets in; it is gone afterwards, also for another that comes at the same moment.

    One that came too late stays: that its person never used it is still true.
    """
    one = t.one_time_token
    valid = sa.delete(one).where(one.c.hash == digest, one.c.expires_at > sa.func.now())
    person_id = conn.execute(valid.returning(one.c.person_id)).scalar()
    return _one(conn, sa.select(*_COLUMNS).where(t.person.c.id == person_id, _welcome())) if person_id else None


def put_access_token(
    conn: sa.Connection, digest: bytes, person_id: int, name: str, lasts: timedelta | None
) -> sa.Row[Any]:
    """Keep an access token; its row as `access_tokens` gives it."""
    ends = None if lasts is None else sa.func.now() + lasts
    row = insert(t.access_token).values(hash=digest, person_id=person_id, name=name, expires_at=ends)
    return conn.execute(row.returning(*_TOKEN)).one()


def access_tokens(conn: sa.Connection, person_id: int) -> Sequence[sa.Row[Any]]:
    """A person's access tokens, newest first: id, name, created_at, used_at, expires_at."""
    query = sa.select(*_TOKEN).where(t.access_token.c.person_id == person_id).order_by(t.access_token.c.id.desc())
    return conn.execute(query).all()


def delete_access_token(conn: sa.Connection, person_id: int, token_id: int) -> None:
    """Make a person's access token void. Raises NotFound, also for somebody else's."""
    mine = sa.delete(t.access_token).where(t.access_token.c.id == token_id, t.access_token.c.person_id == person_id)
    if not conn.execute(mine).rowcount:
        raise NotFound(f"You have no access token {token_id}.")


def of_access_token(conn: sa.Connection, digest: bytes) -> Person | None:
    """Whose access token it is, while it lasts and they may come in; its last use is noted to the minute."""
    row = conn.execute(_OF_ACCESS_TOKEN, {"digest": digest}).first()
    if row is None:
        return None
    *person, long_ago = row
    if long_ago:
        conn.execute(_USED, {"digest": digest})
    return Person(*person)


# asked with every request: put together once
_OF_ACCESS_TOKEN = sa.text("""
SELECT p.id, p.name, p.operator, p.password, p.disabled_at IS NOT NULL, p.muted,
       o.used_at IS NULL OR o.used_at < now() - interval '1 minute'
FROM access_token o JOIN person p ON p.id = o.person_id
WHERE o.hash = :digest AND (o.expires_at IS NULL OR o.expires_at > now()) AND p.disabled_at IS NULL
""")

_USED = sa.text("""
UPDATE access_token SET used_at = now()
WHERE hash = :digest AND (used_at IS NULL OR used_at < now() - interval '1 minute')
""")


def note_failure(conn: sa.Connection, name: str, address: str) -> None:
    """Remember a failed attempt to sign in; those of yesterday are forgotten."""
    old = t.sign_in_failure.c.at < sa.func.now() - timedelta(days=1)
    conn.execute(sa.delete(t.sign_in_failure).where(old))
    conn.execute(insert(t.sign_in_failure).values(name=name, address=address))


def forget_failures(conn: sa.Connection, name: str, address: str) -> None:
    """Forget the failed attempts for a name from an address: it was the person, after all."""
    conn.execute(sa.delete(t.sign_in_failure).filter_by(name=name, address=address))


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts of the last while: for the name from this address, for the name, from this address."""

    both: int
    name: int
    address: int


def failures(conn: sa.Connection, name: str, address: str, within: timedelta) -> Failures:
    """Count failed attempts."""
    c = t.sign_in_failure.c
    same_name, same_address = c.name == name, c.address == address
    query = sa.select(
        sa.func.count().filter(same_name & same_address),
        sa.func.count().filter(same_name),
        sa.func.count().filter(same_address),
    ).where(c.at > sa.func.now() - within, same_name | same_address)
    return Failures(*conn.execute(query).one())


_TOKEN = [t.access_token.c[name] for name in ("id", "name", "created_at", "used_at", "expires_at")]


def _welcome() -> sa.ColumnElement[bool]:
    return t.person.c.disabled_at.is_(None)


def _one(conn: sa.Connection, query: sa.Select[Any]) -> Person | None:
    row = conn.execute(query).first()
    return Person(*row) if row else None
