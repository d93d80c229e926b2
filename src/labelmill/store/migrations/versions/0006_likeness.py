"""An order of what waits for reviewers in which alike inputs follow one another."""

from pathlib import Path

import psycopg
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Keep the place of each input. What waits already comes last, until it is given anew."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0006_likeness.sql").read_text(encoding="utf-8"))
