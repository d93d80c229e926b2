"""What pages of inputs and live tasks read: indexes, when shards were done, files whose inputs are gone."""

from pathlib import Path

import psycopg
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - many statements at once need the driver
    driver.execute(Path(__file__).with_name("0003_pages.sql").read_text(encoding="utf-8"))
