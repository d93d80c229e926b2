"""Zip archives, friendly and hostile ones."""

from __future__ import annotations

import struct
import warnings
import zipfile

import pytest
from unit.formats.pictures import noise, saved, scene

from labelmill.core.errors import BadCall
from labelmill.formats.source import Found, Limits, Refused, open_source

PNG = saved(scene(), "PNG")


def pack(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as zipped, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # duplicate names are the point
        for name, data in members:
            zipped.writestr(name, data)
    return path


def kinds(path, **limits) -> dict[str, str]:
    return {item.uri.partition("!/")[2]: item.kind for item in open_source(path, limits=Limits(**limits))}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_are_read_like_a_folder(tmp_path, method):
    members = [("b/x.png", PNG), ("b/", b""), ("a.txt", b"hello"), ("__MACOSX/._a.txt", b"x"), (".DS_Store", b"x"),
               ("b/.hid/x.png", PNG), ("b/empty.txt", b""), ("data.csv", b"text\nx")]  # fmt: skip
    path = pack(tmp_path / "z.zip", members, method)
    items = list(open_source(path))
    assert [item.name for item in items] == ["a.txt", "b/empty.txt", "b/x.png", "data.csv"]
    text, empty, image, table = items
    assert (text.text, image.data, image.path) == ("hello", PNG, None)
    assert image.uri == f"{path}!/b/x.png"
    assert (empty.kind, table.kind) == ("empty", "unsupported")


def test_unsafe_members_are_refused_and_the_rest_is_read(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    bad = ["../up.png", "a/../../up.png", "/etc/x.png", "C:/x.png", "c:x.png", "..\\up.png", "\\\\host\\x.png", link]
    path = pack(tmp_path / "z.zip", [(name, PNG) for name in [*bad, "good.png", "a..b.png"]])
    found = kinds(path)
    assert found.pop("good.png") == found.pop("a..b.png") == "image"
    assert len(found) == len(bad) and set(found.values()) == {"unsafe"}


def test_bombs_are_refused(tmp_path):
    zeros = bytes(8 * 2**20)
    path = pack(tmp_path / "z.zip", [("a.txt", b"fine"), ("bomb.txt", zeros)])
    assert kinds(path) == {"a.txt": "text", "bomb.txt": "too-large"}
    assert kinds(path, max_bytes=2**20) == {"a.txt": "text", "bomb.txt": "too-large"}


def test_all_members_together_have_a_limit(tmp_path):
    path = pack(tmp_path / "z.zip", [(f"{n}.txt", b"0123456789") for n in range(4)])
    assert list(kinds(path, max_total=25).values()) == ["text", "text", "too-large", "too-large"]


def test_a_header_that_lies_about_the_size_does_not_help(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.txt", b"x" * 100_000)])
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\1\2")
    for at in (22, entry + 24):  # the uncompressed size in the member's own header and in the directory
        assert struct.unpack_from("<L", data, at) == (100_000,)
        struct.pack_into("<L", data, at, 10)
    path.write_bytes(data)
    (item,) = open_source(path, limits=Limits(max_bytes=1000))
    assert isinstance(item, Refused) and item.kind in ("damaged", "too-large")


def test_damage_is_found_by_check_sum(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.png", saved(noise())), ("b.txt", b"fine")], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[2000] ^= 0xFF
    path.write_bytes(data)
    assert kinds(path) == {"a.png": "damaged", "b.txt": "text"}


def test_encrypted_and_unknown_members_are_refused(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.txt", b"hello"), ("b.txt", b"hello")])
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\1\2")
    data[first + 8] |= 1
    second = data.index(b"PK\1\2", first + 4)
    data[second + 10 : second + 12] = struct.pack("<H", 95)
    path.write_bytes(data)
    items = list(open_source(path))
    assert [item.kind for item in items] == ["unsupported", "unsupported"]
    assert "encrypted" in items[0].message and "Deflate" in items[1].message


def test_members_that_overlap_are_refused(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.txt", b"hello there"), ("b.txt", b"hello you")], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", first + 4)
    struct.pack_into("<L", data, second + 42, 0)  # the second entry points to the first member
    path.write_bytes(data)
    assert [item.kind for item in open_source(path)][1] in ("unsafe", "damaged")


def test_the_same_name_twice_gives_two_places(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.txt", b"one"), ("a.txt", b"two")])
    items = list(open_source(path))
    assert [(item.name, item.text) for item in items] == [("a.txt", "one"), ("a.txt", "two")]
    assert len({item.uri for item in items}) == 2


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\5\6 cut"])
def test_what_is_no_archive_is_a_bad_call_at_once(tmp_path, data):
    path = tmp_path / "z.zip"
    path.write_bytes(data)
    with pytest.raises(BadCall, match="no zip archive"):
        open_source(path)


def test_an_archive_cut_off_is_a_bad_call(tmp_path):
    path = pack(tmp_path / "z.zip", [("a.txt", b"hello" * 1000)])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadCall, match="pack it again"):
        open_source(path)


def test_an_empty_archive_holds_nothing(tmp_path):
    assert list(open_source(pack(tmp_path / "z.zip", []))) == []
    assert all(isinstance(item, Found) for item in open_source(pack(tmp_path / "y.zip", [("a.txt", b"x")])))


def test_many_small_members_are_a_bomb_too(tmp_path):
    zeros = bytes(900_000)
    path = pack(tmp_path / "z.zip", [(f"{n:03}.txt", zeros.replace(b"\0", b"a")) for n in range(30)])
    found = list(kinds(path, max_bytes=10**6).values())
    read = found.count("text")
    assert 0 < read * 900_000 <= max(10**6, 200 * path.stat().st_size)
    assert read < 30 and found == ["text"] * read + ["unsafe"] * (30 - read)


def test_places_are_unique_whatever_members_are_called(tmp_path):
    members = ["a.txt", "a.txt", "a.txt#2", "a.txt", "a.txt#2", "a.txt#2#2"]
    path = pack(tmp_path / "z.zip", [(name, name.encode()) for name in members])
    items = list(open_source(path))
    assert len({item.uri for item in items}) == len(members)


def test_members_with_names_too_long_to_keep_are_refused(tmp_path):
    names = ["ü" * 501 + "1.txt", "ü" * 501 + "2.txt", "ü" * 490 + ".txt"]
    items = list(open_source(pack(tmp_path / "z.zip", [(name, b"x") for name in names])))
    assert [item.kind for item in items] == ["text", "unsupported", "unsupported"]
    assert len({item.uri for item in items}) == len({item.name for item in items}) == 3
    assert all(len(item.name.encode()) <= 1000 and len(item.uri.encode()) <= 2000 for item in items)
