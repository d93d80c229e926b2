"""The commands through a server: sources are sent there, its workers run the models, and one waits for them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from labelmill.cli.mill import Asked, Report, Said
from labelmill.cli.progress import Numbers, Progress
from labelmill.cli.shared import tell, tell_grown, tell_left_alone
from labelmill.client import Client
from labelmill.client.answers import Band, Bands, Model, Prediction, Task, TaskHead
from labelmill.client.walk import here
from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall, ModelUnusable, NotFound
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows.start_task import check_plan
from labelmill.models.cards import CARDS, Card, read_card

_FACTS = ("name", "runtime", "licence", "description", "reads", "makes", "concepts", "models", "version")

_TOLD = ("name", "runtime", "licence", "description", "reads", "makes", "concepts")

_SETTLING = 5.0
"""Seconds within which a worker writes how long a task took, once its last input is done."""


class Remote:
    """A Mill that is a server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def annotate(self, asked: Asked) -> Report:
        """Send the source, make the task, wait for its end."""
        model = self._model(asked)
        check_plan(model, asked.concepts, asked.thresholds, asked.floor)
        me = self._client.me()["id"]
        with Progress() as progress:
            started = time.monotonic()
            project_id = self._client.projects.named(asked.project)["id"]
            if _is_card(asked.model) and not self._is_there(model, project_id):
                self._client.models.add(asked.model, project_id=project_id)
            if asked.dataset is not None:
                dataset_id = self._client.datasets.named(project_id, asked.dataset)["id"]
            else:
                origin, name = asked.origin
                dataset_id = self._client.datasets.create(project_id, name, origin=here(origin))["id"]
            got = self._client.inputs.upload(
                project_id,
                asked.source,
                dataset_id=dataset_id,
                limit=asked.limit,
                on_progress=lambda sent: progress.reading(sent.items) if sent.items else progress.sending(sent.bytes),
            )
            for task_id, count in got["grown"].items():
                tell_grown(task_id, count)
            task = self._client.tasks.create(
                project_id,
                model.name,
                dataset_id=dataset_id,
                thresholds=_bands(asked.thresholds),
                name=asked.name,
                concepts=asked.concepts,
                floor=asked.floor,
                reviewers=[me],
                standing=asked.standing,
                ingest_seconds=time.monotonic() - started,
            )
            return self._ended(task, progress)

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, newest first."""
        told = ("id", "name", "status", "inputs", "waiting", "annotated", "empty", "failed")
        made = ("project", "dataset", "model", "created_at")
        every: list[Any] = list(self._client.tasks.list())
        return [{key: one[key] for key in (*told, *made)} for one in every]

    def show(self, task: str) -> Report:
        """How a task stands."""
        return self._report(self._client.tasks.find(task))

    def apply(self, task: str, move: Callable[[Thresholds], Thresholds]) -> Report:
        """Give a task the thresholds that `move` makes of those it has, and wait until all is decided again."""
        found = self._client.tasks.find(task)
        moved = move(_thresholds(found["thresholds"]))
        applied = self._client.tasks.apply(found["project_id"], found["id"], _bands(moved))
        tell_left_alone(applied["left_alone"])
        self._client.tasks.wait(found["project_id"], found["id"], until=lambda now: not now["deciding"])
        return self._report(found)

    def retry(self, task: str) -> Report:
        """Run the failed inputs again."""
        found = self._client.tasks.find(task)
        return self._go_on(self._client.tasks.retry(found["project_id"], found["id"]))

    def resume(self, task: str) -> Report:
        """Go on with a task to its end."""
        found = self._client.tasks.find(task)
        return self._go_on(self._client.tasks.resume(found["project_id"], found["id"]))

    def pause(self, task: str) -> Report:
        """Let a task rest."""
        found = self._client.tasks.find(task)
        self._client.tasks.pause(found["project_id"], found["id"])
        return self._report(found)

    def cancel(self, task: str) -> Report:
        """Stop a task."""
        found = self._client.tasks.find(task)
        self._client.tasks.cancel(found["project_id"], found["id"])
        return self._report(found)

    def delete(self, task: str) -> tuple[int, str]:
        """Delete a task with its annotations; its id and name."""
        found = self._client.tasks.find(task)
        self._client.tasks.delete(found["project_id"], found["id"], annotations="delete")
        return found["id"], found["name"]

    def export(self, task: str, form: Literal["coco", "jsonl"], to: Path, statuses: Sequence[Status]) -> int:
        """Write a task's finished inputs to a file; how many records."""
        found = self._client.tasks.find(task)
        return self._client.tasks.export(found["project_id"], found["id"], to, form, [s.value for s in statuses])

    def models(self) -> list[dict[str, Any]]:
        """The catalog, by name."""
        return [_facts(one) for one in self._client.models.list()]

    def model(self, name: str) -> dict[str, Any]:
        """A model's card as facts."""
        return _facts(self._client.models.get(name))

    def add_model(self, card: Path) -> str:
        """Put a card with its files into the catalog; its name."""
        read_card(card, find=self._card_of)  # what is wrong with it is told before anything is sent
        return self._client.models.add(card)["name"]

    def check(self, name: str, subject: str) -> Said:
        """Run a model on a file, or on the subject itself."""
        if _is_card(name):
            raise BadCall(f"{name} lies here: check it without --server, or add it to the server's models first.")
        said = self._client.models.check(name, _file(subject) or subject)
        (answer,) = said["items"]
        if answer["fault"] is not None:
            raise BadCall(f"the card or the model is wrong: {answer['fault']['message']}")
        return Said(said["model"], said["floor"], [_row(one) for one in answer["predictions"]])

    def _model(self, asked: Asked) -> Card:
        """A card that lies here, or of a model that the server knows by its name."""
        try:
            project_id = self._client.projects.named(asked.project, make=False)["id"]
        except NotFound:
            project_id = None
        if _is_card(asked.model):
            return read_card(Path(asked.model), find=lambda name: self._card_of(name, project_id))
        return self._card_of(asked.model, project_id)

    def _card_of(self, name: str, project_id: int | None = None) -> Card:
        """What the server tells of a model. Raises NotFound, and BadCall for one that cannot be used."""
        said: Mapping[str, Any] = self._client.models.get(name, project_id)
        if not said["version"]:
            raise BadCall(f"{name} cannot be used: {said['reason']}")
        return Card.told(said["version"], {key: said[key] for key in _TOLD})

    def _is_there(self, card: Card, project_id: int) -> bool:
        every = self._client.models.list(project_id)
        return any(one["name"] == card.name and one["version"] == card.version for one in every)

    def _report(self, task: TaskHead) -> Report:
        return self._client.tasks.report(task["project_id"], task["id"])

    def _go_on(self, task: Task) -> Report:
        if task["model"] is None:
            return self._report(task)  # people label: there is nothing to wait for
        with Progress() as progress:
            return self._ended(task, progress)

    def _ended(self, task: Task, progress: Progress) -> Report:
        """Wait for a task. Raises ModelUnusable when its model cannot run, as a run on this machine does."""
        seen = task

        def look(now: Task) -> None:
            nonlocal seen
            seen = now
            progress.tick()

        progress.follow(lambda: _numbers(seen))
        with _left_running(task["id"]):
            ended = self._client.tasks.wait(task["project_id"], task["id"], on_look=look)
            if ended["status"] == "complete" and task["waiting"]:
                ended = self._client.tasks.wait(
                    task["project_id"],
                    task["id"],
                    seconds=_SETTLING,
                    until=lambda now: now["annotate_seconds"] > task["annotate_seconds"],
                )
        if ended["error"] is not None:
            raise ModelUnusable(ended["error"])
        return self._report(ended)


