"""Folders, single files and what they refuse."""

from __future__ import annotations

import os
import socket

import pytest
from unit.formats.pictures import saved, scene

from labelmill.core.errors import BadCall, NotFound
from labelmill.formats.source import Found, Limits, Refused, open_source

PNG = saved(scene(), "PNG")


def names(items) -> list[str]:
    return [item.name for item in items]


def only(path, **limits) -> Found | Refused:
    (item,) = open_source(path, limits=Limits(**limits))
    return item


def test_a_folder_is_read_in_order_with_texts_images_and_refusals(tmp_path):
    for name, data in {
        "b.png": PNG, "a/z.txt": b"\xef\xbb\xbfhello\r\nyou", "a/deep/er.jpg": saved(scene()), "c.pdf": b"%PDF",
        ".hidden": PNG, ".git/x.png": PNG, "__MACOSX/b.png": PNG, "Thumbs.db": b"x", "a.txt": "für".encode(),
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    items = list(open_source(tmp_path))
    assert names(items) == ["a/deep/er.jpg", "a/z.txt", "a.txt", "b.png", "c.pdf"]
    assert items == list(open_source(tmp_path)), "the order is always the same"
    jpeg, text, plain, image, refused = items
    assert (jpeg.kind, text.text, plain.text, image.data) == ("image", "hello\r\nyou", "für", PNG)
    assert image.uri == str(tmp_path / "b.png") and image.path == tmp_path / "b.png"
    assert isinstance(refused, Refused) and refused.kind == "unsupported" and "convert" in refused.message


def test_a_folder_is_read_lazily(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(name)
    items = open_source(tmp_path)
    assert next(items).text == "a"
    (tmp_path / "b.txt").unlink()
    assert next(items).kind == "vanished"
    assert next(items).text == "c"


@pytest.mark.parametrize("name, data, kind", [
    ("a.txt", b"", "empty"), ("a.jpg", b"", "empty"), ("a.txt", b"\xef\xbb\xbf", "empty"),
    ("a.txt", b"caf\xe9", "encoding"), ("a.txt", b"a\0b", "encoding"), ("a.txt", b"\xed\xa0\x80", "encoding"),
    ("a.jpg", b"a text", "unsupported"), ("a.docx", b"PK", "unsupported"), ("a.txt", b"x" * 101, "too-large"),
])  # fmt: skip
def test_a_bad_file_is_refused(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)
    for source in (tmp_path, tmp_path / name):
        item = only(source, max_bytes=100)
        assert isinstance(item, Refused) and (item.name, item.kind) == (name, kind)
        assert item.uri == str(tmp_path / name)


def test_an_image_is_known_by_content_whatever_its_name(tmp_path):
    (tmp_path / "photo.dat").write_bytes(PNG)
    assert only(tmp_path).kind == "image"
    assert "source of its own" in _refused_of(tmp_path, "t.zip").message
    assert "convert it" in _refused_of(tmp_path, "noname").message


def _refused_of(folder, name) -> Refused:
    (folder / name).write_bytes(b"something")
    return next(item for item in open_source(folder) if item.name == name)


def test_a_table_in_a_folder_is_read_row_by_row(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.jsonl").write_text('{"id": 7, "text": "two"}\n{"no": 1}\n{"text": "three"}\n')
    (tmp_path / "c.csv").write_text("label\nx\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "e.CSV").write_text("text\nfour\n")
    os.mkfifo(tmp_path / "pipe.csv")
    items = {item.uri.removeprefix(f"{tmp_path}/"): item for item in open_source(tmp_path)}
    texts = {uri: item.text for uri, item in items.items() if isinstance(item, Found)}
    assert texts == {"a.txt": "one", "b.jsonl#row=1": "two", "b.jsonl#row=3": "three", "d/e.CSV#row=2": "four"}
    assert items["b.jsonl#row=1"].name == "7"
    refused = {uri: (item.kind, item.message) for uri, item in items.items() if isinstance(item, Refused)}
    assert set(refused) == {"b.jsonl#row=2", "c.csv", "pipe.csv"}
    assert "no column named text (it has: label)" in refused["c.csv"][1]
    assert refused["pipe.csv"][0] == "unsupported"


def test_links_are_followed_but_not_in_circles(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "a.png").write_bytes(PNG)
    (inside / "file.png").symlink_to(outside / "a.png")
    (inside / "folder").symlink_to(outside)
    (inside / "gone.png").symlink_to(tmp_path / "nothing")
    (inside / "me").symlink_to(inside / "me")
    (inside / "up").symlink_to(inside)
    found = {item.name: item for item in open_source(inside)}
    assert found["file.png"].data == found["folder/a.png"].data == PNG
    assert {name: item.kind for name, item in found.items() if isinstance(item, Refused)} == {
        "gone.png": "vanished", "me": "unsupported", "up": "unsupported",
    }  # fmt: skip


def test_pipes_and_sockets_are_refused_without_waiting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock")
        assert [(i.name, i.kind) for i in open_source(tmp_path)] == [("pipe", "unsupported"), ("sock", "unsupported")]


def test_what_may_not_be_read_is_denied(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "dir").mkdir()

    def deny(path, *args):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", deny)
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: deny(path) if str(path).endswith("dir") else real(path))
    assert [(i.name, i.kind) for i in open_source(tmp_path)] == [("a.png", "denied"), ("dir", "denied")]


def test_a_file_name_that_is_no_utf8_is_refused_with_a_name_that_can_be_stored(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.png")).write_bytes(PNG)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    item = only(tmp_path)
    assert item.kind == "encoding"
    assert (item.name + item.uri).encode()


@pytest.mark.parametrize("name", ["nothing", "nothing.zip", "no\0thing"])
def test_a_source_that_is_not_there_is_not_found_at_once(tmp_path, name):
    with pytest.raises(NotFound, match="there is no file or folder at"):
        open_source(tmp_path / name)


def test_a_relative_path_gives_absolute_places(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert [item.uri for item in open_source(tmp_path.__class__("."))] == [str(tmp_path / "a.txt")]


def test_a_place_too_long_to_keep_is_refused(tmp_path):
    folder = tmp_path / "/".join(["n" * 200] * 6)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("x")
    (folder / "b.pdf").write_text("x")
    items = list(open_source(tmp_path))
    assert [item.kind for item in items] == ["unsupported", "unsupported"]
    assert "shorter" in items[0].message and "convert" in items[1].message
    assert len({item.name for item in items}) == 2
    assert all(len(item.name.encode()) <= 1000 for item in items)


def test_the_id_of_a_row_has_a_longest_length(tmp_path):
    (tmp_path / "t.csv").write_text(f"id,text\n{'i' * 1001},a\n{'i' * 1000},b\n")
    items = list(open_source(tmp_path / "t.csv"))
    assert [item.kind for item in items] == ["unsupported", "text"]


def test_a_folder_above_that_is_no_utf8_is_a_bad_call_at_once(tmp_path, monkeypatch):
    strange = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        (strange / "in").mkdir(parents=True)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (strange / "in" / "a.txt").write_text("x")
    pack = strange / "z.zip"
    pack.write_bytes(b"")
    monkeypatch.chdir(strange)
    for source in ("in", pack, "in/a.txt"):
        with pytest.raises(BadCall, match="no UTF-8") as error:
            open_source(tmp_path.__class__(source))
        assert str(error.value).encode()
