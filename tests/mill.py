"""What tests of the whole command share: the command in a process of its own, sources, cards of the fake runtime."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import forge
import psycopg
import pytest
import sqlalchemy as sa
from scratch import furnish

from labelmill.store.database import Database
from labelmill.store.embedded import Embedded

CARDS = Path(__file__).parent / "cards"
REPORT = [
    "task", "name", "status", "sources", "duplicates", "rejected", "inputs", "waiting", "annotated", "empty", "failed",
    "predictions", "annotations", "concepts", "seconds", "ingest_seconds", "annotate_seconds", "failures_total",
    "failures",
]  # fmt: skip
"""The keys of a report, in their order: scripts rely on them."""

Running: TypeAlias = "subprocess.Popen[str] | forge.Process"

STATUSES = {"success", "awaiting_review", "awaiting_consensus_review", "pending", "rejected"}


def until(condition: Callable[[], Any], seconds: float = 60, every: float = 0.05) -> Any:
    """Wait for a condition and give back what it said; a deadline missed is a failure.

    `every`: seconds between looks. What is looked for often is paid for by all tests that run beside.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every)
    return value


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of stdout as one JSON value: anything else on it is an error."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line on stderr that says what was wrong: a sentence, no traceback."""
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if line.startswith("labelmill: ")]
        assert len(lines) == 1, self.err
        assert self.err.endswith(lines[0] + "\n")
        return lines[0].removeprefix("labelmill: ")


@dataclass
class Mill:
    """The command `labelmill` with a home; `url` is its database, the home's own one without."""

    home: Path
    url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    started: list[Running] = field(default_factory=list)

    def start(self, *args: object, **settings: object) -> Running:
        """Start a command in a process group of its own."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("LABELMILL_")}
        env |= {"LABELMILL_HOME": str(self.home), "LABELMILL_WORKERS": "1", **self.settings}
        env |= {f"LABELMILL_{name.upper()}": str(value) for name, value in settings.items()}
        if self.url:
            env["LABELMILL_DATABASE_URL"] = self.url
        words = [*map(str, args)]
        process = forge.Process(["labelmill", *words], env) if forge.fits(env) else _from_the_start(words, env)
        self.started.append(process)
        return process

    def __call__(self, *args: object, status: int = 0, **settings: object) -> Said:
        """Run a command to its end, which has to have this status; `settings` become its environment."""
        return ended(self.start(*args, **settings), status)

    def annotate(self, source: Path, model: object = "null", *args: object, status: int = 0, **more: object) -> Any:
        """The report of `annotate --json`, of which every number adds up."""
        return checked(self("annotate", source, "--model", model, "--json", *args, status=status, **more).json)

    def show(self, task: object = 1, status: int = 0) -> Any:
        """The report of a task."""
        return checked(self("tasks", "show", task, "--json", status=status).json)

    def export(self, to: Path, task: object = 1, form: str = "jsonl") -> list[dict[str, Any]]:
        """The lines of an export of all that stands."""
        self("export", task, "--format", form, "--to", to, "--status", "success,awaiting_review")
        return [json.loads(line) for line in to.read_text().splitlines()]

    def clear(self) -> None:
        """End what is left of the commands."""
        for process in self.started:
            kill_group(process)


def _from_the_start(words: Sequence[str], env: Mapping[str, str]) -> Running:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "labelmill", *words]
    return subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def ended(process: Running, status: int = 0, seconds: float = 120) -> Said:
    """What a started command said in the end."""
    out, err = process.communicate(timeout=seconds)
    said = Said(process.returncode, out, err)
    assert said.status == status, f"{process.args} ended with {said.status}:\n{out}\n{err}"
    return said


def kill_group(process: Running) -> None:
    """kill -9 a command with all its workers, and see it gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def checked(report: Any) -> Any:
    """A report whose keys are those of the contract and whose sums are right."""
    assert [key for key in report if key != "error"] == REPORT
    assert report["sources"] == report["inputs"] + report["duplicates"] + report["rejected"]
    assert report["inputs"] == sum(report[outcome] for outcome in ("waiting", "annotated", "empty", "failed"))
    assert report["failures_total"] == report["rejected"] + report["failed"]
    assert len(report["failures"]) == min(100, report["failures_total"])
    assert all(list(failure) == ["source", "stage", "kind", "message"] for failure in report["failures"])
    assert all(failure[key] for failure in report["failures"] for key in failure)
    assert min(report[key] for key in REPORT if isinstance(report[key], int | float)) >= 0
    assert report["seconds"] == pytest.approx(report["ingest_seconds"] + report["annotate_seconds"], abs=0.002)
    assert set(report["annotations"]) <= STATUSES
    bands = report["concepts"].values()
    assert all(list(counts) == ["approved", "review", "discarded"] for counts in bands)
    return report


