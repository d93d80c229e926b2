"""What is sent of a folder is what the command finds in it when it reads it itself."""

import os
from pathlib import Path

import pytest

from labelmill.client.walk import File, Refused, files_of
from labelmill.core.errors import NotFound
from labelmill.formats.source import Found, open_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Good files and everything that can be odd about one."""
    made = tmp_path / "source"
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "ü 東京.txt", 'it\'s "q"%20.txt', "new\nline.txt"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    (made / ".hidden").write_text("x")
    (made / "__MACOSX").mkdir()
    (made / "__MACOSX/x.txt").write_text("x")
    (made / "table.csv").write_text("text\nx\n")
    (made / "more.zip").write_bytes(b"PK")
    (made / "a/loop").symlink_to(made)
    (made / "gone.txt").symlink_to(made / "nowhere")
    (made / "self.txt").symlink_to(made / "self.txt")
    (made / "linked.txt").symlink_to(made / "b.txt")
    (made / "lies").symlink_to(made / "a" / "b")
    os.mkfifo(made / "pipe.txt")
    (made / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    return made


def test_the_same_files_in_the_same_order_and_the_same_refusals(folder: Path) -> None:
    read = [(one.name, None if isinstance(one, Found) else (one.kind, one.message)) for one in open_source(folder)]
    sent = [(one.name, None if isinstance(one, File) else (one.kind, one.message)) for one in files_of(folder)]
    assert sent == [(name.removesuffix("#row=2"), why) for name, why in read]  # a table is sent whole
    assert len(sent) == 16
    assert {why[0] for _, why in sent if why} == {"unsupported", "vanished", "encoding"}


def test_sizes_and_places(folder: Path) -> None:
    found = {one.name: one for one in files_of(folder) if isinstance(one, File)}
    assert found["a/b/c.txt"] == File("a/b/c.txt", folder / "a/b/c.txt", 9)
    assert found["linked.txt"].size == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(folder: Path) -> None:
    (folder / "a").chmod(0)
    try:
        denied = [one for one in files_of(folder) if isinstance(one, Refused) and one.kind == "denied"]
    finally:
        (folder / "a").chmod(0o755)
    assert [one.name for one in denied] == ["a"]


def test_one_file_and_none(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text\nx\n")
    assert [one.name for one in files_of(tmp_path / "one.csv")] == ["one.csv"]
    with pytest.raises(NotFound, match=r"no file or folder at .*nowhere"):
        list(files_of(tmp_path / "nowhere"))
