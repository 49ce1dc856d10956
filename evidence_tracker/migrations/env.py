"""Runs migrations on the connection it is handed; there is no address to read from a file."""

from alembic import context

from evidence_tracker.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
