"""labelmill annotate: a folder in, triaged annotations out."""

from pathlib import Path
from typing import Annotated

import typer

from labelmill.cli import shared
from labelmill.cli.choose import chosen
from labelmill.cli.mill import Asked
from labelmill.cli.progress import summary
from labelmill.core.errors import BadCall
from labelmill.core.threshold import Limits


def command(
    source: Annotated[Path, typer.Argument(help="A folder, a file, a .zip, or a .csv/.jsonl with a text column.")],
    model: Annotated[str, typer.Option(help="A name of the catalog, or a card's path.")],
    concepts: Annotated[str, typer.Option(help="Only these, separated by commas.", show_default="all")] = "",
    upper: shared.Upper = None,
    lower: shared.Lower = None,
    floor: Annotated[float, typer.Option(help="Scores below are not kept.")] = 0.05,
    threshold: shared.PerConcept = None,
    project: Annotated[str, typer.Option(help="Made when it is not there.")] = "default",
    dataset: Annotated[str | None, typer.Option(help="Made when it is not there.", show_default="the source")] = None,
    name: Annotated[str | None, typer.Option(help="Of the task.", show_default="dataset and model")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many of the source.")] = None,
    standing: Annotated[bool, typer.Option("--standing", help="Take what is added to the dataset later, too.")] = False,
    as_json: shared.AsJson = False,
    home: shared.Home = None,
    server: shared.Server = None,
    token: shared.Token = None,
) -> int:
    """Annotate everything in SOURCE: approved, to a reviewer, or discarded by its score."""
    thresholds = shared.thresholds(Limits(0.5, 0.9), upper, lower, threshold or [], {})
    if not source.exists():
        raise BadCall(f"there is no file or folder at {source}")
    wanted = [concept.strip() for concept in concepts.split(",") if concept.strip()]
    if concepts and not wanted:
        raise BadCall(f"--concepts {concepts!r} names no concept: name some, or leave it out for all.")
    asked = Asked(source, model, wanted, thresholds, floor, project, dataset, name, limit, standing)
    with chosen(home, server, token, asked=asked) as mill:
        said = mill.annotate(asked)
    shared.put_json(said) if as_json else summary(said)
    return shared.status_of(said)
