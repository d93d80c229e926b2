"""The commands on this machine: flows and workers of a home, whose database is open."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from labelmill.cli import home
from labelmill.cli.mill import Asked, Report, Said
from labelmill.cli.progress import Numbers, Progress
from labelmill.cli.shared import tell_grown, tell_left_alone
from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall, BadCard, ModelFault, Unreadable
from labelmill.core.geometry import encode, kind_of
from labelmill.core.input import Batch
from labelmill.core.threshold import Thresholds
from labelmill.engine import jobs, local
from labelmill.flows import catalog, edit_task, new_task, try_model
from labelmill.flows.export import export
from labelmill.flows.ingest import Taken, extend_standing, ingest, tell
from labelmill.flows.report import listing, report
from labelmill.flows.start_task import Plan, check_plan, start_task
from labelmill.models.cards import Card
from labelmill.settings import Settings
from labelmill.store import counts, projects, tasks
from labelmill.store.database import Database


class Local:
    """A Mill that is this machine. `batches`: what is read of the source that it is going to annotate."""

    def __init__(self, settings: Settings, database: Database, batches: Iterable[Batch] = ()) -> None:
        self._settings = settings
        self._database = database
        self._batches = batches

    def annotate(self, asked: Asked) -> Report:
        """Import and run. The model loads in its processes while the source is read."""
        card = catalog.find_card(asked.model, self._settings.home, self._database)
        check_plan(card, asked.concepts, asked.thresholds, asked.floor)
        reference = catalog.keep(card, self._settings.home)
        pool = local.pool(home.machine(self._settings), reference, asked.floor)
        pool.start()
        try:
            with Progress() as progress:
                started = time.monotonic()
                with self._database.begin() as conn:
                    person_id = projects.owner(conn)
                    project_id = projects.project(conn, asked.project, person_id)
                    dataset_id = _dataset(conn, project_id, asked)
                taken = self._ingest(asked, project_id, dataset_id, progress)
                pool.wait_ready()
                plan = Plan(
                    asked.name, project_id, dataset_id, person_id, asked.thresholds, asked.floor, asked.concepts,
                    reviewers=[person_id], standing=asked.standing, ingest_seconds=time.monotonic() - started,
                )  # fmt: skip
                with self._database.begin() as conn:
                    tell(conn, project_id, person_id, asked.source.resolve(), dataset_id, taken, failed=False)
                    task_id = start_task(conn, card, reference, plan, jobs.enqueue)
                    new_task.record(conn, plan, task_id)
                progress.follow(lambda: self._numbers(task_id))
                pool.run(self._database, task_id, progress.tick)
        finally:
            pool.close()
        return self._report(task_id)

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, newest first."""
        with self._database.begin() as conn:
            return listing(conn)

    def show(self, task: str) -> Report:
        """How a task stands."""
        return self._report(self._find(task))

    def apply(self, task: str, move: Callable[[Thresholds], Thresholds]) -> Report:
        """Give a task the thresholds that `move` makes of those it has, and decide again."""
        task_id = self._find(task)
        with self._database.begin() as conn:
            moved = move(tasks.terms(conn, task_id, hold=True).thresholds)
            left = edit_task.set_thresholds(conn, task_id, projects.owner(conn), moved)
        tell_left_alone(left)
        local.redecide(self._database, self._settings.home, task_id)
        return self._report(task_id)

    def retry(self, task: str) -> Report:
        """Run the failed inputs again."""
        task_id = self._find(task)
        with self._database.begin() as conn:
            edit_task.retry(conn, task_id, projects.owner(conn))
        return self._run(task_id)

    def resume(self, task: str) -> Report:
        """Go on with a task to its end."""
        task_id = self._find(task)
        with self._database.begin() as conn:
            edit_task.resume(conn, task_id, projects.owner(conn))
        return self._run(task_id)

    def pause(self, task: str) -> Report:
        """Let a task rest."""
        task_id = self._find(task)
        with self._database.begin() as conn:
            edit_task.pause(conn, task_id, projects.owner(conn))
        return self._report(task_id)

    def cancel(self, task: str) -> Report:
        """Stop a task."""
        task_id = self._find(task)
        with self._database.begin() as conn:
            edit_task.cancel(conn, task_id, projects.owner(conn))
        return self._report(task_id)

    def delete(self, task: str) -> tuple[int, str]:
        """Delete a task with its annotations; its id and name."""
        with self._database.begin() as conn:
            task_id = tasks.find(conn, task)
            name = tasks.row(conn, task_id).name
            edit_task.delete(conn, task_id, projects.owner(conn), keep_annotations=False)
        return task_id, name

    def export(self, task: str, form: Literal["coco", "jsonl"], to: Path, statuses: Sequence[Status]) -> int:
        """Write a task's finished inputs to a file; how many records."""
        return export(self._database, self._find(task), form, to, statuses)

    def models(self) -> list[dict[str, Any]]:
        """The catalog, by name."""
        cards = catalog.listed(self._database, self._settings.home)
        return [{"name": n, "error": str(c)} if isinstance(c, BadCard) else _facts(c) for n, c, _ in cards]

    def model(self, name: str) -> dict[str, Any]:
        """A model's card as facts."""
        return _facts(catalog.find_card(name, self._settings.home, self._database))

    def add_model(self, card: Path) -> str:
        """Put a card with its files into the catalog; its name."""
        read = catalog.read(self._database, self._settings.home, card)
        return catalog.add(self._database, self._settings.home, read).name

    def check(self, name: str, subject: str) -> Said:
        """Run a model on a file, or on the subject itself."""
        from labelmill.engine import trial  # here: no other command needs what it imports

        card = catalog.find_card(name, self._settings.home, self._database)
        media = home.media(self._settings)
        item = try_model.subject_item(subject, max_bytes=media.max_bytes, max_pixels=media.max_pixels)
        if item.kind not in card.reads:
            hint = " (there is no file of this name)" if item.kind == "text" and "image" in card.reads else ""
            raise BadCall(f"{card.name} reads {' and '.join(card.reads)}, this is {item.kind}{hint}")
        (said,) = trial.try_on(card, media, [item], home.trial_bounds(self._settings)).answers
        if isinstance(said, Unreadable):
            raise BadCall(f"{subject}: {said}")
        if isinstance(said, ModelFault):
            raise BadCall(f"the card or the model is wrong: {said}")
        rows: list[dict[str, Any]] = [
            {"concept": p.concept, "score": p.score, **({kind_of(p.region): encode(p.region)} if p.region else {})}
            for p in sorted(said, key=lambda p: -p.score)
        ]
        return Said(card.name, card.floor, rows)

    def _find(self, task: str) -> int:
        with self._database.begin() as conn:
            return tasks.find(conn, task)

    def _report(self, task_id: int) -> Report:
        with self._database.snapshot() as conn:
            return report(conn, task_id)

    def _numbers(self, task_id: int) -> Numbers:
        with self._database.begin() as conn:
            ledger, bands = counts.ledger(conn, task_id), counts.band_totals(conn, task_id)
        return Numbers(ledger.inputs, ledger.waiting, ledger.failed, bands)

    def _run(self, task_id: int) -> Report:
        with Progress() as progress:
            progress.follow(lambda: self._numbers(task_id))
            local.run_task(self._database, home.machine(self._settings), task_id, progress.tick)
        return self._report(task_id)

    def _ingest(self, asked: Asked, project_id: int, dataset_id: int, progress: Progress) -> Taken:
        taken = ingest(
            self._database,
            asked.source,
            self._batches,
            project_id=project_id,
            dataset_id=dataset_id,
            on_batch=lambda taken: progress.reading(taken.read),
        )
        for task_id, count in extend_standing(self._database, dataset_id, jobs.enqueue).items():
            tell_grown(task_id, count)
        return taken


def _dataset(conn: sa.Connection, project_id: int, asked: Asked) -> int:
    if asked.dataset is not None:
        return projects.dataset(conn, project_id, asked.dataset)
    return projects.dataset_of(conn, project_id, *asked.origin)


def _facts(card: Card) -> dict[str, Any]:
    facts = {"name": card.name, "runtime": card.runtime, "licence": card.licence, "description": card.description}
    kinds = {"reads": list(card.reads), "makes": card.makes, "concepts": list(card.offered)}
    models = [one.name for one in card.models.values()]
    return {**facts, **kinds, "models": models, "version": card.version}
