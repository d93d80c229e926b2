"""What docs/client.md shows works, from the first block to the last."""

import contextlib
import io
import re
from pathlib import Path

import pytest
from live import Live
from mill import write_texts

import labelmill.client

PAGE = (Path(__file__).parents[3] / "docs/client.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_texts(tmp_path / "photos", ["a", "b", "c"])
    code = "\n".join(BLOCKS).replace("http://127.0.0.1:8347", live.address).replace("the token", live.token)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/client.md", "exec"), names)
    assert "complete 3 annotated, 3 records" in printed.getvalue()
    assert len((tmp_path / "summer.jsonl").read_text().splitlines()) == 3
    client = names["client"]
    assert isinstance(client, labelmill.client.Client)
    client.close()


def test_the_table_names_every_part_and_what_it_does() -> None:
    with labelmill.client.Client("http://127.0.0.1:1", "t") as client:
        parts = {name: part for name, part in vars(client).items() if not name.startswith("_")}
    rows = dict(re.findall(r"^\| `client\.(\w+)` \| ([\w, ]+) \|$", PAGE, re.MULTILINE))
    does = {name: {one for one in dir(part) if not one.startswith("_")} for name, part in parts.items()}
    assert {name: set(row.split(", ")) for name, row in rows.items()} == does
