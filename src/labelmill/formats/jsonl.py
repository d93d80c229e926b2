"""JSON lines: one line per source, nothing lost; floats and texts come back exactly.

    {"source": "a.jpg", "kind": "image", "width": 640, "height": 480, "annotations":
        [{"concept": "pants", "box": [x1, y1, x2, y2], "score": 0.9, "status": "success", "labeler": "model"}]}

A region is `box`, `polygon` or `span`, in the layout of core.geometry.encode: shares of the upright image, or code
points. What is None is left out; `"present": false` says that the concept is absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from labelmill.core import geometry
from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.formats.record import Record, RecordAnnotation

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # json.dumps would make one every time
_FIELDS = ("width", "height", "id", "text")
_KINDS = ("box", "polygon", "span")


def write(records: Iterable[Record], out: BinaryIO) -> int:
    """Write one UTF-8 line per record; returns how many. Raises ValueError for scores or coordinates not finite."""
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007 - the last one is the answer
        out.write(_encode(_line(record)).encode() + b"\n")
    return count


def read(lines: Iterable[bytes]) -> Iterator[Record]:
    """The inverse of `write`; an open binary file is such an iterable. Raises BadCall naming a line that is none."""
    for number, line in enumerate(lines, start=1):
        try:
            yield _record(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadCall(f"line {number} is no record of a Labelmill export ({error!r})") from error


def _line(record: Record) -> dict[str, Any]:
    line: dict[str, Any] = {"source": record.source, "kind": record.kind}
    line |= {name: value for name in _FIELDS if (value := getattr(record, name)) is not None}
    return line | {"annotations": [_annotation(annotation) for annotation in record.annotations]}


def _annotation(annotation: RecordAnnotation) -> dict[str, Any]:
    line: dict[str, Any] = {"concept": annotation.concept}
    if not annotation.present:
        line["present"] = False
    if annotation.region is not None:
        line[geometry.kind_of(annotation.region)] = geometry.encode(annotation.region)
    told = {"score": annotation.score, "status": annotation.status, "labeler": annotation.labeler}
    return line | {name: value for name, value in told.items() if value is not None}


def _record(line: dict[str, Any]) -> Record:
    if line["kind"] not in ("image", "text"):
        raise ValueError(f"kind {line['kind']!r} is neither image nor text")
    annotations = tuple(_read_annotation(annotation) for annotation in line["annotations"])
    told = {name: line.get(name) for name in _FIELDS}
    return Record(line["source"], line["kind"], **told, annotations=annotations)


def _read_annotation(line: dict[str, Any]) -> RecordAnnotation:
    kind = next((kind for kind in _KINDS if kind in line), None)
    region = geometry.decode(kind, line[kind]) if kind else None
    status = Status(line["status"]) if "status" in line else None
    return RecordAnnotation(
        line["concept"], region, line.get("score"), status, line.get("labeler"), line.get("present", True)
    )
