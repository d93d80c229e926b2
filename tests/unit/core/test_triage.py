"""The first decision, and every later one when thresholds move."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.annotation import UNDECIDED, Prediction, Status, Work, status_of
from labelmill.core.threshold import Band, Limits, Thresholds, decide
from labelmill.core.triage import Standing, owed, reconcile, triage

THOUSANDTHS = st.integers(0, 1000).map(lambda n: n / 1000)
LIMITS = st.tuples(THOUSANDTHS, THOUSANDTHS).map(lambda pair: Limits(min(pair), max(pair)))
THRESHOLDS = st.builds(Thresholds, LIMITS, st.dictionaries(st.sampled_from("ab"), LIMITS))
PREDICTIONS = st.lists(st.builds(Prediction, st.sampled_from("ab"), st.floats(0, 1)), max_size=8).map(
    lambda found: list(enumerate(found)),
)


def made(predictions, thresholds, touched=()) -> list[Standing]:
    """What the store holds after a first decision."""
    changes = reconcile(triage(predictions, thresholds), [])
    assert not changes.move and not changes.drop
    return [Standing(100 + d.index, d.index, status_of(d.band), d.index in touched) for d in changes.make]


@given(PREDICTIONS, THRESHOLDS)
def test_every_prediction_is_decided_by_the_limits_of_its_concept(predictions, thresholds):
    bands = [(index, said, decide(said.score, thresholds.of(said.concept))) for index, said in predictions]
    kept = [(one.index, one.prediction, one.band) for one in triage(predictions, thresholds)]
    assert kept == [one for one in bands if one[2] is not Band.DISCARDED]


@given(PREDICTIONS, THRESHOLDS)
def test_the_same_thresholds_again_change_nothing(predictions, thresholds):
    changes = reconcile(triage(predictions, thresholds), made(predictions, thresholds))
    assert not (changes.make or changes.move or changes.drop)


@given(PREDICTIONS, THRESHOLDS, THRESHOLDS)
def test_moving_thresholds_gives_what_deciding_afresh_gives(predictions, before, after):
    standing = {s.index: s.status for s in made(predictions, before)}
    changes = reconcile(triage(predictions, after), made(predictions, before))
    standing |= {d.index: status_of(d.band) for d in changes.make}
    standing |= {s.index: status for s, status in changes.move}
    for dropped in changes.drop:
        del standing[dropped.index]
    assert standing == {s.index: s.status for s in made(predictions, after)}


@given(PREDICTIONS, THRESHOLDS, THRESHOLDS, st.sets(st.integers(0, 8)))
def test_what_people_touched_or_made_stays_as_it_is(predictions, before, after, touched):
    standing = [*made(predictions, before, touched), Standing(7, None, Status.SUCCESS, True)]
    changes = reconcile(triage(predictions, after), standing)
    changed = {s.id for s, _ in changes.move} | {s.id for s in changes.drop}
    assert not changed & {s.id for s in standing if s.touched}
    assert not {d.index for d in changes.make} & {s.index for s in standing}


@given(st.lists(st.sampled_from(Status)), st.booleans())
def test_people_owe_a_review_exactly_while_something_is_undecided(statuses, touched):
    work = owed(statuses, touched=touched)
    assert (work is Work.REVIEW) == bool(UNDECIDED & set(statuses))
    if not statuses and not touched:
        assert work is Work.LABEL, "an empty input goes to people"
