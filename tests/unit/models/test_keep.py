"""Kept cards: copied whole or not at all, as the version that they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pets import CARD, TEXT_CARD, write
from pets import folder as folder

from labelmill.core.errors import BadCard
from labelmill.models import keep
from labelmill.models.cards import Card, read_card
from labelmill.models.keep import store_copy


@pytest.mark.parametrize("said", [CARD, TEXT_CARD], ids=["image", "text"])
def test_a_copy_is_the_same_version_wherever_it_lies(folder: Path, said: dict[str, Any]) -> None:
    card = read_card(write(folder, said))
    copied = store_copy(card, folder / "store" / "v1")
    assert read_card(copied).version == card.version
    moved = (folder / "store" / "v1").rename(folder / "elsewhere") / "card.yaml"
    assert read_card(moved).version == card.version
    assert {path.parent for path in read_card(moved).files} == {folder / "elsewhere"}
    assert [path.name for path in (folder / "store").iterdir()] == []


def test_files_of_the_same_name_do_not_meet_in_a_copy(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "file").write_text(f"{name}\n")
    card = read_card(write(folder, CARD | {"weights": "a/file", "concepts": "b/file"}))
    copied = read_card(store_copy(card, folder / "copy"))
    assert copied.version == card.version
    assert copied.names == ("b",)


def test_copying_twice_changes_nothing(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    first = store_copy(card, folder / "copy")
    before = first.stat().st_mtime_ns
    assert store_copy(card, folder / "copy") == first
    assert first.stat().st_mtime_ns == before


def test_of_two_who_copy_at_once_the_first_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = read_card(write(folder, CARD))
    copy_into = keep._copy_into

    def overtaken(card: Card, draft: Path) -> None:
        copy_into(card, draft)
        monkeypatch.setattr(keep, "_copy_into", copy_into)
        store_copy(card, folder / "store" / "copy")

    monkeypatch.setattr(keep, "_copy_into", overtaken)
    assert read_card(store_copy(card, folder / "store" / "copy")).version == card.version
    assert [path.name for path in (folder / "store").iterdir()] == ["copy"]


def test_a_copy_that_cannot_be_moved_into_place_is_told_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = read_card(write(folder, CARD))

    def refused(self: Path, target: Path) -> None:
        raise PermissionError(f"{self} to {target}")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(BadCard, match="model pets cannot be copied"):
        store_copy(card, folder / "store" / "copy")
    assert list((folder / "store").iterdir()) == []


def test_a_copy_replaces_nothing(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    store_copy(card, folder / "copy")
    other = read_card(write(folder, CARD | {"floor": 0.2}))
    with pytest.raises(BadCard, match="holds something else"):
        store_copy(other, folder / "copy")


def test_a_copy_that_lost_a_file_is_replaced(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    copy = store_copy(card, folder / "store" / "copy")
    (copy.parent / "pets.onnx").unlink()
    assert read_card(store_copy(card, copy.parent)).version == card.version
    assert [path.name for path in (folder / "store").iterdir()] == ["copy"]


def test_a_failed_copy_leaves_nothing(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    (folder / "classes.txt").unlink()
    with pytest.raises(BadCard, match=r"model pets cannot be copied to .*: No such file or directory"):
        store_copy(card, folder / "store" / "copy")
    assert list((folder / "store").iterdir()) == []


def test_a_file_that_changes_meanwhile_is_noticed(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    assert card.version
    (folder / "pets.onnx").write_bytes(b"others")
    with pytest.raises(BadCard, match="changed while it was copied"):
        store_copy(card, folder / "copy")
    assert not (folder / "copy").exists()


def test_a_folder_that_is_a_file_takes_no_copy(folder: Path) -> None:
    (folder / "home").write_text("a file")
    with pytest.raises(BadCard, match="model pets cannot be copied to"):
        store_copy(read_card(write(folder, CARD)), folder / "home" / "models" / "1")
