"""Models and tasks through the client, with a worker that does them."""

import io
import json
from pathlib import Path

import pytest
from live import Live
from mill import checked, write_card, write_texts

from labelmill.core import errors

MODEL = {"runtime": "fake", "selectable": True, "reason": None, "concepts": ["good", "bad"]}


def test_a_task_from_its_making_to_its_end(live: Live, tmp_path: Path) -> None:
    with live.client() as client:
        project = client.projects.create("mine")["id"]
        got = client.inputs.upload(project, write_texts(tmp_path / "t", ["a", "b", "c"]), dataset="d")
        made = client.models.add(write_card(tmp_path / "m.yaml", {"text": "b", "do": "raise"}), project_id=project)
        assert {key: made[key] for key in MODEL} == MODEL  # type: ignore[literal-required]
        assert "m" not in {one["name"] for one in client.models.list()}
        assert client.models.get("m", project)["project_id"] == project
        (answer,) = client.models.try_(project, "m", text="a")["items"]
        assert [one["score"] for one in answer["predictions"]] == [0.95, 0.6]
        said = client.models.check("null", "some text")
        assert said["items"][0]["predictions"][0]["concept"] == "null-1"

        me = client.me()["id"]
        task = client.tasks.create(project, "m", dataset_id=got["dataset_id"], reviewers=[me], ingest_seconds=1.5)
        seen = []
        task = client.tasks.wait(project, task["id"], on_look=seen.append)
        assert (task["status"], task["annotated"], task["failed"]) == ("complete", 2, 1)
        assert seen[-1] == task
        assert task["ingest_seconds"] == 1.5
        report = checked(client.tasks.report(project, task["id"]))
        assert report["failures"][0]["source"] == "0001.txt"
        (failure,) = client.tasks.failures(project, task["id"])
        assert failure["stage"] == "predict"

        assert [one["id"] for one in client.tasks.list()] == [one["id"] for one in client.tasks.list(project)]
        assert client.tasks.find("d · m")["id"] == client.tasks.find(str(task["id"]))["id"] == task["id"]
        with pytest.raises(errors.NotFound, match="'none'"):
            client.tasks.find("none")
        assert client.tasks.rename(project, task["id"], "renamed")["name"] == "renamed"

        assert client.tasks.histograms(project, task["id"])["good"] == [(950, 2)]
        other = {"lower": 0.55, "upper": 0.6}
        assert client.tasks.preview(project, task["id"], other)["total"]["approved"] == 4
        assert client.tasks.samples(project, task["id"], "bad", 0.6)[0]["score"] == 0.6
        assert client.tasks.apply(project, task["id"], other)["left_alone"] == 0
        task = client.tasks.wait(project, task["id"], until=lambda now: not now["deciding"])
        assert task["annotations"]["success"] == 4

        out = io.BytesIO()
        assert client.tasks.export(project, task["id"], out) == 2
        assert [json.loads(line)["text"] for line in out.getvalue().splitlines()] == ["a", "c"]
        with pytest.raises(errors.BadCall, match="jsonl"):
            client.tasks.export(project, task["id"], tmp_path / "out.json", "coco")

        kind, first = next(client.events(project))
        assert (kind, first["id"], first["status"]) == ("task", task["id"], "complete")

        client.tasks.retry(project, task["id"])
        assert client.tasks.wait(project, task["id"])["failed"] == 1
        client.tasks.delete(project, task["id"], annotations="delete")
        with pytest.raises(errors.NotFound):
            client.tasks.get(project, task["id"])


def test_a_task_that_is_stopped_and_one_that_cannot_run(live: Live, tmp_path: Path) -> None:
    with live.client() as client:
        project = client.projects.create("mine")["id"]
        client.inputs.upload(project, write_texts(tmp_path / "t", ["a", "b"]))
        release = tmp_path / "release"
        client.models.add(
            write_card(tmp_path / "slow.yaml", {"text": "a", "wait_for": str(release)}), project_id=project
        )
        task = client.tasks.create(project, "slow", all_inputs_as="all")
        standing = client.tasks.wait(project, task["id"], seconds=0)
        assert standing["status"] in ("waiting", "running")
        assert client.tasks.cancel(project, task["id"])["status"] == "cancelled"
        with pytest.raises(errors.Conflict, match="cancelled"):
            client.tasks.retry(project, task["id"])
        release.touch()
        client.tasks.resume(project, task["id"])
        assert client.tasks.wait(project, task["id"])["waiting"] == 0

        card = tmp_path / "odd.yaml"
        facts = (
            "licence: none\nmakes: class\nreads: text\nconcepts: [a, b]\nhead: {type: classifier, activation: none}\n"
        )
        card.write_text(
            f"name: odd\nruntime: onnx\nweights: kept/odd.onnx\ninput: {{words: kept/words.txt, length: 4}}\n{facts}"
        )
        (tmp_path / "kept").mkdir()  # files may lie anywhere
        (tmp_path / "kept/odd.onnx").write_text("no model")
        (tmp_path / "kept/words.txt").write_text("a 1\n")
        assert client.models.add(card, project_id=project)["size"] == len("no model")
        dataset_id = task["dataset_id"]
        failed = client.tasks.wait(project, client.tasks.create(project, "odd", dataset_id=dataset_id)["id"])
        assert failed["status"] == "failed"
        assert "odd.onnx" in (failed["error"] or "")


def test_cards_that_are_wrong(live: Live, tmp_path: Path) -> None:
    with live.client() as client:
        for text, part in (("name: [", "YAML"), ("name: x\n", "runtime"), ("name: x\nweights: w.onnx\n", "w.onnx")):
            (tmp_path / "bad.yaml").write_text(text)
            with pytest.raises(errors.BadCard, match=part):
                client.models.add(tmp_path / "bad.yaml")
        with pytest.raises(errors.BadCard, match="nowhere"):
            client.models.add(tmp_path / "nowhere.yaml")
        with pytest.raises(errors.NotFound, match="null"):
            client.models.get("none")
