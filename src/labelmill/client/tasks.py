"""Labeling tasks: make them, watch them, decide again, take their annotations home."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from labelmill.client.answers import (
    Applied,
    Bands,
    ChangedTask,
    Drawn,
    Form,
    Part,
    Preview,
    Priority,
    Review,
    Sample,
    Status,
    Task,
    TaskFailure,
    TaskHead,
)
from labelmill.client.wire import Wire
from labelmill.core.errors import BadCall, NotFound

FIRST_LOOK = 0.1
SLOWEST_LOOK = 2.0
"""Seconds between looks at a task that is waited for: each pause is half as long again as the one before."""


class Tasks:
    """The tasks of a project."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(
        self,
        project_id: int | None = None,
        *,
        text: str | None = None,
        mine: Literal["assigned", "review", "label"] | None = None,
        status: Literal["open", "paused", "complete", "cancelled", "failed"] | None = None,
        priority: Priority | None = None,
    ) -> Iterator[TaskHead]:
        """Newest first, of a project or of all that one is in; pages are fetched as they are needed.

        Of a project, only those whose name, dataset, model (or `people`), reviewers, concepts or annotation type says
        `text`, or in which one reviews or labels (`assigned`), or has something to review or to label now. `open`: it
        waits for a worker, runs, or people label.
        """
        if project_id is None:
            return self._wire.pages("/tasks", limit=200)
        return self._wire.pages(
            f"/projects/{project_id}/tasks", limit=200, text=text, mine=mine, status=status, priority=priority
        )

    def find(self, task: str) -> TaskHead:
        """The task with this id or, when just one has it, this name. Raises NotFound, BadCall."""
        found = list(islice(self._wire.pages("/tasks", task=task, limit=200), 200))
        by_id = [one for one in found if str(one["id"]) == task]
        if not found:
            raise NotFound(f"There is no task {task!r}: 'labelmill tasks list' shows those there are.")
        if len(found) > 1 and not by_id:
            ids = ", ".join(str(one["id"]) for one in reversed(found))
            raise BadCall(f"{len(found)} tasks are named {task!r}: use an id ({ids}).")
        one: TaskHead = (by_id or found)[0]
        return one

    def get(self, project_id: int, task_id: int) -> Task:
        """One task with all its numbers."""
        said: Task = self._wire.get(_at(project_id, task_id))
        return said

    def create(
        self,
        project_id: int,
        model: str | None,
        *,
        makes: Drawn | None = None,
        dataset_id: int | None = None,
        all_inputs_as: str | None = None,
        thresholds: Bands | None = None,
        name: str | None = None,
        concepts: Sequence[str] = (),
        mapping: Mapping[str, str] | None = None,
        floor: float | None = None,
        reviewers: Sequence[int] = (),
        labelers: Sequence[int] | None = None,
        instructions: str = "",
        review: Review = "even",
        agree: int | None = None,
        checked: bool = False,
        priority: Priority = "medium",
        delete_earlier: bool = False,
        standing: bool = False,
        ingest_seconds: float = 0.0,
    ) -> Task:
        """Make a task over a dataset, or over all inputs of the project as a new one; a worker takes it at once.

        `thresholds`: 0.5 and 0.9 unless given. `concepts`: of the model's; none means all. `mapping`: model concept to
        project concept, where they differ; it is remembered. `floor`: scores below are not kept. `model` None: people
        label, `makes` says what they draw, and `concepts` are the project's, made where it lacks them.
        `reviewers`, `labelers`: ids of members; `labelers` None: the reviewers. `review`: each input to one reviewer
        (`even`), to each of them (`stacked`: `agree` votes decide, more than half unless given), or to nobody (`none`).
        `checked`: what a person submits another reviews. `delete_earlier`: what this model said before of these
        concepts on these inputs goes, unless a person touched it. `standing`: it takes what is added to the dataset
        later, too. `ingest_seconds`: what bringing its inputs took, for its report.
        """
        if model is not None:
            thresholds = thresholds or {"lower": 0.5, "upper": 0.9}
        body: dict[str, Any] = {
            "model": model,
            "dataset_id": dataset_id,
            "all_inputs_as": all_inputs_as,
            "makes": makes,
            "thresholds": thresholds,
            "name": name,
            "concepts": list(concepts),
            "mapping": dict(mapping or {}),
            "floor": floor,
            "reviewers": list(reviewers),
            "labelers": None if labelers is None else list(labelers),
            "instructions": instructions,
            "review": review,
            "agree": agree,
            "checked": checked,
            "priority": priority,
            "delete_earlier": delete_earlier,
            "standing": standing,
            "ingest_seconds": ingest_seconds,
        }
        said: Task = self._wire.post(f"/projects/{project_id}/tasks", body)
        return said

    def rename(self, project_id: int, task_id: int, name: str) -> Task:
        """Give a task another name."""
        said: Task = self._wire.patch(_at(project_id, task_id), {"name": name})
        return said

    def change(self, project_id: int, task_id: int, change: ChangedTask) -> Task:
        """Change a task; what `change` does not say stays as it is.

        With other reviewers open inputs are shared out anew, and what is done stays. Concepts are the project's; they
        hold for the inputs that are not done yet.
        """
        said: Task = self._wire.patch(_at(project_id, task_id), change)
        return said

    def people(self, project_id: int, task_id: int) -> Iterator[Part]:
        """How far each person of a task is, by name."""
        return self._wire.pages(f"{_at(project_id, task_id)}/people")

    def delete(self, project_id: int, task_id: int, *, annotations: Literal["keep", "delete"]) -> None:
        """Delete a task; its annotations stay on the inputs or go with it."""
        self._wire.delete(_at(project_id, task_id), annotations=annotations)

    def retry(self, project_id: int, task_id: int, inputs: Sequence[int] | None = None) -> Task:
        """Have the failed inputs run again, all or those with these ids, and only those."""
        said = None if inputs is None else {"inputs": list(inputs)}
        task: Task = self._wire.post(f"{_at(project_id, task_id)}/retry", said)
        return task

    def pause(self, project_id: int, task_id: int) -> Task:
        """Let a task rest once what is under way is done, until it is resumed."""
        return self._do(project_id, task_id, "pause")

    def resume(self, project_id: int, task_id: int) -> Task:
        """Let a task go on that was paused or cancelled, or whose model could not run."""
        return self._do(project_id, task_id, "resume")

    def cancel(self, project_id: int, task_id: int) -> Task:
        """Stop a task; what it made so far stays."""
        return self._do(project_id, task_id, "cancel")

    def apply(self, project_id: int, task_id: int, thresholds: Bands) -> Applied:
        """Give a task other thresholds; a worker decides its inputs again, without the model. See `wait`."""
        said: Applied = self._wire.post(f"{_at(project_id, task_id)}/apply", thresholds)
        return said

    def wait(
        self,
        project_id: int,
        task_id: int,
        *,
        seconds: float | None = None,
        until: Callable[[Task], bool] = lambda task: task["status"] not in ("waiting", "running"),
        on_look: Callable[[Task], None] = lambda _: None,
    ) -> Task:
        """Look at a task until it is complete, paused, cancelled or failed, or `seconds` have passed; how it stands.

        `until` may ask for something else; `on_look` sees the task each time.
        """
        began = time.monotonic()
        pause = FIRST_LOOK
        while True:
            looked = time.monotonic()
            task = self.get(project_id, task_id)
            on_look(task)
            if until(task) or (seconds is not None and time.monotonic() - began >= seconds):
                return task
            took = time.monotonic() - looked
            time.sleep(max(pause, 5 * took))  # a task whose numbers cost much is looked at less often
            pause = min(SLOWEST_LOOK, pause * 1.5)

    def report(self, project_id: int, task_id: int) -> dict[str, Any]:
        """The report of a task as `labelmill tasks show --json` prints it, see docs/command.md."""
        said: dict[str, Any] = self._wire.get(f"{_at(project_id, task_id)}/report")
        return said

    def failures(self, project_id: int, task_id: int) -> Iterator[TaskFailure]:
        """What failed, each with its reason: refused sources first, then inputs."""
        return self._wire.pages(f"{_at(project_id, task_id)}/failures", limit=100)

    def histograms(self, project_id: int, task_id: int) -> dict[str, Sequence[tuple[int, int]]]:
        """Per concept the bins that are not empty, as (bin, count): bin b holds scores from b/1000 on."""
        said = self._wire.get(f"{_at(project_id, task_id)}/histograms")["concepts"]
        return {name: [(at, count) for at, count in bins] for name, bins in said.items()}

    def concepts(self, project_id: int, task_id: int) -> dict[str, dict[Status, int]]:
        """How many annotations there are of each of a task's concepts, by status."""
        said: dict[str, dict[Status, int]] = self._wire.get(f"{_at(project_id, task_id)}/concepts")["concepts"]
        return said

    def preview(self, project_id: int, task_id: int, thresholds: Bands) -> Preview:
        """How many predictions other limits would approve, put before a reviewer, discard; nothing changes."""
        said: Preview = self._wire.post(f"{_at(project_id, task_id)}/preview", thresholds)
        return said

    def samples(self, project_id: int, task_id: int, concept: str, near: float, *, limit: int = 12) -> Sequence[Sample]:
        """Predictions of a concept whose scores lie nearest to a limit, among the first inputs of the task."""
        said: Sequence[Sample] = self._wire.get(
            f"{_at(project_id, task_id)}/samples", concept=concept, near=near, limit=limit
        )["items"]
        return said

    def export(
        self,
        project_id: int,
        task_id: int,
        to: str | Path | BinaryIO,
        form: Form = "jsonl",
        statuses: Sequence[Status] = ("success",),
    ) -> int:
        """Write the finished inputs of a task with their annotations of these statuses; how many records there are.

        `to` is a file, which appears when it is complete, or something that is open for bytes. COCO holds images only.
        """
        if not isinstance(to, str | Path):
            return self._stream(project_id, task_id, to, form, statuses)
        path = Path(to)
        try:
            return whole(path, lambda out: self._stream(project_id, task_id, out, form, statuses))
        except OSError as error:
            raise BadCall(f"Cannot write {path}: {error.strerror}.") from error

    def _stream(self, project_id: int, task_id: int, out: BinaryIO, form: Form, statuses: Sequence[Status]) -> int:
        path = f"{_at(project_id, task_id)}/export"
        with self._wire.stream(path, format=form, status=",".join(statuses)) as answer:
            for data in answer.iter_bytes():
                out.write(data)
            return int(answer.headers["x-labelmill-records"])

    def _do(self, project_id: int, task_id: int, verb: str) -> Task:
        said: Task = self._wire.post(f"{_at(project_id, task_id)}/{verb}")
        return said


def _at(project_id: int, task_id: int) -> str:
    return f"/projects/{project_id}/tasks/{task_id}"


def whole(path: Path, write: Callable[[BinaryIO], int]) -> int:
    """Write a file beside its place and move it there when it is whole; a link stays one."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as pipe:  # a pipe or a device cannot be replaced
            return write(cast(BinaryIO, pipe))
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as out:
            count = write(cast(BinaryIO, out))
            out.flush()
            os.fsync(out.fileno())
        mask = os.umask(0o077)
        os.umask(mask)
        Path(draft).chmod(0o666 & ~mask)  # what open() would have given; a temporary file is private
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return count
