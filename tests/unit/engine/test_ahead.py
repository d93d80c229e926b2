"""A source that is read ahead is what it is when it is read at once, and who reads it never stays behind."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from mill import write_texts
from PIL import Image

from labelmill.core.errors import BadCall, LabelmillError
from labelmill.core.input import Batch, NewInput, Rejection
from labelmill.engine import ahead
from labelmill.flows import read as reading
from labelmill.store.media import Media

# the tests' own process has threads, a command has none by then
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "media", max_bytes=2**20)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Texts in more batches than wait in the line at once, a picture, and what is neither."""
    monkeypatch.setattr(reading, "BATCH", 50)
    folder = write_texts(tmp_path / "source", [f"{n} " + "long " * 4000 for n in range(220)])
    Image.new("RGB", (9, 7)).save(folder / "picture.png")
    (folder / "film.mp4").write_bytes(b"film")
    return folder


def readers() -> list[psutil.Process]:
    return psutil.Process().children()


def test_what_is_read_ahead_is_what_is_read_at_once(source: Path, media: Media) -> None:
    before = readers()
    with ahead.read(source, media, limit=None) as batches:
        found = list(batches)
        assert readers() == before  # it has ended by itself
    assert found == list(reading.read(source, media))
    items = [item for batch in found for item in batch]
    assert len(found) == 5 and len(items) == 222
    assert [item.name for item in items if isinstance(item, Rejection)] == ["film.mp4"]
    assert [(i.width, i.height) for i in items if isinstance(i, NewInput) and i.kind == "image"] == [(9, 7)]
    with ahead.read(source, media, limit=60) as batches:
        assert [len(batch) for batch in batches] == [50, 10]


def test_who_turns_away_leaves_no_process(source: Path, media: Media) -> None:
    before = readers()
    with pytest.raises(BadCall, match="wrong card"), ahead.read(source, media, limit=None):
        raise BadCall("wrong card")
    with ahead.read(source, media, limit=None) as batches:
        assert len(next(iter(batches))) == 50
    assert readers() == before


def test_an_archive_is_read_when_its_members_may_be_stored(tmp_path: Path, media: Media) -> None:
    Image.new("RGB", (9, 7)).save(tmp_path / "p.png")
    with zipfile.ZipFile(tmp_path / "photos.ZIP", "w") as archive:
        archive.write(tmp_path / "p.png", "p.png")
    before = readers()
    with ahead.read(tmp_path / "photos.ZIP", media, limit=None) as batches:
        assert readers() == before
        assert not (tmp_path / "media").exists()
        ((found,),) = batches
    assert isinstance(found, NewInput) and found.location is not None
    assert media.get(found.location, found.digest)


def test_what_cannot_be_read_is_told_to_who_listens(tmp_path: Path, media: Media) -> None:
    table = tmp_path / "t.csv"
    table.write_text("no,column\n1,2\n")
    with ahead.read(table, media, limit=None) as batches, pytest.raises(BadCall, match="text"):
        list(batches)


def test_a_reader_that_is_killed_is_one_sentence(source: Path, media: Media) -> None:
    before = readers()
    with ahead.read(source, media, limit=None) as batches:
        (reader,) = set(readers()) - set(before)
        assert len(next(iter(batches))) == 50
        reader.kill()
        with pytest.raises(BadCall, match="killed"):
            list(batches)


def test_a_bug_of_the_reader_has_its_trace(source: Path, media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_words: Any) -> Iterator[Batch]:
        raise KeyError("broken")

    monkeypatch.setattr(reading, "read", broken)
    with ahead.read(source, media, limit=None) as batches, pytest.raises(LabelmillError, match="KeyError") as told:
        list(batches)
    assert type(told.value) is LabelmillError
    assert "Traceback" in str(told.value)
