"""The fake model does each thing that its script can say."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Part, Polygon, Span
from labelmill.models.base import Input, Picture, check_predictions
from labelmill.models.cards import Card
from labelmill.models.catalog import load
from labelmill.models.fake import FakeModel, ScriptedError

RED = Picture(np.full((4, 6, 3), (250, 10, 10), np.uint8), 60, 40)
CAT = {"predictions": [{"concept": "cat"}]}


def fake(script: dict[str, Any], floor: float = 0.0) -> Any:
    said = {
        "name": "f", "runtime": "fake", "licence": "MIT", "makes": "box", "reads": ["image", "text"],
        "concepts": ["cat", "dog"], "batch": 8, "script": script,
    }  # fmt: skip
    return load(Card.model_validate(said), floor=floor)


def test_regions_of_every_kind() -> None:
    ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    predictions = [
        {"concept": "cat", "box": [0, 0, 0.5, 0.5]},
        {"concept": "dog", "span": [0, 3], "score": 0.4},
        {"concept": "dog", "polygon": [[ring]], "score": 0.3},
        {"concept": "dog", "score": 0.1},
    ]
    assert fake({"predictions": predictions}, floor=0.2).predict(["abc"]) == [
        [
            Prediction("cat", 0.9, Box(0, 0, 0.5, 0.5)),
            Prediction("dog", 0.4, Span(0, 3)),
            Prediction("dog", 0.3, Polygon((Part(((0, 0), (1, 0), (1, 1))),))),
        ]
    ]


@pytest.mark.parametrize(
    ("conditions", "item", "met"),
    [
        ({}, "x", True),
        ({}, RED, True),
        ({"text": "good"}, "a good one", True),
        ({"text": "good"}, "a bad one", False),
        ({"text": "good"}, RED, False),
        ({"matches": r"\d+"}, "no 7", True),
        ({"matches": r"\d+"}, "none", False),
        ({"matches": ""}, RED, False),
        ({"text": "no", "matches": r"\d"}, "no", False),
        ({"width": 60, "height": 40}, RED, True),
        ({"width": 61}, RED, False),
        ({"height": 41}, RED, False),
        ({"width": 60}, "60", False),
        ({"colour": [255, 10, 5]}, RED, True),
        ({"colour": [255, 10, 5], "within": 4}, RED, False),
    ],
)
def test_conditions(conditions: dict[str, Any], item: Input, met: bool) -> None:
    model = fake({"rules": [conditions | CAT]})
    assert [p.concept for p in model.predict([item])[0]] == (["cat"] if met else [])


def test_the_first_rule_that_is_met_acts() -> None:
    script = {"rules": [{"text": "a"} | CAT, {"do": "raise"}], "predictions": []}
    model = fake(script)
    assert model.predict(["a"]) == [[Prediction("cat", 0.9)]]
    with pytest.raises(ScriptedError):
        model.predict(["a", "b"])


@pytest.mark.parametrize(
    ("do", "complaint"),
    [
        ("unknown-concept", "no concept"),
        ("high-score", "score 1.5"),
        ("nan-score", "score nan"),
        ("outside", "outside the image|does not lie in the text"),
        ("wrong-length", "answered 1 answers for a batch of 2"),
    ],
)
@pytest.mark.parametrize("item", ["text", RED], ids=["text", "image"])
def test_rubbish_of_every_kind_breaks_the_contract(do: str, complaint: str, item: Input) -> None:
    model = fake({"rules": [{"do": do}]})
    checked = check_predictions(model.info, [item, item], model.predict([item, item]))
    assert all(isinstance(one, ModelFault) for one in checked)
    with pytest.raises(ModelFault, match=complaint):
        raise checked[0]


def test_delay_is_per_input() -> None:
    model = fake({"delay": 0.05, "rules": [{"text": "fast", "delay": 0}]})
    start = time.perf_counter()
    model.predict(["slow", "slow"])
    assert time.perf_counter() - start >= 0.1
    start = time.perf_counter()
    model.predict(["fast"] * 8)
    assert time.perf_counter() - start < 0.4


PROCESS = """
from labelmill.models.cards import read_card
from labelmill.models.catalog import load
from pathlib import Path
import sys
model = load(read_card(Path(sys.argv[1])))
print("loaded", flush=True)
model.predict(["x"])
"""


def start(tmp_path: Path, do: str, **more: Any) -> subprocess.Popen[bytes]:
    path = tmp_path / "fake.yaml"
    path.write_text(
        "{name: f, runtime: fake, licence: MIT, makes: class, reads: text, concepts: [cat], "
        f"script: {{rules: [{{do: {do}}}]}}}}"
    )
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


@pytest.mark.parametrize(("do", "number"), [("kill", signal.SIGKILL), ("segfault", signal.SIGSEGV)])
def test_it_crashes(tmp_path: Path, do: str, number: signal.Signals) -> None:
    with start(tmp_path, do) as process:
        process.communicate(timeout=30)
        assert process.returncode == -number


def test_it_takes_memory_until_it_has_none(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))

    with start(tmp_path, "memory", preexec_fn=limit) as process:
        _, errors = process.communicate(timeout=30)
        assert b"MemoryError" in errors


def test_it_hangs_until_it_is_killed(tmp_path: Path) -> None:
    with start(tmp_path, "hang") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loaded\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL


def test_the_default_is_to_find_nothing() -> None:
    model = fake({})
    assert isinstance(model, FakeModel)
    assert model.predict(["x", RED]) == [[], []]
