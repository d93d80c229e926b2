"""What the server needs: passwords, sessions, tokens, imports, a project's own models."""

from pathlib import Path

import psycopg
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it all; the person of this machine is the server's operator."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0002_server.sql").read_text(encoding="utf-8"))
