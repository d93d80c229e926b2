"""JSON lines lose nothing."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.formats.records import boxes, images, polygons, texts

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box
from labelmill.formats import jsonl
from labelmill.formats.record import Record, RecordAnnotation


def written(records) -> bytes:
    out = io.BytesIO()
    assert jsonl.write(iter(records), out) == len(records)
    return out.getvalue()


@given(st.lists(texts() | images(st.none() | boxes() | polygons())))
def test_reading_gives_back_what_was_written(records):
    data = written(records)
    assert data.count(b"\n") == len(records)
    assert list(jsonl.read(io.BytesIO(data))) == records


def test_a_line_is_as_documented():
    told = (
        RecordAnnotation("pants", Box(0.1, 0.2, 0.3, 1 / 3), 0.9, Status.SUCCESS, "ana"),
        RecordAnnotation("hat", present=False),
    )
    line = json.loads(written([Record("ü/a.jpg", "image", 640, 480, annotations=told)]))
    assert line == {
        "source": "ü/a.jpg", "kind": "image", "width": 640, "height": 480, "annotations": [
            {"concept": "pants", "box": [0.1, 0.2, 0.3, 1 / 3], "score": 0.9, "status": "success", "labeler": "ana"},
            {"concept": "hat", "present": False},
        ],
    }  # fmt: skip
    assert "ü".encode() in written([Record("ü", "text", text="x")])


@pytest.mark.parametrize("line", [
    b"{", b"[]", b"3", b'{"source": "a"}', b'{"source": "a", "kind": "sound", "annotations": []}',
    b'{"source": "a", "kind": "image", "annotations": [{"concept": "x", "box": [1, 2]}]}',
    b'{"source": "a", "kind": "image", "annotations": [{"concept": "x", "status": "great"}]}',
])  # fmt: skip
def test_a_line_that_is_no_record_is_named(line):
    with pytest.raises(BadCall, match="line 2 is no record"):
        list(jsonl.read([*written([Record("a", "text", text="x")]).splitlines(), line]))


def test_what_json_cannot_hold_is_not_written():
    told = (RecordAnnotation("a", score=float("nan")),)
    with pytest.raises(ValueError, match="JSON"):
        written([Record("a", "text", text="x", annotations=told)])
