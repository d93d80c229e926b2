"""The null model costs nothing and always says the same."""

from __future__ import annotations

import numpy as np

from labelmill.core.errors import ModelFault
from labelmill.models.base import Input, Picture, check_predictions
from labelmill.models.catalog import BUILTIN, load

BATCH: list[Input] = ["a text", Picture(np.zeros((1, 1, 3), np.uint8), 640, 480)]


def test_five_tags_an_input() -> None:
    model = load(BUILTIN["null"])
    checked = check_predictions(model.info, BATCH, model.predict(BATCH))
    for answer in checked:
        assert not isinstance(answer, ModelFault)
        assert [(p.concept, p.score, p.region) for p in answer] == [
            ("null-1", 0.95, None),
            ("null-2", 0.8, None),
            ("null-3", 0.6, None),
            ("null-4", 0.4, None),
            ("null-5", 0.2, None),
        ]


def test_it_answers_by_sharing() -> None:
    first, second = load(BUILTIN["null"]).predict(BATCH)
    assert first is second


def test_it_keeps_to_the_floor() -> None:
    assert [p.score for p in load(BUILTIN["null"], floor=0.6).predict(["x"])[0]] == [0.95, 0.8, 0.6]


def test_what_it_says_of_itself() -> None:
    info = load(BUILTIN["null"]).info
    assert info.reads == {"image", "text"}
    assert info.batch == 256
    assert info.wants == (1, 1)
