"""The one shape of every error, and the one place that makes it."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from labelmill.core import errors

KINDS: dict[type[errors.LabelmillError], tuple[int, str]] = {
    errors.NotSignedIn: (401, "not-signed-in"),
    errors.NotAllowed: (403, "not-allowed"),
    errors.NotFound: (404, "not-found"),
    errors.Conflict: (409, "conflict"),
    errors.TooLarge: (413, "too-large"),
    errors.BadCard: (422, "bad-card"),
    errors.BadCall: (422, "bad-call"),
    errors.ModelUnusable: (422, "model-unusable"),
    errors.Unreadable: (422, "unreadable"),
    errors.ModelFault: (422, "model-fault"),
    errors.TooOften: (429, "too-often"),
    errors.StoreFault: (503, "store-fault"),
    errors.LabelmillError: (500, "fault"),
}
"""HTTP status and `kind` of each class of the tree; what is not here answers as its base does."""

_HTTP = {400: "bad-call", 404: "not-found", 405: "bad-call", 413: "too-large"}


class Fault(BaseModel):
    """What was wrong: `kind` is one word for programs, `message` a sentence for people."""

    kind: str
    message: str


class Wrong(BaseModel):
    """The one shape of every error."""

    error: Fault


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrong"}}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}
"""For the OpenAPI of every route: where Wrong is found there, for FastAPI took half a second to make of each route's
nine what one route has it made of once (server.session)."""


def answer(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as a response."""
    return JSONResponse(Wrong(error=Fault(kind=kind, message=message)).model_dump(), status, headers)


def of(error: errors.LabelmillError) -> JSONResponse:
    """The response that an error of the tree stands for."""
    status, kind = next(KINDS[base] for base in type(error).__mro__ if base in KINDS)
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, errors.TooOften) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(status, kind, str(error), headers)


def handle(app: FastAPI) -> None:
    """Have every error answered in the one shape."""
    for kind in (errors.LabelmillError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _handled)


async def _handled(_request: Request, error: Exception) -> JSONResponse:
    match error:
        case errors.LabelmillError():
            return of(error)
        case RequestValidationError():
            return answer(422, "bad-call", _sentence(error))
        case HTTPException():
            said = error.detail if isinstance(error.detail, str) else "The request cannot be understood"
            kind = _HTTP.get(error.status_code, "bad-call")
            return answer(error.status_code, kind, said.rstrip(".") + ".", dict(error.headers or {}))
    return answer(500, "fault", "This is a fault of Labelmill; what the server prints has the trace.")


def _sentence(error: RequestValidationError) -> str:
    """All that is wrong with a request, each with where: `body.name: Field required`."""
    said = []
    for one in error.errors()[:5]:
        place = ".".join(str(part) for part in one["loc"])
        said.append(f"{place}: {one['msg'].removeprefix('Value error, ')}")
    return "; ".join(said).encode("utf-8", "backslashreplace").decode().rstrip(".") + "."
