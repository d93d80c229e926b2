"""What every endpoint may need, made once by `app.make_app`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from labelmill.flows.preview import KeptScores
from labelmill.store.database import Database
from labelmill.store.media import Media

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Site:
    """Where things lie and what is allowed. Endpoints open their own short transactions: `with site.database.begin()`.

    A connection is held only while a thread works with it, so the threads bound the connections. `hosts`: names by
    which the server may be called besides those of this machine; empty on a loopback address without a proxy; None:
    any. `import_roots`: folders below which pages may import. Sizes are in bytes. `scores`: what sliders are answered
    from.
    """

    database: Database
    home: Path
    media: Media
    hosts: frozenset[str] | None = frozenset()
    import_roots: tuple[Path, ...] = ()
    max_file: int = 100 * MIB
    max_pixels: int = 200_000_000
    max_upload: int = 2048 * MIB
    trial_seconds: float = 60.0
    trial_memory: int = 4096 * MIB
    scores: KeptScores = field(default_factory=KeptScores)


async def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


Here = Annotated[Site, Depends(_site)]
"""An endpoint's `site: Here`."""
