"""The pages: files that were built beforehand, and one page for every address inside them."""

import gzip
import mimetypes
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from labelmill.core.errors import NotFound

router = APIRouter(include_in_schema=False)

_COMPRESSED = frozenset({".js", ".css", ".html", ".svg", ".json", ".txt"})
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Labelmill</title>
<h1>The server runs; its pages were not built.</h1>
<p>An installed Labelmill brings them. In a source checkout, in the folder <code>web</code>:
<code>npm ci &amp;&amp; npm run build</code>, then reload.</p>
<p>The API works without them: <a href="/api/docs">/api/docs</a>.</p></html>
"""


def find() -> Path | None:
    """The folder of the built pages: in the package, or in a source checkout's web/dist."""
    package = Path(__file__).parents[1]
    for folder in (package / "pages", package.parents[1] / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


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
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"}
    return _sent(file or folder / "index.html", "gzip" in request.headers.get("accept-encoding", ""), headers)


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
