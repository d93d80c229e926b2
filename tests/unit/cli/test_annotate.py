"""labelmill annotate, as a script meets it: a process, its status, its JSON."""

import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from live import either as either
from live import live as live
from mill import REPORT, Mill, bands, checked, rows, write_card, write_texts
from mill import mill as mill

from labelmill.store.database import Database


def write_picture(path: Path, shade: int, size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    coded, data = cv2.imencode(path.suffix, np.full((size[1], size[0], 3), shade, np.uint8))
    assert coded
    path.write_bytes(data.tobytes())
    return path


def test_a_folder_of_texts_and_pictures(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "mixed", ["one", "two", "three"])
    write_picture(source / "deep/er/photo.png", 10)
    write_picture(source / "deep/photo.jpg", 200)
    report = either.annotate(source)
    assert list(report) == REPORT
    assert report["task"] == 1
    assert report["name"] == "mixed · null"
    assert report["status"] == "complete"
    assert (report["sources"], report["inputs"], report["annotated"]) == (5, 5, 5)
    assert report["predictions"] == 25
    assert report["annotations"] == {"success": 5, "awaiting_review": 10}
    assert report["concepts"] == {
        "null-1": {"approved": 5, "review": 0, "discarded": 0},
        "null-2": {"approved": 0, "review": 5, "discarded": 0},
        "null-3": {"approved": 0, "review": 5, "discarded": 0},
        "null-4": {"approved": 0, "review": 0, "discarded": 5},
        "null-5": {"approved": 0, "review": 0, "discarded": 5},
    }
    assert report["seconds"] > 0
    assert report["failures"] == []
    lines = {line["source"]: line for line in either.export(tmp_path / "out.jsonl")}
    assert set(lines) == {"0000.txt", "0001.txt", "0002.txt", "deep/er/photo.png", "deep/photo.jpg"}
    assert (lines["deep/photo.jpg"]["width"], lines["deep/photo.jpg"]["height"]) == (40, 30)
    assert lines["0001.txt"]["text"] == "two"


def test_what_came_in_is_told_in_the_activity(mill: Mill, tmp_path: Path, database: Database) -> None:
    source = write_texts(tmp_path / "mixed", ["one", "two"])
    (source / "no.jpg").write_bytes(b"no picture")
    mill.annotate(source, "null", "--dataset", "Spring", status=1)
    (told,) = rows(database, "SELECT detail FROM activity WHERE operation = 'import_inputs'")
    dataset_id = rows(database, "SELECT id FROM dataset WHERE name = 'Spring'")[0]
    assert told == {
        "name": "mixed", "dataset": "Spring", "dataset_id": dataset_id, "inputs": 2, "refused": 1, "failed": False,
    }  # fmt: skip


def test_progress_and_tables_without_json(either: Mill, tmp_path: Path) -> None:
    said = either("annotate", write_texts(tmp_path / "texts", ["a", "b"]), "--model", "null")
    assert "Reading: 2 files or rows" in said.err
    assert "Reading" not in said.out
    for word in ("Concept", "approved", "review", "discarded", "null-3"):
        assert word in said.out
    assert "2 sources: 2 inputs, 0 duplicates, 0 rejected" in said.out
    assert "Task 1 (complete): 2 annotated, 0 empty, 0 failed, 0 waiting" in said.out


def test_a_terminal_shows_how_far_it_is_how_fast_and_what_became_of_it(mill: Mill, tmp_path: Path) -> None:
    source, card = write_texts(tmp_path / "texts", [f"text {n}" for n in range(60)]), tmp_path / "slow.yaml"
    command = [sys.executable, "-m", "labelmill", "annotate", source, "--model", write_card(card, delay=0.04)]
    settings = {"LABELMILL_HOME": str(mill.home), "LABELMILL_DATABASE_URL": mill.url, "LABELMILL_WORKERS": "1"}
    terminal, its_err = pty.openpty()
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=its_err) as process:
        os.close(its_err)
        seen = b""
        with suppress(OSError):  # how a terminal says that nobody writes to it any more
            while more := os.read(terminal, 2**16):
                seen += more
    os.close(terminal)
    assert process.returncode == 0
    first, *shown = seen.decode().split("\r\x1b[2K")
    assert first == ""
    under_way = r"([1-9]\d*) of 60 inputs · [\d.]+/s · about \d+ s left · approved \1 · review \1 · discarded 0"
    assert [line for line in shown if re.fullmatch(under_way, line)], shown


