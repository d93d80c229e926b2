"""What is said of inputs that people review or label, and what they send, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Self

import sqlalchemy as sa
from pydantic import BaseModel, Field, model_validator

from labelmill.core import decision
from labelmill.core.annotation import Work
from labelmill.core.errors import BadCall
from labelmill.core.geometry import decode, fault
from labelmill.server.inputs import Annotation, Region
from labelmill.server.page import Body, Id, Name, Text
from labelmill.server.task_shapes import Score
from labelmill.store import assignments, browse, projects, queue, votes
from labelmill.store.browse import Kind

MOST = 10_000
"""Changes that one decision may name."""

Key = Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[\w-]+$")]
"""Made by whoever sends, new for each decision: one that comes again does nothing twice."""

Seen = Annotated[int, Field(ge=0, le=2**63 - 1)]
Ids = Annotated[list[Id], Field(max_length=MOST)]


class Votes(BaseModel):
    """How many reviewers accept an annotation, and how many do not."""

    yes: int
    no: int


class WorkAnnotation(Annotation):
    """An annotation of the task. `mine`: the person who asks made it; `vote`: theirs, where reviewers vote.

    `votes`: all of them, for whom decides on a tie; null for those who are to vote without looking at others.
    """

    mine: bool
    vote: bool | None
    votes: Votes | None


class WorkInput(BaseModel):
    """An input with all that its task says of it.

    `seen`: its newest change, to be sent back with a decision. `comment`: of who sent it back last; `message`: why the
    model failed on it; `arbiter`: the reviewers disagree, and who asks decides alone.
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


class Progress(BaseModel):
    """Inputs that wait for one's review, that one is through with; that entered the task's review, and are through."""

    mine_open: int
    mine_done: int
    entered: int
    reviewed: int


class Decided(BaseModel):
    """What a decision came to: its act, by which it can be undone, and what people owe the input now."""

    activity_id: int
    work: Work
    progress: Progress


class Leased(BaseModel):
    """Until when an input is one's own to label, unless the lease is renewed."""

    expires_at: datetime


class RegionSaid(Body):
    """A part of an input, as `Region` has it."""

    kind: Literal["box", "polygon", "span"]
    value: Annotated[list[Any], Field(max_length=100_000)]


class EditSaid(Body):
    """Another concept, another region, or both, for an annotation."""

    id: Id
    concept: Name | None = None
    region: RegionSaid | None = None


class AdditionSaid(Body):
    """A new annotation; without a region it is about the whole input."""

    concept: Name
    region: RegionSaid | None = None


class Shaping(Body):
    """What was drawn and redrawn on an input, as seen at `seen`."""

    key: Key
    seen: Seen
    edits: Annotated[list[EditSaid], Field(max_length=MOST)] = Field(default_factory=list)
    additions: Annotated[list[AdditionSaid], Field(max_length=MOST)] = Field(default_factory=list)
    deletions: Ids = Field(default_factory=list)

    def shaping(self) -> decision.Shaping:
        """As core has it. Raises BadCall for regions that are none."""
        edits = [decision.Edit(one.id, one.concept, _region(one.region)) for one in self.edits]
        additions = [decision.Addition(one.concept, _region(one.region)) for one in self.additions]
        return decision.Shaping(edits, additions, self.deletions)


class Word(Shaping):
    """A reviewer's word on an input. Approve: `ticked` annotations stand, as do edited and added ones.

    Request changes: `comment` says which.
    """

    action: Literal["approve", "reject", "request_changes"]
    ticked: Ids = Field(default_factory=list)
    comment: Annotated[Text, Field(max_length=5000)] = ""

    @model_validator(mode="after")
    def _says_which_changes(self) -> Self:
        if self.action == "request_changes" and not self.comment.strip():
            raise ValueError("say in `comment` what should be different: whoever labels the input reads it")
        return self


class WordOnAll(Body):
    """A word on all that waits for one: of a concept, of a labeler, scored within limits, or simply all of it.

    `but_not`: ids of inputs that are left alone, such as those somebody has begun to look at.
    """

    key: Key
    action: Literal["approve", "reject"]
    concept: Name | None = None
    labeler: Name | None = None
    lowest: Score | None = None
    highest: Score | None = None
    but_not: Ids = Field(default_factory=list)


class WordOnSome(Body):
    """A word on annotations of many inputs."""

    key: Key
    accept: Ids = Field(default_factory=list)
    reject: Ids = Field(default_factory=list)


def _region(said: RegionSaid | None) -> Any:
    if said is None:
        return None
    try:
        region = decode(said.kind, said.value)
        wrong = fault(region)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadCall(f"a {said.kind} cannot be read from what was sent: see Region in the API's documents") from error
    if wrong:
        raise BadCall(wrong)
    return region


def inputs_of(conn: sa.Connection, task_id: int, person_id: int, ids: Sequence[int]) -> list[WorkInput]:
    """Inputs of a task as a person works on them, in the order asked for: a fixed number of queries."""
    facts = queue.facts(conn, task_id, person_id, ids)
    cast = _Cast(
        me=projects.person_labeler(conn, person_id),
        own=votes.of_person(conn, task_id, ids, person_id),
        all=votes.counted(conn, task_id, [i for i, fact in facts.items() if fact.arbiter]),
    )
    return [_work_input(one, facts[one.id], cast) for one in browse.some(conn, task_id, ids) if one.id in facts]


class _Cast(NamedTuple):
    """Votes by annotation id as a person may see them, and the labeler id that is `me`."""

    me: int
    own: dict[int, bool]
    all: dict[int, tuple[int, int]]


def _work_input(one: browse.Shown, fact: queue.Fact, cast: _Cast) -> WorkInput:
    names = ("id", "kind", "name", "width", "height", "text", "length")
    told = ("work", "outcome", "seen", "comment", "message", "arbiter")
    said = {name: getattr(one, name) for name in names} | {name: getattr(fact, name) for name in told}
    return WorkInput(**said, annotations=[_annotation(row, cast) for row in one.annotations])


def _annotation(row: sa.Row[Any], cast: _Cast) -> WorkAnnotation:
    names = ("id", "task_id", "concept_id", "concept", "present", "score", "status", "labeler")
    region = None if row.kind is None else Region(kind=row.kind, value=row.value)
    facts = {name: getattr(row, name) for name in names}
    counted = cast.all.get(row.id)
    return WorkAnnotation(
        **facts,
        region=region,
        mine=row.labeler_id == cast.me,
        vote=cast.own.get(row.id),
        votes=None if counted is None else Votes(yes=counted[0], no=counted[1]),
    )


def progress_of(conn: sa.Connection, task_id: int, person_id: int) -> Progress:
    """How far a person and the task are."""
    names = ("mine_open", "mine_done", "entered", "reviewed")
    return Progress(**dict(zip(names, assignments.progress(conn, task_id, person_id), strict=True)))
