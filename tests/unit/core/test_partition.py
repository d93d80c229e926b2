"""Nobody gets what another has, and sizes differ by one at most."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.partition import spread

REVIEWERS = st.sets(st.integers(1, 99), min_size=1, max_size=6)


@given(REVIEWERS, st.lists(st.integers(0, 20), max_size=6))
def test_sizes_differ_by_one_at_most_at_every_moment(reviewers, shards):
    loads = dict.fromkeys(reviewers, 0)
    for count in shards:
        chosen = spread(count, loads)
        assert len(chosen) == count
        for reviewer in chosen:
            loads[reviewer] += 1
            assert max(loads.values()) - min(loads.values()) <= 1


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 30), min_size=1, max_size=6), st.integers(0, 40))
def test_whoever_has_least_gets_the_next(loads, count):
    after = Counter(loads)
    for reviewer in spread(count, loads):
        assert reviewer == min(loads, key=lambda who: (after[who], who))
        after[reviewer] += 1
    assert sum(after.values()) == sum(loads.values()) + count


def test_without_reviewers_nobody_gets_anything():
    assert spread(3, {}) == []
