"""CSV and JSON lines: what goes in comes out, row by row."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelmill.core.errors import BadCall
from labelmill.formats.source import Found, Limits, Refused, open_source

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)
ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def items(tmp_path, data: bytes, name="t.csv", **limits) -> list[Found | Refused]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(open_source(path, limits=Limits(**limits)))


def brief(found) -> list[str]:
    return [item.text if isinstance(item, Found) else f"!{item.kind}" for item in found]


@ON_DISK
@given(rows=st.lists(st.tuples(TEXTS, TEXTS)), delimiter=st.sampled_from(",;\t"))
def test_csv_gives_back_what_was_written(tmp_path, rows, delimiter):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "text"), *rows])
    found = items(tmp_path, out.getvalue().encode())
    assert [(item.name, item.text) for item in found] == rows
    assert [item.uri for item in found] == [f"{tmp_path}/t.csv#row={n}" for n in range(2, len(rows) + 2)]


@ON_DISK
@given(rows=st.lists(st.tuples(TEXTS, st.one_of(TEXTS, st.integers()))), plain=st.booleans())
def test_jsonl_gives_back_what_was_written(tmp_path, rows, plain):
    lines = [json.dumps({"text": text, "id": name}, ensure_ascii=plain) for text, name in rows]
    found = items(tmp_path, "\n".join(lines).encode(), "t.jsonl")
    assert [(item.text, item.name) for item in found] == [(text, str(name)) for text, name in rows]
    assert [item.uri for item in found] == [f"{tmp_path}/t.jsonl#row={n}" for n in range(1, len(rows) + 1)]


def test_line_breaks_within_texts_stay_as_they_are(tmp_path):
    found = items(tmp_path, b'\xef\xbb\xbfText , id\r\n"a\r\nb",1\r\n"c\nd\re",2\r\n\r\n" f ""g"" ",3')
    assert brief(found) == ["a\r\nb", "c\nd\re", ' f "g" ']
    assert [item.name for item in found] == ["1", "2", "3"]
    assert brief(items(tmp_path, b"text\ra\rb\r")) == ["a", "b"], "line breaks of old Macs"


def test_without_ids_rows_are_named_by_their_number(tmp_path):
    assert [i.name for i in items(tmp_path, b"text,id\nx,\ny,7")] == ["t.csv#row=2", "7"]
    assert [i.name for i in items(tmp_path, b'{"text": "x"}\n\n{"text": "y", "id": null}\n', "t.jsonl")] == [
        "t.jsonl#row=1", "t.jsonl#row=3",
    ]  # fmt: skip


def test_bad_rows_of_a_csv_are_refused_alone_and_named(tmp_path):
    data = (
        b'text,id\ngood,1\n,2\ncaf\xe9,3\na\0b,4\n"stray" quote,5\ntoo,many,cells\nfew\n'
        b'"\xed\xa0\x80",8\ngood,caf\xe9\ngood,last\n'
    )
    found = items(tmp_path, data)
    assert brief(found) == ["good", "!empty", "!encoding", "!encoding", "!damaged", "!damaged", "!damaged",
                            "!encoding", "!encoding", "good"]  # fmt: skip
    for number, item in enumerate(found, start=2):
        assert item.uri.endswith(f"#row={number}")
        assert isinstance(item, Found) or item.message.startswith(f"row {number}: ")
        assert (item.name + str(item)).encode()


def test_bad_rows_of_a_jsonl_are_refused_alone_and_named(tmp_path):
    bad = {
        b"{": "damaged", b"[1]": "damaged", b'"text"': "damaged", b"{}": "damaged", b'{"text": 3}': "damaged",
        b'{"text": null}': "damaged", b'{"text": ""}': "empty", b'{"text": "a\\u0000"}': "encoding",
        b'{"text": "\\ud800"}': "encoding", b'{"text": "caf\xe9"}': "encoding", b'{"text": "\xed\xa0\x80"}': "encoding",
        b'{"text": "x", "id": [1]}': "damaged", b'{"text": "x", "id": true}': "damaged",
        b'{"text": "x", "id": "\\udfff"}': "encoding", b"[" * 100_000: "damaged", b"1" * 5000: "damaged",
    }  # fmt: skip
    good = b'{"text": "good"}'
    found = items(tmp_path, b"\n".join([good, *bad, good]), "t.jsonl")
    assert brief(found) == ["good", *(f"!{kind}" for kind in bad.values()), "good"]
    for number, item in enumerate(found[1:-1], start=2):
        assert item.message.startswith(f"row {number}: ") and item.uri.endswith(f"#row={number}")
        assert item.message.encode()


def test_over_long_rows_are_refused_and_reading_goes_on(tmp_path):
    long = b"x" * 5000
    csv_rows = b"text,id\na,1\n" + long + b',2\nb,3\n"' + b"y\n" * 4000 + b'",4\nc,5\n'
    found = brief(items(tmp_path, csv_rows, max_text=1000))
    assert found[:3] == ["a", "!too-large", "b"] and found[-1] == "c"
    json_rows = b'{"text": "a"}\n{"text": "' + long + b'"}\n{"text": "b"}\n{"text": "' + long
    assert brief(items(tmp_path, json_rows, "t.jsonl", max_text=1000)) == ["a", "!too-large", "b", "!too-large"]


def test_huge_cells_are_read_and_a_quote_that_never_closes_is_refused(tmp_path):
    huge = b"word " * 100_000
    assert brief(items(tmp_path, b'text\n"' + huge + b'"\n')) == [huge.decode()]
    assert brief(items(tmp_path, b'text\na\n"b\nc\nd\n')) == ["a", "!damaged"]


@pytest.mark.parametrize("name, data, says", [
    ("t.csv", b"sentence,id\nx,1\n", "has: sentence, id"), ("t.csv", b"", "has: none"),
    ("t.csv", b"text,text\nx,y\n", "more than one column"), ("t.csv", "text,id\nx,1\n".encode("utf-16"), "UTF-16"),
    ("t.jsonl", b'{"sentence": "x", "id": 1}\n', "has: sentence, id"),
])  # fmt: skip
def test_a_table_without_texts_is_a_bad_call_at_once(tmp_path, name, data, says):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadCall, match=says) as caught:
        open_source(path)
    assert str(caught.value).encode()


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_memory_does_not_grow_with_the_table(tmp_path, name):
    path = tmp_path / name
    row = (
        '{"text": "a text of some length, with an id", "id": %d}\n'
        if name == "t.jsonl"
        else "a text of some length,%d\n"
    )
    with path.open("w") as file:
        file.write("" if name == "t.jsonl" else "text,id\n")
        file.writelines(row % n for n in range(20_000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_source(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 600_000
