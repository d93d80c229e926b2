"""The whole server: routes of every noun, the guard before them, the pages behind them."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from labelmill import __version__
from labelmill.server import (
    concepts,
    datasets,
    docs,
    errors,
    events,
    inputs,
    label,
    members,
    models,
    own_tasks,
    pages,
    projects,
    review,
    session,
    task_edits,
    tasks,
    tokens,
    trials,
    uploads,
    versions,
)
from labelmill.server.guard import Guard
from labelmill.server.site import Site

API = "/api/v1"
NOUNS = (
    session,
    tokens,
    projects,
    members,
    datasets,
    concepts,
    inputs,
    uploads,
    models,
    trials,
    own_tasks,
    tasks,
    review,
    label,
    task_edits,
    versions,
    events,
)
"""In the order of the documentation. Each has a `router`."""


def make_app(site: Site) -> FastAPI:
    """The server of a site, as an ASGI application. Nothing is opened before the first request."""
    app = FastAPI(
        title="Labelmill",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name,
    )
    app.state.site = site
    errors.handle(app)
    api = APIRouter(prefix=API, responses=errors.RESPONSES)
    for noun in NOUNS:
        api.include_router(noun.router)
    app.include_router(api)
    app.include_router(docs.router)
    app.include_router(pages.router)
    app.add_middleware(Guard, hosts=site.hosts)
    return app


def _name(route: APIRoute) -> str:
    return route.name
