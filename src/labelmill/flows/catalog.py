"""Models by name: cards are kept with their files under their hash, so that a version never changes."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from labelmill.core.errors import BadCall, BadCard, LabelmillError, ModelUnusable, NotFound
from labelmill.models.base import Model
from labelmill.models.cards import CARDS, Card, read_card
from labelmill.models.catalog import BUILTIN, built_in, find_runtime, is_built_in, load
from labelmill.models.keep import is_kept, store_copy
from labelmill.store import activity, models
from labelmill.store.database import Database

BUILTIN_PREFIX = "builtin:"


def find_card(model: str, home: Path, database: Database) -> Card:
    """The card of a catalog name, or at a path. The database is asked only for a name that is not built in.

    Raises BadCard for a card that is wrong, NotFound for an unknown name.
    """
    if (path := Path(model)).suffix in CARDS or path.is_file():
        return read(database, home, path)
    return _find(database, home, model, hint="a card's path or ")


def read(database: Database, home: Path, path: Path, *, project_id: int | None = None, beside: bool = False) -> Card:
    """The card at a path; what a workflow names is looked up in the catalog, as a project knows it, if one is given.

    `beside` as for `read_card`. Raises BadCard for a card that is wrong.
    """
    return read_card(path, beside=beside, find=lambda name: _find(database, home, name, project_id=project_id))


def _find(database: Database, home: Path, name: str, *, project_id: int | None = None, hint: str = "") -> Card:
    if name in BUILTIN:
        return BUILTIN[name]
    with database.begin() as conn:
        return named_card(conn, home, name, project_id=project_id, hint=hint)


def named_card(conn: sa.Connection, home: Path, name: str, *, project_id: int | None = None, hint: str = "") -> Card:
    """The card of a catalog name, never of a path: built in, a project's own, or for all.

    Raises BadCard for a card that is wrong, NotFound for an unknown name.
    """
    card = named(conn, home, name, project_id=project_id, hint=hint).card
    if isinstance(card, BadCard):
        raise card
    return card


def keep(card: Card, home: Path) -> str:
    """Copy a card with its files and models into the home and return the reference that `open_card` takes."""
    if is_built_in(card):
        return BUILTIN_PREFIX + card.name
    folder = home / "models" / card.version
    if card.folder != folder:
        for model in card.models.values():
            keep(model, home)
        if not is_kept(folder):
            store_copy(card, folder)
    return f"models/{card.version}/card.yaml"


def open_card(home: Path, reference: str) -> Card:
    """The card behind a reference of `keep`, which names its version."""
    if reference.startswith(BUILTIN_PREFIX):
        return BUILTIN[reference.removeprefix(BUILTIN_PREFIX)]
    return read_card(home / reference, find=built_in).known_as((home / reference).parent.name)


def load_model(card: Card, *, floor: float | None = None) -> Model:
    """A card's model, for one thread. Raises ModelUnusable, also for whatever a loader of somebody else's raises."""
    try:
        return load(card, floor=floor)
    except LabelmillError:
        raise
    except Exception as error:
        raise ModelUnusable(f"model {card.name}: its loader raised {type(error).__name__}: {error}") from error


def put_version(conn: sa.Connection, card: Card, reference: str) -> int:
    """The id of the card's model version."""
    return models.put(
        conn, version=card.version, name=card.name, card=reference, makes=card.makes, concepts=card.offered
    )


def add(
    database: Database, home: Path, card: Card, *, project_id: int | None = None, person_id: int | None = None
) -> Card:
    """Put a card into the catalog under its name; a name that is there already points at it from now on.

    The card as it is kept. With `project_id` it is that project's alone, and its activity tells it of `person_id`, if
    one is given. Raises BadCard for a card that cannot be kept, ModelUnusable for a runtime that does not exist. The
    weights are not loaded: what they do is for processes that may die of it.
    """
    if card.name in BUILTIN:
        raise BadCard(f"The name {card.name!r} is built in: choose another.")
    _check_usable(card)
    reference = keep(card, home)
    with database.begin() as conn:
        models.publish(conn, card.name, put_version(conn, card, reference), project_id)
        if project_id is not None and person_id is not None:
            activity.record(conn, project_id, person_id, "add_model", detail={"name": card.name})
    return open_card(home, reference)  # what was sent may go now


def _check_usable(card: Card) -> None:
    find_runtime(card)
    for model in card.models.values():
        _check_usable(model)
    if card.weights is not None and card.size == 0:
        raise BadCard(f"model {card.name}: 'weights' names {card.weights}, which is empty: save or send it anew.")


class Listed(NamedTuple):
    """A name of the catalog with its card, or with what is wrong with the kept one; `project_id`: None for all."""

    name: str
    card: Card | BadCard
    project_id: int | None = None


def named(conn: sa.Connection, home: Path, name: str, *, project_id: int | None = None, hint: str = "") -> Listed:
    """An entry of the catalog by name: built in, a project's own, or for all. Raises NotFound."""
    if name in BUILTIN:
        return Listed(name, BUILTIN[name])
    if found := models.published(conn, name, project_id):
        entry, owner = found[0]
        return Listed(name, _opened(home, entry.card), owner)
    known = sorted({*BUILTIN, *(entry.name for entry, _ in models.published(conn, project_id=project_id))})
    raise NotFound(f"There is no model {name!r}: name {hint}one of {', '.join(known)}.")


def listed(database: Database, home: Path, *, project_id: int | None = None) -> list[Listed]:
    """All names of the catalog in their order; with `project_id` that project's own too, before others of the name."""
    with database.begin() as conn:
        entries = models.published(conn, project_id=project_id)
    found = {name: Listed(name, card) for name, card in BUILTIN.items()}
    for entry, owner in reversed(entries):
        found[entry.name] = Listed(entry.name, _opened(home, entry.card), owner)
    return [found[name] for name in sorted(found)]


def _opened(home: Path, reference: str) -> Card | BadCard:
    try:
        return open_card(home, reference)
    except BadCard as error:
        said = str(error).replace(f"{home}/", "")  # where the home lies is not for all who see the catalog
        return BadCard(f"the kept card is broken ({said}); add it again: labelmill models add CARD")


def chosen_concepts(card: Card, wanted: Sequence[str]) -> list[str]:
    """The wanted concepts, or all that the model offers. Raises BadCall for one that it does not offer."""
    if not card.offered:
        raise BadCall(f"{card.name} offers no concepts ({card.makes}), so it cannot label anything.")
    if unknown := [name for name in wanted if name not in card.offered]:
        some = ", ".join(card.offered[:12]) + (", ..." if len(card.offered) > 12 else "")
        raise BadCall(f"{card.name} has no concept {unknown[0]!r}; it has {some}")
    return list(dict.fromkeys(wanted)) or list(card.offered)
