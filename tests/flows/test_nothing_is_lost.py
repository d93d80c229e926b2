"""kill -9 of everything at random moments, two workers on one task, Ctrl-C, a full disk: nothing is lost."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest
from made import check_sums
from mill import Mill, Running, checked, done_share, ended, kill_group, rows, until, write_card, write_texts
from mill import embedded_mill as embedded_mill

from labelmill.core.annotation import Status
from labelmill.flows.export import export
from labelmill.flows.report import report
from labelmill.store import postmaster
from labelmill.store.database import Database
from labelmill.store.embedded import Embedded, where

SEEDS = 5
KILLS = 5  # each, so 25 moments
INPUTS = 480


def made(folder: Path) -> tuple[Path, Path, Path]:
    """A source, a card that takes its time, and the same without: many answers, few, or none."""
    rules = (
        {"matches": "[05]$", "predictions": []},
        {"matches": "3$", "predictions": [{"concept": "good", "score": 0.1 * i} for i in range(1, 10)]},
        {"matches": "7$", "predictions": [{"concept": "bad", "score": 0.7, "span": [0, 3]}]},
        {"matches": "9$", "do": "raise"},
    )
    for name, delay in (("slow", 0.012), ("quick", 0.0)):
        (folder / name).mkdir()
        slow = [{**rule, "delay": delay} for rule in rules]
        write_card(folder / name / "model.yaml", *slow, delay=delay, batch=4)
    source = write_texts(folder / "texts", [f"text {i}" for i in range(INPUTS)])
    return source, folder / "slow/model.yaml", folder / "quick/model.yaml"


def stands(mill: Mill, task: int, to: Path) -> dict[str, Any]:
    """All that a task came to: what it exports, what it counts, and every row there is once."""
    with Embedded(mill.home) as url:
        database = Database(url)
        check_sums(database, task)
        of = {"t": task}
        facts: dict[str, Any] = {
            "outcomes": rows(database, "SELECT outcome::text, work::text, kind, count(*) FROM ledger "
                             "WHERE task_id = :t GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", **of),
            "annotations": rows(database, "SELECT count(*), count(DISTINCT (input_id, prediction)) FROM annotation "
                                "WHERE task_id = :t", **of),
            "predictions": rows(database, "SELECT count(*), sum(cardinality(p.scores)) FROM prediction p "
                                "JOIN task t USING (run_id) WHERE t.id = :t", **of),
            "assigned": rows(database, "SELECT count(*), count(DISTINCT input_id) FROM assignment "
                             "WHERE task_id = :t", **of),
            "shared": rows(database, "SELECT sum(inputs) FROM share WHERE task_id = :t", **of),
            "open regions": rows(database, "SELECT count(*) FROM region r LEFT JOIN annotation a ON a.region_id = r.id "
                                 "WHERE a.id IS NULL"),
        }  # fmt: skip
        with database.begin() as conn:
            said = checked(report(conn, task))
        export(database, task, "jsonl", to, [Status.SUCCESS, Status.AWAITING_REVIEW])
        database.close()
    told = ("status", "sources", "inputs", "annotated", "empty", "failed", "predictions", "annotations", "concepts")
    failures = sorted(map(str, said["failures"]))
    return {**facts, "report": {key: said[key] for key in told}, "failures": failures, "export": to.read_text()}


# --- kill -9 ----------------------------------------------------------------------------------------------------------


def workers(process: Running) -> list[psutil.Process]:
    """The processes in which a command's model runs: forks of the command itself, and of the fork server."""
    with contextlib.suppress(psutil.NoSuchProcess):
        command = psutil.Process(process.pid)
        children = command.children()
        servers = [child for child in children if "forkserver" in " ".join([child.name(), *child.cmdline()])]
        forked = [child for child in children if child not in servers and child.cmdline() == command.cmdline()]
        return [*forked, *(worker for server in servers for worker in server.children())]
    return []


def kill_worker(mill: Mill, process: Running, rng: random.Random) -> bool:
    """As the other kills: False when there was nothing left to strike."""
    found = until(lambda: workers(process) or process.poll() is not None)
    return found is not True and sum(struck(one) for one in rng.sample(found, rng.randint(1, len(found)))) > 0


