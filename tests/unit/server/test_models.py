"""The catalog over HTTP: what is uploaded, who sees it, and what no upload can do."""

from pathlib import Path
from typing import Any

import onnx
import pytest
from mill import write_card
from world import OPERATOR, STRANGER, World

from labelmill.core.role import Role

API = "/api/v1"
CARD = 'name: words\nruntime: "null"\nlicence: MIT\nmakes: class\nreads: text\nconcepts: {concepts}\n'


def upload(world: World, who: str, files: dict[str, str | bytes], path: str = "/models") -> Any:
    sent = [("files", (name, data)) for name, data in files.items()]
    return world.call(who, "POST", f"{API}{path}", files=sent)


def test_a_card_with_its_files_is_there_for_all(world: World) -> None:
    files = {"folder/card.yaml": CARD.format(concepts="names.txt"), "names.txt": "good\nbad\n"}
    said = upload(world, OPERATOR, files)
    assert said.status_code == 201, said.text
    assert (said.json()["name"], said.json()["concepts"]) == ("words", ["good", "bad"])
    assert said.json()["size"] is None  # its runtime needs no weights
    assert world.call(STRANGER, "GET", f"{API}/models/words").json() == said.json()
    assert list(world.site.home.glob("card-*")) == []


def test_a_projects_own_model_is_nobody_elses_and_goes_first(world: World) -> None:
    own, theirs = f"/projects/{world.mine}/models", f"/projects/{world.theirs}/models"
    upload(world, OPERATOR, {"card.yaml": CARD.format(concepts="[everywhere]")})
    assert upload(world, Role.ADMIN, {"card.yaml": CARD.format(concepts="[here]")}, own).json()["concepts"] == ["here"]

    def concepts(who: str, path: str) -> Any:
        items = world.call(who, "GET", f"{API}{path}").json()["items"]
        return next(one["concepts"] for one in items if one["name"] == "words")

    assert concepts(Role.VIEWER, own) == ["here"]
    assert concepts(STRANGER, theirs) == ["everywhere"]
    assert concepts(Role.VIEWER, "/models") == ["everywhere"]
    (act,) = world.call(Role.VIEWER, "GET", f"{API}/projects/{world.mine}/activity").json()["items"]
    assert (act["person"], act["operation"], act["detail"]) == ("the admin", "add_model", {"name": "words"})


@pytest.mark.parametrize("makes", ["embedding", "text"])
def test_a_model_without_concepts_says_why_it_cannot_be_chosen(world: World, makes: str) -> None:
    card = CARD.replace("concepts: {concepts}\n", "").replace("class", makes)
    made = upload(world, OPERATOR, {"card.yaml": card})
    assert made.status_code == 201, made.text
    said = made.json()
    assert not said["selectable"]
    assert said["reason"] == f"It offers no concepts ({makes}), so it cannot label anything."


@pytest.mark.parametrize("name", ["/etc/passwd", "../../etc/passwd", "..", "folder/names.txt", "."])
def test_a_card_reads_no_file_that_did_not_come_with_it(world: World, name: str) -> None:
    said = upload(world, OPERATOR, {"card.yaml": CARD.format(concepts=name)})
    assert (said.status_code, said.json()["error"]["kind"]) == (422, "bad-card")
    assert "name a file that comes with the card" in said.json()["error"]["message"]


@pytest.mark.parametrize("name", ["../../escaped.yaml", "/tmp/escaped.yaml", "a\\..\\escaped.yaml"])
def test_no_name_leads_out(world: World, name: str, tmp_path: Path) -> None:
    assert upload(world, OPERATOR, {name: CARD.format(concepts="[a]")}).status_code == 201
    assert list(tmp_path.rglob("escaped*")) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.txt": "x"}, "Send one card"),
        ({"a.yaml": "x", "b.yaml": "x"}, "Send one card"),
        ({"a.yaml": "x: ["}, "is not YAML"),
        ({"a.yaml": CARD.format(concepts="[a]"), "spare.bin": "x"}, "names no file 'spare.bin'"),
        ({"a.yaml": CARD.format(concepts="names.txt")}, "there is no file names.txt"),
        (
            {"a.yaml": CARD.format(concepts="[a]").replace('"null"', "os")},
            "no runtime 'os' (there are onnx, null, fake",
        ),
        ({"a.yaml": CARD.format(concepts="[a]").replace("words", '"null"')}, "The name 'null' is built in"),
        ({"a.yaml": CARD.format(concepts="[a]") + "weights: w.onnx", "w.onnx": b""}, "w.onnx, which is empty"),
    ],
)
def test_what_is_wrong_with_an_upload_is_said(world: World, files: dict[str, str | bytes], said: str) -> None:
    answer = upload(world, OPERATOR, files)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]
    assert str(world.site.home) not in answer.text


WORKFLOW = 'name: both\nruntime: workflow\nlicence: MIT\nnodes: {first: {model: words}, other: {model: "%s"}}\n'


