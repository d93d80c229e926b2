"""The API for people: Swagger UI, whose files come from an installed package and not from elsewhere."""

import importlib.util
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Labelmill: API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>
"""
_START = """const csrf = fetch('/api/v1/session').then((answer) => answer.json()).then((me) => me.csrf, () => null)
SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  requestInterceptor: async (request) => {
    const token = await csrf
    if (token && !request.headers.Authorization) request.headers['X-Labelmill-CSRF'] = token
    return request
  },
})
"""


@router.get("/api/docs")
def get_docs() -> HTMLResponse:
    """The page."""
    return HTMLResponse(_PAGE)


@router.get("/api/docs/start.js")
def get_start() -> Response:
    """What starts it: a file of its own, because the content security policy allows no inline script."""
    return Response(_START, media_type="text/javascript")


@router.get("/api/docs/{name}")
def get_docs_file(name: Literal["swagger-ui.css", "swagger-ui-bundle.js"]) -> FileResponse:
    """One of its files."""
    spec = importlib.util.find_spec("fastapi_swagger")  # found, not imported: only its files are wanted
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    return FileResponse(folder / "resources" / name, headers={"Cache-Control": "public, max-age=86400"})
