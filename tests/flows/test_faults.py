"""A model that raises, lies, hangs, crashes or eats memory: the culprit fails with its reason, the rest goes on."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mill import Mill, checked, rows, write_card, write_texts
from mill import mill as mill

from labelmill.store.database import Database

FAULTS = {
    "raise": ("raised", "model raised ScriptedError: the script says so"),
    "unknown-concept": ("rubbish", "no concept 'no such concept'"),
    "high-score": ("rubbish", "score 1.5"),
    "nan-score": ("rubbish", "score nan"),
    "outside": ("rubbish", "does not lie in the text"),
    "segfault": ("crashed", "signal 11"),
    "kill": ("crashed", "signal 9"),
    "hang": ("hung", "no answer within"),
    "memory": ("memory", "MiB, more than it may"),
}
LIMITS = {"batch_seconds": 30, "worker_memory_mb": 400}
CULPRITS = (17, 30)


RECORDER_CARD = "name: recorder\nruntime: recorder\nlicence: none\nmakes: class\nreads: text\nconcepts: [good]\n"


def annotated(mill: Mill, tmp_path: Path, do: str, batch: int, count: int = 40, **more: Any) -> Any:
    texts = [f"culprit {i}" if i in CULPRITS else f"good {i}" for i in range(count)]
    card = write_card(tmp_path / "model.yaml", {"text": "culprit", "do": do}, batch=batch, **more)
    limits = LIMITS | ({"batch_seconds": 1} if do == "hang" else {})
    return mill.annotate(write_texts(tmp_path / "texts", texts), card, status=1, **limits)


@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.parametrize("do", FAULTS)
def test_only_the_culprits_fail(mill: Mill, database: Database, tmp_path: Path, do: str, batch: int) -> None:
    report = annotated(mill, tmp_path, do, batch, 320 if batch > 1 and FAULTS[do][0] in ("raised", "rubbish") else 40)
    kind, message = FAULTS[do]
    assert report["status"] == "complete"
    assert (report["failed"], report["empty"], report["waiting"]) == (2, 0, 0)
    assert report["annotated"] == report["inputs"] - 2
    assert [failure["source"] for failure in report["failures"]] == ["0017.txt", "0030.txt"]
    for failure in report["failures"]:
        assert (failure["stage"], failure["kind"]) == ("predict", kind)
        assert message in failure["message"]
        assert "Traceback" not in failure["message"]
    assert {line["source"] for line in mill.export(tmp_path / "out")}.isdisjoint({"0017.txt", "0030.txt"})


def test_who_resumes_a_model_that_died_too_often_comes_to_an_end(mill: Mill, tmp_path: Path) -> None:
    """However many inputs it dies of: they fail, the rest is done."""
    texts = [f"good {i}" if i > 24 else f"culprit {i}" for i in range(27)]
    card = write_card(tmp_path / "model.yaml", {"text": "culprit", "do": "segfault"}, batch=1)
    source = write_texts(tmp_path / "texts", texts)
    assert "in a row" in mill("annotate", source, "--model", card, status=2, workers=1).line
    report = checked(mill("tasks", "resume", 1, "--json", status=1).json)
    assert (report["status"], report["annotated"], report["failed"]) == ("complete", 2, 25)


@pytest.mark.parametrize("batch", [1, 8])
def test_a_wrong_number_of_answers_fails_the_culprits_alone(mill: Mill, tmp_path: Path, batch: int) -> None:
    report = annotated(mill, tmp_path, "wrong-length", batch)
    assert report["failed"] == 2
    assert {failure["message"] for failure in report["failures"]} == {"model answered 0 answers for a batch of 1"}
    assert {failure["kind"] for failure in report["failures"]} == {"rubbish"}


def test_retry_runs_the_failures_and_nothing_else(mill: Mill, database: Database, tmp_path: Path) -> None:
    """A model of somebody else's package, which writes down what it is given and fails until it is mended."""
    package = write_recorder(tmp_path / "site")
    seen, broken = tmp_path / "seen", tmp_path / "broken"
    mill.settings = {"PYTHONPATH": str(package), "RECORDER": str(tmp_path)}
    card = tmp_path / "recorder.yaml"
    card.write_text(RECORDER_CARD)
    broken.write_text("text 3\ntext 11\ntext 12")
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(20)])
    first = mill.annotate(source, card, status=1)
    assert (first["annotated"], first["failed"]) == (17, 3)
    assert sorted(set(seen.read_text().split("\n")) - {""}) == sorted(f"text {i}" for i in range(20))

    seen.unlink()
    assert checked(mill("tasks", "resume", 1, "--json", status=1).json) == first
    assert not seen.exists()  # resuming is no retry

    broken.write_text("text 11")
    second = checked(mill("tasks", "retry", 1, "--json", status=1).json)
    assert (second["annotated"], second["failed"], second["status"]) == (19, 1, "complete")
    assert seen.read_text().split() == ["text", "3", "text", "11", "text", "12"]
    assert dict(rows(database, "SELECT attempts, count(*) FROM ledger GROUP BY 1")) == {1: 17, 2: 3}

    seen.unlink()
    broken.unlink()
    third = checked(mill("tasks", "retry", 1, "--json").json)
    assert (third["annotated"], third["failed"], third["failures"]) == (20, 0, [])
    assert seen.read_text() == "text 11\n"
    assert third["predictions"] == 20
    assert checked(mill("tasks", "retry", 1, "--json").json) == third