def struck(worker: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        worker.kill()
        return True
    return False


def kill_postmaster(mill: Mill, process: Running, rng: random.Random) -> bool:
    server, running = postmaster.find(where(mill.home).data), process.poll() is None
    if server:
        os.kill(server.pid, signal.SIGKILL)
    share = done_share(mill.home)
    # a command dies of it, unless it had not come to its database yet
    until(lambda: process.poll() is not None or done_share(mill.home) > share, every=0.1)
    said = ended_anyhow(process) if process.poll() is not None else None
    if said and said.returncode and not said.stdout:  # a report says that it went on, or had ended (with its failures)
        assert said.returncode == 1
        assert "Traceback" not in said.stderr
        assert "database" in said.stderr
        assert "labelmill tasks resume" in said.stderr
    return server is not None and running


def kill_command(mill: Mill, process: Running, rng: random.Random) -> bool:
    kill_group(process)
    return process.returncode == -signal.SIGKILL


def kill_everything(mill: Mill, process: Running, rng: random.Random) -> bool:
    server = postmaster.find(where(mill.home).data)
    kill_group(process)
    if server:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, signal.SIGKILL)
    return server is not None and process.returncode == -signal.SIGKILL


def ended_anyhow(process: Running) -> "subprocess.CompletedProcess[str]":
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_anywhere_and_resumed_is_as_if_nothing_had_been(embedded_mill: Mill, tmp_path: Path, seed: int) -> None:
    mill, rng = embedded_mill, random.Random(seed)
    mill.settings = {"LABELMILL_WORKERS": "2"}
    source, slow, quick = made(tmp_path)
    kills = [kill_worker, kill_postmaster, kill_command, kill_everything, rng.choice([kill_worker, kill_postmaster])]
    rng.shuffle(kills)
    moments = sorted(rng.uniform(0.1, 0.9) for _ in range(KILLS))
    missed = []
    process = mill.start("annotate", source, "--model", slow, "--lower", "0.3", "--upper", "0.8", "--json")
    with Embedded(mill.home):  # so that the killed are not the only users, and the polls below are quick
        for moment, kill in zip(moments, kills, strict=True):
            until(lambda moment=moment: done_share(mill.home) >= moment, every=0.1)
            time.sleep(rng.uniform(0, 0.1))  # not to wait for anything: to strike between two commits
            if not kill(mill, process, rng):
                missed.append((kill.__name__, moment))
            if process.poll() is not None:
                process = mill.start("tasks", "resume", 1, "--json")
        ended_anyhow(process)
        assert len(missed) <= 1  # a run may end just before it is struck
        done = checked(mill("tasks", "resume", 1, "--json", status=1).json)
        assert (done["status"], done["waiting"], done["failed"]) == ("complete", 0, INPUTS // 10)
        undisturbed = mill.annotate(source, quick, "--lower", "0.3", "--upper", "0.8", status=1)
        assert (undisturbed["annotated"], undisturbed["empty"]) == (INPUTS * 7 // 10, INPUTS * 2 // 10)
        assert stands(mill, 1, tmp_path / "1") == stands(mill, undisturbed["task"], tmp_path / "2")


def test_kill_while_the_source_is_read(embedded_mill: Mill, tmp_path: Path) -> None:
    mill = embedded_mill
    table = tmp_path / "rows.csv"
    table.write_text("id,text\n" + "".join(f"r{i},text {i}\n" for i in range(30_000)))
    process = mill.start("annotate", table, "--model", "null", "--json")

    def read() -> bool:
        with Embedded(mill.home) as url:
            database = Database(url)
            known = rows(database, "SELECT to_regclass('input') IS NOT NULL")[0]
            some = known and rows(database, "SELECT EXISTS (SELECT FROM input)")[0]
            database.close()
        return bool(some)

    until(read)
    kill_group(process)
    done = mill.annotate(table)
    assert (done["sources"], done["inputs"], done["duplicates"]) == (30_000, 30_000, 0)
    assert (done["annotated"], done["predictions"]) == (30_000, 150_000)


# --- together, and by hand --------------------------------------------------------------------------------------------


def test_two_resumes_of_one_task_at_once(embedded_mill: Mill, tmp_path: Path) -> None:
    mill = embedded_mill
    source, slow, quick = made(tmp_path)
    with Embedded(mill.home):
        process = mill.start("annotate", source, "--model", slow, "--json")
        until(lambda: done_share(mill.home) > 0.1)
        kill_group(process)
        both = [mill.start("tasks", "resume", 1, "--json", workers=2) for _ in range(2)]
        reports = [checked(ended(one, 1).json) for one in both]
        assert [one["status"] for one in reports] == ["complete", "complete"]
        undisturbed = mill.annotate(source, quick, status=1)
        assert stands(mill, 1, tmp_path / "1") == stands(mill, undisturbed["task"], tmp_path / "2")
        with Embedded(mill.home) as url:
            database = Database(url)
            assert rows(database, "SELECT DISTINCT attempts FROM ledger") == [1]  # nothing was done twice
            database.close()


def test_two_commands_at_once_on_a_home_that_is_not_there_yet(home: Path, tmp_path: Path) -> None:
    """One makes the database and its schema, the other waits for it; both take in the same texts."""
    mill, source = Mill(home), write_texts(tmp_path / "texts", [f"text {i}" for i in range(8)])
    try:
        both = [mill.start("annotate", source, "--model", "null", "--json") for _ in range(2)]
        reports = [checked(ended(one).json) for one in both]
    finally:
        mill.clear()
    assert sorted(one["task"] for one in reports) == [1, 2]
    assert [(one["status"], one["inputs"], one["annotated"]) for one in reports] == [("complete", 8, 8)] * 2


@pytest.mark.parametrize(
    ("number", "whom", "status"),
    [(signal.SIGINT, "group", 130), (signal.SIGINT, "command", 130), (signal.SIGTERM, "group", 143)],
)
def test_a_signal_stops_and_resume_goes_on(
    embedded_mill: Mill, tmp_path: Path, number: int, whom: str, status: int
) -> None:
    """Ctrl-C in a terminal and the end of a service reach the workers as well."""
    mill = embedded_mill
    source, slow, _ = made(tmp_path)
    process = mill.start("annotate", source, "--model", slow, "--json")
    until(lambda: done_share(mill.home) > 0.1)
    os.killpg(process.pid, number) if whom == "group" else process.send_signal(number)
    said = ended(process, status)
    assert said.out == ""
    assert said.line == "stopped; nothing is lost: 'labelmill tasks list' shows what to resume."
    until(lambda: postmaster.find(where(mill.home).data) is None)  # the last to leave stops it
    (listed,) = mill("tasks", "list", "--json").json
    assert listed["status"] == "waiting"
    assert 0 < listed["waiting"] < INPUTS
    done = checked(mill("tasks", "resume", 1, "--json", status=1, workers=2).json)
    assert (done["status"], done["waiting"], done["failed"]) == ("complete", 0, INPUTS // 10)


def test_the_workers_of_a_killed_command_do_not_live_on(embedded_mill: Mill, tmp_path: Path) -> None:
    source, slow, _ = made(tmp_path)
    process = embedded_mill.start("annotate", source, "--model", slow, workers=2)
    until(lambda: done_share(embedded_mill.home) > 0)
    left = workers(process)
    assert len(left) == 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []


# --- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own that is soon full."""
    folder = Path(tempfile.mkdtemp(prefix="lm-disk-")).resolve()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"NOT TESTED, a full disk: this user may not mount a small one ({mounted.stderr.decode().strip()})")
    try:
        yield folder
        home = folder / "home"
        if server := postmaster.find(where(home).data):
            postmaster.interrupt(server.pid)
            until(lambda: postmaster.find(where(home).data) is None)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder)


def fill(disk: Path) -> Path:
    """Take all the space that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (2**20, 2**12):
            with contextlib.suppress(OSError):
                for _ in count():
                    file.write(b"x" * size)
    return filler


def test_a_full_disk_is_a_clear_error_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    mill = Mill(small_disk / "home")
    rows_ = 12_000
    table = tmp_path / "rows.csv"
    table.write_text("id,text\n" + "".join(f"r{i},text {i}\n" for i in range(rows_)))
    card = write_card(
        tmp_path / "model.yaml", delay=0.0005, concepts=["a", "b"], batch=64,
        predictions=[{"concept": "a", "score": 0.95, "span": [0, 3]}, {"concept": "b", "score": 0.6, "span": [0, 2]}],
    )  # fmt: skip
    try:
        process = mill.start("annotate", table, "--model", card, "--json")
        until(lambda: done_share(mill.home) > 0.02)
        filler = fill(small_disk)
        said = ended(process, 1)
        assert said.out == ""
        assert "full" in said.line
        assert "resume" in said.line
        filler.unlink()
        before = mill.show(1, status=1)
        assert before["status"] in ("waiting", "failed")
        assert 0 < before["waiting"] < rows_
        done = checked(mill("tasks", "resume", 1, "--json").json)
        assert (done["status"], done["annotated"], done["predictions"]) == ("complete", rows_, 2 * rows_)
        lines = mill.export(tmp_path / "out")
        assert len(lines) == rows_
        assert all(len(line["annotations"]) == 2 for line in lines)
    finally:
        mill.clear()
