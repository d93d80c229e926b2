"""What the server answers, as it stands in the JSON: plain dictionaries whose keys a type checker knows."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

Role = Literal["owner", "admin", "labeler", "reviewer", "viewer"]
Kind = Literal["image", "text"]
Status = Literal["success", "awaiting_review", "awaiting_consensus_review", "pending", "rejected"]
Form = Literal["coco", "jsonl"]
Drawn = Literal["class", "box", "polygon", "span"]
Review = Literal["even", "stacked", "none"]
Priority = Literal["low", "medium", "high"]
NotificationKind = Literal["assigned", "finished", "failed"]


class Me(TypedDict):
    """Whose token this is; `operator`: may look after the server. `muted`: what they do not want to be told of."""

    id: int
    name: str
    operator: bool
    muted: list[NotificationKind]


class Token(TypedDict):
    """An access token; times are ISO 8601."""

    id: int
    name: str
    created_at: str
    used_at: str | None
    expires_at: str | None


class Project(TypedDict):
    """A project; `role` is one's own in it."""

    id: int
    name: str
    role: Role
    created_at: str
    archived_at: str | None
    inputs: int
    tasks: int


class Member(TypedDict):
    """A person with a role; `invitation`: how the link of one without a password stands; `renewable`: by adding."""

    id: int
    name: str
    role: Role
    invitation: Literal["open", "expired", "used"] | None
    renewable: bool


class Invited(TypedDict):
    """A new member; `token`, where there is one, lets them in once: send them /sign-in#token=... of the server."""

    id: int
    name: str
    role: Role
    token: str | None


class Dataset(TypedDict):
    """A dataset with what it holds; `rejected`: sources that could not be read."""

    id: int
    name: str
    created_at: str
    inputs: int
    images: int
    texts: int
    rejected: int
    tasks: int
    versions: int


class Version(TypedDict):
    """A dataset as a task left it, frozen; `left_out`: annotations by status, and `inputs`, that it has not."""

    id: int
    dataset_id: int
    number: int
    task_id: int | None
    inputs: int
    annotations: int
    left_out: dict[str, int]
    created_by: str
    created_at: str


class Concept(TypedDict):
    """What can be said of an input or a region."""

    id: int
    name: str
    created_at: str


class Model(TypedDict):
    """A model's card; `selectable`: a task can be made with it, else `reason` says why not.

    `size`: bytes of its weights, None without any. `models`: those of a workflow, else none. `project_id`: the project
    whose own it is; None: it is there for all. One whose kept card is gone or broken has no `version`.
    """

    name: str
    runtime: str
    licence: str
    description: str
    reads: list[Kind]
    makes: str
    concepts: list[str]
    models: list[str]
    version: str
    size: int | None
    selectable: bool
    reason: str | None
    project_id: int | None


class Region(TypedDict):
    """`box`: [x1, y1, x2, y2]; `polygon`: parts of rings of [x, y]; `span`: [start, end] in code points.

    Boxes and polygons are in shares of the upright image, 0 to 1; the end of a span is exclusive.
    """

    kind: Literal["box", "polygon", "span"]
    value: list[Any]


class Prediction(TypedDict):
    """What a model says, with its raw score, 0 to 1; without a region it is about the whole input."""

    concept: str
    score: float
    region: Region | None


class Fault(TypedDict):
    """What was wrong: one word for programs, a sentence for people."""

    kind: str
    message: str


class Answer(TypedDict):
    """What a model says of one input, best first; or why it says nothing."""

    input_id: int | None
    predictions: list[Prediction]
    fault: Fault | None


class Answers(TypedDict):
    """One answer for each input that was asked about, in order; nothing in it is below `floor`.

    `seconds`: what they took together, once the model was loaded.
    """

    model: str
    floor: float
    seconds: float
    items: list[Answer]


class Annotation(TypedDict):
    """What is said of an input: a concept, present or absent, on a region or on the whole input."""

    id: int
    task_id: int
    concept_id: int
    concept: str
    present: bool
    region: Region | None
    score: float | None
    status: Status
    labeler: str


