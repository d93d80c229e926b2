"""The embedded PostgreSQL under several accounts, and where root puts it."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess

import psutil
import psycopg
import pytest
from yard import (
    USER,
    Yard,
    ask,
    gone,
    hear,
    keeps,
    kill,
    only_root,
    pid_of,
    tell,
    until,
)
from yard import yard as yard

from labelmill.core.errors import StoreFault
from labelmill.store import launch, place, postmaster
from labelmill.store.database import Database
from labelmill.store.embedded import Embedded, where


@only_root
def test_as_another_account_all_of_it_is_that_accounts(yard: Yard) -> None:
    nobody = pwd.getpwnam("nobody")
    yard.base.chmod(0o777)
    code = "say(where(home).account.switch); " + USER
    for _ in range(2):
        child = yard.spawn(code, account="nobody")
        assert hear(child) == "False"
        assert ask(hear(child)) == 1
        server = postmaster.find(yard.home / "database" / "data")
        assert server
        assert psutil.Process(server.pid).username() == "nobody"
        kill(server.pid)
        tell(child)
        assert hear(child) == "left"
    until(lambda: gone(yard.home))
    assert {each.stat().st_uid for each in (yard.home, *yard.home.rglob("*"))} == {nobody.pw_uid}
    assert yard.home.stat().st_mode & 0o777 == 0o700
    with Embedded(yard.home) as url:  # and root takes its turn in it without leaving anything of its own
        assert ask(url) == 1
    until(lambda: gone(yard.home))
    assert {each.stat().st_uid for each in (yard.home, *yard.home.rglob("*"))} == {nobody.pw_uid}


@only_root
def test_root_runs_it_as_an_unprivileged_account_in_a_home_that_it_reaches(yard: Yard) -> None:
    yard.home.mkdir(mode=0o755)
    with Embedded(yard.home):
        lies = where(yard.home)
        assert psutil.Process(pid_of(yard.home)).username() == "nobody"
        assert lies.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert not lies.elsewhere
    assert yard.home.stat().st_mode & 0o777 == 0o755
    assert yard.home.stat().st_uid == 0


@only_root
def test_root_puts_it_elsewhere_if_the_account_cannot_reach_the_home(yard: Yard) -> None:
    closed = yard.base / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    assert str(yard.shared) in str(where(home))
    with Embedded(home) as url, contextlib.closing(Database(url)) as database:
        database.prepare()
    until(lambda: gone(home))
    lies = where(home)
    assert lies.elsewhere
    assert lies.data.is_relative_to(yard.shared)
    assert (home / "database").resolve() == lies.folder
    assert closed.stat().st_mode & 0o777 == 0o700
    closed.chmod(0o755)  # later permissions change nothing about where the data is
    assert keeps(home)
    until(lambda: gone(home))
    home.rename(closed / "moved")
    assert keeps(closed / "moved")
    until(lambda: gone(closed / "moved"))
    shutil.rmtree(lies.folder)
    with pytest.raises(StoreFault, match="gone"):
        Embedded(closed / "moved").enter()


@only_root
def test_root_copies_the_binaries_where_the_account_can_run_them(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_usable", lambda tree, account: str(tree).startswith(yard.shared))
    (yard.base / "shared").mkdir(mode=0o711)
    (yard.base / "shared" / "pg18-0.0.new").mkdir()
    with Embedded(yard.home) as url:
        assert ask(url, "SHOW server_version").startswith("18")
        assert psutil.Process(pid_of(yard.home)).exe().startswith(yard.shared + "/pg18-")
    before = sorted((yard.base / "shared").iterdir())
    launch.binaries(where(yard.home).account)
    assert sorted((yard.base / "shared").iterdir()) == before


@only_root
def test_a_home_of_another_account_is_refused_to_one_who_is_not_root(yard: Yard) -> None:
    yard.stopped()
    code = "from labelmill.core.errors import StoreFault\ntry: Embedded(home).enter()\nexcept StoreFault as e: say(e)"
    assert "belongs to 'root'" in hear(yard.spawn(code, account="nobody"))


@only_root
@pytest.mark.parametrize("trick", ["folder", "link", "open"])
def test_a_socket_folder_made_by_somebody_else_is_not_used(yard: Yard, trick: str) -> None:
    bait = yard.stopped().sockets
    if trick == "link":
        bait.symlink_to("/etc")
    else:
        bait.mkdir(mode=0o700)
        os.chown(bait, 1234 if trick == "folder" else where(yard.home).account.uid, 1234)
        bait.chmod(0o777 if trick == "open" else 0o700)
    with Embedded(yard.home) as url:
        assert ask(url) == 1
        server = postmaster.find(where(yard.home).data)
        assert server
        assert server.sockets != bait
        assert server.sockets.stat().st_mode & 0o777 == 0o700
    until(lambda: gone(yard.home))
    shutil.rmtree(server.sockets)


@only_root
def test_files_smuggled_into_the_folder_are_not_touched_as_root(yard: Yard) -> None:
    lies = yard.stopped()
    secret = yard.base / "secret"
    secret.write_text("x")
    os.link(secret, lies.log)
    with pytest.raises(StoreFault, match="not touched"):
        Embedded(yard.home).enter()
    lies.log.unlink()
    lies.log.symlink_to(secret)
    with pytest.raises(StoreFault):
        Embedded(yard.home).enter()
    assert secret.read_text() == "x"


@pytest.mark.parametrize("name", ["x" * 90, "a,b", "a b", "open"])
def test_socket_folder_falls_back_when_the_temporary_folder_is_unsuitable(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    base = yard.base / name
    base.mkdir()
    base.chmod(0o777 if name == "open" else 0o755)  # open: others could rename what is in it
    monkeypatch.setattr(place, "TEMPORARY", (base,))
    assert where(yard.home).sockets.parent == yard.base / "t"
    monkeypatch.delenv("TMPDIR")
    with pytest.raises(StoreFault, match="No place"):
        where(yard.home)


@only_root
def test_a_server_in_another_mount_namespace_is_left_alone(yard: Yard) -> None:
    private = f'mount -t tmpfs -o mode=1777 none {yard.temporary} && exec "$@"'
    wrap = ("unshare", "--mount", "sh", "-c", private, "sh")
    if subprocess.run([*wrap, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("NOT TESTED with a mount namespace: it cannot be made here")
    yard.stopped()
    child = yard.spawn(wrap=wrap)
    hear(child)
    pid = pid_of(yard.home)
    with pytest.raises(StoreFault, match="PrivateTmp"):
        Embedded(yard.home).enter()
    assert pid_of(yard.home) == pid


def test_a_full_server_is_a_running_one(yard: Yard) -> None:
    yard.stopped()
    with Embedded(yard.home) as url, contextlib.ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(psycopg.connect(url))
        with pytest.raises(psycopg.OperationalError, match="too many"):
            psycopg.connect(url)
        with Embedded(yard.home, patience=0.1):
            pass


def test_what_does_not_answer_is_not_ready(yard: Yard) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        assert not postmaster.answers(yard.base / "nothing")
        line.bind(str(yard.base / ".s.PGSQL.5432"))
        line.listen()
        assert not postmaster.answers(yard.base, timeout=0.1)
