"""Stored bytes: whole, or not there at all."""

import os
from pathlib import Path

import pytest

from labelmill.core.errors import StoreFault
from labelmill.store.media import Media, digest_of

DATA = b"some bytes"
DIGEST = digest_of(DATA)


def test_bytes_come_back(tmp_path: Path) -> None:
    media = Media(tmp_path, max_bytes=100)
    assert media.get(media.put(DATA, DIGEST), DIGEST) == DATA
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(("whose", "name"), [(os, "fsync"), (Path, "replace")])
@pytest.mark.parametrize(("error", "raised"), [(OSError(28, "No space left"), StoreFault), (KeyboardInterrupt(),) * 2])
def test_what_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: object, name: str, error: BaseException, raised: object
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(whose, name, fail)
    with pytest.raises(raised if isinstance(raised, type) else type(raised)):
        Media(tmp_path, max_bytes=100).put(DATA, DIGEST)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
