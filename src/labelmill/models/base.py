"""The contract between Labelmill and whatever predicts. Write an adapter by meeting `Model`; the caller checks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Polygon, Span, clip, fault, is_exact

Kind: TypeAlias = Literal["image", "text"]
Makes: TypeAlias = Literal["class", "box", "polygon", "span", "embedding", "text"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded image: `pixels` (height, width, 3) uint8 RGB, upright.

    They may be smaller than the original (a JPEG decoded at half size), never smaller than the model's `wants`;
    `width` and `height` are the upright original's, in pixels.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int


Input: TypeAlias = Picture | str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model says of itself.

    `reads`: the kinds of input it takes. `makes`: what its predictions are. `concepts`: every name it may answer.
    `wants`: (width, height) in pixels below which a picture must not be reduced before it arrives; None: full size.
    `batch`: how many inputs one `predict` may hold at most. `overlap`: the IoU at which two of its regions count as
    one object (0 to 1), used when several of its concepts become one.
    """

    name: str
    reads: frozenset[Kind]
    makes: Makes
    concepts: tuple[str, ...]
    wants: tuple[int, int] | None = None
    batch: int = 1
    overlap: float = 0.5


class Model(Protocol):
    """A loaded model, used by one thread of one process.

    `predict` gets at most `info.batch` inputs, all of kinds in `info.reads`, and returns one sequence of predictions
    per input, in order. An empty sequence means: looked, found nothing. Scores are raw, 0 to 1; regions in shares of
    the upright image (Box, Polygon) or code points of the text (Span). It raises for a failure; it never turns a
    failure into an empty answer. What breaks this contract is recorded as a failure of those inputs.
    """

    info: ModelInfo

    def predict(self, batch: Sequence[Input]) -> Sequence[Sequence[Prediction]]:
        """Predictions for each input of the batch."""
        ...


MOST_PREDICTIONS = 32_767
"""For one input: an index of a prediction is stored in 16 bits."""

Checked: TypeAlias = list[Prediction] | ModelFault


def one_for_each(batch: Sequence[Input], answers: object) -> bool:
    """Whether a model's answers are as many as it was asked for."""
    return isinstance(answers, Sequence) and len(answers) == len(batch)


def check_predictions(
    info: ModelInfo, batch: Sequence[Input], answers: Sequence[Sequence[Prediction]]
) -> list[Checked]:
    """Hold a model to its contract: for each input the predictions, or the ModelFault that says what is wrong.

    Scores are rounded to six decimals, so a float32 0.9 meets a limit of 0.9; coordinates that rounding left just
    outside the image are clipped.
    """
    if not one_for_each(batch, answers):
        got = f"{len(answers)} answers" if isinstance(answers, Sequence) else f"a {type(answers).__name__}"
        wrong = ModelFault("rubbish", f"{info.name} answered {got} for a batch of {len(batch)}")
        return [wrong] * len(batch)
    known = frozenset(info.concepts)
    return [_checked(info, known, item, answer) for item, answer in zip(batch, answers, strict=True)]


def raised(name: str, error: Exception) -> ModelFault:
    """What a model of this name raised, as a failure of what it was looking at."""
    if isinstance(error, ModelFault):
        return error
    kind = "memory" if isinstance(error, MemoryError) else "raised"
    # a database takes neither NUL nor half a surrogate pair
    said = " ".join(str(error).replace("\0", " ").encode(errors="replace").decode().split())[:500]
    return ModelFault(kind, f"{name} raised {type(error).__name__}{': ' + said if said else ''}")


def _checked(info: ModelInfo, known: frozenset[str], item: Input, answer: Sequence[Prediction]) -> Checked:
    length = len(item) if isinstance(item, str) else None
    clean: list[Prediction] = []
    try:
        said_all = list(answer)
        if len(said_all) > MOST_PREDICTIONS:
            count = f"{len(said_all):,} predictions for one input"
            return ModelFault("rubbish", f"{info.name}: {count}, more than {MOST_PREDICTIONS:,}")
        if _need_nothing(said_all, known, on_image=length is None):
            return said_all
        for index, said in enumerate(said_all):
            if wrong := _fault(said, known, index, length):
                return ModelFault("rubbish", f"{info.name}: prediction {index}: {wrong}")
            region = None if said.region is None else clip(said.region)
            if region is not None and (wrong := fault(region)):  # all of it lay in the rounding margin
                return ModelFault("rubbish", f"{info.name}: prediction {index}: {wrong}")
            parent = None if said.parent is None else int(said.parent)
            clean.append(Prediction(str(said.concept), round(float(said.score), 6), region, parent))
    except Exception as error:  # noqa: BLE001 - an answer may be anything, and may run code of the model's
        return ModelFault("rubbish", f"{info.name}: an answer that is no list of predictions ({error})")
    return clean


def _need_nothing(answer: Sequence[Prediction], known: frozenset[str], *, on_image: bool) -> bool:
    """True for what nearly all answers are: known concepts, rounded scores, boxes within the image or none."""
    for said in answer:
        score, region = said.score, said.region
        if (
            type(said) is not Prediction
            or type(said.concept) is not str
            or said.concept not in known
            or type(score) is not float
            or not 0 <= score <= 1
            or int(score * 1e6 + 0.5) / 1e6 != score  # as round(score, 6), which takes five times as long
            or said.parent is not None
            or (region is not None and not (on_image and type(region) is Box and is_exact(region)))
        ):
            return False
    return True


def _fault(said: Prediction, known: frozenset[str], index: int, length: int | None) -> str | None:
    if said.concept not in known:
        return f"the model's card has no concept {said.concept!r}"
    if not 0 <= said.score <= 1:  # NaN fails this too
        return f"score {said.score} of {said.concept!r} is not between 0 and 1"
    if said.parent is not None and not 0 <= said.parent < index:
        return f"parent {said.parent} is not an earlier prediction"
    if said.region is None:
        return None
    if not isinstance(said.region, Box | Polygon | Span):
        return f"a {type(said.region).__name__} is no region"
    if isinstance(said.region, Span) != (length is not None):
        return f"a {type(said.region).__name__.lower()} does not fit this kind of input"
    return fault(said.region, length=length)
