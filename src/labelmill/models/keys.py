"""The keys that a model card may hold below its top level, and those of a workflow. Reference: docs/cards.md."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PositiveInt,
    Tag,
    field_validator,
    model_validator,
)  # fmt: skip

from labelmill.core.geometry import Region, decode, fault
from labelmill.core.workflow import ScoreRule
from labelmill.models.base import Makes

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Byte: TypeAlias = Annotated[int, Field(ge=0, le=255)]
Three: TypeAlias = tuple[float, float, float]


def _plain(value: str) -> str:
    if not is_plain(value):
        raise ValueError(f"holds control characters ({value!r}): take them out")
    return value


def _addressable(value: str) -> str:
    if "/" in value or value in (".", ".."):
        raise ValueError(f"is {value!r}, which no address on the server can hold: give another, without '/'")
    return value


def is_plain(name: str) -> bool:
    """False for what no name holds: control characters such as NUL, and halves of surrogate pairs."""
    return name.isprintable() or not any(unicodedata.category(c) in ("Cc", "Cs") for c in name)


Plain: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_plain)]
Name: TypeAlias = Annotated[Plain, Field(max_length=200), AfterValidator(_addressable)]


class Keys(BaseModel):
    """Base of every part of a card: no other keys, no infinite numbers, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ImageInput(Keys):
    """How a picture becomes the model's input tensor.

    A number of the tensor is `(value * scale + offset - mean) / std` with value 0 to 255; `mean` and `std` follow
    `colour`'s order of channels. `size` is (width, height) in pixels; only `resize: pad` has none.
    """

    tensor: str | None = None
    size: tuple[PositiveInt, PositiveInt] | None = None
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["rgb", "bgr"] = "rgb"
    dtype: Literal["float32", "uint8"] = "float32"
    scale: float = 1.0
    offset: float = 0.0
    mean: Three = (0.0, 0.0, 0.0)
    std: Three = (1.0, 1.0, 1.0)
    resize: Literal["stretch", "letterbox", "crop", "pad"] = "stretch"
    interpolation: Literal["linear", "area", "nearest", "cubic"] = "linear"
    fill: Byte = 0
    position: Literal["top-left", "centre"] = "top-left"
    multiple: PositiveInt | None = None
    max_side: PositiveInt | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        padded = self.resize == "pad"
        if padded == (self.size is not None):
            raise ValueError("'size' must be left out with resize: pad" if padded else "'size' is missing: [w, h]")
        if padded and (self.multiple is None or self.max_side is None):
            raise ValueError("resize: pad needs 'multiple' and 'max_side'")
        if not padded and (self.multiple is not None or self.max_side is not None):
            raise ValueError("'multiple' and 'max_side' belong to resize: pad")
        if self.max_side is not None and self.multiple is not None and self.max_side % self.multiple:
            raise ValueError(f"'max_side' {self.max_side} is not a multiple of {self.multiple}")
        if 0.0 in self.std:
            raise ValueError("'std' must not hold 0")
        if self.dtype == "uint8" and self.changes_values:
            raise ValueError("dtype: uint8 passes values on as they are: leave out 'scale', 'offset', 'mean', 'std'")
        return self

    @property
    def changes_values(self) -> bool:
        """Whether the tensor holds anything but the pixels' values."""
        plain = (1.0, 0.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        return (self.scale, self.offset, self.mean, self.std) != plain


class TextInput(Keys):
    """How a text becomes the model's input tensor: word numbers, `start` in front, cut and filled up to `length`.

    `words` is a file with `word number` a line. `split` is the regular expression between words.
    """

    words: str
    length: PositiveInt
    tensor: str | None = None
    dtype: Literal["float32", "int32", "int64"] = "int64"
    split: str = r"[^\w']+"
    lower: bool = True
    start: int | None = None
    unknown: int = 0
    pad: int = 0

    @field_validator("split")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        return value


_TEXT_KEYS = set(TextInput.model_fields) - set(ImageInput.model_fields)


def _input_kind(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "text" if isinstance(value, TextInput) else "image"
    return "text" if isinstance(value, dict) and _TEXT_KEYS & set(map(str, value)) else "image"


InputKeys: TypeAlias = Annotated[
    Annotated[ImageInput, Tag("image")] | Annotated[TextInput, Tag("text")], Discriminator(_input_kind)
]


class _Head(Keys):
    makes: ClassVar[Makes] = "box"


class ClassifierKeys(_Head):
    """One score a concept: `scale * (value - zero_point)`, then the activation; the best `top_k` of them."""

    makes: ClassVar[Makes] = "class"
    type: Literal["classifier"]
    activation: Literal["softmax", "sigmoid", "none"]
    output: str | None = None
    scale: float = 1.0
    zero_point: float = 0.0
    top_k: PositiveInt | None = None


class YoloxKeys(_Head):
    """Anchor-free rows cx, cy, w, h, objectness, scores, one a cell of each stride (YOLOX, arXiv 2107.08430)."""

    type: Literal["yolox"]
    output: str | None = None
    strides: tuple[PositiveInt, ...] = (8, 16, 32)


class Yolov8Keys(_Head):
    """Rows of centre x, y, width, height, then class scores, one column a candidate (YOLOv8).

    `masks`: how many mask coefficients follow the scores; they are not looked at.
    """

    type: Literal["yolov8"]
    output: str | None = None
    masks: Annotated[int, Field(ge=0)] = 0


class Yolov8OutlinesKeys(_Head):
    """As yolov8, with prototypes that the coefficients mix into a mask for each box (YOLOv8's segmentation models).

    `tolerance` and `min_area` as for a segmentation.
    """

    makes: ClassVar[Makes] = "polygon"
    type: Literal["yolov8-outlines"]
    output: str
    prototypes: str
    tolerance: Share = 0.002
    min_area: Share = 0.0005


class FastestDetKeys(_Head):
    """One grid with objectness, box and class scores in its channels (FastestDet)."""

    type: Literal["fastestdet"]
    output: str | None = None


class SsdKeys(_Head):
    """Finished detections: boxes (ymin, xmin, ymax, xmax), class index, score, and their number (TFLite's SSD)."""

    type: Literal["ssd"]
    boxes: str
    classes: str
    scores: str
    count: str


class YunetKeys(_Head):
    """Faces: outputs `cls_s`, `obj_s` and `bbox_s` for each stride s (YuNet, Wu et al. 2023)."""

    type: Literal["yunet"]
    strides: tuple[PositiveInt, ...] = (8, 16, 32)


class SegmentationKeys(_Head):
    """One number a pixel and concept; polygons come from the connected parts of the best class.

    `tolerance`: how far an outline may move when it is simplified, as a share of the picture's longer side.
    `min_area`: smaller parts and holes are left out, as a share of the picture.
    """

    makes: ClassVar[Makes] = "polygon"
    type: Literal["segmentation"]
    activation: Literal["softmax", "none"] = "softmax"
    output: str | None = None
    tolerance: Share = 0.002
    min_area: Share = 0.0005


HeadKeys: TypeAlias = Annotated[
    ClassifierKeys
    | YoloxKeys
    | Yolov8Keys
    | Yolov8OutlinesKeys
    | FastestDetKeys
    | SsdKeys
    | YunetKeys
    | SegmentationKeys,
    Discriminator("type"),
]


class Said(Keys):
    """A prediction that a script answers."""

    concept: str
    score: Share = 0.9
    box: list[float] | None = None
    polygon: list[list[list[list[float]]]] | None = None
    span: list[int] | None = None

    @model_validator(mode="after")
    def _has_one_region(self) -> Self:
        given = [kind for kind in ("box", "polygon", "span") if getattr(self, kind) is not None]
        if len(given) > 1:
            raise ValueError(f"a prediction has one region, not {' and '.join(given)}")
        try:
            wrong = fault(self.region) if self.region is not None else None
        except (TypeError, ValueError) as error:
            raise ValueError(f"'{given[0]}' has another shape than {given[0]} coordinates") from error
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def region(self) -> Region | None:
        """The region, if there is one."""
        for kind in ("box", "polygon", "span"):
            if (value := getattr(self, kind)) is not None:
                return decode(kind, value)
        return None


Action: TypeAlias = Literal[
    "predict", "raise", "hang", "unknown-concept", "high-score", "nan-score", "outside", "wrong-length", "kill",
    "segfault", "memory",
]  # fmt: skip


class Rule(Keys):
    """What a fake model does with inputs that meet all of the rule's conditions; without conditions: with every input.

    Conditions: `text` is part of the text, `matches` is a regular expression found in it, `width` and `height` are the
    original picture's in pixels, `colour` is the picture's mean RGB to within `within`. `wait_for`: a file that has
    to be there first.
    """

    text: str | None = None
    matches: str | None = None
    width: PositiveInt | None = None
    height: PositiveInt | None = None
    colour: tuple[Byte, Byte, Byte] | None = None
    within: Byte = 8
    do: Action = "predict"
    predictions: tuple[Said, ...] = ()
    delay: Annotated[float, Field(ge=0)] | None = None
    wait_for: str | None = None

    @field_validator("matches")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        return value


class Script(Keys):
    """What a fake model does: the first rule that an input meets, else `predictions`; `delay` seconds an input."""

    rules: tuple[Rule, ...] = ()
    predictions: tuple[Said, ...] = ()
    delay: Annotated[float, Field(ge=0)] = 0.0


MOST_MODELS = 32
"""In a workflow, workflows in it and their models included."""


class NodeKeys(Keys):
    """A model of a workflow: `model` is a name of the catalog, or the path of a card relative to the workflow.

    `of`: the node into whose regions it looks; without, at the whole input. `concepts`: only these of its predictions
    count; none named: all. `floor`: the score below which it predicts nothing; None: the run's, or for what others look
    into under `score: own` its card's. `hidden`: its
    predictions are looked into, but are no answer.
    """

    model: Plain
    of: str | None = None
    concepts: tuple[str, ...] = ()
    floor: Share | None = None
    hidden: bool = False


class WorkflowKeys(Keys):
    """A workflow: models that behave like one. What it reads, makes and answers follows from its nodes.

    `score`: that of what was found in a region. `suppression`: the IoU (0 to 1) from which on two nodes' regions of one
    concept count as one. `floor` as on a card.
    """

    name: Name
    runtime: Literal["workflow"]
    licence: Plain
    description: str = ""
    nodes: Annotated[
        dict[Annotated[Plain, Field(max_length=100)], NodeKeys], Field(min_length=1, max_length=MOST_MODELS)
    ]
    score: ScoreRule = "product"
    suppression: Share = 0.5
    floor: Share = 0.05
