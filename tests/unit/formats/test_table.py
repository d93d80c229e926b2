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


def test_huge_cells_are_read(tmp_path):
    huge = b"word " * 100_000
    assert brief(items(tmp_path, b'text\n"' + huge + b'"\n')) == [huge.decode()]
    lines = b"word\r\n" * 100_000
    assert brief(items(tmp_path, b'text\n"' + lines + b'"\nb\n')) == [lines.decode(), "b"]


def test_a_quote_that_never_closes_costs_its_own_row_alone(tmp_path):
    data = b'id,text\n1,good\n2,"it began so\n' + b"".join(b"%d,good\n" % n for n in range(3, 5000))
    found = items(tmp_path, data)
    assert brief(found) == ["good", "!damaged", *["good"] * 4997]
    assert [item.uri for item in found] == [f"{tmp_path}/t.csv#row={n}" for n in range(2, 5001)]
    assert [item.name for item in found[2:]] == [str(n) for n in range(3, 5000)]
    assert found[1].name == "t.csv#row=3"
    assert found[1].message.startswith("row 3: a quote that opens in it is not closed")


@pytest.mark.parametrize("data, says", [
    (b'text\na\n"b\nc\nd\n', ["a", "!damaged", "c", "d"]), (b'text\na\n"b', ["a", "!damaged"]),
    (b'text\n"a\n"b\n\n"c\nd\n', ["!damaged", "!damaged", "!damaged", "d"]),
    (b'text\n"a\nb\n"c\nd"\n"e ""f"""\n', ["!damaged", "b", "c\nd", 'e "f"']),
    (b'text\r"a\rb\rc\r', ["!damaged", "b", "c"]), (b'text\r\n"a\r\nb\r\n', ["!damaged", "b"]),
])  # fmt: skip
def test_below_a_row_whose_quote_does_not_close_each_line_is_a_row_of_its_own(tmp_path, data, says):
    found = items(tmp_path, data)
    assert brief(found) == says
    assert all("close it" in item.message for item in found if isinstance(item, Refused))


@ON_DISK
@given(
    texts=st.lists(TEXTS.map(lambda text: f"a{text}"), min_size=1),
    bad=st.text(st.characters(exclude_characters='\0\r\n"', exclude_categories=("Cs",))),
    at=st.integers(0),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_one_row_with_an_open_quote_takes_no_other_with_it(tmp_path, texts, bad, at, delimiter, end):
    """The texts begin with a letter: the open quote cannot close where a cell ends, so there is one way to read it."""
    at %= len(texts)
    cells = [text if text.isalnum() else '"' + text.replace('"', '""') + '"' for text in texts]
    cells[at] = f'"{bad}'
    rows = ["id,text".replace(",", delimiter), *(f"{n}{delimiter}{cell}" for n, cell in enumerate(cells))]
    found = items(tmp_path, end.join(rows).encode())
    assert [item.uri for item in found] == [f"{tmp_path}/t.csv#row={n}" for n in range(2, len(texts) + 2)]
    assert brief(found) == [*texts[:at], "!damaged", *texts[at + 1 :]]


def patiently(data: str) -> list[tuple[int, str]]:
    """Number and text of each row below the header, `!` when it is bad; each line is tried as often as it takes."""
    lines, said, number = list(io.StringIO(data, newline=""))[1:], [], 1
    while lines:
        number += 1
        reader = csv.reader(lines, strict=True)
        try:
            row, read = next(reader), reader.line_num
        except csv.Error:
            row, read = ["!"], 1
        good = len(row) == 2 and row[1] and not set("\0\udcff") & set("".join(row))
        if row:
            said.append((number, row[1] if good else "!"))
        del lines[:read]
    return said


@settings(ON_DISK, max_examples=500)
@given(parts=st.lists(st.sampled_from(['"', '"', '"', ",", ",", "a", "\n", "\n", "\r", 'x","y\n', "\udcff", "\0"])))
def test_whatever_the_quotes_no_line_is_lost(tmp_path, parts):
    data = "id,text\n" + "".join(parts)
    found = items(tmp_path, data.encode(errors="surrogateescape"))
    numbers = [int(item.uri.rpartition("=")[2]) for item in found]
    texts = [item.text if isinstance(item, Found) else "!" for item in found]
    assert list(zip(numbers, texts, strict=True)) == patiently(data)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_open_quote_that_reaches_the_longest_row_costs_its_own_row_alone(tmp_path, end):
    rows = [b"id,text", b'1,"begun so', *[b"2,good"] * 400, b"3," + b"x" * 3000, b'4,"a', b'b"', b"5,last"]
    for most in (1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 100_000):  # it ends anywhere in a line
        found = items(tmp_path, end.join(rows), max_text=most)
        assert [item.uri.rpartition("=")[2] for item in found] == [str(n) for n in range(2, 406)]
        first, *good, long, two, last = found
        assert brief(good) == ["good"] * 400 and brief([two, last]) == [f"a{end.decode()}b", "last"]
        if most < 3000:
            assert brief([first, long]) == ["!too-large", "!too-large"]
            assert first.message.startswith("row 2: ") and "close the quote" in first.message
    del rows[2:-4]  # now it comes upon the row that is too long by itself
    assert brief(items(tmp_path, end.join(rows), max_text=1000)) == [*["!too-large"] * 2, f"a{end.decode()}b", "last"]


@pytest.mark.parametrize("row", ['x","y\n', '2,"begun so\n', '"a\n","b\n', 'x",""\n"\n', '"\n', '""\n"\n'])
@pytest.mark.parametrize("most", [2**20, 5000])
def test_each_line_is_read_twice_at_most(tmp_path, monkeypatch, row, most):
    handed = 0

    class Counted:
        def __init__(self, lines):
            self.lines = iter(lines)

        def __iter__(self):
            return self

        def __next__(self):
            nonlocal handed
            handed += 1
            return next(self.lines)

    reader = csv.reader
    monkeypatch.setattr(csv, "reader", lambda lines, **how: reader(Counted(lines), **how))
    data = "id,text\n" + row * 3000
    assert items(tmp_path, data.encode(), max_text=most)
    assert handed < 3 * data.count("\n")  # asking in vain counts, too


def test_a_row_of_many_lines_and_the_wrong_number_of_cells_says_how_many(tmp_path):
    (found,) = items(tmp_path, b'id,text\n1,"a\nb\nc",d\n')
    assert "3 cells where the header names 2 and takes in 2 more lines;" in found.message


def test_a_header_too_long_to_be_looked_through_does_no_harm(tmp_path):
    data = b"text," + b"x" * 2**20 + b',"a" b,"c\nd\ne\n'
    assert brief(items(tmp_path, data)) == ["!damaged", "!damaged"]
    assert brief(items(tmp_path, data, max_text=1000)) == ["!damaged", "!damaged"]


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


def test_memory_does_not_grow_with_what_an_open_quote_takes_in(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text\n" + '1,"b\n' + "2,g\n" * 30_000 + 'x","y\n' * 30_000)
    tracemalloc.start()
    try:
        good = sum(isinstance(item, Found) for item in open_source(path, limits=Limits(max_text=10_000)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert good == 30_000
    assert peak < 600_000
