"""What reading a source makes of each of its items: an input with its place, or the reason why it is none."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(slots=True)  # not frozen, as core.triage.Decided is not
class NewInput:
    """One source that could be read. `digest`: BLAKE3 of its bytes, of the UTF-8 for a text."""

    name: str
    uri: str
    digest: bytes
    kind: str
    width: int | None = None
    height: int | None = None
    text: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """One source that could not be read, and why."""

    name: str
    uri: str
    kind: str
    message: str


Batch: TypeAlias = list[NewInput | Rejection]
"""Items that are kept in one transaction."""
