"""labelmill models, export and doctor."""

import json
import os
import shutil
from pathlib import Path

from live import either as either
from live import live as live
from mill import CARDS, Mill, write_card, write_texts, write_workflow
from mill import mill as mill


def test_a_card_is_added_shown_listed_and_used_by_name(either: Mill, tmp_path: Path) -> None:
    card = write_card(tmp_path / "mine.yaml", concepts=("yes", "no"))
    assert "mine is in the catalog" in either("models", "add", card).out
    card.unlink()
    listed = {entry["name"]: entry for entry in either("models", "list", "--json").json}
    assert set(listed) == {"mine", "null"}
    assert listed["mine"]["concepts"] == ["yes", "no"]
    assert either("models", "show", "mine", "--json").json == listed["mine"]
    shown = either("models", "show", "mine").out
    assert "\nruntime: fake\n" in shown
    assert "models:" not in shown  # it is no workflow
    assert len(either("models", "list").out.splitlines()) == 2
    report = either.annotate(write_texts(tmp_path / "texts", ["a"]), "mine")
    assert report["annotations"] == {"success": 1, "awaiting_review": 1}
    said = either("models", "check", "mine", "some text", "--json").json
    assert said["predictions"] == [{"concept": "yes", "score": 0.95}, {"concept": "no", "score": 0.6}]


def test_a_name_points_at_the_newest_card_and_old_tasks_keep_theirs(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a"])
    either("models", "add", write_card(tmp_path / "mine.yaml", {"text": "a", "do": "raise"}))
    first = either.annotate(source, "mine", status=1)
    either("models", "add", write_card(tmp_path / "mine.yaml"))
    assert either.annotate(source, "mine")["failed"] == 0
    again = either("tasks", "retry", first["task"], "--json", status=1).json
    assert again["failed"] == 1  # a run belongs to one version


def test_a_workflow_is_used_as_a_model_is(either: Mill, tmp_path: Path) -> None:
    spans = [{"concept": "part", "span": [0, 3]}, {"concept": "part", "span": [4, 7], "score": 0.8}]
    either("models", "add", write_card(tmp_path / "cut.yaml", makes="span", concepts=["part"], predictions=spans))
    rules = {"matches": "^bad$", "predictions": [{"concept": "bad", "score": 1.0}]}
    either("models", "add", write_card(tmp_path / "tell.yaml", rules, {"text": "die", "do": "raise"}))
    nodes = {"parts": {"model": "cut", "hidden": True}, "told": {"model": "tell", "of": "parts"}}
    path = write_workflow(tmp_path / "both.yaml", nodes)
    assert "both is in the catalog" in either("models", "add", path).out
    assert either("models", "show", "both", "--json").json["models"] == ["cut", "tell"]
    said = either("models", "check", "both", "bad cat", "--json").json["predictions"]
    assert [(one["concept"], round(one["score"], 3), one["span"]) for one in said] == [
        ("bad", 0.9, [0, 3]), ("good", 0.76, [4, 7]), ("bad", 0.48, [4, 7]),
    ]  # fmt: skip

    texts = write_texts(tmp_path / "texts", ["bad cat", "bad dog", "die cat"])
    for model in ("both", path):  # by its name, and as a card that lies here
        report = either.annotate(texts, model, "--name", f"by {model}", status=1)
        assert (report["annotated"], report["failed"]) == (2, 1)
        assert report["concepts"]["bad"] == {"approved": 2, "review": 0, "discarded": 2}
        (failure,) = report["failures"]
        assert failure["message"].startswith("node told: tell raised ScriptedError")
    assert (
        "There is no model 'cat'"
        in either("models", "add", write_workflow(path, {"a": {"model": "cat"}}), status=2).line
    )


def test_wrong_cards_are_not_added(either: Mill, tmp_path: Path) -> None:
    taken = write_card(tmp_path / "null.yaml")
    assert "built in" in either("models", "add", taken, status=2).line
    (tmp_path / "bad.yaml").write_text("name: [")
    assert "bad.yaml" in either("models", "add", tmp_path / "bad.yaml", status=2).line
    assert [entry["name"] for entry in either("models", "list", "--json").json] == ["null"]


def test_check_says_what_is_wrong(mill: Mill, tmp_path: Path) -> None:
    liar = write_card(tmp_path / "liar.yaml", {"do": "nan-score"})
    line = mill("models", "check", liar, "some text", status=2).line
    assert "liar" in line
    assert "nan" in line
    blind = write_card(tmp_path / "blind.yaml", reads=["image"])
    assert "no file of this name" in mill("models", "check", blind, tmp_path / "nowhere.jpg", status=2).line
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    assert "broken.jpg" in mill("models", "check", blind, tmp_path / "broken.jpg", status=2).line
    (tmp_path / "note.txt").write_text("a note")
    silent = write_card(tmp_path / "silent.yaml", predictions=[])
    assert "found nothing" in mill("models", "check", silent, tmp_path / "note.txt").out


def test_a_model_that_dies_or_hangs_is_said_by_check(mill: Mill, tmp_path: Path) -> None:
    deadly = write_card(tmp_path / "deadly.yaml", {"do": "segfault"})
    assert "its process ended with -11" in mill("models", "check", deadly, "some text", status=2).line
    slow = write_card(tmp_path / "slow.yaml", {"do": "hang"})
    little = {"load_seconds": 1, "batch_seconds": 1}
    assert "no answer within 2 s" in mill("models", "check", slow, "some text", status=2, **little).line


def test_check_shows_the_regions_of_a_real_model(mill: Mill, shared_data: Path, shared_models: Path) -> None:
    photo = sorted((shared_data / "coco-mini/images").iterdir())[0]
    said = mill("models", "check", CARDS / "yolox-nano.yaml", photo, "--json").json
    assert said["model"] == "yolox-nano"
    assert said["predictions"]
    assert all(len(one["box"]) == 4 for one in said["predictions"])
    scores = [one["score"] for one in said["predictions"]]
    assert scores == sorted(scores, reverse=True)


def test_export_says_how_many_and_replaces_a_file_whole(either: Mill, tmp_path: Path) -> None:
    either.annotate(write_texts(tmp_path / "texts", ["a", "b"]))
    to = tmp_path / "out.jsonl"
    to.write_text("old")
    said = either("export", 1, "--format", "jsonl", "--to", to)
    assert said.out == ""
    assert "2 records" in said.err
    lines = [json.loads(line) for line in to.read_text().splitlines()]
    assert [[a["status"] for a in line["annotations"]] for line in lines] == [["success"], ["success"]]
    either("export", 1, "--format", "jsonl", "--to", to, "--status", "awaiting_review")
    lines = [json.loads(line) for line in to.read_text().splitlines()]
    assert {a["concept"] for line in lines for a in line["annotations"]} == {"null-2", "null-3"}
    mask = os.umask(0o022)
    os.umask(mask)
    assert to.stat().st_mode & 0o777 == 0o666 & ~mask
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "texts"]


