"""What the client says of answers is what the server promises."""

import json
from pathlib import Path
from typing import Any, get_type_hints, is_typeddict

import pytest

from labelmill.client import answers, news, work_answers

SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "web/openapi.json").read_text(encoding="utf-8"))[
    "components"
]["schemas"]
EVERY = vars(answers) | vars(work_answers) | vars(news)
SHAPES = {name: shape for name, shape in EVERY.items() if is_typeddict(shape)}


def promised(name: str) -> dict[str, Any]:
    """The schema of a shape; one of two that share a name is told apart by the module it is of."""
    found = [schema for full, schema in SCHEMAS.items() if full.rpartition("__")[2] == name]
    assert found, f"the server has no {name}"
    return {key: value for schema in found for key, value in schema["properties"].items()}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_no_key_that_the_server_does_not_send(name: str) -> None:
    assert set(get_type_hints(SHAPES[name])) <= set(promised(name))


@pytest.mark.parametrize("name", ["Project", "Dataset", "Concept", "Model", "Task", "TaskHead", "Input", "Annotation"])
def test_nouns_have_every_key_that_the_server_sends(name: str) -> None:
    assert set(get_type_hints(SHAPES[name])) == set(promised(name))
