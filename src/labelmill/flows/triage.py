"""What annotating and moving thresholds share: decisions become annotation rows and histogram rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from labelmill.core.annotation import Prediction, Status, Work, mapped, status_of
from labelmill.core.threshold import Band, pack_each
from labelmill.core.triage import Decided, owed, triage
from labelmill.store import annotations
from labelmill.store.assignments import Waiting
from labelmill.store.tasks import Terms


def decide_input(terms: Terms, overlap: float, predictions: Sequence[Prediction]) -> list[Decided]:
    """One input's predictions as the project's concepts, each with its band."""
    return triage(mapped(predictions, terms.concepts, overlap=overlap), terms.thresholds)


def annotation_rows(terms: Terms, input_id: int, decided: Iterable[Decided]) -> list[annotations.NewAnnotation]:
    """The annotations that an input's decisions make; what is discarded makes none."""
    rows = []
    for one in decided:
        status = status_of(one.band, terms.awaiting)
        if status is None:
            continue
        said = one.prediction
        rows.append(
            annotations.NewAnnotation(
                input_id, terms.ids[said.concept], terms.labeler_id, status, said.region, said.score, one.index
            )
        )
    return rows


def waiting(terms: Terms, input_id: int, decided: Iterable[Decided], likeness: int | None = None) -> Waiting:
    """An input for reviewers, with the most doubtful of what they are to decide; `likeness` None: the ledger's."""
    doubts = [(abs(one.prediction.score - 0.5), one.prediction.concept) for one in decided if one.band is Band.REVIEW]
    if not doubts:
        return Waiting(input_id, likeness=likeness)
    doubt, concept = min(doubts)
    return Waiting(input_id, doubt, terms.ids[concept], likeness)


def histogram_rows(terms: Terms, decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    """Per concept the packed histogram of scores and the count of each band, as the store takes them."""
    groups: dict[str, tuple[list[float], list[Band]]] = {}
    for one in decided:
        scores, bands = groups.setdefault(one.prediction.concept, ([], []))
        scores.append(one.prediction.score)
        bands.append(one.band)
    packed = pack_each([scores for scores, _ in groups.values()])
    return [  # the bands in their order, which is that of the columns
        (terms.ids[name], counts, *(bands.count(band) for band in Band))
        for (name, (_, bands)), counts in zip(groups.items(), packed, strict=True)
    ]


def work_owed(terms: Terms, statuses: Sequence[Status], *, touched: bool) -> Work:
    """What people owe an input; where a task has no labelers nobody labels what came out empty."""
    work = owed(statuses, touched=touched)
    return Work.NONE if work == Work.LABEL and not terms.has_labelers else work
