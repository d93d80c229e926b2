"""labelmill tasks: what became of each task, and moving, stopping, and deleting them."""

from pathlib import Path

import sqlalchemy as sa
from live import either as either
from live import live as live
from mill import Mill, bands, checked, ended, kill_group, rows, until, write_card, write_texts
from mill import mill as mill

from labelmill.store.database import Database


def started(mill: Mill, database: Database, tmp_path: Path, count: int = 60) -> None:
    """A task that was killed when a third of it was done."""
    card = write_card(tmp_path / "slow.yaml", {"matches": "7$", "predictions": []}, delay=0.02)
    process = mill.start(
        "annotate", write_texts(tmp_path / "texts", [f"text {i}" for i in range(count)]), "--model", card
    )
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] >= count / 3)
    mill.clear()
    assert process.returncode == -9


def test_list_newest_first(either: Mill, tmp_path: Path) -> None:
    assert either("tasks", "list", "--json").json == []
    assert "No tasks yet" in either("tasks", "list").out
    source = write_texts(tmp_path / "texts", ["a", "b"])
    for name in ("one", "two", "three"):
        either.annotate(source, "null", "--name", name)
    listed = either("tasks", "list", "--json").json
    assert [(task["id"], task["name"]) for task in listed] == [(3, "three"), (2, "two"), (1, "one")]
    for task in listed:
        assert list(task)[:3] == ["id", "name", "status"]
        assert task["status"] == "complete"
        assert task["inputs"] == task["waiting"] + task["annotated"] + task["empty"] + task["failed"] == 2
    lines = either("tasks", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]


def test_show_is_what_annotate_said(either: Mill, tmp_path: Path) -> None:
    report = either.annotate(write_texts(tmp_path / "texts", ["a", "b", "a"]))
    assert either.show(1) == either.show("texts · null") == report
    assert "Task 1 (complete)" in either("tasks", "show", 1).out


# --- thresholds -------------------------------------------------------------------------------------------------------


def test_apply_decides_again_without_the_model(either: Mill, tmp_path: Path, database: Database) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b", "c"])
    before = either.annotate(source)
    moved = checked(either("tasks", "apply", 1, "--upper", "0.6", "--lower", "0.3", "--json").json)
    assert moved["annotations"] == {"success": 9, "awaiting_review": 3}
    assert bands(moved) == {"approved": 9, "review": 3, "discarded": 3}
    assert moved["status"] == "complete"
    assert rows(database, "SELECT DISTINCT attempts FROM ledger") == [1]
    fresh = either.annotate(source, "null", "--upper", "0.6", "--lower", "0.3")
    told = ("annotations", "concepts", "annotated", "empty", "predictions")
    assert {key: moved[key] for key in told} == {key: fresh[key] for key in told}
    assert either.export(tmp_path / "1", 1) == either.export(tmp_path / "2", 2)
    back = checked(either("tasks", "apply", 1, "--upper", "0.9", "--lower", "0.5", "--json").json)
    assert back == before


def test_apply_one_limit_keeps_the_others(either: Mill, tmp_path: Path) -> None:
    either.annotate(write_texts(tmp_path / "texts", ["a"]), "null", "--threshold", "null-5=0.1:0.2")
    moved = either("tasks", "apply", 1, "--upper", "never", "--json").json
    assert bands(moved) == {"approved": 1, "review": 3, "discarded": 1}
    moved = either("tasks", "apply", 1, "--threshold", "null-4=0.4:0.4", "--json").json
    assert moved["concepts"]["null-4"] == {"approved": 1, "review": 0, "discarded": 0}
    assert moved["concepts"]["null-5"] == {"approved": 1, "review": 0, "discarded": 0}
    assert moved["concepts"]["null-1"] == {"approved": 0, "review": 1, "discarded": 0}


def test_apply_above_everything_leaves_inputs_empty(mill: Mill, tmp_path: Path) -> None:
    mill.annotate(write_texts(tmp_path / "texts", ["a", "b"]))
    moved = checked(mill("tasks", "apply", 1, "--upper", "1", "--lower", "1", "--json").json)
    assert (moved["annotated"], moved["empty"], moved["predictions"]) == (0, 2, 10)
    assert moved["annotations"] == {"success": 0, "awaiting_review": 0}


def test_apply_refuses_what_cannot_be(either: Mill, tmp_path: Path) -> None:
    before = either.annotate(write_texts(tmp_path / "texts", ["a"]), "null", "--floor", "0.3")
    assert "0.3" in either("tasks", "apply", 1, "--lower", "0.2", "--json", status=2).line
    assert "floor" in either("tasks", "apply", 1, "--threshold", "null-1=0.1:0.9", status=2).line
    assert "'other'" in either("tasks", "apply", 1, "--threshold", "other=0.5:0.9", status=2).line
    assert "lower 0.95" in either("tasks", "apply", 1, "--lower", "0.95", status=2).line
    assert either.show(1) == before


# --- stop and go on ---------------------------------------------------------------------------------------------------


