"""Files that come with a request: read only once it is known that who sends them may."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from labelmill.core.errors import BadCall
from labelmill.server.guard import allow
from labelmill.server.site import Here

MOST_FILES = 5000
_MOST_FIELDS = 20
_MOST_OF_A_FIELD = 256 * 2**10


async def _form(request: Request, site: Here) -> AsyncIterator[FormData]:
    allow(request.scope, site.max_upload)
    async with request.form(max_files=MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_MOST_OF_A_FIELD) as form:
        yield form


Form = Annotated[FormData, Depends(_form)]
"""A multipart body, its files on disk where they are large. Declare it after who asks: dependencies go in order.

`File` parameters of FastAPI would be read before it is known who asks.
"""


def files_of(form: FormData, field: str = "files") -> list[UploadFile]:
    """The files of a form. Raises BadCall when there is none, or something else under that name."""
    found = [part for part in form.getlist(field) if isinstance(part, UploadFile)]
    if not found or len(found) < len(form.getlist(field)):
        raise BadCall(f"Send files as multipart/form-data, each under the name {field!r}.")
    return found


def multipart(**fields: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes `files` and other fields."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
    schema = {"type": "object", "properties": {"files": files, **fields}, "required": ["files"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
