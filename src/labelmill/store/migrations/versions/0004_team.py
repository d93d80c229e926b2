"""What a team needs: people who label, votes, leases, activity, notifications, dataset versions."""

from pathlib import Path

import psycopg
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0004_team.sql").read_text(encoding="utf-8"))