RECORDER = """
import os, pathlib
from labelmill.core.annotation import Prediction
from labelmill.models.catalog import describe

class Recorder:
    def __init__(self, info):
        self.info = info
        self.folder = pathlib.Path(os.environ["RECORDER"])

    def predict(self, batch):
        with open(self.folder / "seen", "a") as file:
            file.write("".join(f"{text}\\n" for text in batch))
        broken = self.folder / "broken"
        if broken.exists() and set(batch) & set(broken.read_text().split("\\n")):
            raise OSError("not mended yet")
        return [[Prediction("good", 0.95)] for _ in batch]

def load(card, *, threads, floor):
    return Recorder(describe(card))
"""


def write_recorder(site: Path) -> Path:
    """A package with a runtime of its own, as pip would have installed it."""
    told = site / "recorder-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: recorder\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[labelmill.models]\nrecorder = recorder:load\n")
    (site / "recorder.py").write_text(RECORDER)
    return site


def test_a_model_that_fails_on_everything_is_no_success(mill: Mill, tmp_path: Path) -> None:
    card = write_card(tmp_path / "model.yaml", {"do": "raise"})
    report = mill.annotate(write_texts(tmp_path / "texts", ["a", "b", "c"]), card, status=1)
    assert (report["annotated"], report["empty"], report["failed"]) == (0, 0, 3)
    assert mill.export(tmp_path / "out") == []


@pytest.mark.parametrize("do", ["segfault", "kill", "hang"])
def test_a_model_that_dies_of_everything_stops_the_task(mill: Mill, tmp_path: Path, do: str) -> None:
    card = write_card(tmp_path / "model.yaml", {"do": do})
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(300)])
    said = mill("annotate", source, "--model", card, "--json", status=2, batch_seconds=0.1)
    assert said.out == ""
    assert "in a row" in said.line
    report = mill.show(1, status=1)
    assert report["status"] == "failed"
    assert "in a row" in report["error"]
    assert (report["annotated"], report["empty"]) == (0, 0)
    assert report["waiting"] > 0
    assert mill("tasks", "list", "--json").json[0]["status"] == "failed"


def test_a_model_that_dies_as_it_is_loaded_leaves_the_doctor_alive(mill: Mill, tmp_path: Path) -> None:
    package = write_recorder(tmp_path / "site")
    (package / "recorder.py").write_text("import os\nos._exit(3)")
    mill.settings = {"PYTHONPATH": str(package)}
    (tmp_path / "recorder.yaml").write_text(RECORDER_CARD)
    mill("models", "add", tmp_path / "recorder.yaml")
    told = {one["what"]: one for one in mill("doctor", "--json", status=1).json}
    assert told["Model recorder"]["said"] == "cannot be loaded"
    assert "ended with 3" in told["Model recorder"]["advice"]
    assert told["Model null"]["said"].startswith("loads")


def test_a_model_that_cannot_be_loaded_fails_before_anything(mill: Mill, tmp_path: Path) -> None:
    package = tmp_path / "site"
    write_recorder(package)
    (package / "recorder.py").write_text("raise ImportError('no tensors here', name='tensors')")
    mill.settings = {"PYTHONPATH": str(package)}
    card = tmp_path / "recorder.yaml"
    card.write_text(RECORDER_CARD)
    source = write_texts(tmp_path / "texts", ["a"])
    line = mill("annotate", source, "--model", card, "--json", status=2).line
    assert "recorder" in line
    assert "pip install tensors" in line
    for task in mill("tasks", "list", "--json").json:
        assert task["status"] == "failed"


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("raise RuntimeError('out of luck')", "out of luck"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
        ("import time; time.sleep(3600)", "not loaded within 2 s"),
    ],
    ids=["raises", "crashes", "hangs"],
)
def test_a_loader_that_raises_crashes_or_hangs(mill: Mill, tmp_path: Path, body: str, part: str) -> None:
    package = write_recorder(tmp_path / "site")
    (package / "recorder.py").write_text(f"def load(card, **options):\n    {body}\n")
    mill.settings = {"PYTHONPATH": str(package)}
    card = tmp_path / "recorder.yaml"
    card.write_text(RECORDER_CARD)
    source = write_texts(tmp_path / "texts", ["a"])
    said = mill("annotate", source, "--model", card, "--json", status=2, load_seconds=2)
    assert part in said.line


def test_an_input_of_a_kind_that_the_model_does_not_read(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "mixed", ["a text", "another"])
    from PIL import Image

    Image.new("RGB", (20, 10), (9, 9, 9)).save(source / "photo.png")
    report = mill.annotate(source, write_card(tmp_path / "model.yaml", reads=["image"]), status=1)
    assert (report["annotated"], report["failed"]) == (1, 2)
    assert {failure["kind"] for failure in report["failures"]} == {"unsuited"}
    assert {failure["message"] for failure in report["failures"]} == {"model reads images, this is a text"}
    mill("export", 1, "--format", "coco", "--to", tmp_path / "coco.json")  # the texts failed: they are in no file
    assert [one["file_name"] for one in json.loads((tmp_path / "coco.json").read_text())["images"]] == ["photo.png"]


def test_a_worker_prefers_itself_to_the_database(mill: Mill, tmp_path: Path) -> None:
    """Where memory is short, the kernel ends a worker and not PostgreSQL."""
    if sys.platform != "linux":
        pytest.skip("NOT TESTED: only Linux says whom it would end")
    package = write_recorder(tmp_path / "site")
    (package / "recorder.py").write_text(
        RECORDER.replace(
            "return [[", "assert open('/proc/self/oom_score_adj').read().strip() == '800'\n        return [["
        )
    )
    mill.settings = {"PYTHONPATH": str(package), "RECORDER": str(tmp_path)}
    card = tmp_path / "recorder.yaml"
    card.write_text(RECORDER_CARD)
    assert mill.annotate(write_texts(tmp_path / "texts", ["a"]), card)["annotated"] == 1
    assert Path("/proc/self/oom_score_adj").read_text().strip() != "800"
