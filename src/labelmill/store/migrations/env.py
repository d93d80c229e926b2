"""Alembic's entry: the caller hands over its connection, so a migration is one transaction."""

from alembic import context

from labelmill.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
