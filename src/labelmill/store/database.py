"""A connection to PostgreSQL: the embedded one or one's own; its checks, its schema, its faults in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict

from labelmill.core.errors import BadCall, Conflict, StoreFault
from labelmill.store.arrays import QuickLists

HEAD = "0007"
"""The newest migration: a start compares one row with it and loads Alembic only when they differ."""

OLDEST_POSTGRESQL = 15

MOST_CONNECTIONS = 48
"""More than a server has threads (40), and fewer than half of what PostgreSQL gives by default (100)."""


class Database:
    """Opens transactions on one database. Cheap to make; connections are pooled and made on first use.

    `url` is a libpq URL (`postgresql://user:password@host/name`); raises BadCall for any other.
    """

    def __init__(self, url: str) -> None:
        _check(url)
        self.url = url
        self._engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=lambda: _connect(url),
            pool_pre_ping=False,
            pool_size=8,
            max_overflow=MOST_CONNECTIONS - 8,
        )

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back on an error. Raises StoreFault when it is lost."""
        with faults(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """One state of the database for all that is read, whatever happens in the meantime. Raises StoreFault."""
        with self.begin() as conn:
            conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield conn

    @contextmanager
    def session(self) -> Iterator[sa.Connection]:
        """One connection for long, with transactions as its user begins them; session locks die with it."""
        with faults(), self._engine.connect() as conn:
            try:
                yield conn
            finally:
                conn.invalidate()  # closed, not kept for the next one with the locks it holds

    def prepare(self) -> None:
        """Check what the server offers and bring the schema up to date.

        Raises BadCall with one sentence that names everything the server lacks.
        """
        with self.begin() as conn:
            if _revision(conn) == HEAD:
                return
            if lacking := lacks(conn):
                raise BadCall(f"This PostgreSQL cannot be used: {'; '.join(lacking)}.")
        self._migrate()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "labelmill:store/migrations")
        with self.begin() as conn:
            conn.execute(sa.text("SELECT pg_advisory_xact_lock(7033712)"))  # two commands at once migrate once
            config.attributes["connection"] = conn
            command.upgrade(config, "head")


def _connect(url: str) -> psycopg.Connection[Any]:
    conn = psycopg.connect(url, connect_timeout=20)
    conn.adapters.register_dumper(list, QuickLists)
    return conn


def _check(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # neither the address nor what libpq says of it: both hold the password
        raise BadCall(
            "LABELMILL_DATABASE_URL is no PostgreSQL address: it has the form postgresql://user:password@host/name, "
            "with special characters as %XX and with no parameters but those of libpq."
        ) from None


def lacks(conn: sa.Connection) -> list[str]:
    """What this PostgreSQL lacks for Labelmill, as sentences; empty when it will do."""
    lacking = []
    version = conn.execute(sa.text("SELECT current_setting('server_version_num')::int")).scalar_one()
    if version < OLDEST_POSTGRESQL * 10_000:
        lacking.append(f"it is version {version // 10_000}, Labelmill needs {OLDEST_POSTGRESQL} or newer")
    if not conn.execute(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")).scalar():
        lacking.append("the extension pgvector is not installed on its server (package postgresql-NN-pgvector)")
    elif not conn.execute(sa.text(_MAY_EXTEND)).scalar():
        lacking.append("its user may not create the extension: let a superuser run CREATE EXTENSION vector once")
    if not conn.execute(sa.text("SELECT has_schema_privilege(current_schema(), 'CREATE')")).scalar():
        lacking.append("its user may not create tables: grant CREATE on the schema to it")
    return lacking


_MAY_EXTEND = """
SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector')
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR EXISTS (SELECT 1 FROM pg_available_extension_versions WHERE name = 'vector' AND trusted)
       AND has_database_privilege(current_database(), 'CREATE')
"""


def _revision(conn: sa.Connection) -> str | None:
    if conn.execute(sa.text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    return cast("str | None", conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


@contextmanager
def faults() -> Iterator[None]:
    """Turn what the driver raises when the database goes away or is full into a StoreFault."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _fault(error.orig, error) from error
    except sa.exc.TimeoutError as error:
        raise StoreFault("Every connection to the database is busy: try again in a moment.") from error
    except psycopg.Error as error:
        raise _fault(error, error) from error


def _fault(cause: BaseException | None, error: Exception) -> Exception:
    if isinstance(cause, pg.DiskFull):
        return StoreFault("The disk that holds the database is full: free some space, then go on.")
    if isinstance(cause, pg.TooManyConnections):
        return StoreFault("The database has no connection left: stop other programs that use it, or raise its limit.")
    if isinstance(cause, pg.UniqueViolation) and (cause.diag.constraint_name or "").endswith("_name"):
        return Conflict("There is one of this name already: choose another name.")
    if isinstance(cause, pg.ForeignKeyViolation):
        return Conflict("What it belongs to was deleted in between.")
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        said = str(cause).strip().splitlines()
        return StoreFault(f"The database stopped or cannot be reached ({said[0] if said else 'connection lost'}).")
    return error


def driver(conn: sa.Connection) -> psycopg.Connection[Any]:
    """The psycopg connection under a SQLAlchemy one, for COPY; it shares the transaction."""
    return cast("psycopg.Connection[Any]", conn.connection.driver_connection)


def copy_lines(conn: sa.Connection, into: str, lines: Iterable[str]) -> None:
    """COPY rows that are lines of PostgreSQL's text format already.

    For numbers and words of ours alone: what could hold a tab, a line break or a backslash goes another way.
    """
    with driver(conn).cursor().copy(f"COPY {into} FROM STDIN") as copy:
        copy.write("".join(lines))
