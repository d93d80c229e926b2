"""What is said of tasks and to them, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, TypeAdapter, model_validator

from labelmill.core.annotation import Status
from labelmill.core.decision import Drawn
from labelmill.core.priority import Priority
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import report
from labelmill.flows.start_task import Review
from labelmill.server.inputs import Region
from labelmill.server.page import Body, Id, Name, Text
from labelmill.store.browse import Kind
from labelmill.store.heads import Head, Turn

Score = Annotated[float, Field(ge=0, le=1)]
Limit = Annotated[Score, Field(strict=True)]
"""A number and nothing that could be taken for one: true is no threshold."""
ConceptName = Annotated[str, Field(max_length=1000)]
Persons = Annotated[list[Id], Field(max_length=1000)]
Instructions = Annotated[Text, Field(max_length=100_000)]
Votes = Annotated[int, Field(ge=1, le=1000)]
_names = TypeAdapter(list[Name])


class Band(Body):
    """The limits of one concept; `upper` null: nothing is approved, all from `lower` on goes to a reviewer."""

    lower: Limit
    upper: Limit | None

    def limits(self) -> Limits:
        """As core has them. Raises BadCall when they are out of order."""
        return Limits(self.lower, self.upper)


class Bands(Band):
    """A task's limits, and those of concepts that have their own."""

    by_concept: Annotated[dict[ConceptName, Band], Field(max_length=20_000)] = Field(default_factory=dict)

    def thresholds(self) -> Thresholds:
        """As core has them. Raises BadCall when they are out of order."""
        return Thresholds(self.limits(), {name: one.limits() for name, one in self.by_concept.items()})


class NewTask(Body):
    """A task to make, over a dataset (`dataset_id`) or over all inputs as a new one (`all_inputs_as`: its name).

    `concepts`: of the model's; none means all. `mapping`: model concept -> project concept, where they differ; it is
    remembered. `thresholds`, which a model needs, are by the project's. `floor`: scores below are not kept; null: 0.05,
    or the lowest lower threshold. `model` null: people label, `makes` says what they draw, and `concepts` are the
    project's, made where it lacks them. `reviewers`, `labelers`: ids of members of that role or a higher one; without
    reviewers nobody reviews; `labelers` null: the reviewers. `agree`: votes that decide where `review` is stacked;
    null: more than half.
    `checked`: what a person submits another reviews. `delete_earlier`: what this model said before of these concepts on
    these inputs goes, unless a person touched it. `standing`: it takes what its dataset gets later, too.
    `ingest_seconds`: what bringing its inputs took, for its report.
    """

    model: Name | None = None
    makes: Drawn | None = None
    name: Name | None = None
    dataset_id: Id | None = None
    all_inputs_as: Name | None = None
    concepts: Annotated[list[ConceptName], Field(max_length=20_000)] = Field(default_factory=list)
    mapping: Annotated[dict[ConceptName, Name], Field(max_length=20_000)] = Field(default_factory=dict)
    thresholds: Bands | None = None
    floor: Limit | None = None
    reviewers: Persons = Field(default_factory=list)
    labelers: Persons | None = None
    instructions: Instructions = ""
    review: Review = "even"
    agree: Votes | None = None
    checked: bool = False
    priority: Priority = Priority.MEDIUM
    delete_earlier: bool = False
    standing: bool = False
    ingest_seconds: Annotated[float, Field(ge=0, le=10**9)] = 0.0

    @model_validator(mode="after")
    def _new_concepts_are_names(self) -> Self:
        if self.model is None:
            self.concepts = _names.validate_python(self.concepts)
        return self


class Colleague(BaseModel):
    """A person of a task."""

    id: int
    name: str


