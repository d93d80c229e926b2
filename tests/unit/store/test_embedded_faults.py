"""What goes wrong with the embedded PostgreSQL: kill -9 at any moment, stale files, a full disk."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from yard import (
    Yard,
    as_account,
    ask,
    gone,
    hear,
    keeps,
    kill,
    only_root,
    pid_of,
    until,
)
from yard import yard as yard

from labelmill.core.errors import BadCall, StoreFault
from labelmill.store import embedded, postmaster
from labelmill.store.embedded import Embedded, where


@pytest.mark.parametrize("disguise", ["sleep", "postgres"])
def test_a_stale_pid_of_another_process_of_the_account_does_not_stop_us(yard: Yard, disguise: str) -> None:
    lies = yard.stopped()
    lies.sockets.mkdir(mode=0o700)
    program = yard.base / disguise
    shutil.copy(shutil.which("sleep") or "", program)
    other = as_account([str(program), "600"], lies)
    try:
        if disguise == "postgres":  # even in our folder: it is younger than the file; and then it is waited for
            until(lambda: psutil.Process(other.pid).name() == "postgres")
        text = f"{other.pid}\n{lies.data}\n1000000000\n5432\n{lies.sockets}\n\n1 1\nready   \n"
        (lies.data / "postmaster.pid").write_text(text)
        (lies.sockets / ".s.PGSQL.5432.lock").write_text(text)
        assert postmaster.find(lies.data) is None
        if disguise == "postgres":
            with pytest.raises(StoreFault, match="what is left of a database that was killed"):
                Embedded(yard.home, patience=0.2).enter()
            other.kill()
            other.wait()
        assert keeps(yard.home)
    finally:
        other.kill()
        other.wait()


def test_a_server_of_ours_that_is_all_but_gone_is_still_reaped(yard: Yard) -> None:
    lies = yard.stopped()
    before = subprocess.Popen(["sleep", "600"])  # as one whose last act, to go, is not seen yet
    try:
        embedded._children[before] = lies.data
        assert keeps(yard.home)
        assert before in embedded._children
    finally:
        before.kill()
    until(lambda: not embedded._running(lies.data))
    embedded._reap()
    assert before.returncode == -signal.SIGKILL
    assert lies.data not in embedded._children.values()


@pytest.mark.parametrize("text", ["", "12\n", "99999999999999\n/\n1\n5432\n/nowhere\n\n\nready\n", "rubbish\n\0"])
def test_a_broken_pid_file_does_not_stop_us(yard: Yard, text: str) -> None:
    lies = yard.stopped()
    (lies.data / "postmaster.pid").write_text(text)
    assert keeps(yard.home)


def test_pid_file_that_was_replaced_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text("new")
    postmaster.remove_pid_file(tmp_path, b"old")
    assert (tmp_path / "postmaster.pid").read_text() == "new"


def test_killed_postmaster_with_a_busy_backend_recovers(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_ORPHANS_MAY_TAKE", 1.5)  # seconds; this one takes a core as long as it lives
    lies = yard.stopped()
    base = Embedded(yard.home)
    with psycopg.connect(base.enter(), autocommit=True) as line:
        line.execute("CREATE TABLE more AS SELECT generate_series(1, 1000) AS n")
        busy = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b"
        line.pgconn.send_query(busy.encode())
        until(lambda: psutil.Process(line.info.backend_pid).cpu_times().user > 0.05)
        kill(pid_of(yard.home))
        assert psutil.pid_exists(line.info.backend_pid)
        said: list[str] = []
        url = Embedded(yard.home, on_wait=said.append).enter()
        assert any("what is left" in each for each in said)
        assert ask(url, "SELECT count(*) FROM more") == 1000
        line.pgconn.finish()
    base.leave()
    assert keeps(yard.home)
    assert lies == where(yard.home)


def test_a_server_that_needs_long_is_waited_for_and_told(yard: Yard) -> None:
    yard.stopped()
    child = yard.spawn()
    hear(child)
    pid = pid_of(yard.home)
    said: list[str] = []

    def on_wait(line: str) -> None:
        said.append(line)
        if len(said) == 2:
            os.kill(pid, signal.SIGCONT)

    os.kill(pid, signal.SIGSTOP)
    try:
        url = Embedded(yard.home, on_wait=on_wait).enter()
        assert len(said) >= 2
        assert "starting" in said[0]
        assert ask(url) == 1
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(StoreFault, match="try again later"):
            Embedded(yard.home, patience=0.1).enter()
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_server_whose_socket_was_deleted_is_started_again(yard: Yard) -> None:
    lies = yard.stopped()
    child = yard.spawn()
    hear(child)
    pid = pid_of(yard.home)
    shutil.rmtree(lies.sockets)
    assert keeps(yard.home)
    assert gone(yard.home) or pid_of(yard.home) != pid


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("moment", ["first", "start"])
def test_killed_at_any_moment_the_next_enter_repairs(yard: Yard, moment: str, seed: int) -> None:
    chance = random.Random(f"{moment} {seed}")
    if moment == "start":
        yard.stopped()
    for _ in range(2 if moment == "first" else 5):
        child = yard.spawn()
        time.sleep(chance.uniform(0, 0.8 if moment == "first" else 0.12))  # the moment, not a synchronisation
        child.kill()
        if chance.random() < 0.6:
            for process in yard.processes():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
    with Embedded(yard.home) as url:
        assert ask(url) == 1
    assert moment == "first" or keeps(yard.home)
    until(lambda: gone(yard.home))
    assert sorted(each.name for each in (yard.home / "database").iterdir() if ".new" in each.name) == []


def test_what_was_left_half_made_is_made_again(yard: Yard) -> None:
    lies = where(yard.home)
    (lies.folder / "data.new" / "base").mkdir(parents=True)
    lies.folder.chmod(0o700)
    lies.password.write_text("")
    with Embedded(yard.home) as url:
        assert ask(url) == 1
    assert not (lies.folder / "data.new").exists()


def test_a_failed_start_gives_the_last_lines_of_the_log(yard: Yard) -> None:
    lies = yard.stopped()
    (lies.data / "global" / "pg_control").rename(lies.data / "global" / "away")
    with pytest.raises(StoreFault, match=r"(?s)did not start.*pg_control"):
        Embedded(yard.home).enter()
    (lies.data / "global" / "away").rename(lies.data / "global" / "pg_control")
    assert keeps(yard.home)


def test_data_of_another_major_version_is_refused(yard: Yard) -> None:
    lies = yard.stopped()
    (lies.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(StoreFault, match="PostgreSQL 17"):
        Embedded(yard.home).enter()


def test_a_lost_password_is_named(yard: Yard) -> None:
    lies = yard.stopped()
    lies.password.unlink()
    with pytest.raises(StoreFault, match="password"):
        Embedded(yard.home).enter()


def test_without_the_wheel_it_says_what_to_install(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StoreFault, match="pip install"):
        Embedded(yard.home).enter()


def test_the_log_is_limited(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    lies = yard.stopped()
    with lies.log.open("ab") as file:
        file.truncate(postmaster.LOG_LIMIT + 1)
    assert keeps(yard.home)
    assert lies.log.stat().st_size < 10_000
    assert lies.log.with_suffix(".log.1").stat().st_size == postmaster.LOG_LIMIT


@pytest.mark.parametrize("home", ["file", "file/home", "/proc/home"])
def test_a_home_that_cannot_be_made_is_a_wrong_call(yard: Yard, home: str) -> None:
    (yard.base / "file").touch()
    with pytest.raises(BadCall, match=rf"The home \S*{home} cannot be made"):
        Embedded(yard.base / home).enter()
    assert sorted(path.name for path in yard.base.iterdir()) == ["file", "s", "t"]


@only_root
def test_a_home_that_may_not_be_made_is_a_wrong_call(yard: Yard) -> None:
    yard.home.mkdir(mode=0o700)
    code = (
        "from labelmill.core.errors import BadCall\ntry: Embedded(home / 'inner').enter()\nexcept BadCall as e: say(e)"
    )
    assert "inner cannot be made" in hear(yard.spawn(code, "nobody"))


@pytest.fixture
def small_disk(yard: Yard) -> Iterator[Callable[[str], None]]:
    """A disk of its own for the home, whose size the test sets."""
    yard.home.mkdir()

    def mount(options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(yard.home)], check=True, capture_output=True)

    try:
        mount("mode=755,size=24m")
    except (subprocess.CalledProcessError, FileNotFoundError) as fault:
        pytest.skip(f"NOT TESTED with a full disk: a small one cannot be mounted here ({fault})")
    try:
        yield lambda size: mount(f"remount,size={size}")
    finally:
        yard.kill()
        subprocess.run(["umount", "-l", str(yard.home)], check=True)


def test_full_disk_at_the_first_start(yard: Yard, small_disk: Callable[[str], None]) -> None:
    with pytest.raises(StoreFault, match="full"):
        Embedded(yard.home).enter()
    small_disk("300m")
    with Embedded(yard.home) as url:
        assert ask(url) == 1


def test_full_disk_at_a_later_start(yard: Yard, small_disk: Callable[[str], None]) -> None:
    small_disk("200m")
    yard.stopped()
    assert keeps(yard.home)  # which makes the files of locks, too
    until(lambda: gone(yard.home))
    filler = yard.home / "filler"
    with pytest.raises(OSError, match="space"), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    with pytest.raises(StoreFault, match="full"):
        Embedded(yard.home).enter()
    filler.unlink()
    assert keeps(yard.home)
