"""One suite for whatever predicts: null, fake, every card of the shared models, and a workflow of two of them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from mill import CARDS, write_card, write_workflow

from labelmill.core.annotation import Prediction
from labelmill.core.errors import BadCall, ModelFault
from labelmill.flows.annotate import ask, read
from labelmill.models.base import Input, Model, Picture, check_predictions
from labelmill.models.cards import Card, read_card
from labelmill.models.catalog import BUILTIN, describe, load
from labelmill.store.media import Media
from labelmill.store.shards import Item

NAMES = ["null", "fake", "workflow", *sorted(path.stem for path in CARDS.glob("*.yaml"))]
SENTENCES = ["A wonderful, moving film.", "It broke after two days. Terrible!", "ok", "", "zwölf Boxkämpfer ✓ 東京"]


def card_of(name: str, request: pytest.FixtureRequest, folder: Path) -> Card:
    if name == "null":
        return BUILTIN["null"]
    if name == "fake":
        said = [{"concept": "good", "score": 0.9}, {"concept": "bad", "score": 0.04}]
        return read_card(write_card(folder / "fake.yaml", {"text": "ok", "predictions": []}, predictions=said, batch=3))
    request.getfixturevalue("shared_models")
    if name == "workflow":
        nodes = {
            "people": {"model": f"{CARDS}/yolox-nano.yaml", "concepts": ["person", "horse"], "floor": 0.4},
            "faces": {"model": f"{CARDS}/yunet-face.yaml", "of": "people"},
        }
        return read_card(write_workflow(folder / "workflow.yaml", nodes))
    return read_card(CARDS / f"{name}.yaml")


@pytest.fixture(scope="module", params=NAMES)
def card(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Card:
    return card_of(request.param, request, tmp_path_factory.mktemp("card"))


@pytest.fixture(scope="module")
def model(card: Card) -> Iterator[Model]:
    yield load(card)


@pytest.fixture(scope="module")
def suited(card: Card, request: pytest.FixtureRequest) -> list[Input]:
    """A few inputs that the model reads: photos of several shapes, the smallest and greyest among them; texts."""
    found: list[Input] = []
    if "image" in card.reads:
        folder = request.getfixturevalue("shared_data") / "coco-mini/images"
        photos = [cv2.imread(str(path))[:, :, ::-1] for path in sorted(folder.iterdir())[:2]]
        photos += [photos[0][:, :60], np.full((1, 1, 3), 128, np.uint8), np.zeros((900, 40, 3), np.uint8)]
        found += [Picture(np.ascontiguousarray(p), p.shape[1], p.shape[0]) for p in photos]
    if "text" in card.reads:
        found += SENTENCES
    return found


def batches(model: Model, inputs: list[Input]) -> Iterator[list[Input]]:
    size = model.info.batch
    for start in range(0, len(inputs), size):
        yield inputs[start : start + size]


def answers(model: Model, inputs: list[Input]) -> list[list[Prediction]]:
    """The checked predictions for inputs, in as few calls as the model allows; a fault fails the test."""
    found = []
    for batch in batches(model, inputs):
        for answer in check_predictions(model.info, batch, model.predict(batch)):
            assert not isinstance(answer, ModelFault), answer
            found.append(answer)
    return found


def close(one: list[list[Prediction]], other: list[list[Prediction]]) -> None:
    """Equal but for what the order of float sums may change."""
    for a, b in zip(one, other, strict=True):
        assert [p.concept for p in a] == [p.concept for p in b]
        assert [p.score for p in a] == pytest.approx([p.score for p in b], abs=1e-4)


def test_it_says_of_itself_what_its_card_says(card: Card, model: Model) -> None:
    assert model.info == describe(card)
    assert model.info.concepts
    assert len(set(model.info.concepts)) == len(model.info.concepts)


def test_every_answer_meets_the_contract(model: Model, suited: list[Input]) -> None:
    found = answers(model, suited)
    assert len(found) == len(suited)
    assert any(found)  # something is seen in some of them
    for prediction in (p for answer in found for p in answer):
        kind = "class" if prediction.region is None else type(prediction.region).__name__.lower()
        assert kind == model.info.makes


def test_an_empty_batch_has_an_empty_answer(model: Model) -> None:
    assert list(model.predict([])) == []
    assert check_predictions(model.info, [], model.predict([])) == []


def test_order_is_kept_and_neighbours_do_not_matter(model: Model, suited: list[Input]) -> None:
    forth = answers(model, suited)
    close(answers(model, suited[::-1])[::-1], forth)
    close([answers(model, [one])[0] for one in suited], forth)


def test_the_same_again_is_the_same(model: Model, suited: list[Input]) -> None:
    assert answers(model, suited) == answers(model, suited)


def test_inputs_are_left_as_they_were(model: Model, suited: list[Input]) -> None:
    pictures = [one for one in suited if isinstance(one, Picture)]
    before = [one.pixels.copy() for one in pictures]
    for one in pictures:
        one.pixels.flags.writeable = False
    answers(model, suited)
    for one, was in zip(pictures, before, strict=True):
        assert np.array_equal(one.pixels, was)
        one.pixels.flags.writeable = True


@pytest.mark.parametrize("floor", [0.0, 0.5, 1.0])
def test_nothing_comes_below_the_floor(card: Card, suited: list[Input], floor: float) -> None:
    scores = [p.score for answer in answers(load(card, floor=floor), suited) for p in answer]
    assert all(score >= floor - 1e-6 for score in scores)  # scores are rounded to six decimals


def test_a_lower_floor_only_adds(card: Card, suited: list[Input]) -> None:
    few, many = answers(load(card, floor=0.5), suited), answers(load(card, floor=0.2), suited)
    for less, more in zip(few, many, strict=True):
        strong = sorted((p.concept, round(p.score, 4)) for p in more if p.score >= 0.5)
        assert sorted((p.concept, round(p.score, 4)) for p in less) == strong


def test_a_floor_that_is_none_is_refused(card: Card) -> None:
    for floor in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadCall, match="floor"):
            load(card, floor=floor)


def test_inputs_of_another_kind_are_told_apart_before_the_model_sees_them(model: Model, tmp_path: Path) -> None:
    items = {
        "text": Item(1, "text", "some text", None, b"", None, None),
        "image": Item(2, "image", None, f"file:{tmp_path}/x", b"", 3, 4),
    }
    for kind in {"text", "image"} - model.info.reads:
        with pytest.raises(ModelFault, match=model.info.name) as caught:
            read(items[kind], model, Media(tmp_path, max_bytes=1))
        assert caught.value.kind == "unsuited"


def test_asked_through_the_caller_it_never_raises(model: Model, suited: list[Input]) -> None:
    """Also for what it cannot read: that comes back as a fault of that input, never as an empty answer."""
    odd: Input = Picture(np.zeros((0, 0, 3), np.uint8), 0, 0) if "image" in model.info.reads else "x" * 100_000
    (said,) = ask(model, [odd])
    assert isinstance(said, ModelFault | list)
    if isinstance(odd, Picture) and model.info.name not in ("null", "fake"):
        assert isinstance(said, ModelFault)
    good = ask(model, suited[:1])
    assert isinstance(good[0], list)
