"""Heads on tensors made by hand: what goes in as a box, a tag or an outline comes out as one."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Polygon, area, fault, iou, to_shapely
from labelmill.models.cards import Card
from labelmill.models.heads import head_of
from labelmill.models.heads.answers import Answers
from labelmill.models.heads.segmentation import MAX_SIDE, outline
from labelmill.models.prepare import TEXT, Frame

WHOLE = Frame(0, 0, 64, 64, (64, 64), (640, 320))


def card(head: dict[str, Any], makes: str = "box", concepts: tuple[str, ...] = ("a", "b", "c"), **more: Any) -> Card:
    image = {"resize": "pad", "multiple": 32, "max_side": 64} if head["type"] == "yunet" else {"size": [64, 64]}
    said = {"name": "m", "runtime": "onnx", "weights": "w", "licence": "MIT", "makes": makes, "reads": "image"}
    return Card.model_validate(said | {"concepts": concepts, "head": head, "input": image} | more)


def answers(floor: float = 0.05, **more: Any) -> Answers:
    return Answers(card({"type": "yolox"}, **more), floor)


# boxes


def boxes_of(found: list[Prediction]) -> list[tuple[str, float, tuple[float, ...]]]:
    return [
        (p.concept, round(p.score, 3), tuple(round(v, 4) for v in (p.region.x1, p.region.y1, p.region.x2, p.region.y2)))
        for p in found
        if isinstance(p.region, Box)
    ]


def put(boxes: list[list[float]], scores: list[float], classes: list[int], frame: Frame = WHOLE, **more: Any) -> Any:
    source = answers(**more)
    return boxes_of(
        source.boxes(np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores), np.asarray(classes, int), frame)
    )


def test_boxes_are_cut_at_the_pictures_edge_and_those_outside_left_out() -> None:
    frame = Frame(8, 0, 48, 64, (64, 64), (48, 64))
    found = put([[0, 16, 32, 80], [0, 0, 7, 7], [60, 0, 70, 9]], [0.9, 0.8, 0.7], [0, 1, 2], frame)
    assert found == [("a", 0.9, (0.0, 0.25, 0.5, 1.0))]


def test_the_weaker_of_two_boxes_of_a_concept_goes() -> None:
    box, near, far = [0, 0, 32, 32], [0, 0, 32, 30], [32, 32, 64, 64]
    kept = put([near, box, far, near], [0.5, 0.9, 0.4, 0.6], [0, 0, 0, 1])
    assert [(concept, score) for concept, score, _ in kept] == [("a", 0.9), ("b", 0.6), ("a", 0.4)]


def test_suppression_tells_classes_apart_left_of_the_picture_too() -> None:
    # telling classes apart by moving boxes mixes them up when coordinates are below 0
    kept = put([[-60, -60, 4, 4], [0, 0, 64, 64]], [0.9, 0.8], [1, 0])
    assert [concept for concept, _, _ in kept] == ["b", "a"]


@settings(deadline=None)
@given(st.data())
def test_suppression_keeps_what_the_plain_loop_keeps(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    corner = rng.integers(-40, 60, (count, 2))
    boxes = np.concatenate([corner, corner + rng.integers(5, 50, (count, 2))], axis=1).astype(np.float32)
    scores, classes = rng.permutation(np.linspace(0.1, 0.9, count)).astype(np.float32), rng.integers(0, 3, count)
    expected: list[int] = []
    regions = [Box(*box) for box in boxes.tolist()]
    for n in np.argsort(-scores).tolist():
        if all(classes[n] != classes[k] or iou(regions[n], regions[k]) <= 0.3 for k in expected):
            expected.append(n)
    huge = Frame(-1000, -1000, 3000, 3000, (64, 64), (64, 64))  # nothing is cut off
    found = answers(suppression=0.3).boxes(boxes, scores, classes, huge)
    assert [p.score for p in found] == [round(float(scores[n]), 6) for n in expected]


def test_ignored_concepts_and_low_scores_are_not_answered() -> None:
    box = [0, 0, 32, 32]
    assert [c for c, _, _ in put([box] * 3, [0.9, 0.8, 0.04], [0, 1, 2], ignore=("a",))] == ["b"]


def test_lines_with_one_name_are_one_concept() -> None:
    box = [0, 0, 32, 32]
    assert put([box, box], [0.8, 0.9], [0, 2], ignore=()) != []
    source = Answers(card({"type": "yolox"}).model_copy(update={"concepts": ("x", "y", "x")}), 0.05)
    found = source.boxes(np.asarray([box, box], np.float32), np.asarray([0.8, 0.9]), np.asarray([0, 2]), WHOLE)
    assert [(p.concept, p.score) for p in found] == [("x", 0.9)]


@pytest.mark.parametrize("number", [-1, 3])
def test_a_class_without_a_name_is_a_fault(number: int) -> None:
    with pytest.raises(ModelFault, match="no name for"):
        put([[0, 0, 1, 1]], [0.9], [number])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_a_fault(value: float) -> None:
    with pytest.raises(ModelFault, match="NaN or infinite"):
        put([[0, 0, value, 1]], [0.9], [0])


# detectors


def yolox_rows(cells: dict[int, list[float]]) -> NDArray[np.float32]:
    rows = np.zeros((84, 8), np.float32)  # 64, 16 and 4 cells
    for row, numbers in cells.items():
        rows[row] = numbers
    return rows


def test_yolox_decodes_each_grid() -> None:
    head = head_of(card({"type": "yolox"}), 0.25)
    assert head.misfit([(84, 8)]) is None
    wide = float(np.log(2))
    rows = yolox_rows(
        {
            8 * 2 + 3: [0.5, 0.5, wide, 0, 0.9, 0, 1, 0],  # stride 8, column 3, row 2
            64 + 4 * 1 + 2: [0.5, 0.5, 0, 0, 0.8, 0.5, 0, 0],  # stride 16, column 2, row 1
            80 + 2 * 1 + 0: [0.5, 0.5, 0, 0, 0.5, 0, 0.4, 0],  # stride 32: 0.2 is below the floor
        }
    )
    assert boxes_of(head.decode([rows], WHOLE)) == [
        ("b", 0.9, (20 / 64, 16 / 64, 36 / 64, 24 / 64)),
        ("a", 0.4, (32 / 64, 16 / 64, 48 / 64, 32 / 64)),
    ]


def test_yolox_answers_nothing_without_objects() -> None:
    assert head_of(card({"type": "yolox"}), 0.05).decode([yolox_rows({})], WHOLE) == []


@pytest.mark.parametrize(
    "row", [[0, 0, 0, 0, np.nan, 1, 0, 0], [0, 0, 0, 0, 1, np.nan, 0, 0], [0, 0, 99, 0, 1, 1, 0, 0]]
)
def test_yolox_numbers_that_are_none_are_a_fault(row: list[float]) -> None:
    with pytest.raises(ModelFault, match="NaN or infinite"):
        head_of(card({"type": "yolox"}), 0.05).decode([yolox_rows({5: row})], WHOLE)


def test_fastestdet_decodes_its_grid() -> None:
    head = head_of(card({"type": "fastestdet"}), 0.3)
    assert head.misfit([(8, 4, 4)]) is None
    grid = np.zeros((8, 4, 4), np.float32)
    half, quarter = float(np.arctanh(0.5)), float(np.log(1 / 3))  # tanh and the logistic function undone
    grid[:, 1, 2] = [0.9, half, half, quarter, quarter, 0.1, 0.1, 0.8]
    grid[:, 0, 0] = [0.1, 0, 0, 0, 0, 1, 0, 0]  # 0.1^0.6 is 0.25
    assert boxes_of(head.decode([grid], WHOLE)) == [("c", round(0.9**0.6 * 0.8**0.4, 3), (0.5, 0.25, 0.75, 0.5))]


def test_fastestdet_finds_all_that_reaches_the_floor() -> None:
    grid = np.zeros((8, 1, 1), np.float32)
    for objectness in np.linspace(0.001, 1, 50):
        grid[:, 0, 0] = [objectness, 0, 0, 0, 0, 1, 0, 0]
        score = float(np.float32(objectness) ** np.float32(0.6))
        assert len(head_of(card({"type": "fastestdet"}), score - 1e-6).decode([grid], WHOLE)) == 1
        assert head_of(card({"type": "fastestdet"}), min(1.0, score + 1e-4)).decode([grid], WHOLE) == [] or score == 1


SSD = {"type": "ssd", "boxes": "b", "classes": "c", "scores": "s", "count": "n"}


def ssd_outputs(count: float = 2) -> list[NDArray[Any]]:
    boxes = np.asarray([[0.1, 0.2, 0.5, 0.6], [-0.1, 0, 0.5, 1.1], [0, 0, 1, 1]], np.float32)
    return [boxes, np.asarray([2, 0, 1], np.float32), np.asarray([0.7, 0.6, 0.5], np.float32), np.float32(count)]


def test_ssd_takes_the_valid_rows_as_they_are() -> None:
    head = head_of(card(SSD), 0.05)
    assert head.misfit([(3, 4), (3,), (3,), ()]) is None
    assert boxes_of(head.decode(ssd_outputs(), WHOLE)) == [
        ("c", 0.7, (0.2, 0.1, 0.6, 0.5)),
        ("a", 0.6, (0.0, 0.0, 1.0, 0.5)),
    ]
    assert head.decode(ssd_outputs(0), WHOLE) == []


def test_yunet_decodes_each_grid() -> None:
    head = head_of(card({"type": "yunet"}, concepts=("face",)), 0.3)
    outputs = [np.zeros((cells, width), np.float32) for cells in (64, 16, 4) for width in (1, 1, 4)]
    assert head.outputs[:3] == ("cls_8", "obj_8", "bbox_8")
    assert head.misfit([output.shape for output in outputs]) is None
    outputs[3][6], outputs[4][6], outputs[5][6] = 0.9, 0.4, (0.5, 0.5, 0, 0)  # stride 16, column 2, row 1
    assert boxes_of(head.decode(outputs, WHOLE)) == [("face", 0.6, (32 / 64, 16 / 64, 48 / 64, 32 / 64))]


# tags


def tags(numbers: list[float], dtype: Any = np.float32, floor: float = 0.0, **keys: Any) -> list[tuple[str, float]]:
    head = head_of(card({"type": "classifier", "activation": "none"} | keys, "class"), floor)
    return [(p.concept, round(p.score, 4)) for p in head.decode([np.asarray(numbers, dtype)], TEXT)]


def test_tags_come_best_first() -> None:
    assert tags([0.2, 0.7, 0.1]) == [("b", 0.7), ("a", 0.2), ("c", 0.1)]
    assert tags([0.2, 0.7, 0.1], floor=0.2) == [("b", 0.7), ("a", 0.2)]
    assert tags([0.2, 0.7, 0.1], top_k=1) == [("b", 0.7)]


def test_logits_become_probabilities() -> None:
    assert tags([1000, 1000, 0], activation="softmax") == [("a", 0.5), ("b", 0.5), ("c", 0.0)]
    assert tags([-1000, 0, 1000], activation="sigmoid") == [("c", 1.0), ("b", 0.5), ("a", 0.0)]


def test_quantised_numbers_are_scaled() -> None:
    found = tags([10, 12, 11], np.uint8, scale=0.5, zero_point=11, activation="softmax")
    powers = np.exp([0.5, 0, -0.5])
    assert found == [(name, round(p, 4)) for name, p in zip("bca", powers / powers.sum(), strict=True)]


def test_a_tag_is_given_once() -> None:
    said = card({"type": "classifier", "activation": "none"}, "class").model_copy(update={"concepts": ("x", "y", "x")})
    found = head_of(said, 0.0).decode([np.asarray([0.1, 0.2, 0.7], np.float32)], TEXT)
    assert [(p.concept, round(p.score, 4)) for p in found] == [("x", 0.7), ("y", 0.2)]


def test_a_classifier_that_answers_nan_has_failed() -> None:
    with pytest.raises(ModelFault, match="NaN or infinite"):
        tags([0.1, float("nan"), 0.2])


@pytest.mark.parametrize(
    ("head", "makes", "shapes", "complaint"),
    [
        ({"type": "classifier", "activation": "none"}, "class", [(4,)], "has 4 numbers for 3 concepts"),
        ({"type": "yolox"}, "box", [(84, 85)], r"is \(84, 85\), but .* make \(84, 8\)"),
        ({"type": "yolox"}, "box", [(85, 8)], r"make \(84, 8\)"),
        ({"type": "fastestdet"}, "box", [(85, 4, 4)], r"make \(8, rows, columns\)"),
        (SSD, "box", [(3, 4), (3,), (2,), ()], "not .* one number"),
        ({"type": "segmentation"}, "polygon", [(4, 8, 8)], r"make \(3, height, width\)"),
    ],
)
def test_outputs_that_do_not_fit_are_told_of(head: Any, makes: str, shapes: Any, complaint: str) -> None:
    wrong = head_of(card(head, makes), 0.05).misfit(shapes)
    assert wrong is not None
    with pytest.raises(AssertionError, match=complaint):
        raise AssertionError(wrong)


def test_yunet_outputs_that_do_not_fit_are_told_of() -> None:
    head = head_of(card({"type": "yunet"}, concepts=("face",)), 0.05)
    assert "not 1, 1 and 4" in (head.misfit([(4, 1), (4, 1), (4, 5)] * 3) or "")


# outlines


def drawn(polygon: Polygon, width: int, height: int) -> NDArray[np.bool_]:
    """The pixels whose middle lies in the polygon, by drawing it at eight times the size."""
    big = np.zeros((height * 8, width * 8), np.uint8)
    for part in polygon.parts:
        one = np.zeros_like(big)
        for ring, value in [(part.outer, 1), *((hole, 0) for hole in part.holes)]:
            cv2.fillPoly(one, [np.round(np.asarray(ring) * (width * 8, height * 8)).astype(np.int32)], value)
        big |= one
    return big[4::8, 4::8].astype(bool)


@settings(deadline=None)
@given(st.integers(2, 14), st.integers(2, 14), st.integers(0, 10**6))
def test_an_exact_outline_takes_in_exactly_the_part(width: int, height: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < 0.6
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    for label in range(1, count):
        part = labels == label
        found = outline(part, (0, 0), part.shape, tolerance=0.0)
        assert fault(found) is None
        assert to_shapely(found).is_valid
        # corners where pixels meet may be cut, single-pixel holes closed: never more than that
        inside = drawn(found, width, height)
        assert inside[part].all()


def test_a_rectangle_with_a_hole_is_outlined_at_its_edges() -> None:
    part = np.ones((6, 8), bool)
    part[2:4, 3:6] = False
    found = outline(part, (10, 20), (40, 20), tolerance=0.0)
    assert area(found) == pytest.approx((48 - 6 + 4 * 0.5) / 800)  # a hole's corners are cut by half a pixel each
    (piece,) = found.parts
    assert sorted(piece.outer) == [(0.5, 0.5), (0.5, 0.65), (0.9, 0.5), (0.9, 0.65)]
    hole = np.asarray(piece.holes[0])
    assert hole.min(axis=0) == pytest.approx([13 / 20, 22 / 40])
    assert hole.max(axis=0) == pytest.approx([16 / 20, 24 / 40])
    assert outline(part, (10, 20), (40, 20), tolerance=0.0, least=7).parts[0].holes == ()


def test_simplifying_stays_within_the_tolerance() -> None:
    y, x = np.mgrid[:200, :300]
    disc = (x - 150) ** 2 + (y - 100) ** 2 < 80**2
    exact, rough = (outline(disc, (0, 0), disc.shape, tolerance=t) for t in (0.0, 2.0))
    assert len(rough.parts[0].outer) < len(exact.parts[0].outer) / 4
    assert iou(exact, rough) > 0.95


def logits(height: int, width: int, spots: dict[int, tuple[slice, slice]]) -> NDArray[np.float32]:
    made = np.zeros((3, height, width), np.float32)
    made[0] = 2
    for number, place in spots.items():
        made[:, *place] = 0
        made[number, *place] = 4
    return made


def test_parts_become_polygons_with_their_mean_probability() -> None:
    head = head_of(card({"type": "segmentation", "tolerance": 0}, "polygon", ignore=["a"]), 0.05)
    made = logits(32, 32, {1: (slice(4, 12), slice(4, 12))}) + logits(32, 32, {1: (slice(20, 28), slice(16, 30))})
    found = head.decode([made], Frame(0, 0, 64, 64, (64, 64), (320, 320)))
    assert [p.concept for p in found] == ["b", "b"]
    truth = {Box(4 / 32, 4 / 32, 12 / 32, 12 / 32), Box(16 / 32, 20 / 32, 30 / 32, 28 / 32)}
    for prediction in found:
        assert isinstance(prediction.region, Polygon)
        assert max(iou(prediction.region, box) for box in truth) > 0.85
        assert 0.3 < prediction.score < np.exp(4) / (np.exp(4) + np.exp(2) + 1) + 0.01


def test_small_and_unsure_parts_are_left_out() -> None:
    frame = Frame(0, 0, 64, 64, (64, 64), (32, 32))
    made = logits(32, 32, {1: (slice(4, 6), slice(4, 6)), 2: (slice(10, 30), slice(10, 30))})
    keys = {"type": "segmentation", "min_area": 0.01}
    assert [p.concept for p in head_of(card(keys, "polygon"), 0.05).decode([made], frame)] == ["c", "a"]
    assert [p.concept for p in head_of(card(keys, "polygon"), 0.9).decode([made], frame)] == ["c"]


def test_a_hole_stays_a_hole() -> None:
    frame = Frame(0, 0, 64, 64, (64, 64), (64, 64))
    made = logits(64, 64, {1: (slice(20, 40), slice(20, 40))})
    found = head_of(card({"type": "segmentation"}, "polygon"), 0.05).decode([made], frame)
    around = next(p.region for p in found if p.concept == "a")
    assert isinstance(around, Polygon)
    assert len(around.parts[0].holes) == 1
    assert area(around) == pytest.approx(1 - (400 - 4 * 0.5) / 4096)


def test_probabilities_and_both_layouts_say_the_same() -> None:
    frame = Frame(0, 0, 64, 64, (64, 64), (32, 32))
    made = logits(32, 32, {1: (slice(4, 20), slice(4, 20))})
    chances = np.exp(made) / np.exp(made).sum(axis=0)
    first = head_of(card({"type": "segmentation"}, "polygon"), 0.05).decode([made], frame)
    second = head_of(card({"type": "segmentation", "activation": "none"}, "polygon"), 0.05).decode([chances], frame)
    nhwc = card({"type": "segmentation"}, "polygon", input={"size": [64, 64], "layout": "nhwc"})
    third = head_of(nhwc, 0.05).decode([made.transpose(1, 2, 0)], frame)
    assert [(p.concept, p.region) for p in first] == [(p.concept, p.region) for p in second]
    assert [p.score for p in first] == pytest.approx([p.score for p in second])
    assert first == third


def test_a_huge_picture_is_outlined_at_a_bounded_size() -> None:
    frame = Frame(0, 0, 64, 64, (64, 64), (40_000, 30_000))
    made = logits(32, 32, {1: (slice(4, 20), slice(4, 20))})
    best = next(
        p for p in head_of(card({"type": "segmentation"}, "polygon"), 0.05).decode([made], frame) if p.concept == "b"
    )
    assert isinstance(best.region, Polygon)
    points = np.asarray(best.region.parts[0].outer) * (MAX_SIDE, MAX_SIDE * 3 / 4)
    np.testing.assert_allclose(points, points.round(), atol=1e-6)


def test_a_segmentation_that_answers_nan_has_failed() -> None:
    made = logits(8, 8, {})
    made[0, 3, 3] = np.nan
    with pytest.raises(ModelFault, match="NaN or infinite"):
        head_of(card({"type": "segmentation"}, "polygon"), 0.05).decode([made], WHOLE)
