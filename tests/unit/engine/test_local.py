"""Worker processes: none is left behind, and one that does not come up ends the run with a sentence."""

import threading
from pathlib import Path

import psutil
import pytest
from made import NULL, make_task
from mill import Mill, checked, ended, rows, until, write_card, write_texts
from mill import mill as mill

from labelmill.core.errors import ModelUnusable
from labelmill.engine.local import Limits, Pool
from labelmill.engine.worker import Order
from labelmill.flows import catalog
from labelmill.models.cards import read_card
from labelmill.store import story
from labelmill.store.database import Database


def order(tmp_path: Path, card: Path) -> Order:
    reference = catalog.keep(read_card(card), tmp_path / "home")
    return Order(tmp_path / "home", reference, 0.05, 2**20, 10**6)


def processes(pool: Pool) -> list[psutil.Process]:
    return [psutil.Process(worker.hand.process.pid) for worker in pool._workers]


def test_the_memory_a_worker_may_take() -> None:
    assert Limits(memory=5).most_memory == 5
    assert Limits().most_memory == psutil.virtual_memory().total * 4 // 5


def test_a_pool_that_is_closed_leaves_no_process(tmp_path: Path) -> None:
    pool = Pool(order(tmp_path, write_card(tmp_path / "m.yaml")), 3, Limits())
    pool.start()
    pool.wait_ready()
    running = processes(pool)
    assert len(running) == 3
    pool.close()
    assert psutil.wait_procs(running, timeout=30)[1] == []
    pool.close()  # again is nothing


def test_a_pool_that_is_closed_while_it_starts(tmp_path: Path) -> None:
    pool = Pool(order(tmp_path, write_card(tmp_path / "m.yaml")), 2, Limits())
    pool.start()
    pool.close()
    assert not any(thread.name == pool._hiring.name for thread in threading.enumerate())
    assert pool._workers == []


def test_a_worker_that_dies_before_it_is_given_its_task_is_replaced(database: Database, tmp_path: Path) -> None:
    task = make_task(database, 3)
    pool = Pool(order(tmp_path, write_card(tmp_path / "m.yaml", concepts=NULL.offered)), 1, Limits())
    pool.start()
    pool.wait_ready()
    (worker,) = processes(pool)
    worker.kill()
    pool._workers[0].hand.process.join()
    pool.run(database, task.id, lambda: None)
    assert rows(database, "SELECT DISTINCT outcome::text FROM ledger") == ["done"]


def test_a_card_that_is_gone(tmp_path: Path) -> None:
    wanted = order(tmp_path, write_card(tmp_path / "m.yaml"))
    (tmp_path / "home" / wanted.card).unlink()
    pool = Pool(wanted, 1, Limits())
    pool.start()
    try:
        with pytest.raises(ModelUnusable, match=r"card\.yaml"):
            pool.wait_ready()
    finally:
        pool.close()


def test_a_task_whose_kept_card_is_gone(mill: Mill, tmp_path: Path) -> None:
    """It says so, rather than wait for ever."""
    card = write_card(tmp_path / "m.yaml", {"text": "x", "do": "raise"})
    mill.annotate(write_texts(tmp_path / "texts", ["x", "b"]), card, status=1)
    for kept in mill.home.glob("models/*/card.yaml"):
        kept.unlink()
    assert "card.yaml" in mill("tasks", "retry", 1, status=2).line
    report = mill("tasks", "show", 1, "--json", status=1).json
    assert report["status"] == "failed"
    assert "card.yaml" in report["error"]


def test_what_happens_to_a_run_is_told_once_each(mill: Mill, database: Database, tmp_path: Path) -> None:
    card = write_card(tmp_path / "m.yaml", {"text": "x", "do": "raise"})
    mill.annotate(write_texts(tmp_path / "texts", ["x", "b"]), card, status=1)
    mill("tasks", "resume", 1, status=1)  # nothing is left to do
    for kept in mill.home.glob("models/*/card.yaml"):
        kept.unlink()
    mill("tasks", "retry", 1, status=2)
    query = "SELECT operation, detail - 'name' FROM activity WHERE task_id = 1 ORDER BY id"
    told = dict(acts := rows(database, query))
    by_people = ["create_task", "resume_task", "retry_task"]
    assert [operation for operation, _ in acts if operation not in by_people] == ["start_run", "finish_run", "fail_run"]
    assert [operation for operation, _ in acts if operation in by_people] == by_people
    assert told["start_run"] == {"model": "m", "waiting": 2}
    assert told["finish_run"] == {"model": "m", "annotated": 1, "empty": 0, "failed": 1}
    assert "card.yaml" in told["fail_run"]["message"]
    with database.begin() as conn:
        (newest, *_) = story.acts(conn, 1, before=10**9, limit=1)
    assert (newest.person, newest.operation) == (None, "fail_run")


def test_deleting_a_task_that_is_worked_on(mill: Mill, database: Database, tmp_path: Path) -> None:
    """Either it is refused, or both commands end with a sentence; never half a task."""
    card = write_card(tmp_path / "slow.yaml", delay=0.05)
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(400)])
    process = mill.start("annotate", source, "--model", card, "--json")
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] > 0)
    assert "cancel it first" in mill("tasks", "delete", 1, status=2).line
    mill("tasks", "cancel", 1)
    report = checked(ended(process, 1).json)
    assert report["status"] == "cancelled"
    mill("tasks", "delete", 1)
    assert rows(database, "SELECT count(*) FROM ledger") == [0]


def test_no_more_workers_than_inputs(mill: Mill, database: Database, tmp_path: Path) -> None:
    card = write_card(tmp_path / "slow.yaml", {"text": "x", "do": "raise"})
    mill.annotate(write_texts(tmp_path / "texts", ["x", "b", "c"]), card, status=1)
    process = mill.start("tasks", "retry", 1, "--json", workers=8)
    most = 0
    while process.poll() is None:
        try:
            most = max(most, len(psutil.Process(process.pid).children(recursive=True)))
        except psutil.NoSuchProcess:
            break
    ended(process, 1)
    assert 0 < most <= 3  # a resource tracker, a fork server, one worker
