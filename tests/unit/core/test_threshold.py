"""Bands, and the histogram that answers every slider."""

from __future__ import annotations

from collections import Counter
from math import nan, nextafter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labelmill.core.errors import BadCall
from labelmill.core.threshold import BINS, Band, Limits, Thresholds, bands, bin_of, decide, pack, pack_each, unpack

THOUSANDTHS = st.integers(0, 1000).map(lambda n: n / 1000)
EDGES = st.builds(lambda at, to: min(max(nextafter(at, to), 0.0), 1.0), THOUSANDTHS, st.sampled_from([-1.0, 2.0]))
SCORES = st.lists(THOUSANDTHS | EDGES | st.floats(0, 1))
LIMITS = st.tuples(THOUSANDTHS, THOUSANDTHS, st.booleans()).map(
    lambda t: Limits(min(t[:2]), None if t[2] else max(t[:2])),
)


def histogram(scores):
    """One score after another."""
    counts = np.zeros(BINS, np.int64)
    for score in scores:
        counts[bin_of(score)] += 1
    return counts


@given(st.lists(SCORES, max_size=6))
def test_histograms_of_many_groups_are_those_of_each(groups):
    assert pack_each(groups) == [pack(histogram(scores)) for scores in groups]


@given(SCORES, LIMITS)
@example([0.29, 0.57, 0.58], Limits(0.29, 0.57))
@example([nextafter(0.29, 0), nextafter(0.3, 0)], Limits(0.29, 0.3))
def test_the_histogram_answers_like_deciding_every_score(scores, limits):
    counted = Counter(decide(score, limits) for score in scores)
    assert bands(histogram(scores), limits) == {band: counted[band] for band in Band}


@given(st.lists(SCORES, max_size=5))
def test_packed_histograms_add_up(shards):
    packed = [pack(histogram(scores)) for scores in shards]
    assert unpack(packed).tolist() == histogram([s for scores in shards for s in scores]).tolist()
    assert unpack(packed).shape == (BINS,)


@given(LIMITS, st.floats(0, 1))
def test_a_score_equal_to_a_limit_belongs_to_the_band_above(limits, score):
    assert decide(limits.lower, limits) is not Band.DISCARDED
    assert limits.upper is None or decide(limits.upper, limits) is Band.APPROVED
    assert (decide(score, limits) is Band.DISCARDED) == (score < limits.lower)
    assert limits.upper is not None or decide(score, limits) is not Band.APPROVED


@pytest.mark.parametrize("lower, upper", [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.1), (1.1, None), (nan, 0.5), (0.5, nan)])
def test_limits_out_of_order_are_a_bad_call(lower, upper):
    with pytest.raises(BadCall, match="0 <= lower <= upper <= 1"):
        Limits(lower, upper)


def test_a_concept_may_have_its_own_limits():
    thresholds = Thresholds(Limits(0.3, 0.8), {"hat": Limits(0.1, None)})
    assert thresholds.of("hat") == Limits(0.1, None)
    assert thresholds.of("shoe") == Limits(0.3, 0.8)
    assert thresholds.lowest == 0.1
