"""Databases to test with: copied from a prepared one, and emptied rather than copied again where that will do."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from labelmill.store.place import prepare, where
from labelmill.store.postmaster import DATABASE

_LARGE = 64 * 2**20
"""Bytes beyond which a used database is dropped: deleted rows still take room in it."""

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
"""
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'prediction'::regclass"
_SHAPE = """
SELECT (SELECT md5(string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum))
        FROM pg_attribute WHERE attrelid >= 16384),
       (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc),
       (SELECT string_agg(version_num, ',') FROM alembic_version)
"""
_OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"  # fmt: skip # noqa: E501
_USED_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL AND schemaname = 'public'"


def furnish(home: Path, database: Path) -> None:
    """Give a home that has none a copy of a stopped database, by its folder: making one takes fifty times as long."""
    place = where(home)
    prepare(place)
    subprocess.run(["cp", "-a", database / "data", database / "password", place.folder], check=True)


@dataclass
class Scratch:
    """Empty, prepared databases on one server; `url` is that of a prepared one, which is copied and left alone."""

    url: str
    _spare: list[str] = field(default_factory=list)
    _made: int = 0
    _shape: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        with psycopg.connect(self.url) as line:
            self._shape = line.execute(_SHAPE).fetchone() or ()

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database; whoever is still connected at the end is thrown out."""
        name = self._spare.pop() if self._spare else self._copy()
        try:
            yield self._named(name)
        finally:
            if self._emptied(name):
                self._spare.append(name)
            else:
                self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _copy(self) -> str:
        self._made += 1
        self._execute(f"CREATE DATABASE test_{self._made} TEMPLATE {DATABASE} STRATEGY FILE_COPY")
        return f"test_{self._made}"

    def _emptied(self, name: str) -> bool:
        """Take everything out of a database; False when a test changed more than rows, or left too much."""
        try:
            with psycopg.connect(self._named(name), autocommit=True) as line:
                line.execute(_OTHERS)
                for (partition,) in line.execute(_PARTITIONS).fetchall():
                    line.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(partition)))
                small = line.execute("SELECT pg_database_size(current_database()) < %s", [_LARGE]).fetchone()
                if line.execute(_SHAPE).fetchone() != self._shape or small != (True,):
                    return False
                _empty(line)
                return True
        except psycopg.Error:
            return False

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._named("postgres"), autocommit=True) as line:
            line.execute(statement.encode())

    def _named(self, name: str) -> str:
        return self.url.replace(f"@/{DATABASE}?", f"@/{name}?")


def _empty(line: psycopg.Connection) -> None:
    line.execute("SET session_replication_role = replica")  # foreign keys do not mind the order
    tables = [sql.Identifier(name) for (name,) in line.execute(_TABLES)]
    filled = [sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(t.as_string()), t) for t in tables]
    for (table,) in line.execute(sql.SQL(" UNION ALL ").join(filled)).fetchall():
        line.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
    for (sequence,) in line.execute(_USED_SEQUENCES).fetchall():
        line.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(sequence)))
