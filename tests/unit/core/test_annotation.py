"""Statuses, and the mapping of a model's concepts to the project's."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.core.regions import boxes, spans

from labelmill.core.annotation import UNDECIDED, Prediction, Status, check_move, mapped, settled, status_of
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Span, iou
from labelmill.core.threshold import Band

REGIONS = st.none() | spans(6) | boxes(st.sampled_from([0.0, 0.1, 0.5, 0.6, 1.0]))
PREDICTIONS = st.lists(st.builds(Prediction, st.sampled_from("abcd"), st.floats(0, 1), REGIONS), max_size=12)
CONCEPTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"))


def same(a: Prediction, b: Prediction, overlap: float) -> bool:
    if isinstance(a.region, Box) and isinstance(b.region, Box):
        return iou(a.region, b.region) >= overlap
    return a.region == b.region


@settings(deadline=None)
@given(PREDICTIONS, CONCEPTS)
def test_mapping_keeps_the_best_score_per_region(predictions, concepts):
    kept = mapped(predictions, concepts, overlap=0.5)
    indexes = [index for index, _ in kept]
    assert indexes == sorted(set(indexes))
    for index, one in kept:
        before = predictions[index]
        assert (one.concept, one.score, one.region) == (concepts[before.concept], before.score, before.region)
    joined = {concept for concept in concepts.values() if list(concepts.values()).count(concept) > 1}
    for index, before in enumerate(predictions):
        if before.concept in concepts and index not in indexes:
            target = concepts[before.concept]
            rivals = [one for _, one in kept if one.concept == target and same(one, before, 0.5)]
            assert target in joined and max(r.score for r in rivals) >= before.score
    for (_, one), (_, other) in itertools.combinations(kept, 2):
        assert one.concept not in joined or one.concept != other.concept or not same(one, other, 0.5)


@given(PREDICTIONS)
def test_mapping_one_to_one_only_renames(predictions):
    concepts = {"a": "x", "b": "a", "c": "z"}
    expected = [(i, concepts[p.concept], p.score) for i, p in enumerate(predictions) if p.concept in concepts]
    assert [(i, p.concept, p.score) for i, p in mapped(predictions, concepts, overlap=0.5)] == expected


def test_equal_scores_keep_the_first_and_tags_count_as_one_region():
    predictions = [Prediction("a", 0.5), Prediction("b", 0.5), Prediction("b", 0.9, Span(0, 3)), Prediction("c", 0.7)]
    kept = mapped(predictions, {"a": "x", "b": "x", "c": "y"}, overlap=0.5)
    assert [index for index, _ in kept] == [0, 2, 3]


def test_every_move_is_between_known_statuses_and_staying_is_allowed():
    for status in Status:
        check_move(status, status)
        check_move(status, Status.REJECTED)
    one, other = Status.AWAITING_REVIEW, Status.AWAITING_CONSENSUS_REVIEW
    for before, after in ((one, other), (other, one)):  # reviewers of a task decide alone, or they vote
        with pytest.raises(BadCall, match=f"cannot go from {before} to {after}"):
            check_move(before, after)


def test_a_band_gives_the_first_status():
    assert [status_of(band) for band in (Band.APPROVED, Band.REVIEW)] == [Status.SUCCESS, Status.AWAITING_REVIEW]
    assert status_of(Band.REVIEW, Status.AWAITING_CONSENSUS_REVIEW) == Status.AWAITING_CONSENSUS_REVIEW


@given(st.lists(st.sampled_from(Status)))
def test_settled_means_that_nothing_is_undecided(statuses):
    assert settled(statuses) == (not UNDECIDED & set(statuses))
