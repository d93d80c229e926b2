"""Trying a model: what it says of a few inputs, a text or a file; nothing is stored."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from labelmill.core.annotation import Prediction as Said
from labelmill.core.annotation import mapped
from labelmill.core.errors import BadCall, ModelFault, TooLarge, Unreadable
from labelmill.engine import trial
from labelmill.flows import catalog
from labelmill.flows.catalog import chosen_concepts
from labelmill.flows.try_model import file_item, text_item
from labelmill.models.cards import Card
from labelmill.models.catalog import describe
from labelmill.server.access import Labeler, SignedIn
from labelmill.server.errors import Fault
from labelmill.server.files import Form
from labelmill.server.inputs import Region, shown
from labelmill.server.page import Body, Id, Text
from labelmill.server.site import Here, Site
from labelmill.store import browse
from labelmill.store.shards import Item

router = APIRouter(tags=["models"])

LONGEST_TEXT = 100_000


class Trial(Body):
    """What to try a model on: inputs of the project, or a text.

    `concepts`: of the model's; none means all. With `mapping`, model concept -> project concept (what it lacks keeps
    its name), the answers are in the project's concepts, as those of a task.
    """

    model: Annotated[Text, Field(min_length=1, max_length=200)]
    inputs: Annotated[list[Id], Field(max_length=20, default_factory=list)]
    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_TEXT)] | None = None
    concepts: Annotated[list[Text], Field(max_length=10_000, default_factory=list)]
    mapping: Annotated[dict[Text, Text], Field(max_length=10_000, default_factory=dict)]


class Prediction(BaseModel):
    """What a model says: a concept with its raw score, on a region or on the whole input."""

    concept: str
    score: float
    region: Region | None

    @classmethod
    def of(cls, said: Said) -> "Prediction":
        """One prediction, as it is told."""
        return cls(concept=said.concept, score=said.score, region=shown(said.region))


class Answer(BaseModel):
    """What a model says of one input (null: the text or file), best first; or why it says nothing."""

    input_id: int | None
    predictions: list[Prediction]
    fault: Fault | None

    @classmethod
    def of(cls, input_id: int | None, said: trial.Answer) -> "Answer":
        """One answer, as it is told."""
        if isinstance(said, ModelFault | Unreadable):
            return cls(input_id=input_id, predictions=[], fault=Fault(kind=said.kind, message=str(said)))
        best = sorted(said, key=lambda one: -one.score)
        return cls(input_id=input_id, predictions=[Prediction.of(one) for one in best], fault=None)


class Answers(BaseModel):
    """One answer for each input that was asked about, in order; nothing in them is below `floor`.

    `seconds`: what they took together, once the model was loaded.
    """

    model: str
    floor: float
    seconds: float
    items: list[Answer]


@router.post("/projects/{project_id}/trials")
def try_model(said: Trial, member: Labeler, site: Here) -> Answers:
    """Run a model on a few inputs, or a text; nothing is stored."""
    if bool(said.inputs) == (said.text is not None):
        raise BadCall("Say what to try it on: inputs, or a text; one of them.")
    with site.database.begin() as conn:
        card = catalog.named_card(conn, site.home, said.model, project_id=member.project_id)
        found = [browse.content(conn, member.project_id, one) for one in said.inputs]
    concepts = _concepts(card, said)
    if said.text is not None:
        return _answers(site, card, [(None, text_item(said.text))], concepts)
    return _answers(site, card, [(one.id, _item(one)) for one in found], concepts)


_BODY = {
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "text": {"type": "string"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 1},
    },
    "required": ["model"],
}


@router.post(
    "/trials",
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _BODY}}}},
)
def try_model_on_file(_who: SignedIn, site: Here, form: Form) -> Answers:
    """Run a model that is there for all on a file of one's own, or a text; nothing is stored."""
    model, text, files = form.get("model"), form.get("text"), form.getlist("files")
    if not isinstance(model, str) or (len(files) == 1) == isinstance(text, str):
        raise BadCall("Send 'model', and one file as 'files' or a 'text'.")
    with site.database.begin() as conn:
        card = catalog.named_card(conn, site.home, model.replace("\0", ""))
    concepts = {name: name for name in card.offered}
    if isinstance(text, str):
        return _answers(site, card, [(None, text_item(text))], concepts)
    file = files[0]
    if not isinstance(file, UploadFile):
        raise BadCall("'files' holds no file.")
    data = file.file.read(site.max_file + 1)
    if len(data) > site.max_file:
        raise TooLarge(f"A file may have {site.max_file:,} bytes at most.")
    with tempfile.NamedTemporaryFile() as place:
        place.write(data)
        place.flush()
        item = file_item(file.filename or "", Path(place.name), data, max_pixels=site.max_pixels)
        return _answers(site, card, [(None, item)], concepts)


def _concepts(card: Card, said: Trial) -> Mapping[str, str]:
    """Model concept -> the concept that is answered. Raises BadCall for what the model does not offer."""
    if not said.concepts and not said.mapping:
        return {name: name for name in card.offered}
    chosen = chosen_concepts(card, said.concepts)
    if strange := sorted(set(said.mapping) - set(chosen)):
        raise BadCall(f"The mapping names {strange[0]!r}, which is not among the model's concepts that are tried.")
    return {name: said.mapping.get(name, name) for name in chosen}


def _item(one: browse.Bytes) -> Item:
    return Item(one.id, one.kind, one.text, one.location, one.digest, one.width, one.height)


def _answers(site: Site, card: Card, items: Sequence[tuple[int | None, Item]], concepts: Mapping[str, str]) -> Answers:
    bounds = trial.Bounds(site.trial_seconds, site.trial_memory)
    tried = trial.try_on(card, site.media, [item for _, item in items], bounds)
    overlap = describe(card).overlap
    answers = []
    for (input_id, _), said in zip(items, tried.answers, strict=True):
        ours = [one for _, one in mapped(said, concepts, overlap=overlap)] if isinstance(said, list) else said
        answers.append(Answer.of(input_id, ours))
    return Answers(model=card.name, floor=card.floor, seconds=tried.seconds, items=answers)