class Input(TypedDict):
    """An image or a text; `name` of its first source. Of a page, `text` is the beginning of a long text."""

    id: int
    kind: Kind
    name: str
    width: int | None
    height: int | None
    text: str | None
    length: int | None
    created_at: str
    annotations: list[Annotation]


class InputAlone(Input):
    """One input, and the ids of its neighbours among those chosen."""

    previous: int | None
    next: int | None


class Failure(TypedDict):
    """A source that could not be read, and why."""

    source: str
    kind: str
    message: str


class Received(TypedDict):
    """What came of an upload; `read` items, `accepted` of them. `grown`: new inputs by the id of a standing task."""

    read: int
    accepted: int
    failures: list[Failure]
    dataset_id: int | None
    grown: dict[str, int]


class Import(TypedDict):
    """An import of a folder of the server's machine: `read` items so far, `accepted` of them.

    `ended_at` None while it goes on, `error`: why it could not.
    """

    id: int
    folder: str
    dataset_id: int | None
    read: int
    accepted: int
    error: str | None
    ended_at: str | None
    created_at: str


class ImportAlone(Import):
    """One import, with the first of the sources that could not be read."""

    failures: list[Failure]


class Band(TypedDict):
    """The limits of one concept; `upper` None: nothing is approved, all from `lower` on goes to a reviewer."""

    lower: float
    upper: float | None


class Bands(Band):
    """A task's limits, and those of concepts that have their own."""

    by_concept: NotRequired[dict[str, Band]]


class Counts(TypedDict):
    """Predictions by what becomes of them."""

    approved: int
    review: int
    discarded: int


class Colleague(TypedDict):
    """A person of a task."""

    id: int
    name: str


class TaskHead(TypedDict):
    """A task with its ledger: inputs = waiting + annotated + empty + failed.

    `status`: `waiting` for a worker, `running`, `paused`, `complete`, `cancelled`, `failed` (the model cannot run, see
    `error`). `model` None: people label, and `makes` says what they draw. `agree`: votes that decide where `review` is
    stacked. `checked`: what a person submits another reviews. `entered`: inputs that entered review; `reviewed` of them
    people are through with. `can_review`, `can_label`: the one who asks has something there now.
    `deciding`: slices that are still to be decided under the newest thresholds. `rate`: inputs a second within the last
    minute, `seconds_left` at this rate; None where it is not running. `last_act`: the newest of its activity.
    """

    id: int
    project_id: int
    project: str
    name: str
    status: Literal["waiting", "running", "paused", "complete", "cancelled", "failed"]
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
    created_at: str


class Task(TaskHead):
    """A task with all its numbers: sources = inputs + duplicates + rejected; `bands`: predictions by concept."""

    floor: float
    sources: int
    duplicates: int
    rejected: int
    predictions: int
    annotations: dict[Status, int]
    bands: dict[str, Counts]
    seconds: float
    ingest_seconds: float
    annotate_seconds: float
    failures_total: int


class ChangedTask(TypedDict, total=False):
    """What is to be different about a task; reviewers and labelers are ids of members."""

    name: str
    reviewers: Sequence[int]
    labelers: Sequence[int]
    priority: Priority
    instructions: str
    checked: bool
    agree: int
    concepts: Sequence[str]


class Part(TypedDict):
    """A person's part in a task: inputs `given` to them to review, of those `done` and `open`; inputs they `labeled`.

    `reviewer`, `labeler`: they are that now.
    """

    id: int
    name: str
    reviewer: bool
    labeler: bool
    given: int
    done: int
    open: int
    labeled: int


class Applied(TypedDict):
    """The task, and how many of its inputs stay as people left them."""

    left_alone: int
    task: Task


class TaskFailure(Failure):
    """A source that was refused (`stage` ingest, no input) or an input that failed."""

    input_id: int | None
    stage: str


class Preview(TypedDict):
    """What other limits would do."""

    total: Counts
    concepts: dict[str, Counts]


class Sample(TypedDict):
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
