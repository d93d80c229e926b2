"""Acts that no person did: what happened to a task's run."""

from pathlib import Path

import psycopg
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let them be told."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0005_runs.sql").read_text(encoding="utf-8"))
