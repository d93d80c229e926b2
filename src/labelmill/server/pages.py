"""The pages: files that were built beforehand, and one page for every address inside them."""

import gzip
import mimetypes
import secrets
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from labelmill.core.errors import NotFound
from labelmill.server.guard import content_security_policy

router = APIRouter(include_in_schema=False)

_COMPRESSED = frozenset({".js", ".css", ".html", ".svg", ".json", ".txt"})
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Labelmill</title>
<h1>The server runs; its pages were not built.</h1>
<p>An installed Labelmill brings them. In a source checkout: <code>make pages</code>, then reload.</p>
<p>The API works without them: <a href="/api/docs">/api/docs</a>.</p></html>
"""


_NONCE = "{{nonce}}"
"""Stands in the built page wherever the answer's own nonce belongs."""


def find() -> Path | None:
    """The folder of the built pages."""
    folder = Path(__file__).parents[1] / "pages"
    return folder if (folder / "index.html").is_file() else None


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
def get_page(path: str, request: Request) -> Response:
    """A built file, or the page that draws every address."""
    if path == "api" or path.startswith("api/"):
        raise NotFound(f"There is nothing at /{path}: see /api/docs.")
    folder = find()
    if folder is None:
        return HTMLResponse(_NOT_BUILT, 503)
    file = _files(folder, (folder / "index.html").stat().st_mtime_ns).get(path)
    if file is None and path.startswith("assets/"):
        raise NotFound(f"There is no file /{path}: reload the page, it was built anew.")
    if file is None or path == "index.html":
        return _page(folder / "index.html")
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"}
    return _sent(file, "gzip" in request.headers.get("accept-encoding", ""), headers)


def _page(path: Path) -> Response:
    """The page with a nonce of its own, for the style sheets that its widgets add while they run."""
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": content_security_policy(nonce), "Cache-Control": "no-store"}
    return HTMLResponse(path.read_text(encoding="utf-8").replace(_NONCE, nonce), headers=headers)


@cache
def _files(folder: Path, built: int) -> dict[str, Path]:  # noqa: ARG001 - looked up anew when they were built anew
    """All files by address: what is not in here cannot be asked for."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _sent(path: Path, gzipped: bool, headers: dict[str, str]) -> Response:
    if path.suffix not in _COMPRESSED:
        return FileResponse(path, headers=headers)
    headers = {**headers, "Vary": "Accept-Encoding"}
    kind = mimetypes.guess_type(path.name)[0] or "text/plain"
    if not gzipped:
        return FileResponse(path, headers=headers, media_type=kind)
    content = _compressed(path, path.stat().st_mtime_ns)
    return Response(content, headers={**headers, "Content-Encoding": "gzip"}, media_type=kind)


@cache
def _compressed(path: Path, changed: int) -> bytes:  # noqa: ARG001 - compressed anew when it was changed
    return gzip.compress(path.read_bytes(), 9, mtime=0)
