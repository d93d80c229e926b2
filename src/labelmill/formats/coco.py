"""COCO instances: the JSON that object detection and segmentation training reads (cocodataset.org, data format).

COCO knows objects in images and no more, so what else an annotation says stands in `attributes`, which readers that do
not know it pass over. Coordinates are pixels of the upright image, rounded to thousandths.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Part, Polygon, Region, Ring, Span, area, bounds
from labelmill.formats import rle
from labelmill.formats.record import Record, RecordAnnotation

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # json.dumps would make one every time

_SPOOL = 16 * 2**20
"""Bytes of annotations that are held in memory before they go to a temporary file."""


def write(records: Iterable[Record], concepts: Sequence[str], out: BinaryIO) -> int:
    """Write COCO JSON, holding one record at a time; returns the number of images.

    Images go out as they come; annotations wait in a temporary file until the images are through, so that `records`
    is read once (two passes over a database may differ). Categories are `concepts`, ids from 1 on, then any others met.

    A box has no segmentation; a polygon its parts as rings, or RLE when a part has holes; the whole image a box of its
    size and `attributes.whole_image`. An absent concept is no object: it is named in the image's `neg_category_ids`
    (as LVIS does), with the same attributes in `neg_attributes`.

    Raises BadCall for texts and spans, which COCO cannot hold, and for images without a size.
    """
    ids = {concept: at for at, concept in enumerate(dict.fromkeys(concepts), start=1)}
    images = number = 0
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
        out.write(b'{"images": [')
        for images, record in enumerate(records, start=1):
            width, height = _size(record)
            for annotation in record.annotations:
                ids.setdefault(annotation.concept, len(ids) + 1)
            _put(out, _image(record, images, ids), first=images == 1)
            for annotation in (a for a in record.annotations if a.present):
                number += 1
                head = {"id": number, "image_id": images, "category_id": ids[annotation.concept]}
                _put(spool, head | _object(annotation, width, height), first=number == 1)
        out.write(b'\n], "annotations": [')
        spool.seek(0)
        shutil.copyfileobj(spool, out)
    categories = [{"id": at, "name": concept} for concept, at in ids.items()]
    out.write(b'\n], "categories": ' + _encode(categories).encode() + b"}\n")
    return images


def read(path: Path) -> Iterator[Record]:
    """Records of a COCO file, in the order of its images; the file is parsed whole.

    RLE becomes the outline of its pixels. Annotations with `iscrowd` are left out: they mean "many, not counted".
    Raises BadCall when the file is no COCO JSON or an annotation in it cannot be understood.
    """
    try:
        content = json.loads(path.read_bytes())
        names = {category["id"]: category["name"] for category in content["categories"]}
        by_image: dict[Any, list[dict[str, Any]]] = {}
        for annotation in content["annotations"]:
            if not annotation.get("iscrowd"):
                by_image.setdefault(annotation["image_id"], []).append(annotation)
        images = list(content["images"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCall(f"{path} is no COCO file of images, annotations and categories ({error!r})") from error
    return (_record(image, by_image.get(image.get("id"), []), names, path) for image in images)


def _put(out: IO[bytes], value: dict[str, Any], *, first: bool) -> None:
    out.write(b"\n" if first else b",\n")
    out.write(_encode(value).encode())


def _size(record: Record) -> tuple[int, int]:
    if record.kind != "image":
        raise BadCall(f"COCO holds images only, and {record.source} is a text; export texts as JSON lines")
    if not record.width or not record.height:
        raise BadCall(f"{record.source} has no size, so COCO's pixels cannot be told")
    return record.width, record.height


def _image(record: Record, number: int, ids: dict[str, int]) -> dict[str, Any]:
    image = {"id": number, "file_name": record.source, "width": record.width, "height": record.height}
    if absent := [a for a in record.annotations if not a.present]:
        if any(a.region is not None for a in absent):
            raise BadCall(f"{record.source}: COCO cannot say that a concept is absent from a region; use JSON lines")
        image["neg_category_ids"] = [ids[a.concept] for a in absent]
        image["neg_attributes"] = [_attributes(a) for a in absent]
    return image


def _object(annotation: RecordAnnotation, width: int, height: int) -> dict[str, Any]:
    region, attributes = annotation.region, _attributes(annotation)
    if isinstance(region, Span):
        raise BadCall("COCO holds images only, and a span lies in a text; export texts as JSON lines")
    if region is None:
        region, attributes = Box(0.0, 0.0, 1.0, 1.0), attributes | {"whole_image": True}
    box = bounds(region)
    sides = ((box.x2 - box.x1) * width, (box.y2 - box.y1) * height)
    found: dict[str, Any] = {
        "bbox": [_rounded(v) for v in (box.x1 * width, box.y1 * height, *sides)],
        "area": _rounded(area(region) * width * height),
        "iscrowd": 0,
        "segmentation": _segmentation(region, width, height),
    }
    if annotation.score is not None:
        found["score"] = annotation.score
    return found | {"attributes": attributes}


def _attributes(annotation: RecordAnnotation) -> dict[str, Any]:
    told: dict[str, Any] = {"status": annotation.status, "labeler": annotation.labeler}
    if not annotation.present:
        told["score"] = annotation.score
    return {name: value for name, value in told.items() if value is not None}


def _segmentation(region: Box | Polygon, width: int, height: int) -> list[list[float]] | dict[str, Any]:
    if isinstance(region, Box):
        return []
    if any(part.holes for part in region.parts):
        return {"size": [height, width], "counts": rle.from_polygon(region, width, height)}
    return [[_rounded(v) for x, y in part.outer for v in (x * width, y * height)] for part in region.parts]


def _rounded(value: float) -> float:
    return round(value, 3)


def _record(image: dict[str, Any], found: list[dict[str, Any]], names: dict[Any, str], path: Path) -> Record:
    try:
        width, height = image["width"], image["height"]
        annotations = [_annotation(value, names, width, height) for value in found]
        negative = image.get("neg_category_ids", [])
        told = image.get("neg_attributes", [{}] * len(negative))
        annotations += [
            RecordAnnotation(names[at], None, said.get("score"), *_who(said), present=False)
            for at, said in zip(negative, told, strict=True)
        ]
        return Record(image["file_name"], "image", width, height, annotations=tuple(annotations))
    except (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError) as error:
        name = image.get("file_name", image.get("id"))
        raise BadCall(f"{path}: what it says about image {name} cannot be understood ({error!r})") from error


def _annotation(value: dict[str, Any], names: dict[Any, str], width: int, height: int) -> RecordAnnotation:
    attributes = value.get("attributes", {})
    region = None if attributes.get("whole_image") else _region(value, width, height)
    return RecordAnnotation(names[value["category_id"]], region, value.get("score"), *_who(attributes))


def _who(attributes: dict[str, Any]) -> tuple[Status | None, str | None]:
    status = attributes.get("status")
    return (Status(status) if status else None), attributes.get("labeler")


def _region(value: dict[str, Any], width: int, height: int) -> Region:
    """The polygon, or the box where there is none (or only rings of fewer than three points)."""
    segmentation = value.get("segmentation") or []
    if isinstance(segmentation, dict):
        counts = segmentation["counts"]
        counts = rle.unpack(counts) if isinstance(counts, str) else counts
        if polygon := rle.to_polygon(counts, *reversed(segmentation["size"])):
            return polygon
    elif parts := [Part(_ring(flat, width, height)) for flat in segmentation if len(flat) >= 6]:
        return Polygon(tuple(parts))
    x, y, w, h = value["bbox"]
    return Box(x / width, y / height, (x + w) / width, (y + h) / height)


def _ring(flat: Sequence[float], width: int, height: int) -> Ring:
    return tuple((x / width, y / height) for x, y in zip(flat[::2], flat[1::2], strict=True))