def test_progress_goes_to_stderr_with_json(mill: Mill, tmp_path: Path) -> None:
    said = mill("annotate", write_texts(tmp_path / "texts", ["a", "b"]), "--model", "null", "--json")
    assert json.loads(said.out)["inputs"] == 2
    assert said.out.count("\n{") == 0
    assert "Reading: 2 files or rows" in said.err


def test_thresholds_for_all_and_per_concept(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b", "c"])
    args = ("--upper", "never", "--lower", "0.2", "--threshold", "null-1=0.5:0.95", "--threshold", "null-2=0.81:0.9")
    report = either.annotate(source, "null", *args)
    assert {name: [n for n, count in counts.items() if count] for name, counts in report["concepts"].items()} == {
        "null-1": ["approved"],  # a score equal to upper belongs above
        "null-2": ["discarded"],
        "null-3": ["review"],
        "null-4": ["review"],
        "null-5": ["review"],  # equal to lower
    }
    assert report["annotations"] == {"success": 3, "awaiting_review": 9}


def test_a_concept_with_an_equals_sign_has_thresholds_too(mill: Mill, tmp_path: Path) -> None:
    card = write_card(tmp_path / "odd.yaml", concepts=("a=b:c", "plain, with comma"))
    report = mill.annotate(write_texts(tmp_path / "texts", ["x"]), card, "--threshold", "a=b:c=0.1:never")
    assert report["concepts"]["a=b:c"] == {"approved": 0, "review": 1, "discarded": 0}


def test_floor_decides_what_is_kept(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b"])
    assert mill.annotate(source, "null", "--floor", "0.4", "--lower", "0.4")["predictions"] == 8
    assert mill.annotate(source, "null", "--floor", "0.41", "--lower", "0.41")["predictions"] == 6
    assert mill.annotate(source, "null", "--floor", "0", "--lower", "0")["annotations"]["awaiting_review"] == 8


def test_concepts_chosen(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b"])
    report = mill.annotate(source, "null", "--concepts", "null-4, null-1")
    assert list(report["concepts"]) == ["null-1", "null-4"]
    assert report["predictions"] == 4
    only_weak = mill.annotate(source, "null", "--concepts", "null-5")
    assert (only_weak["annotated"], only_weak["empty"]) == (0, 2)
    assert only_weak["annotations"] == {"success": 0, "awaiting_review": 0}


def test_limit_takes_the_first_in_order(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", [f"text {i}" for i in range(9)])
    report = either.annotate(source, "null", "--limit", "4")
    assert report["sources"] == 4
    assert [line["source"] for line in either.export(tmp_path / "out.jsonl")] == [f"{i:04}.txt" for i in range(4)]


def test_names_given(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a"])
    report = either.annotate(source, "null", "--name", 'It\'s "mine" · ü', "--project", "P'1", "--dataset", "D;--")
    assert report["name"] == 'It\'s "mine" · ü'
    (listed,) = either("tasks", "list", "--json").json
    assert (listed["project"], listed["dataset"], listed["model"]) == ("P'1", "D;--", "null")
    assert either.show('It\'s "mine" · ü') == report


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".csv", 'id,text\nr1,"a, ""b"""\nr2,second\nr3,zwölf ✓\n'),
        (
            ".jsonl",
            '{"id": "r1", "text": "a, \\"b\\""}\n{"id": "r2", "text": "second"}\n{"id": "r3", "text": "zwölf ✓"}\n',
        ),
    ],
)
def test_tables(either: Mill, tmp_path: Path, suffix: str, content: str) -> None:
    table = tmp_path / f"rows{suffix}"
    table.write_text(content, encoding="utf-8")
    assert either.annotate(table)["inputs"] == 3
    lines = either.export(tmp_path / "out.jsonl")
    assert [line["text"] for line in lines] == ['a, "b"', "second", "zwölf ✓"]
    assert [line["id"] for line in lines] == ["r1", "r2", "r3"]


def test_a_table_without_ids_names_its_rows_apart(mill: Mill, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("text\na\nb\na\n")
    report = mill.annotate(table)
    assert (report["sources"], report["inputs"], report["duplicates"]) == (3, 2, 1)
    lines = mill.export(tmp_path / "out.jsonl")
    assert len({line["source"] for line in lines}) == 3
    assert sorted(line["text"] for line in lines) == ["a", "a", "b"]


def test_a_zip_is_kept_by_its_content(either: Mill, tmp_path: Path) -> None:
    photo = write_picture(tmp_path / "p.png", 90).read_bytes()
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a/ü 'x'.png", photo)
        file.writestr("b/same.png", photo)
        file.writestr("note.txt", "a note")
    card = write_card(tmp_path / "m.yaml", {"matches": "note", "predictions": []}, delay=0.0)
    report = either.annotate(archive, card)
    assert (report["sources"], report["inputs"], report["duplicates"]) == (3, 2, 1)
    assert (report["annotated"], report["empty"]) == (1, 1)
    archive.unlink()
    again = either.annotate(write_texts(tmp_path / "more", ["x"]), "null", "--dataset", "photos.zip")
    assert (again["inputs"], again["annotated"]) == (3, 3)  # the pictures are read from the home


@pytest.mark.parametrize("name", ["photo.png", "photo.webp", "photo.bmp", "photo.tiff", "photo.jpg"])
def test_a_single_file(mill: Mill, tmp_path: Path, name: str) -> None:
    report = mill.annotate(write_picture(tmp_path / name, 77))
    assert (report["sources"], report["annotated"]) == (1, 1)
    (line,) = mill.export(tmp_path / "out.jsonl")
    assert (line["source"], line["width"], line["height"]) == (name, 40, 30)


def test_odd_names_reach_the_export_as_they_are(either: Mill, tmp_path: Path) -> None:
    names = ["ümläut 東京.txt", 'it\'s "quoted".txt', "tab\there.txt", "semi;colon -- $(x) `y`.txt", "new\nline.txt"]
    names += ["back\\slash.txt", "percent%20.txt", "#row=1.txt", "e\u0301.txt", "\u00e9.txt"]
    source = write_texts(tmp_path / "it's ü", {f"dir '\"/{name}": name for name in names})
    report = either.annotate(source)
    assert (report["sources"], report["inputs"]) == (10, 10)
    lines = either.export(tmp_path / "out.jsonl")
    assert {(line["source"], line["text"]) for line in lines} == {(f"dir '\"/{name}", name) for name in names}


# --- the same again ---------------------------------------------------------------------------------------------------


def test_equal_content_is_one_input_with_several_sources(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", {"a.txt": "same", "b/a.txt": "same", "c.txt": "same", "d.txt": "other"})
    report = mill.annotate(source)
    assert (report["sources"], report["duplicates"], report["inputs"]) == (4, 2, 2)
    assert report["predictions"] == 10
    lines = mill.export(tmp_path / "out.jsonl")
    assert [line["source"] for line in lines] == ["a.txt", "b/a.txt", "c.txt", "d.txt"]
    assert lines[0]["annotations"] == lines[1]["annotations"] == lines[2]["annotations"] != []


def test_the_same_folder_twice_is_the_same_inputs(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b", "a"])
    first, second = either.annotate(source), either.annotate(source)
    assert second["task"] == first["task"] + 1
    told = ("sources", "duplicates", "inputs", "annotated", "predictions", "annotations", "concepts")
    assert {key: first[key] for key in told} == {key: second[key] for key in told}
    assert (second["sources"], second["duplicates"], second["inputs"]) == (3, 1, 2)
    assert either.export(tmp_path / "1.jsonl", 1) == either.export(tmp_path / "2.jsonl", 2)


def test_one_content_in_two_datasets_keeps_its_names_apart(mill: Mill, tmp_path: Path) -> None:
    mill.annotate(write_texts(tmp_path / "one", {"first.txt": "same"}))
    report = mill.annotate(write_texts(tmp_path / "two", {"second.txt": "same"}))
    assert (report["sources"], report["duplicates"], report["inputs"]) == (1, 0, 1)
    assert [line["source"] for line in mill.export(tmp_path / "1.jsonl", 1)] == ["first.txt"]
    assert [line["source"] for line in mill.export(tmp_path / "2.jsonl", 2)] == ["second.txt"]


def test_a_changed_file_is_another_input_of_the_next_task(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", {"a.txt": "before", "b.txt": "stays"})
    either.annotate(source)
    (source / "a.txt").write_text("after")
    report = either.annotate(source)
    assert (report["sources"], report["inputs"]) == (2, 2)
    assert {line["text"] for line in either.export(tmp_path / "2.jsonl", 2)} == {"after", "stays"}
    assert {line["text"] for line in either.export(tmp_path / "1.jsonl", 1)} == {"before", "stays"}


def test_a_mended_file_is_no_failure_any_more(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", {"good.txt": "good"})
    (source / "bad.png").write_bytes(b"no picture")
    report = either.annotate(source, status=1)
    assert (report["rejected"], report["inputs"], report["status"]) == (1, 1, "complete")
    write_picture(source / "bad.png", 3)
    mended = either.annotate(source)
    assert (mended["rejected"], mended["inputs"]) == (0, 2)


# --- what comes later -------------------------------------------------------------------------------------------------


def test_a_standing_task_takes_what_is_added(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b"])
    assert mill.annotate(source, "null", "--standing")["status"] == "complete"
    write_texts(source, {"new 1.txt": "c", "new 2.txt": "d", "copy.txt": "a"})
    said = mill("annotate", source, "--model", "null", "--json")
    assert "tasks resume 1" in said.err
    assert checked(said.json)["inputs"] == 4
    grown = mill.show(1, status=1)
    assert (grown["status"], grown["inputs"], grown["waiting"], grown["annotated"]) == ("waiting", 4, 2, 2)
    done = checked(mill("tasks", "resume", 1, "--json").json)
    assert (done["status"], done["annotated"], done["waiting"], done["predictions"]) == ("complete", 4, 0, 20)


def test_a_task_that_does_not_stand_stays_as_it_is(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["a", "b"])
    first = mill.annotate(source)
    write_texts(source, {"new.txt": "c"})
    (source / "bad.png").write_bytes(b"no picture")
    mill.annotate(source, status=1)
    assert mill.show(1) == first


# --- failures ---------------------------------------------------------------------------------------------------------


def test_failures_are_listed_and_counted_beyond_the_list(either: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "texts", ["good"])
    for i in range(104):
        (source / f"bad {i:03}.jpg").write_bytes(b"")
    card = write_card(tmp_path / "m.yaml", {"text": "good", "do": "raise"})
    report = either.annotate(source, card, status=1)
    assert (report["rejected"], report["failed"], report["failures_total"], report["inputs"]) == (104, 1, 105, 1)
    assert len(report["failures"]) == 100
    assert {failure["kind"] for failure in report["failures"]} == {"empty"}


def test_where_everything_lives(tmp_path: Path, mill: Mill) -> None:
    elsewhere = tmp_path / "elsewhere"
    card = write_card(tmp_path / "m.yaml")
    source = write_texts(tmp_path / "texts", ["x"])
    said: Any = mill("annotate", source, "--model", card, "--json", "--home", elsewhere).json
    assert bands(said) == {"approved": 1, "review": 1, "discarded": 0}
    assert list(elsewhere.glob("models/*/card.yaml"))
    assert not mill.home.exists()
