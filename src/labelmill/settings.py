"""The environment as one frozen object. Only the command and the worker's entry read it; the rest takes arguments."""

import math
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from labelmill.core.errors import BadCall


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting; `LABELMILL_` and the field's name in capitals is its variable. docs/settings.md tells of each."""

    home: Path = Path("~/.labelmill")
    database_url: str = ""
    workers: int = 0
    batch_seconds: float = 60.0
    load_seconds: float = 300.0
    worker_memory_mb: int = 0
    max_file_mb: int = 100
    max_megapixels: int = 200
    max_upload_mb: int = 2048
    import_roots: str = ""
    hosts: str = ""
    trial_seconds: float = 60.0
    server: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, **given: object) -> Self:
        """What the environment says; `given` values that are not None go before it. Raises BadCall for bad ones."""
        said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        for one in fields(cls):
            variable = f"LABELMILL_{one.name.upper()}"
            if one.name not in said and (text := os.environ.get(variable, "")):
                said[one.name] = _parsed(type(one.default), variable, text) or one.default
        made = cls(**said)
        return cls(**{one.name: getattr(made, one.name) for one in fields(cls)} | {"home": _absolute(made.home)})


def _parsed(kind: type[Any], variable: str, text: str) -> Any:
    if not issubclass(kind, int | float):
        return Path(text) if issubclass(kind, Path) else text
    try:
        value = kind(text)
    except ValueError:
        raise BadCall(f"{variable} is {text!r}, not a number.") from None
    if not math.isfinite(value):
        raise BadCall(f"{variable} is {text}, which is no limit: give a number, or leave it out for the default.")
    if value < 0:
        raise BadCall(f"{variable} is {text}, less than 0.")
    return value


def _absolute(path: Path) -> Path:
    try:
        found = os.path.abspath(path.expanduser())  # noqa: PTH100 - resolve() would follow a linked home
        found.encode()
    except RuntimeError as error:
        raise BadCall(f"The home {path} cannot be found: {error}") from error
    except UnicodeEncodeError as error:
        shown = found.encode("utf-8", "backslashreplace").decode()
        raise BadCall(f"The path of the home, {shown}, is no UTF-8: choose another folder.") from error
    return Path(found)
