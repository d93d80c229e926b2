"""The catalog finds runtimes by name and stays cheap."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from labelmill.core.errors import BadCall, ModelUnusable
from labelmill.models import catalog
from labelmill.models.base import ModelInfo
from labelmill.models.cards import Card
from labelmill.models.catalog import BUILTIN, RUNTIMES, describe, load


def card(runtime: str) -> Card:
    return Card(name="m", runtime=runtime, licence="MIT", makes="class", reads=("text",), concepts=("a",))


def test_importing_the_catalog_imports_no_runtime() -> None:
    code = (
        "import sys, labelmill.models.catalog; "
        "print(*[m for m in ('onnxruntime', 'cv2', 'shapely', 'PIL', 'simplejpeg') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_runtime_is_there(runtime: str) -> None:
    assert callable(catalog._loader(card("null").model_copy(update={"runtime": runtime})))


def test_builtin_cards_load() -> None:
    for name, built in BUILTIN.items():
        assert built.name == name
        assert load(built).info == describe(built)
        assert built.files == ()
        assert len(built.version) == 64


def test_an_unknown_runtime_is_told_of() -> None:
    with pytest.raises(ModelUnusable, match=r"no runtime 'onx'; did you mean 'onnx'\?"):
        load(card("onx"))


@pytest.mark.parametrize("floor", [-0.1, 1.1, float("nan")])
def test_a_floor_lies_between_0_and_1(floor: float) -> None:
    with pytest.raises(BadCall, match="between 0 and 1"):
        load(BUILTIN["null"], floor=floor)


def _entry_points(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint("mine", value, catalog.GROUP)
    monkeypatch.setattr(catalog, "entry_points", lambda group: [point] if group == catalog.GROUP else [])


def test_a_package_may_add_a_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry_points(monkeypatch, "labelmill.models.null:load")
    assert load(card("mine")).info == ModelInfo("m", frozenset({"text"}), "class", ("a",))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry_points(monkeypatch, "a_package_that_is_not_there.models:load")
    with pytest.raises(ModelUnusable, match=r"runtime mine cannot start .*: pip install a_package_that_is_not_there"):
        load(card("mine"))


def test_a_missing_package_is_named_as_pip_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_point: EntryPoint) -> Any:
        raise ModuleNotFoundError("No module named 'cv2'", name="cv2")

    monkeypatch.setattr(EntryPoint, "load", missing)
    with pytest.raises(ModelUnusable, match="pip install opencv-python-headless"):
        load(card("onnx-like").model_copy(update={"runtime": "onnx"}))
