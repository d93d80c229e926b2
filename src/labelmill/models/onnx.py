"""The built-in runtime: ONNX Runtime on the CPU."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when it is imported; it would keep files of its own and send

import cv2
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelUnusable
from labelmill.models.base import Input, ModelInfo
from labelmill.models.cards import Card
from labelmill.models.catalog import describe
from labelmill.models.heads import head_of
from labelmill.models.heads.answers import Head
from labelmill.models.keys import ImageInput, TextInput
from labelmill.models.prepare import PictureTensors, Tensors, TextTensors

_DTYPES = {"float32": "tensor(float)", "uint8": "tensor(uint8)", "int32": "tensor(int32)", "int64": "tensor(int64)"}
# they share no base but Exception
_FAULTS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


class OnnxModel:
    """A session with what the card says before and after it."""

    def __init__(
        self, info: ModelInfo, session: Any, tensors: Tensors, head: Head, *, feed: str, outputs: list[str], step: int
    ) -> None:
        self.info = info
        self._session = session
        self._tensors = tensors
        self._head = head
        self._feed = feed
        self._outputs = outputs
        self._step = step

    def predict(self, batch: Sequence[Input]) -> list[list[Prediction]]:
        """Predictions for each input, in as many passes as the graph's own batch size needs."""
        answers = []
        for start in range(0, len(batch), self._step):
            tensor, frames = self._tensors.fill(batch[start : start + self._step])
            outputs = self._session.run(self._outputs, {self._feed: tensor})
            answers += [self._head.decode([o[row] for o in outputs], frame) for row, frame in enumerate(frames)]
        return answers


def load(card: Card, *, threads: int, floor: float) -> OnnxModel:
    """Open the weights with `threads` threads for this process (OpenCV's too) and hold the card against the graph.

    One blank input goes through the graph, so wrong facts on a card show here and not on the first photo. Raises
    ModelUnusable with what the graph says and what the card says.
    """
    if card.input is None or card.weights is None:
        raise ModelUnusable(f"model {card.name}: the card has no 'weights' or no 'input'")
    cv2.setNumThreads(threads)
    session = _open(card, card.folder / card.weights, threads)
    feed = _pick("input", card.input.tensor, [node.name for node in session.get_inputs()], card)
    node = next(node for node in session.get_inputs() if node.name == feed)
    _check_input(card, card.input, node)
    rows = node.shape[0] if isinstance(node.shape[0], int) else None
    tensors = _tensors_of(card, card.input, rows)
    head = head_of(card, floor)
    known = [node.name for node in session.get_outputs()]
    outputs = [_pick("output", name, known, card) for name in head.outputs or (None,)]
    _try_blank(card, session, tensors, head, feed, outputs)
    alone = isinstance(card.input, ImageInput) and card.input.resize == "pad"
    step = rows or (1 if alone else card.batch)
    return OnnxModel(describe(card), session, tensors, head, feed=feed, outputs=outputs, step=step)


def _open(card: Card, weights: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    for kind in (
        "intra",
        "inter",
    ):  # threads that spin take the cores from the other sessions: 279 against 182 a second
        options.add_session_config_entry(f"session.{kind}_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    except _FAULTS as error:
        said = str(error).replace(str(weights), weights.name)  # whoever tries a model need not know where it lies
        raise ModelUnusable(f"model {card.name}: {weights.name} {_refused(said)}") from error


def _refused(said: str) -> str:
    """What is wrong with weights of which ONNX Runtime says this."""
    if "External data" in said or "External initializer" in said:
        return "keeps its numbers in a second file: save it as one file"
    return f"is no ONNX file that can be opened ({said})"


def _pick(kind: str, wanted: str | None, known: list[str], card: Card) -> str:
    if wanted in known:
        return str(wanted)
    if wanted is None and len(known) == 1:
        return known[0]
    said = f"the card names {kind} {wanted!r}" if wanted else f"the card names no {kind}"
    raise ModelUnusable(f"model {card.name}: {said}, the graph has {', '.join(known)}: name the right one on the card")


def _check_input(card: Card, keys: ImageInput | TextInput, node: Any) -> None:
    if isinstance(keys, TextInput):
        wanted: list[int | str] = ["batch", keys.length]
    else:
        width, height = keys.size or ("width", "height")
        wanted = ["batch", 3, height, width] if keys.layout == "nchw" else ["batch", height, width, 3]
    same = len(wanted) == len(node.shape) and all(
        card_says == graph_says or (not isinstance(graph_says, int) or place == 0)
        for place, (card_says, graph_says) in enumerate(zip(wanted, node.shape, strict=True))
    )
    if not same or node.type != _DTYPES[keys.dtype]:
        raise ModelUnusable(
            f"model {card.name}: the graph's input {node.name!r} takes {node.type} {node.shape}, "
            f"the card's keys make {_DTYPES[keys.dtype]} {wanted}: correct 'input' on the card"
        )


def _tensors_of(card: Card, keys: ImageInput | TextInput, rows: int | None) -> Tensors:
    if isinstance(keys, TextInput):
        return TextTensors(keys, card.folder / keys.words, rows=rows)
    return PictureTensors(keys, rows=rows, batch=1 if keys.resize == "pad" else card.batch)


def _try_blank(card: Card, session: Any, tensors: Tensors, head: Head, feed: str, outputs: list[str]) -> None:
    blank = tensors.blank()
    try:
        found = session.run(outputs, {feed: blank})
    except _FAULTS as error:
        raise ModelUnusable(f"model {card.name}: the graph fails on a blank input ({error})") from error
    names = ", ".join(outputs)
    if any(len(output) != len(blank) for output in found):
        raise ModelUnusable(f"model {card.name}: output {names} has no row for each of {len(blank)} inputs")
    if wrong := head.misfit([output.shape[1:] for output in found]):
        raise ModelUnusable(f"model {card.name}: the graph's output {names} {wrong}: correct 'concepts' or 'head'")
