"""The durable queue: a task is in it from the moment it exists, and whoever takes it up finds what is left to do."""

import time
from pathlib import Path

import pytest
from made import make_task
from mill import Mill, checked, kill_group, rows, until, write_card, write_texts
from mill import mill as mill

from labelmill.engine import jobs
from labelmill.store.database import Database

QUEUED = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"


def test_a_job_is_there_exactly_when_its_task_is(database: Database) -> None:
    class Stopped(Exception):
        pass

    task = make_task(database, 1)
    with pytest.raises(Stopped), database.begin() as conn:
        jobs.enqueue(conn, task.id)
        raise Stopped
    assert rows(database, QUEUED) == [0]
    with database.begin() as conn:
        jobs.enqueue(conn, task.id)
    assert rows(database, QUEUED) == [1]


def test_a_task_waits_in_the_queue_once(database: Database) -> None:
    one, other = make_task(database, 1), make_task(database, 1)
    for task in (one, other, one):
        with database.begin() as conn:
            jobs.enqueue(conn, task.id)
            jobs.enqueue(conn, task.id)
            assert conn.exec_driver_sql("SELECT 1").scalar() == 1  # the transaction goes on
    assert rows(database, QUEUED) == [2]


def test_a_worker_does_what_a_killed_command_left(mill: Mill, database: Database, tmp_path: Path) -> None:
    card = write_card(tmp_path / "slow.yaml", delay=0.02)
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(60)])
    process = mill.start("annotate", source, "--model", card)
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] > 5)
    kill_group(process)
    assert mill.show(1, status=1)["waiting"] > 0
    assert "Task 1 done." in mill("worker", "--until-idle").err
    done = mill.show(1)
    assert (done["status"], done["annotated"]) == ("complete", 60)
    assert rows(database, "SELECT DISTINCT attempts FROM ledger") == [1]
    assert rows(database, QUEUED) == [0]


def test_what_a_worker_had_no_notice_of_waits_no_longer_than_it_needs(mill: Mill, database: Database) -> None:
    mill.start("worker")
    until(lambda: rows(database, "SELECT count(*) FROM procrastinate_workers") == [2])  # of tasks, of imports
    for _ in range(4):
        with database.begin() as conn:
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")  # what tells of a job is a trigger
            jobs.enqueue(conn, 404)
        started = time.monotonic()
        until(lambda: rows(database, "SELECT count(*) FROM procrastinate_jobs") == [0])
    assert time.monotonic() - started < 4  # the first is found at the start; from there on each would wait for 5


def test_a_worker_gives_a_standing_task_its_new_inputs(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a"])
    mill.annotate(source, "null", "--standing")
    mill.annotate(write_texts(tmp_path / "more", ["b", "c"]), "null", "--dataset", "texts")
    assert mill.show(1, status=1)["waiting"] == 2
    mill("worker", "--until-idle")
    assert checked(mill.show(1))["annotated"] == 3


def test_what_cannot_run_or_is_gone_stops_no_other(mill: Mill, database: Database, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(30)])
    deadly = write_card(tmp_path / "deadly.yaml", {"do": "kill"})
    mill("annotate", source, "--model", deadly, "--json", status=2)
    mill.annotate(source, "null", "--name", "gone")
    mill.annotate(source, "null", "--name", "finished")
    slow = write_card(tmp_path / "slow.yaml", delay=0.05)
    for name in ("cancelled", "left"):
        process = mill.start("annotate", source, "--model", slow, "--name", name)
        until(lambda name=name: rows(database, "SELECT count(*) FROM task WHERE name = :name", name=name) == [1])
        kill_group(process)
    mill("tasks", "cancel", "cancelled")
    mill("tasks", "delete", "gone")
    said = mill("worker", "--until-idle")
    assert "Traceback" not in said.err, said.err
    assert mill.show("left")["status"] == "complete"
    listed = {task["name"]: task["status"] for task in mill("tasks", "list", "--json").json}
    assert listed == {"texts · deadly": "failed", "finished": "complete", "cancelled": "cancelled", "left": "complete"}
