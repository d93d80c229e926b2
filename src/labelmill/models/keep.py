"""Cards kept with their files, so that a version never changes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import yaml

from labelmill.core.errors import BadCard
from labelmill.models.cards import Card, read_card
from labelmill.models.catalog import built_in, is_built_in


def store_copy(card: Card, folder: Path) -> Path:
    """Copy a card and its files flat into `folder`, which appears whole or not at all; returns its card.yaml.

    A folder that already holds this version is left as it is; a copy that lost a file is replaced. The models of a
    workflow have to lie beside `folder`, in folders that are called as their versions; what is built in lies nowhere.
    Raises BadCard when the folder holds anything else, when a file of the card changed meanwhile, or when it cannot be
    copied.
    """
    try:
        return _stored(card, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadCard(f"model {card.name} cannot be copied to {folder}: {reason}") from error


def _stored(card: Card, folder: Path) -> Path:
    target = folder / "card.yaml"
    whole = is_kept(folder)
    if folder.exists() and not (target.exists() and (not whole or _version(target) == card.version)):
        raise BadCard(f"{folder} holds something else than model {card.name}: name another folder")
    if whole:
        return target
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _copy_into(card, draft)
        if _version(draft / "card.yaml") != card.version:
            raise BadCard(f"a file of model {card.name} changed while it was copied: try again")
        if folder.exists() and not is_kept(folder):
            shutil.rmtree(folder)
        _move(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def is_kept(folder: Path) -> bool:
    """Whether a folder holds a card with all of its files."""
    try:
        read_card(folder / "card.yaml", find=built_in)
    except BadCard:
        return False
    return True


def _version(path: Path) -> str:
    return read_card(path, find=built_in).version


def _copy_into(card: Card, folder: Path) -> None:
    names: dict[Path, str] = {}
    for path in card.files:
        taken = {"card.yaml", *names.values()}
        names[path] = path.name if path.name not in taken else f"{len(names)}-{path.name}"
        shutil.copyfile(path, folder / names[path])
    text = yaml.safe_dump(card.said(names.__getitem__, _beside), sort_keys=False, allow_unicode=True)
    (folder / "card.yaml").write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _beside(model: Card) -> str:
    return model.name if is_built_in(model) else f"../{model.version}/card.yaml"


def _move(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        # another process was first: its copy was checked as ours was
        if not (folder / "card.yaml").exists():
            raise
