"""What a source leaves out, by names and by errors alone."""

import errno
import os

import pytest

from labelmill.core.rejection import TABLES, is_hidden, is_table, nothing_in, own_source, reason_of, shown


@pytest.mark.parametrize("name", [".git", ".DS_Store", "__MACOSX", "Thumbs.db", "Desktop.INI"])
def test_what_systems_leave_behind_is_hidden(name: str) -> None:
    assert is_hidden(name)


@pytest.mark.parametrize("name", ["cat.jpg", "a.hidden.png", "thumbs.db.jpg", "git"])
def test_what_somebody_means_is_not(name: str) -> None:
    assert not is_hidden(name)


@pytest.mark.parametrize("suffix", TABLES)
def test_tables_are_sources_of_their_own(suffix: str) -> None:
    name = f"reviews.{suffix.upper()}"
    assert is_table(name)
    assert own_source(name) == f"a .{suffix} file is a source of its own; give it by itself"


def test_an_archive_is_a_source_but_no_table() -> None:
    assert not is_table("photos.zip")
    assert own_source("photos.zip") == "a .zip file is a source of its own; give it by itself"
    assert own_source("photo.jpg") is None
    assert own_source("README") is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, "vanished"),
        (errno.EACCES, "denied"),
        (errno.EPERM, "denied"),
        (errno.ELOOP, "unsupported"),
        (errno.ENXIO, "unsupported"),
        (errno.EIO, "damaged"),
    ],
)
def test_every_error_has_a_kind_and_a_sentence(number: int, kind: str) -> None:
    said = reason_of(OSError(number, os.strerror(number)))
    assert said[0] == kind
    assert len(said[1]) > 15
    assert kind != "damaged" or os.strerror(number) in said[1]


def test_an_error_without_a_number_is_damage() -> None:
    assert reason_of(OSError("odd"))[0] == "damaged"


def test_a_name_that_is_no_utf8_can_be_shown() -> None:
    assert shown(os.fsdecode(b"caf\xe9.jpg")) == "caf\\udce9.jpg"
    assert shown("café.jpg") == "café.jpg"


def test_a_source_without_files_is_named() -> None:
    assert nothing_in("photos").startswith("photos holds no files: ")
