"""What the commands share: options, the open home, thresholds as people type them."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from labelmill.core.errors import BadCall
from labelmill.core.threshold import Limits, Thresholds
from labelmill.engine import local
from labelmill.settings import Settings
from labelmill.store.database import Database
from labelmill.store.embedded import Embedded
from labelmill.store.media import Media

MIB = 2**20

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Where everything lives [LABELMILL_HOME, ~/.labelmill].", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; progress goes to stderr.")]
Upper = Annotated[
    str | None, typer.Option(help="Scores from here on are approved; 'never' sends all to review.", show_default="0.9")
]
Lower = Annotated[float | None, typer.Option(help="Scores below are discarded.", show_default="0.5")]
PerConcept = Annotated[
    list[str] | None, typer.Option("--threshold", help="CONCEPT=LOWER:UPPER, for one concept; may be repeated.")
]


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of a home, started if need be and left to others or stopped at the end."""
    if settings.database_url:
        with _prepared(settings.database_url) as database:
            yield database
        return
    with Embedded(settings.home, on_wait=tell) as url, _prepared(url) as database:
        yield database


@contextmanager
def _prepared(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        database.prepare()
        yield database
    finally:
        database.close()


def media(settings: Settings) -> Media:
    """The bytes of a home."""
    most = {"max_bytes": settings.max_file_mb * MIB, "max_pixels": settings.max_megapixels * 1_000_000}
    return Media(settings.home / "media", **most)


def import_roots(settings: Settings) -> tuple[Path, ...]:
    """The folders below which pages may import."""
    return tuple(Path(root).expanduser() for root in settings.import_roots.split(os.pathsep) if root)


def machine(settings: Settings) -> local.Machine:
    """What this machine gives to a run: one worker a core unless the settings say otherwise."""
    return local.Machine(
        home=settings.home,
        workers=settings.workers or cores(),
        limits=local.Limits(settings.batch_seconds, settings.load_seconds, settings.worker_memory_mb * MIB),
        max_bytes=settings.max_file_mb * MIB,
        max_pixels=settings.max_megapixels * 1_000_000,
    )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thresholds(
    default: Limits, upper: str | None, lower: float | None, overrides: Sequence[str], kept: Mapping[str, Limits]
) -> Thresholds:
    """Thresholds as typed, over what holds otherwise. Raises BadCall with the part that cannot be understood."""
    limits = Limits(default.lower if lower is None else lower, default.upper if upper is None else _upper(upper))
    return Thresholds(limits, {**kept, **dict(map(_override, overrides))})


def _upper(text: str) -> float | None:
    if text == "never":
        return None
    try:
        return float(text)
    except ValueError:
        raise BadCall(f"upper threshold {text!r} is neither a number nor 'never'") from None


def _override(text: str) -> tuple[str, Limits]:
    concept, equals, limits = text.rpartition("=")
    lower, colon, upper = limits.partition(":")
    try:
        if not (concept and equals and colon):
            raise ValueError
        return concept, Limits(float(lower), _upper(upper))
    except ValueError:
        raise BadCall(f"threshold {text!r} is not CONCEPT=LOWER:UPPER, such as shirt=0.4:0.85") from None


def tell(line: str) -> None:
    """A line for people, beside whatever stdout carries."""
    print(line, file=sys.stderr, flush=True)


def put_json(value: Any) -> None:
    """Exactly one JSON value on stdout."""
    escaped = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")  # what cannot be shown has to stay JSON
    print(json.dumps(value, ensure_ascii=escaped, indent=2))


def status_of(report: Mapping[str, Any]) -> int:
    """The exit status that a task's report stands for."""
    return 0 if report["status"] == "complete" and not report["failures_total"] else 1
