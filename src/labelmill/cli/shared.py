"""What the commands share: options, thresholds as people type them, what is said and how."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from labelmill.core.errors import BadCall
from labelmill.core.threshold import Limits, Thresholds

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Where everything lives [LABELMILL_HOME, ~/.labelmill].", show_default=False),
]
Server = Annotated[
    str | None,
    typer.Option("--server", help="A Labelmill server's address [LABELMILL_SERVER].", show_default=False),
]
Token = Annotated[
    str | None,
    typer.Option("--token", help="An access token for it [LABELMILL_TOKEN].", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; progress goes to stderr.")]
Upper = Annotated[
    str | None, typer.Option(help="Scores from here on are approved; 'never' sends all to review.", show_default="0.9")
]
Lower = Annotated[float | None, typer.Option(help="Scores below are discarded.", show_default="0.5")]
PerConcept = Annotated[
    list[str] | None, typer.Option("--threshold", help="CONCEPT=LOWER:UPPER, for one concept; may be repeated.")
]


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


def tell_left_alone(count: int) -> None:
    """Say how many inputs thresholds do not touch any more."""
    if count:
        tell(f"{count:,} inputs that people have dealt with are left as they are.")


def tell_grown(task_id: int | str, count: int) -> None:
    """Say that a standing task got new inputs."""
    tell(f"Task {task_id} stands on this dataset and got {count:,} new inputs: labelmill tasks resume {task_id}")
