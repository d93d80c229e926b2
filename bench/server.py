"""The server over 200,000 inputs with 1,000,000 annotations: pages of the grid, the slider, a review, from outside."""

import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from string import ascii_lowercase
from typing import Any

import httpx2

from bench import review
from bench.command import environment, labelmill, warm
from bench.table import Row

INPUTS, EACH = 200_000, 5
CONCEPTS, PATTERNS = 80, 100
REQUESTS = 200
FAST = 0.050
START = 5.0


def measure(place: Path) -> list[Row]:
    home = place / "home-server"
    warm(home)
    task = fill(place, home)
    started = time.perf_counter()
    with served(home) as client:
        start = time.perf_counter() - started
        return [
            Row(
                "labelmill up, warm, until it answers",
                f"{start:.1f} s",
                "database, server and worker",
                f"under {START:g} s",
                start < START,
            ),
            *_rows(client, task),
        ]


def fill(place: Path, home: Path) -> dict[str, Any]:
    """A project with all the inputs and annotations, made as a person makes it; the task's report."""
    source, card = place / "server.jsonl", place / "spans.yaml"
    write_texts(source)
    write_card(card)
    limits = ("--lower", "0.1", "--upper", "0.9")
    _, report = labelmill(home, "annotate", str(source), "--model", str(card), *limits)
    assert sum(report["annotations"].values()) == INPUTS * EACH
    return report


def write_texts(path: Path) -> None:
    """Each about a thing of some letters, so that few are alike."""
    chance = random.Random(11)
    with path.open("w") as file:
        for i in range(INPUTS):
            thing = "".join(chance.choices(ascii_lowercase, k=9))
            text = (
                f"Message {i} of kind k{i * 7 % PATTERNS:02}: the {thing} came late and in the wrong size, thank you."
            )
            file.write(json.dumps({"id": i, "text": text}) + "\n")


def write_card(path: Path) -> None:
    """A card of the fake runtime: for each kind of text five spans of its own, over all concepts and scores."""
    chance = random.Random(7)
    names = [f"concept {i}" for i in range(CONCEPTS)]

    def said() -> dict[str, Any]:
        start = chance.randrange(30)
        score = round(chance.uniform(0.1, 1), 4)
        return {"concept": chance.choice(names), "score": score, "span": [start, start + 5]}

    rules = [{"text": f"k{i:02}:", "predictions": [said() for _ in range(EACH)]} for i in range(PATTERNS)]
    card = {"name": "spans", "runtime": "fake", "licence": "none", "makes": "span", "reads": ["text"]}
    path.write_text(json.dumps({**card, "concepts": names, "script": {"rules": rules, "predictions": []}}))


@contextmanager
def served(home: Path) -> Iterator[httpx2.Client]:
    """`labelmill up` on a free port, and a client that is signed in by the token it prints."""
    command = [sys.executable, "-m", "labelmill", "up", "--port", "0"]
    process = subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        address = next(
            found for line in process.stdout if (found := re.search(r"(http://[^/\s]+)/sign-in#token=(\S+)", line))
        )
        with httpx2.Client(base_url=f"{address[1]}/api/v1") as client:
            me = client.post("/session", json={"token": address[2]})
            me.raise_for_status()
            client.headers["X-Labelmill-CSRF"] = me.json()["csrf"]
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _rows(client: httpx2.Client, task: dict[str, Any]) -> list[Row]:
    project = client.get("/projects").raise_for_status().json()["items"][0]["id"]
    tasks = f"/projects/{project}/tasks"
    one = client.get(f"{tasks}/{task['task']}").raise_for_status().json()
    filters = {"": {}, ", of a dataset": {"dataset_id": one["dataset_id"]}, ", of a task": {"task_id": one["id"]}}
    rows = []
    for what, wanted in filters.items():
        rows += _grid(client, f"/projects/{project}/inputs", what, wanted)
    chance = random.Random(3)

    def slide() -> None:
        low, high = sorted(chance.randrange(50, 1001) / 1000 for _ in range(2))
        limits = {"lower": low, "upper": high, "by_concept": {"concept 3": {"lower": low, "upper": None}}}
        client.post(f"{tasks}/{one['id']}/preview", json=limits).raise_for_status()

    slider = _row(f"slider answer, {CONCEPTS} concepts", slide)
    return [*rows, slider, *review.rows(client, project, one["id"], _row)]


def _grid(client: httpx2.Client, path: str, what: str, wanted: dict[str, Any]) -> list[Row]:
    chance = random.Random(5)

    def page(after: int) -> int:
        said = client.get(path, params={**wanted, "limit": 100, "after": after}).raise_for_status().json()
        assert len(said["items"]) == 100
        assert len(said["items"][0]["annotations"]) == EACH
        return int(said["next"])

    first = _row(f"first page of the grid{what}", lambda: page(0))
    return [first, _row(f"next page of the grid{what}", lambda: page(chance.randrange(INPUTS - 200)))]


def _row(what: str, act: Callable[[], object]) -> Row:
    act()
    seconds = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    cuts = quantiles(seconds, n=20)
    scale = f"{INPUTS:,} inputs, {INPUTS * EACH:,} annotations; median {cuts[9] * 1000:.0f} ms"
    return Row(what, f"p95 {cuts[18] * 1000:.0f} ms", scale, f"under {FAST * 1000:.0f} ms", cuts[18] < FAST)
