"""What is wrong with a card, as one sentence for the person who wrote it."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from labelmill.models import keys

# what pydantic puts into an error's place besides keys: the kind of a part that comes in several
_KINDS: dict[str, type[BaseModel]] = {
    "image": keys.ImageInput,
    "text": keys.TextInput,
    "classifier": keys.ClassifierKeys,
    "yolox": keys.YoloxKeys,
    "yolov8": keys.Yolov8Keys,
    "yolov8-outlines": keys.Yolov8OutlinesKeys,
    "fastestdet": keys.FastestDetKeys,
    "ssd": keys.SsdKeys,
    "yunet": keys.YunetKeys,
    "segmentation": keys.SegmentationKeys,
}
_PARTS: dict[str, type[BaseModel]] = {
    "script": keys.Script,
    "rules": keys.Rule,
    "predictions": keys.Said,
    "nodes": keys.NodeKeys,
}


def sentence(error: ValidationError, card: type[BaseModel]) -> str:
    """The first fault of a card: which key, what is wrong and, where it helps, what to do."""
    details = error.errors(include_url=False)
    # an unknown key is most often a misspelt one, which explains the others
    first = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
    return _say(first, *_place(first, card))


def suggest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when a known name is near, else nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _place(details: ErrorDetails, card: type[BaseModel]) -> tuple[str, type[BaseModel]]:
    place, model = "", card
    for depth, step in enumerate(details["loc"]):
        above = details["loc"][depth - 1] if depth else None
        if step == "[key]":
            continue  # of a node whose name is no text
        if isinstance(step, int):
            place += f".{step}" if above == "nodes" else f"[{step + 1}]"
        elif above in ("input", "head") and step in _KINDS and depth == 1:
            model = _KINDS[step]
        elif above == "nodes" or step in model.model_fields or depth == len(details["loc"]) - 1:
            place += f".{step}" if place else step
            model = _PARTS.get(step, model)
    return place, model


def _say(details: ErrorDetails, place: str, model: type[BaseModel]) -> str:
    context: dict[str, Any] = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            return f"unknown key '{place}'{_or_known(str(details['loc'][-1]), model)}"
        case "missing":
            return f"'{place}' is missing"
        case "union_tag_not_found":
            return f"'{place}.type' is missing: one of {', '.join(sorted(set(_KINDS) - {'image', 'text'}))}"
        case "union_tag_invalid":
            known = sorted(set(_KINDS) - {"image", "text"})
            return f"'{place}.type' is {context['tag']!r}; it may be {', '.join(known)}{suggest(context['tag'], known)}"
        case "value_error":
            return f"'{place}': {context['error']}" if place else str(context["error"])
    message = details["msg"].replace("Input should", "should").replace("String should", "should")
    return f"'{place}' {message}, got {reprlib.repr(details['input'])}"


def _or_known(name: str, model: type[BaseModel]) -> str:
    return suggest(name, model.model_fields) or f"; known keys: {', '.join(model.model_fields)}"
