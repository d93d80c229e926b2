"""Zip archives: members like the files of a folder, and nothing that escapes, explodes or lies about its size."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from labelmill.core.errors import BadCall, Unreadable
from labelmill.core.rejection import is_hidden
from labelmill.formats.found import MIB, Found, Limits, Refused, read_item, too_large

_ENCRYPTED = 0x1  # general purpose flag of an entry (APPNOTE 4.4.4)
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def open_zip(path: Path, limits: Limits) -> Iterator[Found | Refused]:
    """Stream the members in the order of their names; nothing is unpacked on disk.

    Raises BadCall when the file is no zip archive, and OSError when it cannot be opened.
    """
    try:
        zipped = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise BadCall(f"{path} is no zip archive that can be read ({error}); pack it again") from error
    return _members(zipped, path, limits)


def _members(zipped: zipfile.ZipFile, path: Path, limits: Limits) -> Iterator[Found | Refused]:
    budget = _Budget(limits, path.stat().st_size)
    with zipped:
        places = _Places(zipped)
        for info in sorted(zipped.infolist(), key=lambda info: info.filename):
            name = info.filename
            if _is_left_out(info):
                continue
            uri = f"{path}!/{places.of(name)}"
            try:
                _check(info, limits)
                budget.check(info.file_size)
                data = _read(zipped, info, limits)
                budget.spent += len(data)
                item = read_item(name, uri, data)
                del data  # the reader's copy must not outlive the item while the caller works
                yield item
                del item
            except Unreadable as error:
                yield Refused(name, uri, error.kind, str(error))


class _Places:
    """A place for each member; names that are there more than once get a number that makes no other member's name."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._names = {info.filename for info in zipped.infolist()}
        self._given: dict[str, int] = {}

    def of(self, name: str) -> str:
        number = self._given.get(name, 0) + 1
        place = name
        while number > 1 and (place := f"{name}#{number}") in self._names:
            number += 1
        self._given[name] = number
        self._names.add(place)
        return place


class _Budget:
    """What all members together may still take; once they have grown too much, nothing more is unpacked."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.spent = 0
        self._limits = limits
        self._most_grown = max(limits.max_bytes, limits.max_ratio * packed)
        self._explodes = False

    def check(self, size: int) -> None:
        """Raise Unreadable when a member of this size is too much: `unsafe`, `too-large`."""
        most = self._limits.max_total
        self._explodes = self._explodes or self.spent + size > self._most_grown
        if self._explodes and self._most_grown < most:
            reason = f"the archive would grow more than {self._limits.max_ratio} times when unpacked, as zip bombs do"
            raise Unreadable("unsafe", f"{reason}; split it, or give the files in a folder")
        if self.spent + size > most:
            raise Unreadable("too-large", f"the archive holds more than {most:,} bytes in all; split it")


def _is_left_out(info: zipfile.ZipInfo) -> bool:
    """Folders and hidden members; what is unsafe is never left out in silence."""
    hidden = any(is_hidden(part) for part in info.filename.split("/") if part != ".")
    return info.is_dir() or (hidden and not _unsafe(info))


def _check(info: zipfile.ZipInfo, limits: Limits) -> None:
    """Raise Unreadable for what should not even be unpacked: `unsafe`, `unsupported`, `too-large`."""
    if reason := _unsafe(info):
        raise Unreadable("unsafe", f"{reason}; pack the archive again with plain relative names")
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("unsupported", "the member is encrypted; pack the archive again without a password")
    if info.file_size > limits.max_bytes:
        raise too_large(info.file_size, limits)
    if info.file_size > MIB and info.file_size > limits.max_ratio * info.compress_size:
        reason = f"the member would grow more than {limits.max_ratio} times when unpacked, as zip bombs do"
        raise Unreadable("too-large", f"{reason}; pack the archive again without it")


def _unsafe(info: zipfile.ZipInfo) -> str | None:
    name = info.filename.replace("\\", "/")
    if stat.S_ISLNK(info.external_attr >> 16):
        return "the member is a symbolic link"
    if name.startswith("/") or name[1:2] == ":":
        return "the member's name is absolute"
    return "the member's name leads out of the archive" if ".." in PurePosixPath(name).parts else None


def _read(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """The member's bytes; the limit counts what is unpacked, whatever the header says."""
    try:
        with zipped.open(info) as member:
            data = member.read(limits.max_bytes + 1)
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("unsupported", f"the member cannot be unpacked ({error}); pack it by Deflate") from error
    except _DAMAGE as error:
        if "overlap" in str(error).lower():
            raise Unreadable("unsafe", "the member lies over another one, as in zip bombs; leave it out") from error
        raise Unreadable("damaged", f"the member is damaged ({error}); pack the archive again") from error
    if len(data) > limits.max_bytes:
        raise too_large(len(data), limits)
    return data
