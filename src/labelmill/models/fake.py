"""The fake model: does what its card's script says, failures of every kind included. For tests of everything else."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelUnusable
from labelmill.core.geometry import Box, Span
from labelmill.models.base import Input, ModelInfo, Picture
from labelmill.models.cards import Card
from labelmill.models.catalog import describe
from labelmill.models.keys import Rule, Said, Script


class ScriptedError(Exception):
    """What a script's `raise` raises: no error of ours, as a real model's would be none."""


class FakeModel:
    """Does what a script says."""

    def __init__(self, info: ModelInfo, script: Script, floor: float) -> None:
        self.info = info
        self._script = script
        self._floor = floor
        self._default = Rule(predictions=script.predictions)

    def predict(self, batch: Sequence[Input]) -> list[list[Prediction]]:
        """An answer an input, or what else the script has in store."""
        rules = [self._rule_for(item) for item in batch]
        answers = [self._act(rule, item) for rule, item in zip(rules, batch, strict=True)]
        return answers[:-1] if any(rule.do == "wrong-length" for rule in rules) else answers

    def _rule_for(self, item: Input) -> Rule:
        return next((rule for rule in self._script.rules if _meets(item, rule)), self._default)

    def _act(self, rule: Rule, item: Input) -> list[Prediction]:
        time.sleep(self._script.delay if rule.delay is None else rule.delay)
        while rule.wait_for is not None and not Path(rule.wait_for).exists():
            time.sleep(0.01)
        match rule.do:
            case "raise":
                raise ScriptedError("the script says so")
            case "hang":
                _hang()
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "memory":
                _hoard()
        return [*self._said(rule.predictions), *_rubbish(rule.do, self.info.concepts[0], item)]

    def _said(self, predictions: Sequence[Said]) -> list[Prediction]:
        return [Prediction(p.concept, p.score, p.region) for p in predictions if p.score >= self._floor]


def load(card: Card, *, threads: int, floor: float) -> FakeModel:  # noqa: ARG001 # every loader takes threads
    """A model that follows the card's script. Raises ModelUnusable for a card without one."""
    if card.script is None:
        raise ModelUnusable(f"model {card.name}: a card for runtime fake has a 'script'")
    return FakeModel(describe(card), card.script, floor)


def _meets(item: Input, rule: Rule) -> bool:
    """Whether an input meets all of a rule's conditions; a condition on the other kind of input is not met."""
    if isinstance(item, Picture):
        return rule.text is None and rule.matches is None and _picture_meets(item, rule)
    if rule.width is not None or rule.height is not None or rule.colour is not None:
        return False
    return (rule.text is None or rule.text in item) and (rule.matches is None or bool(re.search(rule.matches, item)))


def _picture_meets(picture: Picture, rule: Rule) -> bool:
    if rule.width not in (None, picture.width) or rule.height not in (None, picture.height):
        return False
    if rule.colour is None:
        return True
    mean = picture.pixels.reshape(-1, 3).mean(axis=0)
    return bool(np.abs(mean - rule.colour).max() <= rule.within)


def _rubbish(kind: str, concept: str, item: Input) -> list[Prediction]:
    """Predictions that break the contract in the way the action names; none for the other actions."""
    outside = Span(0, len(item) + 1) if isinstance(item, str) else Box(1.2, 1.2, 1.5, 1.5)
    kinds = {
        "unknown-concept": Prediction("no such concept", 0.9),
        "high-score": Prediction(concept, 1.5),
        "nan-score": Prediction(concept, float("nan")),
        "outside": Prediction(concept, 0.9, outside),
    }
    return [kinds[kind]] if kind in kinds else []


def _hang() -> NoReturn:
    while True:
        time.sleep(3600)


def _hoard() -> NoReturn:
    hoard = []
    while True:
        hoard.append(b"x" * 2**26)  # written to, so that it really takes the memory
