"""What is packed for COPY is what PostgreSQL reads."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelmill.store import packed
from labelmill.store.database import Database

SHORTS = st.integers(-(2**15), 2**15 - 1)
ROWS = st.tuples(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.none() | st.lists(st.none() | SHORTS),
    st.none() | st.lists(st.floats(allow_nan=False)),
    st.none() | st.binary(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rows=st.lists(ROWS, max_size=5))
def test_the_database_reads_what_was_packed(database: Database, rows: list[tuple[object, ...]]) -> None:
    how: list[Callable[[Any], bytes]] = [packed.integer, packed.bigint, packed.shorts, packed.doubles, bytes]
    with database.begin() as conn:
        made = (
            "CREATE TEMPORARY TABLE read_back (no serial, a int, b bigint, c smallint[], d double precision[], e bytea)"
        )
        conn.execute(sa.text(f"{made} ON COMMIT DROP"))
        fields = (
            [None if value is None else pack(value) for pack, value in zip(how, row, strict=True)] for row in rows
        )
        packed.copy(conn, "read_back (a, b, c, d, e)", (packed.row(*row) for row in fields))
        found = conn.execute(sa.text("SELECT a, b, c, d, e FROM read_back ORDER BY no")).all()
    assert [tuple(row) for row in found] == rows


@pytest.mark.parametrize("values", [[2**15], [-(2**15) - 1], [None, 2**15]])
def test_what_is_no_smallint_is_refused(values: list[int | None]) -> None:
    with pytest.raises((OverflowError, struct.error)):
        packed.shorts(values)
