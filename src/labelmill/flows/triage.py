"""What annotating and moving thresholds share: decisions become annotation rows and histogram rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from labelmill.core.annotation import Prediction, Status, Work, mapped, status_of
from labelmill.core.threshold import Band, pack_each
from labelmill.core.triage import Decided, owed, triage
from labelmill.store import annotations
from labelmill.store.assignments import Waiting
from labelmill.store.tasks import Terms


@dataclass(slots=True)
class Triaged:
    """One input's predictions as the project's concepts, as `mapped` gives them, and those that are not discarded."""

    said: list[tuple[int, Prediction]]
    decided: list[Decided]


def decide_input(terms: Terms, overlap: float, predictions: Sequence[Prediction]) -> Triaged:
    """One input's predictions under a task's thresholds."""
    said = mapped(predictions, terms.concepts, overlap=overlap)
    return Triaged(said, triage(said, terms.thresholds))


def annotation_rows(terms: Terms, input_id: int, decided: Iterable[Decided]) -> list[annotations.NewAnnotation]:
    """The annotations that an input's decisions make."""
    rows = []
    for one in decided:
        status = status_of(one.band, terms.awaiting)
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


def histogram_rows(terms: Terms, triaged: Iterable[Triaged]) -> list[tuple[Any, ...]]:
    """Per concept the packed histogram of scores and the count of each band, as the store takes them."""
    scores: dict[str, list[float]] = {}
    bands: Counter[tuple[str, Band]] = Counter()
    for one in triaged:
        for _, said in one.said:
            if said.concept in scores:
                scores[said.concept].append(said.score)
            else:
                scores[said.concept] = [said.score]
        bands.update((kept.prediction.concept, kept.band) for kept in one.decided)
    rows = []
    for (name, found), packed in zip(scores.items(), pack_each(list(scores.values())), strict=True):
        approved, review = bands[name, Band.APPROVED], bands[name, Band.REVIEW]
        rows.append((terms.ids[name], packed, approved, review, len(found) - approved - review))
    return rows


def work_owed(terms: Terms, statuses: Sequence[Status], *, touched: bool) -> Work:
    """What people owe an input; where a task has no labelers nobody labels what came out empty."""
    work = owed(statuses, touched=touched)
    return Work.NONE if work == Work.LABEL and not terms.has_labelers else work
