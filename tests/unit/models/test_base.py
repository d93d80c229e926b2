"""The contract: whatever a model answers, an input ends with sound predictions or with a fault that says why."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Part, Polygon, Region, Span, fault
from labelmill.models.base import ModelInfo, Picture, check_predictions

INFO = ModelInfo(name="m", reads=frozenset({"image", "text"}), makes="box", concepts=("cat", "dog"), batch=8)
PICTURE = Picture(np.zeros((4, 6, 3), np.uint8), 6, 4)
TRIANGLE = Polygon((Part(((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))),))

coordinates = st.one_of(st.floats(-0.002, 1.002), st.floats(), st.integers(-1, 2).map(float))
points = st.tuples(coordinates, coordinates)
rings = st.lists(points, max_size=5).map(tuple)
regions: st.SearchStrategy[Region | None] = st.one_of(
    st.none(),
    st.builds(Box, coordinates, coordinates, coordinates, coordinates),
    st.builds(Span, st.integers(-2, 12), st.integers(-2, 12)),
    st.builds(Polygon, st.lists(st.builds(Part, rings, st.lists(rings, max_size=1).map(tuple)), max_size=2).map(tuple)),
)
said = st.builds(
    Prediction,
    st.sampled_from(["cat", "dog", "cow", ""]),
    st.one_of(st.floats(0, 1), st.floats(), st.integers(-1, 2).map(float)),
    regions,
    st.one_of(st.none(), st.integers(-1, 3)),
)


@given(st.lists(said, max_size=4), st.sampled_from([PICTURE, "some text"]))
def test_an_answer_is_sound_or_a_fault(answer: list[Prediction], item: Picture | str) -> None:
    (checked,) = check_predictions(INFO, [item], [answer])
    if isinstance(checked, ModelFault):
        assert checked.kind == "rubbish"
        assert str(checked).startswith("m: prediction ")
        return
    assert [p.concept for p in checked] == [p.concept for p in answer]
    for index, one in enumerate(checked):
        assert one.concept in INFO.concepts
        assert 0 <= one.score <= 1
        assert one.score == round(answer[index].score, 6)
        assert one.parent is None or one.parent < index
        assert one.region is None or fault(one.region, length=len(item) if isinstance(item, str) else None) is None
        if isinstance(one.region, Box):
            assert 0 <= one.region.x1 < one.region.x2 <= 1


@given(st.lists(st.lists(said, max_size=2), max_size=5), st.integers(0, 5))
def test_there_is_one_result_an_input(answers: list[list[Prediction]], count: int) -> None:
    checked = check_predictions(INFO, [PICTURE] * count, answers)
    assert len(checked) == count
    if len(answers) != count:
        assert all(isinstance(one, ModelFault) for one in checked)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ([Prediction("cow", 0.5)], "no concept 'cow'"),
        ([Prediction("cat", math.nan)], "score nan of 'cat' is not between 0 and 1"),
        ([Prediction("cat", 1.5)], "score 1.5"),
        ([Prediction("cat", -0.1)], "score -0.1"),
        ([Prediction("cat", 0.5, Box(0.2, 0.2, 0.2, 0.4))], "has no area"),
        ([Prediction("cat", 0.5, Box(0.2, 0.2, 1.2, 0.4))], "outside the image"),
        ([Prediction("cat", 0.5, Box(0.2, 0.2, math.inf, 0.4))], "is not a number"),
        ([Prediction("cat", 0.5, Box(1.0002, 0.2, 1.0005, 0.4))], "has no area"),
        ([Prediction("cat", 0.5, Span(0, 3))], "a span does not fit this kind of input"),
        ([Prediction("cat", 0.5, parent=0)], "parent 0 is not an earlier prediction"),
        ([Prediction("cat", 0.5, Polygon(()))], "polygon without parts"),
        (["cat"], "no list of predictions"),
        (None, "no list of predictions"),
        (3, "no list of predictions"),
    ],
)
def test_rubbish_is_told_of(answer: Any, complaint: str) -> None:
    (checked,) = check_predictions(INFO, [PICTURE], [answer])
    assert isinstance(checked, ModelFault)
    assert complaint in str(checked)


def test_rubbish_harms_only_its_own_input() -> None:
    sound = [Prediction("cat", 0.5, TRIANGLE)]
    first, second = check_predictions(INFO, [PICTURE, PICTURE], [[Prediction("cow", 0.5)], sound])
    assert isinstance(first, ModelFault)
    assert second == sound


def test_a_wrong_number_of_answers_fails_the_whole_batch() -> None:
    checked = check_predictions(INFO, [PICTURE, PICTURE], [[]])
    assert [str(one) for one in checked] == ["m answered 1 answers for a batch of 2"] * 2
    unlisted: Any = 7
    assert "a int" in str(check_predictions(INFO, [PICTURE], unlisted)[0])


def test_a_float32_score_meets_its_limit() -> None:
    (checked,) = check_predictions(INFO, [PICTURE], [[Prediction("cat", float(np.float32(0.9)))]])
    assert checked == [Prediction("cat", 0.9)]


def test_coordinates_just_outside_are_put_on_the_edge() -> None:
    (checked,) = check_predictions(INFO, [PICTURE], [[Prediction("cat", 0.5, Box(-0.0005, 0, 1.0005, 0.5))]])
    assert checked == [Prediction("cat", 0.5, Box(0, 0, 1, 0.5))]


def test_a_span_ends_in_the_text() -> None:
    text = "naïve 👍"
    (checked,) = check_predictions(INFO, [text], [[Prediction("cat", 0.5, Span(6, 7))]])
    assert checked == [Prediction("cat", 0.5, Span(6, 7))]
    (checked,) = check_predictions(INFO, [text], [[Prediction("cat", 0.5, Span(6, 8))]])
    assert "span 6 to 8 of 7" in str(checked)
