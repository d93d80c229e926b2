"""The tables of persons and of what lets them in."""

from sqlalchemy import Boolean, Column, DateTime, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from labelmill.store.columns import id_, metadata, refers, secret, when

person = Table(
    "person",
    metadata,
    id_(),
    Column("name", Text, nullable=False, unique=True),
    when(),
    Column("password", Text, comment="argon2id; null: nobody can sign in with a password"),
    Column(
        "operator", Boolean, nullable=False, server_default="false", comment="runs the server: its catalog, persons"
    ),
    Column("disabled_at", DateTime(timezone=True)),
    Column(
        "muted", ARRAY(Text), nullable=False, server_default="{}", comment="kinds of notifications that are not wanted"
    ),
)

session = Table(
    "session",
    metadata,
    secret(),
    refers("person_id", "person"),
    when("expires_at", given=True),
    when(),
    Index(None, "person_id"),
)

one_time_token = Table(
    "one_time_token",
    metadata,
    secret(),
    refers("person_id", "person"),
    when("expires_at", given=True),
    Index(None, "person_id"),
)

access_token = Table(
    "access_token",
    metadata,
    id_(),
    Column("hash", LargeBinary, nullable=False, unique=True),
    refers("person_id", "person"),
    Column("name", Text, nullable=False),
    when(),
    Column("used_at", DateTime(timezone=True), comment="to the minute"),
    Column("expires_at", DateTime(timezone=True)),
    Index(None, "person_id"),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    id_(),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    when("at"),
    Index(None, "at"),
)
