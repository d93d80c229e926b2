"""One shard: load -> predict -> check -> decide -> save. Everything of a shard commits in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction, Work
from labelmill.core.errors import ModelFault, Unreadable
from labelmill.core.likeness import glimpse, of_images, of_text
from labelmill.flows import triage
from labelmill.formats import image
from labelmill.models.base import Checked, Input, Model, Picture, check_predictions, one_for_each, raised
from labelmill.store import annotations, assignments, locks, models, shards, tasks
from labelmill.store.media import Media
from labelmill.store.shards import Claim, Failed, Item, Settled
from labelmill.store.tasks import Terms


@dataclass(slots=True)
class Answers:
    """What came of a shard's inputs: predictions by input id, or why there are none; and likeness."""

    done: list[tuple[int, list[Prediction]]] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    likeness: dict[int, int | None] = field(default_factory=dict)


Tell: TypeAlias = Callable[[int, int], None]
"""Hears where a shard is at: the place of the first input that is about to be read and shown to the model, and how many
in all; no input when they are through."""


def annotate_shard(
    conn: sa.Connection, claim: Claim, model: Model, media: Media, watch: Callable[[Sequence[int]], Tell]
) -> None:
    """Predict and save a claimed shard. `watch` hears the ids of its inputs and gives what is told of their places."""
    terms = tasks.terms(conn, claim.task_id)
    names = models.by_id(conn, terms.model_version_id).concepts
    items = shards.items(conn, claim.task_id, claim.no)
    conn.commit()
    answers = predict(model, media, items, terms, watch([item.input_id for item in items]))
    with conn.begin():
        save(conn, claim, tasks.current(conn, terms), names, model.info.overlap, answers)


def predict(model: Model, media: Media, items: Sequence[Item], terms: Terms, tell: Tell) -> Answers:
    """The model's checked predictions of the asked concepts, down to the run's floor, for inputs it can read."""
    answers = Answers()
    looks: dict[int, str | NDArray[np.uint8]] = {}
    work = Work.LABEL if terms.has_labelers else Work.NONE
    for start in range(0, len(items), model.info.batch):
        batch = items[start : start + model.info.batch]
        tell(start, len(batch))
        readable = _readable(model, media, batch, answers.failed, work)
        looks |= {item.input_id: read if isinstance(read, str) else glimpse(read.pixels) for item, read in readable}
        said = ask(model, [read for _, read in readable]) if readable else []
        for (item, _), answer in zip(readable, said, strict=True):
            if isinstance(answer, ModelFault):
                answers.failed.append(Failed(item.input_id, work, "predict", answer.kind, str(answer)))
            else:
                answers.done.append((item.input_id, _kept(answer, terms)))
    tell(len(items), 0)
    answers.likeness = _likeness(looks)
    return answers


def ask(model: Model, batch: Sequence[Input]) -> list[Checked]:
    """The model's checked answers. A batch that it raises on or miscounts is halved until only the culprits fail."""
    try:
        said = model.predict(batch)
    except Exception as error:  # noqa: BLE001 - whatever a model raises is that input's failure, on record
        if len(batch) == 1:
            return [raised(model.info.name, error)]
    else:
        if len(batch) == 1 or one_for_each(batch, said):
            return check_predictions(model.info, batch, said)
    middle = len(batch) // 2
    return ask(model, batch[:middle]) + ask(model, batch[middle:])


def read(item: Item, model: Model, media: Media) -> Input:
    """An input as the model takes it. Raises Unreadable, or ModelFault when the model reads no such kind."""
    if item.kind not in model.info.reads:
        kinds = " and ".join(sorted(f"{kind}s" for kind in model.info.reads))
        raise ModelFault("unsuited", f"{model.info.name} reads {kinds}, this is {_a(item.kind)}")
    if item.text is not None:
        return item.text
    if item.location is None or item.width is None or item.height is None:
        raise Unreadable("vanished", "nothing is stored for this input: import it again")
    data = media.get(item.location, item.digest)
    try:
        pixels = image.decode(data, at_least=model.info.wants, max_pixels=media.max_pixels)
    except MemoryError as error:
        raise Unreadable("memory", "there is not the memory to decode it") from error
    return Picture(pixels, item.width, item.height)