class TaskHead(BaseModel):
    """A task with its ledger: inputs = waiting + annotated + empty + failed.

    `status`: `waiting` for a worker, `running`, `paused`, `complete`, `cancelled`, `failed` (the model cannot run, see
    `error`). `model` null: people label, and `makes` says what they draw. `agree`: votes that decide where `review` is
    stacked. `checked`: what a person submits another reviews. `entered`: inputs that entered review; `reviewed` of them
    people are through with. `can_review`, `can_label`: the one who asks has something there now.
    `deciding`: slices that are still to be decided under the newest thresholds. `rate`: inputs a second within the
    last minute; `seconds_left`: for those that wait, at this rate; both null where it is not running. `last_act`: the
    newest of its activity: it grows with what is done to it, also when all comes back to what it was.
    """

    id: int
    project_id: int
    project: str
    name: str
    status: report.Status
    error: str | None
    dataset_id: int
    dataset: str
    model: str | None
    makes: Drawn | None
    annotation_types: list[str]
    instructions: str
    review: Review
    agree: int | None
    checked: bool
    priority: Priority
    paused: bool
    reviewers: list[Colleague]
    labelers: list[Colleague]
    concepts: list[str]
    thresholds: Bands
    standing: bool
    inputs: int
    waiting: int
    annotated: int
    empty: int
    failed: int
    entered: int
    reviewed: int
    can_review: bool
    can_label: bool
    deciding: int
    rate: float | None
    seconds_left: float | None
    last_act: int | None
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, head: Head, turn: Turn, *, alive: bool, **more: Any) -> Self:
        """From what the store has; `turn`: of the one who asks; `alive`: somebody works on it now."""
        status = report.status_of(head, alive=alive)
        rate = head.rate if status == "running" else None
        left = None if not rate else round(head.waiting / rate, 1)
        more |= {"can_review": turn.review, "can_label": turn.label, "paused": head.paused_at is not None}
        more |= {"status": status, "rate": None if rate is None else round(rate, 3), "seconds_left": left}
        more["priority"] = Priority.of(head.priority)
        return cls(**{name: getattr(head, name) for name in cls.model_fields.keys() - more.keys()}, **more)


class Counts(BaseModel):
    """Predictions by what becomes of them."""

    approved: int
    review: int
    discarded: int


class Task(TaskHead):
    """A task with all its numbers: sources = inputs + duplicates + rejected; `bands`: predictions by concept."""

    floor: float
    sources: int
    duplicates: int
    rejected: int
    predictions: int
    annotations: dict[str, int]
    bands: dict[str, Counts]
    seconds: float
    ingest_seconds: float
    annotate_seconds: float
    failures_total: int


class Failure(BaseModel):
    """What could not be read, or what a model could not do, and why."""

    source: str
    stage: Literal["ingest", "read", "predict"]
    kind: str
    message: str


class TaskFailure(Failure):
    """A source that was refused (`stage` ingest, no input) or an input that failed."""

    input_id: int | None


class Report(BaseModel):
    """A task's report, as `labelmill tasks show --json` prints it; `error` is only there when the task failed."""

    task: int
    name: str
    status: report.Status
    sources: int
    duplicates: int
    rejected: int
    inputs: int
    waiting: int
    annotated: int
    empty: int
    failed: int
    predictions: int
    annotations: dict[str, int]
    concepts: dict[str, Counts]
    seconds: float
    ingest_seconds: float
    annotate_seconds: float
    failures_total: int
    failures: list[Failure]
    error: str | None = None


class Applied(BaseModel):
    """The task, and how many of its inputs stay as people left them."""

    left_alone: int
    task: Task


class Histograms(BaseModel):
    """Per concept the bins that are not empty, as [bin, count]: bin b holds scores from b/1000 on, 1000 exactly 1."""

    concepts: dict[str, list[tuple[int, int]]]


class ConceptAnnotations(BaseModel):
    """Annotations by concept and status; those that there are none of are left out."""

    concepts: dict[str, dict[Status, int]]


class Preview(BaseModel):
    """What other limits would do."""

    total: Counts
    concepts: dict[str, Counts]


class Sample(BaseModel):
    """A prediction near a limit, and the band it is in under the task's thresholds."""

    input_id: int
    kind: Kind
    width: int | None
    height: int | None
    text: str | None
    concept: str
    score: float
    region: Region | None
    band: Literal["approved", "review", "discarded"]


class Samples(BaseModel):
    """Predictions by how near they are."""

    items: list[Sample]
    next: None = None
