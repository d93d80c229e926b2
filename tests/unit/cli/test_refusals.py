"""A call that is wrong: status 2, one clear line on stderr, nothing on stdout, no task made."""

import json
from pathlib import Path

import pytest
from live import either as either
from live import live as live
from mill import Mill, write_texts
from mill import mill as mill

from labelmill.cli import run


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--lower", "0.9", "--upper", "0.5"], ["lower 0.9", "upper 0.5"]),
        (["--upper", "1.5"], ["upper 1.5"]),
        (["--upper", "nan"], ["upper nan"]),
        (["--upper", "abc"], ["'abc'", "'never'"]),
        (["--lower", "abc"], ["--lower", "number"]),
        (["--lower", "nan"], ["lower nan"]),
        (["--lower", "-0.1"], ["lower -0.1"]),
        (["--threshold", "null-1"], ["'null-1'", "CONCEPT=LOWER:UPPER"]),
        (["--threshold", "null-1=0.5"], ["CONCEPT=LOWER:UPPER"]),
        (["--threshold", "null-1=a:b"], ["CONCEPT=LOWER:UPPER"]),
        (["--threshold", "=0.1:0.2"], ["CONCEPT=LOWER:UPPER"]),
        (["--threshold", "null-1=0.9:0.2"], ["lower 0.9", "upper 0.2"]),
        (["--threshold", "nulll=0.1:0.2"], ["'nulll'", "concepts"]),
        (["--concepts", "null-1", "--threshold", "null-2=0.1:0.2"], ["'null-2'"]),
        (["--concepts", "null-1,nothing"], ["'nothing'", "null-1, null-2"]),
        (["--concepts", ",,"], ["--concepts ',,'", "names no concept"]),
        (["--floor", "0.6"], ["floor 0.6", "0.5"]),
        (["--floor", "-1"], ["floor -1"]),
        (["--floor", "0.3", "--threshold", "null-1=0.2:0.9"], ["floor 0.3", "0.2"]),
        (["--limit", "0"], ["--limit"]),
        (["--no-such-option"], ["--no-such-option"]),
    ],
)
def test_annotate_with_wrong_options(
    args: list[str],
    said: list[str],
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, for speed: nothing gets as far as a worker."""
    monkeypatch.setenv("LABELMILL_DATABASE_URL", database_url)
    source = write_texts(tmp_path / "texts", ["a"])
    status = run(["annotate", str(source), "--model", "null", "--json", "--home", str(tmp_path / "home"), *args])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("labelmill: ")
    for part in said:
        assert part in line
    assert run(["tasks", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_no_such_source(mill: Mill, tmp_path: Path) -> None:
    said = mill("annotate", tmp_path / "nowhere", "--model", "null", "--json", status=2)
    assert said.out == ""
    assert str(tmp_path / "nowhere") in said.line


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("rows.csv", "id,body\n1,x\n", "text"),
        ("rows.jsonl", '{"id": 1, "body": "x"}\n', "text"),
        ("empty.csv", "", "text"),
        ("broken.zip", "no zip", "zip"),
    ],
)
def test_a_source_that_is_none(either: Mill, tmp_path: Path, name: str, content: str, part: str) -> None:
    (tmp_path / name).write_text(content)
    line = either("annotate", tmp_path / name, "--model", "null", "--json", status=2).line
    assert name in line
    assert part in line
    assert either("tasks", "list", "--json").json == []


def test_an_empty_folder(either: Mill, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no files" in either("annotate", tmp_path / "empty", "--model", "null", status=2).line


@pytest.mark.parametrize(
    ("model", "parts"),
    [("nul", ["'nul'", "null"]), ("missing.yaml", ["missing.yaml"]), ("bad.yaml", ["bad.yaml", "runtime"])],
)
def test_no_such_model_and_a_wrong_card(either: Mill, tmp_path: Path, model: str, parts: list[str]) -> None:
    (tmp_path / "bad.yaml").write_text("name: bad\nlicence: none\nmakes: class\nreads: text\nconcepts: [a]\n")
    source = write_texts(tmp_path / "texts", ["a"])
    named = tmp_path / model if model.endswith(".yaml") else model
    line = either("annotate", source, "--model", named, "--json", status=2).line
    for part in parts:
        assert part in line


@pytest.mark.parametrize(
    "command",
    [
        ["tasks", "show"], ["tasks", "apply"], ["tasks", "retry"], ["tasks", "cancel"], ["tasks", "resume"],
        ["tasks", "delete"], ["export", "--format", "jsonl", "--to", "x"], ["models", "show"],
    ],
)  # fmt: skip
def test_what_is_named_has_to_exist(
    command: list[str], database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("LABELMILL_DATABASE_URL", database_url)
    monkeypatch.setenv("LABELMILL_HOME", str(tmp_path))
    for key in ("7", "no such", "99999999999999999999"):
        assert run([*command, key]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert f"'{key}'" in err
        assert err.count("\n") == 1


def test_an_ambiguous_name(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a"])
    either.annotate(source, "null", "--name", "twice")
    either.annotate(source, "null", "--name", "twice")
    line = either("tasks", "show", "twice", "--json", status=2).line
    assert "2 tasks" in line
    assert "1, 2" in line
    assert either.show(2)["name"] == "twice"


def test_exports_that_cannot_be(either: Mill, tmp_path: Path) -> None:
    either.annotate(write_texts(tmp_path / "texts", ["a", "b"]))
    coco = either("export", 1, "--format", "coco", "--to", tmp_path / "out.json", status=2).line
    assert "2 texts" in coco
    assert "jsonl" in coco
    nowhere = either("export", 1, "--format", "jsonl", "--to", tmp_path / "no/such/out.jsonl", status=2).line
    assert "no/such/out.jsonl" in nowhere
    assert (
        "'done'" in either("export", 1, "--format", "jsonl", "--to", tmp_path / "o", "--status", "done", status=2).line
    )
    assert "yaml" in either("export", 1, "--format", "yaml", "--to", tmp_path / "o", status=2).line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["texts"]


@pytest.mark.parametrize(("name", "value"), [("WORKERS", "many"), ("BATCH_SECONDS", "-1"), ("MAX_FILE_MB", "1.5")])
def test_a_wrong_setting_is_named(mill: Mill, name: str, value: str) -> None:
    line = mill("tasks", "list", status=2, **{name: value}).line
    assert f"LABELMILL_{name}" in line
    assert value in line


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:hunter2@h/db",
        "mysql://user:hunter2@h/db?charset=utf8",
        "hunter2",
        "sqlite:///hunter2.db",
        "postgresql+psycopg://u:hunter2@h/d",
        "postgresql://u:hunter2@h/d?bogus=1",
        "postgresql://u:hunter2 %@h/d",
    ],
)
def test_an_address_of_no_postgresql_is_named_and_not_shown(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LABELMILL_DATABASE_URL", url)
    assert run(["tasks", "list", "--home", str(tmp_path / "home")]) == 2
    out, err = capsys.readouterr()
    assert "hunter2" not in out + err
    assert err.startswith("labelmill: LABELMILL_DATABASE_URL is no PostgreSQL address")
    assert list(tmp_path.iterdir()) == []  # no trace of a fault of Labelmill's own


def test_a_home_below_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run(["tasks", "list", "--home", str(tmp_path / "file" / "home")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"labelmill: The home {tmp_path}/file/home cannot be made")


def test_a_database_that_is_not_there(mill: Mill) -> None:
    mill.url = "postgresql://labelmill@127.0.0.1:1/nothing"
    said = mill("tasks", "list", status=1)
    assert "cannot be reached" in said.line


def test_a_model_that_cannot_be_loaded_is_a_wrong_call(either: Mill, tmp_path: Path) -> None:
    card = tmp_path / "odd.yaml"
    card.write_text("name: odd\nruntime: kserv\nlicence: none\nmakes: class\nreads: text\nconcepts: [a]\n")
    line = either("annotate", write_texts(tmp_path / "texts", ["a"]), "--model", card, "--json", status=2).line
    assert "odd" in line
    assert "'kserv'" in line


def test_damaged_weights_are_a_wrong_call(mill: Mill, tmp_path: Path) -> None:
    (tmp_path / "w.onnx").write_bytes(b"no onnx")
    card = {
        "name": "hurt", "runtime": "onnx", "licence": "none", "makes": "class", "reads": "image", "concepts": ["a"],
        "weights": "w.onnx", "input": {"size": [8, 8]}, "head": {"type": "classifier", "activation": "none"},
    }  # fmt: skip
    (tmp_path / "hurt.yaml").write_text(json.dumps(card))
    source = write_texts(tmp_path / "texts", ["a"])
    line = mill("annotate", source, "--model", tmp_path / "hurt.yaml", "--json", status=2).line
    assert "hurt" in line
    left = mill("tasks", "list", "--json").json
    assert [task["status"] for task in left] in ([], ["failed"])  # never one that seems to be all right


def test_help_of_everything(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [[], ["annotate"], ["export"], ["doctor"], ["models"], ["tasks"]]
    commands += [["models", name] for name in ("list", "add", "show", "check")]
    commands += [["tasks", name] for name in ("list", "show", "apply", "retry", "cancel", "resume", "delete")]
    for command in commands:
        assert run([*command, "--help"]) == 0
        assert "Usage: labelmill" in capsys.readouterr().out