def _readable(
    model: Model, media: Media, batch: Sequence[Item], failed: list[Failed], work: Work
) -> list[tuple[Item, Input]]:
    found: list[tuple[Item, Input]] = []
    for item in batch:
        try:
            found.append((item, read(item, model, media)))
        except Unreadable as error:
            failed.append(Failed(item.input_id, work, "read", error.kind, str(error)))
        except ModelFault as error:
            failed.append(Failed(item.input_id, work, "predict", error.kind, str(error)))
    return found


def _likeness(looks: Mapping[int, str | NDArray[np.uint8]]) -> dict[int, int | None]:
    """The likeness of inputs by id: of texts, and of images by their glimpses."""
    texts = {i: of_text(look) for i, look in looks.items() if isinstance(look, str)}
    glimpses = {i: look for i, look in looks.items() if not isinstance(look, str)}
    return texts | dict(zip(glimpses, of_images(list(glimpses.values())), strict=True))


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _kept(answer: Sequence[Prediction], terms: Terms) -> list[Prediction]:
    """Asked concepts down to the floor; a parent that is left out is forgotten, one that stays is renumbered."""
    floor, asked = terms.floor, terms.asked
    if all(p.parent is None for p in answer):
        return [p for p in answer if p.score >= floor and p.concept in asked]
    kept = [i for i, p in enumerate(answer) if p.score >= floor and p.concept in asked]
    place = {old: new for new, old in enumerate(kept)}
    return [
        Prediction(p.concept, p.score, p.region, None if p.parent is None else place.get(p.parent))
        for p in (answer[i] for i in kept)
    ]


def save(
    conn: sa.Connection, claim: Claim, terms: Terms, names: Sequence[str], overlap: float, answers: Answers
) -> None:
    """Write everything of a shard, in the caller's transaction; `names`, `overlap`: the model's.

    `terms` must hold now (tasks.current): the thresholds may have moved while the model worked.
    """
    locks.keep_inputs_of(conn, claim.task_id)
    answers = _of_inputs(shards.waiting_ids(conn, claim.task_id, claim.no), answers)
    index = {name: i for i, name in enumerate(names)}
    annotations.put_predictions(conn, terms.run_id, index, answers.done)
    decided = [(i, triage.decide_input(terms, overlap, said)) for i, said in answers.done]
    rows = {i: triage.annotation_rows(terms, i, one.decided) for i, one in decided}
    annotations.put(conn, claim.task_id, [row for one in rows.values() for row in one])
    shards.put_histograms(conn, claim.task_id, claim.no, triage.histogram_rows(terms, (one for _, one in decided)))
    alike = answers.likeness
    settled = [
        Settled(i, bool(ones), triage.work_owed(terms, [row.status for row in ones], touched=False), alike.get(i))
        for i, ones in rows.items()
    ]
    waiting = [triage.waiting(terms, i, one.decided, alike.get(i)) for i, one in decided]
    in_review = {s.input_id for s in settled if s.work == Work.REVIEW}
    chosen = [one for one in waiting if one.input_id in in_review]
    assignments.assign(conn, claim.task_id, claim.no, chosen, to_all=terms.stacked)
    shards.close(
        conn,
        claim.task_id,
        claim.no,
        revision=terms.revision,
        settled=settled,
        failed=[replace(one, likeness=alike.get(one.input_id)) for one in answers.failed],
        predictions=sum(len(said) for _, said in answers.done),
    )


def _of_inputs(there: set[int], answers: Answers) -> Answers:
    """The answers for inputs that are still there: people may have removed some while the model worked."""
    if len(there) == len(answers.done) + len(answers.failed):
        return answers
    done = [(i, said) for i, said in answers.done if i in there]
    return Answers(done, [failed for failed in answers.failed if failed.input_id in there], answers.likeness)
