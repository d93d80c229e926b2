"""One suite for PostgreSQL wherever it comes from: the embedded one, and an own one of the oldest version."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from made import check_sums, make_task, work
from mill import Mill, rows, until, write_texts

from labelmill.core.errors import BadCall
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import apply
from labelmill.flows.report import listing, report
from labelmill.store import database as store
from labelmill.store import shards, tasks
from labelmill.store.database import Database, lacks

DEBIAN = Path("/usr/lib/postgresql/15")
VECTOR = Path("/usr/share/postgresql/15/extension/vector.control")
_numbers = count(1)


def _as_nobody() -> dict[str, Any]:
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _programs(base: Path) -> Path:
    """The programs of Debian's PostgreSQL 15; copied, with a stand-in for pgvector, where that is not installed.

    No table has a vector yet: all that is asked of the extension is that it can be made.
    """
    if not (DEBIAN / "bin/postgres").exists():
        pytest.skip("NOT TESTED on PostgreSQL 15: apt-get install postgresql-15 puts it where this test looks")
    if VECTOR.exists():
        return DEBIAN / "bin"
    shutil.copytree(DEBIAN, base / "usr/lib/postgresql/15", symlinks=True)
    shutil.copytree("/usr/share/postgresql/15", base / "usr/share/postgresql/15", symlinks=True)
    extensions = base / "usr/share/postgresql/15/extension"
    (extensions / "vector.control").write_text("comment = 'stand-in'\ndefault_version = '0'\n")
    (extensions / "vector--0.sql").write_text("SELECT 1;\n")
    return base / "usr/lib/postgresql/15/bin"


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """The URL of the database `postgres` on a server of one's own."""
    base = Path(tempfile.mkdtemp(prefix="lm-pg-")).resolve()
    try:
        programs = _programs(base)
        base.chmod(0o755)
        run = base / "run"
        run.mkdir()
        if os.geteuid() == 0:
            shutil.chown(run, "nobody")
        quiet: dict[str, Any] = {"cwd": run, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **_as_nobody()}
        access = ["--username=tester", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run([programs / "initdb", "-D", run / "data", *access], check=True, **quiet)
        settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={run}", "-c", "fsync=off"]
        server = subprocess.Popen([programs / "postgres", "-D", run / "data", *settings], **quiet)
        url = f"postgresql://tester@/postgres?host={run}"
        try:
            until(lambda: _answers(url))
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # at once, whoever is connected
            server.wait()
    finally:
        shutil.rmtree(base)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(statement)  # type: ignore[call-overload] # a statement of ours


@pytest.fixture(params=["embedded", "PostgreSQL 15"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; the embedded one's is prepared."""
    if request.param == "embedded":
        return str(request.getfixturevalue("database_url"))
    server, name = str(request.getfixturevalue("own_server")), f"test_{next(_numbers)}"
    _execute(server, f"CREATE DATABASE {name}")
    return server.replace("@/postgres?", f"@/{name}?")


@pytest.fixture
def prepared(url: str) -> Iterator[Database]:
    database = Database(url)
    database.prepare()
    yield database
    database.close()


def test_nothing_is_lacking(prepared: Database) -> None:
    with prepared.begin() as conn:
        assert lacks(conn) == []
    prepared.prepare()  # again is nothing


def test_the_straight_path(prepared: Database) -> None:
    task = make_task(prepared, 300, reviewers=3, limits=Limits(0.5, 0.9))
    assert work(prepared, task.id) > 20
    check_sums(prepared, task.id)
    with prepared.begin() as conn:
        said = report(conn, task.id)
    assert (said["status"], said["annotated"], said["predictions"]) == ("complete", 300, 1500)
    assert said["annotations"] == {"success": 300, "awaiting_review": 600}
    assert sorted(rows(prepared, "SELECT count(*) FROM assignment GROUP BY person_id")) == [100, 100, 100]


def test_deciding_again(prepared: Database) -> None:
    task = make_task(prepared, 40, reviewers=2)
    work(prepared, task.id)
    with prepared.begin() as conn:
        apply.set_thresholds(conn, task.id, Thresholds(Limits(0.1, 0.5)), task.reviewers[0])
    with prepared.session() as conn:
        apply.redecide_all(conn, task.id, 0.5)
    with prepared.begin() as conn:
        assert report(conn, task.id)["annotations"] == {"success": 120, "awaiting_review": 80}
    check_sums(prepared, task.id)


def test_claims_die_with_their_connection(prepared: Database, url: str) -> None:
    task = make_task(prepared, 1)
    line = psycopg.connect(url)
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: line, poolclass=sa.StaticPool)
    conn = engine.connect()
    assert shards.claim(conn, task.id)
    shards.show_alive(conn, task.id)
    with prepared.session() as other:
        assert shards.claim(other, task.id) is None
        assert shards.alive(other) == {task.id}
        other.commit()
        line.close()
        until(lambda: shards.claim(other, task.id))
        until(lambda: shards.alive(other) == set())
    engine.dispose(close=False)


def test_retry_list_and_delete(prepared: Database) -> None:
    task = make_task(prepared, 20)
    work(prepared, task.id)
    rows(prepared, "UPDATE ledger SET outcome = 'failed', work = 'label', entered = false "
         "WHERE input_id % 2 = 0 RETURNING 1")  # fmt: skip
    rows(prepared, "UPDATE shard s SET annotated = annotated - n.n, failed = n.n FROM (SELECT shard, count(*) AS n "
         "FROM ledger WHERE outcome = 'failed' GROUP BY 1) n WHERE n.shard = s.no RETURNING 1")  # fmt: skip
    with prepared.begin() as conn:
        assert tasks.retry(conn, task.id) == 10
        assert [one["waiting"] for one in listing(conn)] == [10]
    check_sums(prepared, task.id)
    with prepared.begin() as conn:
        tasks.delete(conn, task.id)
        assert listing(conn) == []


def test_the_whole_command(url: str, tmp_path: Path) -> None:
    mill = Mill(tmp_path / "home", url)
    done = mill.annotate(write_texts(tmp_path / "texts", ["a", "b", "a"]))
    assert (done["sources"], done["inputs"], done["annotated"]) == (3, 2, 2)
    assert len(mill.export(tmp_path / "out")) == 3
    assert "PostgreSQL" in str(mill("doctor", "--json").json)
    assert not (tmp_path / "home/database").exists()


# --- what a server may lack -------------------------------------------------------------------------------------------


def test_what_is_lacking_is_said_in_one_sentence(
    own_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who may nothing, on a server that is too old: everything at once, so that it is put right at once."""
    name = f"poor_{next(_numbers)}"
    _execute(own_server, f"CREATE DATABASE {name}")
    _execute(own_server, f"CREATE ROLE {name} LOGIN")
    url = own_server.replace("tester@/postgres?", f"{name}@/{name}?")
    database = Database(url)
    monkeypatch.setattr(store, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(BadCall) as caught:
        database.prepare()
    database.close()
    said = str(caught.value)
    assert "version 15" in said
    assert "needs 99" in said
    assert "CREATE EXTENSION vector" in said
    assert "grant CREATE" in said
    line = Mill(tmp_path / "home", url)("tasks", "list", status=2).line
    assert "version 15" not in line
    assert "CREATE EXTENSION vector" in line


def test_a_missing_pgvector_is_said(own_server: str, tmp_path: Path) -> None:
    name = f"bare_{next(_numbers)}"
    _execute(own_server, f"CREATE DATABASE {name}")
    # a server where it is not installed has no row in this view
    hidden = own_server.replace("@/postgres?", f"@/{name}?")
    _execute(hidden, "CREATE VIEW public.pg_available_extensions AS SELECT * FROM pg_catalog.pg_available_extensions "
             "WHERE name <> 'vector'")  # fmt: skip
    _execute(hidden, f"ALTER DATABASE {name} SET search_path = public, pg_catalog")
    line = Mill(tmp_path / "home", hidden)("tasks", "list", status=2).line
    assert "pgvector is not installed" in line
    assert "postgresql-NN-pgvector" in line


def test_a_plain_user_will_do_once_the_extension_is_there(own_server: str) -> None:
    name = f"plain_{next(_numbers)}"
    _execute(own_server, f"CREATE ROLE {name} LOGIN")
    _execute(own_server, f"CREATE DATABASE {name} OWNER {name}")
    _execute(own_server.replace("@/postgres?", f"@/{name}?"), "CREATE EXTENSION vector")
    database = Database(own_server.replace("tester@/postgres?", f"{name}@/{name}?"))
    database.prepare()
    task = make_task(database, 5)
    work(database, task.id)
    check_sums(database, task.id)
    database.close()
