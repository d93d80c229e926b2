"""labelmill models: the catalog, and whether a card is right."""

from pathlib import Path
from typing import Annotated, Any

import typer

from labelmill.cli import shared
from labelmill.cli.choose import chosen

app = typer.Typer(help="The catalog of models; try one on a file.", no_args_is_help=True)


@app.command("list")
def list_(
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """The models that can be named."""
    with chosen(home, server, token) as mill:
        listed = mill.models()
    if as_json:
        shared.put_json(listed)
        return 0
    for one in listed:
        if "error" in one:
            print(f"{one['name']}: {one['error']}")
            continue
        kinds = f"{one['makes']} on {' and '.join(one['reads'])}"
        print(f"{one['name']}: {kinds}, {len(one['concepts'])} concepts, {one['licence']}")
    return 0


@app.command()
def add(
    card: Annotated[Path, typer.Argument(help="The card's .yaml file.")],
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Keep a card and its files in the home, under the card's name."""
    with chosen(home, server, token) as mill:
        name = mill.add_model(card)
    print(f"{name} is in the catalog: labelmill annotate SOURCE --model {name}")
    return 0


@app.command()
def show(
    name: str,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """A model's card."""
    with chosen(home, server, token) as mill:
        facts = mill.model(name)
    if as_json:
        shared.put_json(facts)
        return 0
    for key, value in facts.items():
        if value != []:
            print(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    return 0


@app.command()
def check(
    name: str,
    subject: Annotated[str, typer.Argument(metavar="FILE_OR_TEXT", help="An image, a .txt file, or a text itself.")],
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Run a model on one file or text and show what it says, or what is wrong with its card."""
    with chosen(home, server, token) as mill:
        said = mill.check(name, subject)
    if as_json:
        shared.put_json({"model": said.model, "predictions": said.predictions})
        return 0
    for row in said.predictions[:50]:
        where = "".join(f"  {key} {_short(value)}" for key, value in row.items() if key not in ("concept", "score"))
        print(f"{row['score']:.3f}  {row['concept']}{where}")
    count = len(said.predictions)
    print(f"{count} predictions at {said.floor:g} or more" if count else "The model ran and found nothing here.")
    return 0


def _short(value: list[Any]) -> str:
    if value and isinstance(value[0], list):
        return f"of {len(value)} part{'s' if len(value) > 1 else ''}"
    return "[" + ", ".join(f"{v:.4g}" for v in value) + "]"
