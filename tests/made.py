"""What tests of the store and of the flows share: a task over a few inputs, worked on in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from labelmill.core.input import NewInput
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows.annotate import annotate_shard
from labelmill.flows.start_task import Plan, start_task
from labelmill.models.base import Model
from labelmill.models.cards import Card
from labelmill.models.catalog import BUILTIN, load
from labelmill.store import inputs, projects, shards
from labelmill.store.database import Database
from labelmill.store.media import Media, digest_of

NULL = BUILTIN["null"]


@dataclass(frozen=True, slots=True)
class Made:
    """A task and what it belongs to."""

    id: int
    project_id: int
    dataset_id: int
    reviewers: tuple[int, ...]


def add_texts(database: Database, project_id: int, dataset_id: int, texts: Sequence[str]) -> None:
    """Put texts into a dataset."""
    new = [NewInput(text, f"/made/{dataset_id}/{text}", digest_of(text.encode()), "text", text=text) for text in texts]
    with database.begin() as conn:
        inputs.add(conn, project_id, dataset_id, new, fresh=False)


def make_task(
    database: Database,
    texts: int | Sequence[str] = 10,
    *,
    reviewers: int = 1,
    card: Card = NULL,
    limits: Limits = Limits(0.5, 0.9),  # noqa: B008 - a value
    **plan: Any,
) -> Made:
    """A task of its own project over texts, with its ledger and shards."""
    with database.begin() as conn:
        people = tuple(projects.owner(conn, f"reviewer {i}") for i in range(max(1, reviewers)))
        number = conn.execute(sa.text("SELECT count(*) FROM project")).scalar_one()
        project_id = projects.project(conn, f"project {number}", people[0])
        dataset_id = projects.dataset(conn, project_id, "texts")
    add_texts(
        database, project_id, dataset_id, [f"text {i}" for i in range(texts)] if isinstance(texts, int) else texts
    )
    told = {"name": "made", "thresholds": Thresholds(limits), "floor": 0.05, "person_id": people[0], **plan}
    told |= {"project_id": project_id, "dataset_id": dataset_id, "reviewers": people[:reviewers]}
    with database.begin() as conn:
        task_id = start_task(conn, card, f"builtin:{card.name}", Plan(**told), lambda conn, task_id: None)
    return Made(task_id, project_id, dataset_id, people[:reviewers])


def work(database: Database, task_id: int, model: Model | None = None, *, at_most: int = 10**9) -> int:
    """Do a task's shards as a worker would, in this process; how many there were."""
    model = model or load(NULL, floor=0.05)
    count = 0
    with database.session() as conn:
        while count < at_most and (claim := shards.claim(conn, task_id)) is not None:
            annotate_shard(
                conn, claim, model, Media(Path("/nowhere"), max_bytes=1), lambda ids: lambda first, count: None
            )
            shards.release(conn, task_id, claim.no)
            count += 1
    return count


_WRONG = """
SELECT s.no FROM shard s LEFT JOIN LATERAL (
    SELECT count(*) AS inputs, count(*) FILTER (WHERE outcome = 'waiting') AS waiting,
           count(*) FILTER (WHERE outcome = 'done' AND annotated) AS annotated,
           count(*) FILTER (WHERE outcome = 'done' AND NOT annotated) AS empty,
           count(*) FILTER (WHERE outcome = 'failed') AS failed
    FROM ledger l WHERE l.task_id = s.task_id AND l.shard = s.no
) AS n ON true
WHERE s.task_id = :task AND (s.inputs, s.annotated, s.empty, s.failed) <> (n.inputs, n.annotated, n.empty, n.failed)
   OR s.task_id = :task AND n.waiting <> CASE WHEN s.done THEN 0 ELSE n.inputs END
"""


def check_sums(database: Database, task_id: int) -> None:
    """Every shard counts what the ledger says of it, and no input is in a shard that does not exist."""
    with database.begin() as conn:
        assert list(conn.execute(sa.text(_WRONG), {"task": task_id})) == []
        lost = (
            "SELECT FROM ledger l LEFT JOIN shard s ON s.task_id = l.task_id AND s.no = l.shard WHERE l.task_id = :task"
        )
        assert list(conn.execute(sa.text(lost + " AND s.no IS NULL"), {"task": task_id})) == []
