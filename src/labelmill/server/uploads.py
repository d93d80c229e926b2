"""Data into a project: files by upload, a pasted text, a folder of the server's machine."""

from datetime import datetime
from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, Json, StringConstraints, ValidationError
from starlette.datastructures import FormData, UploadFile

from labelmill.core.errors import BadCall
from labelmill.core.input import Rejection
from labelmill.engine import jobs
from labelmill.flows import import_folder, upload
from labelmill.flows.ingest import extend_standing
from labelmill.server.access import Admin
from labelmill.server.files import Form, files_of, multipart
from labelmill.server.page import After, Body, Id, Limit, Name, Page, PathId, Text
from labelmill.server.site import Here, Site
from labelmill.store import browse, imports, inputs, projects

router = APIRouter(prefix="/projects/{project_id}", tags=["inputs"])

FAILURES_SHOWN = 100
"""Failures of an import that are told one by one."""

MOST_ITEMS = 2**31 - 1
"""More than anything holds; a limit beyond is a mistake."""

_FIELDS: dict[str, dict[str, Any]] = {
    "dataset_id": {"type": "integer"},
    "dataset": {"type": "string"},
    "names": {"type": "string", "description": "JSON: a list with the name of each file, folders included."},
    "refused": {"type": "string", "description": "JSON: a list of failures, of what the sender could not read."},
    "place": {"type": "string", "description": "Where the files lie at the sender's."},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "description": "Only the first so many items."},
}


class Failure(BaseModel):
    """What could not be read, and why."""

    source: str
    kind: str
    message: str


class Received(BaseModel):
    """What came of an upload: items read, those of them refused, and the dataset they are in (null: in none).

    `grown`: how many new inputs which standing task got by it.
    """

    read: int
    accepted: int
    failures: list[Failure]
    dataset_id: int | None
    grown: dict[int, int]


class Into(Body):
    """A dataset: by id, or by name and made when it is not there; or none."""

    dataset_id: Id | None = None
    dataset: Name | None = None


class Unsent(Body):
    """A file that its sender could not read, and why."""

    source: Annotated[Text, StringConstraints(max_length=4000)]
    kind: Annotated[Text, StringConstraints(max_length=100)]
    message: Annotated[Text, StringConstraints(max_length=4000)]


