"""Server-sent events: lines of a stream that the server ends now and then, and that is opened again."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import httpx2

from labelmill.client.wire import Wire
from labelmill.core.errors import Unreachable

SILENCE = httpx2.Timeout(60, connect=10)
"""A server that says nothing for longer, not even that it is there, is asked anew."""

PAUSE = 1.0
"""Seconds between two openings of a stream."""


class Event(NamedTuple):
    """`kind` is `task` or `import` with the whole object, or `gone` with the id of a task that is no longer listed."""

    kind: str
    data: Any


def events(wire: Wire, project_id: int) -> Iterator[Event]:
    """The events of a project, from stream after stream. Raises Unreachable when the server is gone."""
    while True:
        opened = time.monotonic()
        heard = False
        try:
            with wire.stream(f"/projects/{project_id}/events", timeout=SILENCE) as answer:
                for event in parsed(answer.iter_lines()):
                    heard = True
                    yield event
        except Unreachable:
            if not heard:
                raise
        time.sleep(max(0.0, PAUSE - (time.monotonic() - opened)))


def parsed(lines: Iterable[str]) -> Iterator[Event]:
    """Events out of the lines of a stream; comments, and what has no data, are left out."""
    kind, data = "message", list[str]()
    for line in lines:
        if not line:
            if data:
                yield Event(kind, json.loads("\n".join(data)))
            kind, data = "message", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
