"""The schema's history, run by Alembic when a database is older than the program."""