def bands(report: Any) -> dict[str, int]:
    """Predictions of a report by band, over all concepts."""
    return {
        band: sum(counts[band] for counts in report["concepts"].values())
        for band in ("approved", "review", "discarded")
    }


def write_texts(folder: Path, texts: Sequence[str] | Mapping[str, str]) -> Path:
    """A folder with one .txt file a text, named by number or as given."""
    named = texts if isinstance(texts, Mapping) else {f"{i:04}.txt": text for i, text in enumerate(texts)}
    for name, text in named.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_card(path: Path, *rules: Mapping[str, Any], concepts: Sequence[str] = ("good", "bad"), **keys: Any) -> Path:
    """A card of the fake runtime: by default every input is "good" with 0.95 and "bad" with 0.6."""
    script: dict[str, Any] = {"rules": list(rules), "delay": keys.pop("delay", 0.0)}
    script["predictions"] = keys.pop("predictions", [_said(concepts[0], 0.95), _said(concepts[-1], 0.6)])
    card = {"name": path.stem, "runtime": "fake", "licence": "none", "makes": "class", "reads": ["text", "image"]}
    path.write_text(json.dumps({**card, "concepts": list(concepts), "script": script, **keys}))  # JSON is YAML
    return path


def write_workflow(path: Path, nodes: Mapping[str, Mapping[str, Any]], **keys: Any) -> Path:
    """A workflow of these nodes."""
    card = {"name": path.stem, "runtime": "workflow", "licence": "none", "nodes": nodes}
    path.write_text(json.dumps({**card, **keys}))
    return path


def _said(concept: str, score: float) -> dict[str, Any]:
    return {"concept": concept, "score": score}


@pytest.fixture
def mill(tmp_path: Path, database_url: str) -> Iterator[Mill]:
    """The command with a home and a database of its own."""
    mill = Mill(tmp_path / "home", database_url)
    yield mill
    mill.clear()


@pytest.fixture
def embedded_mill(home: Path, prepared_database: Path) -> Iterator[Mill]:
    """The command with a home of its own and a prepared database in it."""
    furnish(home, prepared_database)
    mill = Mill(home)
    yield mill
    mill.clear()


def rows(database: Database, statement: str, **values: object) -> list[Any]:
    """What the database says, one tuple a row; the values themselves for one column."""
    with database.begin() as conn:
        found = [tuple(row) for row in conn.execute(sa.text(statement), values)]
    return [row[0] for row in found] if found and len(found[0]) == 1 else found


def done_share(home: Path, task_id: int = 1) -> float:
    """The share of a task's inputs that its ledger says are finished, in the home's own database; -1 without one."""
    query = "SELECT sum(annotated + empty + failed)::float / sum(inputs) FROM shard WHERE task_id = %s"
    with Embedded(home) as url, psycopg.connect(url, autocommit=True) as line:
        there = line.execute("SELECT to_regclass('shard') IS NOT NULL").fetchone()
        found = line.execute(query, [task_id]).fetchone() if there and there[0] else None
    return -1.0 if found is None or found[0] is None else float(found[0])
