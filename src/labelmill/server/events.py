"""What moves in a project, as server-sent events: one look at the database serves everybody who listens."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TypeAlias

import anyio
import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from labelmill.core.errors import BadCall, StoreFault
from labelmill.core.role import Role
from labelmill.server.access import Needs, Viewer
from labelmill.server.site import Here, Site
from labelmill.server.task_shapes import TaskHead
from labelmill.server.uploads import Import
from labelmill.store import heads, imports, shards
from labelmill.store.database import Database

router = APIRouter(prefix="/projects/{project_id}/events", tags=["tasks"])

EVERY = 1.0
"""Seconds between looks; TIMES as long as a look takes, if that is longer."""

TIMES = 10
_LAST = 5
"""So many looks tell how long one takes, by the quickest: on a busy machine some wait for their turn."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent. Before it, as before news, it is looked whether one still may."""

LONGEST = 900.0
"""Seconds after which a stream ends; an EventSource opens it again by itself."""

MOST_TASKS, MOST_IMPORTS = 100, 20
"""The newest of a project that are watched; older ones hardly move, and pages read them again now and then."""

_viewer = Needs(Role.VIEWER)

Listener: TypeAlias = tuple[int, int]
"""The id of a project, and of a person who listens to it."""

Key: TypeAlias = tuple[str, int]
State: TypeAlias = dict[Key, str]
"""By event and id what is sent: JSON."""


@dataclass
class Watch:
    """Looks at the projects that somebody listens to, as long as there are such. Lives in one event loop."""

    database: Database
    _listeners: dict[Listener, int] = field(default_factory=dict)
    _states: dict[Listener, State] = field(default_factory=dict)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: "asyncio.Task[None] | None" = None
    _took: deque[float] = field(default_factory=partial(deque[float], maxlen=_LAST))
    closed: bool = False

    def join(self, who: Listener) -> None:
        """Look at a project, for a person, from now on."""
        self._listeners[who] = self._listeners.get(who, 0) + 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())

    def leave(self, who: Listener) -> None:
        """One listener less."""
        self._listeners[who] -= 1
        if not self._listeners[who]:
            del self._listeners[who]
            self._states.pop(who, None)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self.closed = True
        self._wake()

    async def next(self, who: Listener, seconds: float) -> State | None:
        """How things stand after the next look; None when there was none in this time."""
        looked = self._looked
        with suppress(TimeoutError):
            await asyncio.wait_for(looked.wait(), seconds)
        return self._states.get(who) if looked.is_set() else None

    async def _look_on(self) -> None:
        while self._listeners and not self.closed:
            started = time.monotonic()
            try:
                states = await anyio.to_thread.run_sync(partial(look, self.database, list(self._listeners)))
                self._states = {who: state for who, state in states.items() if who in self._listeners}
                self._wake()
            except StoreFault:
                pass  # the database is away: what is sent next is what stands when it is back
            self._took.append(time.monotonic() - started)
            await asyncio.sleep(max(EVERY, TIMES * min(self._took)))

    def _wake(self) -> None:
        self._looked.set()
        self._looked = asyncio.Event()


def close(app: FastAPI) -> None:
    """End all streams of an application that is about to stop: it would wait for them. In its event loop."""
    watch: Watch | None = getattr(app.state, "watch", None)
    if watch is not None:
        watch.close()


def look(database: Database, listeners: list[Listener]) -> dict[Listener, State]:
    """How projects stand for who listens: the newest tasks and imports of each, as the events that tell of them.

    A project is looked at once; what its tasks have for a person to do, once for each person.
    """
    states: dict[Listener, State] = {}
    with database.begin() as conn:
        alive = shards.alive(conn)
        for project_id, group in groupby(sorted(listeners), key=lambda who: who[0]):
            found = heads.page(conn, project_id, limit=MOST_TASKS)
            every = {("import", one.id): Import.of(one).model_dump_json()
                     for one in imports.page(conn, project_id, limit=MOST_IMPORTS)}  # fmt: skip
            for _, person_id in group:
                turns = heads.turns(conn, person_id, [head.id for head in found])
                state = states[project_id, person_id] = {}
                for head in found:
                    shown = TaskHead.of(head, turns.get(head.id, heads.Turn()), alive=head.id in alive)
                    state["task", head.id] = shown.model_dump_json()
                state |= every
    return states


def news(before: State, now: State) -> list[tuple[str, str]]:
    """The events that lead from one state to another: (event, JSON). `gone` names a task that is no longer listed."""
    changed = [(key[0], said) for key, said in now.items() if before.get(key) != said]
    oldest = min((number for kind, number in now if kind == "task"), default=0)
    full = sum(kind == "task" for kind, _ in now) == MOST_TASKS  # then an older one just left the watched
    gone = [number for kind, number in before if kind == "task" and ("task", number) not in now]
    return changed + [("gone", f'{{"id":{number}}}') for number in gone if not full or number > oldest]


class Stream(StreamingResponse):
    """Server-sent events; not FastAPI's own response, which takes endpoints that yield before they can refuse."""

    media_type = "text/event-stream"


@router.get("", response_class=Stream)
async def watch_project(request: Request, member: Viewer, site: Here) -> StreamingResponse:
    """Events `task` and `import`, each with the whole object as JSON, when something about it changes.

    The first events tell how things stand. `gone` names a task that is no longer listed. The stream ends after
    a while, and when the session does; an EventSource opens it again by itself.
    """
    told = _told(request, site, _watch(request, site), (member.project_id, member.person.id))
    return Stream(told, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def _watch(request: Request, site: Site) -> Watch:
    """The application's; made in its event loop."""
    state = request.app.state
    if getattr(state, "watch", None) is None:
        state.watch = Watch(site.database)
    watch: Watch = state.watch
    return watch


async def _told(request: Request, site: Site, watch: Watch, who: Listener) -> AsyncIterator[bytes]:
    sent: State = {}
    ends = time.monotonic() + LONGEST
    still = time.monotonic() + HEARTBEAT
    watch.join(who)
    try:
        yield format_sse_event(comment="listening")
        while time.monotonic() < ends:
            looked = await watch.next(who, HEARTBEAT)
            if watch.closed:
                return
            now = sent if looked is None else looked
            told = news(sent, now)
            if told or time.monotonic() > still:
                if not await _still_may(request, site, who[0]):
                    return
                still = time.monotonic() + HEARTBEAT
                if not told:
                    yield format_sse_event(comment="still here")
            for event, said in told:
                yield format_sse_event(event=event, data_str=said)
            sent = now
    finally:
        watch.leave(who)


async def _still_may(request: Request, site: Site, project_id: int) -> bool:
    try:
        await anyio.to_thread.run_sync(partial(_viewer, request, site, project_id))
    except (BadCall, StoreFault):
        return False
    return True
