"""The demo: one project, made once beside others, in a home of its own; what is in it, tests/e2e/test_demo.py says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from mill import Mill, ended, rows, until, write_texts
from mill import mill as mill
from scratch import furnish
from yard import gone

from labelmill.engine import jobs
from labelmill.flows import demo
from labelmill.store.database import Database
from labelmill.store.media import Media

FEW = """
from labelmill.__main__ import main
from labelmill.flows import demo

demo.PHOTOS, demo.MESSAGES = 12, 30
main()
"""
"""The command, with a demo that is drawn and labeled in a tenth of the time."""


def test_the_project_is_made_once_beside_others(
    mill: Mill, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, few in (("PHOTOS", 3), ("MESSAGES", 5)):
        monkeypatch.setattr(demo, name, few)
    mill.annotate(write_texts(tmp_path / "texts", ["of somebody else"]))
    before = everything(database)
    drawn: list[int] = []
    for _ in range(2):
        media = Media(mill.home / "media", max_bytes=10_000_000)
        demo.make(database, media, mill.home, jobs.enqueue, on_drawn=drawn.append)
    assert drawn == [1, 2, 3]
    mill("worker", "--until-idle")
    assert [there[: len(were)] for there, were in zip(everything(database), before, strict=True)] == before
    assert rows(database, "SELECT name FROM project ORDER BY id") == ["default", "Wardrobe"]
    assert rows(database, "SELECT name FROM task ORDER BY id")[1:] == list(demo.TASKS)
    for task, (dataset, _) in demo.TASKS.items():
        report = mill.show(task)
        assert (report["status"], report["failed"]) == ("complete", 0)
        assert report["inputs"] == {"Messages": 5, "Wardrobe": 3}[dataset]


def everything(database: Database) -> list[list[str]]:
    """All rows that somebody may care for, the oldest first."""
    tables = ("project", "dataset", "input", "source", "task", "annotation")
    return [rows(database, f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id") for table in tables]


def test_its_tasks_wait_until_their_owner_comes_and_run_before_their_eyes(home: Path, prepared_database: Path) -> None:
    mill = Mill(home)
    furnish(home / "demo", prepared_database)
    listing = ["tasks", "list", "--json", "--home", home / "demo"]
    try:
        for visit in (1, 2):
            process = start_few(mill)
            assert process.stdout is not None
            said = process.stdout.readline() + process.stdout.readline()
            found = re.search(r"(http://\S+)/sign-in\?to=/projects/(\d+)/tasks/(\d+)#token=(\S+)", said)
            assert found, "a demo that nobody came to see waits for the next one"
            tasks = mill(*listing).json
            assert [task["status"] for task in tasks] == ["waiting"] * len(demo.TASKS)
            assert tasks[0]["id"] == int(found[3])
            assert tasks[0]["name"] == list(demo.TASKS)[-1]
            if visit == 1:
                process.terminate()
                process.communicate(timeout=30)
        with httpx2.Client(base_url=f"{found[1]}/api/v1") as browser:
            browser.post("/session", json={"token": found[4]}).raise_for_status()
            assert browser.get(f"/projects/{found[2]}/tasks/{found[3]}").json()["name"] == tasks[0]["name"]
        until(lambda: all(task["status"] == "complete" for task in mill(*listing).json), every=0.5)
    finally:
        mill.clear()


def start_few(mill: Mill) -> "subprocess.Popen[str]":
    """Start the command with few photos; it ends with the others of the mill."""
    env = os.environ | {"LABELMILL_HOME": str(mill.home), "LABELMILL_WORKERS": "1"}
    command = [sys.executable, "-c", FEW, "demo", "--port", "0"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )
    mill.started.append(process)
    return process


def test_what_is_no_demo_is_not_removed(home: Path) -> None:
    (home / "demo").mkdir(parents=True)
    (home / "demo" / "thesis.txt").write_text("years of work")
    assert "holds no demo: nothing was removed" in Mill(home)("demo", "--reset", status=2).line
    assert (home / "demo" / "thesis.txt").read_text() == "years of work"


def test_the_command_has_a_home_of_its_own_and_begins_again_when_told_to(home: Path) -> None:
    """It is stopped while it draws: what it makes in the end, others see."""
    mill = Mill(home, settings={"LABELMILL_DATABASE_URL": "postgresql://nobody@nowhere.invalid/of-something-else"})
    try:
        for again in ([], ["--reset"]):
            process = mill.start("demo", "--port", "0", *again)
            assert process.stderr is not None
            while not re.match("Drawing: 1 of 120 photos", line := process.stderr.readline()):
                assert line, "it ended"
            assert [path.name for path in home.iterdir()] == ["demo"]
            kept = home / "demo" / "kept"
            assert not kept.exists()
            kept.touch()
            assert "stop it first" in mill("demo", "--reset", status=2).line
            process.terminate()
            assert ended(process, 143).line == "stopped."
            until(lambda: gone(home / "demo"))
    finally:
        mill.clear()
