"""What leaves as a dataset: one Record per source, the same for every export format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labelmill.core.annotation import Status
from labelmill.core.geometry import Region


@dataclass(frozen=True, slots=True)
class RecordAnnotation:
    """A concept, present or absent, on a region (shares of the image, code points) or without one on the whole input.

    `score` is None where nobody gave one, as on what a person drew; `labeler` is a person, model or workflow.
    """

    concept: str
    region: Region | None = None
    score: float | None = None
    status: Status | None = None
    labeler: str | None = None
    present: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A source (relative file name or row id) with its annotations.

    Images have `width` and `height` in upright pixels. Texts have `text`, and `id` where their row had one.
    """

    source: str
    kind: Literal["image", "text"]
    width: int | None = None
    height: int | None = None
    id: str | None = None
    text: str | None = None
    annotations: tuple[RecordAnnotation, ...] = ()
