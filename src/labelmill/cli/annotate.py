"""labelmill annotate: a folder in, triaged annotations out."""

import time
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from labelmill.cli import shared
from labelmill.cli.progress import Progress, summary
from labelmill.core.errors import BadCall
from labelmill.core.threshold import Limits
from labelmill.engine import jobs, local, nursery
from labelmill.flows import catalog
from labelmill.flows.ingest import extend_standing, ingest
from labelmill.flows.report import report
from labelmill.flows.start_task import Plan, check_plan, start_task
from labelmill.models.cards import Card
from labelmill.settings import Settings
from labelmill.store import projects
from labelmill.store.database import Database


def command(
    source: Annotated[Path, typer.Argument(help="A folder, a file, a .zip, or a .csv/.jsonl with a text column.")],
    model: Annotated[str, typer.Option(help="A name of the catalog, or a card's path.")],
    concepts: Annotated[str, typer.Option(help="Only these, separated by commas.", show_default="all")] = "",
    upper: shared.Upper = None,
    lower: shared.Lower = None,
    floor: Annotated[float, typer.Option(help="Scores below are not kept.")] = 0.05,
    threshold: shared.PerConcept = None,
    project: Annotated[str, typer.Option(help="Made when it is not there.")] = "default",
    dataset: Annotated[str | None, typer.Option(help="Made when it is not there.", show_default="the source")] = None,
    name: Annotated[str | None, typer.Option(help="Of the task.", show_default="dataset and model")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many of the source.")] = None,
    standing: Annotated[bool, typer.Option("--standing", help="Take what is added to the dataset later, too.")] = False,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
) -> int:
    """Annotate everything in SOURCE: approved, to a reviewer, or discarded by its score."""
    settings = Settings.from_environment(home=home)
    nursery.prepare()
    limits = shared.thresholds(Limits(0.5, 0.9), upper, lower, threshold or [], {})
    if not source.exists():
        raise BadCall(f"there is no file or folder at {source}")
    wanted = [concept.strip() for concept in concepts.split(",") if concept.strip()]
    with shared.opened(settings) as database:
        card = catalog.find_card(model, settings.home, database)
        check_plan(card, wanted, limits, floor)
        said = _Annotation(settings, database, card, Progress()).run(
            source, project, dataset, limit, name=name, thresholds=limits, floor=floor, concepts=wanted,
            standing=standing,
        )  # fmt: skip
    shared.put_json(said) if as_json else summary(said)
    return shared.status_of(said)


class _Annotation:
    """Import and run. The model loads in its processes while the source is read."""

    def __init__(self, settings: Settings, database: Database, card: Card, progress: Progress) -> None:
        self._settings = settings
        self._database = database
        self._card = card
        self._progress = progress

    def run(
        self, source: Path, project: str, dataset: str | None, limit: int | None, *, name: str | None, **plan: Any
    ) -> dict[str, Any]:
        reference = catalog.keep(self._card, self._settings.home)
        pool = local.pool(shared.machine(self._settings), reference, plan["floor"])
        pool.start()
        try:
            with self._progress:
                started = time.monotonic()
                with self._database.begin() as conn:
                    person_id, project_id = _owned_project(conn, project)
                    dataset_id = _dataset(conn, project_id, dataset, source, limit)
                    plan["name"] = name or f"{projects.dataset_name(conn, dataset_id)} · {self._card.name}"
                self._ingest(source, project_id, dataset_id, limit)
                pool.wait_ready()
                plan |= {"ingest_seconds": time.monotonic() - started, "reviewers": [person_id]}
                plan |= {"project_id": project_id, "dataset_id": dataset_id, "person_id": person_id}
                with self._database.begin() as conn:
                    task_id = start_task(conn, self._card, reference, Plan(**plan), jobs.enqueue)
                self._progress.task(self._database, task_id)
                pool.run(self._database, task_id, self._progress.tick)
        finally:
            pool.close()
        with self._database.begin() as conn:
            return report(conn, task_id)

    def _ingest(self, source: Path, project_id: int, dataset_id: int, limit: int | None) -> None:
        ingest(
            self._database,
            shared.media(self._settings),
            source,
            project_id=project_id,
            dataset_id=dataset_id,
            max_bytes=self._settings.max_file_mb * shared.MIB,
            limit=limit,
            on_batch=lambda taken: self._progress.reading(taken.read),
        )
        for task_id, count in extend_standing(self._database, dataset_id, jobs.enqueue).items():
            shared.tell(
                f"Task {task_id} stands on this dataset and got {count:,} new inputs: labelmill tasks resume {task_id}"
            )


def _owned_project(conn: sa.Connection, project: str) -> tuple[int, int]:
    person_id = projects.owner(conn)
    return person_id, projects.project(conn, project, person_id)


def _dataset(conn: sa.Connection, project_id: int, name: str | None, source: Path, limit: int | None) -> int:
    """The named dataset, or the one of this source: two folders of one name, or a part of one, do not mix."""
    if name is not None:
        return projects.dataset(conn, project_id, name)
    place = source.resolve()
    if limit is None:
        return projects.dataset_of(conn, project_id, str(place), place.name)
    return projects.dataset_of(conn, project_id, f"{place}#limit={limit}", f"{place.name}, first {limit}")
