"""The tables of what a team does: who labels, votes, leases, activity, notifications, and frozen dataset versions."""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from labelmill.core.annotation import Outcome, Status, Work
from labelmill.core.likeness import LAST
from labelmill.store.columns import id_, metadata, refers, when


def words(enum: type[Status] | type[Outcome] | type[Work]) -> Enum:
    """The type of a column that holds the words of an enum."""
    return Enum(enum, name=enum.__name__.lower(), values_callable=lambda e: [m.value for m in e])


reviewer = Table("reviewer", metadata, refers("task_id", "task", key=True), refers("person_id", "person", key=True))

task_labeler = Table(
    "task_labeler", metadata, refers("task_id", "task", key=True), refers("person_id", "person", key=True)
)

assignment = Table(
    "assignment",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("done_at", DateTime(timezone=True)),
    Column(
        "doubt",
        REAL,
        nullable=False,
        server_default="0.5",
        comment="how far the most doubtful undecided score lies from 0.5: 0 to 0.5",
    ),
    Column(
        "concept_id",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="of the most doubtful undecided annotation; 0: none",
    ),
    Column(
        "arbiter",
        Boolean,
        nullable=False,
        server_default="false",
        comment="decides alone, the reviewers having disagreed",
    ),
    Column("likeness", BigInteger, nullable=False, server_default=str(LAST), comment="the ledger's, or the last place"),
    Index("ix_assignment_open", "task_id", "person_id", "input_id", postgresql_where="done_at IS NULL"),
    Index("ix_assignment_doubt", "task_id", "person_id", "doubt", "input_id", postgresql_where="done_at IS NULL"),
    Index(
        "ix_assignment_concept", "task_id", "person_id", "concept_id", "input_id", postgresql_where="done_at IS NULL"
    ),
    Index("ix_assignment_likeness", "task_id", "person_id", "likeness", "input_id", postgresql_where="done_at IS NULL"),
)

share = Table(
    "share",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("inputs", Integer, nullable=False, comment="of this shard, given to this reviewer"),
    Column(
        "done",
        Integer,
        nullable=False,
        server_default="0",
        comment="of those, inputs that this reviewer is through with",
    ),
)

vote = Table(
    "vote",
    metadata,
    Column("annotation_id", BigInteger, primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("task_id", Integer, nullable=False),
    Column("input_id", BigInteger, nullable=False),
    Column("accepts", Boolean, nullable=False),
    Column("activity_id", BigInteger, nullable=False),
    Index(None, "task_id", "input_id"),
)

lease = Table(
    "lease",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    when("expires_at", given=True),
)

activity = Table(
    "activity",
    metadata,
    id_(),
    refers("project_id", "project"),
    Column("task_id", Integer),
    Column("input_id", BigInteger),
    Column(
        "person_id",
        ForeignKey("person.id", ondelete="CASCADE"),
        comment="null: no person did it, it happened to a task's run",
    ),
    Column("operation", Text, nullable=False),
    Column(
        "detail", JSONB, nullable=False, server_default="{}", comment="what the story tells, and what undoing needs"
    ),
    Column("key", Text, comment="of the request: one that comes again does nothing twice"),
    when("at"),
    Column("undone_at", DateTime(timezone=True)),
    UniqueConstraint("person_id", "key"),
    Index(None, "project_id", "id"),
    Index(None, "task_id", "id"),
    Index(None, "task_id", "person_id", "id"),
    Index(None, "task_id", "input_id", "id"),
)

notification = Table(
    "notification",
    metadata,
    id_(),
    refers("person_id", "person"),
    Column("task_id", Integer, nullable=False),
    Column("kind", Text, nullable=False, comment="assigned, finished or failed"),
    when("at"),
    Column("read_at", DateTime(timezone=True)),
    Index(None, "person_id", "id"),
)

mapped_concept = Table(
    "mapped_concept",
    metadata,
    refers("project_id", "project", key=True),
    Column("model", Text, primary_key=True),
    Column("model_concept", Text, primary_key=True),
    Column("concept", Text, nullable=False, comment="the name that the project has for it, as last chosen"),
)

dataset_version = Table(
    "dataset_version",
    metadata,
    id_(),
    refers("dataset_id", "dataset"),
    Column("number", Integer, nullable=False),
    Column("task_id", Integer),
    refers("created_by", "person"),
    when(),
    Column("inputs", Integer, nullable=False, server_default="0"),
    Column("annotations", Integer, nullable=False, server_default="0"),
    Column("concepts", ARRAY(Text), nullable=False, server_default="{}", comment="that the task asked for, in order"),
    Column(
        "left_out",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="annotations by status, and inputs, that the task has and this has not",
    ),
    UniqueConstraint("dataset_id", "number"),
)

version_input = Table(
    "version_input",
    metadata,
    Column("version_id", BigInteger, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("text", Text),
    Column("location", Text),
    Column("sources", JSONB, nullable=False, comment="[name, uri] of each, as exports take them"),
    Index(None, "hash"),
)

version_annotation = Table(
    "version_annotation",
    metadata,
    Column("version_id", BigInteger, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("annotation_id", BigInteger, primary_key=True),
    Column("concept", Text, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("kind", Text),
    Column("region", JSONB),
    Column("score", Double),
    Column("status", words(Status), nullable=False),
    Column("labeler", Text, nullable=False),
)
