"""A task as pages and programs ask for one: everything they name is looked up and checked, then it is started."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from labelmill.core.decision import Drawn
from labelmill.core.errors import BadCall
from labelmill.core.priority import Priority
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import team
from labelmill.flows.catalog import keep, named_card
from labelmill.flows.start_task import DEFAULT_FLOOR, Plan, Review, check_plan, start_for_people, start_task
from labelmill.models.cards import Card
from labelmill.store import activity, annotations, browse, inputs, mappings, members, notifications, projects, tasks
from labelmill.store.database import Database

_DRAWN_ON: Mapping[Drawn, str] = {"box": "image", "polygon": "image", "span": "text"}
"""The kind of input that one needs, where not every kind will do."""

_NO_SCORES = Thresholds(Limits(0.0, None))
"""Of a task that people label: nothing in it is decided by a score."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. Over `dataset_id`, or over all inputs as a new dataset named `all_inputs_as`.

    `model` None: people label, what `makes` says. `mapping`: model concept -> project concept, where they differ;
    `thresholds`, which a model needs, are by the project's. `floor` None: the default, or the lowest lower threshold
    where that is less. `labelers` None: the reviewers. `agree` None: more than half, where the review is stacked.
    `delete_earlier`: what this model said of these concepts on these inputs before goes, unless a person touched it.
    """

    model: str | None
    thresholds: Thresholds | None
    makes: Drawn | None = None
    name: str | None = None
    dataset_id: int | None = None
    all_inputs_as: str | None = None
    concepts: Sequence[str] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    floor: float | None = None
    reviewers: Sequence[int] = ()
    labelers: Sequence[int] | None = None
    standing: bool = False
    ingest_seconds: float = 0.0
    instructions: str = ""
    review: Review = "even"
    agree: int | None = None
    checked: bool = False
    priority: Priority = Priority.MEDIUM
    delete_earlier: bool = False


def create(
    database: Database,
    home: Path,
    wish: Wish,
    *,
    project_id: int,
    person_id: int,
    enqueue: Callable[[sa.Connection, int], None],
) -> int:
    """Make the task and queue its run; its id. Raises BadCall and NotFound for whatever in the wish cannot be."""
    if (wish.dataset_id is None) == (wish.all_inputs_as is None):
        raise BadCall("Say which inputs: dataset_id, or all_inputs_as with a name for the new dataset; one of them.")
    if wish.model is None:
        return _for_people(database, wish, project_id, person_id)
    thresholds = _of_model(wish)
    floor = min(DEFAULT_FLOOR, thresholds.lowest) if wish.floor is None else wish.floor
    with database.begin() as conn:
        card = named_card(conn, home, wish.model, project_id=project_id)
    check_plan(card, wish.concepts, thresholds, floor, wish.mapping)
    reference = keep(card, home)
    with database.begin() as conn:
        plan = _plan(conn, wish, thresholds, floor, project_id, person_id)
        _check_reads(conn, card, plan)
        task_id = start_task(conn, card, reference, plan, enqueue)
        mappings.remember(conn, project_id, card.name, tasks.terms(conn, task_id).concepts)
        act = record(conn, plan, task_id)
        if wish.delete_earlier:
            actor = projects.person_labeler(conn, person_id)
            gone = annotations.drop_earlier(conn, task_id, card.name, actor, act=act)
            activity.tell(conn, act, {"deleted_earlier": gone})
    return task_id


def _of_model(wish: Wish) -> Thresholds:
    """The thresholds of a wish with a model. Raises BadCall where it lacks them, or says what people would draw."""
    if wish.makes is not None:
        raise BadCall("makes says what people draw: leave it out where a model labels.")
    if wish.thresholds is None:
        raise BadCall("A task with a model needs thresholds.")
    return wish.thresholds


def _for_people(database: Database, wish: Wish, project_id: int, person_id: int) -> int:
    if wish.makes is None:
        raise BadCall("Name a model, or say with makes what people draw: class, box, polygon or span.")
    if wish.thresholds or wish.mapping or wish.floor is not None or wish.delete_earlier:
        raise BadCall(
            "thresholds, mapping, floor and delete_earlier are for a model: leave them out where people label."
        )
    if not wish.concepts:
        raise BadCall("Name the concepts that people are to label.")
    with database.begin() as conn:
        plan = _plan(conn, wish, _NO_SCORES, 0.0, project_id, person_id)
        if not (plan.reviewers if plan.labelers is None else plan.labelers):
            raise BadCall("Say who labels: name labelers, or reviewers who do it, too.")
        _check_drawn(conn, wish.makes, plan)
        task_id = start_for_people(conn, plan, wish.makes)
        record(conn, plan, task_id)
    return task_id


def _plan(
    conn: sa.Connection, wish: Wish, thresholds: Thresholds, floor: float, project_id: int, person_id: int
) -> Plan:
    """The plan of a wish: its persons checked, its dataset found or made."""
    reviewers = list(dict.fromkeys(wish.reviewers))
    labelers = reviewers if wish.labelers is None else list(dict.fromkeys(wish.labelers))
    team.check(members.roles(conn, project_id), reviewers, labelers, checked=wish.checked)
    return Plan(
        name=wish.name,
        project_id=project_id,
        dataset_id=_dataset(conn, project_id, wish),
        person_id=person_id,
        thresholds=thresholds,
        floor=floor,
        concepts=wish.concepts,
        mapping=wish.mapping,
        reviewers=reviewers,
        labelers=labelers,
        standing=wish.standing,
        ingest_seconds=wish.ingest_seconds,
        instructions=wish.instructions,
        review=wish.review,
        agree=team.votes(wish.review, wish.agree, reviewers),
        checked=wish.checked,
        priority=wish.priority,
    )


def record(conn: sa.Connection, plan: Plan, task_id: int) -> int:
    """Write down that a task was made, and tell those who are to work on it; the id of the act."""
    notifications.make(conn, task_id, "assigned", {*plan.reviewers, *(plan.labelers or ())} - {plan.person_id})
    told = {"name": tasks.row(conn, task_id).name}
    return activity.record(conn, plan.project_id, plan.person_id, "create_task", task_id=task_id, detail=told)


def _dataset(conn: sa.Connection, project_id: int, wish: Wish) -> int:
    if wish.dataset_id is not None:
        browse.check_dataset(conn, project_id, wish.dataset_id)
        return wish.dataset_id
    name = wish.all_inputs_as or ""
    dataset_id = projects.new_dataset(conn, project_id, name)
    inputs.put_all_into(conn, project_id, dataset_id)
    return dataset_id


def _check_reads(conn: sa.Connection, card: Card, plan: Plan) -> None:
    """Raise BadCall when the model reads nothing of a dataset: every input would fail."""
    kinds = _kinds(conn, plan)
    if kinds and not kinds & set(card.reads):
        reads = " and ".join(f"{kind}s" for kind in card.reads)
        raise BadCall(f"{card.name} reads {reads}, and the dataset holds only {' and '.join(sorted(kinds))}s.")


def _check_drawn(conn: sa.Connection, makes: Drawn, plan: Plan) -> None:
    """Raise BadCall when nothing of a dataset can be labeled so."""
    kinds, needed = _kinds(conn, plan), _DRAWN_ON.get(makes)
    if kinds and needed is not None and needed not in kinds:
        raise BadCall(f"People draw a {makes} on {needed}s, and the dataset holds only {kinds.pop()}s.")


def _kinds(conn: sa.Connection, plan: Plan) -> set[str]:
    """The kinds of inputs of a dataset. Raises BadCall for an empty one, unless the task takes what comes later."""
    kinds = inputs.kinds(conn, plan.dataset_id)
    if not kinds and not plan.standing:
        raise BadCall("The dataset holds no inputs yet: add some first.")
    return kinds