def test_doctor(mill: Mill, tmp_path: Path) -> None:
    found = mill("doctor", "--json").json
    assert all(list(one) == ["what", "said", "advice"] for one in found)
    told = {one["what"]: one for one in found}
    assert {"Labelmill", "Home", "Database", "Model null"} <= set(told)
    assert "pgvector" in told["Database"]["said"]
    assert not any(one["advice"] for one in found)
    assert mill("doctor").out.startswith("ok")
    (tmp_path / "w.onnx").write_bytes(b"no onnx")
    card = tmp_path / "hurt.yaml"
    keys = {"weights": "w.onnx", "input": {"size": [8, 8]}, "head": {"type": "classifier", "activation": "none"}}
    head = {"name": "hurt", "runtime": "onnx", "licence": "none", "makes": "class", "reads": "image", "concepts": ["a"]}
    card.write_text(json.dumps({**head, **keys}))
    mill("models", "add", card)
    hurt = {one["what"]: one for one in mill("doctor", "--json", status=1).json}
    assert "hurt" in hurt["Model hurt"]["advice"]
    assert "-> " in mill("doctor", status=1).out


def test_doctor_tries_whether_the_home_can_be_written_to(mill: Mill) -> None:
    told = {one["what"]: one for one in mill("doctor", "--json", "--home", "/proc", status=1).json}
    assert told["Home"]["said"] == "/proc cannot be written to"
    assert "LABELMILL_HOME" in told["Home"]["advice"]


def test_doctor_without_a_database(mill: Mill) -> None:
    mill.url = "postgresql://labelmill@127.0.0.1:1/nothing"
    told = {one["what"]: one for one in mill("doctor", "--json", status=1).json}
    assert "cannot be reached" in told["Database"]["advice"]


def test_a_kept_card_that_is_gone_hides_no_other(mill: Mill, tmp_path: Path) -> None:
    for name in ("gone", "there"):
        mill("models", "add", write_card(tmp_path / f"{name}.yaml"))
    version = mill("models", "show", "gone", "--json").json["version"]
    shutil.rmtree(mill.home / "models" / version)
    listed = {entry["name"]: entry for entry in mill("models", "list", "--json").json}
    assert set(listed) == {"gone", "null", "there"}
    assert "labelmill models add" in listed["gone"]["error"]
    assert "gone: the kept card is broken" in mill("models", "list").out
    looked = mill("doctor", status=1).out
    assert "!!  Model gone: is broken" in looked
    assert "ok  Model there: loads" in looked
