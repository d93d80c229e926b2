"""`python -m labelmill.server.openapi PATH` writes what the API promises; `--check` says whether that drifted."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from labelmill.server.app import make_app
from labelmill.server.site import Site
from labelmill.store.database import Database
from labelmill.store.media import Media


def promised() -> dict[str, Any]:
    """The OpenAPI. Needs no database: none is opened before a request."""
    nowhere = Path()
    return make_app(Site(Database(""), nowhere, Media(nowhere, max_bytes=0))).openapi()


def document() -> str:
    """The OpenAPI as JSON text, as it is kept in a file."""
    return json.dumps(promised(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check; 1 when the file is not what the server says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    said = document()
    if not asked.check:
        asked.path.write_text(said, encoding="utf-8")
        return 0
    if asked.path.read_text(encoding="utf-8") == said:
        return 0
    print(f"{asked.path} is not what the server says: python -m {__spec__.name} {asked.path}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