class Said(Into):
    """What an upload says beside its files.

    `names`: of each file in their order, just as they are, folders included; the name of a part cannot carry every
    name. `refused`: what the sender could not read. `place`: where the files lie at the sender's; what is sent from
    there again under the same name replaces what was there. `limit`: only the first so many items are read.
    """

    names: Json[list[Annotated[Text, StringConstraints(max_length=4000)]]] | None = None
    refused: Json[list[Unsent]] = Field(default_factory=list)
    place: Annotated[Text, StringConstraints(min_length=1, max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] | None = None


class Pasted(Into):
    """A text; `dataset_id` or `dataset` (a name, made when it is not there) says where it goes."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=900_000)]
    name: Name = "pasted"


class NewImport(Into):
    """A folder, archive or table of the server's machine, and the dataset for what it holds; without one, its own."""

    folder: Annotated[Text, StringConstraints(min_length=1, max_length=4000)]


class Import(BaseModel):
    """An import of a folder: `read` items so far, `accepted` of them; `ended_at` null while it goes on.

    `error`: why it could not be done. `failures`: the first of those that were refused, in one import alone.
    """

    id: int
    folder: str
    dataset_id: int | None
    read: int
    accepted: int
    error: str | None
    ended_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: imports.Import, **more: Any) -> Self:
        """From what the store has."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields.keys() - more.keys()}, **more)


class ImportAlone(Import):
    """One import, with the first of the sources that could not be read."""

    failures: list[Failure]


class Folders(BaseModel):
    """Paths that may be imported."""

    items: list[str]
    next: None = None


@router.post("/inputs", status_code=201, openapi_extra=multipart(**_FIELDS))
def upload_inputs(member: Admin, form: Form, site: Here) -> Received:
    """Upload images, .txt files, .zip archives, .csv, .tsv and .jsonl tables; what cannot be read is told of each.

    `names` are kept just as they are; without them each part's file name is. What is sent again from the same `place`
    under the same name replaces what was there. `refused` may stand without files.
    """
    said = _said(form)
    sent = [] if said.refused and "files" not in form else files_of(form)
    if said.names is not None and len(said.names) != len(sent):
        raise BadCall(f"There are {len(said.names)} names for {len(sent)} files: give one for each.")
    dataset_id = _dataset(site, member.project_id, said)
    names = [_name(one) for one in sent] if said.names is None else said.names
    exact = said.names is not None
    files = (upload.Sent(name, one.file, exact) for name, one in zip(names, sent, strict=True))
    came = upload.receive(
        site.database,
        site.media,
        files,
        project_id=member.project_id,
        dataset_id=dataset_id,
        person_id=member.person.id,
        folder=site.home / "uploads",
        unsent=[upload.Unsent(one.source, one.kind, one.message) for one in said.refused],
        place=said.place,
        limit=said.limit,
    )
    return _received(site, came, dataset_id)


@router.post("/texts", status_code=201)
def paste_text(said: Pasted, member: Admin, site: Here) -> Received:
    """Add one text."""
    dataset_id = _dataset(site, member.project_id, said)
    where: dict[str, Any] = {
        "project_id": member.project_id, "dataset_id": dataset_id, "person_id": member.person.id,
    }  # fmt: skip
    return _received(site, upload.paste(site.database, site.media, said.text, said.name, **where), dataset_id)


@router.get("/import-folders")
def list_import_folders(_: Admin, site: Here, folder: Annotated[str | None, Query(max_length=4000)] = None) -> Folders:
    """The folders, archives and tables in a folder that may be imported; the roots when none is given."""
    return Folders(items=import_folder.listing(folder, site.import_roots))


@router.get("/imports")
def list_imports(member: Admin, site: Here, after: After = None, limit: Limit = 50) -> Page[Import]:
    """Imports of folders, newest first."""
    with site.database.begin() as conn:
        rows = imports.page(conn, member.project_id, before=after or imports.NEWEST, limit=limit + 1)
    return Page[Import].of([Import.of(row) for row in rows], limit)


@router.post("/imports", status_code=202)
def create_import(said: NewImport, member: Admin, site: Here) -> Import:
    """Import a folder of the server's machine; a worker does it. Files stay where they are and are referred to."""
    import_folder.allowed(said.folder, site.import_roots)
    with site.database.begin() as conn:
        import_id = import_folder.start_import(
            conn,
            said.folder,
            site.import_roots,
            project_id=member.project_id,
            dataset_id=_dataset_in(conn, member.project_id, said),
            person_id=member.person.id,
            enqueue=jobs.enqueue_import,
        )
        return Import.of(imports.of_project(conn, member.project_id, import_id))


@router.get("/imports/{import_id}")
def get_import(import_id: PathId, member: Admin, site: Here) -> ImportAlone:
    """One import, with the first of the sources that could not be read."""
    with site.database.begin() as conn:
        found = imports.of_project(conn, member.project_id, import_id)
        refused = []
        if found.dataset_id is not None:
            refused = inputs.refused_below(conn, found.dataset_id, found.folder, most=FAILURES_SHOWN)
    return ImportAlone.of(found, failures=_failures(refused))


def _dataset(site: Site, project_id: int, into: Into) -> int | None:
    with site.database.begin() as conn:
        return _dataset_in(conn, project_id, into)


def _dataset_in(conn: sa.Connection, project_id: int, into: Into) -> int | None:
    if into.dataset_id is not None:
        if into.dataset is not None:
            raise BadCall("Give dataset_id or dataset, not both.")
        browse.check_dataset(conn, project_id, into.dataset_id)
        return into.dataset_id
    return None if into.dataset is None else projects.dataset(conn, project_id, into.dataset)


def _said(form: FormData) -> Said:
    texts = {name: value for name, value in form.items() if isinstance(value, str) and value and name != "files"}
    try:
        return Said.model_validate(texts)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadCall(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def _name(sent: UploadFile) -> str:
    return (sent.filename or "").encode("utf-8", "replace").decode()


def _received(site: Site, came: upload.Received, dataset_id: int | None) -> Received:
    grown = {} if dataset_id is None else extend_standing(site.database, dataset_id, jobs.enqueue)
    read, failures = came.taken.read, _failures(came.failures)
    accepted = read - came.taken.refused
    return Received(read=read, accepted=accepted, failures=failures, dataset_id=dataset_id, grown=grown)


def _failures(refused: list[Rejection]) -> list[Failure]:
    return [Failure(source=one.name, kind=one.kind, message=one.message) for one in refused]
