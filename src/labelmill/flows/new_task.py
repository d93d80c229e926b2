"""A task as pages and programs ask for one: everything they name is looked up and checked, then it is started."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from labelmill.core.errors import BadCall
from labelmill.core.threshold import Thresholds
from labelmill.flows.catalog import keep, named_card
from labelmill.flows.start_task import DEFAULT_FLOOR, Plan, check_plan, start_task
from labelmill.models.cards import Card
from labelmill.store import browse, inputs, members, projects
from labelmill.store.database import Database


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. Over `dataset_id`, or over all inputs as a new dataset named `all_inputs_as`.

    `mapping`: model concept -> project concept, where they differ; `thresholds` are by the project's.
    `floor` None: the default, or the lowest lower threshold where that is less.
    """

    model: str
    thresholds: Thresholds
    name: str | None = None
    dataset_id: int | None = None
    all_inputs_as: str | None = None
    concepts: Sequence[str] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    floor: float | None = None
    reviewers: Sequence[int] = ()
    standing: bool = False
    ingest_seconds: float = 0.0


def create(
    database: Database,
    home: Path,
    wish: Wish,
    *,
    project_id: int,
    person_id: int,
    enqueue: Callable[[sa.Connection, int], None],
) -> int:
    """Make the task and queue it; its id. Raises BadCall and NotFound for whatever in the wish cannot be."""
    if (wish.dataset_id is None) == (wish.all_inputs_as is None):
        raise BadCall("Say which inputs: dataset_id, or all_inputs_as with a name for the new dataset; one of them.")
    floor = min(DEFAULT_FLOOR, wish.thresholds.lowest) if wish.floor is None else wish.floor
    with database.begin() as conn:
        card = named_card(conn, home, wish.model, project_id=project_id)
    check_plan(card, wish.concepts, wish.thresholds, floor, wish.mapping)
    reference = keep(card, home)
    with database.begin() as conn:
        _check_reviewers(conn, project_id, wish.reviewers)
        dataset_id = _dataset(conn, project_id, wish)
        plan = Plan(
            name=wish.name,
            project_id=project_id,
            dataset_id=dataset_id,
            person_id=person_id,
            thresholds=wish.thresholds,
            floor=floor,
            concepts=wish.concepts,
            mapping=wish.mapping,
            reviewers=list(dict.fromkeys(wish.reviewers)),
            standing=wish.standing,
            ingest_seconds=wish.ingest_seconds,
        )
        _check_reads(conn, card, dataset_id, standing=wish.standing)
        return start_task(conn, card, reference, plan, enqueue)


def _dataset(conn: sa.Connection, project_id: int, wish: Wish) -> int:
    if wish.dataset_id is not None:
        browse.check_dataset(conn, project_id, wish.dataset_id)
        return wish.dataset_id
    name = wish.all_inputs_as or ""
    dataset_id = projects.new_dataset(conn, project_id, name)
    inputs.put_all_into(conn, project_id, dataset_id)
    return dataset_id


def _check_reviewers(conn: sa.Connection, project_id: int, reviewers: Sequence[int]) -> None:
    strangers = [one for one in reviewers if members.of(conn, project_id, one) is None]
    if strangers:
        raise BadCall(f"Person {strangers[0]} is no member of this project, so they cannot review in it.")


def _check_reads(conn: sa.Connection, card: Card, dataset_id: int, *, standing: bool) -> None:
    """Raise BadCall when the model reads nothing of a dataset: every input would fail."""
    kinds = inputs.kinds(conn, dataset_id)
    if not kinds and not standing:
        raise BadCall("The dataset holds no inputs yet: add some first.")
    if kinds and not kinds & set(card.reads):
        reads = " and ".join(f"{kind}s" for kind in card.reads)
        raise BadCall(f"{card.name} reads {reads}, and the dataset holds only {' and '.join(sorted(kinds))}s.")
