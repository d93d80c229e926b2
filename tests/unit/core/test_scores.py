"""Many histograms in one: it answers as each of them alone does."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.scores import Scores
from labelmill.core.threshold import Limits, Thresholds, bands, bin_of, pack_each, unpack

SCORES = st.lists(st.floats(0, 1), max_size=30)
THOUSANDTHS = st.integers(0, 1000).map(lambda n: n / 1000)
LIMITS = st.tuples(THOUSANDTHS, THOUSANDTHS, st.booleans()).map(
    lambda t: Limits(min(t[:2]), None if t[2] else max(t[:2]))
)


@given(st.lists(st.lists(SCORES, max_size=4), max_size=5), LIMITS, LIMITS)
def test_bands_are_those_of_each_concept_alone(concepts, default, other):
    packed = {f"c{i}": b"".join(pack_each(shards)) for i, shards in enumerate(concepts)}
    thresholds = Thresholds(default, {"c1": other, "c3": other})
    alone = {name: bands(unpack([data]), thresholds.of(name)) for name, data in packed.items()}
    assert Scores(packed).bands(thresholds) == alone


@given(st.lists(SCORES, max_size=5))
def test_the_filled_bins_are_the_histogram(concepts):
    scores = Scores({f"c{i}": packed for i, packed in enumerate(pack_each(concepts))})
    filled = scores.filled()
    for i, one in enumerate(concepts):
        assert dict(filled[f"c{i}"]) == Counter(map(bin_of, one))
    assert scores.size == sum(map(len, filled.values()))


@given(st.floats(0, 1) | THOUSANDTHS)
def test_a_bin_is_where_the_histogram_counts_it(score):
    assert unpack(pack_each([[score]]))[bin_of(score)] == 1
