"""What acts of people share: done once however often they are sent, carried out, remembered so as to be undone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from labelmill.core.annotation import Status, Work, settled
from labelmill.core.decision import Edit, Effect, Shaping, check_shaping
from labelmill.core.errors import Conflict, NotFound
from labelmill.core.triage import Standing
from labelmill.store import activity, annotations, assignments, inputs, projects, reviews
from labelmill.store.annotations import NewAnnotation, Update
from labelmill.store.assignments import Holder
from labelmill.store.reviews import Place, Rules
from labelmill.store.votes import Vote


@dataclass(frozen=True, slots=True)
class Done:
    """An act, and what people owe its input after it."""

    activity_id: int
    work: Work


@dataclass(frozen=True, slots=True)
class Scene:
    """What an act on one input happens on: who, where, under which rules; the input's ledger row is held."""

    conn: sa.Connection
    task_id: int
    person_id: int
    actor: int
    rules: Rules
    place: Place
    standing: Sequence[Standing]
    holders: Sequence[Holder]

    @property
    def input_id(self) -> int:
        """The input's id."""
        return self.place.input_id


@dataclass(frozen=True, slots=True)
class Trace:
    """What an act did to one input but for its annotations: where it stood and with whom, and where it stands now.

    `voted`: how many votes it cast there; `replaced`: votes that stand no more for it.
    """

    before: Place
    after: Place
    holders: Sequence[Holder]
    voted: int = 0
    replaced: Sequence[Vote] = ()


def scene(conn: sa.Connection, task_id: int, input_id: int, person_id: int) -> Scene:
    """Hold an input of a task until the transaction ends. Raises NotFound."""
    found = reviews.lock(conn, task_id, [input_id]).get(input_id)
    if found is None:
        raise NotFound(f"There is no input {input_id} in task {task_id}.")
    return Scene(
        conn,
        task_id,
        person_id,
        projects.person_labeler(conn, person_id),
        reviews.rules(conn, task_id),
        found,
        annotations.standing(conn, task_id, [input_id]).get(input_id, []),
        assignments.holders(conn, task_id, [input_id]).get(input_id, []),
    )


def done_before(at: Scene, key: str | None) -> Done | None:
    """The act that a request with this key made, if it was here before. Raises Conflict for a key of another act."""
    found = activity.by_key(at.conn, at.person_id, key, task_id=at.task_id, input_id=at.input_id)
    return None if found is None else Done(found.id, at.place.work)


def check_seen(at: Scene, seen: int | None) -> None:
    """Raise Conflict when the input's annotations changed after the event that the person saw last (0: none)."""
    newest = reviews.newest_events(at.conn, at.task_id, [at.input_id]).get(at.input_id, 0)
    if seen is not None and seen != newest:
        raise Conflict("Somebody changed this input in between: look at it again, then decide.")


def check_fits(at: Scene, shaping: Shaping) -> Mapping[str, int]:
    """Ids of the task's concepts by name. Raises BadCall for a shaping that does not fit the task and the input."""
    concepts = reviews.concepts(at.conn, at.task_id)
    if shaping.edits or shaping.additions:
        check_shaping(shaping, concepts, length=inputs.text_length(at.conn, at.input_id), drawn=at.rules.drawn)
    return concepts


def carry_out(at: Scene, effect: Effect, concepts: Mapping[str, int], act: int) -> list[int]:
    """Write an effect on an input's annotations, each change an event of the act; ids of what was added."""
    updates = []
    for move in effect.moves:
        edit = move.edit or Edit(move.annotation_id)
        concept_id = None if edit.concept is None else concepts[edit.concept]
        updates.append(Update(move.annotation_id, move.operation, move.status, concept_id, edit.region))
    annotations.change(at.conn, at.actor, updates, act=act)
    annotations.drop(at.conn, at.actor, effect.drops, "delete", act=act)
    new = [
        NewAnnotation(at.input_id, concepts[one.concept], at.actor, status, one.region, touched=True)
        for one, status in effect.additions
    ]
    ids = annotations.put(at.conn, at.task_id, new)
    annotations.record_new(at.conn, at.actor, ids, "add", act=act)
    return ids


def statuses(at: Scene) -> list[Status]:
    """Of the input's annotations, as they are now."""
    return [one.status for one in annotations.standing(at.conn, at.task_id, [at.input_id]).get(at.input_id, [])]


def reviewed_or_not(now: Iterable[Status]) -> Work:
    """What people owe an input in review whose annotations have these statuses."""
    return Work.REVIEWED if settled(now) else Work.REVIEW


def remember(conn: sa.Connection, task_id: int, act: int, traces: Sequence[Trace]) -> None:
    """Put inputs into their new places of the ledger, and with the act what undoing it needs."""
    ids = [one.after.input_id for one in traces]
    newest = reviews.newest_lasting(conn, task_id, ids)
    holders = assignments.holders(conn, task_id, ids)
    told: dict[str, Any] = {
        str(one.after.input_id): {
            "before": one.before.told(),
            "after": one.after.told(),
            "seen": newest.get(one.after.input_id, 0),
            "held": [asdict(holder) for holder in one.holders],
            "holds": [asdict(holder) for holder in holders.get(one.after.input_id, [])],
            "voted": one.voted,
            "replaced": [asdict(vote) for vote in one.replaced],
        }
        for one in traces
    }
    activity.tell(conn, act, {"inputs": told})
    # last: the row of a shard is held from here on, and all who review inputs of it wait
    reviews.write(conn, task_id, [(one.before, one.after) for one in traces])
