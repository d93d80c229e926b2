"""What the command makes of errors that nobody meant: one line for the person, and the trace in a file."""

import os
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from labelmill.core.errors import BadCall
from labelmill.settings import Settings


def sentence(error: OSError | UnicodeError) -> str:
    """What the machine refused, in one line."""
    if not isinstance(error, OSError):
        return f"a text or a name cannot be read as UTF-8 ({one_line(str(error))}): save or name it anew."
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    where = f"{' and '.join(names)}: " if names else ""
    return one_line(f"{where}{error.strerror or error or type(error).__name__}")


def record(error: BaseException, args: Sequence[str]) -> str:
    """Write the trace of a fault of Labelmill's own to a file; the line that says so."""
    trace = "".join(traceback.format_exception(error))
    said = one_line(f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}")
    for folder in (_log_folder(args), None):
        try:
            path = _write(folder, trace)
        except (OSError, ValueError):
            continue
        return f"this is a fault of Labelmill ({said}); the trace is in {path}: please report it."
    return f"this is a fault of Labelmill ({said}), and its trace could not be written anywhere: please report it."


def one_line(text: str) -> str:
    """A text without line breaks, and with nothing that cannot be printed."""
    return " ".join(text.split()).encode("utf-8", "backslashreplace").decode()


def _write(folder: Path | None, trace: str) -> str:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=time.strftime("labelmill-%Y%m%d-%H%M%S-"), suffix=".log", dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(trace)
    return name


def _log_folder(args: Sequence[str]) -> Path | None:
    """`log` in the home of this call; None when there is no telling which that is."""
    home = None
    for index, word in enumerate(args):
        if word == "--home" and index + 1 < len(args):
            home = Path(args[index + 1])
        elif word.startswith("--home="):
            home = Path(word.removeprefix("--home="))
    try:
        return Settings.from_environment(home=home).home / "log"
    except BadCall:
        return None