def test_cancel_keeps_what_is_made_and_resume_does_the_rest(mill: Mill, tmp_path: Path, database: Database) -> None:
    started(mill, database, tmp_path)
    assert mill.show(1, status=1)["status"] == "waiting"
    said = checked(mill("tasks", "cancel", 1, "--json").json)
    assert said["status"] == "cancelled"
    assert 20 <= said["annotated"] + said["empty"] < 60
    assert mill("tasks", "list", "--json").json[0]["status"] == "cancelled"
    assert len(mill.export(tmp_path / "some")) == said["annotated"] + said["empty"]
    done = checked(mill("tasks", "resume", 1, "--json").json)
    assert (done["status"], done["annotated"], done["empty"]) == ("complete", 54, 6)
    assert rows(database, "SELECT DISTINCT attempts FROM ledger") == [1]
    assert checked(mill("tasks", "resume", 1, "--json").json) == done


def test_cancel_stops_a_run_that_is_under_way(mill: Mill, tmp_path: Path, database: Database) -> None:
    card = write_card(tmp_path / "slow.yaml", delay=0.05)
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(400)])
    process = mill.start("annotate", source, "--model", card, "--json")
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] > 0)
    assert mill("tasks", "list", "--json").json[0]["status"] == "running"
    mill("tasks", "cancel", 1, "--json")
    report = checked(ended(process, 1).json)
    assert report["status"] == "cancelled"
    assert report["waiting"] > 200


def test_pause_stops_a_run_that_is_under_way_and_resume_ends_it(mill: Mill, tmp_path: Path, database: Database) -> None:
    card = write_card(tmp_path / "slow.yaml", delay=0.02)
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(200)])
    process = mill.start("annotate", source, "--model", card, "--json")
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] > 0)
    mill("tasks", "pause", 1, "--json")
    paused = checked(ended(process, 1).json)
    assert (paused["status"], paused["failed"]) == ("paused", 0)
    assert paused["waiting"] > 100
    mill("worker", "--until-idle")  # the job is still in the queue, and finds nothing that it may do
    assert mill.show(1, status=1) == paused
    assert checked(mill("tasks", "resume", 1, "--json").json)["status"] == "complete"
    assert rows(database, "SELECT DISTINCT attempts FROM ledger") == [1]
    told = rows(database, "SELECT operation FROM activity ORDER BY id")
    assert told == ["import_inputs", "create_task", "start_run", "pause_task", "resume_task", "start_run", "finish_run"]


def test_apply_in_the_middle_of_a_run(mill: Mill, tmp_path: Path, database: Database) -> None:
    applied = tmp_path / "applied"
    said = [{"concept": "good", "score": 0.95}, {"concept": "bad", "score": 0.6}]
    card = write_card(tmp_path / "slow.yaml", {"matches": "9$", "wait_for": str(applied), "predictions": said})
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(120)])
    process = mill.start("annotate", source, "--model", card, "--json", "--upper", "never")
    until(lambda: rows(database, "SELECT count(*) FROM ledger WHERE outcome = 'done'")[0] > 0)
    mill("tasks", "apply", 1, "--upper", "0.9", "--lower", "0.7", "--json", status=1)
    applied.touch()
    ended(process)
    report = checked(mill("tasks", "resume", 1, "--json").json)
    assert report["annotations"] == {"success": 120, "awaiting_review": 0}
    assert bands(report) == {"approved": 120, "review": 0, "discarded": 120}
    assert rows(database, "SELECT count(*) FROM annotation") == [120]


def test_delete(either: Mill, tmp_path: Path, database: Database) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b"])
    either.annotate(source)
    kept = either.annotate(source, "null", "--name", "kept")
    assert either("tasks", "delete", 1, "--json").json == {"deleted": 1, "name": "texts · null"}
    assert [task["id"] for task in either("tasks", "list", "--json").json] == [2]
    assert either.show("kept") == kept
    assert rows(database, "SELECT count(*) FROM input") == [2]
    assert "'1'" in either("tasks", "show", 1, status=2).line
    assert "is deleted" in either("tasks", "delete", "kept").out


def test_apply_that_is_killed_half_way_is_ended_by_resume(mill: Mill, tmp_path: Path, database: Database) -> None:
    mill.annotate(write_texts(tmp_path / "texts", [f"text {i}" for i in range(120)]), "null")
    outdated = "SELECT count(*) FROM shard s JOIN task t ON t.id = s.task_id WHERE s.revision < t.revision"
    assert rows(database, "SELECT count(*) FROM shard")[0] > 2
    with database.begin() as somebody:  # who is at work on the last shard: apply waits for them
        somebody.execute(sa.text("SELECT pg_advisory_xact_lock(1, max(no)) FROM shard"))
        process = mill.start("tasks", "apply", 1, "--upper", "0.7", "--lower", "0.5")
        until(lambda: rows(database, outdated) == [1])
        kill_group(process)
    report = checked(mill("tasks", "resume", 1, "--json").json)
    assert rows(database, outdated) == [0]
    assert report["annotations"] == {"success": 240, "awaiting_review": 120}
    assert bands(report) == {"approved": 240, "review": 120, "discarded": 240}
