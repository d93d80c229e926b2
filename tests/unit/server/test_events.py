"""What moves is told as it moves, to who may hear it, by one look at the database for all."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from live import tokens
from made import make_task, work
from mill import until
from world import app_of

from labelmill.core.role import Role
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import edit_task
from labelmill.flows.apply import redecide_all
from labelmill.server import events
from labelmill.server.events import MOST_TASKS, news
from labelmill.server.serve import Server
from labelmill.server.site import Site
from labelmill.store import members, projects, tasks
from labelmill.store.database import Database
from labelmill.store.media import Media


@dataclass
class Served:
    """A server on a socket, and its database."""

    database: Database
    address: str
    token: str
    server: Server
    thread: threading.Thread
    listener: socket.socket

    @contextmanager
    def listen(self, project_id: int, status: int = 200) -> Iterator[Iterator[tuple[str, Any]]]:
        """The events of a project as they come; comments come as ("", text)."""
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{self.address}/api/v1/projects/{project_id}/events"
        with httpx.stream("GET", address, headers=headers, timeout=30) as said:
            assert said.status_code == status
            yield _events(said.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    event = ""
    for line in lines:
        key, _, value = line.partition(": ")
        if line and not key:
            yield "", value
        elif key == "event":
            event = value
        elif key == "data":
            yield event, json.loads(value)


def until_event(heard: Iterator[tuple[str, Any]], kind: str) -> Any:
    return next(said for event, said in heard if event == kind)


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    app = app_of(Site(database, tmp_path, Media(tmp_path / "media", max_bytes=10**6)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(app)
        thread = threading.Thread(target=server.run, args=([taken],))
        thread.start()
        until(lambda: server.started)
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        yield Served(database, address, tokens(database)[0], server, thread, taken)
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def owned(database: Database, project_id: int) -> int:
    with database.begin() as conn:
        owner = projects.owner(conn)
        members.put(conn, project_id, owner, Role.VIEWER)
    return owner


def test_a_task_is_told_of_as_it_moves_and_when_it_is_gone(served: Served) -> None:
    task = make_task(served.database, 3)
    owned(served.database, task.project_id)
    with served.listen(task.project_id) as heard:
        first = until_event(heard, "task")
        assert (first["id"], first["waiting"], first["status"]) == (task.id, 3, "waiting")
        work(served.database, task.id)
        said = first
        while said["waiting"]:
            said = until_event(heard, "task")
        assert (said["annotated"], said["status"]) == (3, "complete")
        with served.database.begin() as conn:
            tasks.delete(conn, task.id, keep_annotations=True)
        assert until_event(heard, "gone") == {"id": task.id}


def test_what_went_there_and_back_between_two_looks_is_told(database: Database) -> None:
    """Whoever read in between has to read again, and all counts are what they were."""
    task = make_task(database, 3)
    who = (task.project_id, owned(database, task.project_id))
    work(database, task.id)
    before = events.look(database, [who])[who]
    for limits in (Limits(0.96, 0.97), Limits(0.5, 0.9)):
        with database.begin() as conn:
            edit_task.set_thresholds(conn, task.id, who[1], Thresholds(limits))
        with database.session() as conn:
            redecide_all(conn, task.id, 0.5)
    assert [event for event, _ in news(before, events.look(database, [who])[who])] == ["task"]


def test_no_answer_waits_for_its_head_to_be_acknowledged(served: Served) -> None:
    assert served.listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_streams_end_when_the_server_stops(served: Served) -> None:
    task = make_task(served.database, 1)
    owned(served.database, task.project_id)
    with served.listen(task.project_id) as heard:
        until_event(heard, "task")
        started = time.monotonic()
        served.server.should_exit = True
        assert [event for event, _ in heard] == []
        served.thread.join(20)
    assert time.monotonic() - started < 10


def test_a_stream_ends_when_who_listens_may_no_longer(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.1)
    task = make_task(served.database, 1)
    owner = owned(served.database, task.project_id)
    with served.listen(task.project_id) as heard:
        until_event(heard, "task")
        assert next(heard) == ("", "still here")
        with served.database.begin() as conn:
            members.remove(conn, task.project_id, owner)
        assert {event for event, _ in heard} <= {""}
    with served.listen(task.project_id, 404):
        pass


def test_who_is_no_member_any_more_hears_no_news(served: Served) -> None:
    task = make_task(served.database, 3)
    owner = owned(served.database, task.project_id)
    with served.listen(task.project_id) as heard:
        until_event(heard, "task")
        with served.database.begin() as conn:
            members.remove(conn, task.project_id, owner)
        work(served.database, task.id)
        assert list(heard) == []


def test_one_look_serves_all_and_none_is_taken_for_nobody(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[list[tuple[int, int]]] = []
    look = events.look
    monkeypatch.setattr(events, "look", lambda database, ids: (looks.append(ids), look(database, ids))[1])
    task = make_task(served.database, 1)
    owner = owned(served.database, task.project_id)
    with served.listen(task.project_id) as one, served.listen(task.project_id) as other:
        until_event(one, "task")
        until_event(other, "task")
        assert looks[0] == [(task.project_id, owner)]
        assert len(looks) <= 3
    until(lambda: not served.server._app.state.watch._listeners)
    until(lambda: served.server._app.state.watch._looking.done())


def test_a_look_that_had_to_wait_once_holds_up_no_news(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine on which a model runs."""
    look, looks = events.look, list[Any]()

    def slow_once(*asked: Any) -> Any:
        looks.append(look(*asked))
        if len(looks) == 3:
            time.sleep(1)
        return looks[-1]

    monkeypatch.setattr(events, "look", slow_once)
    task = make_task(served.database, 3)
    owned(served.database, task.project_id)
    with served.listen(task.project_id) as heard:
        until_event(heard, "task")
        until(lambda: len(looks) == 3)
        work(served.database, task.id)
        started = time.monotonic()
        while until_event(heard, "task")["waiting"]:
            pass
    assert time.monotonic() - started < 5  # its tenfold is 10


def test_news_are_what_changed_and_what_is_gone() -> None:
    before = {("task", 1): "a", ("task", 2): "b", ("import", 1): "x"}
    assert news({}, before) == [("task", "a"), ("task", "b"), ("import", "x")]
    assert news(before, {**before, ("task", 2): "c"}) == [("task", "c")]
    assert news(before, {("task", 2): "b", ("import", 1): "x"}) == [("gone", '{"id":1}')]
    full = {("task", i): "" for i in range(MOST_TASKS)}
    moved = {("task", i): "" for i in range(1, MOST_TASKS + 1)}  # a new one, and the oldest is no longer watched
    assert news(full, moved) == [("task", "")]
