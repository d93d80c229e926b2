"""The ONNX runtime on graphs made here: batches of every kind, and cards that do not fit their graph."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from mill import Mill
from mill import mill as mill
from onnx import TensorProto, helper
from PIL import Image

from labelmill.core.errors import ModelFault, ModelUnusable
from labelmill.models.base import Model, Picture
from labelmill.models.cards import Card
from labelmill.models.catalog import load
from labelmill.models.onnx import load as load_onnx

CARD: dict[str, Any] = {
    "name": "mean",
    "runtime": "onnx",
    "weights": "mean.onnx",
    "licence": "MIT",
    "makes": "class",
    "reads": "image",
    "concepts": ["red", "green", "blue"],
    "input": {"size": [4, 2], "scale": 1 / 255},
    "head": {"type": "classifier", "activation": "none"},
    "floor": 0.0,
    "batch": 5,
}


def write(folder: Path, shape: list[Any], kind: int = TensorProto.FLOAT, outputs: int = 1) -> None:
    """A graph that answers the mean of each channel."""
    nodes = [helper.make_node("ReduceMean", ["pixels"], [f"mean{n}"], axes=[2, 3], keepdims=0) for n in range(outputs)]
    graph = helper.make_graph(
        nodes,
        "mean",
        [helper.make_tensor_value_info("pixels", kind, shape)],
        [helper.make_tensor_value_info(f"mean{n}", TensorProto.FLOAT, [shape[0], 3]) for n in range(outputs)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, folder / "mean.onnx")


def loaded(folder: Path, **changes: Any) -> Model:
    return load(Card.model_validate(CARD | changes).at(folder))


def one_colour(*colour: int) -> Picture:
    return Picture(np.full((20, 40, 3), colour, np.uint8), 40, 20)


@pytest.mark.parametrize("rows", [1, 2, 5, "batch"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_every_input_gets_its_own_answer(tmp_path: Path, rows: int | str, count: int) -> None:
    write(tmp_path, [rows, 3, 2, 4])
    model = loaded(tmp_path)
    batch = [one_colour(51 * n, 102, 255) for n in range(count)]
    for _ in range(2):  # memory is used again
        answers = model.predict(batch)
        assert len(answers) == count
        for n, answer in enumerate(answers):
            expected = {"red": 0.2 * n, "green": 0.4, "blue": 1.0}
            assert {p.concept: p.score for p in answer} == pytest.approx(expected)


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    write(tmp_path, ["batch", 3, 2, 4])
    info = loaded(tmp_path).info
    assert (info.name, info.makes, info.reads, info.batch) == ("mean", "class", {"image"}, 5)
    assert info.concepts == ("red", "green", "blue")
    assert info.wants == (4, 2)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"input": {"size": [5, 2]}}, r"takes tensor\(float\) \['batch', 3, 2, 4\], .* \['batch', 3, 2, 5\]"),
        ({"input": {"size": [2, 4]}}, r"make tensor\(float\) \['batch', 3, 4, 2\]: correct 'input'"),
        ({"input": {"size": [4, 2], "layout": "nhwc"}}, r"\['batch', 2, 4, 3\]"),
        ({"input": {"size": [4, 2], "dtype": "uint8"}}, r"make tensor\(uint8\)"),
        ({"input": {"size": [4, 2], "tensor": "images"}}, "names input 'images', the graph has pixels"),
        ({"head": CARD["head"] | {"output": "scores"}}, "names output 'scores', the graph has mean0"),
        ({"concepts": ["red", "green"]}, "output mean0 has 3 numbers for 2 concepts: correct 'concepts' or 'head'"),
        ({"head": {"type": "yolox"}, "makes": "box", "input": {"size": [4, 2]}}, r"is \(3,\), but"),
        (
            {"reads": "text", "input": {"words": "words.txt", "length": 4}},
            r"the card's keys make tensor\(int64\) \['batch', 4\]",
        ),
    ],
)
def test_a_card_that_does_not_fit_its_graph_is_told_of(tmp_path: Path, changes: Any, complaint: str) -> None:
    write(tmp_path, ["batch", 3, 2, 4])
    with pytest.raises(ModelUnusable, match=complaint) as error:
        loaded(tmp_path, **changes)
    assert str(error.value).startswith("model mean: ")


@pytest.mark.parametrize(
    ("key", "complaint"),
    [("weights", "no 'weights' or no 'input'"), ("input", "no 'weights' or no 'input'"), ("head", "has no 'head'")],
)
def test_another_runtime_that_builds_on_this_one_needs_the_same_keys(tmp_path: Path, key: str, complaint: str) -> None:
    write(tmp_path, ["batch", 3, 2, 4])
    card = Card.model_validate({k: v for k, v in CARD.items() if k != key} | {"runtime": "mine"}).at(tmp_path)
    with pytest.raises(ModelUnusable, match=complaint):
        load_onnx(card, threads=1, floor=0.0)


def test_several_outputs_need_a_name(tmp_path: Path) -> None:
    write(tmp_path, [1, 3, 2, 4], outputs=2)
    with pytest.raises(ModelUnusable, match="the card names no output, the graph has mean0, mean1"):
        loaded(tmp_path)
    assert loaded(tmp_path, head=CARD["head"] | {"output": "mean1"}).predict([one_colour(0, 0, 0)])


@pytest.mark.parametrize("content", [b"", b"no graph", None])
def test_weights_that_are_no_graph_are_told_of(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "mean.onnx").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"mean\.onnx is no ONNX file that can be opened"):
        loaded(tmp_path)


@pytest.mark.parametrize("second", [b"123", None])
def test_numbers_in_a_second_file_are_told_of(tmp_path: Path, second: bytes | None) -> None:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["pixels", "factors"], ["out"])],
        "split",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 300])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", 300])],
        [onnx.numpy_helper.from_array(np.ones((300, 300), np.float32), "factors")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "mean.onnx", save_as_external_data=True, location="numbers.bin")
    (tmp_path / "numbers.bin").unlink()
    if second is not None:
        (tmp_path / "numbers.bin").write_bytes(second)
    with pytest.raises(ModelUnusable) as error:
        loaded(tmp_path)
    assert str(error.value) == "model mean: mean.onnx keeps its numbers in a second file: save it as one file"


def test_a_damaged_graph_is_told_of(tmp_path: Path) -> None:
    write(tmp_path, [1, 3, 2, 4])
    whole = (tmp_path / "mean.onnx").read_bytes()
    (tmp_path / "mean.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelUnusable, match="no ONNX file that can be opened"):
        loaded(tmp_path)


def test_a_graph_that_fails_on_a_blank_input_is_told_of(tmp_path: Path) -> None:
    nodes = [helper.make_node("Reshape", ["pixels", "to"], ["out"])]
    graph = helper.make_graph(
        nodes,
        "wrong",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, "h", "w"])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [helper.make_tensor("to", TensorProto.INT64, [2], [1, 7])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "mean.onnx")
    with pytest.raises(ModelUnusable, match="the graph fails on a blank input"):
        loaded(tmp_path)


def test_a_graph_whose_answers_do_not_grow_with_the_batch_is_told_of(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[0, 2, 3], keepdims=0)],
        "mean",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [2, 3, 2, 4])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [3])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "mean.onnx")
    with pytest.raises(ModelUnusable, match="no row for each of 2 inputs"):
        loaded(tmp_path)


def test_an_answer_of_nan_is_a_failure_and_not_an_empty_answer(tmp_path: Path) -> None:
    write(tmp_path, ["batch", 3, 2, 4])
    model = loaded(tmp_path, input={"size": [4, 2], "scale": 3e38})
    with pytest.raises(ModelFault, match="NaN or infinite"), np.errstate(over="ignore"):
        model.predict([one_colour(255, 255, 255)])


def test_nothing_is_left_outside_the_home(mill: Mill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)  # this process has imported the runtime
    write(tmp_path, ["batch", 3, 2, 4])
    (tmp_path / "mean.yaml").write_text(json.dumps(CARD))
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (4, 2), (255, 0, 0)).save(tmp_path / "photos" / "red.png")
    assert mill.annotate(tmp_path / "photos", tmp_path / "mean.yaml")["annotated"] == 1
    mill("models", "check", tmp_path / "mean.yaml", tmp_path / "photos" / "red.png")
    assert [path for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME") for path in (tmp_path / name).rglob("*")] == []


def test_a_library_user_gets_no_telemetry_either(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    code = "import os, labelmill.models.onnx; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=env) == "1\n"
