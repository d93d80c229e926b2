"""The files of a SOURCE that are to be sent, in sorted order, as the command finds them on its own machine."""

import os
import platform
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labelmill.core import rejection
from labelmill.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class File:
    """A file to send under a name, `size` bytes long when it was seen."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be sent: a kind and a sentence that says what to do."""

    name: str
    kind: str
    message: str


def here(place: str | Path) -> str:
    """A place on this machine, as another one tells it apart from those of others."""
    return f"{platform.node()}:{place}"


def files_of(source: Path) -> Iterator[File | Refused]:
    """The file itself, or the files below a folder, depth first. Raises NotFound when there is nothing there."""
    try:
        mode = source.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotFound(f"there is no file or folder at {rejection.shown(str(source))} ({reason})") from error
    source = Path(os.path.abspath(source))  # noqa: PTH100 - Path.resolve would follow links, and files keep their names
    if stat.S_ISDIR(mode):
        yield from _below(source, "", ())
    else:
        yield _file(source, source.name)


def _below(folder: Path, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[File | Refused]:
    try:
        held = folder.stat()
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        yield _refused(prefix or folder.name, error)
        return
    here = (held.st_dev, held.st_ino)
    if here in above:
        yield Refused(rejection.shown(prefix), "unsupported", rejection.LOOP)
        return
    for last in names:
        if rejection.is_hidden(last):
            continue
        name = f"{prefix}/{last}" if prefix else last
        path = folder / last
        if path.is_dir():
            yield from _below(path, name, (*above, here))
        elif (why := rejection.own_source(last)) is not None and not rejection.is_table(last):
            yield Refused(rejection.shown(name), "unsupported", why)
        else:
            yield _file(path, name)


def _file(path: Path, name: str) -> File | Refused:
    if rejection.shown(name) != name:
        return Refused(rejection.shown(name), "encoding", rejection.NAME_NO_UTF8)
    try:
        held = path.stat()
    except OSError as error:
        return _refused(name, error)
    if not stat.S_ISREG(held.st_mode):
        return Refused(name, "unsupported", rejection.IRREGULAR)
    return File(name, path, held.st_size)


def _refused(name: str, error: OSError) -> Refused:
    return Refused(rejection.shown(name), *rejection.reason_of(error))
