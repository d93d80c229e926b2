"""What docs/tutorial.md has one type works in the order it is told, and says what the page shows."""

import json
import re
import shlex
from pathlib import Path

import httpx2
import pytest
from mill import Mill, until

import labelmill.demo

PAGE = (Path(__file__).parents[2] / "docs/tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
STEPS = [step for block in BLOCKS for step in block.removeprefix("$ ").split("\n$ ") if step.startswith("labelmill ")]


def test_its_commands(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mill = Mill(home)
    demo = mill.start("demo", "--port", "0")
    places = {"~/.labelmill/demo": str(home / "demo"), "src/labelmill/demo": str(Path(labelmill.demo.__file__).parent)}
    try:
        assert demo.stdout is not None
        address = demo.stdout.readline().split()[-1]
        token = demo.stdout.readline().partition("#token=")[2].strip()
        httpx2.post(f"{address}/api/v1/session", json={"token": token}).raise_for_status()
        listing = ["tasks", "list", "--json", "--home", home / "demo"]
        until(lambda: all(task["status"] == "complete" for task in mill(*listing).json))
        assert len(STEPS) > 5
        for step in STEPS:
            line, *shown = step.splitlines()
            for place, here in places.items():
                line = line.replace(place, here)
            said = mill(*shlex.split(line)[1:])
            assert shown in ([], (said.out + said.err).splitlines())
    finally:
        mill.clear()
    coco = json.loads((tmp_path / "garments.json").read_text())
    assert len(coco["images"]) == 120
    assert len(coco["annotations"]) > 100
    assert all(one["segmentation"] for one in coco["annotations"])
    texts = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text().splitlines()]
    assert {said["status"] for one in texts for said in one["annotations"]} == {"success", "awaiting_review"}
