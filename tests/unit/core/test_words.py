"""Words that have an order: roles and priorities."""

from itertools import product

import pytest

from labelmill.core.priority import Priority
from labelmill.core.role import Role


def test_a_role_includes_those_before_it_and_no_other() -> None:
    assert [role for role in Role if role.includes(Role.VIEWER)] == list(Role)
    assert [role for role in Role if role.includes(Role.REVIEWER)] == [Role.REVIEWER, Role.ADMIN, Role.OWNER]
    assert [role for role in Role if role.includes(Role.OWNER)] == [Role.OWNER]
    for one, other in product(Role, repeat=2):
        assert (one.includes(other) and other.includes(one)) == (one == other)


@pytest.mark.parametrize("priority", Priority)
def test_a_priority_is_told_by_its_number(priority: Priority) -> None:
    assert Priority.of(priority.number) is priority


def test_what_is_urgent_has_the_highest_number() -> None:
    assert sorted(Priority, key=lambda one: one.number) == [Priority.LOW, Priority.MEDIUM, Priority.HIGH]
