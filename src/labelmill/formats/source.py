"""What a SOURCE holds: a folder, one file, a zip archive, or a table of texts, as a stream in sorted order.

Every item is read once and handed over before the next one is read, so no more than one is in memory. What cannot be
read is an item, too: Refused, with its reason. Only a SOURCE that is no source at all raises.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from labelmill.core import rejection
from labelmill.core.errors import BadCall, NotFound, Unreadable
from labelmill.core.rejection import is_hidden, shown
from labelmill.formats import archive, table
from labelmill.formats.found import Found, Limits, Refused, read_item, storable, too_large

__all__ = ["Found", "Limits", "Refused", "open_source"]


def open_source(path: Path, *, limits: Limits | None = None, within: Path | None = None) -> Iterator[Found | Refused]:
    """Stream what lies in a folder, image, `.txt` file, `.zip`, `.csv`, `.tsv` or `.jsonl`.

    `within`: what a link leads to is refused as `unsafe` unless it lies in this folder (a real path).
    Raises NotFound when there is nothing at `path`, and BadCall when the path is no UTF-8, the archive is none or the
    table has no column `text`: at once, not at the first item.
    """
    limits = limits or Limits()
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotFound(f"there is no file or folder at {shown(str(path))} ({reason})") from error
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links, and sources keep their names
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadCall(f"the path {shown(str(path))} is no UTF-8; rename what is strange in it") from error
    return storable(_opened(path, mode, limits, within))


def _opened(path: Path, mode: int, limits: Limits, within: Path | None) -> Iterator[Found | Refused]:
    if stat.S_ISDIR(mode):
        return _folder(path, "", (), limits, within)
    suffix = path.suffix.lower()
    try:
        if suffix == ".zip":
            return archive.open_zip(path, limits)
        if suffix in table.SUFFIXES:
            return table.open_table(path, limits)
    except OSError as error:
        raise BadCall(f"{shown(str(path))} cannot be opened: {error.strerror}") from error
    return iter([_file(path, path.name, limits)])


def _folder(
    path: Path, prefix: str, above: tuple[tuple[int, int], ...], limits: Limits, within: Path | None
) -> Iterator[Found | Refused]:
    """Files below a folder, depth first, each level sorted by name. `above` are the folders that hold this one."""
    try:
        here = path.stat()
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        yield _refused(path, prefix or path.name, error)
        return
    if (here.st_dev, here.st_ino) in above:
        yield Refused(shown(prefix), shown(str(path)), "unsupported", rejection.LOOP)
        return
    for entry in entries:
        if is_hidden(entry.name):
            continue
        name = f"{prefix}/{entry.name}" if prefix else entry.name
        if within is not None and not _lies_in(entry, within):
            reason = "this link leads out of the folder that may be imported; copy what it leads to into it"
            yield Refused(shown(name), shown(entry.path), "unsafe", reason)
        elif _is_folder(entry):
            yield from _folder(path / entry.name, name, (*above, (here.st_dev, here.st_ino)), limits, within)
        elif rejection.is_table(entry.name):
            yield from _table(path / entry.name, name, limits)
        else:
            yield _file(path / entry.name, name, limits)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle, say: no folder, and opening it will tell why
        return False


def _lies_in(entry: os.DirEntry[str], within: Path) -> bool:
    return not entry.is_symlink() or Path(os.path.realpath(entry.path)).is_relative_to(within)


def _table(path: Path, name: str, limits: Limits) -> Iterator[Found | Refused]:
    """The rows of a table in a folder; one that cannot be read is refused, and the rest of the folder goes on."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever for a writer
            yield Refused(shown(name), shown(str(path)), "unsupported", rejection.IRREGULAR)
            return
        str(path).encode()
        yield from table.open_table(path, limits)
    except UnicodeEncodeError:
        yield Refused(shown(name), shown(str(path)), "encoding", rejection.NAME_NO_UTF8)
    except BadCall as error:
        yield Refused(name, str(path), "unsupported", str(error))
    except OSError as error:
        yield _refused(path, name, error)


def _file(path: Path, name: str, limits: Limits) -> Found | Refused:
    try:
        name.encode()
        data = _read(path, limits)
        return read_item(name, str(path), data, path=path)
    except UnicodeEncodeError:
        return Refused(shown(name), shown(str(path)), "encoding", rejection.NAME_NO_UTF8)
    except Unreadable as error:
        return Refused(name, str(path), error.kind, str(error))
    except OSError as error:
        return _refused(path, name, error)


def _read(path: Path, limits: Limits) -> bytes:
    """The file's bytes. Raises Unreadable (`unsupported`, `too-large`) or OSError."""
    # without O_NONBLOCK, opening a pipe would wait for ever for a writer
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb", buffering=0) as file:
        held = os.fstat(file.fileno())
        if not stat.S_ISREG(held.st_mode):
            raise Unreadable("unsupported", rejection.IRREGULAR)
        if held.st_size > limits.max_bytes:
            raise too_large(held.st_size, limits)
        data = file.read(held.st_size + 1)  # not of the limit: Python would get that much memory first
        if len(data) > held.st_size:
            data += file.read(limits.max_bytes + 1 - len(data))  # it is still growing
    if len(data) > limits.max_bytes:
        raise too_large(len(data), limits)
    return data


def _refused(path: Path, name: str, error: OSError) -> Refused:
    kind, reason = rejection.reason_of(error)
    return Refused(shown(name), shown(str(path)), kind, reason)
