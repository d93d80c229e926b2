"""Votes and likeness: laws of the verdict, and one to one matching."""

from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.consensus import OVERLAP, Said, Verdict, match, verdict
from labelmill.core.geometry import Box, Span, iou

numbers = st.integers(0, 6)
boxes = st.tuples(*[st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.6, 0.9])] * 2).map(
    lambda p: Box(p[0], p[1], p[0] + 0.1 + p[1] / 20, p[1] + 0.1)
)
said = st.lists(st.builds(Said, st.sampled_from("ab"), st.one_of(boxes, st.none())), max_size=5)


@given(accepts=numbers, rejects=numbers, more=numbers, agree=st.integers(1, 6))
def test_a_verdict_stands_whatever_is_said_after_it(accepts: int, rejects: int, more: int, agree: int) -> None:
    voters = max(accepts + rejects + more, agree)
    found = verdict(accepts, rejects, voters=voters, agree=agree)
    left = voters - accepts - rejects
    after = {verdict(accepts + i, rejects + left - i, voters=voters, agree=agree) for i in range(left + 1)}
    if found is Verdict.TIED:
        assert after == {Verdict.TIED}
    elif found is Verdict.ACCEPTED:
        assert accepts >= agree
        assert after == {Verdict.ACCEPTED}
    elif found is Verdict.OPEN:
        assert left
        assert after & {Verdict.ACCEPTED, Verdict.REJECTED}


def test_two_of_three() -> None:
    assert verdict(1, 0, voters=3, agree=2) is Verdict.OPEN
    assert verdict(2, 0, voters=3, agree=2) is Verdict.ACCEPTED
    assert verdict(1, 2, voters=3, agree=2) is Verdict.REJECTED
    assert verdict(1, 1, voters=2, agree=2) is Verdict.TIED
    assert verdict(1, 1, voters=3, agree=3) is Verdict.TIED


@given(proposals=said, others=said)
def test_matching_is_one_to_one_and_of_like_with_like(proposals: list[Said], others: list[Said]) -> None:
    by_id = dict(enumerate(proposals, 100))
    found = match(by_id, others)
    assert len(set(found.values())) == len(found)
    for index, id_ in found.items():
        one, other = others[index], by_id[id_]
        assert one.concept == other.concept
        if isinstance(one.region, Box):
            assert isinstance(other.region, Box)
            assert iou(one.region, other.region) >= OVERLAP
        else:
            assert one.region == other.region


def test_the_best_overlap_is_taken_and_of_equals_the_older() -> None:
    box, near = Box(0.1, 0.1, 0.5, 0.5), Box(0.1, 0.1, 0.5, 0.45)
    assert match({7: Said("a", near), 9: Said("a", box)}, [Said("a", box)]) == {0: 9}
    assert match({7: Said("a", box), 9: Said("a", box)}, [Said("a", box)]) == {0: 7}
    assert match({7: Said("a", box)}, [Said("a", box), Said("a", box)]) == {0: 7}
    assert match({7: Said("a", Span(0, 3))}, [Said("a", Span(0, 4)), Said("b", Span(0, 3))]) == {}
