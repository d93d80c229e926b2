"""Workflows: which graphs are sound, where what was found in a region lies, and what is answered in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.annotation import Prediction
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Part, Polygon, Region, Span
from labelmill.core.workflow import Found, Node, ScoreRule, answer, found, shape

IMAGE, TEXT = frozenset({"image"}), frozenset({"text"})
WHOLE = Box(0.0, 0.0, 1.0, 1.0)
LEFT, RIGHT = Box(0.0, 0.0, 0.5, 1.0), Box(0.5, 0.0, 1.0, 1.0)


def answered(*every: Found, hidden: tuple[str, ...] = (), floor: float = 0.0) -> list[Prediction]:
    return answer(every, hidden=hidden, floor=floor, overlap=0.5)


def test_a_node_comes_after_the_one_it_looks_into() -> None:
    nodes = {
        "colours": Node(IMAGE, "class", "garments"),
        "garments": Node(IMAGE, "polygon", "people", hidden=True),
        "people": Node(IMAGE, "box", hidden=True),
    }
    whole = shape(nodes)
    assert whole.order == ("people", "garments", "colours")
    assert (whole.reads, whole.makes) == (IMAGE, "polygon")


def test_tags_of_the_whole_input_are_tags() -> None:
    assert shape({"scene": Node(IMAGE, "class")}).makes == "class"


def test_what_all_first_nodes_read_is_read() -> None:
    nodes = {"a": Node(IMAGE | TEXT, "class"), "b": Node(TEXT, "class")}
    assert shape(nodes).reads == TEXT


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ({"a": Node(IMAGE, "box", "b")}, r"node a looks into 'b', which is no node; there are a"),
        ({"a": Node(IMAGE, "box", "b"), "b": Node(IMAGE, "box", "a")}, r"look into one another \(a, b\)"),
        ({"a": Node(IMAGE, "box", "a")}, r"look into one another \(a\)"),
        ({"a": Node(IMAGE, "class"), "b": Node(IMAGE, "box", "a")}, r"node b looks into a, which finds no regions"),
        ({"a": Node(IMAGE, "box"), "b": Node(TEXT, "class", "a")}, r"node b reads text, .* \(box\) is image"),
        ({"a": Node(TEXT, "span"), "b": Node(IMAGE, "class", "a")}, r"node b reads image, .* \(span\) is text"),
        ({"a": Node(IMAGE, "box"), "b": Node(TEXT, "span")}, r"no input suits all .*\(a image, b text\)"),
        ({"a": Node(IMAGE, "box", hidden=True)}, r"all nodes are hidden"),
        ({"a": Node(IMAGE, "box"), "b": Node(IMAGE, "class")}, r"with several \(a makes box, b makes class\)"),
    ],
)  # fmt: skip
def test_a_graph_that_cannot_work_says_why(nodes: dict[str, Node], sentence: str) -> None:
    with pytest.raises(BadCall, match=sentence):
        shape(nodes)


@pytest.mark.parametrize(("rule", "score"), [("product", 0.4), ("weakest", 0.5), ("own", 0.8)])
def test_the_rule_makes_the_score(rule: ScoreRule, score: float) -> None:
    (person,) = found("people", [Prediction("person", 0.5, LEFT)], rule)
    (face,) = found("faces", [Prediction("face", 0.8, WHOLE)], rule, person, LEFT)
    assert person.score == 0.5
    assert face.score == pytest.approx(score)


@pytest.mark.parametrize(
    ("region", "frame", "lies"),
    [
        (Box(0.5, 0.5, 1.0, 1.0), RIGHT, Box(0.75, 0.5, 1.0, 1.0)),
        (
            Polygon((Part(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), (((0.5, 0.2), (0.6, 0.2), (0.6, 0.3)),)),)),
            RIGHT,
            Polygon((Part(((0.5, 0.0), (1.0, 0.0), (1.0, 1.0)), (((0.75, 0.2), (0.8, 0.2), (0.8, 0.3)),)),)),
        ),
        (Span(1, 3), Span(10, 20), Span(11, 13)),
        (Span(1, 3), None, Span(1, 3)),
    ],
)
def test_a_region_of_a_part_lies_in_the_whole(region: Region, frame: Region | None, lies: Region) -> None:
    above = Found("above", "x", 1.0, frame)
    (one,) = found("below", [Prediction("y", 1.0, region)], "own", above, frame)
    assert (one.region, one.within) == (lies, above)


def test_a_tag_stands_on_the_region_it_was_given_for() -> None:
    shirt = Polygon((Part(((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))),))
    above = Found("garments", "shirt", 0.9, shirt)
    (red,) = found("colours", [Prediction("red", 0.5)], "own", above, Box(0.1, 0.1, 0.4, 0.4))
    assert red.region == shirt


def test_what_a_model_says_of_its_own_regions_stays() -> None:
    above = Found("above", "x", 0.5, LEFT)
    said = [Prediction("person", 0.8, WHOLE), Prediction("face", 0.6, WHOLE, parent=0)]
    person, face = found("people", said, "product", above, LEFT)
    assert (person.within, face.within) == (above, person)
    assert face.score == pytest.approx(0.3)  # by what the whole was found in: how its model made 0.6 is its own affair


def test_a_parent_is_named_where_it_is_answered() -> None:
    person = Found("people", "person", 0.9, LEFT)
    face = Found("faces", "face", 0.8, Box(0.1, 0.1, 0.2, 0.2), person)
    assert [one.parent for one in answered(person, face)] == [None, 0]
    assert answered(person, face, hidden=("people",)) == [Prediction("face", 0.8, face.region)]
    eye = Found("eyes", "eye", 0.7, Box(0.12, 0.12, 0.14, 0.14), face)
    assert [one.parent for one in answered(person, face, eye)] == [None, 0, 1]
    assert [one.parent for one in answered(person, face, eye, hidden=("faces",))] == [None, 0]


def test_a_product_that_rounding_left_below_the_floor_meets_it() -> None:
    above = Found("a", "x", 0.7, LEFT)
    (one,) = found("b", [Prediction("y", 0.7, WHOLE)], "product", above, LEFT)
    assert [said.score for said in answered(one, floor=0.49)] == [0.49]


def test_the_order_in_which_nodes_are_written_says_nothing() -> None:
    nodes = {"b": Node(IMAGE, "box"), "a": Node(IMAGE, "box"), "c": Node(IMAGE, "box", "b")}
    assert shape(nodes) == shape(dict(reversed(nodes.items())))


def test_what_scores_less_than_the_floor_is_no_answer() -> None:
    weak, strong = Found("a", "x", 0.1, LEFT), Found("a", "x", 0.2, RIGHT)
    assert [one.score for one in answered(weak, strong, floor=0.2)] == [0.2]


def test_of_what_several_nodes_found_at_one_place_the_best_stays() -> None:
    one, other = Found("a", "cat", 0.6, LEFT), Found("b", "cat", 0.7, Box(0.0, 0.0, 0.5, 0.9))
    assert [said.score for said in answered(one, other)] == [0.7]
    dog = Found("b", "dog", 0.7, LEFT)
    assert len(answered(one, dog)) == 2
    assert len(answered(one, Found("b", "cat", 0.7, RIGHT))) == 2
    tags = Found("a", "indoors", 0.6, None), Found("b", "indoors", 0.5, None)
    assert [said.score for said in answered(*tags)] == [0.6]


def test_what_one_model_lets_stand_stays() -> None:
    same = Found("a", "cat", 0.6, LEFT), Found("a", "cat", 0.5, LEFT)
    assert len(answered(*same)) == 2
    assert len(answered(*same, Found("b", "cat", 0.4, LEFT))) == 2


_BOXES = st.sampled_from([LEFT, RIGHT, WHOLE, Box(0.0, 0.0, 0.5, 0.9), Box(0.2, 0.0, 0.7, 1.0), None])
_SAID = st.tuples(st.sampled_from("abc"), st.sampled_from(["cat", "dog"]), st.integers(0, 10), _BOXES, st.booleans())


@given(st.lists(_SAID, max_size=12), st.integers(0, 10))
def test_an_answer_is_sound_whatever_was_found(said: list[tuple[str, str, int, Box | None, bool]], tenths: int) -> None:
    every: list[Found] = []
    for node, concept, score, box, lies_within in said:
        above = every[-1] if every and lies_within and every[-1].node < node else None
        every.append(Found(node, concept, score / 10, box, above))
    got = answered(*every, hidden=("c",), floor=tenths / 10)
    whole = {(one.concept, one.score, one.region) for one in every if one.node != "c"}
    assert all((one.concept, one.score, one.region) in whole for one in got)
    assert all(one.score >= tenths / 10 for one in got)
    assert all(one.parent is None or one.parent < index for index, one in enumerate(got))
    best = {c: max((f.score for f in every if f.node != "c" and f.concept == c), default=-1) for c in ("cat", "dog")}
    kept = {c: max((one.score for one in got if one.concept == c), default=-1) for c in ("cat", "dog")}
    assert kept == {concept: score if score >= tenths / 10 else -1 for concept, score in best.items()}
