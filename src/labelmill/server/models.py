"""The catalog of models: for all projects, kept by operators, and for one project, kept by its admins."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as PathParameter
from pydantic import AfterValidator, BaseModel
from starlette.datastructures import UploadFile

from labelmill.core.errors import BadCall, BadCard
from labelmill.flows import catalog
from labelmill.flows.catalog import Listed
from labelmill.models.cards import CARDS, Card
from labelmill.server.access import Admin, Membership, Operator, SignedIn, Viewer
from labelmill.server.files import Form, files_of, multipart
from labelmill.server.page import no_nul
from labelmill.server.site import Here, Site
from labelmill.store import mappings, models

router = APIRouter(tags=["models"])

ModelName = Annotated[str, PathParameter(min_length=1, max_length=200), AfterValidator(no_nul)]


class Model(BaseModel):
    """A model's card. `selectable`: a task can be made with it; else `reason` says why not.

    `size`: bytes of its weights; null: it has none. `models`: what a workflow is made of, in the order in which they
    look; empty: this is a model of its own. `project_id`: the project whose own it is; null: it is there for all.
    """

    name: str
    runtime: str
    licence: str
    description: str
    reads: list[str]
    makes: str
    concepts: list[str]
    models: list[str]
    version: str
    size: int | None
    selectable: bool
    reason: str | None
    project_id: int | None

    @classmethod
    def of(cls, listed: Listed) -> "Model":
        """What is told of a name of the catalog."""
        card = listed.card
        if isinstance(card, BadCard):
            unknown: dict[str, Any] = dict.fromkeys(("runtime", "licence", "description", "makes", "version"), "")
            return cls(
                name=listed.name, reads=[], concepts=[], models=[], size=None, selectable=False, reason=str(card),
                project_id=listed.project_id, **unknown,
            )  # fmt: skip
        reason = None if card.offered else f"It offers no concepts ({card.makes}), so it cannot label anything."
        return cls(
            name=card.name, runtime=card.runtime, licence=card.licence, description=card.description,
            reads=list(card.reads), makes=card.makes, concepts=list(card.offered),
            models=[one.name for one in card.models.values()], version=card.version, size=card.size,
            selectable=reason is None, reason=reason, project_id=listed.project_id,
        )  # fmt: skip


class Models(BaseModel):
    """The whole catalog, by name."""

    items: list[Model]
    next: None = None


@router.get("/models")
def list_models(_who: SignedIn, site: Here) -> Models:
    """The models that can be named everywhere; those that cannot label anything say why."""
    return Models(items=[Model.of(one) for one in catalog.listed(site.database, site.home)])


@router.post("/models", status_code=201, openapi_extra=multipart())
def add_model(_who: Operator, site: Here, form: Form) -> Model:
    """Add a model for all: a card (.yaml) and the files that it names. A name that is there means this version then."""
    return _added(site, form)


@router.get("/models/{name}")
def get_model(name: ModelName, _who: SignedIn, site: Here) -> Model:
    """One model."""
    return _named(site, name, None)


@router.get("/projects/{project_id}/models")
def list_project_models(member: Viewer, site: Here) -> Models:
    """The models that can be named in a project: those for all, and its own, which go before others of their name."""
    found = catalog.listed(site.database, site.home, project_id=member.project_id)
    return Models(items=[Model.of(one) for one in found])


@router.post("/projects/{project_id}/models", status_code=201, openapi_extra=multipart())
def add_project_model(member: Admin, site: Here, form: Form) -> Model:
    """Add a model for this project alone."""
    return _added(site, form, member)


@router.get("/projects/{project_id}/models/{name}")
def get_project_model(name: ModelName, member: Viewer, site: Here) -> Model:
    """One model, as this project knows it."""
    return _named(site, name, member.project_id)


class Mapping(BaseModel):
    """Model concept -> project concept, as last chosen in the project."""

    mapping: dict[str, str]


class Speed(BaseModel):
    """How fast a model was in its last tasks on this server; null: it was in none yet."""

    inputs_per_second: float | None


@router.get("/projects/{project_id}/models/{name}/mapping")
def get_mapping(name: ModelName, member: Viewer, site: Here) -> Mapping:
    """What a model's concepts were taken for in the tasks of this project before."""
    with site.database.begin() as conn:
        catalog.named(conn, site.home, name, project_id=member.project_id)
        return Mapping(mapping=mappings.of(conn, member.project_id, name))


@router.get("/projects/{project_id}/models/{name}/speed")
def get_speed(name: ModelName, member: Viewer, site: Here) -> Speed:
    """How many inputs a second a model did, as measured in earlier tasks."""
    with site.database.begin() as conn:
        card = catalog.named_card(conn, site.home, name, project_id=member.project_id)
        return Speed(inputs_per_second=models.speed(conn, card.version))


def _named(site: Site, name: str, project_id: int | None) -> Model:
    with site.database.begin() as conn:
        found = catalog.named(conn, site.home, name, project_id=project_id)
    return Model.of(found)


def _added(site: Site, form: Form, member: Membership | None = None) -> Model:
    whose: dict[str, int] = {} if member is None else {"project_id": member.project_id, "person_id": member.person.id}
    files = files_of(form)
    names = [_plain(file) for file in files]
    cards = [name for name in names if name.endswith(CARDS)]
    if len(cards) != 1 or len(set(names)) < len(names):
        raise BadCall("Send one card (.yaml) with the files that it names, each once.")
    site.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="card-", dir=site.home) as folder:
        for name, file in zip(names, files, strict=True):
            with (Path(folder) / name).open("xb") as target:
                shutil.copyfileobj(file.file, target, 2**20)
        card = _read(site, Path(folder), cards[0], names, whose.get("project_id"))
        kept = catalog.add(site.database, site.home, card, **whose)
        return Model.of(Listed(kept.name, kept, whose.get("project_id")))


def _plain(file: UploadFile) -> str:
    """The name of a file without any folder that a browser put before it. Raises BadCall for no name at all."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    if not name.strip(". ") or not name.isprintable() or len(name.encode()) > 200:
        raise BadCall("A file has no name that can be used: name it anew.")
    return name


def _read(site: Site, folder: Path, name: str, names: list[str], project_id: int | None) -> Card:
    """The card, once it is known to name all that was sent. Raises BadCard without our paths."""
    try:
        card = catalog.read(site.database, site.home, folder / name, project_id=project_id, beside=True)
    except BadCard as error:
        raise BadCard(str(error).replace(f"{folder}/", "")) from None
    if spare := set(names) - {name} - {path.name for path in card.files}:
        raise BadCard(f"The card {name} names no file {sorted(spare)[0]!r}: leave it out, or name it in the card.")
    return card
