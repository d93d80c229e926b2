"""A project to look at: drawn photos and made-up messages, the models that know them, and tasks that run them."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import cv2
import sqlalchemy as sa

import labelmill.demo
from labelmill.core.threshold import Limits, Thresholds
from labelmill.demo.messages import messages
from labelmill.demo.scenes import jpeg, scene
from labelmill.flows import catalog
from labelmill.flows.ingest import take_in
from labelmill.flows.new_task import Wish, create
from labelmill.flows.read import in_batches
from labelmill.formats.found import Found
from labelmill.models.cards import read_card
from labelmill.store import counts, projects
from labelmill.store.database import Database
from labelmill.store.media import Media

PROJECT = "Wardrobe"
PHOTOS, MESSAGES = 120, 300
THRESHOLDS = Thresholds(Limits(0.5, 0.9), {})
TASKS = MappingProxyType(
    {
        "Sort the messages": ("Messages", "messages"),
        "Box the garments": (PROJECT, "wardrobe-boxes"),
        "Outline the garments": (PROJECT, "wardrobe-outlines"),
    }
)
"""Name of a task -> its dataset and its model. Lists have the last one first, and it is seen at work the longest."""

_SEED = 2027
"""Of photos and messages alike; no model was trained on either."""
_DIFFICULTY = 0.5


def make(
    database: Database,
    media: Media,
    home: Path,
    enqueue: Callable[[sa.Connection, int], None],
    *,
    processes: int = 1,
    on_drawn: Callable[[int], None] = lambda _: None,
) -> None:
    """Make the project of the machine's owner and queue its tasks; what is there already stays as it is.

    As many `processes` draw; `on_drawn` hears after each photo how many there are.
    """
    with database.begin() as conn:
        person_id = projects.owner(conn)
        project_id = projects.project(conn, PROJECT, person_id)
        if projects.of_member(conn, project_id, person_id).tasks:
            return
        datasets = {name: projects.dataset(conn, project_id, name) for name, _ in TASKS.values()}
    take_in(
        database, in_batches(_photos(processes, on_drawn), media), project_id=project_id, dataset_id=datasets[PROJECT]
    )
    take_in(database, in_batches(_texts(), media), project_id=project_id, dataset_id=datasets["Messages"])
    for name, (dataset, model) in TASKS.items():
        card = Path(labelmill.demo.__file__).with_name(f"{model}.yaml")
        catalog.add(database, home, read_card(card), project_id=project_id)
        wish = Wish(model, THRESHOLDS, name=name, dataset_id=datasets[dataset], reviewers=[person_id])
        create(database, home, wish, project_id=project_id, person_id=person_id, enqueue=enqueue)


def ahead(database: Database) -> tuple[int, int] | None:
    """The demo's project and its last task, as ids, while nothing of that task is done; None afterwards."""
    with database.begin() as conn:
        project_id = projects.project(conn, PROJECT, projects.owner(conn))
        last = list(TASKS)[-1]
        ids = [
            row.id for row, ledger in counts.all_ledgers(conn) if row.name == last and ledger.waiting == ledger.inputs
        ]
    return (project_id, ids[0]) if ids else None


def _photos(processes: int, on_drawn: Callable[[int], None]) -> Iterator[Found]:
    with multiprocessing.get_context("forkserver").Pool(processes, _one_of_many) as pool:
        for number, photo in enumerate(pool.imap(_photo, range(1, PHOTOS + 1)), start=1):
            yield Found(f"wardrobe-{number:03}.jpg", f"demo:photo-{number}", "image", photo)
            on_drawn(number)


def _one_of_many() -> None:
    """A process that draws leaves interrupts to the command, and the other cores to its like."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def _photo(number: int) -> bytes:
    return jpeg(scene(_SEED, number, _DIFFICULTY))


def _texts() -> Iterator[Found]:
    for number, message in enumerate(messages(_SEED, MESSAGES), start=1):
        yield Found(f"message-{number:03}", f"demo:message-{number}", "text", text=message.text)
