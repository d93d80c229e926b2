"""Inputs: pages with what is said of them, one alone, its bytes and thumbnails; in by upload, out by deletion."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from labelmill.core import geometry
from labelmill.core.errors import BadCall
from labelmill.flows import look
from labelmill.flows.remove import remove_inputs
from labelmill.server.access import Admin, Membership, Viewer
from labelmill.server.page import After, Body, Count, Id, Limit, Page, PathId
from labelmill.server.site import Here, Site
from labelmill.store import browse, heads
from labelmill.store.browse import Bytes, Filter, Kind, Shown

router = APIRouter(prefix="/projects/{project_id}/inputs", tags=["inputs"])

Status = Literal["success", "awaiting_review", "awaiting_consensus_review", "pending", "rejected"]
Sizes = Literal["160", "320", "640", "1280", "2560"]

DECODING_AT_ONCE = 2
"""Pictures that are decoded at the same time: requests for more wait without holding a thread or a connection."""

FOR_EVER = "private, max-age=31536000, immutable"
"""The content of an input never changes; only who may see it does, so no shared cache keeps it."""

SANDBOX = "sandbox; default-src 'none'"
"""For content that people sent: whatever a browser takes it for, nothing in it runs."""


class Region(BaseModel):
    """A part of an input.

    `box`: [x1, y1, x2, y2]; `polygon`: parts, each [outer, hole, ...], rings of [x, y]; both in shares of the upright
    image. `span`: [start, end] in code points, end exclusive.
    """

    kind: Literal["box", "polygon", "span"]
    value: list[Any]


def shown(region: geometry.Region | None) -> Region | None:
    """A region of core's as JSON."""
    if region is None:
        return None
    return Region.model_validate({"kind": geometry.kind_of(region), "value": geometry.encode(region)})


class Annotation(BaseModel):
    """What is said of an input: a concept, present or absent, on a region or (null) on the whole input."""

    id: int
    task_id: int
    concept_id: int
    concept: str
    present: bool
    region: Region | None
    score: float | None
    status: Status
    labeler: str


class Input(BaseModel):
    """An image or a text. `name`: of its first source; `length`: of the text in code points.

    In a page, `text` is the beginning of a long text, and of very many annotations only the first are there; one input
    alone has all.
    """

    id: int
    kind: Kind
    name: str
    width: int | None
    height: int | None
    text: str | None
    length: int | None
    created_at: datetime
    annotations: list[Annotation]


class Source(BaseModel):
    """A name under which an input came, and when."""

    name: str
    created_at: datetime


class InputAlone(Input):
    """One input with the names it came under, and the ids of its neighbours among those chosen."""

    sources: list[Source]
    previous: int | None
    next: int | None


class Ids(Body):
    """Ids of inputs."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]


def _filter(
    member: Viewer,
    site: Here,
    dataset_id: Annotated[Id | None, Query(description="Only inputs of this dataset.")] = None,
    task_id: Annotated[
        int | None, Query(ge=1, le=heads.NEWEST, description="Only inputs of this task, with what it said of them.")
    ] = None,
    kind: Kind | None = None,
) -> Filter:
    """The filters of a request. Raises NotFound for a dataset or task of another project."""
    if dataset_id is not None or task_id is not None:
        with site.database.begin() as conn:
            if dataset_id is not None:
                browse.check_dataset(conn, member.project_id, dataset_id)
            if task_id is not None:
                heads.check(conn, member.project_id, task_id)
    return Filter(member.project_id, dataset_id, task_id, kind)


Chosen = Annotated[Filter, Depends(_filter)]


@router.get("")
def list_inputs(
    chosen: Chosen,
    site: Here,
    after: After = None,
    limit: Limit = 50,
    spread: Annotated[bool, Query(description="From all over the list instead of its first; no page follows.")] = False,
) -> Page[Input]:
    """Inputs with their annotations, by id."""
    if spread:
        if after is not None:
            raise BadCall("Inputs from all over the list have no pages: leave out 'after', or 'spread'.")
        with site.database.begin() as conn:
            return Page[Input].of([Input(**_facts(one)) for one in browse.spread(conn, chosen, limit=limit)], limit)
    with site.database.begin() as conn:
        found = browse.page(conn, chosen, after=after or 0, limit=limit + 1)
    return Page[Input].of([Input(**_facts(one)) for one in found], limit)


@router.get("/count")
def count_inputs(chosen: Chosen, site: Here) -> Count:
    """How many inputs a page's filters leave in all."""
    with site.database.begin() as conn:
        return Count(count=browse.count(conn, chosen))


