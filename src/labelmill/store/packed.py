"""Rows in the binary format of PostgreSQL's COPY (its manual: COPY, Binary Format): numbers need no way through text.

A row is packed of its fields, `None` for null; `copy` takes packed rows. Nothing but packing happens here, so that the
time of a run that is spent on it can be seen.
"""

from collections.abc import Iterable, Sequence
from struct import Struct

import numpy as np
import sqlalchemy as sa
from numpy.typing import DTypeLike, NDArray

from labelmill.store.database import driver

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = _NULL = b"\xff" * 4
_SMALLINT, _DOUBLE = 21, 701  # pg_type.oid
_SHORTS, _DOUBLES = np.dtype([("size", ">i4"), ("value", ">i2")]), np.dtype([("size", ">i4"), ("value", ">f8")])

_size = Struct(">i").pack
_fields = Struct(">h").pack
_short = Struct(">ih").pack
_dimension = Struct(">5i").pack  # dimensions, whether there are nulls, type of the elements, how many, first index

integer = Struct(">i").pack
"""An `integer`."""

bigint = Struct(">q").pack
"""A `bigint`."""


def shorts(values: Sequence[int | None]) -> bytes:
    """A `smallint[]`. Raises OverflowError or struct.error for a number that is none."""
    if None not in values:
        return _array(_SMALLINT, _SHORTS, values)
    elements = [_NULL if value is None else _short(2, value) for value in values]
    return _dimension(1, 1, _SMALLINT, len(values), 1) + b"".join(elements)


def doubles(values: Sequence[float]) -> bytes:
    """A `double precision[]`."""
    return _array(_DOUBLE, _DOUBLES, values)


def row(*fields: bytes | None) -> bytes:
    """A row of packed fields; bytes are a `bytea` as they are."""
    parts = [_fields(len(fields))]
    for field in fields:
        parts += (_NULL,) if field is None else (_size(len(field)), field)
    return b"".join(parts)


def copy(conn: sa.Connection, into: str, rows: Iterable[bytes]) -> None:
    """COPY packed rows into `into`, a table with its columns, such as `share (task_id, no)`, in the transaction."""
    data = b"".join(rows)  # before COPY begins: the database has no other work meanwhile
    with driver(conn).cursor().copy(f"COPY {into} FROM STDIN WITH (FORMAT BINARY)") as into_database:
        into_database.write(_BEGIN + data + _END[:2])


def _array(element: int, layout: DTypeLike, values: Sequence[float | None]) -> bytes:
    packed: NDArray[np.void] = np.empty(len(values), layout)
    packed["size"] = packed.dtype["value"].itemsize
    packed["value"] = values
    return _dimension(1, 0, element, len(values), 1) + packed.tobytes()
