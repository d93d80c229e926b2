"""A reviewer at work on the server: the next input, a decision, a screen of regions, a new share for another one."""

import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx2

from bench.table import Row

DECISIONS = 250


def rows(client: httpx2.Client, project: int, task: int, row: Callable[[str, Callable[[], object]], Row]) -> list[Row]:
    """Give a task's whole review to who asks, then review; `row` measures a call that may be repeated."""
    path = f"/projects/{project}/tasks/{task}"
    me = client.get("/session").raise_for_status().json()["id"]
    started = time.perf_counter()
    client.patch(path, json={"reviewers": [me]}, timeout=600).raise_for_status()
    shared = time.perf_counter() - started
    entered = _queue(client, path)["progress"]["entered"]

    def page(**wanted: Any) -> Callable[[], object]:
        return lambda: _queue(client, path, **wanted)

    regions: dict[str, str | int] = {"concept": "concept 3", "limit": 60}
    return [
        Row("all open inputs given to a reviewer", f"{shared:.1f} s", f"{entered:,} inputs"),
        row("next input to review", page(limit=1)),
        row("next ten inputs, the most uncertain first", page(limit=10, order="uncertain")),
        row("next ten inputs, alike together", page(limit=10, order="likeness")),
        row("next ten inputs of a concept", page(limit=10, concept="concept 3")),
        row("a screen of regions to review", lambda: client.get(f"{path}/review/regions", params=regions)),
        row("a decision", _decisions(client, path)),
    ]


def _queue(client: httpx2.Client, path: str, **wanted: Any) -> Any:
    return client.get(f"{path}/review", params={"limit": 1, **wanted}).raise_for_status().json()


def _decisions(client: httpx2.Client, path: str) -> Callable[[], None]:
    """Approves the next input each time it is called; like a page it has the next ones at hand."""
    ahead: deque[Any] = deque()
    place: str | None = None
    while len(ahead) < DECISIONS:
        page = _queue(client, path, limit=50, **({} if place is None else {"after": place}))
        place = page["next"]
        ahead.extend(page["items"])

    def decide() -> None:
        one = ahead.popleft()
        ticked = [annotation["id"] for annotation in one["annotations"]]
        body = {"key": str(uuid.uuid4()), "seen": one["seen"], "action": "approve", "ticked": ticked}
        client.post(f"{path}/review/{one['id']}", json=body).raise_for_status()

    return decide
