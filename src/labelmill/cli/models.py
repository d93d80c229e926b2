"""labelmill models: the catalog, and whether a card is right."""

from pathlib import Path
from typing import Annotated, Any

import typer

from labelmill.cli import shared
from labelmill.core.errors import BadCall, BadCard, ModelFault
from labelmill.core.geometry import encode, kind_of
from labelmill.flows import catalog, try_model
from labelmill.models.cards import Card
from labelmill.settings import Settings

app = typer.Typer(help="The catalog of models; try one on a file.", no_args_is_help=True)


@app.command("list")
def list_(as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """The models that can be named."""
    settings = Settings.from_environment(home=home)
    with shared.opened(settings) as database:
        cards = catalog.listed(database, settings.home)
    if as_json:
        shared.put_json([_facts_of(name, card) for name, card, _ in cards])
        return 0
    for name, card, _ in cards:
        if isinstance(card, BadCard):
            print(f"{name}: {card}")
            continue
        print(f"{card.name}: {card.makes} on {' and '.join(card.reads)}, {len(card.offered)} concepts, {card.licence}")
    return 0


@app.command()
def add(card: Annotated[Path, typer.Argument(help="The card's .yaml file.")], home: shared.Home = None) -> int:
    """Keep a card and its files in the home, under the card's name."""
    settings = Settings.from_environment(home=home)
    with shared.opened(settings) as database:
        added = catalog.add(database, settings.home, card)
    print(f"{added.name} is in the catalog: labelmill annotate SOURCE --model {added.name}")
    return 0


@app.command()
def show(name: str, as_json: shared.AsJson = False, home: shared.Home = None) -> int:
    """A model's card."""
    settings = Settings.from_environment(home=home)
    with shared.opened(settings) as database:
        card = catalog.find_card(name, settings.home, database)
    facts = _facts(card)
    if as_json:
        shared.put_json(facts)
        return 0
    for key, value in facts.items():
        print(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    return 0


@app.command()
def check(
    name: str,
    subject: Annotated[str, typer.Argument(metavar="FILE_OR_TEXT", help="An image, a .txt file, or a text itself.")],
    as_json: shared.AsJson = False,
    home: shared.Home = None,
) -> int:
    """Run a model on one file or text and show what it says, or what is wrong with its card."""
    settings = Settings.from_environment(home=home)
    card = _card(name, settings)
    said = try_model.try_on(card, subject, max_bytes=settings.max_file_mb * shared.MIB)
    if isinstance(said, ModelFault):
        raise BadCall(f"the card or the model is wrong: {said}")
    rows: list[dict[str, Any]] = [
        {"concept": p.concept, "score": p.score, **({kind_of(p.region): encode(p.region)} if p.region else {})}
        for p in sorted(said, key=lambda p: -p.score)
    ]
    if as_json:
        shared.put_json({"model": card.name, "predictions": rows})
        return 0
    for row in rows[:50]:
        where = "".join(f"  {key} {_short(value)}" for key, value in row.items() if key not in ("concept", "score"))
        print(f"{row['score']:.3f}  {row['concept']}{where}")
    print(f"{len(rows)} predictions at {card.floor:g} or more" if rows else "The model ran and found nothing here.")
    return 0


def _card(name: str, settings: Settings) -> Card:
    with shared.opened(settings) as database:
        return catalog.find_card(name, settings.home, database)


def _facts_of(name: str, card: Card | BadCard) -> dict[str, Any]:
    return {"name": name, "error": str(card)} if isinstance(card, BadCard) else _facts(card)


def _facts(card: Card) -> dict[str, Any]:
    facts = {"name": card.name, "runtime": card.runtime, "licence": card.licence, "description": card.description}
    kinds = {"reads": list(card.reads), "makes": card.makes, "concepts": list(card.offered)}
    return {**facts, **kinds, "version": card.version}


def _short(value: list[Any]) -> str:
    if value and isinstance(value[0], list):
        return f"of {len(value)} part{'s' if len(value) > 1 else ''}"
    return "[" + ", ".join(f"{v:.4g}" for v in value) + "]"