def test_a_workflow_is_of_models_that_its_project_knows(world: World) -> None:
    own = f"/projects/{world.mine}/models"
    upload(world, OPERATOR, {"a.yaml": CARD.format(concepts="[everywhere]")})
    upload(world, Role.ADMIN, {"a.yaml": CARD.format(concepts="[here]").replace("words", "ours")}, own)
    said = upload(world, Role.ADMIN, {"both.yaml": WORKFLOW % "ours"}, own)
    assert said.status_code == 201, said.text
    both = said.json()
    assert (both["models"], both["concepts"]) == (["words", "ours"], ["everywhere", "here"])
    assert (both["runtime"], both["makes"], both["reads"], both["selectable"]) == ("workflow", "class", ["text"], True)
    assert world.call(Role.VIEWER, "GET", f"{API}{own}/both").json() == both

    answer = upload(world, OPERATOR, {"both.yaml": WORKFLOW % "ours"})  # for all, who do not know it
    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, "bad-card")
    assert "There is no model 'ours'" in answer.json()["error"]["message"]
    there = upload(world, STRANGER, {"both.yaml": WORKFLOW % "ours"}, f"/projects/{world.theirs}/models")
    assert "There is no model 'ours'" in there.json()["error"]["message"]


def test_a_workflow_of_a_model_whose_weights_are_gone_says_so_without_our_paths(world: World) -> None:
    upload(world, OPERATOR, {"a.yaml": CARD.format(concepts="names.txt"), "names.txt": "a"})
    (listed,) = world.site.home.glob("models/*/names.txt")
    listed.unlink()
    answer = upload(world, OPERATOR, {"both.yaml": WORKFLOW % "null"})
    assert answer.status_code == 422
    assert "the kept card is broken (model card models/" in answer.json()["error"]["message"]
    assert str(world.site.home) not in answer.text + world.call(OPERATOR, "GET", f"{API}/models").text
    again = upload(world, OPERATOR, {"a.yaml": CARD.format(concepts="names.txt"), "names.txt": "a"})
    assert again.status_code == 201, again.text
    assert upload(world, OPERATOR, {"both.yaml": WORKFLOW % "null"}).status_code == 201


@pytest.mark.parametrize("path", ["/etc/hosts.yaml", "../card.yaml", "words.yaml"])
def test_a_workflow_reads_no_card_by_its_path(world: World, path: str) -> None:
    upload(world, OPERATOR, {"a.yaml": CARD.format(concepts="[a]")})
    answer = upload(world, OPERATOR, {"both.yaml": WORKFLOW % path})
    assert answer.status_code == 422
    assert f"There is no model '{path}'" in answer.json()["error"]["message"]


def test_an_upload_is_read_only_of_those_who_may(world: World) -> None:
    def endless() -> Any:
        yield b"--x\r\n"
        raise AssertionError("it was read on")

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for who, status in ((None, 401), (Role.OWNER, 403)):
        assert world.call(who, "POST", f"{API}/models", content=endless(), headers=headers).status_code == status


def test_a_trial_of_texts_inputs_and_files(world: World, tmp_path: Path) -> None:
    card = write_card(tmp_path / "fake.yaml", {"text": "boom", "do": "raise"})
    upload(world, OPERATOR, {"fake.yaml": card.read_bytes()})
    path = f"{API}/projects/{world.mine}/trials"
    said = world.call(Role.LABELER, "POST", path, json={"model": "fake", "text": "hello"}).json()
    assert [one["concept"] for one in said["items"][0]["predictions"]] == ["good", "bad"]
    asked = [world.fresh()["input_id"], world.fresh()["input_id"]]
    said = world.call(Role.LABELER, "POST", path, json={"model": "fake", "inputs": asked}).json()
    assert [one["input_id"] for one in said["items"]] == asked
    sent = {"data": {"model": "fake"}, "files": [("files", ("a.txt", b"boom"))]}
    said = world.call(STRANGER, "POST", f"{API}/trials", **sent).json()
    assert said["items"][0]["fault"]["kind"] == "raised"


def test_a_trial_answers_in_the_concepts_of_the_project(world: World, tmp_path: Path) -> None:
    """As a task would: of what is joined the best score wins per region, and what is not chosen is left out."""
    said = {"coat": (0.6, [0, 3]), "shirt": (0.9, [0, 3]), "hat": (0.8, [1, 2])}
    predictions = [{"concept": concept, "score": score, "span": span} for concept, (score, span) in said.items()]
    card = write_card(tmp_path / "fake.yaml", makes="span", reads="text", concepts=list(said), predictions=predictions)
    upload(world, OPERATOR, {"fake.yaml": card.read_bytes()})
    path = f"{API}/projects/{world.mine}/trials"

    def tried(**more: Any) -> Any:
        return world.call(Role.LABELER, "POST", path, json={"model": "fake", "text": "hello", **more})

    answer = tried(concepts=["coat", "shirt"], mapping={"coat": "top", "shirt": "top"}).json()
    assert [(one["concept"], one["score"]) for one in answer["items"][0]["predictions"]] == [("top", 0.9)]
    assert answer["seconds"] > 0
    assert len(tried().json()["items"][0]["predictions"]) == 3
    for wrong in ({"concepts": ["wig"]}, {"concepts": ["coat"], "mapping": {"hat": "cap"}}):
        assert tried(**wrong).status_code == 422


