"""What a person's word on an input does to its annotations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.annotation import UNDECIDED, Status
from labelmill.core.decision import (
    Addition,
    Drawn,
    Edit,
    Effect,
    Shaping,
    approve,
    check_shaping,
    decide,
    reject,
    request_changes,
    submit,
    undecided,
)
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Part, Polygon, Region, Span
from labelmill.core.triage import Standing

WHERE = Box(0.1, 0.1, 0.5, 0.5)
reviewable = st.sampled_from(
    [Status.SUCCESS, Status.AWAITING_REVIEW, Status.AWAITING_CONSENSUS_REVIEW, Status.REJECTED]
)
any_status = st.sampled_from(list(Status))


def ones(statuses: list[Status]) -> list[Standing]:
    return [Standing(i, i if i % 2 else None, status, touched=False) for i, status in enumerate(statuses)]


def after(standing: list[Standing], effect: Effect) -> dict[int, Status]:
    """Statuses by id as they are once an effect is carried out."""
    now = {one.id: one.status for one in standing} | {move.annotation_id: move.status for move in effect.moves}
    assert len({move.annotation_id for move in effect.moves}) == len(effect.moves)  # each changes once
    return {i: status for i, status in now.items() if i not in effect.drops}


@given(statuses=st.lists(reviewable, max_size=6), bits=st.integers(0, 63), shaped=st.integers(0, 63))
def test_approving_decides_everything(statuses: list[Status], bits: int, shaped: int) -> None:
    standing = ones(statuses)
    ticked = {one.id for one in standing if bits >> one.id & 1}
    edited = [one.id for one in standing if shaped >> one.id & 1][:1]
    deleted = [one.id for one in standing if shaped >> one.id & 1][1:2]
    shaping = Shaping([Edit(i, "a") for i in edited], [Addition("b", WHERE)], deleted)
    effect = approve(standing, ticked, shaping)
    now = after(standing, effect)
    assert not set(now.values()) - {Status.SUCCESS, Status.REJECTED}
    for i, status in now.items():
        assert (status == Status.SUCCESS) == ((i in ticked or i in edited) and i not in deleted)
    assert set(effect.drops) == {i for i in deleted if i % 2 == 0}  # what a person made goes
    assert effect.additions == ((Addition("b", WHERE), Status.SUCCESS),)


@given(statuses=st.lists(reviewable, max_size=6), yes=st.sets(st.integers(0, 5)), no=st.sets(st.integers(0, 5)))
def test_deciding_some_leaves_the_others(statuses: list[Status], yes: set[int], no: set[int]) -> None:
    standing = ones(statuses)
    ids = {one.id for one in standing}
    if (yes | no) - ids or yes & no:
        with pytest.raises(BadCall):
            decide(standing, yes, no)
        return
    now = after(standing, decide(standing, yes, no))
    assert all(now[i] == Status.SUCCESS for i in yes)
    assert all(now[i] == Status.REJECTED for i in no)
    assert all(now[one.id] == one.status for one in standing if one.id not in yes | no)


@given(statuses=st.lists(any_status, max_size=6))
def test_rejecting_sending_back_and_submitting_leave_nothing_undecided(statuses: list[Status]) -> None:
    standing = ones(statuses)
    assert set(after(standing, reject(standing)).values()) <= {Status.REJECTED}
    sent_back = after(standing, request_changes(standing))
    assert {i for i, s in sent_back.items() if s == Status.PENDING} == {
        one.id for one in standing if one.status != Status.REJECTED
    }
    for status in (Status.SUCCESS, *UNDECIDED):
        if status in UNDECIDED and set(statuses) & (UNDECIDED - {status}):
            continue  # a task votes or it does not
        now = after(standing, submit(standing, Shaping(), status))
        assert set(now.values()) <= {status, Status.REJECTED}


def test_undecided() -> None:
    assert undecided(ones([Status.SUCCESS, Status.AWAITING_REVIEW, Status.PENDING])) == [1]


@pytest.mark.parametrize(
    ("shaping", "message"),
    [
        (Shaping(edits=[Edit(9)]), "annotation 9"),
        (Shaping(deletions=[9]), "annotation 9"),
        (Shaping(edits=[Edit(0), Edit(0)]), "edited twice"),
        (Shaping(edits=[Edit(0)], deletions=[0]), "edited and deleted"),
    ],
)
def test_a_shaping_of_what_is_not_there_is_refused(shaping: Shaping, message: str) -> None:
    with pytest.raises(BadCall, match=message):
        approve(ones([Status.AWAITING_REVIEW]), [], shaping)


@pytest.mark.parametrize(
    ("addition", "length", "message"),
    [
        (Addition("c"), None, "no concept 'c'"),
        (Addition("a", Span(0, 2)), None, "a span marks a part of a text"),
        (Addition("a", WHERE), 10, "a span marks a part of a text"),
        (Addition("a", Span(0, 11)), 10, "ends at 11"),
        (Addition("a", Box(0.5, 0.1, 0.1, 0.5)), None, "box"),
    ],
)
def test_what_does_not_fit_the_input_is_refused(addition: Addition, length: int | None, message: str) -> None:
    with pytest.raises(BadCall, match=message):
        check_shaping(Shaping(additions=[addition]), ["a"], length=length)
    check_shaping(Shaping(additions=[Addition("a")]), ["a"], length=length)


KINDS: dict[Drawn, Region | None] = {
    "class": None,
    "box": WHERE,
    "polygon": Polygon((Part(((0.1, 0.1), (0.5, 0.1), (0.1, 0.5))),)),
    "span": Span(0, 2),
}


@pytest.mark.parametrize("drawn", KINDS)
@pytest.mark.parametrize("said", KINDS)
def test_a_task_for_people_takes_what_it_is_for(drawn: Drawn, said: Drawn) -> None:
    region, length = KINDS[said], 10 if said == "span" else None
    changes = [Shaping(additions=[Addition("a", region)]), Shaping(edits=[Edit(7, region=region)])]
    for shaping in changes[: 1 if region is None else 2]:
        check_shaping(shaping, ["a"], length=length)  # where a model labels
        if said == drawn:
            check_shaping(shaping, ["a"], length=length, drawn=drawn)
        else:
            with pytest.raises(BadCall, match=r"(annotation 7|the new 'a') .*, and this task is for .+: \w+"):
                check_shaping(shaping, ["a"], length=length, drawn=drawn)
    check_shaping(Shaping(edits=[Edit(7, "a")]), ["a"], length=length, drawn=drawn)  # another concept alone
