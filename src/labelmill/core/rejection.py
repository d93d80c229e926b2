"""Which files a source leaves out in silence, and what is said of those that cannot be read.

The rules hold wherever files are looked at: on this machine, or by whoever sends them to a server.
"""

import errno

TABLES = ("csv", "tsv", "jsonl", "ndjson")

_KINDS = {
    errno.ENOENT: ("vanished", "the file is gone, or a link that leads nowhere"),
    errno.EACCES: ("denied", "it may not be read by this user; change its permissions"),
    errno.EPERM: ("denied", "it may not be read by this user; change its permissions"),
    errno.ELOOP: ("unsupported", "this link leads to itself; remove it"),
    errno.ENXIO: ("unsupported", "this is no regular file (a socket or a device)"),
}

LOOP = "this link leads back into a folder that holds it; remove the link"
IRREGULAR = "this is no regular file (a pipe or a device); copy its content to a file"
NAME_NO_UTF8 = "the file name is no UTF-8; rename the file"


def is_hidden(name: str) -> bool:
    """True for names that systems leave behind and nobody means: `.git`, `.DS_Store`, `__MACOSX`, `Thumbs.db`."""
    return name.startswith(".") or name.lower() in ("__macosx", "thumbs.db", "desktop.ini")


def is_table(name: str) -> bool:
    """True for the name of a table of texts: a source of its own, which is read in a folder as well."""
    return _suffix(name) in TABLES


def own_source(name: str) -> str | None:
    """Why an archive or a table inside an archive, or an archive inside a folder, is not read; None for other names."""
    suffix = _suffix(name)
    return f"a .{suffix} file is a source of its own; give it by itself" if suffix in ("zip", *TABLES) else None


def _suffix(name: str) -> str:
    return name.lower().rpartition(".")[2]


def reason_of(error: OSError) -> tuple[str, str]:
    """The kind of an error that came of opening or reading a file, and a sentence that says what to do."""
    return _KINDS.get(error.errno or 0, ("damaged", f"reading it failed: {error.strerror}"))


def shown(name: str) -> str:
    """A name that can be stored and printed: bytes that are no UTF-8 appear as \\udc.. escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def nothing_in(source: object) -> str:
    """The refusal of a source without a file to read."""
    return f"{source} holds no files: name a folder with images or .txt files, a .zip, .csv or .jsonl."
