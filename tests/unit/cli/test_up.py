"""labelmill up: what is started is watched, comes back, and is gone at the end."""

import contextlib
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil
import pytest
from mill import Mill, Running, Said, ended, kill_group, rows, until, write_card, write_texts
from mill import embedded_mill as embedded_mill
from mill import mill as mill

from labelmill.store import postmaster
from labelmill.store.database import Database
from labelmill.store.embedded import where


@dataclass
class Up:
    """A running `labelmill up`: where it is, and the token it printed."""

    process: Running
    address: str
    token: str

    def pid(self, name: str) -> int:
        """Of the server's or the worker's process; 0 while there is none."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):  # or a zombie, which is one, too
                if name in child.cmdline():
                    return child.pid
        return 0

    def answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/api/v1/session", timeout=5).status_code == 401
        except httpx2.TransportError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> Said:
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        said = ended(self.process, 143 if number == signal.SIGTERM else 130, 30)
        _, left = psutil.wait_procs(children, timeout=20)  # a worker's own children end a moment after it
        assert left == []
        return said


def start(mill: Mill, *args: str) -> Up:
    process = mill.start("up", "--port", "0", *args)
    assert process.stdout is not None
    place = process.stdout.readline().removeprefix("Labelmill is at ").strip()
    assert place.startswith("http://"), process.communicate(timeout=10)
    token = re.search(r"#token=(\S+)", process.stdout.readline())
    assert token
    return Up(process, place, token[1])


@pytest.fixture
def up(mill: Mill) -> Iterator[Up]:
    yield start(mill)


def test_the_printed_address_signs_the_owner_in_once(up: Up) -> None:
    with httpx2.Client(base_url=up.address) as browser:
        said = browser.post("/api/v1/session", json={"token": up.token})
        assert said.status_code == 200
        assert said.json()["operator"]
        assert browser.get("/api/v1/session").json()["name"] == "owner"
        assert httpx2.post(f"{up.address}/api/v1/session", json={"token": up.token}).status_code == 401
    up.stop(signal.SIGINT)


def test_a_worker_that_dies_comes_back_and_takes_its_task_up_again(up: Up, database: Database, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    card = write_card(tmp_path / "gated.yaml", {"text": "text 3", "wait_for": str(gate)})
    with httpx2.Client(base_url=f"{up.address}/api/v1") as browser:
        browser.headers["X-Labelmill-CSRF"] = browser.post("/session", json={"token": up.token}).json()["csrf"]
        project = f"/projects/{browser.post('/projects', json={'name': 'p'}).json()['id']}"
        browser.post(f"{project}/models", files={"files": ("gated.yaml", card.read_bytes())}).raise_for_status()
        for number in range(5):
            browser.post(f"{project}/texts", json={"text": f"text {number}"}).raise_for_status()
        asked = {"model": "gated", "all_inputs_as": "all", "thresholds": {"lower": 0.5, "upper": 0.9}}
        browser.post(f"{project}/tasks", json=asked).raise_for_status()
        until(lambda: rows(database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == [1])
        first = up.pid("worker")
        psutil.Process(first).kill()
        until(lambda: up.pid("worker") not in (0, first))
        assert browser.get("/session").status_code == 200
        gate.touch()
        until(lambda: browser.get(f"{project}/tasks").json()["items"][0]["status"] == "complete")
    up.stop()


def test_a_task_under_way_does_not_hold_up_a_stop(up: Up, mill: Mill, database: Database, tmp_path: Path) -> None:
    card = write_card(tmp_path / "slow.yaml", delay=60)
    process = mill.start("annotate", write_texts(tmp_path / "texts", ["a", "b"]), "--model", card)
    until(lambda: rows(database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == [1])
    kill_group(process)
    up.stop()
    assert mill.show(1, status=1)["waiting"] == 2
    assert rows(database, "SELECT status::text FROM procrastinate_jobs") == ["todo"]


def test_a_server_that_dies_comes_back_at_its_address_and_none_outlives_up(up: Up) -> None:
    psutil.Process(up.pid("server")).kill()
    until(up.answers)
    left = psutil.Process(up.process.pid).children(recursive=True)
    up.process.kill()
    up.process.wait()
    until(lambda: not [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE])


def test_a_database_that_dies_comes_back(embedded_mill: Mill) -> None:
    up = start(embedded_mill)
    found = postmaster.find(where(embedded_mill.home).data)
    assert found is not None
    psutil.Process(found.pid).kill()
    began = time.monotonic()
    until(lambda: (now := postmaster.find(where(embedded_mill.home).data)) is not None and now.pid != found.pid)
    until(up.answers)
    assert time.monotonic() - began < 20
    until(lambda: up.pid("worker"))
    said = up.stop()
    assert "Traceback" not in said.err
    assert "fault of Labelmill" not in said.err


def test_no_database_is_left_by_a_worker_that_has_to_be_killed(embedded_mill: Mill) -> None:
    up = start(embedded_mill)
    until(lambda: up.pid("worker"))
    stuck, server = psutil.Process(up.pid("worker")), psutil.Process(up.pid("server"))
    until(lambda: [one for one in stuck.open_files() if Path(one.path).name == "users.lock"])
    stuck.suspend()
    up.process.send_signal(signal.SIGTERM)
    server.wait(20)
    stuck.kill()
    ended(up.process, 143, 30)
    until(lambda: postmaster.find(where(embedded_mill.home).data) is None, 20)


def test_others_are_let_in_only_once_the_owner_has_a_password(mill: Mill) -> None:
    refused = mill("up", "--host", "0.0.0.0", "--port", "0", status=2)
    assert "labelmill password" in refused.line
    assert "labelmill password" in mill("server", "--port", "0", status=2, hosts="labels.example").line
    process = mill.start("password")
    assert ended_with(process, "short\n", 2) == "A password has at least 10 characters."
    ended_with(mill.start("password"), "correct horse\n", 0)
    process = mill.start("server", "--host", "0.0.0.0", "--port", "0")
    assert process.stdout is not None
    port = process.stdout.readline().strip().rpartition(":")[2]
    said = httpx2.post(f"http://127.0.0.1:{port}/api/v1/session", json={"name": "owner", "password": "correct horse"})
    assert said.json()["has_password"]
    process.terminate()
    ended(process, 143, 30)


def ended_with(process: Running, typed: str, status: int) -> str:
    _, err = process.communicate(typed, timeout=60)
    assert process.returncode == status, err
    return err.strip().removeprefix("labelmill: ")


def test_a_port_that_is_taken_is_said(up: Up, mill: Mill) -> None:
    port = up.address.rpartition(":")[2]
    assert f"port {port}" in mill("up", "--port", port, status=2).line
    up.stop()
