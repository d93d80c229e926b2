"""Data into a project: files by upload, a pasted text, a folder of the server's machine."""

from datetime import datetime
from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile

from labelmill.core.errors import BadCall
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


class Failure(BaseModel):
    """What could not be read, and why."""

    source: str
    kind: str
    message: str


class Received(BaseModel):
    """What came of an upload: items read, those of them refused, and the dataset they are in (null: in none)."""

    read: int
    accepted: int
    failures: list[Failure]
    dataset_id: int | None


class Into(Body):
    """A dataset: by id, or by name and made when it is not there; or none."""

    dataset_id: Id | None = None
    dataset: Name | None = None


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


@router.post(
    "/inputs", status_code=201, openapi_extra=multipart(dataset_id={"type": "integer"}, dataset={"type": "string"})
)
def upload_inputs(member: Admin, form: Form, site: Here) -> Received:
    """Upload images, .txt files, .zip archives, .csv, .tsv and .jsonl tables; what cannot be read is told of each."""
    sent = files_of(form)
    said = {name: form[name] for name in ("dataset_id", "dataset") if form.get(name) not in (None, "")}
    try:
        into = TypeAdapter(Into).validate_python(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadCall(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    dataset_id = _dataset(site, member.project_id, into)
    files = (upload.Sent(_name(one), one.file) for one in sent)
    where: dict[str, Any] = {"project_id": member.project_id, "dataset_id": dataset_id}
    came = upload.receive(site.database, site.media, files, folder=site.home / "uploads", **where)
    return _received(site, came, dataset_id)


@router.post("/texts", status_code=201)
def paste_text(said: Pasted, member: Admin, site: Here) -> Received:
    """Add one text."""
    dataset_id = _dataset(site, member.project_id, said)
    where: dict[str, Any] = {"project_id": member.project_id, "dataset_id": dataset_id}
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


def _name(sent: UploadFile) -> str:
    return (sent.filename or "").encode("utf-8", "replace").decode()


def _received(site: Site, came: upload.Received, dataset_id: int | None) -> Received:
    if dataset_id is not None:
        extend_standing(site.database, dataset_id, jobs.enqueue)
    taken = came.taken
    failures = _failures(came.failures)
    return Received(read=taken.read, accepted=taken.read - taken.refused, failures=failures, dataset_id=dataset_id)


def _failures(refused: list[inputs.Rejection]) -> list[Failure]:
    return [Failure(source=one.name, kind=one.kind, message=one.message) for one in refused]
