"""What the tables are made of: names of constraints, and columns that many tables have."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, LargeBinary, MetaData, func
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_(kind: type[TypeEngine[int]] = BigInteger) -> Column[int]:
    """The column `id`, counted by PostgreSQL."""
    return Column("id", kind, Identity(), primary_key=True)


def refers(name: str, target: str, *, null: bool = False, key: bool = False) -> Column[int]:
    """A foreign key to a table's id; its row goes when that goes."""
    return Column(name, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=null, primary_key=key)


def when(name: str = "created_at", *, given: bool = False) -> Column[object]:
    """A moment: now, unless it is `given`."""
    return Column(name, DateTime(timezone=True), server_default=None if given else func.now(), nullable=False)


def secret() -> Column[bytes]:
    """What a random secret is known by."""
    return Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of a random secret that only its user has")
