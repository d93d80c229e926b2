"""docs/cards.md, runtimes.md and workflows.md: every card on them can be read, every key is on them, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labelmill.models import keys
from labelmill.models.cards import Card, read_card

DOCS = Path(__file__).parents[3] / "docs"
PAGE = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("cards.md", "runtimes.md", "workflows.md"))
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
HEADS = (
    keys.ClassifierKeys, keys.YoloxKeys, keys.Yolov8Keys, keys.Yolov8OutlinesKeys, keys.FastestDetKeys, keys.SsdKeys,
    keys.YunetKeys, keys.SegmentationKeys,
)  # fmt: skip
PARTS = (
    Card,
    keys.ImageInput,
    keys.TextInput,
    *HEADS,
    keys.Script,
    keys.Rule,
    keys.Said,
    keys.WorkflowKeys,
    keys.NodeKeys,
)

CATALOG = {
    name: Card(name=name, runtime="null", licence="MIT", makes="box", reads=("image",), concepts=(concept,))
    for name, concept in (("yolox-nano", "person"), ("yunet-face", "face"))
}


def _tables() -> list[dict[str, str]]:
    """For each table of keys, key -> default as the page says it."""
    tables: list[dict[str, str]] = []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| key"):
            tables.append({})
        elif line.startswith("| `"):
            tables[-1][cells[0].strip("`")] = cells[-1].strip("`")
    return tables


def test_there_is_an_example_of_each_head() -> None:
    found = set(re.findall(r"^  type: ([\w-]+)", "\n".join(BLOCKS), re.MULTILINE))
    assert found == {str(head.model_fields["type"].annotation).split("'")[1] for head in HEADS}


@pytest.mark.parametrize("block", BLOCKS, ids=[block.split("\n")[0] for block in BLOCKS])
def test_every_card_on_the_page_can_be_read(block: str, tmp_path: Path) -> None:
    for name in re.findall(r"^\s*(?:weights|words): (\S+)$", block, re.MULTILINE):
        (tmp_path / name).write_text("")
    (tmp_path / "classes.txt").write_text("background\n???\nperson\n")
    (tmp_path / "card.yaml").write_text(block)
    assert read_card(tmp_path / "card.yaml", find=lambda name: CATALOG[name]).offered


@pytest.mark.parametrize(
    ("part", "table"), list(zip(PARTS, _tables(), strict=True)), ids=lambda value: getattr(value, "__name__", "")
)
def test_every_key_is_on_the_page_with_its_default(part: type[keys.Keys], table: dict[str, str]) -> None:
    assert set(table) == set(part.model_fields)
    for key, field in part.model_fields.items():
        told = table[key]
        if field.is_required():
            assert told.startswith("needed"), key
        elif isinstance(field.default, bool):
            assert told == str(field.default).lower(), key
        elif isinstance(field.default, int | float | str) and field.default != "":
            assert told == (field.default if isinstance(field.default, str) else f"{field.default:g}"), key
        elif isinstance(field.default, tuple) and field.default:
            assert told == "[" + ", ".join(f"{value:g}" for value in field.default) + "]", key