@router.post("/delete")
def delete_inputs(said: Ids, member: Admin, site: Here) -> Count:
    """Remove inputs with all that is said of them; how many. Ids that the project does not have are left out."""
    return Count(count=_remove(site, member, said.ids))


@router.get("/{input_id}")
def get_input(input_id: PathId, chosen: Chosen, site: Here) -> InputAlone:
    """One input with its annotations; the filters choose its neighbours."""
    with site.database.begin() as conn:
        found = browse.one(conn, chosen, input_id)
        before, behind = browse.neighbours(conn, chosen, input_id)
        sources = [Source(name=name, created_at=when) for name, when in browse.sources(conn, input_id)]
    return InputAlone(**_facts(found), sources=sources, previous=before, next=behind)


@router.delete("/{input_id}", status_code=204)
def delete_input(input_id: PathId, member: Admin, site: Here) -> None:
    """Remove an input with all that is said of it."""
    with site.database.begin() as conn:
        browse.content(conn, member.project_id, input_id)
    _remove(site, member, [input_id])


@router.get("/{input_id}/file", response_class=Response)
async def get_input_file(input_id: PathId, member: Viewer, site: Here, request: Request) -> Response:
    """The bytes of an image as they came, or as JPEG where browsers do not show them; a text as UTF-8."""
    item = await run_in_threadpool(_content, site, member.project_id, input_id)
    if fresh := _unchanged(request, item, "file"):
        return fresh
    make = partial(look.content, site.database, site.media, member.project_id, item)
    held, media_type = await anyio.to_thread.run_sync(make, limiter=_decoding(request))
    return _sent(held, media_type, item, "file")


@router.get("/{input_id}/thumbnail", response_class=Response)
async def get_input_thumbnail(
    input_id: PathId,
    member: Viewer,
    site: Here,
    request: Request,
    size: Annotated[Sizes, Query(description="Longer side, pixels.")] = "320",
) -> Response:
    """An image made small, upright, as JPEG. It is made when first asked for, and kept."""
    item = await run_in_threadpool(_content, site, member.project_id, input_id)
    if fresh := _unchanged(request, item, size):
        return fresh
    longer: Any = int(size)
    path = look.kept_thumbnail(site.media, item, longer)
    if path is None:
        make = partial(look.make_thumbnail, site.database, site.media, member.project_id, item, longer)
        path = await anyio.to_thread.run_sync(make, limiter=_decoding(request))
    return _sent(path, "image/jpeg", item, size)


def _remove(site: Site, member: Membership, ids: list[int]) -> int:
    return remove_inputs(site.database, site.media, site.home, member.project_id, ids, person_id=member.person.id)


def _content(site: Site, project_id: int, input_id: int) -> Bytes:
    with site.database.begin() as conn:
        return browse.content(conn, project_id, input_id)


def _decoding(request: Request) -> CapacityLimiter:
    """The application's; made in its event loop, where limiters live."""
    state = request.app.state
    if not hasattr(state, "decoding"):
        state.decoding = CapacityLimiter(DECODING_AT_ONCE)
    limiter: CapacityLimiter = state.decoding
    return limiter


def _tag(item: Bytes, what: str) -> str:
    return f'"{item.digest.hex()[:32]}-{what}"'


def _unchanged(request: Request, item: Bytes, what: str) -> Response | None:
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    headers = {"ETag": _tag(item, what), "Cache-Control": FOR_EVER}
    return Response(status_code=304, headers=headers) if _tag(item, what) in tags else None


def _sent(held: Path | bytes, media_type: str, item: Bytes, what: str) -> Response:
    headers = {"ETag": _tag(item, what), "Cache-Control": FOR_EVER, "Content-Security-Policy": SANDBOX}
    headers["Content-Disposition"] = "inline"
    if isinstance(held, Path):
        return FileResponse(held, headers=headers, media_type=media_type)
    return Response(held, headers=headers, media_type=media_type)


def _facts(shown: Shown) -> dict[str, Any]:
    names = ("id", "kind", "name", "width", "height", "text", "length", "created_at")
    said = [
        _said(row._mapping) for row in shown.annotations
    ]  # as dicts: checked and made all at once, in compiled code
    return {name: getattr(shown, name) for name in names} | {"annotations": said}


def _said(row: Mapping[Any, Any]) -> dict[str, Any]:
    region = None if row["kind"] is None else {"kind": row["kind"], "value": row["value"]}
    return {**row, "region": region}
