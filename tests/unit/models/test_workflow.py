"""Workflows as models: which cards are read, what each node gets to see, and whose failure it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from mill import CARDS, write_card, write_workflow
from reference import shared

from labelmill.core.annotation import Prediction
from labelmill.core.errors import BadCall, BadCard, ModelFault, ModelUnusable, NotFound
from labelmill.core.geometry import Box, Span
from labelmill.flows import catalog as flow
from labelmill.flows.annotate import ask
from labelmill.models.base import Input, Picture
from labelmill.models.cards import Card, read_card
from labelmill.models.catalog import BUILTIN, describe, load
from labelmill.models.workflow import part

LEFT, RIGHT = [0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]


def halves(red: tuple[int, int, int] = (250, 0, 0), green: tuple[int, int, int] = (0, 250, 0)) -> Picture:
    """A picture that is red on the left and green on the right, at half the size of its original."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20], pixels[:, 20:] = red, green
    return Picture(pixels, 80, 40)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A detector that finds a shirt on the left and a shoe on the right, and a model that names colours."""
    boxes = [{"concept": "shirt", "score": 0.8, "box": LEFT}, {"concept": "shoe", "score": 0.5, "box": RIGHT}]
    write_card(tmp_path / "garments.yaml", concepts=["shirt", "shoe"], makes="box", reads="image", predictions=boxes)
    rules = [
        {"colour": [250, 0, 0], "width": 40, "height": 40, "predictions": [{"concept": "red", "score": 0.5}]},
        {"colour": [0, 250, 0], "width": 40, "height": 40, "predictions": [{"concept": "green", "score": 0.6}]},
        {"colour": [0, 0, 250], "do": "raise"},
        {"colour": [9, 9, 9], "do": "unknown-concept"},
    ]
    write_card(tmp_path / "colours.yaml", *rules, concepts=["red", "green"], reads="image", predictions=[], batch=3)
    return tmp_path


def workflow(folder: Path, nodes: Mapping[str, Mapping[str, Any]], **keys: Any) -> Card:
    return read_card(write_workflow(folder / "both.yaml", nodes, **keys), find=lambda name: BUILTIN[name])


def colours_of_garments(folder: Path, **keys: Any) -> Card:
    of = {"model": "colours.yaml", "of": "garments"}
    return workflow(folder, {"garments": {"model": "garments.yaml"}, "colours": of}, **keys)


def test_each_region_is_seen_by_itself(folder: Path) -> None:
    card = colours_of_garments(folder)
    assert (card.makes, card.reads, card.offered) == ("box", ("image",), ("shirt", "shoe", "red", "green"))
    assert (
        load(card).predict([halves()] * 2)
        == [
            [
                Prediction("shirt", 0.8, Box(0.0, 0.0, 0.5, 1.0)),
                Prediction("shoe", 0.5, Box(0.5, 0.0, 1.0, 1.0)),
                Prediction("red", 0.4, Box(0.0, 0.0, 0.5, 1.0), parent=0),
                Prediction("green", 0.3, Box(0.5, 0.0, 1.0, 1.0), parent=1),
            ]
        ]
        * 2
    )


def test_what_is_hidden_too_weak_or_not_named_is_not_looked_into(folder: Path) -> None:
    look = {"model": "colours.yaml", "of": "garments"}
    for node in ({"floor": 0.6}, {"concepts": ["shirt"]}):
        nodes = {"garments": {"model": "garments.yaml", "hidden": True, **node}, "colours": look}
        card = workflow(folder, nodes, score="own")
        assert card.offered == ("red", "green")
        assert load(card).predict([halves()]) == [[Prediction("red", 0.5, Box(0.0, 0.0, 0.5, 1.0))]]


def test_the_floor_of_the_run_is_that_of_the_answer(folder: Path) -> None:
    said = load(colours_of_garments(folder), floor=0.4).predict([halves()])
    assert [one.concept for one in said[0]] == ["shirt", "shoe", "red"]


def test_what_counts_for_itself_does_not_hang_on_the_floor_of_the_run(folder: Path) -> None:
    boxes = [{"concept": "shirt", "score": 0.3, "box": LEFT}]
    write_card(folder / "garments.yaml", concepts=["shirt"], makes="box", reads="image", predictions=boxes)
    nodes = {
        "garments": {"model": "garments.yaml", "hidden": True},
        "colours": {"model": "colours.yaml", "of": "garments"},
    }
    card = workflow(folder, nodes, score="own")
    for floor in (0.05, 0.5):
        assert [one.concept for one in load(card, floor=floor).predict([halves()])[0]] == ["red"]


def test_stretches_of_a_text_are_texts(tmp_path: Path) -> None:
    spans = [{"concept": "sentence", "span": [0, 5]}, {"concept": "sentence", "span": [6, 9]}]
    write_card(tmp_path / "cut.yaml", concepts=["sentence"], makes="span", reads="text", predictions=spans)
    within = [{"matches": "^bad$", "predictions": [{"concept": "word", "span": [1, 3]}]}]
    write_card(tmp_path / "words.yaml", *within, concepts=["word"], makes="span", reads="text", predictions=[])
    nodes = {"cut": {"model": "cut.yaml", "hidden": True}, "words": {"model": "words.yaml", "of": "cut"}}
    card = workflow(tmp_path, nodes, score="own")
    assert (card.makes, card.reads) == ("span", ("text",))
    assert load(card).predict(["hello bad"]) == [[Prediction("word", 0.9, Span(7, 9))]]


@pytest.mark.parametrize(
    ("box", "pixels", "frame"),
    [
        (Box(0.0, 0.0, 0.5, 1.0), (20, 20), Box(0.0, 0.0, 0.5, 1.0)),
        (Box(0.51, 0.0, 0.99, 0.5), (10, 20), Box(0.5, 0.0, 1.0, 0.5)),
        (Box(0.999, 0.999, 1.0, 1.0), (1, 1), Box(0.975, 0.95, 1.0, 1.0)),
        (Box(0.1, 0.1, 0.1 + 1e-9, 0.1 + 1e-9), (1, 1), Box(0.1, 0.1, 0.125, 0.15)),
    ],
)
def test_a_part_is_whole_pixels(box: Box, pixels: tuple[int, int], frame: Box) -> None:
    seen, lies = part(halves(), box)
    assert isinstance(seen, Picture)
    assert isinstance(lies, Box)
    assert seen.pixels.shape[:2] == pixels
    assert (seen.width, seen.height) == (pixels[1] * 2, pixels[0] * 2)
    assert (lies.x1, lies.y1, lies.x2, lies.y2) == pytest.approx((frame.x1, frame.y1, frame.x2, frame.y2))


@pytest.mark.parametrize(
    ("colour", "kind", "said"),
    [
        ((0, 0, 250), "raised", "node colours: colours raised ScriptedError"),
        ((9, 9, 9), "rubbish", "node colours: colours: prediction 0: the model's card has no concept"),
    ],
)
def test_only_the_input_on_which_a_node_fails_fails(
    folder: Path, colour: tuple[int, int, int], kind: str, said: str
) -> None:
    batch: list[Input] = [halves(), halves(red=colour), halves()]
    first, culprit, last = ask(load(colours_of_garments(folder)), batch)
    assert isinstance(culprit, ModelFault)
    assert (culprit.kind, str(culprit)[: len(said)]) == (kind, said)
    assert first == last
    assert isinstance(first, list)
    assert len(first) == 4


def test_what_is_needed_of_an_input_follows_from_the_nodes(folder: Path) -> None:
    null = BUILTIN["null"].model_dump()
    wide = Card.model_validate(null | {"name": "wide", "input": {"size": [100, 50]}, "batch": 4})
    tall = Card.model_validate(null | {"name": "tall", "input": {"size": [10, 80]}, "batch": 6})
    path = write_workflow(folder / "w.yaml", {"a": {"model": "wide"}, "b": {"model": "tall"}})
    info = describe(read_card(path, find=lambda name: {"wide": wide, "tall": tall}[name]))
    assert (info.wants, info.batch, info.overlap) == ((100, 80), 6, 0.5)
    colours = describe(colours_of_garments(folder))
    assert (colours.wants, colours.batch) == (None, 1)  # a region may be small, and regions are many


def test_a_version_holds_the_versions_of_its_models(folder: Path) -> None:
    before = colours_of_garments(folder)
    assert colours_of_garments(folder, score="own").version != before.version
    write_card(folder / "colours.yaml", concepts=["red", "green"], reads="image")
    assert colours_of_garments(folder).version != before.version


def test_a_kept_workflow_needs_nothing_that_it_was_read_from(folder: Path, tmp_path: Path) -> None:
    nodes = {"garments": {"model": "garments.yaml"}, "colours": {"model": "colours.yaml", "of": "garments"}}
    write_workflow(folder / "inner.yaml", nodes)
    card = workflow(folder, {"all": {"model": "inner.yaml"}})
    before = load(card).predict([halves()])
    assert [one.parent for one in before[0]] == [None, None, 0, 1]
    reference = flow.keep(card, tmp_path / "home")
    for path in folder.glob("*.yaml"):
        path.unlink()
    kept = flow.open_card(tmp_path / "home", reference)
    assert kept.version == card.version
    assert load(kept).predict([halves()]) == before
    assert flow.keep(kept, tmp_path / "home") == reference


def test_what_is_built_in_is_kept_by_its_name(tmp_path: Path) -> None:
    card = workflow(tmp_path, {"tags": {"model": "null", "concepts": ["null-1", "null-2"]}})
    kept = flow.open_card(tmp_path / "home", flow.keep(card, tmp_path / "home"))
    assert kept.version == card.version
    assert [one.concept for one in load(kept).predict(["a text"])[0]] == ["null-1", "null-2"]


def _unknown(name: str) -> Card:
    raise NotFound(f"There is no model {name!r}.")


@pytest.mark.parametrize(
    ("nodes", "keys", "sentence"),
    [
        ({"a": {"model": "nobody"}}, {}, r"both\.yaml: There is no model 'nobody'"),
        ({"a": {"model": "none.yaml"}}, {}, r"both\.yaml: model card .*none\.yaml: cannot be read"),
        ({"a": {"model": "both.yaml"}}, {}, r"names 'both\.yaml', which leads back to itself"),
        ({"a": {"model": "garments.yaml", "concepts": ["shirts"]}}, {}, r"node a: garments has no concept 'shirts'"),
        ({"a": {"model": "garments.yaml", "off": "b"}}, {}, r"unknown key 'nodes\.a\.off'; did you mean 'of'"),
        ({"a": {}}, {}, r"'nodes\.a\.model' is missing"),
        ({"a": {"model": None}}, {}, r"'nodes\.a\.model' should be a valid string, got None"),
        ({"a": {"model": "garments.yaml", "of": "b"}}, {}, r"node a looks into 'b', which is no node"),
        ({"a": {"model": "garments.yaml", "floor": 2}}, {}, r"'nodes\.a\.floor' should be less than or equal to 1"),
        ({}, {}, r"'nodes' .*at least 1"),
        ({"a": {"model": "garments.yaml"}}, {"makes": "box"}, r"unknown key 'makes'"),
        ({"a": {"model": "garments.yaml"}}, {"score": "sum"}, r"'score' should be 'product', 'weakest' or 'own'"),
        ({str(i): {"model": "garments.yaml"} for i in range(33)}, {}, r"'nodes' .*at most 32"),
    ],
)  # fmt: skip
def test_a_workflow_that_cannot_work_says_why(
    folder: Path, nodes: dict[str, Any], keys: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadCard, match=sentence):
        read_card(write_workflow(folder / "both.yaml", nodes, **keys), find=_unknown)


def test_many_models_are_too_many_also_in_workflows_of_workflows(folder: Path) -> None:
    write_workflow(folder / "inner.yaml", {str(i): {"model": "garments.yaml"} for i in range(17)})
    with pytest.raises(BadCard, match="more than 32 models"):
        workflow(folder, {"a": {"model": "inner.yaml"}, "b": {"model": "inner.yaml"}})
    write_workflow(folder / "0.yaml", {"a": {"model": "garments.yaml"}})
    for depth in range(1, 32):
        write_workflow(folder / f"{depth}.yaml", {"a": {"model": f"{depth - 1}.yaml"}})
    assert read_card(folder / "31.yaml").offered == ("shirt", "shoe")
    with pytest.raises(BadCard, match="more than 32 models"):
        workflow(folder, {"a": {"model": "31.yaml"}})


def test_a_card_of_somebody_else_reads_none_that_lies_here(folder: Path) -> None:
    path = write_workflow(folder / "both.yaml", {"a": {"model": "garments.yaml"}})
    with pytest.raises(BadCard, match=r"There is no model 'garments\.yaml'"):
        read_card(path, beside=True, find=_unknown)


def test_one_model_of_several_nodes_is_one_file(folder: Path) -> None:
    shared("models/yunet-face")
    nodes = {name: {"model": f"{CARDS}/yunet-face.yaml"} for name in "ab"}
    assert workflow(folder, nodes).size == read_card(CARDS / "yunet-face.yaml").size


def test_a_model_without_concepts_is_no_node(folder: Path) -> None:
    said = "name: e\nruntime: fake\nlicence: none\nmakes: embedding\nreads: image\nscript: {}\n"
    (folder / "e.yaml").write_text(said)
    with pytest.raises(BadCard, match=r"node a: e offers no concepts \(embedding\)"):
        workflow(folder, {"a": {"model": "e.yaml"}})


def test_a_node_that_cannot_be_loaded_is_named(folder: Path) -> None:
    write_card(folder / "garments.yaml", concepts=["shirt"], makes="box", runtime="onnx2", script=None)
    with pytest.raises(ModelUnusable, match=r"model both: node garments: model garments: there is no runtime 'onnx2'"):
        load(colours_of_garments(folder))
    with pytest.raises(BadCall, match="floor"):
        load(colours_of_garments(folder), floor=2)


def test_faces_are_found_in_people(tmp_path: Path) -> None:
    """Real models: the same faces as the second one finds on what is cut out of the photo by hand."""
    for name in ("yolox-nano", "yunet-face"):
        shared(f"models/{name}")
    nodes = {
        "people": {"model": f"{CARDS}/yolox-nano.yaml", "concepts": ["person"], "floor": 0.5},
        "faces": {"model": f"{CARDS}/yunet-face.yaml", "of": "people", "floor": 0.5},
    }
    model = load(workflow(tmp_path, nodes, score="own"))
    faces = load(read_card(CARDS / "yunet-face.yaml"), floor=0.5)
    count = 0
    for path in sorted(shared("data/coco-mini/images").iterdir())[:40]:
        pixels = np.asarray(cv2.imread(str(path))[:, :, ::-1], np.uint8)
        height, width = pixels.shape[:2]
        (said,) = ask(model, [Picture(pixels, width, height)])
        assert isinstance(said, list)
        for person in (p for p in said if p.concept == "person"):
            assert isinstance(person.region, Box)
            crop, frame = part(Picture(pixels, width, height), person.region)
            assert isinstance(frame, Box)
            found = [p for p in said if p.parent is not None and said[p.parent] is person]
            alone = faces.predict([crop])[0]
            assert [p.score for p in found] == pytest.approx([p.score for p in alone], abs=1e-5)
            for one, other in zip(found, alone, strict=True):
                assert isinstance(one.region, Box)
                assert isinstance(other.region, Box)
                left = frame.x1 + other.region.x1 * (frame.x2 - frame.x1)
                assert one.region.x1 * width == pytest.approx(left * width, abs=0.01)
            count += len(found)
    assert count >= 5
