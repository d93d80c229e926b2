"""Scores and regions are stored as they are: such numbers hardly get smaller, and to try took a tenth of a run's
database."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """For the partitions of runs to come; those that are there keep what they have."""
    for column in ("scores", "regions"):
        op.execute(f"ALTER TABLE prediction ALTER COLUMN {column} SET STORAGE EXTERNAL")
