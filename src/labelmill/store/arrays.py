"""Lists as parameters of SQL, in the text format of arrays (PostgreSQL's manual: Arrays, Input and Output Syntax).

psycopg asks a dumper of each element and looks for what needs quotes in each; a run gives lists of some hundred numbers
or texts with each of its statements, and half of what an import computed was that.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

_Write: TypeAlias = Callable[[Any], str]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: dict[type, _Write] = {
    bool: lambda value: "t" if value else "f",
    int: str,
    float: str,
    str: _quoted,
    bytes: lambda value: '"\\\\x' + value.hex() + '"',
}


class QuickLists(ListDumper):
    """Writes a list of booleans, numbers, texts or bytes at once; leaves any other to psycopg."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The list as an array. Raises psycopg.DataError for a text with NUL, UnicodeEncodeError for a surrogate."""
        kinds = set(map(type, obj))
        some_missing = type(None) in kinds
        kinds.discard(type(None))
        write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
        if write is None:
            return super().dump(obj)
        values: Iterable[str] = (
            ("NULL" if value is None else write(value) for value in obj) if some_missing else map(write, obj)
        )
        written = "{" + ",".join(values) + "}"
        return super().dump(obj) if "\0" in written else written.encode(self._tx.encoding)
