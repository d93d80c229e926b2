"""How the command ends when something goes wrong that nobody meant: one line, a status, never a traceback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mill import Mill, ended, until, write_card, write_texts
from mill import embedded_mill as embedded_mill
from mill import mill as mill

import labelmill.cli
from labelmill.cli import choose, local, run
from labelmill.core.errors import LabelmillError

Broken = Callable[[Exception], list[str]]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Broken:
    def make(error: Exception) -> list[str]:
        def listing(_conn: object) -> None:
            raise error

        monkeypatch.setattr(local, "listing", listing)
        monkeypatch.setattr(choose, "begun", _nothing)
        monkeypatch.setattr(choose, "opened", _nothing)
        return ["tasks", "list", "--home", str(tmp_path / "home")]

    return make


class _nothing:  # noqa: N801 - it stands for a function
    def __init__(self, *_args: object) -> None:
        pass

    def __enter__(self) -> "_nothing":
        return self

    def __exit__(self, *_args: object) -> None:
        pass

    def begin(self) -> "_nothing":
        return self


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device", "/a/file"), OSError("odd"), OSError(5, "x\ny"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ],
)  # fmt: skip
def test_what_the_machine_refuses_is_one_sentence(
    broken: Broken, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(broken(error)) == 2
    err = capsys.readouterr().err
    assert err.startswith("labelmill: ") and err.count("\n") == 1
    assert len(err) > len("labelmill: \n") and "Traceback" not in err


@pytest.mark.parametrize("error", [KeyError("a\nb"), LabelmillError("a worker failed: x\nTraceback (most ...")])
def test_a_fault_of_ours_says_where_its_trace_is(
    broken: Broken, tmp_path: Path, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(broken(error)) == 1
    err = capsys.readouterr().err
    (log,) = (tmp_path / "home" / "log").iterdir()
    assert "Traceback" in log.read_text()
    assert err.count("\n") == 1 and "Traceback" not in err
    assert "fault of Labelmill" in err and str(log) in err


def test_the_trace_goes_to_the_temp_folder_without_a_home(
    broken: Broken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("a file")
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    assert run(broken(KeyError("x"))) == 1
    (log,) = (tmp_path / "temp").iterdir()
    assert str(log) in capsys.readouterr().err


@pytest.mark.parametrize("args", [["tasks", "show", "{}"], ["annotate", "{}", "--model", "null"], ["--home={}"]])
def test_arguments_that_are_no_text_are_refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([word.format(os.fsdecode(b"caf\xe9")) for word in args]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "is no UTF-8" in err and r"\udce9" in err


@pytest.mark.parametrize("args", [[], ["tasks"], ["models"]])
def test_without_a_command_there_is_help(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args) == 2
    out, err = capsys.readouterr()
    assert "Usage: labelmill" in out + err
    assert "labelmill: \n" not in err


def test_an_output_that_knows_no_umlauts(mill: Mill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    card = write_card(tmp_path / "c.yaml", concepts=("größe", "日本"))
    said = mill("annotate", write_texts(tmp_path / "ü", {"ä.txt": "x"}), "--model", card, "--name", "Töne")
    assert "T\\xf6ne" in mill("tasks", "list").out
    assert "größe" in mill("tasks", "show", 1, "--json").json["concepts"]
    assert "Traceback" not in said.err
    assert "\\xfc" in mill("tasks", "show", "ü", status=2).line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_an_output_that_is_full_is_one_sentence(mill: Mill) -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    env |= {"LABELMILL_HOME": str(mill.home), "LABELMILL_DATABASE_URL": mill.url}
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            [sys.executable, "-m", "labelmill", "tasks", "list", "--json"],
            env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert said.returncode == 2
    assert said.stderr == "labelmill: No space left on device\n"


def test_sigterm_is_heard_as_ctrl_c_is(embedded_mill: Mill, tmp_path: Path) -> None:
    mill = embedded_mill
    card = write_card(tmp_path / "slow.yaml", delay=0.5)
    source = write_texts(tmp_path / "texts", [str(n) for n in range(200)])
    process = mill.start("annotate", source, "--model", card, "--json")
    until(lambda: [task for task in mill("tasks", "list", "--json").json if task["waiting"]])
    process.send_signal(signal.SIGTERM)
    said = ended(process, labelmill.cli.TERMINATED)
    assert said.line.startswith("stopped; nothing is lost")
    assert said.out == ""
    (task,) = json.loads(mill("tasks", "list", "--json").out)
    assert task["status"] == "waiting"
    pid_file = mill.home / "database" / "data" / "postmaster.pid"
    until(lambda: not pid_file.exists())  # the last to leave asks the database to stop and does not wait
