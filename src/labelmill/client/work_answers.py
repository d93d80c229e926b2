"""What the server answers those who review and label, with the keys of the API."""

from typing import Literal, TypedDict

from labelmill.client.answers import Annotation, Kind, Prediction, Region

Work = Literal["none", "review", "reviewed", "label", "labeled", "rejected"]
"""What people owe an input."""


class Votes(TypedDict):
    """How many reviewers accept an annotation, and how many do not."""

    yes: int
    no: int


class WorkAnnotation(Annotation):
    """An annotation of the task. `mine`: one made it; `vote`: one's own; `votes`: all, for whom decides on a tie."""

    mine: bool
    vote: bool | None
    votes: Votes | None


class WorkInput(TypedDict):
    """An input with all that its task says of it; `seen`: its newest change, to be sent back with a decision.

    `comment`: of who sent it back last; `message`: why the model failed on it; `arbiter`: one decides alone, because
    the reviewers disagree.
    """

    id: int
    kind: Kind
    name: str
    width: int | None
    height: int | None
    text: str | None
    length: int | None
    work: Work
    outcome: Literal["waiting", "done", "failed"]
    seen: int
    comment: str | None
    message: str | None
    arbiter: bool
    annotations: list[WorkAnnotation]


class Progress(TypedDict):
    """Inputs that wait for one's review, that one is through with; that entered the task's review, and are through."""

    mine_open: int
    mine_done: int
    entered: int
    reviewed: int


class Decided(TypedDict):
    """What a decision came to: its act, by which it can be undone, and what people owe the input now."""

    activity_id: int
    work: Work
    progress: Progress


class DecidedMany(TypedDict):
    """What a word on many came to; `stale`: ids of annotations that waited no more; `left`: inputs with more to decide.

    `activity_id` None: there was nothing to do.
    """

    activity_id: int | None
    annotations: int
    inputs: int
    reviewed: int
    stale: list[int]
    left: int
    progress: Progress


class Group(TypedDict):
    """Annotations of one concept by one labeler that wait for one, and on how many inputs."""

    concept_id: int
    concept: str
    labeler: str
    annotations: int
    inputs: int


class ReviewRegion(TypedDict):
    """An annotation that waits for one; `text`: the beginning of a text."""

    annotation_id: int
    input_id: int
    kind: Kind
    width: int | None
    height: int | None
    text: str | None
    score: float | None
    region: Region | None


class NextToLabel(TypedDict):
    """The input that is one's own to label until `expires_at`, None when none waits; `left`: how many wait in all."""

    input: WorkInput | None
    expires_at: str | None
    left: int


class Submitted(TypedDict):
    """An input that one submitted, and when; `id`: of the act."""

    id: int
    input_id: int
    at: str


class ModelHints(TypedDict):
    """What one run of a model said, the best score first."""

    model: str
    predictions: list[Prediction]
