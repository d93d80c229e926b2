"""The tables. `migrations/` creates them; a test holds the two together.

The bulk tables (input, source, dataset_source, ledger, prediction, region, annotation, assignment) have no foreign
keys: each check costs about 4 µs a row, more than the row itself. Their rows are written only beside what they refer
to, in one transaction, and deleted only by the functions of this package (docs/adr/0003).
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.event import listen

from labelmill.core.annotation import Outcome, Status, Work
from labelmill.store.columns import id_, refers, when
from labelmill.store.columns import metadata as metadata
from labelmill.store.schema_persons import access_token as access_token
from labelmill.store.schema_persons import one_time_token as one_time_token
from labelmill.store.schema_persons import person as person
from labelmill.store.schema_persons import session as session
from labelmill.store.schema_persons import sign_in_failure as sign_in_failure
from labelmill.store.schema_team import activity as activity
from labelmill.store.schema_team import assignment as assignment
from labelmill.store.schema_team import dataset_version as dataset_version
from labelmill.store.schema_team import lease as lease
from labelmill.store.schema_team import mapped_concept as mapped_concept
from labelmill.store.schema_team import notification as notification
from labelmill.store.schema_team import reviewer as reviewer
from labelmill.store.schema_team import share as share
from labelmill.store.schema_team import task_labeler as task_labeler
from labelmill.store.schema_team import version_annotation as version_annotation
from labelmill.store.schema_team import version_input as version_input
from labelmill.store.schema_team import vote as vote
from labelmill.store.schema_team import words

project = Table(
    "project",
    metadata,
    id_(),
    Column("name", Text, nullable=False, unique=True),
    when(),
    Column("archived_at", DateTime(timezone=True)),
)

member = Table(
    "member",
    metadata,
    refers("project_id", "project", key=True),
    refers("person_id", "person", key=True),
    Column("role", Text, nullable=False),
)

concept = Table(
    "concept",
    metadata,
    id_(),
    refers("project_id", "project"),
    Column("name", Text, nullable=False),
    when(),
    UniqueConstraint("project_id", "name"),
)

input_ = Table(
    "input",
    metadata,
    id_(),
    Column("project_id", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="BLAKE3 of the bytes; of the UTF-8 text for texts"),
    Column("kind", Text, nullable=False),
    Column("width", Integer, comment="pixels, upright"),
    Column("height", Integer, comment="pixels, upright"),
    Column("text", Text),
    Column("location", Text, comment="where the bytes lie: file: and a path (referenced), or media: and a hash"),
    when(),
    UniqueConstraint("project_id", "hash"),
    Index(None, "project_id", "id"),
    Index(None, "project_id", "kind", "id"),
)

leftover = Table(
    "leftover",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="of content that lost its input; its files are to go"),
)

source = Table(
    "source",
    metadata,
    id_(),
    Column("project_id", BigInteger, nullable=False),
    Column("input_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False, comment="relative file name or row id, as exports write it"),
    Column("uri", Text, nullable=False, comment="the place it was read from"),
    when(),
    UniqueConstraint("project_id", "uri", "input_id"),
    Index(None, "input_id"),
)

dataset = Table(
    "dataset",
    metadata,
    id_(),
    refers("project_id", "project"),
    Column("name", Text, nullable=False),
    Column("origin", Text, comment="the place it was made of, where nobody named it"),
    when(),
    UniqueConstraint("project_id", "name"),
    UniqueConstraint("project_id", "origin", name="uq_dataset_origin"),
)

dataset_source = Table(
    "dataset_source",
    metadata,
    Column("dataset_id", BigInteger, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("source_id", BigInteger, primary_key=True),
)

rejection = Table(
    "rejection",
    metadata,
    refers("dataset_id", "dataset", key=True),
    Column("uri", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
    when("seen_at"),
)

import_ = Table(
    "import",
    metadata,
    id_(),
    refers("project_id", "project"),
    refers("dataset_id", "dataset", null=True),
    refers("created_by", "person"),
    Column("folder", Text, nullable=False, comment="a folder, archive or table of the server's machine"),
    Column("read", Integer, nullable=False, server_default="0"),
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("error", Text, comment="why it could not be done"),
    when(),
    Column("ended_at", DateTime(timezone=True)),
    Index(None, "project_id"),
)

model_version = Table(
    "model_version",
    metadata,
    id_(),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("card", Text, nullable=False, comment="stored card's path in the home; or builtin: and a name"),
    Column("makes", Text, nullable=False),
    Column("concepts", ARRAY(Text), nullable=False),
    when(),
)

catalog = Table(
    "catalog",
    metadata,
    Column("name", Text, nullable=False),
    refers("model_version_id", "model_version"),
    when("added_at"),
    id_(),
    refers("project_id", "project", null=True),  # null: for every project
    UniqueConstraint("project_id", "name", postgresql_nulls_not_distinct=True),
)

labeler = Table(
    "labeler",
    metadata,
    id_(),
    Column("name", Text, nullable=False),
    refers("person_id", "person", null=True),
    refers("model_version_id", "model_version", null=True),
    UniqueConstraint("person_id"),
    UniqueConstraint("model_version_id"),
)

run = Table(
    "run",
    metadata,
    id_(),
    refers("model_version_id", "model_version"),
    Column("floor", Double, nullable=False),
    when(),
)

task = Table(
    "task",
    metadata,
    id_(Integer),
    refers("project_id", "project"),
    refers("dataset_id", "dataset", null=True),  # null: gone, as is the task but for its annotations
    refers("run_id", "run", null=True),
    refers("labeler_id", "labeler", null=True),  # null: people label
    refers("created_by", "person"),
    Column("name", Text, nullable=False),
    Column("thresholds", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1", comment="grows with every change of thresholds"),
    refers("revised_by", "person", null=True),
    Column("standing", Boolean, nullable=False, server_default="false"),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("error", Text, comment="why the model cannot run; set until the next resume"),
    Column("ingest_seconds", Double, nullable=False, server_default="0"),
    Column("annotate_seconds", Double, nullable=False, server_default="0"),
    when(),
    Column("deleted_at", DateTime(timezone=True), comment="its annotations were kept, it is shown no more"),
    Column("makes", Text, comment="what people label where no model does; null: what the model makes"),
    Column("instructions", Text, nullable=False, server_default=""),
    Column("review", Text, nullable=False, server_default="even", comment="even, stacked or none"),
    Column("agree", SmallInteger, comment="votes that decide, where review is stacked"),
    Column(
        "checked",
        Boolean,
        nullable=False,
        server_default="false",
        comment="what a person submits is reviewed by another",
    ),
    Column("priority", SmallInteger, nullable=False, server_default="1", comment="0 low, 1 medium, 2 high"),
    Column("paused_at", DateTime(timezone=True)),
    Index(None, "project_id"),
)

task_concept = Table(
    "task_concept",
    metadata,
    refers("task_id", "task", key=True),
    Column("model_concept", Text, primary_key=True),
    refers("concept_id", "concept"),
    Column("asked", Boolean, nullable=False, server_default="true", comment="false: only what was done before has it"),
)

shard = Table(
    "shard",
    metadata,
    refers("task_id", "task", key=True),
    Column("no", Integer, primary_key=True),
    Column("attempts", SmallInteger, nullable=False, server_default="0", comment="committed before predict"),
    Column("revision", Integer, nullable=False, server_default="0", comment="of the thresholds it was decided under"),
    Column("done", Boolean, nullable=False, server_default="false"),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("inputs", "annotated", "empty", "failed", "predictions")
    ),
    Column("done_at", DateTime(timezone=True), comment="the rate of a task is told from it"),
    Column("entered", Integer, nullable=False, server_default="0", comment="inputs that entered review"),
    Column(
        "reviewed", Integer, nullable=False, server_default="0", comment="of those, inputs that people are through with"
    ),
)

score_histogram = Table(
    "score_histogram",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("concept_id", BigInteger, primary_key=True),
    Column("counts", LargeBinary, nullable=False, comment="core.threshold.pack"),
    *(Column(band, Integer, nullable=False) for band in ("approved", "review", "discarded")),
)

ledger = Table(
    "ledger",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("shard", Integer, nullable=False),
    Column("outcome", words(Outcome), nullable=False, server_default=Outcome.WAITING.value),
    Column("work", words(Work), nullable=False, server_default=Work.NONE.value),
    Column("annotated", Boolean, nullable=False, server_default="false", comment="done with annotations"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("stage", Text),
    Column("kind", Text),
    Column("message", Text),
    Column(
        "entered",
        Boolean,
        nullable=False,
        server_default="false",
        comment="it entered review, and no model took it out again",
    ),
    Column("likeness", BigInteger, comment="core.likeness; null: no model was shown it, or nothing is known of it"),
    Index(None, "task_id", "shard"),
    Index("ix_ledger_label", "task_id", "input_id", postgresql_where="work = 'label'"),
    # no index on what changes (but for the few inputs that people label), and room in the page: then the one update of
    # each row stays in its page (HOT)
    postgresql_with={"fillfactor": 50},
)

prediction = Table(
    "prediction",
    metadata,
    Column("run_id", BigInteger, primary_key=True),
    Column("input_id", BigInteger, primary_key=True),
    Column("concepts", ARRAY(SmallInteger), nullable=False, comment="indexes into the model version's concepts"),
    Column("scores", ARRAY(Double), nullable=False),
    Column("regions", LargeBinary, comment="as store.annotations packs them; null: all about the whole input"),
    Column("parents", ARRAY(SmallInteger), comment="per prediction the index of its parent; null: none has one"),
    postgresql_partition_by="LIST (run_id)",
)
for _column in ("scores", "regions"):  # such numbers hardly get smaller, and to try takes time
    _as_it_is = f"ALTER TABLE prediction ALTER COLUMN {_column} SET STORAGE EXTERNAL"
    listen(prediction, "after_create", DDL(_as_it_is))  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types

region = Table(
    "region",
    metadata,
    id_(),
    Column("input_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", JSONB, nullable=False, comment="core.geometry.encode"),
    Index(None, "input_id"),
)

annotation = Table(
    "annotation",
    metadata,
    id_(),
    Column("task_id", Integer, nullable=False),
    Column("input_id", BigInteger, nullable=False),
    Column("region_id", BigInteger),
    Column("concept_id", BigInteger, nullable=False),
    Column("present", Boolean, nullable=False, server_default="true"),
    Column("labeler_id", BigInteger, nullable=False),
    Column("status", words(Status), nullable=False),
    Column("score", Double, comment="the model's; null for what a person made"),
    Column("prediction", SmallInteger, comment="index in the run's prediction row; null for what a person made"),
    Column("touched", Boolean, nullable=False, server_default="false", comment="a person decided or changed it"),
    Index(None, "input_id", "task_id"),  # those of a task are found by its ledger: one index is half the price of two
)

annotation_event = Table(
    "annotation_event",
    metadata,
    id_(),
    Column("annotation_id", BigInteger, nullable=False),
    Column("task_id", Integer, nullable=False),
    Column("input_id", BigInteger, nullable=False),
    Column("labeler_id", BigInteger, nullable=False, comment="who did it"),
    Column("operation", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    when("at"),
    Column("activity_id", BigInteger, comment="the act of a person that it is part of"),
    Index(None, "annotation_id"),
    Index(None, "task_id", "input_id"),
)