@contextmanager
def _left_running(task_id: int) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        tell(f"The server goes on with task {task_id}: 'labelmill tasks cancel {task_id}' stops it.")
        raise


def _is_card(model: str) -> bool:
    path = Path(model)
    return path.suffix in CARDS or path.is_file()


def _file(subject: str) -> Path | None:
    try:
        return path if (path := Path(subject)).is_file() else None
    except OSError:
        return None  # a text longer than a file name may be


def _facts(model: Model) -> dict[str, Any]:
    if not model["version"]:
        return {"name": model["name"], "error": model["reason"]}
    told: dict[str, Any] = {**model}
    return {key: told[key] for key in _FACTS}


def _row(one: Prediction) -> dict[str, Any]:
    region = one["region"]
    return {"concept": one["concept"], "score": one["score"], **({region["kind"]: region["value"]} if region else {})}


def _bands(thresholds: Thresholds) -> Bands:
    own: dict[str, Band] = {n: {"lower": one.lower, "upper": one.upper} for n, one in thresholds.by_concept.items()}
    return {"lower": thresholds.default.lower, "upper": thresholds.default.upper, "by_concept": own}


def _thresholds(bands: Bands) -> Thresholds:
    own = {name: Limits(one["lower"], one["upper"]) for name, one in bands.get("by_concept", {}).items()}
    return Thresholds(Limits(bands["lower"], bands["upper"]), own)


def _numbers(task: Task) -> Numbers:
    bands = {band: sum(one[band] for one in task["bands"].values()) for band in ("approved", "review", "discarded")}
    return Numbers(task["inputs"], task["waiting"], task["failed"], bands)
