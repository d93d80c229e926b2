"""The first schema: nouns, runs and predictions, tasks with their ledger, the queue of jobs."""

from pathlib import Path

import psycopg
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0001_initial.sql").read_text(encoding="utf-8"))
    driver.execute(SchemaManager.get_schema())
