"""The bytes of inputs: referenced where they lie, or stored under their hash."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from blake3 import blake3

from labelmill.core.errors import StoreFault, Unreadable


def digest_of(data: bytes) -> bytes:
    """The hash that content is known by: BLAKE3, 32 bytes (of a text: of its UTF-8)."""
    return blake3(data).digest()


class Media:
    """Bytes by location, with the limits on what is read: bytes of a file, pixels of an image.

    A location is `file:` and an absolute path, or `media:` and a hash in hex.
    """

    def __init__(self, root: Path, *, max_bytes: int, max_pixels: int = 200_000_000) -> None:
        self.max_pixels = max_pixels
        self._root = root
        self.max_bytes = max_bytes

    def put(self, data: bytes, digest: bytes) -> str:
        """Store bytes under their hash and return their location; a crash leaves no half-written file behind."""
        path = self._path(digest.hex())
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)
            except OSError as error:
                raise StoreFault(f"Cannot store a file in {self._root}: {error.strerror}.") from error
        return f"media:{digest.hex()}"

    def get(self, location: str, digest: bytes) -> bytes:
        """The bytes at a location. Raises Unreadable when they are gone, may not be read, or are not what they were."""
        data = read_file(self.path(location), max_bytes=self.max_bytes)
        if digest_of(data) != digest:
            raise Unreadable("changed", "its content is no longer what was imported: import it again")
        return data

    def path(self, location: str) -> Path:
        """Where a location's bytes lie on this machine."""
        scheme, _, rest = location.partition(":")
        return Path(rest) if scheme == "file" else self._path(rest)

    def view(self, digest: bytes, name: str) -> Path:
        """Where a view of content is kept: what was made of it for people to look at, such as its thumbnails."""
        return self._views(digest) / name

    def put_view(self, digest: bytes, name: str, data: bytes) -> Path:
        """Keep a view; a crash leaves no half-written file behind."""
        path = self.view(digest, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
        except OSError as error:
            raise StoreFault(f"Cannot store a file in {self._root}: {error.strerror}.") from error
        return path

    def remove(self, digest: bytes) -> None:
        """Delete stored bytes and all their views; what is not there is none the worse."""
        try:
            self._path(digest.hex()).unlink(missing_ok=True)
            shutil.rmtree(self._views(digest), ignore_errors=False)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreFault(f"Cannot delete a file in {self._root}: {error.strerror}.") from error

    def _path(self, hexdigest: str) -> Path:
        return self._root / hexdigest[:2] / hexdigest[2:]

    def _views(self, digest: bytes) -> Path:
        hexdigest = digest.hex()
        return self._root / "views" / hexdigest[:2] / hexdigest[2:]


def _write(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all; nothing of it stays behind when it cannot be written."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """A file's bytes. Raises Unreadable, naming no path: the caller's record does."""
    try:
        # without O_NONBLOCK, opening what has become a pipe would wait for ever for a writer
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb", buffering=0) as file:
            held = os.fstat(file.fileno())
            if not stat.S_ISREG(held.st_mode):
                raise Unreadable("unsupported", "this is no regular file any more: put it back or import it again")
            if held.st_size > max_bytes:
                raise Unreadable("too-large", f"{held.st_size:,} bytes, more than the limit of {max_bytes:,}")
            return file.read()
    except FileNotFoundError:
        raise Unreadable("vanished", "the file is no longer there: put it back or import it again") from None
    except PermissionError:
        raise Unreadable("denied", "the file may not be read: change its permissions") from None
    except OSError as error:
        raise Unreadable("damaged", f"the disk cannot read it: {error.strerror}") from error
