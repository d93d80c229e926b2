"""From a dataset, a model and thresholds to a task with its run, ledger and shards, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import sqlalchemy as sa

from labelmill.core.errors import BadCall
from labelmill.core.priority import Priority
from labelmill.core.threshold import Thresholds
from labelmill.flows.catalog import chosen_concepts, put_version
from labelmill.models.cards import Card
from labelmill.store import models, projects, tasks

Review = Literal["even", "stacked", "none"]
"""Each input to one reviewer, all of equal shares; each to every reviewer; or to nobody."""

DEFAULT_FLOOR = 0.05
"""Scores below are not kept, unless a task says otherwise or has a lower limit below it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person chose. `name` None: the dataset's and the model's.

    `mapping`: model concept -> project concept; what it lacks keeps its name. `labelers` None: the reviewers.
    `agree`: votes that decide where the review is stacked. `checked`: what a person submits another reviews.
    """

    name: str | None
    project_id: int
    dataset_id: int
    person_id: int
    thresholds: Thresholds
    floor: float
    concepts: Sequence[str] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    reviewers: Sequence[int] = ()
    labelers: Sequence[int] | None = None
    standing: bool = False
    ingest_seconds: float = 0.0
    instructions: str = ""
    review: Review = "even"
    agree: int | None = None
    checked: bool = False
    priority: Priority = Priority.MEDIUM


def check_plan(
    card: Card,
    concepts: Sequence[str],
    thresholds: Thresholds,
    floor: float,
    mapping: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raise BadCall for whatever in a plan cannot be; `mapping` as in Plan, thresholds by the project's concepts."""
    chosen = chosen_concepts(card, concepts)
    if strange := sorted(set(mapping) - set(chosen)):
        raise BadCall(f"the mapping names {strange[0]!r}, which is not among the model's concepts of this task")
    if not 0 <= floor <= thresholds.lowest:
        raise BadCall(f"floor {floor:g} must lie between 0 and the lowest lower threshold, {thresholds.lowest:g}")
    if unknown := sorted(set(thresholds.by_concept) - {mapping.get(name, name) for name in chosen}):
        raise BadCall(f"a threshold is set for {unknown[0]!r}, which is not among the concepts of this task")


def start_task(
    conn: sa.Connection, card: Card, reference: str, plan: Plan, enqueue: Callable[[sa.Connection, int], None]
) -> int:
    """Make the task and put it into the queue in the caller's transaction; its id.

    `reference`: where the card is kept (flows.catalog.keep). Raises BadCall for a plan that cannot be.
    """
    chosen = chosen_concepts(card, plan.concepts)
    version_id = put_version(conn, card, reference)
    ids = projects.concepts(conn, plan.project_id, [plan.mapping.get(name, name) for name in chosen])
    task_id = _new_task(
        conn,
        plan,
        card.name,
        concepts={name: ids[plan.mapping.get(name, name)] for name in chosen},
        run_id=tasks.new_run(conn, version_id, plan.floor),
        labeler_id=models.labeler(conn, version_id),
    )
    enqueue(conn, task_id)
    return task_id


def start_for_people(conn: sa.Connection, plan: Plan, makes: str) -> int:
    """Make a task that people label from the start, in the caller's transaction; its id. `makes`: what they draw.

    There is no run: every input waits for a person. The plan's `concepts` are the project's, made where it lacks them.
    """
    concepts = projects.concepts(conn, plan.project_id, plan.concepts)
    return _new_task(conn, plan, "people", concepts=concepts, run_id=None, labeler_id=None, makes=makes)


def _new_task(conn: sa.Connection, plan: Plan, by: str, **columns: Any) -> int:
    return tasks.new_task(
        conn,
        reviewers=plan.reviewers,
        labelers=plan.reviewers if plan.labelers is None else plan.labelers,
        thresholds=plan.thresholds,
        name=plan.name or f"{projects.dataset_name(conn, plan.dataset_id)} · {by}",
        project_id=plan.project_id,
        dataset_id=plan.dataset_id,
        created_by=plan.person_id,
        standing=plan.standing,
        ingest_seconds=plan.ingest_seconds,
        instructions=plan.instructions,
        review=plan.review,
        agree=plan.agree,
        checked=plan.checked,
        priority=plan.priority.number,
        **columns,
    )
