"""Scores and packed regions are stored as they are: such numbers hardly get smaller, and trying takes time."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """For rows to come, in runs that are there, too; what is stored stays as it is."""
    for column in ("scores", "regions"):
        op.execute(f"ALTER TABLE prediction ALTER COLUMN {column} SET STORAGE EXTERNAL")
