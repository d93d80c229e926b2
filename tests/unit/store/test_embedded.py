"""The embedded PostgreSQL and who is there: real servers, real processes, real kill -9."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from yard import ROOT, STRESS, Yard, ask, gone, hear, kill, pid_of, tell, until
from yard import yard as yard

from labelmill.store import embedded, postmaster
from labelmill.store.embedded import Embedded, where

FORKING = """
import multiprocessing, threading
base = Embedded(home)
base.begin()
worker = multiprocessing.get_context("fork").Process(target=threading.Event().wait)
worker.start()
base.enter()
say(worker.pid)
threading.Event().wait()
"""
"""A command that begins, forks a worker, and enters."""


def test_first_enter_makes_a_database_that_trusts_nobody(yard: Yard) -> None:
    with Embedded(yard.home) as url:
        assert url.startswith("postgresql://labelmill:")
        assert ask(url, "SELECT current_database()") == "labelmill"
        assert ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace("postgresql://labelmill:", "postgresql://labelmill:x"))
        wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": ""}
        wanted |= {"max_connections": "100", "shared_buffers": "256MB", "max_wal_size": "2GB", "data_checksums": "on"}
        assert {name: ask(url, f"SHOW {name}") for name in wanted} == wanted
        lies = where(yard.home)
        assert lies.password.stat().st_mode & 0o777 == 0o600
        assert lies.sockets.stat().st_mode & 0o777 == 0o700
        assert lies.data.stat().st_mode & 0o777 == 0o700
        assert lies.data.is_relative_to(yard.home)
        assert lies.log.stat().st_size
        ask(url, "CREATE EXTENSION vector")


def test_postmaster_is_detached_and_holds_none_of_our_locks_but_alive(yard: Yard) -> None:
    yard.stopped()
    with Embedded(yard.home):
        pid = pid_of(yard.home)
        assert os.getsid(pid) == pid
        held = {each.readlink().name for each in Path(f"/proc/{pid}/fd").iterdir()}
        assert "alive.lock" in held
        assert not held & {"users.lock", "start.lock"}


def test_importing_costs_nothing_heavy() -> None:
    code = "import sys, labelmill.store.embedded; print(sys.modules.keys() & {'sqlalchemy', 'psycopg', 'psutil'})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


@pytest.mark.parametrize("name", ["long/" * 70 + "home", 'it\'s a "home", $HOME & ü'])
def test_any_home_path_works(yard: Yard, name: str) -> None:
    home = yard.base / name
    with Embedded(home) as url:
        assert ask(url) == 1
        assert len(str(where(home).sockets)) < 90
    until(lambda: gone(home))


def test_warm_enter_is_quick(yard: Yard) -> None:
    yard.stopped()
    with Embedded(yard.home):
        spent = []
        for _ in range(10):
            second = Embedded(yard.home)
            began = time.perf_counter()
            second.enter()
            spent.append(time.perf_counter() - began)
            second.leave()
        assert min(spent) < 0.02


def test_where_says_it_to_people_and_makes_nothing(yard: Yard) -> None:
    text = str(where(yard.home))
    assert str(yard.home / "database" / "data") in text
    assert ("nobody" in text) == ROOT
    assert not yard.home.exists()


# --- begun, not entered ----------------------------------------------------------------------------------------------


def test_begin_starts_it_for_whoever_enters_and_the_last_of_both_stops_it(yard: Yard) -> None:
    lies = yard.stopped()
    ahead = Embedded(yard.home)
    ahead.begin()
    with Embedded(yard.home) as url:
        assert ask(url) == 1
    ahead.begin()
    assert ask(url) == 1
    assert lies.log.read_text().count("starting PostgreSQL") == 1
    ahead.leave()
    until(lambda: gone(yard.home))


def test_leaving_at_once_leaves_no_server_behind(yard: Yard) -> None:
    yard.stopped()
    for _ in range(3):
        ahead = Embedded(yard.home)
        ahead.begin()
        ahead.leave()
        until(lambda: not yard.processes())
    with Embedded(yard.home) as url:
        assert ask(url) == 1


def test_what_is_begun_can_be_stopped_by_another_from_then_on(yard: Yard) -> None:
    """Before it tells its pid nobody could, nor tell it from what a killed one left."""
    yard.stopped()
    ahead = Embedded(yard.home)
    ahead.begin()
    assert not gone(yard.home)
    other = Embedded(yard.home)
    other.begin()
    ahead.leave()
    assert not gone(yard.home)
    other.leave()
    until(lambda: not yard.processes())


def test_begin_leaves_making_and_repairing_to_who_enters(yard: Yard) -> None:
    ahead = Embedded(yard.home)
    ahead.begin()
    assert not where(yard.home).data.exists()
    ahead.leave()
    yard.stopped()
    with Embedded(yard.home):
        kill(pid_of(yard.home))
        until(lambda: not yard.processes())
        ahead.begin()
        assert not yard.processes()
        ahead.leave()


def test_a_forked_worker_that_outlives_its_command_is_no_user(yard: Yard) -> None:
    yard.stopped()
    child = yard.spawn(FORKING)
    worker = int(hear(child))
    kill(child.pid)
    try:
        with Embedded(yard.home) as url:
            assert ask(url) == 1
        until(lambda: gone(yard.home))
        assert psutil.pid_exists(worker)
    finally:
        os.kill(worker, signal.SIGKILL)


# --- who is there -----------------------------------------------------------------------------------------------------


def test_the_last_to_leave_stops_it(yard: Yard) -> None:
    yard.stopped()
    first, second = yard.spawn(), yard.spawn()
    assert hear(first) == hear(second)
    pid = pid_of(yard.home)
    tell(first)
    assert hear(first) == "left"
    assert pid_of(yard.home) == pid
    tell(second)
    assert hear(second) == "left"
    until(lambda: gone(yard.home))


def test_two_at_once_get_one_server(yard: Yard) -> None:
    children = [yard.spawn() for _ in range(4)]
    assert len({hear(child) for child in children}) == 1
    assert where(yard.home).log.read_text().count("starting PostgreSQL") == 1


def test_entering_while_the_last_one_leaves_always_gives_a_server_that_stays(yard: Yard) -> None:
    children = [yard.spawn(STRESS) for _ in range(3)]
    assert [hear(child) for child in children] == ["done"] * 3
    until(lambda: gone(yard.home))


def test_a_killed_user_does_not_count(yard: Yard) -> None:
    yard.stopped()
    killed, last = yard.spawn(), yard.spawn()
    hear(killed), hear(last)
    kill(killed.pid)
    tell(last)
    assert hear(last) == "left"
    until(lambda: gone(yard.home))


def test_a_leaver_killed_before_it_stopped_the_server_is_finished_by_the_next(yard: Yard) -> None:
    yard.stopped()
    with Embedded(yard.home):
        server = postmaster.find(where(yard.home).data)
        assert server
    until(lambda: gone(yard.home))
    child = yard.spawn()
    hear(child)
    server = postmaster.find(where(yard.home).data)
    assert server
    kill(child.pid)
    (yard.home / "database" / "users.lock").write_bytes(embedded._mark(server))
    with Embedded(yard.home) as url:
        assert ask(url) == 1
        assert pid_of(yard.home) != server.pid


def test_entering_again_is_harmless_and_a_fork_leaves_nothing(yard: Yard) -> None:
    yard.stopped()
    base = Embedded(yard.home)
    assert base.enter() == base.enter()
    child = os.fork()
    if child == 0:
        base.leave()
        os._exit(0)
    os.waitpid(child, 0)
    assert pid_of(yard.home)
    base.leave()
    base.leave()
    until(lambda: gone(yard.home))