PICTURES = (
    "name: odd\nruntime: onnx\nlicence: MIT\nmakes: class\nreads: image\nconcepts: [a]\nweights: w.onnx\n"
    "input: {size: [4, 4]}\nhead: {type: classifier, activation: none}\n"
)
TEXTS = PICTURES.replace("image", "text").replace("{size: [4, 4]}", "{words: words.txt, length: 4}")


def graph() -> bytes:
    """A graph that sums the numbers of words."""
    of = [("words", onnx.TensorProto.INT64, 4), ("out", onnx.TensorProto.INT64, 1)]
    ends = [onnx.helper.make_tensor_value_info(name, kind, ["batch", size]) for name, kind, size in of]
    node = onnx.helper.make_node("ReduceSum", ["words"], ["out"], keepdims=1)
    made = onnx.helper.make_graph([node], "sum", ends[:1], ends[1:])
    versions = [onnx.helper.make_opsetid("", 13)]
    return bytes(onnx.helper.make_model(made, opset_imports=versions, ir_version=8).SerializeToString())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": PICTURES, "w.onnx": b"no graph"}, "model odd: w.onnx is no ONNX file"),
        ({"a.yaml": TEXTS, "w.onnx": graph(), "words.txt": "good 1\nbad\n"}, "line 2 of words.txt"),
        ({"a.yaml": TEXTS, "w.onnx": graph(), "words.txt": b"\xff 1\n"}, "word list words.txt"),
    ],
)
def test_who_tries_a_broken_model_is_not_told_where_it_lies(
    world: World, files: dict[str, str | bytes], said: str
) -> None:
    assert upload(world, Role.ADMIN, files, f"/projects/{world.mine}/models").status_code == 201
    path = f"{API}/projects/{world.mine}/trials"
    answer = world.call(Role.LABELER, "POST", path, json={"model": "odd", "text": "x"})
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]
    assert str(world.site.home) not in answer.text


@pytest.mark.parametrize(("does", "kind"), [("kill", "crashed"), ("hang", "hung")])
def test_a_model_that_dies_or_hangs_harms_nobody(world: World, tmp_path: Path, does: str, kind: str) -> None:
    card = write_card(tmp_path / "bad.yaml", {"text": "boom", "do": does})
    upload(world, OPERATOR, {"bad.yaml": card.read_bytes()})
    object.__setattr__(world.site, "trial_seconds", 60.0 if does == "kill" else 4.0)
    path = f"{API}/projects/{world.mine}/trials"
    said = world.call(Role.LABELER, "POST", path, json={"model": "bad", "text": "boom"})
    assert said.status_code == 200, said.text
    assert said.json()["items"][0]["fault"]["kind"] == kind
    assert world.call(Role.LABELER, "GET", f"{API}/session").status_code == 200


def test_what_is_in_use_is_not_deleted(world: World) -> None:
    ids = world.fresh()
    ids["task_id"]
    place = f"{API}/projects/{world.mine}"
    said = world.call(Role.ADMIN, "DELETE", f"{place}/datasets/{ids['dataset_id']}")
    assert (said.status_code, "a task uses it" in said.json()["error"]["message"]) == (409, True)
    concept = world.call(Role.ADMIN, "GET", f"{place}/concepts").json()["items"][0]
    assert world.call(Role.ADMIN, "DELETE", f"{place}/concepts/{concept['id']}").status_code == 409
    world.call(Role.ADMIN, "DELETE", f"{place}/tasks/{ids['task_id']}?annotations=keep")
    assert world.call(Role.ADMIN, "DELETE", f"{place}/datasets/{ids['dataset_id']}").status_code == 204
    assert world.call(Role.ADMIN, "GET", f"{place}/inputs/{ids['input_id']}").status_code == 200


def test_a_list_comes_in_pages(world: World) -> None:
    path = f"{API}/projects/{world.mine}/concepts"
    made = [world.call(Role.ADMIN, "POST", path, json={"name": f"c{i}"}).json()["id"] for i in range(5)]
    seen, after = [], "0"
    while after is not None:
        said = world.call(Role.VIEWER, "GET", f"{path}?limit=2&after={after}").json()
        seen += [one["id"] for one in said["items"]]
        after = said["next"]
    assert seen == made


def test_names_are_taken_once(world: World) -> None:
    path = f"{API}/projects/{world.mine}"
    for noun in ("datasets", "concepts"):
        one, two = ({"name": f"{noun} {i}"} for i in range(2))
        assert world.call(Role.ADMIN, "POST", f"{path}/{noun}", json=one).status_code == 201
        made = world.call(Role.ADMIN, "POST", f"{path}/{noun}", json=two).json()["id"]
        assert world.call(Role.ADMIN, "POST", f"{path}/{noun}", json=one).status_code == 409
        assert world.call(Role.ADMIN, "PATCH", f"{path}/{noun}/{made}", json=one).status_code == 409
    assert world.call(Role.OWNER, "PATCH", path, json={"name": "theirs"}).status_code == 409
