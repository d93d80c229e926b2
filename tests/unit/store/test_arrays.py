"""Lists as parameters arrive as they are, whatever is in them."""

import math
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelmill.core.annotation import Work
from labelmill.store.database import Database

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.integers(),
    "float8": st.floats(allow_nan=False),
    "text": TEXTS | st.sampled_from(["", "NULL", "null", "{}", '"', "\\", "a,b", " ", "\n\t", "ß\u2003", "%s :x"]),
    "bytea": st.binary(),
}
LISTS = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(KINDS[kind]) | st.lists(st.none() | KINDS[kind]))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(case=LISTS)
def test_a_list_arrives_as_it_is(database: Database, case: tuple[str, list[object]]) -> None:
    kind, values = case
    assert arrived(database, kind, values) == values


def test_lists_of_other_things_are_left_to_the_driver(database: Database) -> None:
    assert arrived(database, "bigint", [[1, 2], [3, 4]]) == [[1, 2], [3, 4]]
    assert arrived(database, "text", [Work.REVIEW, Work.NONE]) == ["review", "none"]
    (found,) = arrived(database, "float8", [math.nan])
    assert math.isnan(found)


@pytest.mark.parametrize("values", [["fine", "a\0b"], ["fine", "\ud800"], ["one", 1]])
def test_what_is_no_array_is_refused(database: Database, values: list[object]) -> None:
    with pytest.raises((sa.exc.DataError, UnicodeEncodeError)):
        arrived(database, "text", values)


def arrived(database: Database, kind: str, values: list[Any]) -> Any:
    with database.begin() as conn:
        return conn.execute(sa.text(f"SELECT CAST(:values AS {kind}[])"), {"values": values}).scalar_one()
