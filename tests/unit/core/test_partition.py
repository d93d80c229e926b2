"""Nobody gets what another has, and sizes differ by one at most."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from labelmill.core.partition import repartition, spread

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
    assert repartition({1: 7, 2: None}, {7: 3}, [], []) == {}


PEOPLE = st.integers(1, 6)


@given(
    st.dictionaries(st.integers(1, 60), st.none() | PEOPLE, max_size=40),
    st.dictionaries(PEOPLE, st.integers(0, 20)),
    st.sets(PEOPLE),
    st.sets(PEOPLE),
)
def test_only_what_is_loose_or_goes_to_the_added_moves(holders, done, reviewers, before):
    added = reviewers - before
    moved = repartition(holders, done, reviewers, added)
    assert set(moved.values()) <= reviewers
    after = holders | moved
    assert all(holder in reviewers for holder in after.values()) or not reviewers
    loose = {number for number, holder in holders.items() if holder not in reviewers}
    if not added:
        assert set(moved) == (loose if reviewers else set())
    assert {reviewer for number, reviewer in moved.items() if number not in loose} <= added
    loads = Counter({reviewer: done.get(reviewer, 0) for reviewer in reviewers})
    loads.update(holder for holder in after.values() if holder in reviewers)
    givers = {holder for holder in after.values() if holder in reviewers} - added
    assert all(loads[giver] - loads[taker] <= 1 for giver in givers for taker in added)
    assert repartition(after, done, reviewers, added) == {}


class Reviewing(RuleBasedStateMachine):
    """Inputs come, reviewers finish some, come and go: whoever has more than another by two has no open one to give."""

    @initialize(reviewers=st.sets(PEOPLE, min_size=1))
    def begin(self, reviewers):
        self.reviewers, self.done, self.holders, self.came = reviewers, Counter(), {}, 0

    def loads(self):
        loads = Counter({reviewer: self.done[reviewer] for reviewer in self.reviewers})
        loads.update(self.holders.values())
        return loads

    @rule(count=st.integers(1, 9))
    def come(self, count):
        numbers = range(self.came, self.came + count)
        self.came += count
        self.holders |= dict(zip(numbers, spread(count, self.loads()), strict=True))

    @rule(data=st.data())
    def finish(self, data):
        for number in data.draw(st.sets(st.sampled_from(sorted(self.holders))) if self.holders else st.just(())):
            self.done[self.holders.pop(number)] += 1

    @rule(reviewers=st.sets(PEOPLE, min_size=1))
    def change(self, reviewers):
        self.holders |= repartition(self.holders, self.done, reviewers, reviewers - self.reviewers)
        self.reviewers = reviewers

    @invariant()
    def nobody_has_too_much(self):
        loads = self.loads()
        assert set(loads) == self.reviewers
        for holder in set(self.holders.values()):
            assert all(loads[holder] - loads[other] <= 1 for other in self.reviewers)

    @invariant()
    def nothing_is_lost(self):
        assert len(self.holders) + self.done.total() == self.came


TestReviewing = Reviewing.TestCase
