"""A stage for the pages: serves them as built, with made answers of any size, so that a browser measures them alone."""

import json
import math
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np

import labelmill

PAGES = Path(labelmill.__file__).parent / "pages"
CONCEPTS = ["shirt", "pants", "shoe", "hat", "bag", "coat", "dress", "scarf", "glove", "belt", "sock", "tie"]
INPUTS = 200_000
PER_INPUT = 5
REVIEWED = 40
"""Regions of an input that is reviewed."""
CROWDED = 1
"""The input that has 5,000 regions."""
REGIONS = 5000
CROWDED_TASK = 2
"""The task in which it is reviewed, with nothing after it."""

_STATUSES = ["success", "success", "awaiting_review", "rejected"]
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_TIME = "2026-01-01T09:00:00Z"


def _annotation(number: int, region: dict[str, Any] | None) -> dict[str, Any]:
    concept = number % len(CONCEPTS)
    return {
        "id": number + 1, "task_id": 1, "concept_id": concept + 1, "concept": CONCEPTS[concept], "present": True,
        "region": region, "score": round(0.5 + (number % 50) / 100, 2), "status": _STATUSES[number % 4],
        "labeler": "finder",
    }  # fmt: skip


def _box(number: int) -> dict[str, Any]:
    x, y = (number * 37 % 70) / 100, (number * 53 % 70) / 100
    return {"kind": "box", "value": [x, y, x + 0.1 + number % 17 / 100, y + 0.1 + number % 13 / 100]}


