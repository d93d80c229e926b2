"""Heads: a model's raw tensors as predictions, one file a kind of head."""

from __future__ import annotations

from labelmill.core.errors import ModelUnusable
from labelmill.models import keys
from labelmill.models.cards import Card
from labelmill.models.heads.answers import Answers, Head
from labelmill.models.heads.classifier import Classifier
from labelmill.models.heads.fastestdet import FastestDet
from labelmill.models.heads.segmentation import Segmentation
from labelmill.models.heads.ssd import Ssd
from labelmill.models.heads.yolov8 import Yolov8, Yolov8Outlines
from labelmill.models.heads.yolox import Yolox
from labelmill.models.heads.yunet import Yunet


def head_of(card: Card, floor: float) -> Head:
    """The head a card names, answering nothing below `floor` (0 to 1). Raises ModelUnusable for a card
    without a head."""
    answers = Answers(card, floor)
    match card.head:
        case keys.ClassifierKeys() as found:
            return Classifier(found, answers)
        case keys.YoloxKeys() as found:
            return Yolox(found, answers, _size(card))
        case keys.Yolov8Keys() as found:
            return Yolov8(found, answers)
        case keys.Yolov8OutlinesKeys() as found:
            return Yolov8Outlines(found, answers)
        case keys.FastestDetKeys() as found:
            return FastestDet(found, answers)
        case keys.SsdKeys() as found:
            return Ssd(found, answers)
        case keys.YunetKeys() as found:
            return Yunet(found, answers)
        case keys.SegmentationKeys() as found:
            channels_last = isinstance(card.input, keys.ImageInput) and card.input.layout == "nhwc"
            return Segmentation(found, answers, channels_last=channels_last)
        case None:
            raise ModelUnusable(f"model {card.name}: the card has no 'head' to read its outputs with")


def _size(card: Card) -> tuple[int, int] | None:
    return card.input.size if isinstance(card.input, keys.ImageInput) else None