def _polygon(number: int) -> dict[str, Any]:
    x, y, radius = (number % 100 + 0.5) / 100, (number // 100 + 0.5) / 50, 0.006 + number % 7 / 600
    turns = [math.tau * step / 24 for step in range(24)]
    return {"kind": "polygon", "value": [[[[x + radius * math.cos(t), y + radius * math.sin(t)] for t in turns]]]}


def _input(number: int, count: int = PER_INPUT) -> dict[str, Any]:
    text = number % 9 == 4
    width, height = [(640, 480), (480, 640), (800, 450), (500, 500)][number % 4]
    regions = [
        None if text else _polygon(i) if count > PER_INPUT else _box(number * PER_INPUT + i) for i in range(count)
    ]
    words = "It fits well, and the colour is as the picture says. " * (1 + number % 3)
    return {
        "id": number, "kind": "text" if text else "image", "name": f"{number:06}.{'txt' if text else 'jpg'}",
        "width": None if text else width, "height": None if text else height, "text": words if text else None,
        "length": len(words) if text else None, "created_at": _TIME,
        "annotations": [_annotation(number * PER_INPUT + i, region) for i, region in enumerate(regions)],
    }  # fmt: skip


@cache
def _picture(kind: int, size: int) -> bytes:
    width, height = [(640, 480), (480, 640), (800, 450), (500, 500)][kind % 4]
    drawing = np.random.default_rng(kind)
    paper = np.full((height, width, 3), drawing.integers(60, 220, 3), np.uint8)
    for _ in range(40):
        middle = int(drawing.integers(0, width)), int(drawing.integers(0, height))
        cv2.circle(paper, middle, int(drawing.integers(5, 80)), drawing.integers(0, 255, 3).tolist(), -1)
    scale = size / max(width, height)
    made = cv2.resize(paper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", made)[1])


def _page(items: list[Any], following: str | None = None) -> dict[str, Any]:
    return {"items": items, "next": following}


def _project() -> dict[str, Any]:
    return {
        "id": 1, "name": "wardrobe", "role": "owner", "created_at": _TIME, "archived_at": None, "inputs": INPUTS,
        "tasks": 0,
    }  # fmt: skip


def _task(number: int) -> dict[str, Any]:
    people: dict[str, Any] = {
        "reviewers": [],
        "labelers": [],
        "instructions": "",
        "review": "even",
        "agree": None,
        "checked": False,
    }
    counts = dict.fromkeys(("waiting", "empty", "failed", "deciding", "reviewed", "failures_total"), 0)
    return {
        "id": number, "project_id": 1, "project": "wardrobe", "name": "Find clothes", "status": "complete",
        "error": None,
        "dataset_id": 1, "dataset": "all", "model": "finder", "makes": None, "annotation_types": ["box"],
        "concepts": CONCEPTS, "thresholds": {"lower": 0.5, "upper": 0.9, "by_concept": {}}, "standing": False,
        "inputs": INPUTS, "annotated": INPUTS, "entered": INPUTS, "can_review": True, "can_label": False,
        "priority": "medium", "paused": False, "rate": None, "seconds_left": None, "created_by": "Ana",
        "created_at": _TIME, **people, **counts,
    }  # fmt: skip


def _progress() -> dict[str, int]:
    return {"mine_open": INPUTS, "mine_done": 0, "entered": INPUTS, "reviewed": 0}


def _to_review(number: int, count: int = REVIEWED) -> dict[str, Any]:
    one = _input(2 * number, count)  # even numbers: every one is a picture but each ninth
    said = [{**annotation, "mine": False, "vote": None} for annotation in one["annotations"]]
    facts = {"work": "review", "outcome": "done", "seen": 0, "comment": None, "message": None, "arbiter": False}
    return {**one, **facts, "id": number, "annotations": said}


def _decided() -> dict[str, Any]:
    return {"activity_id": 1, "work": "reviewed", "progress": _progress()}


def _answer(path: str, said: dict[str, str]) -> Any:
    """What the API would say; None: there is no such thing."""
    number = int((re.search(r"/inputs/(\d+)", path) or [0, 0])[1])
    after = int(said.get("after", 0))
    answers: dict[str, Any] = {
        "/session": {"id": 1, "name": "Ana", "operator": True, "has_password": False, "csrf": "c"},
        "/projects": _page([_project()]),
        "/projects/1": _project(),
        "/projects/1/concepts": _page([{"id": i + 1, "name": n, "created_at": _TIME} for i, n in enumerate(CONCEPTS)]),
        "/projects/1/datasets": _page([]),
        "/projects/1/tasks": _page([]),
        "/projects/1/tasks/1": _task(1),
        f"/projects/1/tasks/{CROWDED_TASK}": _task(CROWDED_TASK),
        "/projects/1/imports": _page([]),
        "/projects/1/inputs/count": {"count": INPUTS},
    }
    if path == "/projects/1/tasks/1/review":
        last = after + int(said.get("limit", 10))
        return {**_page([_to_review(one) for one in range(after + 1, last + 1)], str(last)), "progress": _progress()}
    if path == f"/projects/1/tasks/{CROWDED_TASK}/review":
        return {**_page([_to_review(CROWDED, REGIONS)]), "progress": _progress()}
    if path == "/projects/1/inputs":
        last = min(INPUTS, after + int(said.get("limit", 100)))
        return _page([_input(one) for one in range(after + 1, last + 1)], str(last) if last < INPUTS else None)
    if re.fullmatch(r"/projects/1/inputs/\d+", path):
        alone = _input(number, REGIONS if number == CROWDED else PER_INPUT)
        return {**alone, "previous": number - 1 or None, "next": number + 1}
    return answers.get(path)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, said = parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path.startswith("/api/v1"):
            self._api(path.removeprefix("/api/v1"), said)
            return
        file = PAGES / path.lstrip("/")
        file = file if file.is_file() else PAGES / "index.html"
        self._send(file.read_bytes(), _TYPES.get(file.suffix, "application/octet-stream"))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(json.dumps(_decided()).encode(), "application/json")

    def _api(self, path: str, said: dict[str, str]) -> None:
        if path.endswith("/events"):
            self._send(b"", "text/event-stream", 204)  # 204: an EventSource does not come again
        elif found := re.search(r"/inputs/(\d+)/(?:file|thumbnail)$", path):
            number = int(found[1])
            self._send(_picture(number % 16, int(said.get("size", 2400))), "image/jpeg")
        elif (answer := _answer(path, said)) is not None:
            self._send(json.dumps(answer).encode(), "application/json")
        else:
            self._send(b'{"error": {"kind": "not-found", "message": "nothing"}}', "application/json", 404)

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """A browser that asks ten thousand times is no news."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *words: object) -> None:
        """A browser that is closed leaves requests behind."""


@contextmanager
def stage() -> Iterator[str]:
    """The address of the pages on a stage."""
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
